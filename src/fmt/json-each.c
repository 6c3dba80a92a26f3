/*
 * The elements of one array of a document that is larger than memory: each element is cut out by
 * its brackets and quotes and goes through the strict reader alone. Members of the top-level object
 * beside the one that is asked for are passed over; of them only brackets and quotes are checked.
 */
#include "base/limits.h"
#include "fmt/json-int.h"
#include "fmt/stream.h"

struct each {
	struct stream *in;
	struct sv name;
	struct buf held; /* read; what is before at is done with */
	size_t at;
	bool ended;
	struct json_origin pos; /* of held.p[at] */
	struct arena arena;     /* of the current element */
	int (*fn)(void *arg, const struct node *element, struct err *err);
	void *arg;
	struct err *err;
};

/* How far the search for the end of a value has come. */
struct scan {
	size_t n; /* bytes of the value so far */
	size_t depth;
	bool string, escape, started;
};

static int where(struct each *e)
{
	return err_where(e->err, "%.*s:%llu:%llu", SV_ARG(e->name),
			 (unsigned long long)e->pos.line + 1,
			 (unsigned long long)e->pos.column + 1);
}

static int fail(struct each *e, const char *expected)
{
	bool end = e->at >= e->held.n;

	err_set(e->err, ERR_PARSE, end ? "JSON ends where %s should be" : "not JSON: expected %s",
		expected);
	return where(e);
}

/* Goes on by n bytes, counting lines and characters. */
static void advance(struct each *e, size_t n)
{
	const char *p = e->held.p + e->at, *end = p + n;

	for (; p < end; p++) {
		if (*p == '\n') {
			e->pos.line++;
			e->pos.column = 0;
		} else {
			e->pos.column += ((unsigned char)*p & 0xC0) != 0x80;
		}
	}
	e->at += n;
}

/* Reads on. 1 = more bytes are held, 0 = the end, negative = error */
static int more(struct each *e)
{
	struct sv chunk;

	if (e->ended)
		return 0;
	int rc = stream_next(e->in, &chunk, e->err);
	if (rc <= 0) {
		e->ended = true;
		return rc < 0 ? where(e) : 0;
	}
	if (e->at) {
		memmove(e->held.p, e->held.p + e->at, e->held.n - e->at);
		e->held.n -= e->at;
		e->at = 0;
	}
	if (chunk.n > limit_json_bytes || e->held.n > limit_json_bytes - chunk.n) {
		err_set(e->err, ERR_LIMIT, "a value larger than limit json_bytes (%llu bytes)",
			(unsigned long long)limit_json_bytes);
		return where(e);
	}
	buf_sv(&e->held, chunk);
	return 1;
}

/* The next byte that is not white space, *c; it is not taken. 0 = the end */
static int peek(struct each *e, char *c)
{
	for (;;) {
		size_t n = 0;
		size_t left = e->held.n - e->at;
		const char *p = left ? e->held.p + e->at : "";
		while (n < left && (p[n] == ' ' || p[n] == '\n' || p[n] == '\r' || p[n] == '\t'))
			n++;
		if (n)
			advance(e, n);
		if (n < left) {
			*c = e->held.p[e->at];
			return 1;
		}
		int rc = more(e);
		if (rc <= 0)
			return rc;
	}
}

/* Takes one of the characters, *c; anything else is an error. */
static int take(struct each *e, const char *chars, const char *expected, char *c)
{
	int rc = peek(e, c);

	if (rc < 0)
		return rc;
	if (rc == 0 || *c == '\0' || !strchr(chars, *c))
		return fail(e, expected);
	advance(e, 1);
	return 0;
}

static void scan_string(struct scan *s, char c)
{
	if (s->escape)
		s->escape = false;
	else if (c == '\\')
		s->escape = true;
	else if (c == '"')
		s->string = false;
}

/* True when the value ends before c (a scalar) or with it (then counted). */
static bool scan_byte(struct scan *s, char c)
{
	if (s->string) {
		scan_string(s, c);
		s->n++;
		return !s->string && s->depth == 0;
	}
	bool open = c == '[' || c == '{', close = c == ']' || c == '}';
	bool stops =
		close || c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ':';
	if (s->depth == 0 && s->started && (stops || open || c == '"'))
		return true;
	if (s->depth == 0 && (close || c == ',' || c == ':'))
		return true;
	s->started = true;
	s->n++;
	s->string = c == '"';
	s->depth += open;
	s->depth -= close;
	return close && s->depth == 0;
}

