#include "fact/docker/go.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "fact/kube/kube.h"

/* Values that are written to the same place, in their order. */
struct said {
	const struct node *at;
	struct said *next;
};

struct list {
	struct said *first, **end;
};

static void list_add(struct go *g, struct list *l, const struct node *at)
{
	struct said *s = ARENA_NEW(g->a, struct said);

	s->at = at;
	if (!l->first)
		l->end = &l->first;
	*l->end = s;
	l->end = &s->next;
}

void go_tell(struct go *g, const struct node *at, const char *expected, const char *why)
{
	if (!g->sink || !g->sink->fault || g->faults++ >= limit_docker_faults)
		return;
	struct fact_fault f = {
		.at = at,
		.path = g->root ? node_pointer(g->a, g->root, at->start, at->end) : (struct sv){0},
		.expected = expected,
		.why = why,
		.who = g->who,
	};
	g->sink->fault(g->sink->arg, &f);
}

/* Of ASCII letters, and of the two others that fold to one. */
static uint32_t fold(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return cp + 32;
	return cp == 0x17f ? 's' : cp == 0x212a ? 'k' : cp;
}

int go_key_is(struct sv key, const char *name)
{
	struct sv rest = key;
	const char *at = name;

	/* most differ in their first letter */
	if (key.n && (unsigned char)*key.p < 0x80 &&
	    fold((unsigned char)*key.p) != fold((unsigned char)*name))
		return 0;
	if (sv_is(key, name))
		return 2;
	while (rest.n && *at) {
		uint32_t cp = 0;
		size_t n = utf8_decode(rest, &cp);
		if (n == 0 || fold(cp) != fold((unsigned char)*at))
			return 0;
		rest = sv_from(rest, n);
		at++;
	}
	return rest.n == 0 && *at == 0;
}

static bool is_foreign(struct sv key)
{
	for (size_t i = 0; i < key.n; i++)
		if ((unsigned char)key.p[i] >= 0x80)
			return true;
	return false;
}

/* Its index, or the number of fields. */
static unsigned field_of(struct go *g, const struct go_type *t, const struct node *member)
{
	unsigned found = t->n;

	for (unsigned i = 0; i < t->n; i++) {
		int how = go_key_is(member->key, t->fields[i].name);
		if (how == 2)
			return i;
		if (how == 1 && found == t->n)
			found = i;
	}
	/* other readers fold more letters than Go's (Podman's: U+0130) */
	if ((found < t->n || is_foreign(member->key)) && !g->merged)
		g->merged = member;
	return found;
}

static void place(struct node *out, const struct node *at)
{
	struct sv key = out->key;

	*out = *at;
	out->key = key;
	out->flags &= (uint8_t) ~(NODE_DUPLICATE | NODE_DUP_LAST | NODE_ABSENT);
}

static void put(struct node *out, const struct node *at, enum node_kind kind, struct sv text)
{
	place(out, at);
	out->kind = (uint8_t)kind;
	out->n = 0;
	out->items = NULL;
	out->text = text;
}

static bool one_of(struct sv text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_ieq(text, sv_of(words[i])))
			return true;
	return false;
}

static bool fits(const struct node *n, const struct go_type *t)
{
	uint64_t big = 0;
	int64_t value = 0;
	unsigned bits = t->bits ? t->bits : 64;

	if (t->is_unsigned)
		return node_u64(n, &big) && (bits == 64 || big >> bits == 0);
	if (!node_i64(n, &value))
		return false;
	return bits == 64 ||
	       (value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1));
}

/* What is of another type is refused; it counts as far as it says something all the same. */
static void read_bool(struct go *g, const struct go_type *t, struct node *out,
		      const struct node *at)
{
	static const char *const yes[] = {"true", "yes", "on", "1", "t", "y"};

	(void)t;
	if (at->kind == NODE_BOOL) {
		place(out, at);
		return;
	}
	go_tell(g, at, "boolean", NULL);
	if ((at->kind == NODE_STRING || at->kind == NODE_NUMBER) &&
	    one_of(at->text, yes, ARRAY_LEN(yes)))
		put(out, at, NODE_BOOL, SV("true"));
}

