#include "advisory/match.h"

#include "advisory/match-int.h"

static const size_t release_none[] = {0};

static int find_os(struct matcher *m, struct err *err)
{
	const struct subject *s = &m->r->subjects.p[m->subject];
	const struct ecosystem *eco = s->has_os ? ecosystem_of_os(&s->os) : NULL;
	struct shard_db *shard;
	int rc = db_shard(m->db, eco, &shard, err);

	if (rc < 0 || !shard)
		return rc;
	for (size_t i = 0; i < shard->releases.n; i++)
		if (ecosystem_release_is(eco, shard->releases.p[i], &s->os))
			*VEC_PUSH(&m->os_releases) = i;
	if (m->os_releases.n)
		m->os_shard = shard;
	return 0;
}

int matcher_init(struct matcher *m, struct db *db, struct report *r, size_t s,
		 const struct match_options *o, struct err *err)
{
	*m = (struct matcher){.db = db, .r = r, .subject = s};
	m->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	m->digest = EVP_MD_CTX_new();
	if (!m->sha256 || !m->digest)
		return err_set(err, ERR_CRYPTO, "SHA-256 is not available");
	if (o)
		m->options = *o;
	for (size_t i = 0; i < r->rules.n; i++) {
		bool made;
		(void)map_put(&m->rules, r->rules.p[i].id, &made);
	}
	int rc = find_os(m, err);
	return rc < 0 ? rc : db_epss_date(db, r->arena, &m->epss_date, err);
}

void matcher_done(struct matcher *m)
{
	vec_done(&m->os_releases);
	map_done(&m->records);
	map_done(&m->facts);
	map_done(&m->rules);
	map_done(&m->sources);
	vec_done(&m->hits);
	buf_done(&m->text);
	vec_done(&m->words);
	EVP_MD_CTX_free(m->digest);
	EVP_MD_free(m->sha256);
}

static const char *why_uncovered(const struct matcher *m)
{
	const struct subject *s = &m->r->subjects.p[m->subject];
	const struct ecosystem *eco = s->has_os ? ecosystem_of_os(&s->os) : NULL;

	if (eco && eco->release != RELEASE_NONE && !s->os.version.n && !s->os.codename.n)
		return "the release of the operating system is not known";
	return eco ? "no feed covers this release" : "no feed covers this operating system";
}

static void lookup_os(struct matcher *m, const struct package *p, struct lookup *out)
{
	out->shard = m->os_shard;
	if (!out->shard || out->shard->eco->type != p->type) {
		out->shard = NULL;
		out->why = why_uncovered(m);
		return;
	}
	bool source = out->shard->eco->kind == ECO_SOURCE;
	out->releases = m->os_releases.p;
	out->releases_n = m->os_releases.n;
	out->name = source && p->source_name.n ? p->source_name : p->name;
	out->version =
		source && p->source_name.n && p->source_version.n ? p->source_version : p->version;
}

/* "v1.2.3" of modules, "go1.21.3 X:nocoverageredesign" of the standard library. */
static struct sv plain_version(const struct package *p)
{
	struct sv v = sv_trim(p->version);

	if (p->type == PKG_GOLANG) {
		v = sv_cut(&v, ' ');
		if (sv_is(v, "(devel)") || sv_starts(v, SV("devel")) || sv_is(v, "unknown"))
			return (struct sv){0};
		if (v.n > 1 && v.p[0] == 'v')
			v = sv_from(v, 1);
	}
	return v;
}

static int lookup_language(struct matcher *m, const struct package *p, struct lookup *out,
			   struct err *err)
{
	const struct ecosystem *eco = ecosystem_of_type(p->type);

	if (p->owner != INDEX_NONE && m->os_shard) {
		out->follows_os = true;
		out->why = "belongs to an OS package: the OS advisories count";
		return 0;
	}
	int rc = db_shard(m->db, eco, &out->shard, err);
	if (rc < 0)
		return rc;
	out->why = out->shard ? NULL : "no feed covers this type of package";
	out->releases = release_none;
	out->releases_n = 1;
	out->version = plain_version(p);
	/* a shard without records has no release either */
	if (out->shard && shard_release(out->shard, SV("")) != 0)
		out->releases_n = 0;
	buf_clear(&m->text);
	ecosystem_name(eco, p->name, &m->text);
	out->name = buf_view(&m->text);
	return 0;
}

