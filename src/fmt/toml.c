/* The document: lines of headers and of keys with values, and which table may be defined where. */
#include "fmt/toml.h"

#include "base/limits.h"
#include "base/text.h"
#include "fmt/toml-int.h"

uint32_t toml_offset(const struct toml *t, const char *at)
{
	return (uint32_t)(at - t->start);
}

int toml_fail(struct toml *t, const char *at, enum err_kind kind, const char *msg)
{
	uint32_t line, column;

	doc_line_col(t->d, toml_offset(t, at), &line, &column);
	err_set(t->err, kind, "%s", msg);
	return err_where(t->err, "%.*s:%u:%u", SV_ARG(t->d->name), line, column);
}

/* A part of a header before the last one: into a table, or into the last one of an array of tables.
 */
static int enter(struct toml *t, struct toml_item **table, const struct node *key)
{
	struct toml_item *next = toml_find(*table, key->key);

	if (!next) {
		int rc = toml_add(t, *table, key, &next);
		if (rc)
			return rc;
		next->node.kind = NODE_OBJECT;
		next->node.start = next->node.end = key->key_start;
		next->form = TOML_TABLE;
	}
	if (next->form == TOML_ARRAY_OF_TABLES)
		next = next->last;
	if (next->form != TOML_TABLE)
		return toml_fail(t, t->start + key->key_start, ERR_PARSE,
				 "a table header that goes into a value");
	*table = next;
	return 0;
}

static int define_table(struct toml *t, struct toml_item *parent, const struct node *key,
			struct toml_item **out)
{
	struct toml_item *item = toml_find(parent, key->key);

	if (item && (item->form != TOML_TABLE || item->explicit))
		return toml_fail(t, t->start + key->key_start, ERR_PARSE,
				 "a table that is defined twice");
	if (!item) {
		int rc = toml_add(t, parent, key, &item);
		if (rc)
			return rc;
	}
	*out = item;
	return 0;
}

static int define_element(struct toml *t, struct toml_item *parent, const struct node *key,
			  struct toml_item **out)
{
	struct toml_item *array = toml_find(parent, key->key);

	if (array && array->form != TOML_ARRAY_OF_TABLES)
		return toml_fail(t, t->start + key->key_start, ERR_PARSE,
				 "an array of tables whose name is something else already");
	if (!array) {
		int rc = toml_add(t, parent, key, &array);
		if (rc)
			return rc;
		array->node.kind = NODE_ARRAY;
		array->node.start = key->key_start;
		array->form = TOML_ARRAY_OF_TABLES;
	}
	array->node.end = key->key_end;
	return toml_add(t, array, NULL, out);
}

/* "a.b.c" of a header: the table around the last part, and that part. */
static int header_key(struct toml *t, struct toml_item **table, struct node *key)
{
	for (;;) {
		int rc = toml_space(t, false);
		if (rc == 0)
			rc = toml_key_part(t, key);
		if (rc == 0)
			rc = toml_space(t, false);
		if (rc)
			return rc;
		if (t->p >= t->end || *t->p != '.')
			return 0;
		t->p++;
		rc = enter(t, table, key);
		if (rc)
			return rc;
	}
}

/* [table] or [[array of tables]]; *current becomes the table. */
static int header(struct toml *t, struct toml_item *root, struct toml_item **current)
{
	struct toml_item *table = root, *item;
	const char *from = t->p;
	bool array = t->end - from > 1 && from[1] == '[';
	struct node key;

	t->p += 1 + array;
	int rc = header_key(t, &table, &key);
	if (rc)
		return rc;
	if (!sv_starts(sv_make(t->p, (size_t)(t->end - t->p)), array ? SV("]]") : SV("]")))
		return toml_fail(t, t->p, ERR_PARSE,
				 "not TOML: expected the end of a table header");
	t->p += 1 + array;
	rc = array ? define_element(t, table, &key, &item) : define_table(t, table, &key, &item);
	if (rc)
		return rc;
	item->node.kind = NODE_OBJECT;
	item->node.start = toml_offset(t, from);
	item->node.end = toml_offset(t, t->p);
	item->form = TOML_TABLE;
	item->explicit = true;
	item->section = 0;
	t->sections++;
	*current = item;
	return 0;
}

static int line_end(struct toml *t)
{
	int rc = toml_space(t, false);

	if (rc || t->p >= t->end)
		return rc;
	if (*t->p != '#' && *t->p != '\n' &&
	    !(*t->p == '\r' && t->end - t->p > 1 && t->p[1] == '\n'))
		return toml_fail(t, t->p, ERR_PARSE, "not TOML: expected the end of the line");
	return 0;
}

static int parse(struct toml *t)
{
	struct toml_item *root, *current;

	int rc = toml_add(t, NULL, NULL, &root);
	if (rc)
		return rc;
	root->node.kind = NODE_OBJECT;
	root->form = TOML_TABLE;
	current = root;
	t->sections = 1;
	uint32_t section = 1;
	for (;;) {
		rc = toml_space(t, true);
		if (rc || t->p >= t->end)
			break;
		if (*t->p == '[') {
			rc = header(t, root, &current);
			section = t->sections;
		} else {
			rc = toml_key_value(t, current, section);
		}
		if (rc == 0)
			rc = line_end(t);
		if (rc)
			break;
	}
	if (rc)
		return rc;
	root->node.end = toml_offset(t, t->end);
	t->d->root = toml_finish(t, root);
	return 0;
}

int toml_parse(struct doc *d, struct err *err)
{
	const char *p = d->bytes.n ? d->bytes.p : "";
	struct toml t = {.d = d, .start = p, .p = p, .end = p + d->bytes.n, .err = err};

	if (d->bytes.n > limit_toml_bytes) {
		err_set(err, ERR_LIMIT, "larger than limit toml_bytes (%llu bytes)",
			(unsigned long long)limit_toml_bytes);
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	size_t valid = utf8_valid(d->bytes);
	if (valid < d->bytes.n)
		return toml_fail(&t, p + valid, ERR_PARSE, "not TOML: bytes that are not UTF-8");
	if (sv_starts(d->bytes, SV("\xEF\xBB\xBF")))
		t.p += 3;
	int rc = parse(&t);
	toml_tree_done(&t);
	return rc;
}

int toml_read(struct arena *a, struct sv name, struct sv bytes, const struct node **out,
	      struct err *err)
{
	struct doc *d = ARENA_NEW(a, struct doc);

	*d = (struct doc){.arena = a, .name = name, .bytes = bytes};
	int rc = toml_parse(d, err);
	if (rc == 0)
		*out = d->root;
	return rc;
}
