#include "unit/test.h"

#include "base/limits.h"
#include "fmt/json-out.h"
#include "fmt/toml.h"

static void dump(struct buf *b, const struct node *n)
{
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
}

static void test_read(void **state)
{
	(void)state;
	static const struct {
		const char *toml, *json;
	} rows[] = {
		{"", "{}"},
		{"\xEF\xBB\xBF# c\r\na = 1 # c\r\n", "{\"a\":1}"},
		{"a.b . 'c d'.\"e\\u0041\" = true\na.f = false",
		 "{\"a\":{\"b\":{\"c d\":{\"eA\":true}},\"f\":false}}"},
		{"1.2 = 3\n\"\" = 4\n- = 5", "{\"1\":{\"2\":3},\"\":4,\"-\":5}"},
		{"a=[+1, -0, 1_000, 0xFF_ff, 0o17, 0b1_01, 9223372036854775807, "
		 "-9223372036854775808]",
		 "{\"a\":[1,-0,1000,65535,15,5,9223372036854775807,-9223372036854775808]}"},
		{"a=[1.5, -2.50, 1e5, 1E+06, 1.5e-3, 6_0.2_2e1_0, inf, +inf, -inf, nan, -nan]",
		 "{\"a\":[1.5,-2.50,1e5,1E+06,1.5e-3,60.22e10,null,null,null,null,null]}"},
		{"a=[1979-05-27, 1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5-07:00, 07:32:00.999, "
		 "2000-02-29 ]",
		 "{\"a\":[\"1979-05-27\",\"1979-05-27T07:32:00Z\",\"1979-05-27 07:32:00.5-07:00\","
		 "\"07:32:00.999\",\"2000-02-29\"]}"},
		{"a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u20ac\\U0001F600\"\nb = 'c:\\n'",
		 "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\\u20ac\U0001F600\",\"b\":\"c:\\\\n\"}"},
		{"a = \"\"\"\nx\\\n   \n  y\n\\tz\"\"\"\nb = '''\r\nl\\'''\nc = "
		 "\"\"\"\"q\"\"\"\"\"\nd = ''''q'''''",
		 "{\"a\":\"xy\\n\\tz\",\"b\":\"l\\\\\",\"c\":\"\\\"q\\\"\\\"\",\"d\":\"'q''\"}"},
		{"a = [ # c\n 1, [2, 'x'], # c\n {b = 1, c.d = 2},\n]\nb = []\nc = { }",
		 "{\"a\":[1,[2,\"x\"],{\"b\":1,\"c\":{\"d\":2}}],\"b\":[],\"c\":{}}"},
		{"x = 0\n[a.b]\nc = 1\n[a]\nd = 2\n[a.b.e]\n[ f . 'g' ] # c\nh = 3",
		 "{\"x\":0,\"a\":{\"b\":{\"c\":1,\"e\":{}},\"d\":2},\"f\":{\"g\":{\"h\":3}}}"},
		{"[[p]]\nn = 1\n[p.q]\nr = 2\n[[p.s]]\n[[p.s]]\n[[p]]\n[p.q]\nr = 3",
		 "{\"p\":[{\"n\":1,\"q\":{\"r\":2},\"s\":[{},{}]},{\"q\":{\"r\":3}}]}"},
		{"[fruit]\napple.color = 1\napple.taste.sweet = "
		 "true\n[fruit.apple.texture]\nsmooth = true",
		 "{\"fruit\":{\"apple\":{\"color\":1,\"taste\":{\"sweet\":true},\"texture\":{"
		 "\"smooth\":true}}}}"},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		const struct node *n;
		struct err err;
		if (toml_read(&a, SV("t.toml"), sv_of(rows[r].toml), &n, &err) != 0)
			fail_msg("%s: %s %s", rows[r].toml, err.where, err.msg);
		dump(&b, n);
		if (strcmp(b.p, rows[r].json) != 0)
			fail_msg("%s: %s, expected %s", rows[r].toml, b.p, rows[r].json);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		struct sv toml;
		const char *where;
	} rows[] = {
		{SV("a"), "t.toml:1:2"},
		{SV("a ="), "t.toml:1:4"},
		{SV("= 1"), "t.toml:1:1"},
		{SV("a = 1 b = 2"), "t.toml:1:7"},
		{SV("a = 1\ra = 2"), "t.toml:1:6"},
		{SV("# \x01"), "t.toml:1:3"},
		{SV("\u20ac = 1"), "t.toml:1:1"},
		{SV("a = \"\u20ac\xff\""), "t.toml:1:7"},
		{SV("a = \"x\ny\""), "t.toml:1:5"},
		{SV("a = \"\"\"x\"\""), "t.toml:1:5"},
		{SV("a = \"\0\""), "t.toml:1:6"},
		{SV("a = \"\\x\""), "t.toml:1:6"},
		{SV("a = \"\\uD800\""), "t.toml:1:6"},
		{SV("a = \"\\U00110000\""), "t.toml:1:6"},
		{SV("a = \"\"\"x\\ y\"\"\""), "t.toml:1:9"},
		{SV("\"\"\"a\"\"\" = 1"), "t.toml:1:1"},
		{SV("a = 01"), "t.toml:1:5"},
		{SV("a = 1__0"), "t.toml:1:5"},
		{SV("a = _1"), "t.toml:1:5"},
		{SV("a = 1_"), "t.toml:1:5"},
		{SV("a = 9223372036854775808"), "t.toml:1:5"},
		{SV("a = 0x8000000000000000"), "t.toml:1:5"},
		{SV("a = +0x1"), "t.toml:1:5"},
		{SV("a = 0xg"), "t.toml:1:5"},
		{SV("a = .5"), "t.toml:1:5"},
		{SV("a = 5."), "t.toml:1:5"},
		{SV("a = 1.e5"), "t.toml:1:5"},
		{SV("a = 1e"), "t.toml:1:5"},
		{SV("a = True"), "t.toml:1:5"},
		{SV("a = truex"), "t.toml:1:5"},
		{SV("a = 1979-02-29"), "t.toml:1:5"},
		{SV("a = 1979-13-01"), "t.toml:1:5"},
		{SV("a = 1979-05-27T24:00:00"), "t.toml:1:5"},
		{SV("a = 1979-05-27T07:32"), "t.toml:1:5"},
		{SV("a = 1979-05-27T07:32:00."), "t.toml:1:5"},
		{SV("a = 1979-05-27T07:32:00+25:00"), "t.toml:1:5"},
		{SV("a = [1 2]"), "t.toml:1:8"},
		{SV("a = [1, , 2]"), "t.toml:1:9"},
		{SV("a = [1"), "t.toml:1:7"},
		{SV("a = {b = 1,}"), "t.toml:1:12"},
		{SV("a = {b = 1\n}"), "t.toml:1:11"},
		{SV("a = {b = 1, b = 2}"), "t.toml:1:13"},
		{SV("[a"), "t.toml:1:3"},
		{SV("[]"), "t.toml:1:2"},
		{SV("[a]]"), "t.toml:1:4"},
		{SV("[[a]"), "t.toml:1:4"},
		{SV("[ [a]]"), "t.toml:1:3"},
		{SV("[a] b = 1"), "t.toml:1:5"},
		{SV("a = 1\na = 2"), "t.toml:2:1"},
		{SV("a = 1\na.b = 2"), "t.toml:2:1"},
		{SV("a.b = 1\na = 2"), "t.toml:2:1"},
		{SV("[a]\n[a]"), "t.toml:2:2"},
		{SV("[a]\nb = 1\n[a.b]"), "t.toml:3:4"},
		{SV("[a]\nb = 1\n[a.b.c]"), "t.toml:3:4"},
		{SV("[a.b]\n[a]\nb.c = 1"), "t.toml:3:1"},
		{SV("[a.b.c.d]\nz = 9\n[a]\nb.c.d.k.t = 1"), "t.toml:4:5"},
		{SV("[a]\nb.c = 1\n[a.b]"), "t.toml:3:4"},
		{SV("[a]\nb.c = 1\n[a.b.c]"), "t.toml:3:6"},
		{SV("a = {b = 1}\na.c = 2"), "t.toml:2:1"},
		{SV("a = {b = 1}\n[a.c]"), "t.toml:2:2"},
		{SV("a = {b = {}}\n[a.b]"), "t.toml:2:2"},
		{SV("a = {b.c = {}, b.c.d = 1}"), "t.toml:1:18"},
		{SV("a = []\n[[a]]"), "t.toml:2:3"},
		{SV("a = [{}]\n[a.b]"), "t.toml:2:2"},
		{SV("[[a]]\n[a]"), "t.toml:2:2"},
		{SV("[a]\n[[a]]"), "t.toml:2:3"},
		{SV("[a.b]\n[[a]]"), "t.toml:2:3"},
		{SV("[[a.b]]\n[a]\nb.c = 1"), "t.toml:3:1"},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		auto_done(arena_done) struct arena a = {0};
		const struct node *n = NULL;
		struct err err = {0};
		int rc = toml_read(&a, SV("t.toml"), rows[r].toml, &n, &err);
		if (rc != -ERR_PARSE || strcmp(err.where, rows[r].where) != 0 || n)
			fail_msg("%.*s: %d %s %s", SV_ARG(rows[r].toml), rc, err.where, err.msg);
	}
}

