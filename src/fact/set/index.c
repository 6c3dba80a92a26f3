/* The objects of a set, findable by what others call them. */
#include "fact/set/set-int.h"

#include "base/hash.h"
#include "base/limits.h"

void table_add(struct set_table *t, uint64_t hash, uint32_t object)
{
	*VEC_PUSH(t) = (struct set_row){hash, object};
}

static int by_hash(const void *pa, const void *pb)
{
	const struct set_row *a = pa, *b = pb;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->object < b->object ? -1 : a->object > b->object;
}

static void table_sort(struct set_table *t)
{
	if (t->n > 0)
		qsort(t->p, t->n, sizeof *t->p, by_hash);
}

/* The first row at or above the hash. */
static size_t lower(const struct set_table *t, uint64_t hash)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (t->p[mid].hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct set_range table_find(const struct set_table *t, uint64_t hash)
{
	size_t first = lower(t, hash);
	size_t end = hash == UINT64_MAX ? t->n : lower(t, hash + 1);

	return (struct set_range){t->p ? t->p + first : NULL, end - first};
}

uint64_t relate_hash(struct relate *r, const struct sv *parts, size_t n)
{
	buf_clear(&r->key);
	for (size_t i = 0; i < n; i++) {
		buf_sv(&r->key, parts[i]);
		buf_char(&r->key, '\0');
	}
	return hash_seeded(buf_view(&r->key));
}

struct sv set_space_of(struct sv ns)
{
	return ns.n > 0 ? ns : SV("default");
}

static struct sv group_of(struct sv api_version)
{
	struct sv rest = api_version;

	return sv_find_char(api_version, '/') == SIZE_MAX ? (struct sv){0} : sv_cut(&rest, '/');
}

static bool cluster_wide(struct sv kind)
{
	static const char *const kinds[] = {"ClusterRole", "ClusterRoleBinding", "Namespace"};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_is(kind, kinds[i]))
			return true;
	return false;
}

static uint64_t name_hash(struct relate *r, struct sv group, struct sv kind, struct sv ns,
			  struct sv name)
{
	const struct sv parts[] = {
		/* what moved out of the group extensions is the same object */
		sv_is(group, "extensions") ? SV("apps") : group,
		kind,
		cluster_wide(kind) ? (struct sv){0} : set_space_of(ns),
		name,
	};

	return relate_hash(r, parts, ARRAY_LEN(parts));
}

static bool same_name(const struct set_object *o, struct sv kind, struct sv ns, struct sv name)
{
	return sv_eq(o->kind, kind) && sv_eq(o->name, name) &&
	       (cluster_wide(kind) || sv_eq(set_space_of(o->ns), set_space_of(ns)));
}

struct set_object *relate_find(struct relate *r, struct sv group, struct sv kind, struct sv ns,
			       struct sv name)
{
	struct set_range found = table_find(&r->names, name_hash(r, group, kind, ns, name));

	for (size_t i = 0; i < found.n; i++) {
		struct set_object *o = &r->objects[found.p[i].object];
		if (same_name(o, kind, ns, name))
			return o;
	}
	return NULL;
}

struct set_space *relate_space(struct relate *r, struct sv ns)
{
	bool made;
	struct sv name = set_space_of(ns);
	struct map_entry *e = map_put(&r->space_index, name, &made);

	if (made) {
		e->num = r->spaces.n;
		VEC_PUSH(&r->spaces)->name = name;
	}
	return &r->spaces.p[e->num];
}

bool relate_work(struct relate *r, size_t n)
{
	r->work += n;
	if (r->work > limit_set_relations)
		r->cut = true;
	return !r->cut;
}

static uint32_t count_of(struct relate *r, const struct set_table *t, struct sv ns,
			 struct sv account)
{
	const struct sv parts[] = {set_space_of(ns), account};

	return (uint32_t)table_find(t, relate_hash(r, parts, 2)).n;
}

uint32_t relate_users(struct relate *r, struct sv ns, struct sv account)
{
	return count_of(r, &r->users, ns, account);
}

uint32_t relate_bindings(struct relate *r, struct sv ns, struct sv account)
{
	return count_of(r, &r->bound, ns, account);
}

