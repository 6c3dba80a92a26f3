#include "unit/test.h"

#include "base/limits.h"
#include "fmt/json-out.h"
#include "fmt/yaml.h"

/* The tree as JSON in one line. */
static struct sv dump(struct buf *b, const struct node *n)
{
	struct json_out w;
	struct err err;

	buf_clear(b);
	json_out_init(&w, NULL, b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
	return buf_view(b);
}

struct row {
	const char *yaml, *json;
};

static void check_rows(const struct row *rows, size_t n, enum yaml_schema schema)
{
	for (size_t r = 0; r < n; r++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		const struct node *root;
		struct err err;
		if (yaml_read(&a, SV("t.yaml"), sv_of(rows[r].yaml), schema, DUP_REFUSE, &root,
			      &err) != 0)
			fail_msg("%s: %s: %s", rows[r].yaml, err.where, err.msg);
		if (!sv_is(dump(&b, root), rows[r].json))
			fail_msg("%s: %s, expected %s", rows[r].yaml, b.p, rows[r].json);
	}
}

static void test_structure(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"", "null"},
		{"# only a comment\n", "null"},
		{"---\n", "null"},
		{"a: 1\nb:\n  - x\n  - y: z\nc: {d: [1, 2], e: }\n",
		 "{\"a\":1,\"b\":[\"x\",{\"y\":\"z\"}],\"c\":{\"d\":[1,2],\"e\":null}}"},
		{"%YAML 1.1\n---\n'a': \"b\\u00e9\\n\"\n...\n# end\n", "{\"a\":\"b\u00e9\\n\"}"},
		{"\xEF\xBB\xBF"
		 "a: 1",
		 "{\"a\":1}"},
		{"\xEF\xBB\xBF"
		 "a: 1\nb:\n- x\n",
		 "{\"a\":1,\"b\":[\"x\"]}"},
		{"---\n\xEF\xBB\xBF"
		 "a: 1\nb: 2\n",
		 "{\"a\":1,\"b\":2}"},
		{"a: |\n  x\n   y\n\nb: >-\n  p\n  q\n", "{\"a\":\"x\\n y\\n\",\"b\":\"p q\"}"},
		{"? a\n: - b\r\n  - c\r\n", "{\"a\":[\"b\",\"c\"]}"},
		{"[a: b, c]", "[{\"a\":\"b\"},\"c\"]"},
		{"\"123\": '456'", "{\"123\":\"456\"}"},
		{"a: &x {b: 1}\nc: *x\nd: [*x, *x]\n",
		 "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":[{\"b\":1},{\"b\":1}]}"},
		{"&k key: &k v\n*k : *k", "{\"key\":\"v\",\"v\":\"v\"}"},
		{"[!!str 1, !!int \"2\", !!float 3, !!bool true, !!null ~, ! 4, !!seq [], !!map "
		 "{}]",
		 "[\"1\",2,3,true,null,\"4\",[],{}]"},
	};

	check_rows(rows, ARRAY_LEN(rows), YAML_12_CORE);
}

static void test_core(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"[~, null, Null, NULL, nUll, '']", "[null,null,null,null,\"nUll\",\"\"]"},
		{"[true, True, TRUE, tRue, yes, on, off, n, false]",
		 "[true,true,true,\"tRue\",\"yes\",\"on\",\"off\",\"n\",false]"},
		{"[0, -0, +12, 007, 0o17, 0x1F, -0x1F, 0X1F, 0b1, 1_000, 12345678901234567890123]",
		 "[0,-0,12,7,15,31,\"-0x1F\",\"0X1F\",\"0b1\",\"1_000\",12345678901234567890123]"},
		{"[1.5, .5, -.5, 5., 1e3, 1E-3, +1.0e+2, 00.5, 1.2.3, 1e, ., -, 1-2]",
		 "[1.5,0.5,-0.5,5,1e3,1E-3,1.0e+2,0.5,\"1.2.3\",\"1e\",\".\",\"-\",\"1-2\"]"},
		{"[.inf, -.Inf, +.INF, .nan, .NaN, .Nan, inf]",
		 "[null,null,null,null,null,\".Nan\",\"inf\"]"},
		{"<<: {a: 1}", "{\"<<\":{\"a\":1}}"},
		{"yes: 1\n0x10: 2\n~: 3", "{\"yes\":1,\"0x10\":2,\"~\":3}"},
		{"2001-12-14", "\"2001-12-14\""},
	};

	check_rows(rows, ARRAY_LEN(rows), YAML_12_CORE);
}

