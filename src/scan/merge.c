#include "scan/merge.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "package/osrelease.h"
#include "scan/visible.h"

/* A package that is visible, with the layer of its evidence. */
struct seen {
	const struct package *p;
	size_t layer;
};

struct merge {
	struct report *r;
	size_t subject;
	struct layer_facts *const *layers;
	size_t n;
	struct visible *visible;
	struct {
		struct seen *p;
		size_t n, cap;
	} seen;
	const struct os *os;
	int os_rank;
	struct map *present; /* per layer: is_present() */
	struct arena scratch;
};

static void see_layer(struct merge *m, size_t layer)
{
	struct layer_facts *f = m->layers[layer];

	for (size_t i = 0; i < f->packages.n; i++)
		if (!visible_hidden(m->visible, layer, f->packages.p[i].locations.p[0].file))
			*VEC_PUSH(&m->seen) = (struct seen){&f->packages.p[i], layer};
	for (size_t i = 0; i < f->systems.n; i++) {
		const struct os *os = &f->systems.p[i];
		int rank = os_rank(os->path);
		/* the highest layer's wins among equals: layers come from the top */
		if (os->id.n && !visible_hidden(m->visible, layer, os->path) &&
		    (!m->os || rank < m->os_rank)) {
			m->os = os;
			m->os_rank = rank;
		}
	}
	for (size_t i = 0; i < f->unread.n; i++)
		if (!visible_hidden(m->visible, layer, f->unread.p[i].path))
			COUNT_ADD(&m->r->summary.unread, m->r->arena, f->unread.p[i].type, 1);
	for (size_t i = 0; i < f->errors.n; i++) {
		struct fact_error *e = &f->errors.p[i];
		e->hidden = e->path.n && visible_hidden(m->visible, layer, e->path);
	}
}

/* From the top layer down: among equal systems the highest is met first. */
static void see_all(struct merge *m)
{
	for (size_t i = m->n; i-- > 0;)
		if (m->layers[i])
			see_layer(m, i);
}

static struct sv presence_key(struct arena *a, const struct package *p)
{
	const struct sv parts[] = {p->locations.p[0].path, p->name, p->version, p->arch};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		n += parts[i].n + 1;
	char *to = arena_alloc(a, n), *at = to;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n)
			memcpy(at, parts[i].p, parts[i].n);
		at += parts[i].n + 1;
	}
	return sv_make(to, n);
}

/* What a layer holds: "path\0name\0version\0arch" of each package. Made for layers that are asked.
 */
static bool is_present(struct merge *m, size_t layer, struct sv key)
{
	const struct layer_facts *f = m->layers[layer];
	struct map *set = &m->present[layer];

	if (set->n == 0)
		for (size_t k = 0; k < f->packages.n; k++)
			map_put(set, presence_key(&m->scratch, &f->packages.p[k]), NULL);
	return map_find(set, key) != NULL;
}

/* A database that a higher layer wrote again still names packages that a lower one brought: the
 * layer is the lowest from which on each version of this file has the package. Below a layer that
 * removed the file there is nothing of it. */
static size_t first_layer(struct merge *m, const struct seen *s)
{
	struct sv path = s->p->locations.p[0].file, key = {0};
	size_t first = s->layer, floor = visible_floor(m->visible, s->layer, path);

	for (size_t i = s->layer; i-- > floor;) {
		if (!m->layers[i] || !visible_holds(m->visible, i, path))
			continue;
		if (!key.n)
			key = presence_key(&m->scratch, s->p);
		if (!is_present(m, i, key))
			break;
		first = i;
	}
	return first;
}

static void own_texts(struct arena *a, struct package *q)
{
	struct sv *texts[] = {&q->ns,     &q->name,        &q->version,
			      &q->arch,   &q->source_name, &q->source_version,
			      &q->module, &q->cataloger,   &q->owner_name};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = texts[i]->n ? arena_sv(a, *texts[i]) : (struct sv){0};
}

static void add_location(struct merge *m, struct package *q, const struct seen *s, size_t layer)
{
	const struct subject *sub = &m->r->subjects.p[m->subject];
	bool known = layer < sub->layers.n;
	const struct location *from = &s->p->locations.p[0];
	struct sv path = arena_sv(m->r->arena, from->path);
	struct location l = {.path = path,
			     .file = sv_head(path, from->file.n),
			     .layer = known ? layer : INDEX_NONE,
			     .from_base = known ? sub->layers.p[layer].from_base : TRI_UNKNOWN,
			     .line = from->line};

	*VEC_PUSH(&q->locations) = l;
}