static void parse(struct set_object *o, const struct set_entry *e)
{
	struct sv rest = sv_make(e->p, e->n);
	struct sv *const fields[] = {&o->api_version, &o->kind, &o->name, &o->ns, &o->file};
	struct set_item item = {0};
	uint64_t line = 0;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (set_next(&rest, &item))
			*fields[i] = item.text;
	if (set_next(&rest, &item))
		(void)sv_u64(item.text, &line);
	o->line = (uint32_t)line;
	o->body = rest;
	o->class = (uint8_t)set_class_of(o->api_version, o->kind);
	o->workload = set_has(rest, SET_WORKLOAD);
	o->pod = set_find(rest, SET_WORKLOAD);
	o->again = set_has(o->pod, SET_AGAIN);
}

/* The namespace as relations see it: where it stands and what is in it. */
static void count_space(struct relate *r, const struct set_object *o, uint32_t i)
{
	bool declares = o->class == CLASS_NAMESPACE;
	bool counts = o->workload || declares || o->class == CLASS_SERVICE ||
		      o->class == CLASS_NETWORK_POLICY || o->class == CLASS_LIMIT_RANGE ||
		      o->class == CLASS_QUOTA;

	if (!counts)
		return;
	size_t before = r->spaces.n;
	struct set_space *s = relate_space(r, declares ? o->name : o->ns);
	if (r->spaces.n > before || (declares && !s->declared))
		s->place = i;
	if (declares) {
		s->declared = true;
		s->labels = set_find(o->body, SET_LABELS);
	}
	s->workloads += o->workload;
	s->policies += o->class == CLASS_NETWORK_POLICY;
	s->limits += o->class == CLASS_LIMIT_RANGE;
	s->quotas += o->class == CLASS_QUOTA;
}

static void index_subjects(struct relate *r, const struct set_object *o, uint32_t i)
{
	struct sv rest = o->body;
	struct set_item item;

	while (set_next(&rest, &item)) {
		if (item.tag != SET_SUBJECT ||
		    !sv_is(set_find(item.text, SET_KIND), "ServiceAccount"))
			continue;
		const struct sv parts[] = {set_space_of(set_find(item.text, SET_NAMESPACE)),
					   set_find(item.text, SET_NAME)};
		table_add(&r->bound, relate_hash(r, parts, 2), i);
	}
}

static void index_object(struct relate *r, uint32_t i)
{
	struct set_object *o = &r->objects[i];

	if (!o->again)
		table_add(&r->names,
			  name_hash(r, group_of(o->api_version), o->kind, o->ns, o->name), i);
	if (o->workload) {
		const struct sv parts[] = {set_space_of(o->ns), set_find(o->pod, SET_ACCOUNT)};
		table_add(&r->users, relate_hash(r, parts, 2), i);
		relate_index(r, &r->pods, i, set_find(o->pod, SET_LABELS));
	}
	if (o->class == CLASS_SERVICE)
		relate_index(r, &r->services, i, set_find(o->body, SET_LABELS));
	if (o->class == CLASS_BINDING || o->class == CLASS_CLUSTER_BINDING)
		index_subjects(r, o, i);
	count_space(r, o, i);
}

void relate_init(struct relate *r, const struct set *s)
{
	*r = (struct relate){.set = s, .n = s->entries.n};
	r->objects = ARENA_ARRAY(&r->arena, r->n, struct set_object);
	for (size_t i = 0; i < r->n; i++) {
		parse(&r->objects[i], &s->entries.p[i]);
		r->cut |= s->entries.p[i].cut;
		index_object(r, (uint32_t)i);
	}
	struct set_table *const tables[] = {&r->names, &r->users, &r->bound, &r->pods,
					    &r->services};
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		table_sort(tables[i]);
	for (size_t i = 0; i < r->n; i++) {
		struct set_object *o = &r->objects[i];
		const struct set_object *first =
			o->again || o->name.n == 0
				? NULL
				: relate_find(r, group_of(o->api_version), o->kind, o->ns, o->name);
		o->first = first ? (uint32_t)(first - r->objects) : (uint32_t)i;
	}
}

void relate_done(struct relate *r)
{
	vec_done(&r->names);
	vec_done(&r->users);
	vec_done(&r->bound);
	vec_done(&r->pods);
	vec_done(&r->services);
	vec_done(&r->spaces);
	map_done(&r->space_index);
	buf_done(&r->key);
	arena_done(&r->arena);
}
