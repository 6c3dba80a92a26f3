/*
 * The grammar of RFC 8259 on an explicit stack: open containers and their children stand on it;
 * when a container closes, its children are copied side by side into the arena and leave the stack.
 * Refused although some readers take them: a byte order mark, lone surrogate escapes, overlong
 * UTF-8, control characters in strings, anything after the value.
 */
#include "fmt/json.h"

#include "base/limits.h"
#include "base/text.h"
#include "fmt/json-int.h"
#include "fmt/node-dup.h"

struct parser {
	struct doc *d;
	const char *start, *p, *end;
	/* an open container keeps the index of the one around it in its n */
	struct {
		struct node *p;
		size_t n, cap;
	} stack;
	uint32_t open; /* the innermost open container, or NONE */
	size_t depth, nodes;
	struct node_dup dup;
	const struct json_origin *origin;
	struct err *err;
};

#define NONE UINT32_MAX

static int fail_kind(struct parser *s, const char *at, enum err_kind kind, const char *msg)
{
	uint32_t line, column;
	uint64_t line_base = s->origin ? s->origin->line : 0;
	uint64_t column_base = s->origin ? s->origin->column : 0;

	doc_line_col(s->d, (uint32_t)(at - s->start), &line, &column);
	if (line > 1)
		column_base = 0;
	err_set(s->err, kind, "%s", msg);
	return err_where(s->err, "%.*s:%llu:%llu", SV_ARG(s->d->name),
			 (unsigned long long)(line_base + line),
			 (unsigned long long)(column_base + column));
}

/* "expected X" at p, with what stands there. */
static int fail(struct parser *s, const char *at, const char *expected)
{
	char msg[128];

	if (at >= s->end)
		(void)snprintf(msg, sizeof msg, "JSON ends where %s should be", expected);
	else if (*at > ' ' && *at < 0x7F)
		(void)snprintf(msg, sizeof msg, "not JSON: expected %s, found '%c'", expected, *at);
	else
		(void)snprintf(msg, sizeof msg, "not JSON: expected %s, found byte 0x%02X",
			       expected, (unsigned char)*at);
	return fail_kind(s, at, ERR_PARSE, msg);
}

static void skip_space(struct parser *s)
{
	const char *p = s->p;

	while (p < s->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	s->p = p;
}

static bool digit(const struct parser *s, const char *p)
{
	return p < s->end && *p >= '0' && *p <= '9';
}

static const char *digits(const struct parser *s, const char *p)
{
	while (digit(s, p))
		p++;
	return p;
}

static int parse_number(struct parser *s, struct node *v)
{
	const char *p = s->p, *from = p;

	if (*p == '-')
		p++;
	if (!digit(s, p))
		return fail(s, p, "a digit");
	if (*p == '0' && digit(s, p + 1))
		return fail(s, p + 1, "no digit after a leading zero");
	p = digits(s, p);
	if (p < s->end && *p == '.') {
		if (!digit(s, p + 1))
			return fail(s, p + 1, "a digit");
		p = digits(s, p + 1);
	}
	if (p < s->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < s->end && (*p == '+' || *p == '-'))
			p++;
		if (!digit(s, p))
			return fail(s, p, "a digit");
		p = digits(s, p);
	}
	v->kind = NODE_NUMBER;
	v->text = sv_make(from, (size_t)(p - from));
	s->p = p;
	return 0;
}

static int parse_word(struct parser *s, struct node *v, struct sv word, enum node_kind kind)
{
	if (!sv_starts(sv_make(s->p, (size_t)(s->end - s->p)), word))
		return fail(s, s->p, "a value");
	v->kind = (uint8_t)kind;
	v->text = sv_make(s->p, word.n);
	s->p += word.n;
	return 0;
}

/* The string at s->p, which stands on its opening quote. */
static int parse_string(struct parser *s, struct sv *out)
{
	struct json_string str;

	switch (json_string_scan(s->p + 1, s->end, &str)) {
	case JSON_STRING_OK:
		break;
	case JSON_STRING_OPEN:
		return fail_kind(s, s->p, ERR_PARSE, "a string that does not end");
	case JSON_STRING_CONTROL:
		return fail_kind(s, str.bad, ERR_PARSE, "a control character in a string");
	case JSON_STRING_UTF8:
		return fail_kind(s, str.bad, ERR_PARSE, "a string that is not UTF-8");
	case JSON_STRING_ESCAPE:
		return fail_kind(s, str.bad, ERR_PARSE, "a string with a wrong escape");
	}
	*out = str.raw;
	s->p = str.raw.p + str.raw.n + 1;
	if (!str.escapes)
		return 0;
	const char *bad = json_string_decode(s->d->arena, str.raw, out);
	if (bad)
		return fail_kind(s, bad, ERR_PARSE,
				 "a string with a wrong escape or half a surrogate pair");
	return 0;
}

static int push(struct parser *s)
{
	if (++s->nodes > limit_json_nodes)
		return fail_kind(s, s->p, ERR_LIMIT, "more values than limit json_nodes allows");
	(void)VEC_PUSH(&s->stack);
	return 0;
}

static int parse_key(struct parser *s)
{
	struct sv key;

	skip_space(s);
	if (s->p >= s->end || *s->p != '"')
		return fail(s, s->p, "a key in quotes");
	uint32_t from = (uint32_t)(s->p - s->start);
	int rc = parse_string(s, &key);
	if (rc == 0)
		rc = push(s);
	if (rc)
		return rc;
	struct node *v = &s->stack.p[s->stack.n - 1];
	v->key = key;
	v->key_start = from;
	v->key_end = (uint32_t)(s->p - s->start);
	skip_space(s);
	if (s->p >= s->end || *s->p != ':')
		return fail(s, s->p, "':'");
	s->p++;
	return 0;
}