static void test_spans(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct doc d = {.arena = &a, .name = SV("t")};
	struct err err;

	d.bytes = SV("# \u20ac\nv = 0x10\nx.y.z = 1\n[[package]]\nname = \"x\\n\" # c\nd = "
		     "1979-05-27\n\n[[package]]\n"
		     "name = 'y'\n");
	assert_int_equal(toml_parse(&d, &err), 0);
	const struct node *v = node_get(d.root, "v"), *packages = node_get(d.root, "package");
	assert_memory_equal(d.bytes.p + v->start, "0x10", v->end - v->start);
	assert_sv(v->text, "16");
	const struct node *p = &packages->items[0];
	struct sv want = SV("[[package]]\nname = \"x\\n\" # c\nd = 1979-05-27");
	assert_int_equal(p->end - p->start, want.n);
	assert_memory_equal(d.bytes.p + p->start, want.p, want.n);
	assert_int_equal(node_get(p, "name")->flags, NODE_QUOTED);
	assert_int_equal(node_get(p, "d")->flags, 0);
	const struct node *y = node_get(&packages->items[1], "name");
	assert_ptr_equal(y->text.p, d.bytes.p + y->start + 1);
	const struct node *x = node_get(d.root, "x");
	assert_memory_equal(d.bytes.p + x->start, "x.y.z = 1\n", x->end - x->start + 1);
	assert_int_equal(x->end, node_path(x, "y", "z", NULL)->end);
	uint32_t line, column;
	doc_line_col(&d, packages->items[1].start, &line, &column);
	assert_int_equal(line, 8);
}