static void test_kubernetes(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"[y, Y, yes, Yes, YES, yEs, on, On, n, No, OFF, true, 'yes', !!str no]",
		 "[true,true,true,true,true,\"yEs\",true,true,false,false,false,true,\"yes\","
		 "\"no\"]"},
		{"[0777, 0o17, 0O17, 0x1F, 0X1f, -0x1F, 0b101, -0b11, 1_000, 0_7, 089, 00, -0]",
		 "[511,15,15,31,31,-31,5,-3,1000,7,89,0,-0]"},
		{"[18446744073709551615, 0xFFFFFFFFFFFFFFFFFF, +5, 1e3, 1_0.5, 1e999, .5]",
		 "[18446744073709551615,\"0xFFFFFFFFFFFFFFFFFF\",5,1e3,10.5,\"1e999\",0.5]"},
		{"[1.2.3, 1Gi, 100m, 0x, 0b2, 1e, 192.168.0.1, 12:30]",
		 "[\"1.2.3\",\"1Gi\",\"100m\",\"0x\",\"0b2\",\"1e\",\"192.168.0.1\",\"12:30\"]"},
		{"on: 1\n0x10: 2\n1: 3\n'off': 4", "{\"true\":1,\"16\":2,\"1\":3,\"off\":4}"},
		{"a: &a {x: 1, w: 2}\nb: {<<: *a, w: 3, z: 4}",
		 "{\"a\":{\"x\":1,\"w\":2},\"b\":{\"w\":3,\"z\":4,\"x\":1}}"},
		{"<<: [{x: 1}, {x: 2, w: 2}]\nz: 0", "{\"z\":0,\"x\":1,\"w\":2}"},
		{"- &a {x: 1}\n- &b {<<: *a, w: 2}\n- {<<: *b, z: 3}",
		 "[{\"x\":1},{\"w\":2,\"x\":1},{\"z\":3,\"w\":2,\"x\":1}]"},
		{"'<<': {x: 1}", "{\"<<\":{\"x\":1}}"},
	};

	check_rows(rows, ARRAY_LEN(rows), YAML_KUBERNETES);
}

static void test_compose(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"[yes, on, y, true, False, 0777, 0o17, 1_000, '1']",
		 "[\"yes\",\"on\",\"y\",true,false,511,15,1000,\"1\"]"},
		{"x: &x {a: 1}\nservices: {web: {<<: *x, a: 2}, db: {<<: [*x]}}",
		 "{\"x\":{\"a\":1},\"services\":{\"web\":{\"a\":2},\"db\":{\"a\":1}}}"},
		{"yes: 1\n~: 2", "{\"yes\":1,\"~\":2}"},
	};

	check_rows(rows, ARRAY_LEN(rows), YAML_COMPOSE);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		struct sv yaml;
		const char *where, *msg;
		int rc;
	} rows[] = {
		{SV("a: [1, 2\nb: 3\n"), "t.yaml:2:2", "flow sequence", -ERR_PARSE},
		{SV("a: 1\n b: 2\n"), "t.yaml:2:3", "not YAML", -ERR_PARSE},
		{SV("a: 1\n\tb: 2\n"), "t.yaml:2:1", "not YAML", -ERR_PARSE},
		{SV("\u20ac: 1\n\u20ac: [\xff]\n"), "t.yaml:2:5", "UTF-8", -ERR_PARSE},
		{SV("\xff\xfe"
		    "a\0"),
		 "t.yaml:1:1", "UTF-8", -ERR_PARSE},
		{SV("a: \x1b[0m"), "t.yaml:1:4", "control characters", -ERR_PARSE},
		{SV("a: b\0c"), "t.yaml:1:5", "control characters", -ERR_PARSE},
		{SV("a: 1\nb: 2\na: 3\n"), "t.yaml:3:1", "twice", -ERR_PARSE},
		{SV("x: {a: 1, 'a': 3}\n"), "t.yaml:1:11", "twice", -ERR_PARSE},
		{SV("a: *x\n"), "t.yaml:1:4", "without an anchor", -ERR_PARSE},
		{SV("a: &x [1, *x]\n"), "t.yaml:1:11", "inside the value", -ERR_PARSE},
		{SV("&x a: &x {b: *x}\n"), "t.yaml:1:14", "inside the value", -ERR_PARSE},
		{SV("{[a]: 1}"), "t.yaml:1:2", "not a scalar", -ERR_PARSE},
		{SV("- &x [a]\n- {*x : 1}"), "t.yaml:2:4", "not a scalar", -ERR_PARSE},
		{SV("? {a: b}\n: 1"), "t.yaml:1:3", "not a scalar", -ERR_PARSE},
		{SV("a: !secret x"), "t.yaml:1:4", "!secret", -ERR_UNSUPPORTED},
		{SV("a: !!python/object:os.system [x]"), "t.yaml:1:4", "python", -ERR_UNSUPPORTED},
		{SV("a: !!binary aGk="), "t.yaml:1:4", "binary", -ERR_UNSUPPORTED},
		{SV("a: !!int x"), "t.yaml:1:4", "!!int", -ERR_PARSE},
		{SV("a: !!seq {}"), "t.yaml:1:4", "!!seq", -ERR_PARSE},
		{SV("a: !!map x"), "t.yaml:1:4", "!!map", -ERR_PARSE},
		{SV("~: x"), "t.yaml:1:1", "null", -ERR_PARSE},
		{SV("<<: x"), "t.yaml:1:5", "merge key", -ERR_PARSE},
		{SV("<<: [{a: b}, x]"), "t.yaml:1:14", "merge key", -ERR_PARSE},
		{SV("<<: {a: 1}\n<<: {b: 1}\n"), "t.yaml:2:1", "twice", -ERR_PARSE},
		{SV("a: 1\n---\nb: 2\n"), "t.yaml:2:1", "more than one", -ERR_PARSE},
		{SV("%TAG ! x\n"), "t.yaml:2:1", "not YAML", -ERR_PARSE},
		{SV("a: 1\n\xe2\x80\xa8---\nb: 1"), "t.yaml:2:2", "document marker", -ERR_PARSE},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		auto_done(arena_done) struct arena a = {0};
		const struct node *root = NULL;
		struct err err = {0};
		int rc = yaml_read(&a, SV("t.yaml"), rows[r].yaml, YAML_KUBERNETES, DUP_REFUSE,
				   &root, &err);
		if (rc != rows[r].rc || strcmp(err.where, rows[r].where) != 0 ||
		    !strstr(err.msg, rows[r].msg))
			fail_msg("%.*s: %d %s: %s", SV_ARG(rows[r].yaml), rc, err.where, err.msg);
		assert_null(root);
	}
}

