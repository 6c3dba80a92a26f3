#include "fact/service/service-int.h"

#include "base/vec.h"
#include "fact/service/words.h"

static struct node *copy_as(struct build *b, const struct node *n, enum node_kind kind,
			    struct sv text)
{
	struct node *out = ARENA_NEW(b->a, struct node);

	*out = *n;
	out->kind = (uint8_t)kind;
	out->text = text;
	return out;
}

const struct node *service_text(struct build *b, const struct node *n)
{
	if (!n || n->kind == NODE_NULL || n->kind == NODE_STRING)
		return n && n->kind == NODE_STRING ? n : NULL;
	if (n->kind == NODE_NUMBER || n->kind == NODE_BOOL)
		return copy_as(b, n, NODE_STRING, n->text);
	tell_type(b->s->tell, n, "string");
	return NULL;
}

/* What compose takes for a boolean in text. */
static bool word_bool(struct sv text, bool *out)
{
	static const struct sv yes[] = {{"true", 4}, {"yes", 3}, {"y", 1}, {"on", 2}};
	static const struct sv no[] = {{"false", 5}, {"no", 2}, {"n", 1}, {"off", 3}};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!sv_ieq(text, yes[i]) && !sv_ieq(text, no[i]))
			continue;
		*out = sv_ieq(text, yes[i]);
		return true;
	}
	return engine_bool(text, out);
}

const struct node *service_bool(struct build *b, const struct node *n)
{
	bool v;

	if (!n || n->kind == NODE_NULL || n->kind == NODE_BOOL)
		return n && n->kind == NODE_BOOL ? n : NULL;
	if (n->kind == NODE_STRING && word_bool(n->text, &v))
		return copy_as(b, n, NODE_BOOL, v ? SV("true") : SV("false"));
	if (n->kind != NODE_STRING || n->text.n)
		tell_type(b->s->tell, n, "boolean");
	return NULL;
}

const struct node *service_int(struct build *b, const struct node *n)
{
	int64_t v;

	if (!n || n->kind == NODE_NULL)
		return NULL;
	if (n->kind == NODE_NUMBER && node_i64(n, &v))
		return n;
	if (n->kind == NODE_STRING) {
		const struct node number = {.kind = NODE_NUMBER, .text = n->text};
		if (node_i64(&number, &v))
			return copy_as(b, n, NODE_NUMBER, arena_fmt(b->a, "%lld", (long long)v));
		if (n->text.n == 0)
			return NULL;
	}
	tell_type(b->s->tell, n, "integer");
	return NULL;
}

const struct node *service_map(struct build *b, const struct node *n)
{
	if (!n || n->kind == NODE_NULL || n->kind == NODE_OBJECT)
		return n && n->kind == NODE_OBJECT ? n : NULL;
	tell_type(b->s->tell, n, "object");
	return NULL;
}

const struct node *service_bytes(struct build *b, const struct node *n)
{
	const struct node *text = service_text(b, n);
	uint64_t v;

	if (!text || text->text.n == 0)
		return NULL;
	if (sv_is(text->text, "-1"))
		return text;
	if (!engine_bytes(text->text, &v)) {
		tell_type(b->s->tell, n, "amount of bytes");
		return NULL;
	}
	if (v == 0)
		return NULL;
	return copy_as(b, text, NODE_STRING, arena_fmt(b->a, "%llu", (unsigned long long)v));
}

void service_strings(struct build *b, struct node *record, unsigned field, const struct node *n)
{
	if (!n || n->kind == NODE_NULL)
		return;
	bool one = n->kind != NODE_ARRAY;
	if (n->kind == NODE_OBJECT) {
		tell_type(b->s->tell, n, "list");
		return;
	}
	struct node *list = fact_list(b->a, record, field, one ? 1 : n->n, n);
	list->n = 0;
	for (uint32_t i = 0; i < (one ? 1 : n->n); i++) {
		const struct node *text = service_text(b, one ? n : &n->items[i]);
		if (text)
			list->items[list->n++] = *text;
	}
}

void service_words(struct build *b, unsigned field, const struct node *n)
{
	struct sv_vec words = {0};

	if (!node_is(n, NODE_STRING)) {
		service_strings(b, b->c, field, n);
		return;
	}
	if (!words_cut(b->a, n->text, &words))
		tell_fault(b->s->tell, n, "a quote has no end");
	struct node *list = fact_list(b->a, b->c, field, words.n, n);
	for (size_t i = 0; i < words.n; i++) {
		list->items[i] = *n;
		list->items[i].key = (struct sv){0};
		list->items[i].text = words.p[i];
	}
	vec_done(&words);
}

static void pair_of_text(struct build *b, const struct node *item, service_pair_fn *each)
{
	const struct node *text = service_text(b, item);

	if (!text)
		return;
	struct sv value = text->text, key = sv_cut(&value, '=');
	if (key.n == text->text.n)
		each(b, key, NULL, item);
	else
		each(b, key, copy_as(b, item, NODE_STRING, value), item);
}

void service_pairs(struct build *b, const struct node *n, service_pair_fn *each)
{
	if (!n || n->kind == NODE_NULL)
		return;
	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY) {
		tell_type(b->s->tell, n, "mapping or list");
		return;
	}
	NODE_EACH (it, n) {
		if (n->kind == NODE_ARRAY)
			pair_of_text(b, it, each);
		else
			each(b, it->key, service_text(b, it), it);
	}
}

static struct sv map_key(const struct node *item, bool list)
{
	struct sv rest = list ? node_str(item) : item->key;

	return list ? sv_cut(&rest, '=') : rest;
}

void service_string_map(struct build *b, struct node *record, unsigned field, const struct node *n)
{
	bool list = node_is(n, NODE_ARRAY);

	if (!list && !service_map(b, n))
		return;
	fact_say(record, field, NODE_OBJECT, (struct sv){0}, n);
	struct node *out = &record->items[field];
	out->items = ARENA_ARRAY(b->a, n->n, struct node);
	NODE_EACH (it, n) {
		const struct node *text = service_text(b, it);
		struct sv key = map_key(it, list), value = text ? text->text : (struct sv){0};
		if (list && key.n == 0)
			continue;
		if (list)
			value = sv_from(value, key.n + 1);
		struct node *item = &out->items[out->n++];
		*item = *it;
		item->kind = NODE_STRING;
		item->n = 0;
		item->items = NULL;
		item->key = key;
		item->text = value;
	}
	out->flags |= n->flags & NODE_DUP_LAST;
}

const struct node *service_declared(const struct map *declared, struct sv name)
{
	const struct map_entry *e = declared ? map_find(declared, name) : NULL;

	return e ? e->ptr : NULL;
}

struct node *service_record(struct build *b, struct records *r, const struct fact_schema *schema,
			    const struct node *at)
{
	uint64_t *left = b->s->left;

	if (*left < schema->n) {
		if (*left)
			tell_fault(b->s->tell, at, "more than a project can have");
		*left = 0;
		return NULL;
	}
	*left -= schema->n;
	struct node *out = VEC_PUSH(r);
	fact_fill(b->a, out, schema, at);
	return out;
}

void service_list(struct build *b, struct node *record, unsigned field, struct records *r,
		  const struct node *at)
{
	struct node *list = fact_list(b->a, record, field, r->n, at);

	if (r->n)
		memcpy(list->items, r->p, r->n * sizeof *r->p);
	if (!at)
		list->flags |= NODE_DEFAULT;
	vec_done(r);
}
