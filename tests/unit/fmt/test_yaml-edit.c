/* Edits of YAML and JSON text: what changes, and that nothing else does. */
#include "unit/test.h"

#include "fmt/json.h"
#include "fmt/yaml-edit.h"
#include "fmt/yaml.h"

static const struct {
	const char *text, *pointer, *value; /* value NULL: remove */
	const char *want;                   /* NULL: not edited */
} cases[] = {
	/* scalars in place, comments kept */
	{"a: true # why\nb: 1\n", "/a", "false", "a: false # why\nb: 1\n"},
	{"a: 'x'\n", "/a", "\"yes\"", "a: \"yes\"\n"},
	{"a: 'x'\n", "/a", "\"b-1\"", "a: b-1\n"},
	{"a:\n  b: 1\n", "/a/c", "\"True\"", "a:\n  b: 1\n  c: \"True\"\n"},
	{"a:\n  b: 1\n", "/a/c/d", "\"Always\"", "a:\n  b: 1\n  c:\n    d: Always\n"},
	{"{\"a\": 1}", "/b", "\"Always\"", "{\"a\": 1, \"b\": \"Always\"}"},
	{"a: {b: true, c: 2}\n", "/a/b", "false", "a: {b: false, c: 2}\n"},
	{"- a: true\n- a: true\n", "/1/a", "false", "- a: true\n- a: false\n"},
	{"a: 1\n", "/a", "1", NULL},
	/* keys added to blocks, indented as their neighbours */
	{"a:\n  b: 1 # one\n  # below\nc: 2\n", "/a/x", "true",
	 "a:\n  b: 1 # one\n  x: true\n  # below\nc: 2\n"},
	{"c:\n- name: web\n  image: x\n- name: y\n", "/c/0/s/p", "false",
	 "c:\n- name: web\n  image: x\n  s:\n    p: false\n- name: y\n"},
	{"c:\n  - name: web", "/c/0/s/p", "false", "c:\n  - name: web\n    s:\n      p: false"},
	{"a:\r\n  b: 1\r\n", "/a/x", "2", "a:\r\n  b: 1\r\n  x: 2\r\n"},
	{"a:\n  b:\n    c:\n      - d\n      - e\nf: 1\n", "/a/x", "[\"ALL\"]",
	 "a:\n  b:\n    c:\n      - d\n      - e\n  x: [\"ALL\"]\nf: 1\n"},
	{"a:\n  b: |\n    text\n    more\n\nf: 1\n", "/a/x", "1",
	 "a:\n  b: |\n    text\n    more\n  x: 1\n\nf: 1\n"},
	{"a:\n  b:\n", "/a/x", "1", "a:\n  b:\n  x: 1\n"},
	{"a: 1\n", "/yes", "1", "a: 1\n\"yes\": 1\n"},
	{"a: 1\n", "/x~1y/a b", "1", "a: 1\nx/y:\n  \"a b\": 1\n"},
	/* what has no value yet */
	{"a:\n  s:\n  t: 1\n", "/a/s/p", "false", "a:\n  s: {p: false}\n  t: 1\n"},
	{"s: null\n", "/s/p", "1", "s: {p: 1}\n"},
	/* braces */
	{"a: {}\n", "/a/b/c", "1", "a: {b: {c: 1}}\n"},
	{"a: {x: 1}\n", "/a/b/c", "1", "a: {x: 1, b: {c: 1}}\n"},
	{"a: {x: 1 , }\n", "/a/b", "2", "a: {x: 1, b: 2 , }\n"},
	{"a: {\n  x: 1 # one\n}\n", "/a/b", "2", "a: {\n  x: 1,\n  b: 2 # one\n}\n"},
	{"{\"a\": {\"b\": true}}", "/a/b", "false", "{\"a\": {\"b\": false}}"},
	{"{\n  \"a\": {\n    \"b\": [1,\n      2]\n  }\n}\n", "/a/c/d", "true",
	 "{\n  \"a\": {\n    \"b\": [1,\n      2],\n    \"c\": {\"d\": true}\n  }\n}\n"},
	/* lists and blocks as a whole */
	{"d:\n  - A\n  - B\nx: 1\n", "/d", "[\"ALL\"]", "d: [\"ALL\"]\nx: 1\n"},
	{"d: [A,\n  B] # c\n", "/d", "[\"ALL\"]", "d: [\"ALL\"] # c\n"},
	{"d:\n  - A # why\n  - B\n", "/d", "[\"ALL\"]", NULL},
	/* a document among others */
	{"a: 1\n---\nb: 2\n", "/x", "1", "a: 1\nx: 1\n---\nb: 2\n"},
	/* taken away */
	{"a: 1\nb: 2 # two\nc: 3\n", "/b", NULL, "a: 1\nc: 3\n"},
	{"a: 1\nb:\n  c: 3\n  # c\nd: 4\n", "/b", NULL, "a: 1\n  # c\nd: 4\n"},
	{"a: 1\n", "/a", NULL, NULL},
	{"- a: 1\n  b: 2\n", "/0/a", NULL, NULL},
	{"a: 1\nb: 2", "/b", NULL, "a: 1\n"},
	/* not edited */
	{"a: &x {b: 1}\nc: *x\n", "/c/b", "2", NULL},
	{"a: &x\n  b: 1\nc:\n  <<: *x\n  d: 1\n", "/c/b", "2", NULL},
	{"a: |\n  text\n", "/a", "\"x\"", NULL},
	{"a: &x true\nb: *x\n", "/a", "false", NULL},
	{"a: [1, 2]\n", "/a/5", "1", NULL},
	{"a: 1\n", "a", "1", NULL},
};

