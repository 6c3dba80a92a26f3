/*
 * Human verdicts on matches in real images (labels.tsv: vuln, package, version, image, label, cve,
 * feeds) against the database of the feeds beside them (../osv).
 *
 * A row says neither the distribution nor the type of the package, so it is judged only where both
 * can be told and a feed has a record that names this flaw and this package:
 *   - "-rN" versions are Alpine's; the release is not told, so all releases that have the record
 * must agree;
 *   - images with a "+debNuM" version are Debian N, and their versions with a revision are its
 * packages; the source package is the one of that name, or else the only one with records of the
 * flaw;
 *   - versions without a revision are packages of the languages whose feeds have the id.
 * TP must be affected, FP must not. Differences that are accepted, each with its reason, stand in
 * match-accepted.tsv; any other fails, and so does one that is listed but no longer there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "advisory/build.h"
#include "advisory/install.h"
#include "advisory/match.h"
#include "base/map.h"
#include "runner.h"

enum { VULN, PACKAGE, VERSION, IMAGE, LABEL, CVE, FEEDS, FIELDS };

struct state {
	struct runner *r;
	struct db *db;
	struct arena arena;
	struct map debian;   /* image -> release */
	struct map accepted; /* difference -> entry; ptr set when seen */
	struct map seen;
	size_t right[2], wrong[2]; /* by TP, FP */
	size_t accepted_n;
};

/* What all records of the id say of one package. */
struct answer {
	size_t records, affected;
};

static void take(void *arg, const struct match_reason *why)
{
	struct answer *a = arg;

	if (why->record.n == 0)
		return;
	a->records++;
	a->affected += why->affected;
}

static struct answer ask(struct state *s, enum pkg_type type, const char *os, struct sv release,
			 struct sv source, struct sv f[FIELDS])
{
	struct answer a = {0};
	struct report r;
	struct err err;
	struct arena arena;

	arena_init(&arena, 0);
	report_init(&r, &arena, "scan");
	struct subject *subject = VEC_PUSH(&r.subjects);
	subject->has_os = os != NULL;
	subject->os.id = sv_of(os);
	subject->os.version = release;
	struct package *p = VEC_PUSH(&r.packages);
	p->type = type;
	p->name = f[PACKAGE];
	p->source_name = source;
	p->version = f[VERSION];
	p->owner = INDEX_NONE;
	int rc = match_explain(s->db, &r, 0, f[VULN], take, &a, &err);
	if (rc >= 0 && a.records == 0)
		rc = match_explain(s->db, &r, 0, f[CVE], take, &a, &err);
	if (rc < 0) {
		err_print(stdout, &err);
		exit(1);
	}
	report_done(&r);
	arena_done(&arena);
	return a;
}

static bool has_feed(struct sv feeds, const char *name)
{
	while (feeds.n)
		if (sv_is(sv_cut(&feeds, ','), name))
			return true;
	return false;
}

/* "…-r3" */
static bool is_apk(struct sv v)
{
	size_t at = sv_rfind_char(v, '-');
	uint64_t n;

	return at != SIZE_MAX && sv_starts(sv_from(v, at), SV("-r")) &&
	       sv_u64(sv_from(v, at + 2), &n);
}

/* 10 of "1.2-3+deb10u1", or 0 */
static uint64_t debian_of(struct sv v)
{
	size_t at = sv_find(v, SV("+deb"));
	uint64_t n;

	if (at == SIZE_MAX)
		return 0;
	struct sv rest = sv_from(v, at + 4), number = sv_cut(&rest, 'u');
	return sv_u64(number, &n) ? n : 0;
}

/* 1 = affected, 0 = not, -1 = cannot be told, -2 = no feed covers it */
static int alpine(struct state *s, struct sv f[FIELDS])
{
	static const char *const releases[] = {"3.3", "3.4", "3.5",  "3.6", "3.7",
					       "3.8", "3.9", "3.10", "3.11"};
	bool yes = false, no = false;

	for (size_t i = 0; i < ARRAY_LEN(releases); i++) {
		struct answer a = ask(s, PKG_APK, "alpine", sv_of(releases[i]), SV(""), f);
		yes = yes || a.affected;
		no = no || (a.records && !a.affected);
	}
	return yes && no ? -1 : yes ? 1 : no ? 0 : -2;
}