static void test_documents(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf b = {0};
	struct doc d = {.arena = &a, .name = SV("m.yaml"), .dup = DUP_LAST};
	struct yaml_docs docs;
	struct err err;

	d.bytes = SV("# c\n---\na: 1\na: 2\n--- # second\nb: [\n---\n\n---\nc: \"x\n--- "
		     "y\"\n...\n# c\n%YAML 1.1\n---\n"
		     "d: \u20ac\n...\n...\n# end\n");
	assert_int_equal(yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err), 0);
	assert_int_equal(docs.n, 6);
	assert_sv(dump(&b, docs.p[0].root), "{\"a\":1,\"a\":2}");
	assert_sv(node_get(docs.p[0].root, "a")->text, "2");
	assert_ptr_equal(d.root, docs.p[0].root);
	assert_null(docs.p[1].root);
	assert_string_equal(docs.p[1].err->where, "m.yaml:7:1");
	assert_int_equal(docs.p[2].root->kind, NODE_NULL);
	assert_null(docs.p[3].root);
	assert_sv(docs.p[4].root->text, "y\"");
	assert_sv(dump(&b, docs.p[5].root), "{\"d\":\"\u20ac\"}");
	assert_int_equal(docs.p[5].root->doc, 5);
	assert_int_equal(docs.p[5].root->items[0].doc, 5);
	const struct node *v = &docs.p[5].root->items[0];
	assert_memory_equal(d.bytes.p + v->start, "\u20ac", 3);
	assert_int_equal(v->end - v->start, 3);
}

static void assert_span(const struct doc *d, const struct node *n, const char *text)
{
	assert_non_null(n);
	struct sv got = sv_make(d->bytes.p + n->start, n->end - n->start);
	if (!sv_is(got, text))
		fail_msg("<%.*s> is not <%s>", SV_ARG(got), text);
}

