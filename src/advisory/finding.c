/* From the records that hold for a package to its findings. */
#include "advisory/match-int.h"

/* The digest is fetched once for all: that costs more than hashing so few bytes. */
static struct sv fingerprint(struct matcher *m, struct sv flaw, const struct package *p)
{
	static const char hex[] = "0123456789abcdef";
	const struct sv parts[] = {SV("gabion/vulnerability/1"), flaw,
				   sv_of(pkg_types[p->type].purl), p->ns, p->name};
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *text = arena_alloc(m->r->arena, 33);

	bool ok = EVP_DigestInit_ex2(m->digest, m->sha256, NULL);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		ok = ok && EVP_DigestUpdate(m->digest, parts[i].p ? parts[i].p : "", parts[i].n) &&
		     EVP_DigestUpdate(m->digest, "", 1);
	ok = ok && EVP_DigestFinal_ex(m->digest, digest, &n) && n == 32;
	if (!ok)
		abort(); /* memory ran out: the allocator's answer everywhere else */
	for (size_t i = 0; i < 16; i++) {
		text[2 * i] = hex[digest[i] >> 4];
		text[2 * i + 1] = hex[digest[i] & 15];
	}
	return sv_make(text, 32);
}

static int facts_of(struct matcher *m, struct sv flaw, const struct cve_row **out, struct err *err)
{
	struct map_entry *e = map_find(&m->facts, flaw);
	bool made;

	if (e) {
		*out = e->ptr;
		return 0;
	}
	struct cve_row *row = ARENA_NEW(m->r->arena, struct cve_row);
	int rc = db_cve(m->db, flaw, m->r->arena, row, err);
	if (rc < 0)
		return rc;
	*out = rc ? row : NULL;
	map_put(&m->facts, flaw, &made)->ptr = rc ? row : NULL;
	return 0;
}

static bool has_word(const struct sv_vec *v, struct sv word)
{
	for (size_t i = 0; i < v->n; i++)
		if (sv_eq(v->p[i], word))
			return true;
	return false;
}

static void add_words(struct sv_vec *to, struct sv words, struct sv except)
{
	while (words.n) {
		struct sv w = sv_cut(&words, ' ');
		if (!sv_eq(w, except) && !has_word(to, w))
			*VEC_PUSH(to) = w;
	}
}

/* All ids of the flaw's records. A record of several CVEs lends only its own id: its aliases may be
 * another's. */
static void add_aliases(struct finding *f, const struct hit *hits, size_t n)
{
	struct sv_vec *to = &f->vuln->aliases;

	for (size_t i = 0; i < n; i++) {
		add_words(to, hits[i].record->id, f->id);
		if (sv_find_char(hits[i].record->flaws, ' ') == SIZE_MAX)
			add_words(to, hits[i].record->aliases, f->id);
	}
	if (to->n > 1)
		qsort(to->p, to->n, sizeof *to->p, sv_cmp_qsort);
}

static void add_fix(struct finding *f, const struct lookup *l, const struct hit *hits, size_t n)
{
	struct vulnerability *v = f->vuln;
	struct sv best = {0};

	for (size_t i = 0; i < n; i++) {
		if (hits[i].fixed.n &&
		    (best.n == 0 || l->shard->scheme->cmp(hits[i].fixed, best) > 0))
			best = hits[i].fixed;
		if (hits[i].fix_state != FIX_UNKNOWN && v->fix_state != FIX_FIXED)
			v->fix_state = hits[i].fix_state;
	}
	if (best.n) {
		v->fix_state = FIX_FIXED;
		*VEC_PUSH(&v->fix_versions) = best;
	}
}

static void add_facts(struct matcher *m, struct vulnerability *v, const struct cve_row *known)
{
	if (!known)
		return;
	if (known->has_epss) {
		v->has_epss = true;
		v->epss_score = known->epss;
		v->epss_percentile = known->percentile;
		v->epss_date = m->epss_date;
	}
	if (known->kev.n) {
		struct sv rest = known->kev;
		v->has_kev = true;
		v->kev_added = sv_cut(&rest, ' ');
		v->kev_due = sv_cut(&rest, ' ');
		if (sv_is(v->kev_due, "-"))
			v->kev_due = (struct sv){0};
		v->kev_ransomware = sv_is(rest, "1");
	}
	add_words(&v->cwes, known->cwes, SV(""));
}