static int close_container(struct parser *s)
{
	struct node *c = &s->stack.p[s->open], *items = c + 1;
	size_t n = s->stack.n - s->open - 1;

	s->p++;
	if (c->kind == NODE_OBJECT) {
		size_t at = node_dup_mark(&s->dup, items, n);
		if (at < n && s->d->dup == DUP_REFUSE)
			return fail_kind(s, s->start + items[at].key_start, ERR_PARSE,
					 "a key that stands twice in one object");
		if (at < n && s->d->dup == DUP_LAST)
			c->flags |= NODE_DUP_LAST;
	}
	s->stack.n = s->open + 1;
	s->open = c->n;
	s->depth--;
	c->n = (uint32_t)n;
	c->end = (uint32_t)(s->p - s->start);
	if (n) {
		c->items = ARENA_ARRAY(s->d->arena, n, struct node);
		memcpy(c->items, items, n * sizeof *items);
	}
	return 0;
}

/* 1 = a value is wanted next, 0 = the container was empty and is closed */
static int open_container(struct parser *s, struct node *v, enum node_kind kind)
{
	if (++s->depth > limit_json_depth)
		return fail_kind(s, s->p, ERR_LIMIT, "nested deeper than limit json_depth allows");
	v->kind = (uint8_t)kind;
	v->n = s->open;
	s->open = (uint32_t)(v - s->stack.p);
	s->p++;
	skip_space(s);
	if (s->p < s->end && *s->p == (kind == NODE_OBJECT ? '}' : ']'))
		return close_container(s);
	int rc = kind == NODE_OBJECT ? parse_key(s) : push(s);
	return rc ? rc : 1;
}

/* Fills the node on top of the stack. 1 = another value comes first: a container was opened */
static int parse_value(struct parser *s)
{
	struct node *v = &s->stack.p[s->stack.n - 1];
	int rc;

	skip_space(s);
	v->start = (uint32_t)(s->p - s->start);
	if (s->p >= s->end)
		return fail(s, s->p, "a value");
	switch (*s->p) {
	case '{':
		return open_container(s, v, NODE_OBJECT);
	case '[':
		return open_container(s, v, NODE_ARRAY);
	case '"':
		v->kind = NODE_STRING;
		rc = parse_string(s, &v->text);
		break;
	case 't':
		rc = parse_word(s, v, SV("true"), NODE_BOOL);
		break;
	case 'f':
		rc = parse_word(s, v, SV("false"), NODE_BOOL);
		break;
	case 'n':
		rc = parse_word(s, v, SV("null"), NODE_NULL);
		break;
	default:
		if (*s->p != '-' && !digit(s, s->p))
			return fail(s, s->p, "a value");
		rc = parse_number(s, v);
	}
	v->end = (uint32_t)(s->p - s->start);
	return rc;
}

/* After a value: closes containers until a comma asks for the next one (1) or all are closed (0).
 */
static int after_value(struct parser *s)
{
	while (s->open != NONE) {
		bool object = s->stack.p[s->open].kind == NODE_OBJECT;
		skip_space(s);
		char c = s->p < s->end ? *s->p : '\0';
		if (c == ',') {
			s->p++;
			int rc = object ? parse_key(s) : push(s);
			return rc ? rc : 1;
		}
		if (c != (object ? '}' : ']'))
			return fail(s, s->p, object ? "',' or '}'" : "',' or ']'");
		int rc = close_container(s);
		if (rc)
			return rc;
	}
	return 0;
}

static int parse(struct parser *s)
{
	int rc = push(s);

	if (rc)
		return rc;
	do {
		rc = parse_value(s);
		if (rc == 0)
			rc = after_value(s);
	} while (rc > 0);
	if (rc)
		return rc;
	skip_space(s);
	if (s->p != s->end)
		return fail(s, s->p, "the end");
	struct node *root = ARENA_NEW(s->d->arena, struct node);
	*root = s->stack.p[0];
	s->d->root = root;
	return 0;
}

int json_parse_origin(struct doc *d, const struct json_origin *origin, struct err *err)
{
	const char *p = d->bytes.n ? d->bytes.p : "";
	struct parser s = {.d = d,
			   .start = p,
			   .p = p,
			   .end = p + d->bytes.n,
			   .open = NONE,
			   .origin = origin,
			   .err = err};

	if (d->bytes.n > limit_json_bytes) {
		err_set(err, ERR_LIMIT, "larger than limit json_bytes (%llu bytes)",
			(unsigned long long)limit_json_bytes);
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	int rc = sv_starts(d->bytes, SV("\xEF\xBB\xBF"))
			 ? fail_kind(&s, p, ERR_PARSE, "not JSON: it starts with a byte order mark")
			 : parse(&s);
	vec_done(&s.stack);
	node_dup_done(&s.dup);
	return rc;
}

int json_parse(struct doc *d, struct err *err)
{
	return json_parse_origin(d, NULL, err);
}

int json_read(struct arena *a, struct sv name, struct sv bytes, enum dup_keys dup,
	      const struct node **out, struct err *err)
{
	struct doc *d = ARENA_NEW(a, struct doc);

	*d = (struct doc){.arena = a, .name = name, .bytes = bytes, .dup = dup};
	int rc = json_parse(d, err);
	if (rc == 0)
		*out = d->root;
	return rc;
}
