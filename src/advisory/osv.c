/* The OSV schema into struct record. */
#include "advisory/record.h"

#include "base/limits.h"

static void strings(const struct node *array, struct sv_vec *out)
{
	NODE_EACH (it, array) {
		struct sv v = node_str(it);
		if (v.n && v.n <= 512)
			*VEC_PUSH(out) = v;
	}
}

/* Go's database writes the zero time where it has none. */
static struct sv time_text(const struct node *n)
{
	struct sv v = node_str(n);

	return v.n > 40 || sv_starts(v, SV("0001-")) ? SV("") : v;
}

/* "not yet assigned" and "low**" (Debian: the tracker's guess) are vendors' words too. */
static bool vendor_word(struct sv word, struct affected *a)
{
	while (word.n && word.p[word.n - 1] == '*')
		word = sv_head(word, word.n - 1);
	if (sv_is(word, "end-of-life"))
		a->fix_state = FIX_END_OF_LIFE;
	enum severity s = sv_is(word, "unimportant") ? SEV_NEGLIGIBLE : severity_parse(word);
	if (s == SEVERITIES || s == SEV_UNKNOWN)
		return false;
	a->severity = s;
	a->has_severity = true;
	return true;
}

/* [{"type": "CVSS_V3", "score": "CVSS:3.1/..."}, {"type": "Ubuntu", "score": "medium"}] */
static void severities(const struct node *list, struct record *r, struct affected *a)
{
	NODE_EACH (it, list) {
		struct sv type = node_get_str(it, "type"), score = node_get_str(it, "score");
		if (sv_starts(type, SV("CVSS_V")) && score.n && score.n < 256) {
			*VEC_PUSH(&r->cvss) = score;
		} else if (a) {
			(void)vendor_word(score, a);
		} else {
			struct affected word = {0};
			if (vendor_word(score, &word) && !r->has_severity) {
				r->has_severity = true;
				r->severity = word.severity;
				r->severity_source = type;
			}
		}
	}
}

static void range_events(const struct node *range, struct affected *a)
{
	struct sv type = node_get_str(range, "type");

	if (!sv_is(type, "SEMVER") && !sv_is(type, "ECOSYSTEM"))
		return;
	struct range *out = VEC_PUSH(&a->ranges);
	NODE_EACH (e, node_get(range, "events")) {
		for (unsigned k = 0; k < RANGE_KINDS; k++) {
			struct sv v = node_get_str(e, range_kind_name((enum range_kind)k));
			if (v.n && v.n <= limit_field_bytes)
				*VEC_PUSH(out) = (struct range_event){(enum range_kind)k, v};
		}
	}
}

/* The places where distributions put their own word. */
static void specifics(const struct node *n, struct record *r, struct affected *a)
{
	static const char *const keys[] = {"urgency", "ubuntu_priority", "priority", "severity"};
	const struct node *eco = node_get(n, "ecosystem_specific");
	const struct node *db = node_get(n, "database_specific");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (vendor_word(node_get_str(eco, keys[i]), a))
			break;
	struct sv info = node_get_str(db, "informational");
	if (sv_is(info, "unmaintained") || sv_is(info, "notice"))
		r->kind = RECORD_UNMAINTAINED;
	else if (sv_is(info, "unsound"))
		r->kind = RECORD_UNSOUND;
	NODE_EACH (it, node_get(db, "categories")) {
		if (sv_is(node_str(it), "malicious"))
			r->kind = RECORD_MALICIOUS;
	}
	NODE_EACH (it, node_get(db, "cwes")) {
		struct sv id = node_get_str(it, "cweId");
		if (id.n && id.n < 32)
			*VEC_PUSH(&r->cwes) = id;
	}
}