int match_lookup(struct matcher *m, const struct package *p, struct lookup *out, struct err *err)
{
	int rc = 0;

	*out = (struct lookup){0};
	if (pkg_types[p->type].os)
		lookup_os(m, p, out);
	else
		rc = lookup_language(m, p, out, err);
	if (rc >= 0 && !out->why && out->version.n == 0)
		out->why = "the package has no version that can be compared";
	if (rc >= 0 && out->shard)
		out->shard->used = true;
	return rc;
}

static bool is_modular(struct sv v)
{
	return sv_find(v, SV(".module")) != SIZE_MAX;
}

/* A fix in a module stream says nothing of packages outside of modules, and the other way round. */
static bool other_module(const struct range *r, const struct package *p)
{
	bool modular = p->module.n || is_modular(p->version);

	for (size_t i = 0; i < r->n; i++)
		if (r->p[i].kind == RANGE_FIXED)
			return is_modular(r->p[i].version) != modular;
	return false;
}

/* Does the affected stretch end somewhere, with or without a named fix? */
static bool stretch_ends(const struct shard_db *s, const struct range *r, struct sv version)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i].kind != RANGE_INTRODUCED &&
		    s->scheme->cmp(version, r->p[i].version) <= 0)
			return true;
	return false;
}

bool entry_affects(const struct shard_db *s, const struct entry *e, const struct package *p,
		   struct sv version, struct verdict *out)
{
	bool any = false;

	*out = (struct verdict){0};
	if (!s->scheme || version.n == 0)
		return false;
	for (size_t i = 0; i < e->ranges.n; i++) {
		const struct range *r = &e->ranges.p[i];
		struct sv fixed = {0};
		if (!range_affects(s->scheme, r->p, r->n, version, &fixed) ||
		    (p->type == PKG_RPM && other_module(r, p)))
			continue;
		any = true;
		if (!out->range || (fixed.n && s->scheme->cmp(fixed, out->fixed) > 0)) {
			out->range = r;
			out->fixed = fixed;
		}
		out->ends = out->ends || fixed.n || stretch_ends(s, r, version);
	}
	if (any)
		return true;
	out->ends = true;
	return range_lists(s->scheme, e->versions.p, e->versions.n, version);
}

int match_record(struct matcher *m, struct shard_db *s, uint32_t number,
		 const struct record_row **out, struct err *err)
{
	struct {
		const struct shard_db *s;
		uint64_t number;
	} key = {s, number};
	struct map_entry *found = map_find(&m->records, sv_make(&key, sizeof key));
	bool made;

	if (found) {
		*out = found->ptr;
		return 0;
	}
	struct record_row *row = ARENA_NEW(m->r->arena, struct record_row);
	int rc = shard_record(s, number, m->r->arena, row, err);
	if (rc < 0)
		return rc;
	struct sv kept = arena_sv(m->r->arena, sv_make(&key, sizeof key));
	map_put(&m->records, kept, &made)->ptr = row;
	*out = row;
	return 0;
}

/* "introduced 0, fixed 1.2.3 (deb)" or "version 1.0.1 (npm)" */
static struct sv describe(struct matcher *m, const struct shard_db *s, const struct range *r,
			  struct sv version)
{
	auto_done(buf_done) struct buf b = {0};
	bool made;

	if (r) {
		range_text(r, &b);
	} else {
		buf_str(&b, "version ");
		buf_sv(&b, version);
	}
	buf_fmt(&b, " (%s)", s->eco->scheme);
	struct map_entry *e = map_find(&m->sources, buf_view(&b));
	if (!e)
		e = map_put(&m->sources, arena_sv(m->r->arena, buf_view(&b)), &made);
	return e->key;
}

static int add_hits(struct matcher *m, const struct package *p, const struct lookup *l,
		    const struct entry *e, struct err *err)
{
	struct verdict v;
	const struct record_row *record;

	if (!entry_affects(l->shard, e, p, l->version, &v))
		return 0;
	int rc = match_record(m, l->shard, e->record, &record, err);
	if (rc < 0)
		return rc;
	struct hit hit = {
		.record = record,
		.has_word = e->has_severity,
		.word = e->severity,
		.fix_state = e->fix_state,
		.fixed = arena_sv(m->r->arena, v.fixed),
		.range = describe(m, l->shard, v.range, l->version),
	};
	if (hit.fixed.n)
		hit.fix_state = FIX_FIXED;
	else if (hit.fix_state == FIX_UNKNOWN && !v.ends)
		hit.fix_state = FIX_NONE;
	struct sv flaws = record->flaws.n ? record->flaws : record->id;
	while (flaws.n) {
		hit.flaw = sv_cut(&flaws, ' ');
		*VEC_PUSH(&m->hits) = hit;
	}
	return 0;
}