static void read_int(struct go *g, const struct go_type *t, struct node *out, const struct node *at)
{
	struct node number = *at;

	number.kind = NODE_NUMBER;
	if (at->kind == NODE_NUMBER && fits(at, t)) {
		place(out, at);
		return;
	}
	go_tell(g, at, "integer", NULL);
	if (at->kind == NODE_STRING && fits(&number, t))
		put(out, at, NODE_NUMBER, at->text);
}

static void read_string(struct go *g, const struct go_type *t, struct node *out,
			const struct node *at)
{
	(void)t;
	if (at->kind == NODE_STRING) {
		place(out, at);
		return;
	}
	go_tell(g, at, "string", NULL);
	if (at->kind == NODE_BOOL || at->kind == NODE_NUMBER)
		put(out, at, NODE_STRING, at->text);
}

static void read_words(struct go *g, const struct go_type *t, struct node *out,
		       const struct node *at)
{
	(void)t;
	if (at->kind == NODE_STRING) {
		put(out, at, NODE_ARRAY, (struct sv){0});
		out->items = ARENA_NEW(g->a, struct node);
		out->n = 1;
		place(out->items, at);
		return;
	}
	if (at->kind != NODE_ARRAY) {
		go_tell(g, at, "list", NULL);
		return;
	}
	put(out, at, NODE_ARRAY, (struct sv){0});
	out->items = ARENA_ARRAY(g->a, at->n, struct node);
	out->n = at->n;
	for (uint32_t i = 0; i < at->n; i++) {
		put(&out->items[i], &at->items[i], NODE_STRING, (struct sv){0});
		if (at->items[i].kind != NODE_NULL)
			read_string(g, t, &out->items[i], &at->items[i]);
	}
}

static void read_any(struct go *g, const struct go_type *t, struct node *out, const struct node *at)
{
	(void)g;
	(void)t;
	place(out, at);
}

static void view_scalar(struct go *g, const struct go_type *t, struct node *out,
			const struct said *said)
{
	static void (*const readers[])(struct go * g, const struct go_type *t, struct node *out,
				       const struct node *at) = {
		[GO_BOOL] = read_bool,   [GO_INT] = read_int, [GO_STRING] = read_string,
		[GO_WORDS] = read_words, [GO_ANY] = read_any,
	};

	for (; said; said = said->next) {
		if (said->at->kind != NODE_NULL) {
			readers[t->kind](g, t, out, said->at);
		} else if (t->pointer || t->kind == GO_WORDS || t->kind == GO_ANY) {
			put(out, said->at, NODE_NULL, (struct sv){0});
			out->flags |= NODE_ABSENT;
		}
	}
}

static void view(struct go *g, const struct go_type *t, struct node *out, const struct said *said);

/* Those of the right kind after the last that forgets the others; *last is the last of them. */
static struct list kept(struct go *g, const struct said *said, enum node_kind kind, bool forget,
			const char *expected, const struct node **last)
{
	struct list l = {0};

	*last = NULL;
	for (; said; said = said->next) {
		if (said->at->kind == NODE_NULL) {
			if (forget) {
				l = (struct list){0};
				*last = NULL;
			}
		} else if (said->at->kind != kind) {
			go_tell(g, said->at, expected, NULL);
		} else {
			list_add(g, &l, said->at);
			*last = said->at;
		}
	}
	return l;
}

static void gather(struct go *g, const struct go_type *t, const struct said *objects,
		   struct list *fields)
{
	for (; objects; objects = objects->next)
		NODE_EACH (member, objects->at) {
			unsigned i = field_of(g, t, member);
			if (i == t->n)
				continue;
			if (fields[i].first && !g->merged)
				g->merged = member;
			list_add(g, &fields[i], member);
		}
}

static void view_struct(struct go *g, const struct go_type *t, struct node *out,
			const struct said *said)
{
	const struct node *last = NULL;
	struct list objects = kept(g, said, NODE_OBJECT, t->pointer, "object", &last);
	struct list *fields = ARENA_ARRAY(g->a, t->n, struct list);

	if (last)
		put(out, last, NODE_OBJECT, (struct sv){0});
	else if (t->pointer)
		return;
	out->kind = NODE_OBJECT;
	out->n = t->n;
	out->items = ARENA_ARRAY(g->a, t->n, struct node);
	gather(g, t, objects.first, fields);
	for (unsigned i = 0; i < t->n; i++) {
		struct node *field = &out->items[i];
		field->key = sv_of(t->fields[i].name);
		field->flags = NODE_ABSENT;
		field->doc = out->doc;
		field->start = out->start;
		field->end = out->end;
		view(g, t->fields[i].type, field, fields[i].first);
	}
}