static struct sv message(struct matcher *m, const struct package *p, const struct finding *f)
{
	const struct vulnerability *v = f->vuln;
	struct sv fix = v->fix_versions.n ? v->fix_versions.p[0] : (struct sv){0};
	const char *what = v->malicious                   ? "is malicious"
			   : f->kind == FINDING_LIFECYCLE ? "is no longer maintained"
							  : "is affected";
	static const char *const ends[FIX_STATES] = {
		[FIX_UNKNOWN] = "",
		[FIX_FIXED] = ", fixed in ",
		[FIX_NONE] = ", not fixed",
		[FIX_WILL_NOT_FIX] = ", will not be fixed",
		[FIX_END_OF_LIFE] = ", no longer supported",
	};
	return arena_fmt(m->r->arena, "%.*s %.*s %s%s%.*s", SV_ARG(p->name), SV_ARG(p->version),
			 what, ends[v->fix_state], SV_ARG(fix));
}

static void add_places(struct finding *f, const struct package *p)
{
	for (size_t i = 0; i < p->locations.n; i++) {
		const struct location *at = &p->locations.p[i];
		*VEC_PUSH(&f->evidence) =
			(struct evidence){.path = at->path, .line = at->line, .layer = at->layer};
	}
}

/* Title and references stand once per id. */
static void add_rule(struct matcher *m, const struct finding *f, const struct hit *hits, size_t n)
{
	bool made;

	(void)map_put(&m->rules, f->id, &made);
	if (!made)
		return;
	struct rule_text *rule = VEC_PUSH(&m->r->rules);
	rule->id = f->id;
	rule->severity = f->severity;
	for (size_t i = 0; i < n; i++) {
		struct sv refs = hits[i].record->refs;
		if (rule->title.n == 0)
			rule->title = hits[i].record->summary;
		while (refs.n && rule->references.n < 8) {
			struct sv url = sv_cut(&refs, ' ');
			bool there = false;
			for (size_t k = 0; k < rule->references.n; k++)
				there = there || sv_eq(rule->references.p[k].url, url);
			if (there)
				continue;
			(void)VEC_PUSH(&rule->references);
			rule->references.p[rule->references.n - 1].url = url;
		}
	}
}

/* The record that makes it worst; of equals the first by id. */
static const struct hit *worst(const struct lookup *l, const struct hit *hits, size_t n,
			       const struct cve_row *known, struct judged *out)
{
	const struct hit *best = NULL;

	for (size_t i = 0; i < n; i++) {
		struct judged j;
		severity_judge(l->shard, hits[i].has_word, hits[i].word, hits[i].record, known, &j);
		if (!best || j.severity > out->severity) {
			best = &hits[i];
			*out = j;
		}
	}
	return best;
}

static bool any_kind(const struct hit *hits, size_t n, enum record_kind kind)
{
	for (size_t i = 0; i < n; i++)
		if (hits[i].record->kind == kind)
			return true;
	return false;
}

static int one_finding(struct matcher *m, size_t package, const struct lookup *l,
		       const struct hit *hits, size_t n, struct err *err)
{
	const struct package *p = &m->r->packages.p[package];
	const struct cve_row *known;
	struct judged judged = {0};
	int rc = facts_of(m, hits[0].flaw, &known, err);

	if (rc < 0)
		return rc;
	const struct hit *hit = worst(l, hits, n, known, &judged);
	struct vulnerability *v = ARENA_NEW(m->r->arena, struct vulnerability);
	struct finding f = {
		.id = hits[0].flaw,
		.kind = hit->record->kind == RECORD_UNMAINTAINED ? FINDING_LIFECYCLE
								 : FINDING_VULNERABILITY,
		.state = STATE_FAIL,
		.severity = judged.severity,
		.severity_source = judged.source,
		.subject = m->subject,
		.vuln = v,
		.layer = p->layer,
		.from_base = p->from_base,
	};
	v->package = package;
	v->malicious = any_kind(hits, n, RECORD_MALICIOUS);
	v->has_cvss = judged.has_cvss;
	v->cvss = judged.cvss;
	v->record_id = hit->record->id;
	v->record_feed = hit->record->feed;
	v->published = hit->record->published;
	v->modified = hit->record->modified;
	v->range = hit->range;
	add_words(&v->cwes, hit->record->cwes, SV(""));
	add_facts(m, v, known);
	add_aliases(&f, hits, n);
	add_fix(&f, l, hits, n);
	add_places(&f, p);
	f.message = message(m, p, &f);
	f.fingerprint = fingerprint(m, f.id, p);
	add_rule(m, &f, hits, n);
	*VEC_PUSH(&m->r->findings) = f;
	return 0;
}

int match_findings(struct matcher *m, size_t package, const struct lookup *l, struct err *err)
{
	int rc = 0;

	for (size_t i = 0, k; rc >= 0 && i < m->hits.n; i = k) {
		for (k = i + 1; k < m->hits.n && sv_eq(m->hits.p[i].flaw, m->hits.p[k].flaw); k++)
			;
		rc = one_finding(m, package, l, &m->hits.p[i], k - i, err);
	}
	return rc;
}
