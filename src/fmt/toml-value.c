/* Keys, values and what nests in them. */
#include "base/base.h"
#include "fmt/toml-int.h"

static int skip_comment(struct toml *t)
{
	for (; t->p < t->end && *t->p != '\n'; t->p++) {
		unsigned char c = (unsigned char)*t->p;
		bool crlf = c == '\r' && t->p + 1 < t->end && t->p[1] == '\n';
		if (((c < 0x20 && c != '\t') || c == 0x7F) && !crlf)
			return toml_fail(t, t->p, ERR_PARSE, "a control character in a comment");
	}
	return 0;
}

int toml_space(struct toml *t, bool lines)
{
	for (;;) {
		while (t->p < t->end && (*t->p == ' ' || *t->p == '\t'))
			t->p++;
		if (!lines || t->p >= t->end)
			return 0;
		bool crlf = *t->p == '\r' && t->end - t->p > 1 && t->p[1] == '\n';
		if (*t->p == '\n' || crlf) {
			t->p += 1 + crlf;
		} else if (*t->p == '#') {
			int rc = skip_comment(t);
			if (rc)
				return rc;
		} else {
			return 0;
		}
	}
}

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

int toml_key_part(struct toml *t, struct node *key)
{
	const char *from = t->p;

	*key = (struct node){.key_start = toml_offset(t, from)};
	if (from < t->end && (*from == '"' || *from == '\'')) {
		int rc = toml_string(t, false, &key->key);
		if (rc)
			return rc;
	} else {
		while (t->p < t->end && is_bare(*t->p))
			t->p++;
		if (t->p == from)
			return toml_fail(t, from, ERR_PARSE, "not TOML: expected a key");
		key->key = sv_make(from, (size_t)(t->p - from));
	}
	key->key_end = toml_offset(t, t->p);
	return 0;
}

static int fail_key(struct toml *t, const struct node *key, const char *msg)
{
	return toml_fail(t, t->start + key->key_start, ERR_PARSE, msg);
}

/* The table that a part of a dotted key before the last one leads into, made when it is not there.
 */
static int enter(struct toml *t, struct toml_item **table, const struct node *key, uint32_t section)
{
	struct toml_item *next = toml_find(*table, key->key);

	if (!next) {
		int rc = toml_add(t, *table, key, &next);
		if (rc)
			return rc;
		next->node.kind = NODE_OBJECT;
		next->node.start = key->key_start;
		next->form = TOML_TABLE;
	} else if (next->form != TOML_TABLE) {
		return fail_key(t, key, "a dotted key that goes into a value");
	} else if (next->explicit && next->section != section) {
		return fail_key(t, key,
				"a dotted key that goes into a table that is defined elsewhere");
	}
	next->explicit = true;
	next->section = section;
	*table = next;
	return 0;
}

int toml_key_value(struct toml *t, struct toml_item *table, uint32_t section)
{
	struct toml_item *item, *at = table;
	struct node key;
	int rc;

	for (;;) {
		rc = toml_key_part(t, &key);
		if (rc == 0)
			rc = toml_space(t, false);
		if (rc)
			return rc;
		if (t->p >= t->end || *t->p != '.')
			break;
		t->p++;
		rc = enter(t, &at, &key, section);
		if (rc == 0)
			rc = toml_space(t, false);
		if (rc)
			return rc;
	}
	if (t->p >= t->end || *t->p != '=')
		return toml_fail(t, t->p, ERR_PARSE, "not TOML: expected '=' after a key");
	t->p++;
	if (toml_find(at, key.key))
		return fail_key(t, &key, "a key that is defined twice");
	rc = toml_space(t, false);
	if (rc == 0)
		rc = toml_add(t, at, &key, &item);
	if (rc == 0)
		rc = toml_value(t, item);
	if (rc)
		return rc;
	for (; at != table; at = at->parent)
		at->node.end = item->node.end;
	table->node.end = item->node.end;
	return 0;
}

static int array(struct toml *t, struct toml_item *item)
{
	item->node.kind = NODE_ARRAY;
	t->p++;
	for (;;) {
		struct toml_item *element;
		int rc = toml_space(t, true);
		if (rc)
			return rc;
		if (t->p < t->end && *t->p == ']')
			break;
		rc = toml_add(t, item, NULL, &element);
		if (rc == 0)
			rc = toml_value(t, element);
		if (rc == 0)
			rc = toml_space(t, true);
		if (rc)
			return rc;
		if (t->p < t->end && *t->p == ']')
			break;
		if (t->p >= t->end || *t->p != ',')
			return toml_fail(t, t->p, ERR_PARSE,
					 "not TOML: expected ',' or ']' in an array");
		t->p++;
	}
	t->p++;
	return 0;
}

static int inline_table(struct toml *t, struct toml_item *item)
{
	uint32_t section = ++t->sections;

	item->node.kind = NODE_OBJECT;
	t->p++;
	int rc = toml_space(t, false);
	if (rc)
		return rc;
	while (t->p >= t->end || *t->p != '}' || item->first) {
		rc = toml_key_value(t, item, section);
		if (rc == 0)
			rc = toml_space(t, false);
		if (rc)
			return rc;
		if (t->p < t->end && *t->p == '}')
			break;
		if (t->p >= t->end || *t->p != ',')
			return toml_fail(t, t->p, ERR_PARSE,
					 "not TOML: expected ',' or '}' in an inline table");
		t->p++;
		rc = toml_space(t, false);
		if (rc)
			return rc;
	}
	t->p++;
	return 0;
}

static int word(struct toml *t, struct node *n)
{
	struct sv rest = sv_make(t->p, (size_t)(t->end - t->p));
	struct sv text = sv_starts(rest, SV("true")) ? SV("true") : SV("false");

	if (!sv_starts(rest, text) || (rest.n > text.n && is_bare(rest.p[text.n])))
		return toml_fail(t, t->p, ERR_PARSE, "not TOML: expected a value");
	n->kind = NODE_BOOL;
	n->text = text;
	t->p += text.n;
	return 0;
}

/* The recursion through arrays and inline tables ends at limit_toml_depth, which toml_add() holds.
 */
int toml_value(struct toml *t, struct toml_item *item)
{
	char c = t->p < t->end ? *t->p : '\0';
	int rc;

	item->form = TOML_VALUE;
	item->node.start = toml_offset(t, t->p);
	if (c == '"' || c == '\'') {
		item->node.kind = NODE_STRING;
		item->node.flags = NODE_QUOTED;
		rc = toml_string(t, true, &item->node.text);
	} else if (c == '[') {
		rc = array(t, item);
	} else if (c == '{') {
		rc = inline_table(t, item);
	} else if (c == 't' || c == 'f') {
		rc = word(t, &item->node);
	} else {
		rc = toml_number(t, &item->node);
	}
	item->node.end = toml_offset(t, t->p);
	return rc;
}