/* Nobody says anything in it, but it is there: its zero. */
static void zero(struct node *n, const struct go_type *t)
{
	static const struct {
		uint8_t kind;
		const char *text;
	} zeros[] = {
		[GO_BOOL] = {NODE_BOOL, "false"},
		[GO_INT] = {NODE_NUMBER, "0"},
		[GO_STRING] = {NODE_STRING, ""},
	};

	if (!(n->flags & NODE_ABSENT) || t->pointer || t->kind > GO_STRUCT)
		return;
	n->flags = 0;
	if (t->kind == GO_STRUCT)
		return;
	n->kind = zeros[t->kind].kind;
	n->text = sv_of(zeros[t->kind].text);
}

/* An element of its array: every array that is so long writes to it. Those that are too short are
 * taken off, since the next element is behind their end too. */
static void element(struct go *g, const struct go_type *of, struct node *out, struct said **arrays,
		    const struct node *last, uint32_t i)
{
	struct list l = {0};

	while (*arrays)
		if (i < (*arrays)->at->n) {
			list_add(g, &l, &(*arrays)->at->items[i]);
			arrays = &(*arrays)->next;
		} else {
			*arrays = (*arrays)->next;
		}
	*out = (struct node){.flags = NODE_ABSENT, .doc = last->doc};
	out->start = last->items[i].start;
	out->end = last->items[i].end;
	view(g, of, out, l.first);
	zero(out, of);
}

static void view_slice(struct go *g, const struct go_type *t, struct node *out,
		       const struct said *said)
{
	const struct node *last = NULL;
	struct list l = kept(g, said, NODE_ARRAY, true, "list", &last);
	struct said *arrays = l.first;

	if (!last)
		return;
	for (struct said *s = arrays; s; s = s->next)
		if (s->at->n == 0)
			arrays = s;
	put(out, last, NODE_ARRAY, (struct sv){0});
	out->n = last->n;
	out->items = ARENA_ARRAY(g->a, last->n, struct node);
	for (uint32_t i = 0; i < last->n; i++)
		element(g, t->of, &out->items[i], &arrays, last, i);
}

static void map_value(struct go *g, const struct go_type *t, struct node *out,
		      const struct node *at)
{
	struct said one = {.at = at};

	*out = (struct node){.flags = NODE_ABSENT, .doc = at->doc, .key = at->key};
	out->start = at->start;
	out->end = at->end;
	out->key_start = at->key_start;
	out->key_end = at->key_end;
	view(g, t->of, out, &one);
	zero(out, t->of);
}

static void view_map(struct go *g, const struct go_type *t, struct node *out,
		     const struct said *said)
{
	const struct node *last = NULL;
	struct list objects = kept(g, said, NODE_OBJECT, true, "object", &last);
	auto_done(map_done) struct map seen = {0};
	size_t n = 0;

	if (!last)
		return;
	for (const struct said *s = objects.first; s; s = s->next)
		n += s->at->n;
	put(out, last, NODE_OBJECT, (struct sv){0});
	out->items = ARENA_ARRAY(g->a, n, struct node);
	for (const struct said *s = objects.first; s; s = s->next)
		NODE_EACH (it, s->at) {
			bool made = false;
			struct map_entry *e = map_put(&seen, it->key, &made);
			if (made)
				e->num = out->n++;
			else if (!g->merged)
				g->merged = it;
			map_value(g, t, &out->items[e->num], it);
		}
}

static void view(struct go *g, const struct go_type *t, struct node *out, const struct said *said)
{
	if (t->kind == GO_STRUCT)
		view_struct(g, t, out, said);
	else if (t->kind == GO_SLICE)
		view_slice(g, t, out, said);
	else if (t->kind == GO_MAP)
		view_map(g, t, out, said);
	else
		view_scalar(g, t, out, said);
}

const struct node *go_view(struct go *g, const struct go_type *type, const struct node *n)
{
	struct node *out = ARENA_NEW(g->a, struct node);
	struct said one = {.at = n};

	out->flags = NODE_ABSENT;
	if (n) {
		out->doc = n->doc;
		out->start = n->start;
		out->end = n->end;
	}
	view(g, type, out, n ? &one : NULL);
	return out;
}
