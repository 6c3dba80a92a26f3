#include "advisory/flaw.h"

void flaws_init(struct flaws *f)
{
	*f = (struct flaws){0};
	arena_init(&f->arena, 0);
}

void flaws_done(struct flaws *f)
{
	map_done(&f->ids);
	vec_done(&f->nodes);
	arena_done(&f->arena);
}

static void add_cves(const struct sv_vec *from, struct sv_vec *out)
{
	for (size_t i = 0; i < from->n; i++)
		if (is_cve(from->p[i]))
			*VEC_PUSH(out) = from->p[i];
}

void flaws_named(const struct record *r, const struct ecosystem *e, struct sv_vec *out)
{
	size_t n = 0;

	out->n = 0;
	if (is_cve(r->id))
		*VEC_PUSH(out) = r->id;
	add_cves(&r->aliases, out);
	if (e && e->kind != ECO_LANGUAGE) {
		add_cves(&r->upstream, out);
		if (out->n == 0 && e->related)
			add_cves(&r->related, out);
	}
	if (out->n > 1)
		qsort(out->p, out->n, sizeof *out->p, sv_cmp_qsort);
	for (size_t i = 0; i < out->n; i++)
		if (n == 0 || !sv_eq(out->p[n - 1], out->p[i]))
			out->p[n++] = out->p[i];
	out->n = n;
}

static uint32_t root_of(const struct flaws *f, uint32_t i)
{
	while (f->nodes.p[i].parent != i)
		i = f->nodes.p[i].parent;
	return i;
}

static uint32_t node_of(struct flaws *f, struct sv id)
{
	struct map_entry *e = map_find(&f->ids, id);
	bool made;

	if (e)
		return (uint32_t)e->num;
	id = arena_sv(&f->arena, id);
	map_put(&f->ids, id, &made)->num = f->nodes.n;
	struct flaw_node *node = VEC_PUSH(&f->nodes);
	node->parent = (uint32_t)(f->nodes.n - 1);
	if (is_cve(id))
		node->cve = id;
	return node->parent;
}

static void merge(struct flaws *f, uint32_t i, uint32_t k)
{
	uint32_t x = root_of(f, i), y = root_of(f, k);

	if (x == y)
		return;
	struct flaw_node *a = &f->nodes.p[x], *b = &f->nodes.p[y];
	a->several = a->several || b->several || (a->cve.n && b->cve.n && !sv_eq(a->cve, b->cve));
	if (a->cve.n == 0)
		a->cve = b->cve;
	if (a->record.n == 0 || (b->record.n && sv_cmp(b->record, a->record) < 0))
		a->record = b->record;
	b->parent = x;
	/* paths stay short: the two that were walked now lead to the root */
	f->nodes.p[i].parent = x;
	f->nodes.p[k].parent = x;
}

void flaws_join(struct flaws *f, const struct record *r, size_t named)
{
	if (named > 1 || r->aliases.n == 0)
		return;
	uint32_t self = node_of(f, r->id);
	struct flaw_node *root = &f->nodes.p[root_of(f, self)];
	struct sv own = is_cve(r->id) ? SV("") : r->id;
	if (own.n && (root->record.n == 0 || sv_cmp(own, root->record) < 0))
		root->record = arena_sv(&f->arena, own);
	for (size_t i = 0; i < r->aliases.n; i++)
		merge(f, self, node_of(f, r->aliases.p[i]));
}

struct sv flaws_of(const struct flaws *f, struct sv id)
{
	const struct map_entry *e = map_find(&f->ids, id);

	if (!e)
		return id;
	const struct flaw_node *root = &f->nodes.p[root_of(f, (uint32_t)e->num)];
	if (root->several)
		return id;
	if (root->cve.n)
		return root->cve;
	return root->record.n && sv_cmp(root->record, id) < 0 ? root->record : id;
}
