#include "rule/benchmark.h"

#include "base/suggest.h"
#include "rule/kubernetes.h"
#include "rule/pack-int.h"

static const struct pack_field top_fields[] = {
	{"benchmark", KIND_STRING, true}, {"version", KIND_STRING, false},
	{"title", KIND_STRING, true},     {"includes", KIND_STRING, false},
	{"entries", KIND_LIST, true},     {"references", KIND_BOOL, false},
};

static const struct pack_field check_fields[] = {
	{"id", KIND_STRING, true},        {"title", KIND_STRING, true},
	{"rules", KIND_LIST, false},      {"overrides", KIND_LIST, false},
	{"question", KIND_STRING, false}, {"since", KIND_NUMBER, false},
	{"until", KIND_NUMBER, false},
};

static int read_minor(struct pack_reader *p, const struct node *n, const char *field, unsigned *out)
{
	const struct node *v = node_get(n, field);
	uint64_t minor;

	*out = 0;
	if (!v)
		return 0;
	if (!node_u64(v, &minor) || minor > 10000)
		return pack_fail(p, v->start, "'%s' is a minor version: 25 of Kubernetes 1.25",
				 field);
	*out = (unsigned)minor;
	return 0;
}

static int read_check(struct pack_reader *p, const struct benchmark *b, const struct node *n,
		      struct benchmark_entry *out)
{
	int rc = pack_fields(p, n, "a check", check_fields, ARRAY_LEN(check_fields));

	if (rc)
		return rc;
	out->id = node_get_str(n, "id");
	out->title = node_get_str(n, "title");
	out->question = sv_trim(node_get_str(n, "question"));
	for (size_t i = 0; i < b->entries.n; i++)
		if (sv_eq(b->entries.p[i].id, out->id))
			return pack_fail(p, n->start, "the check '%.*s' stands twice",
					 SV_ARG(out->id));
	rc = read_minor(p, n, "since", &out->since);
	if (rc == 0)
		rc = read_minor(p, n, "until", &out->until);
	if (rc == 0)
		rc = pack_texts(p, node_get(n, "overrides"), &out->overrides);
	if (rc == 0)
		rc = pack_texts(p, node_get(n, "rules"), &out->rule_ids);
	if (rc == 0 && !out->rule_ids.n && !out->question.n && !b->references)
		rc = pack_fail(p, n->start, "the check '%.*s' has neither 'rules' nor 'question'",
			       SV_ARG(out->id));
	return rc;
}

/* The one of this name and version, without what includes it. */
static struct benchmark *find_exact(const struct rules *r, struct sv name)
{
	for (size_t i = 0; i < r->benchmarks.n; i++) {
		struct benchmark *b = r->benchmarks.p[i];
		struct sv rest = name;
		if (sv_ieq(name, b->name))
			return b;
		if (!b->version.n || name.n != b->name.n + 1 + b->version.n)
			continue;
		rest.n = b->name.n;
		if (sv_ieq(rest, b->name) && name.p[b->name.n] == '-' &&
		    sv_ieq(sv_from(name, b->name.n + 1), b->version))
			return b;
	}
	return NULL;
}

static void place_benchmark(struct rules *r, struct benchmark *b)
{
	for (size_t i = 0; i < r->benchmarks.n; i++) {
		if (sv_eq(r->benchmarks.p[i]->name, b->name) &&
		    sv_eq(r->benchmarks.p[i]->version, b->version)) {
			r->benchmarks.p[i] = b;
			return;
		}
	}
	*VEC_PUSH(&r->benchmarks) = b;
}

int pack_benchmark(struct pack_reader *p, const struct node *root)
{
	struct benchmark *b = ARENA_NEW(&p->r->arena, struct benchmark);
	int rc = pack_fields(p, root, "a benchmark", top_fields, ARRAY_LEN(top_fields));

	if (rc)
		return rc;
	const struct node *checks = node_get(root, "entries"),
			  *includes = node_get(root, "includes");
	b->name = node_get_str(root, "benchmark");
	b->version = node_get_str(root, "version");
	b->title = node_get_str(root, "title");
	b->includes = includes ? includes->text : (struct sv){0};
	b->references = node_true(node_get(root, "references"));
	b->file = p->file;
	b->entries.p = arena_array(&p->r->arena, checks->n, sizeof *b->entries.p);
	b->entries.cap = checks->n;
	NODE_EACH (n, checks) {
		rc = read_check(p, b, n, &b->entries.p[b->entries.n]);
		if (rc)
			return rc;
		b->entries.n++;
	}
	place_benchmark(p->r, b);
	return 0;
}

static bool refers(const struct rule *rule, const struct benchmark *b, struct sv id)
{
	for (size_t i = 0; i < rule->text.references.n; i++) {
		struct sv scheme = rule->text.references.p[i].scheme;
		if (sv_eq(rule->text.references.p[i].id, id) &&
		    scheme.n == b->name.n + 1 + b->version.n && sv_starts(scheme, b->name) &&
		    sv_ends(scheme, b->version))
			return true;
	}
	return false;
}

/* Those whose references name the entry. */
static void resolve_references(struct rules *r, const struct benchmark *b,
			       struct benchmark_entry *e)
{
	for (size_t i = 0; b->references && i < r->all.n; i++) {
		const struct rule *rule = r->all.p[i];
		bool there = rule->disabled || !refers(rule, b, e->id);
		for (size_t k = 0; k < e->rules.n && !there; k++)
			there = e->rules.p[k] == rule;
		if (!there)
			e->rules.p[e->rules.n++] = rule;
	}
}