static int language(struct state *s, struct sv f[FIELDS])
{
	static const struct {
		const char *feed;
		enum pkg_type type;
	} rows[] = {{"Go", PKG_GOLANG},       {"PyPI", PKG_PYPI}, {"RubyGems", PKG_GEM},
		    {"crates.io", PKG_CARGO}, {"npm", PKG_NPM},   {"Packagist", PKG_COMPOSER},
		    {"Maven", PKG_MAVEN}};
	bool yes = false, no = false;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!has_feed(f[FEEDS], rows[i].feed))
			continue;
		struct answer a = ask(s, rows[i].type, NULL, SV(""), SV(""), f);
		yes = yes || a.affected;
		no = no || (a.records && !a.affected);
	}
	return yes && no ? -1 : yes ? 1 : no ? 0 : -2;
}

/* The one source package of a Debian release that has records of the flaw. */
struct source {
	struct sv release;
	char name[256];
	size_t n, names;
};

static int take_source(void *arg, const struct db_hit *hit)
{
	struct source *out = arg;

	if (!sv_is(hit->ecosystem, "Debian") || !sv_eq(hit->release, out->release) ||
	    hit->name.n > sizeof out->name || sv_eq(hit->name, sv_make(out->name, out->n)))
		return 0;
	memcpy(out->name, hit->name.p, hit->name.n);
	out->n = hit->name.n;
	out->names++;
	return 0;
}

/* The rows have names of binary packages, the feed those of sources: it is clear when there is only
 * one. */
static int debian(struct state *s, struct sv release, struct sv f[FIELDS])
{
	struct answer a = ask(s, PKG_DEB, "debian", release, SV(""), f);
	struct source source = {.release = release};
	struct err err;

	if (a.records)
		return a.affected > 0;
	if (db_search(s->db, f[CVE], take_source, &source, &err) < 0 || source.names != 1)
		return -2;
	a = ask(s, PKG_DEB, "debian", release, sv_make(source.name, source.n), f);
	return a.records == 0 ? -2 : a.affected > 0;
}

static int predict(struct state *s, struct sv f[FIELDS], const char **ecosystem)
{
	if (is_apk(f[VERSION])) {
		*ecosystem = "Alpine";
		return alpine(s, f);
	}
	const struct map_entry *release = map_find(&s->debian, f[IMAGE]);
	if (release && sv_find_char(f[VERSION], '-') != SIZE_MAX && has_feed(f[FEEDS], "Debian")) {
		char text[32];
		*ecosystem = "Debian";
		(void)snprintf(text, sizeof text, "%llu", (unsigned long long)release->num);
		return debian(s, sv_of(text), f);
	}
	*ecosystem = "language";
	return sv_find_char(f[VERSION], '-') == SIZE_MAX || sv_starts(f[VERSION], SV("v"))
		       ? language(s, f)
		       : -2;
}

static void judge(struct state *s, struct sv f[FIELDS], const char *ecosystem, int affected)
{
	bool tp = sv_is(f[LABEL], "TP");
	struct sv image = f[IMAGE], digest = {0};
	bool made;

	if (tp == (affected == 1)) {
		s->right[!tp]++;
		runner_pass(s->r);
		return;
	}
	s->wrong[!tp]++;
	if (sv_rcut(image, ':', &image, &digest))
		image = sv_head(digest, 12);
	struct sv key =
		arena_fmt(&s->arena, "%s\t%.*s\t%.*s\t%.*s\t%.*s", ecosystem, SV_ARG(f[LABEL]),
			  SV_ARG(f[VULN]), SV_ARG(f[PACKAGE]), SV_ARG(f[VERSION]));
	(void)map_put(&s->seen, key, &made);
	if (map_find(&s->accepted, key)) {
		s->accepted_n += made;
		runner_pass(s->r);
		return;
	}
	runner_fail(s->r, "%.*s: expected %s, found %s (image %.*s)", SV_ARG(key),
		    tp ? "affected" : "not affected", affected == 1 ? "affected" : "not affected",
		    SV_ARG(image));
}

static void split(struct sv line, struct sv f[FIELDS])
{
	for (size_t i = 0; i < FIELDS; i++)
		f[i] = sv_cut(&line, '\t');
}

static char *slurp(const char *path, struct sv *out)
{
	FILE *in = fopen(path, "rb");
	struct stat st;

	if (!in || fstat(fileno(in), &st) != 0)
		return NULL;
	char *p = xmalloc((size_t)st.st_size + 1);
	*out = sv_make(p, fread(p, 1, (size_t)st.st_size, in));
	(void)fclose(in);
	return p;
}