static const struct node *read_value(struct arena *a, const char *text)
{
	const struct node *v = NULL;
	struct err err;

	assert_int_equal(json_read(a, SV("value"), sv_of(text), DUP_LAST, &v, &err), 0);
	return v;
}

static void test_cases(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(buf_done) struct buf out = {0};
		struct doc d = {.arena = &a,
				.name = SV("t"),
				.bytes = sv_of(cases[i].text),
				.dup = DUP_LAST};
		struct yaml_docs docs = {0};
		struct yaml_edit edit;
		struct err err = {0};
		assert_int_equal(yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err), 0);
		assert_non_null(docs.p[0].root);
		int rc = cases[i].value ? yaml_edit_set(&d, docs.p[0].root, sv_of(cases[i].pointer),
							read_value(&a, cases[i].value), &edit, &err)
					: yaml_edit_remove(&d, docs.p[0].root,
							   sv_of(cases[i].pointer), &edit, &err);
		if (rc == 1)
			assert_int_equal(yaml_edit_apply(d.bytes, &edit, 1, &out), 1);
		if (!cases[i].want) {
			if (rc > 0)
				print_error("case %zu: edited to: %s\n", i, buf_cstr(&out));
			assert_true(rc <= 0);
			continue;
		}
		if (rc != 1 || !sv_is(buf_view(&out), cases[i].want))
			print_error("case %zu: %d %s\n%s", i, rc, rc < 0 ? err.msg : "",
				    rc > 0 ? buf_cstr(&out) : "");
		assert_int_equal(rc, 1);
		assert_string_equal(buf_cstr(&out), cases[i].want);
	}
	arena_done(&a);
}

static void test_apply(void **state)
{
	auto_done(buf_done) struct buf out = {0};
	struct yaml_edit edits[] = {
		{6, 1, SV("X")}, {2, 0, SV("+")}, {2, 0, SV("-")}, {5, 3, SV("Y")}, {9, 0, SV("!")},
	};

	(void)state;
	/* of two at one place and of two that overlap the first stays */
	assert_int_equal(yaml_edit_apply(SV("012345678"), edits, ARRAY_LEN(edits), &out), 3);
	assert_string_equal(buf_cstr(&out), "01+234Y8!");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
