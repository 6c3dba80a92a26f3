#include "unit/test.h"

#include "base/limits.h"
#include "base/text.h"
#include "fmt/json.h"
#include "fmt/node-dup.h"

static int setup(void **state)
{
	struct arena *a = xmalloc(sizeof *a);

	arena_init(a, 0);
	*state = a;
	return 0;
}

static int teardown(void **state)
{
	arena_done(*state);
	free(*state);
	return 0;
}

static const struct node *ok(void **state, struct sv text, enum dup_keys dup)
{
	const struct node *n = NULL;
	struct err err;

	if (json_read(*state, SV("t.json"), text, dup, &n, &err) != 0)
		fail_msg("%.*s: %s: %s", SV_ARG(text), err.where, err.msg);
	return n;
}

static void bad(void **state, struct sv text, const char *where, const char *msg)
{
	const struct node *n = NULL;
	struct err err;

	if (json_read(*state, SV("t.json"), text, DUP_REFUSE, &n, &err) != -ERR_PARSE)
		fail_msg("accepted: %.*s", SV_ARG(text));
	assert_null(n);
	assert_string_equal(err.where, where);
	if (!strstr(err.msg, msg))
		fail_msg("%s: no \"%s\" in: %s", where, msg, err.msg);
}

static void test_tree(void **state)
{
	struct sv text = SV(
		" {\"a\": [1, -2.50e+3, true, false, null, \"x\"],\n \"b\":{\"c\":{}}, \"\":[]} ");
	const struct node *n = ok(state, text, DUP_REFUSE), *a = node_get(n, "a");
	uint64_t u;
	int64_t i;
	double f;

	assert_int_equal(n->n, 3);
	assert_int_equal(n->start, 1);
	assert_int_equal(n->end, text.n - 1);
	assert_int_equal(a->n, 6);
	assert_true(node_u64(&a->items[0], &u) && u == 1);
	assert_false(node_i64(&a->items[1], &i));
	assert_true(node_f64(&a->items[1], &f) && f == -2500);
	assert_sv(a->items[1].text, "-2.50e+3");
	assert_true(node_true(&a->items[2]));
	assert_false(node_true(&a->items[3]));
	assert_true(node_is(&a->items[4], NODE_NULL));
	assert_sv(node_str(&a->items[5]), "x");
	assert_sv(node_str(&a->items[0]), "");
	assert_true(node_is(node_path(n, "b", "c", NULL), NODE_OBJECT));
	assert_null(node_path(n, "b", "d", "e", NULL));
	assert_true(node_is(node_get(n, ""), NODE_ARRAY));
	assert_memory_equal(text.p + a->start, "[1,", 3);
	assert_memory_equal(text.p + a->key_start, "\"a\"", 3);
	assert_int_equal(a->key_end - a->key_start, 3);
	size_t seen = 0;
	NODE_EACH (it, n)
		seen += it->key.n;
	assert_int_equal(seen, 2);
	NODE_EACH (it, (const struct node *)NULL)
		fail_msg("%d", it->kind);
}

static void test_integers(void **state)
{
	static const struct {
		const char *text;
		bool i64, u64;
		int64_t i;
		uint64_t u;
	} rows[] = {
		{"0", true, true, 0, 0},
		{"-0", true, true, 0, 0},
		{"9223372036854775807", true, true, INT64_MAX, INT64_MAX},
		{"9223372036854775808", false, true, 0, (uint64_t)INT64_MAX + 1},
		{"-9223372036854775808", true, false, INT64_MIN, 0},
		{"-9223372036854775809", false, false, 0, 0},
		{"18446744073709551615", false, true, 0, UINT64_MAX},
		{"18446744073709551616", false, false, 0, 0},
		{"1.0", false, false, 0, 0},
		{"1e2", false, false, 0, 0},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		int64_t i = 0;
		uint64_t u = 0;
		const struct node *n = ok(state, sv_of(rows[r].text), DUP_REFUSE);
		assert_int_equal(node_i64(n, &i), rows[r].i64);
		assert_int_equal(node_u64(n, &u), rows[r].u64);
		assert_true(i == rows[r].i && u == rows[r].u);
	}
	double f;
	assert_false(node_f64(ok(state, SV("1e999"), DUP_REFUSE), &f));
	assert_true(node_f64(ok(state, SV("1e-999"), DUP_REFUSE), &f) && f == 0);
	struct sv many = arena_fmt(*state, "0.%0200d1", 0);
	assert_true(node_f64(ok(state, many, DUP_REFUSE), &f) && f > 0 && f < 1e-199);
}