static int read_buf(const struct buf *b, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *n;

	return toml_read(&a, SV("t"), buf_view(b), &n, err);
}

static void test_limits(void **state)
{
	(void)state;
	static const char *const heads[] = {"a = ", "a = ", "", "["}, *const parts[] = {
									      "[", "{a = ", "a.",
									      "a."};
	auto_done(buf_done) struct buf b = {0};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		buf_clear(&b);
		buf_str(&b, heads[i]);
		for (int k = 0; k < 100000; k++)
			buf_str(&b, parts[i]);
		assert_int_equal(read_buf(&b, &err), -ERR_LIMIT);
	}
	/* many keys in one table, many tables: no quadratic search */
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_fmt(&b, "key%d = %d\n", i, i);
	for (int i = 0; i < 100000; i++)
		buf_fmt(&b, "[[p]]\na.b.c = 1\n[t%d]\n", i);
	assert_int_equal(read_buf(&b, &err), 0);
	buf_str(&b, "[t0]\n");
	assert_int_equal(read_buf(&b, &err), -ERR_PARSE);
}

static void test_truncated(void **state)
{
	(void)state;
	struct sv text = SV("a.'b' = [1, {c = \"\"\"x\\u0041\"\"\"}, 1979-05-27 "
			    "07:32:00Z]\r\n[[p]] # c\r\nq = '''\r\n'''");
	struct err err;

	for (size_t i = 0; i <= text.n; i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_free char *copy = xmalloc(i);
		const struct node *n;
		memcpy(copy, text.p, i);
		int rc = toml_read(&a, SV("t"), sv_make(copy, i), &n, &err);
		assert_true(rc == 0 || rc == -ERR_PARSE);
		if (i == text.n)
			assert_int_equal(rc, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),      cmocka_unit_test(test_refused),
		cmocka_unit_test(test_spans),     cmocka_unit_test(test_limits),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
