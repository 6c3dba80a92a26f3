/* Records whose values come from the set: no node stands behind them. */
#include "fact/set/record.h"

struct node *record_of(struct relate *r, const struct fact_schema *s)
{
	return fact_record(r->facts, s, NULL);
}

void say_text(struct node *record, unsigned field, struct sv text)
{
	if (text.n > 0)
		fact_say(record, field, NODE_STRING, text, NULL);
}

void say_bool(struct node *record, unsigned field, bool value)
{
	fact_say(record, field, NODE_BOOL, value ? SV("true") : SV("false"), NULL);
}

void say_int(struct relate *r, struct node *record, unsigned field, int64_t value)
{
	static const char digits[] = "0123456789";

	fact_say(record, field, NODE_NUMBER,
		 value >= 0 && value < 10 ? sv_make(digits + value, 1)
					  : arena_fmt(r->facts, "%lld", (long long)value),
		 NULL);
}

static bool is_number(struct sv text)
{
	struct node n = {.kind = NODE_NUMBER, .text = text};
	int64_t value;

	return node_i64(&n, &value);
}

int64_t set_number(struct sv text, int64_t fallback)
{
	struct node n = {.kind = NODE_NUMBER, .text = text};
	int64_t value;

	return node_i64(&n, &value) ? value : fallback;
}

void say_number(struct node *record, unsigned field, struct sv text)
{
	if (is_number(text))
		fact_say(record, field, NODE_NUMBER, text, NULL);
}

size_t count_items(struct sv items, enum set_tag tag)
{
	struct set_item item;
	size_t n = 0;

	while (set_next(&items, &item))
		n += item.tag == tag;
	return n;
}

struct node *list_text(struct node *list, struct sv text)
{
	struct node *n = &list->items[list->n++];

	n->kind = NODE_STRING;
	n->text = text;
	return n;
}

struct node *say_records(struct relate *r, struct node *record, unsigned field, size_t n)
{
	struct node *list = fact_list(r->facts, record, field, n, NULL);

	list->n = 0;
	return list;
}

void say_texts(struct relate *r, struct node *record, unsigned field, struct sv items,
	       enum set_tag tag)
{
	struct node *list = say_records(r, record, field, count_items(items, tag));
	struct set_item item;

	while (set_next(&items, &item))
		if (item.tag == tag)
			list_text(list, item.text);
}

void say_labels(struct relate *r, struct node *record, unsigned field, struct sv labels)
{
	struct node *map = say_records(r, record, field, count_items(labels, SET_KEY));
	struct set_item item, value;

	map->kind = NODE_OBJECT;
	while (set_next(&labels, &item))
		if (item.tag == SET_KEY && set_next(&labels, &value))
			list_text(map, value.text)->key = item.text;
}

void say_name(struct node *record, unsigned name, unsigned ns, const struct set_object *o)
{
	say_text(record, name, o->name);
	say_text(record, ns, o->ns);
}

void tell_fact(struct relate *r, const struct fact_schema *s, const struct node *record,
	       const struct set_object *o)
{
	const struct set_fact f = {
		.schema = s,
		.record = record,
		.api_version = o->api_version,
		.kind = o->kind,
		.name = o->name,
		.ns = o->ns,
		.file = o->file,
		.line = o->line,
	};

	r->tell(r->arg, &f);
}