static void one_affected(const struct node *n, struct sv ecosystem, struct record *r)
{
	struct sv name, release;
	const struct node *package = node_get(n, "package");

	ecosystem_split(node_get_str(package, "ecosystem"), &name, &release);
	if (!sv_eq(name, ecosystem) || node_get_str(package, "name").n == 0)
		return;
	struct affected *a = VEC_PUSH(&r->affected);
	a->name = node_get_str(package, "name");
	a->release = release;
	NODE_EACH (range, node_get(n, "ranges"))
		range_events(range, a);
	strings(node_get(n, "versions"), &a->versions);
	severities(node_get(n, "severity"), r, a);
	specifics(n, r, a);
}

/* What a database says of the whole record: GHSA's word, RubySec's score, CWEs. */
static void record_specifics(const struct node *db, struct sv ecosystem, struct record *r)
{
	enum severity s = severity_parse(node_get_str(db, "severity"));
	double score;

	if (s != SEVERITIES && s != SEV_UNKNOWN) {
		struct sv rest = r->id, prefix = sv_cut(&rest, '-');
		r->has_severity = true;
		r->severity = s;
		r->severity_source = is_cve(r->id) ? ecosystem : prefix;
	}
	if (node_f64(node_get(db, "cvss"), &score) && score >= 0 && score <= 10)
		r->score = score;
	strings(node_get(db, "cwe_ids"), &r->cwes);
	if (node_get(db, "malicious-packages-origins"))
		r->kind = RECORD_MALICIOUS;
}

/* The advisory's page and its fix tell most; a few are enough. */
static void references(const struct node *list, struct record *r)
{
	static const char *const order[] = {"ADVISORY", "FIX", "REPORT", "WEB", ""};

	for (size_t t = 0; t < ARRAY_LEN(order); t++) {
		NODE_EACH (it, list) {
			struct sv url = node_get_str(it, "url");
			bool wanted = !*order[t] || sv_is(node_get_str(it, "type"), order[t]);
			for (size_t i = 0; wanted && i < r->references.n; i++)
				wanted = !sv_eq(r->references.p[i], url);
			if (wanted && url.n && url.n <= 1024)
				*VEC_PUSH(&r->references) = url;
			if (r->references.n == 4)
				return;
		}
	}
}

/* A record without a summary: the first line of its text. */
static struct sv title(const struct node *root)
{
	struct sv v = node_get_str(root, "summary"), rest, line = {0};

	if (v.n)
		return sv_head(v, 300);
	rest = node_get_str(root, "details");
	while (line.n == 0 && sv_line(&rest, &line))
		line = sv_trim(line);
	return sv_head(line, 300);
}

static bool names_malware(const struct record *r)
{
	if (sv_starts(r->id, SV("MAL-")))
		return true;
	for (size_t i = 0; i < r->aliases.n; i++)
		if (sv_starts(r->aliases.p[i], SV("MAL-")))
			return true;
	return false;
}

int osv_record(const struct node *root, struct sv ecosystem, struct record *out, bool *withdrawn,
	       struct err *err)
{
	if (!node_is(root, NODE_OBJECT))
		return err_set(err, ERR_PARSE, "an OSV record must be an object");
	struct sv id = node_get_str(root, "id");
	if (id.n == 0 || id.n > 256)
		return err_set(err, ERR_PARSE, "an OSV record must have an id");
	record_reset(out);
	out->id = id;
	*withdrawn = node_get_str(root, "withdrawn").n > 0;
	if (*withdrawn)
		return 0;
	out->published = time_text(node_get(root, "published"));
	out->modified = time_text(node_get(root, "modified"));
	out->summary = title(root);
	strings(node_get(root, "aliases"), &out->aliases);
	strings(node_get(root, "upstream"), &out->upstream);
	strings(node_get(root, "related"), &out->related);
	severities(node_get(root, "severity"), out, NULL);
	record_specifics(node_get(root, "database_specific"), ecosystem, out);
	NODE_EACH (it, node_get(root, "affected"))
		one_affected(it, ecosystem, out);
	references(node_get(root, "references"), out);
	if (names_malware(out))
		out->kind = RECORD_MALICIOUS;
	return 0;
}