/* Which images are Debian, and which release: all "+debNuM" of an image must agree. */
static void find_debian(struct state *s, struct sv text)
{
	struct sv line, f[FIELDS];
	bool made;

	while (sv_line(&text, &line)) {
		split(line, f);
		uint64_t n = debian_of(f[VERSION]);
		if (!n)
			continue;
		struct map_entry *e = map_put(&s->debian, f[IMAGE], &made);
		e->num = made || e->num == n ? n : 0;
	}
}

static void all_rows(struct state *s, struct sv text)
{
	size_t uncovered = 0, unsure = 0, unclear = 0;
	struct sv line, f[FIELDS];

	(void)sv_line(&text, &line); /* the head */
	while (sv_line(&text, &line)) {
		const char *ecosystem;
		split(line, f);
		if (sv_is(f[LABEL], "unsure")) {
			unsure++;
			continue;
		}
		int affected = predict(s, f, &ecosystem);
		if (affected == -2)
			uncovered++;
		else if (affected == -1)
			unclear++;
		else
			judge(s, f, ecosystem, affected);
	}
	s->r->skipped += uncovered + unclear + unsure;
	printf("skip %zu rows: no feed has a record of this flaw and package\n", uncovered);
	printf("skip %zu rows: the releases that may be meant disagree\n", unclear);
	printf("skip %zu rows: the label is unsure\n", unsure);
}

/* "ecosystem label vuln package version" behind the reason; '#' starts a comment. */
static char *read_accepted(struct state *s)
{
	struct sv text = {0}, line;
	char *p = slurp(GABION_SOURCE_ROOT "/tests/conformance/match-accepted.tsv", &text);
	bool made;

	while (p && sv_line(&text, &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		struct sv reason = sv_cut(&line, '\t');
		if (reason.n)
			(void)map_put(&s->accepted, line, &made);
	}
	return p;
}

/* A difference that went away must leave the list. Not with another set of labels than the shared
 * one. */
static void stale(struct state *s)
{
	size_t at = 0;

	for (struct map_entry *e; (e = map_next(&s->accepted, &at));)
		if (!map_find(&s->seen, e->key))
			runner_fail(s->r, "accepted, but no longer different: %.*s",
				    SV_ARG(e->key));
}

static int build(struct state *s, const char *osv, char **dir, struct err *err)
{
	const char *const feeds[] = {osv};
	char *target = arena_str(&s->arena, sv_of("/tmp/gabion-match-XXXXXX"));
	struct db_build_options o = {.osv = feeds, .osv_n = 1};

	if (!mkdtemp(target))
		return err_sys(err, "cannot make a directory");
	*dir = target;
	o.out = target;
	int rc = db_build(&o, NULL, err);
	return rc < 0 ? rc : db_open(target, &s->db, err);
}

int main(int argc, char **argv)
{
	struct runner r;
	struct state s = {.r = &r};
	struct sv text;
	struct err err;
	char osv[4200], labels[4200], *dir = NULL;

	if (!runner_init(&r, "matches", argc, argv))
		return 77;
	r.set = "match";
	arena_init(&s.arena, 0);
	(void)snprintf(osv, sizeof osv, "%s/../osv", r.path);
	(void)snprintf(labels, sizeof labels, "%s/labels.tsv", r.path);
	int rc = build(&s, osv, &dir, &err);
	auto_free char *bytes = slurp(labels, &text);
	if (rc < 0 || !bytes) {
		if (rc < 0)
			err_print(stdout, &err);
		printf("conformance-match: no feeds or labels\n");
		return 1;
	}
	char *accepted = read_accepted(&s);
	find_debian(&s, text);
	all_rows(&s, text);
	if (argc < 2)
		stale(&s);
	printf("TP found %zu of %zu, FP avoided %zu of %zu, %zu differences accepted\n", s.right[0],
	       s.right[0] + s.wrong[0], s.right[1], s.right[1] + s.wrong[1], s.accepted_n);
	db_close(s.db);
	install_abort(dir);
	map_done(&s.debian);
	map_done(&s.accepted);
	map_done(&s.seen);
	free(accepted);
	arena_done(&s.arena);
	return runner_end(&r);
}