static void test_spans(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct doc d = {.arena = &a, .name = SV("s.yaml")};
	struct yaml_docs docs;
	struct err err;

	d.bytes = SV("\u20ac: \u00e9t\u00e9 # c\n\U0001F600: \"\\u0041\u20ac\"\nblock: |\n  "
		     "\u20ac\n  two\n\n"
		     "list:\n- a\n-  {k: v}  # c\n# c\nflow: [ 1, [2] ]\nali: &x {p: q}\nsite: "
		     "*x\nend:\n");
	assert_int_equal(yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err), 0);
	const struct node *n = docs.p[0].root;
	assert_span(&d, node_get(n, "\u20ac"), "\u00e9t\u00e9");
	/* a view, not a copy */
	assert_ptr_equal(node_get(n, "\u20ac")->text.p, d.bytes.p + node_get(n, "\u20ac")->start);
	assert_span(&d, node_get(n, "\U0001F600"), "\"\\u0041\u20ac\"");
	assert_int_equal(node_get(n, "\U0001F600")->flags, NODE_QUOTED);
	assert_span(&d, node_get(n, "block"), "|\n  \u20ac\n  two");
	assert_int_equal(node_get(n, "block")->flags, NODE_QUOTED);
	assert_span(&d, node_get(n, "list"), "- a\n-  {k: v}");
	assert_span(&d, &node_get(n, "list")->items[1], "{k: v}");
	assert_span(&d, node_get(n, "flow"), "[ 1, [2] ]");
	const struct node *site = node_get(n, "site");
	assert_span(&d, site, "*x");
	assert_int_equal(site->flags, NODE_ALIAS);
	assert_span(&d, node_get(site, "p"), "q");
	const struct node *key = node_get(n, "list");
	assert_memory_equal(d.bytes.p + key->key_start, "list", 4);
	assert_int_equal(key->key_end - key->key_start, 4);
	assert_span(&d, node_get(n, "end"), "");
}

static int read_limits(struct buf *b, enum yaml_schema schema, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *root;

	return yaml_read(&a, SV("l"), buf_view(b), schema, DUP_REFUSE, &root, err);
}

static void test_limits(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct err err;

	buf_fill(&b, '[', limit_yaml_depth);
	buf_fill(&b, ']', limit_yaml_depth);
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), 0);
	buf_clear(&b);
	buf_fill(&b, '[', 200000);
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), -ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < 200000; i++)
		buf_str(&b, "- ");
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), -ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < 200000; i++)
		buf_str(&b, "{a: ");
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), -ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < 100000; i++)
		buf_fmt(&b, "%%TAG !a%d! b\n", i);
	buf_str(&b, "---\nx");
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), -ERR_LIMIT);
	buf_clear(&b);
	for (uint64_t i = 0; i <= limit_yaml_documents; i++)
		buf_str(&b, "---\n");
	assert_int_equal(read_limits(&b, YAML_12_CORE, &err), -ERR_LIMIT);
}

/* Aliases that would be exponentially large, or deep, when written out. */
static void test_bombs(void **state)
{
	(void)state;
	static const char *const heads[] = {"a0: &a0 [x]\n", "a0: &a0 {x: y}\n",
					    "a0: &a0 {x: y}\n"};
	static const char *const forms[] = {"a%d: &a%d [*a%d, *a%d]\n",
					    "a%d: &a%d {p: *a%d, q: *a%d}\n",
					    "a%d: &a%d {<<: [*a%d, *a%d]}\n"};
	struct err err;

	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		auto_done(buf_done) struct buf b = {0};
		buf_str(&b, heads[f]);
		for (int i = 1; i < 40; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			buf_fmt(&b, forms[f], i, i, i - 1, i - 1);
#pragma GCC diagnostic pop
		}
		assert_int_equal(read_limits(&b, YAML_KUBERNETES, &err), -ERR_LIMIT);
		assert_non_null(strstr(err.msg, "yaml_nodes"));
	}
	auto_done(buf_done) struct buf deep = {0};
	buf_str(&deep, "a0: &a0 [x]\n");
	for (int i = 1; i < 100; i++)
		buf_fmt(&deep, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	assert_int_equal(read_limits(&deep, YAML_12_CORE, &err), -ERR_LIMIT);
	assert_non_null(strstr(err.msg, "yaml_depth"));
	auto_done(buf_done) struct buf text = {0};
	buf_str(&text, "a: &a ");
	buf_fill(&text, 'x', 1 << 20);
	buf_str(&text, "\nb: [");
	for (int i = 0; i < 100; i++)
		buf_str(&text, "*a, ");
	buf_str(&text, "]\n");
	assert_int_equal(read_limits(&text, YAML_12_CORE, &err), -ERR_LIMIT);
	assert_non_null(strstr(err.msg, "yaml_bytes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structure),  cmocka_unit_test(test_core),
		cmocka_unit_test(test_kubernetes), cmocka_unit_test(test_compose),
		cmocka_unit_test(test_refused),    cmocka_unit_test(test_documents),
		cmocka_unit_test(test_spans),      cmocka_unit_test(test_limits),
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