/* Rules of the entries by their ids: after every load, since a pack may replace them. */
static int resolve_entry(struct rules *r, const struct benchmark *b, struct benchmark_entry *e,
			 struct err *err)
{
	size_t most = e->rule_ids.n + (b->references ? r->all.n : 0);

	e->rules.p = arena_array(&r->arena, most, sizeof *e->rules.p);
	e->rules.n = 0;
	for (size_t i = 0; i < e->rule_ids.n; i++) {
		struct err unknown = {0};
		const struct rule *rule = rules_find(r, e->rule_ids.p[i]);
		if (rule) {
			e->rules.p[e->rules.n++] = rule;
			continue;
		}
		(void)!rules_unknown(r, "benchmark", e->rule_ids.p[i], &unknown);
		(void)err_set(err, ERR_PARSE, "check %.*s of benchmark %.*s: no rule '%.*s'",
			      SV_ARG(e->id), SV_ARG(b->name), SV_ARG(e->rule_ids.p[i]));
		if (unknown.hint[0])
			(void)err_hint(err, "%s", unknown.hint);
		(void)err_where(err, "%.*s", SV_ARG(b->file));
		return err_scope(err, SCOPE_CONFIG);
	}
	resolve_references(r, b, e);
	e->rules.cap = e->rules.n;
	if (e->rules.n || e->question.n)
		return 0;
	(void)err_set(err, ERR_PARSE,
		      "check %.*s of benchmark %.*s: no rule refers to it, and it asks nothing",
		      SV_ARG(e->id), SV_ARG(b->name));
	(void)err_where(err, "%.*s", SV_ARG(b->file));
	return err_scope(err, SCOPE_CONFIG);
}

static int resolve(struct rules *r, struct benchmark *b, struct err *err)
{
	if (b->resolved == r->loads)
		return 0;
	/* before the work: a ring of includes ends here */
	b->resolved = r->loads;
	for (size_t i = 0; i < b->entries.n; i++) {
		int rc = resolve_entry(r, b, &b->entries.p[i], err);
		if (rc) {
			b->resolved = 0;
			return rc;
		}
	}
	if (!b->includes.n)
		return 0;
	struct benchmark *base = find_exact(r, b->includes);
	if (!base) {
		b->resolved = 0;
		(void)err_set(err, ERR_PARSE, "benchmark %.*s includes '%.*s', which is not there",
			      SV_ARG(b->name), SV_ARG(b->includes));
		(void)err_where(err, "%.*s", SV_ARG(b->file));
		return err_scope(err, SCOPE_CONFIG);
	}
	b->base = base;
	int rc = resolve(r, base, err);
	if (rc)
		b->resolved = 0;
	return rc;
}

int benchmark_find(struct rules *r, struct sv name, const struct benchmark **out, unsigned *minor,
		   struct err *err)
{
	struct sv version = name, wanted = sv_cut(&version, '@');
	struct suggest s = {.word = wanted};
	struct sv_vec names = {0};
	unsigned n = 0;

	struct benchmark *b = find_exact(r, wanted);
	if (!b) {
		benchmark_names(r, &names);
		for (size_t i = 0; i < names.n; i++)
			suggest_offer(&s, names.p[i]);
		vec_done(&names);
		(void)err_set(err, ERR_USAGE, "no benchmark is called '%.*s'", SV_ARG(wanted));
		pack_hint(err, &s);
		return err_scope(err, SCOPE_USAGE);
	}
	if (kubernetes_minor(version, &n, err) < 0)
		return err_hint(err, "%.*s@1.29", SV_ARG(wanted));
	int rc = resolve(r, b, err);
	if (rc)
		return rc;
	*out = b;
	*minor = n;
	return 0;
}

size_t benchmark_names(struct rules *r, struct sv_vec *out)
{
	for (size_t i = 0; i < r->benchmarks.n; i++) {
		const struct benchmark *b = r->benchmarks.p[i];
		*VEC_PUSH(out) = b->version.n ? arena_fmt(&r->arena, "%.*s-%.*s", SV_ARG(b->name),
							  SV_ARG(b->version))
					      : b->name;
	}
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, sv_cmp_qsort);
	return r->benchmarks.n;
}

static bool counts_at(const struct benchmark_entry *e, unsigned minor)
{
	if (minor == 0)
		return e->until == 0;
	return (!e->since || minor >= e->since) && (!e->until || minor <= e->until);
}

static bool is_overridden(const struct benchmark *b, const struct benchmark_entry *entry,
			  unsigned minor)
{
	unsigned depth = 0;

	for (; b && depth < 8; b = b->base, depth++)
		for (size_t i = 0; i < b->entries.n; i++)
			for (size_t k = 0; k < b->entries.p[i].overrides.n; k++)
				if (sv_eq(b->entries.p[i].overrides.p[k], entry->id) &&
				    counts_at(&b->entries.p[i], minor))
					return true;
	return false;
}

size_t benchmark_entries(const struct benchmark *b, unsigned minor,
			 const struct benchmark_entry **out, size_t cap)
{
	const struct benchmark *chain[8] = {0};
	size_t depth = 0, n = 0;

	for (const struct benchmark *at = b; at && depth < ARRAY_LEN(chain); at = at->base)
		chain[depth++] = at;
	/* what it includes comes first */
	while (depth-- > 0) {
		for (size_t i = 0; i < chain[depth]->entries.n; i++) {
			const struct benchmark_entry *e = &chain[depth]->entries.p[i];
			if (!counts_at(e, minor) || is_overridden(b, e, minor))
				continue;
			if (n < cap)
				out[n] = e;
			n++;
		}
	}
	return n;
}