static void new_package(struct merge *m, const struct seen *s, struct sv purl)
{
	struct report *r = m->r;
	struct package *q = VEC_PUSH(&r->packages);

	*q = *s->p;
	own_texts(r->arena, q);
	q->locations.p = NULL;
	q->locations.n = q->locations.cap = 0;
	q->licenses.p = NULL;
	q->licenses.n = q->licenses.cap = 0;
	for (size_t i = 0; i < s->p->licenses.n; i++)
		*VEC_PUSH(&q->licenses) = arena_sv(r->arena, s->p->licenses.p[i]);
	q->purl = arena_sv(r->arena, purl);
	q->subject = m->subject;
	q->owner = INDEX_NONE;
}

static void add_package(struct merge *m, struct map *known, const struct seen *s)
{
	auto_done(buf_done) struct buf purl = {0};
	bool made;

	purl_write(&purl, s->p, m->os);
	struct sv key = arena_fmt(&m->scratch, "%.*s %.*s", SV_ARG(s->p->owner_name),
				  SV_ARG(buf_view(&purl)));
	struct map_entry *e = map_put(known, key, &made);
	if (made) {
		e->num = m->r->packages.n;
		new_package(m, s, buf_view(&purl));
	}
	struct package *q = &m->r->packages.p[e->num];
	size_t layer = first_layer(m, s);
	if (s->p->evidence == EVIDENCE_INSTALLED)
		q->evidence = EVIDENCE_INSTALLED;
	q->dev = q->dev && s->p->dev;
	add_location(m, q, s, layer);
}

static int location_cmp(const void *a, const void *b)
{
	const struct location *x = a, *y = b;

	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	int c = sv_cmp(x->path, y->path);
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

static int package_cmp(const void *a, const void *b)
{
	const struct package *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	int c = sv_cmp(x->purl, y->purl);
	return c ? c : sv_cmp(x->owner_name, y->owner_name);
}

static void finish_package(struct merge *m, struct package *q)
{
	static const struct hash_key id_key = {0x7061636b61676520U, 0x6964656e74697479U};
	size_t n = 0;

	qsort(q->locations.p, q->locations.n, sizeof *q->locations.p, location_cmp);
	for (size_t i = 0; i < q->locations.n; i++)
		if (n == 0 || location_cmp(&q->locations.p[i], &q->locations.p[n - 1]) != 0)
			q->locations.p[n++] = q->locations.p[i];
	q->locations.n = n;
	q->layer = q->locations.p[0].layer;
	q->from_base = q->locations.p[0].from_base;
	struct sv whole =
		arena_fmt(&m->scratch, "%.*s\n%.*s\n%.*s", SV_ARG(m->r->subjects.p[m->subject].id),
			  SV_ARG(q->purl), SV_ARG(q->owner_name));
	q->id = arena_fmt(m->r->arena, "%s-%016llx", pkg_types[q->type].purl,
			  (unsigned long long)hash_sip(id_key, whole));
}

/* Owners by name, now that all packages of the system are known. */
static void link_owners(struct merge *m, size_t from)
{
	struct map by_name = {0};
	struct report *r = m->r;

	for (size_t i = from; i < r->packages.n; i++)
		if (pkg_types[r->packages.p[i].type].os)
			map_put(&by_name, r->packages.p[i].name, NULL)->num = i;
	for (size_t i = from; i < r->packages.n; i++) {
		struct package *q = &r->packages.p[i];
		struct map_entry *e = q->owner_name.n ? map_find(&by_name, q->owner_name) : NULL;
		q->owner = e ? e->num : INDEX_NONE;
	}
	map_done(&by_name);
}

static void set_os(struct merge *m)
{
	struct subject *s = &m->r->subjects.p[m->subject];
	struct sv *texts[] = {&s->os.id,       &s->os.version, &s->os.name,
			      &s->os.codename, &s->os.path,    &s->os.eol};

	if (!m->os)
		return;
	s->os = *m->os;
	s->has_os = true;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_sv(m->r->arena, *texts[i]);
}

void merge_layers(struct report *r, size_t s, struct layer_facts *const *layers, size_t n,
		  bool locks)
{
	struct merge m = {.r = r, .subject = s, .layers = layers, .n = n};
	struct map known = {0};
	size_t from = r->packages.n;

	arena_init(&m.scratch, 0);
	m.visible = visible_new(layers, n);
	see_all(&m);
	m.present = xcalloc(n ? n : 1, sizeof *m.present);
	for (size_t i = 0; i < m.seen.n; i++)
		if (locks || m.seen.p[i].p->evidence == EVIDENCE_INSTALLED)
			add_package(&m, &known, &m.seen.p[i]);
	set_os(&m);
	for (size_t i = from; i < r->packages.n; i++)
		finish_package(&m, &r->packages.p[i]);
	if (r->packages.n > from)
		qsort(r->packages.p + from, r->packages.n - from, sizeof *r->packages.p,
		      package_cmp);
	link_owners(&m, from);
	for (size_t i = 0; i < n; i++)
		map_done(&m.present[i]);
	free(m.present);
	visible_free(m.visible);
	map_done(&known);
	vec_done(&m.seen);
	arena_done(&m.scratch);
}