static int match_release(struct matcher *m, const struct package *p, const struct lookup *l,
			 size_t release, struct err *err)
{
	struct sv rest;
	int rc = shard_package(l->shard, release, l->name, &rest, err);

	while (rc >= 0 && (rc = pack_next(&rest, &m->db->entry, err)) == 1)
		rc = add_hits(m, p, l, &m->db->entry, err);
	return rc < 0 ? err_where(err, "%s", l->shard->path) : 0;
}

static const struct sv header_prefixes[] = {
	{"linux-libc-dev", 14},  {"linux-headers-", 14},     {"linux-kbuild-", 13},
	{"linux-compiler-", 15}, {"linux-libc-headers", 18},
};

/* Source packages of the kernel that also make packages without any of its code. */
static bool is_kernel_header(const struct package *p, const struct lookup *l)
{
	if (p->type == PKG_RPM)
		return sv_is(p->name, "kernel-headers");
	if (p->type != PKG_DEB || !sv_starts(l->name, SV("linux")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(header_prefixes); i++)
		if (sv_starts(p->name, header_prefixes[i]))
			return true;
	return false;
}

static size_t count_flaws(const struct matcher *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->hits.n; i++)
		n += i == 0 || !sv_eq(m->hits.p[i].flaw, m->hits.p[i - 1].flaw);
	return n;
}

static int hit_cmp(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int n = sv_cmp(x->flaw, y->flaw);

	if (n == 0)
		n = sv_cmp(x->record->id, y->record->id);
	return n ? n : sv_cmp(x->range, y->range);
}

static int match_package(struct matcher *m, size_t index, bool *os_uncovered, struct err *err)
{
	const struct package *p = &m->r->packages.p[index];
	struct lookup l;
	int rc = match_lookup(m, p, &l, err);

	if (rc < 0 || l.follows_os)
		return rc;
	if (l.why) {
		COUNT_ADD(&m->r->summary.uncovered, m->r->arena, sv_of(pkg_types[p->type].purl), 1);
		*os_uncovered = *os_uncovered || (pkg_types[p->type].os && !l.shard);
		return 0;
	}
	m->hits.n = 0;
	for (size_t i = 0; rc >= 0 && i < l.releases_n; i++)
		rc = match_release(m, p, &l, l.releases[i], err);
	if (rc < 0 || m->hits.n == 0)
		return rc;
	qsort(m->hits.p, m->hits.n, sizeof *m->hits.p, hit_cmp);
	if (!m->options.kernel_headers && is_kernel_header(p, &l)) {
		m->hidden += count_flaws(m);
		return 0;
	}
	return match_findings(m, index, &l, err);
}

static void note_hidden(struct report *r, uint64_t hidden)
{
	struct sv option = SV("kernel-headers");

	if (!hidden)
		return;
	r->summary.hidden += hidden;
	for (size_t i = 0; i < r->filters.n; i++) {
		if (sv_eq(r->filters.p[i].option, option)) {
			r->filters.p[i].hidden += hidden;
			return;
		}
	}
	*VEC_PUSH(&r->filters) =
		(struct filter){.option = option, .value = SV("skip"), .hidden = hidden};
}

int match_subject_with(struct db *db, struct report *r, size_t s, const struct match_options *o,
		       bool *os_uncovered, struct err *err)
{
	auto_done(matcher_done) struct matcher m = {0};
	int rc = matcher_init(&m, db, r, s, o, err);
	bool uncovered = false;

	for (size_t i = 0; rc >= 0 && i < r->packages.n; i++)
		if (r->packages.p[i].subject == s)
			rc = match_package(&m, i, &uncovered, err);
	if (rc < 0)
		return rc;
	note_hidden(r, m.hidden);
	*os_uncovered = uncovered;
	return 0;
}

int match_subject(struct db *db, struct report *r, size_t s, bool *os_uncovered, struct err *err)
{
	return match_subject_with(db, r, s, NULL, os_uncovered, err);
}
