#include "fact/schema.h"

int fact_field_find(const struct fact_schema *s, struct sv name)
{
	for (unsigned i = 0; i < s->n && name.n; i++)
		if (s->fields[i].name[0] == name.p[0] && sv_is(name, s->fields[i].name))
			return (int)i;
	return -1;
}

void fact_fill(struct arena *a, struct node *into, const struct fact_schema *s,
	       const struct node *at)
{
	uint32_t start = at ? at->start : 0, end = at ? at->end : 0;
	uint16_t doc = at ? at->doc : 0;

	into->kind = NODE_OBJECT;
	into->flags = 0;
	into->doc = doc;
	into->n = s->n;
	into->start = start;
	into->end = end;
	into->text = (struct sv){0};
	into->items = ARENA_ARRAY(a, s->n, struct node);
	if (s->blank)
		memcpy(into->items, s->blank, s->n * sizeof *s->blank);
	for (unsigned i = 0; i < s->n; i++) {
		struct node *field = &into->items[i];
		if (!s->blank) {
			field->flags = NODE_ABSENT;
			field->key = sv_of(s->fields[i].name);
		}
		field->doc = doc;
		field->start = start;
		field->end = end;
	}
}

struct node *fact_record(struct arena *a, const struct fact_schema *s, const struct node *at)
{
	struct node *record = ARENA_NEW(a, struct node);

	fact_fill(a, record, s, at);
	return record;
}

struct node *fact_sub(struct arena *a, struct node *record, unsigned field,
		      const struct fact_schema *s, const struct node *at)
{
	struct node *into = &record->items[field];

	if (at) {
		into->key_start = at->key_start;
		into->key_end = at->key_end;
	}
	fact_fill(a, into, s, at ? at : record);
	return into;
}

void fact_set(struct node *record, unsigned field, const struct node *value)
{
	struct node *into = &record->items[field];

	if (!value)
		return;
	struct sv key = into->key;
	*into = *value;
	into->key = key;
}

void fact_say(struct node *record, unsigned field, enum node_kind kind, struct sv text,
	      const struct node *at)
{
	struct node *into = &record->items[field];

	fact_set(record, field, at);
	into->kind = (uint8_t)kind;
	into->flags &= (uint8_t) ~(NODE_ABSENT | NODE_DUPLICATE | NODE_DUP_LAST);
	into->n = 0;
	into->items = NULL;
	into->text = text;
}

void fact_default(struct node *record, unsigned field, enum node_kind kind, struct sv text)
{
	fact_say(record, field, kind, text, NULL);
	record->items[field].flags |= NODE_DEFAULT;
}

struct node *fact_list(struct arena *a, struct node *record, unsigned field, size_t n,
		       const struct node *at)
{
	struct node *into = &record->items[field];

	if (n > UINT32_MAX)
		budget_exhausted("elements of a fact", UINT32_MAX);
	fact_say(record, field, NODE_ARRAY, (struct sv){0}, at);
	into->n = (uint32_t)n;
	into->items = ARENA_ARRAY(a, n, struct node);
	return into;
}

void fact_lists(struct node *record, const struct fact_schema *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		bool list = s->fields[i].kind == FACT_LIST, map = s->fields[i].kind == FACT_MAP;
		if ((list || map) && !fact_has(record, i))
			fact_default(record, i, map ? NODE_OBJECT : NODE_ARRAY, (struct sv){0});
	}
}

void fact_unknown(struct node *record, unsigned field)
{
	fact_say(record, field, NODE_NULL, (struct sv){0}, NULL);
	record->items[field].flags = NODE_ABSENT;
}