static void test_strings(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"\"\"", ""},
		{"\"plain text of more than one word of eight bytes\"",
		 "plain text of more than one word of eight bytes"},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
		{"\"12345678\\n\"", "12345678\n"},
		{"\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00z\"", "A\u00e9\u20ac\U0001F600z"},
		{"\"\x7f\u00e9\u20ac\U0001F600\"", "\x7f\u00e9\u20ac\U0001F600"},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++)
		assert_sv(node_str(ok(state, sv_of(rows[r].text), DUP_REFUSE)), rows[r].want);
	struct sv nul = node_str(ok(state, SV("\"a\\u0000b\""), DUP_REFUSE));
	assert_int_equal(nul.n, 3);
	assert_memory_equal(nul.p, "a\0b", 3);
	struct sv view = SV("\"view\"");
	assert_ptr_equal(node_str(ok(state, view, DUP_REFUSE)).p, view.p + 1);
}

/* Every special byte at every place of the eight-byte steps. */
static void test_string_scan(void **state)
{
	char text[64];

	for (size_t len = 0; len < 24; len++) {
		for (unsigned c = 0; c < 256; c++) {
			for (size_t at = 0; at < len; at++) {
				memset(text, 'x', sizeof text);
				text[0] = text[len + 1] = '"';
				text[at + 1] = (char)c;
				const struct node *n;
				struct err err;
				int rc = json_read(*state, SV("t"), sv_make(text, len + 2),
						   DUP_REFUSE, &n, &err);
				bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
				assert_int_equal(rc, plain ? 0 : -ERR_PARSE);
				if (plain)
					assert_int_equal(node_str(n).n, len);
			}
		}
		arena_reset(*state);
	}
}

static void test_refused(void **state)
{
	static const struct {
		struct sv text;
		const char *where, *msg;
	} rows[] = {
		{SV(""), "t.json:1:1", "ends where a value"},
		{SV("\n\n  "), "t.json:3:3", "ends where a value"},
		{SV("\xEF\xBB\xBF{}"), "t.json:1:1", "byte order mark"},
		{SV("{\"a\":1,}"), "t.json:1:8", "expected a key in quotes, found '}'"},
		{SV("[1,]"), "t.json:1:4", "expected a value"},
		{SV("[1 2]"), "t.json:1:4", "',' or ']'"},
		{SV("{\"a\" 1}"), "t.json:1:6", "':'"},
		{SV("[1}"), "t.json:1:3", "',' or ']'"},
		{SV("{\"a\":1]"), "t.json:1:7", "',' or '}'"},
		{SV("01"), "t.json:1:2", "leading zero"},
		{SV("-"), "t.json:1:2", "digit"},
		{SV("1."), "t.json:1:3", "digit"},
		{SV("1e+"), "t.json:1:4", "digit"},
		{SV("+1"), "t.json:1:1", "found '+'"},
		{SV("NaN"), "t.json:1:1", "found 'N'"},
		{SV("nul"), "t.json:1:1", "a value"},
		{SV("1 1"), "t.json:1:3", "the end"},
		{SV("{}\0"), "t.json:1:3", "byte 0x00"},
		{SV("\"a\nb\""), "t.json:1:3", "control"},
		{SV("\"\xC3\xA9\xff\""), "t.json:1:3", "UTF-8"},
		{SV("\"\xED\xA0\x80\""), "t.json:1:2", "UTF-8"},
		{SV("\"\xC0\x80\""), "t.json:1:2", "UTF-8"},
		{SV("\"abc"), "t.json:1:1", "does not end"},
		{SV("\"abc\\"), "t.json:1:1", "does not end"},
		{SV("\"\\x\""), "t.json:1:2", "escape"},
		{SV("\"\\u12G4\""), "t.json:1:2", "escape"},
		{SV("\"\\uD800\""), "t.json:1:2", "surrogate"},
		{SV("\"ab\\uDC00\""), "t.json:1:4", "surrogate"},
		{SV("\"\\uD800\\u0041\""), "t.json:1:2", "surrogate"},
		{SV("\"\\uD800\\uD800\""), "t.json:1:2", "surrogate"},
		{SV("[\n\"\u20ac\", x]"), "t.json:2:6", "found 'x'"},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++)
		bad(state, rows[r].text, rows[r].where, rows[r].msg);
}

