#include "advisory/changelog.h"

#include "advisory/version.h"
#include "base/clock.h"
#include "base/map.h"

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("+.-", c));
}

static bool is_name(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_name_byte(v.p[i]))
			return false;
	return v.n > 0;
}

/* "source (version) suite suite; urgency=low" at the start of a line. */
static bool parse_header(struct sv line, struct changelog_entry *e)
{
	struct sv rest = line, source = sv_cut(&rest, ' ');

	if (!is_name(source) || !sv_starts(rest, SV("(")))
		return false;
	rest = sv_from(rest, 1);
	size_t close = sv_find(rest, SV(") ")), semicolon = sv_find_char(rest, ';');
	if (close == SIZE_MAX || semicolon == SIZE_MAX || semicolon < close)
		return false;
	struct sv version = sv_head(rest, close);
	if (version.n == 0 || sv_find_char(version, ' ') != SIZE_MAX ||
	    sv_find_char(version, '\t') != SIZE_MAX)
		return false;
	*e = (struct changelog_entry){
		.source = source,
		.version = version,
		.suites = sv_trim(sv_from(sv_head(rest, semicolon), close + 1)),
	};
	return true;
}

/* " -- Name <mail>  date" */
static bool parse_trailer(struct sv line, struct sv *date)
{
	size_t close;

	if (!sv_starts(line, SV(" --")))
		return false;
	close = sv_rfind_char(line, '>');
	*date = close == SIZE_MAX ? SV("") : sv_trim(sv_from(line, close + 1));
	return true;
}

bool changelog_next(struct sv *rest, struct changelog_entry *e)
{
	struct changelog_entry other;
	struct sv line;

	do {
		if (!sv_line(rest, &line))
			return false;
	} while (!parse_header(line, e));
	e->body = sv_head(*rest, 0);
	/* an entry without trailer ends where the next begins */
	for (struct sv ahead = *rest; sv_line(&ahead, &line) && !parse_header(line, &other);) {
		*rest = ahead;
		if (parse_trailer(line, &e->date))
			break;
		e->body.n = (size_t)(line.p + line.n - e->body.p);
	}
	return true;
}

bool changelog_date(struct sv date, int64_t *days)
{
	struct sv rest = date;
	uint64_t day, year;

	size_t comma = sv_find_char(rest, ',');
	rest = sv_trim(sv_from(rest, comma == SIZE_MAX ? 0 : comma + 1));
	struct sv day_text = sv_cut(&rest, ' ');
	rest = sv_trim(rest);
	struct sv month = sv_head(sv_cut(&rest, ' '), 3);
	rest = sv_trim(rest);
	size_t at = month.n == 3 ? sv_find(SV("JanFebMarAprMayJunJulAugSepOctNovDec"), month)
				 : SIZE_MAX;
	if (at == SIZE_MAX || at % 3 || !sv_u64(day_text, &day) ||
	    !sv_u64(sv_cut(&rest, ' '), &year))
		return false;
	if (day < 1 || day > 31 || year < 1970 || year > 9999)
		return false;
	*days = clock_days((int64_t)year, (unsigned)(at / 3 + 1), (unsigned)day);
	return true;
}

static bool has_update_mark(struct sv version, struct sv number)
{
	for (size_t at; (at = sv_find(version, SV("deb"))) != SIZE_MAX;
	     version = sv_from(version, at + 3)) {
		struct sv behind = sv_from(version, at + 3);
		bool marked = at > 0 && (version.p[at - 1] == '+' || version.p[at - 1] == '~');
		if (marked && sv_starts(behind, number) &&
		    sv_starts(sv_from(behind, number.n), SV("u")))
			return true;
	}
	return false;
}

/* "bookworm", "bookworm-security", "bookworm-updates", "bookworm-proposed-updates"; not
 * "-backports". */
static bool has_suite(struct sv suites, struct sv codename)
{
	while (suites.n) {
		struct sv suite = sv_cut(&suites, ' ');
		if (!sv_starts(suite, codename))
			continue;
		struct sv kind = sv_from(suite, codename.n);
		if (kind.n == 0 || sv_is(kind, "-security") || sv_ends(kind, SV("-updates")))
			return true;
	}
	return false;
}

static bool is_update(const struct changelog_entry *e, const struct changelog_release *r)
{
	return has_suite(e->suites, r->codename) || has_update_mark(e->version, r->number);
}

/* The next "CVE-YYYY-N…" of *rest in any case; false at the end. */
static bool next_cve(struct sv *rest, struct sv *year_and_number)
{
	for (size_t i = 0; i + 13 <= rest->n; i++) {
		struct sv here = sv_from(*rest, i), number = sv_from(here, 9);
		size_t digits = 0, year;
		if ((here.p[0] != 'C' && here.p[0] != 'c') ||
		    !sv_ieq(sv_head(here, 4), SV("CVE-")) || here.p[8] != '-')
			continue;
		for (year = 4; year < 8 && here.p[year] >= '0' && here.p[year] <= '9'; year++)
			;
		while (digits < number.n && number.p[digits] >= '0' && number.p[digits] <= '9')
			digits++;
		if (year < 8 || digits < 4 || digits > 12)
			continue;
		*year_and_number = sv_make(here.p + 4, 5 + digits);
		*rest = sv_from(number, digits);
		return true;
	}
	return false;
}

/* Keeps the lowest version of each CVE that the entry names. */
static void collect(struct arena *a, struct map *facts, const struct changelog_entry *e)
{
	const struct version_scheme *deb = version_scheme_find(SV("deb"));
	struct sv rest = e->body, tail;
	int64_t days;

	if (!changelog_date(e->date, &days))
		days = INT64_MIN;
	while (next_cve(&rest, &tail)) {
		bool made;
		struct sv cve = arena_fmt(a, "CVE-%.*s", SV_ARG(tail));
		struct map_entry *entry = map_put(facts, cve, &made);
		if (made)
			entry->ptr = ARENA_NEW(a, struct changelog_fact);
		struct changelog_fact *fact = entry->ptr;
		if (made || deb->cmp(e->version, fact->version) < 0)
			*fact = (struct changelog_fact){e->source, e->version, days, entry->key};
	}
}

static int fact_cmp(const void *a, const void *b)
{
	const struct changelog_fact *x = a, *y = b;

	return sv_cmp(x->cve, y->cve);
}

int changelog_facts(struct arena *a, struct sv text, const struct changelog_release *r,
		    struct changelog_facts *out, struct err *err)
{
	struct map facts = {0};
	struct changelog_entry e;
	size_t entries = 0, first = out->n, at = 0;

	for (; changelog_next(&text, &e); entries++)
		if (is_update(&e, r))
			collect(a, &facts, &e);
	for (struct map_entry *entry; (entry = map_next(&facts, &at));)
		*VEC_PUSH(out) = *(struct changelog_fact *)entry->ptr;
	map_done(&facts);
	if (entries == 0) {
		(void)err_set(err, ERR_PARSE, "no entry of a Debian changelog");
		return err_hint(err, "an entry starts with: source (version) suite; urgency=low");
	}
	if (out->n > first)
		qsort(out->p + first, out->n - first, sizeof *out->p, fact_cmp);
	return 0;
}