/* Finds the end of the value at e->at. With drop, its bytes are not kept. *n = bytes of it that are
 * held. */
static int value_end(struct each *e, bool drop, size_t *n)
{
	struct scan s = {0};
	bool done = false;

	while (!done) {
		size_t left = e->held.n - e->at;
		while (s.n < left && s.depth <= limit_json_depth && !done)
			done = scan_byte(&s, e->held.p[e->at + s.n]);
		if (s.depth > limit_json_depth) {
			err_set(e->err, ERR_LIMIT, "nested deeper than limit json_depth allows");
			return where(e);
		}
		if (drop) {
			advance(e, s.n);
			s.n = 0;
		}
		int rc = done ? 0 : more(e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
	}
	*n = s.n;
	return 0;
}

/* The value at e->at as a tree in e->arena, which it empties first. */
static int parse_value(struct each *e, const struct node **out)
{
	size_t n;
	int rc = value_end(e, false, &n);

	if (rc)
		return rc;
	arena_reset(&e->arena);
	struct doc d = {.arena = &e->arena, .name = e->name, .dup = DUP_REFUSE};
	d.bytes = sv_make(e->held.p + e->at, n);
	rc = json_parse_origin(&d, &e->pos, e->err);
	*out = d.root;
	return rc;
}

static int elements(struct each *e)
{
	char c;

	int rc = take(e, "[", "'['", &c);
	if (rc == 0)
		rc = peek(e, &c);
	if (rc < 0)
		return rc;
	if (rc == 1 && c == ']') {
		advance(e, 1);
		return 0;
	}
	do {
		const struct node *element;
		rc = peek(e, &c);
		if (rc == 0 || (rc > 0 && strchr(",:]}", c)))
			return fail(e, "a value");
		if (rc > 0)
			rc = parse_value(e, &element);
		if (rc < 0)
			return rc;
		rc = e->fn(e->arg, element, e->err);
		if (rc < 0)
			where(e);
		if (rc)
			return rc;
		advance(e, element->end);
		rc = take(e, ",]", "',' or ']'", &c);
	} while (rc == 0 && c == ',');
	return rc;
}

/* One member of the top-level object: the array that is asked for, or passed over. */
static int member(struct each *e, struct sv key, bool *found)
{
	const struct node *name;
	size_t n;
	char c;

	int rc = peek(e, &c);
	if (rc < 0)
		return rc;
	if (rc == 0 || c != '"')
		return fail(e, "a key in quotes");
	rc = parse_value(e, &name);
	if (rc)
		return rc;
	bool wanted = sv_eq(node_str(name), key);
	if (wanted && *found) {
		err_set(e->err, ERR_PARSE, "a key that stands twice in one object");
		return where(e);
	}
	advance(e, name->end);
	rc = take(e, ":", "':'", &c);
	if (rc == 0 && wanted) {
		*found = true;
		return elements(e);
	}
	if (rc == 0)
		rc = peek(e, &c);
	if (rc < 0)
		return rc;
	if (rc == 0 || strchr(",:]}", c))
		return fail(e, "a value");
	return value_end(e, true, &n);
}

static int members(struct each *e, struct sv key, bool *found)
{
	char c;

	int rc = take(e, "{", "'{'", &c);
	if (rc == 0)
		rc = peek(e, &c);
	if (rc < 0)
		return rc;
	if (rc == 1 && c == '}') {
		advance(e, 1);
		return 0;
	}
	do {
		rc = member(e, key, found);
		if (rc == 0)
			rc = take(e, ",}", "',' or '}'", &c);
	} while (rc == 0 && c == ',');
	return rc;
}

static int run(struct each *e, struct sv key)
{
	bool found = false;
	char c;

	int rc = key.n ? members(e, key, &found) : elements(e);
	if (rc)
		return rc;
	rc = peek(e, &c);
	if (rc < 0)
		return rc;
	if (rc > 0)
		return fail(e, "the end");
	if (key.n && !found) {
		err_set(e->err, ERR_NOTFOUND, "no member of the name that holds the list");
		return err_where(e->err, "%.*s", SV_ARG(e->name));
	}
	return 0;
}

int json_each(struct stream *in, struct sv name, struct sv key,
	      int (*fn)(void *arg, const struct node *element, struct err *err), void *arg,
	      struct err *err)
{
	struct each e = {.in = in, .name = name, .fn = fn, .arg = arg, .err = err};

	int rc = run(&e, key);
	buf_done(&e.held);
	arena_done(&e.arena);
	return rc;
}