static void test_truncated(void **state)
{
	struct sv text = SV("{\"a\": [1, -2.5e+3, true, null, \"\\u0041\\uD83D\\uDE00\u20ac\"], "
			    "\"b\":{\"c\":{}}}");
	const struct node *n;
	struct err err;

	for (size_t i = 0; i < text.n; i++) {
		/* exactly so many bytes, so that a sanitizer sees a read beyond them */
		auto_free char *copy = xmalloc(i);
		memcpy(copy, text.p, i);
		assert_int_equal(json_read(*state, SV("t"), sv_make(copy, i), DUP_REFUSE, &n, &err),
				 -ERR_PARSE);
	}
}

static void test_duplicates(void **state)
{
	struct sv text = SV("{\"k\":1,\"x\":0,\n\"\\u006b\":2}");

	bad(state, text, "t.json:2:1", "twice");
	const struct node *n = ok(state, text, DUP_LAST);
	assert_sv(node_get(n, "k")->text, "2");
	assert_int_equal(n->n, 3);
	assert_int_equal(n->items[0].flags, 0);
	assert_int_equal(n->items[2].flags, NODE_DUPLICATE);
	n = ok(state, text, DUP_FIRST);
	assert_sv(node_get(n, "k")->text, "1");
	/* the same key in another object is none */
	(void)ok(state, SV("{\"k\":{\"k\":[{\"k\":1},{\"k\":1}]}}"), DUP_REFUSE);
}

static void test_many_keys(void **state)
{
	for (unsigned n = 1; n < 200; n += 3) {
		auto_done(buf_done) struct buf b = {0};
		for (unsigned i = 0; i < n; i++)
			buf_fmt(&b, "%c\"key%u\":%u", i ? ',' : '{', i, i);
		buf_char(&b, '}');
		assert_int_equal(ok(state, buf_view(&b), DUP_REFUSE)->n, n);
		b.p[b.n - 1] = ',';
		buf_str(&b, "\"key0\":99}");
		const struct node *o = ok(state, buf_view(&b), DUP_LAST);
		assert_sv(node_get(o, "key0")->text, "99");
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(o->items[i].flags, 0);
	}
}

static void test_limits(void **state)
{
	auto_done(buf_done) struct buf b = {0};
	const struct node *n;
	struct err err;

	buf_fill(&b, '[', 100000);
	assert_int_equal(json_read(*state, SV("t"), buf_view(&b), DUP_LAST, &n, &err), -ERR_LIMIT);
	assert_string_equal(err.where, "t:1:513");
	buf_clear(&b);
	buf_fill(&b, '[', limit_json_depth);
	buf_fill(&b, ']', limit_json_depth);
	(void)ok(state, buf_view(&b), DUP_REFUSE);
}

static void test_line_col(void **state)
{
	auto_done(buf_done) struct buf b = {0};
	uint32_t line, column;

	/* lines of 1 … 200 characters of one to four bytes, CRLF and LF */
	struct doc d = {.arena = *state};
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned k = 0; k <= i; k++)
			buf_str(&b, k % 3 ? "e" : i % 2 ? "\u20ac" : "\U0001F600");
		buf_str(&b, i % 2 ? "\r\n" : "\n");
	}
	buf_fill(&b, 'x', 20000);
	d.bytes = buf_view(&b);
	uint32_t want_line = 1, want_column = 1;
	for (uint32_t at = 0; at <= d.bytes.n; at++) {
		doc_line_col(&d, at, &line, &column);
		bool inside = at < d.bytes.n && (d.bytes.p[at] & 0xC0) == 0x80;
		assert_int_equal(line, want_line);
		if (!inside)
			assert_int_equal(column, want_column);
		if (at == d.bytes.n)
			break;
		if (d.bytes.p[at] == '\n') {
			want_line++;
			want_column = 1;
		} else if ((d.bytes.p[at] & 0xC0) != 0x80) {
			want_column++;
		}
	}
	doc_line_col(&d, UINT32_MAX, &line, &column);
	assert_int_equal(line, 201);
	assert_int_equal(column, 20001);
	struct doc empty = {.arena = *state};
	doc_line_col(&empty, 0, &line, &column);
	assert_int_equal(line, 1);
	assert_int_equal(column, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_integers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strings, setup, teardown),
		cmocka_unit_test_setup_teardown(test_string_scan, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_duplicates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_line_col, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
