#include "unit/test.h"

#include "fact/kube/kube.h"
#include "fmt/yaml.h"

static const struct node *parse(struct arena *a, struct doc *d, const char *text)
{
	struct err err = {0};

	*d = (struct doc){.arena = a, .name = SV("t"), .bytes = sv_of(text), .dup = DUP_LAST};
	if (yaml_parse(d, YAML_KUBERNETES, &err) != 0)
		fail_msg("%s", err.msg);
	return d->root;
}

/* The pointer of the first place of `needle` in the text. */
static void test_pointers(void **state)
{
	static const struct {
		const char *yaml, *needle, *pointer;
	} rows[] = {
		{"{\"a\": [1, {\"b\": \"deep\"}]}", "\"deep\"", "/a/1/b"},
		{"{\"a\": [1, {\"b\": \"deep\"}]}", "{\"b\": \"deep\"}", "/a/1"},
		{"{\"a\": [1, {\"b\": \"deep\"}]}", "1, {", "/a"},
		{"{\"a\": [1, {\"b\": \"deep\"}]}", "{\"a\": [1, {\"b\": \"deep\"}]}", ""},
		{"{\"a\": [1, {\"b\": \"deep\"}]}", "\"a\"", ""},
		{"a/b:\n  m~n: 7\n", "7", "/a~1b/m~0n"},
		{"a:\n- 1\n- - 2\n  - 3\n", "3", "/a/1/1"},
		{"'': {'': 7}", "7", "//"},
		{"a: one\nb: two\nc: three\n", "two", "/b"},
		/* an alias is where it stands; what it stands for, where the anchor is */
		{"a: &x {p: 7}\nb: *x\n", "*x", "/b"},
		{"a: &x {p: 7}\nb: *x\n", "7", "/a/p"},
		/* merged keys stand out of order */
		{"z: 1\nm: {<<: {p: 77}, q: 2}\n", "77", "/m/p"},
		{"base: &b {p: 77}\nm: {q: 2, <<: *b}\n", "77", "/base/p"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct doc d;
		const struct node *root = parse(&a, &d, rows[i].yaml);
		size_t at = sv_find(d.bytes, sv_of(rows[i].needle));
		assert_true(at != SIZE_MAX);
		struct sv got = node_pointer(&a, root, (uint32_t)at,
					     (uint32_t)(at + strlen(rows[i].needle)));
		if (!sv_is(got, rows[i].pointer))
			fail_msg("%s in %s: %.*s; expected %s", rows[i].needle, rows[i].yaml,
				 SV_ARG(got), rows[i].pointer);
	}
}

/* Seen from a part of the document whose alias leads out of it. */
static void test_alias_out_of_root(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct doc d;
	const struct node *root =
		parse(&a, &d, "shared: &s {deep: [0, 7]}\npart:\n  x: 1\n  why: *s\n");
	const struct node *part = node_get(root, "part");
	const struct node *seven = &node_path(part, "why", "deep", NULL)->items[1];

	assert_sv(node_pointer(&a, part, seven->start, seven->end), "/why/deep/1");
	assert_sv(node_pointer(&a, root, seven->start, seven->end), "/shared/deep/1");
	/* nowhere: the root */
	assert_sv(node_pointer(&a, part, 100000, 100001), "");
	assert_sv(node_pointer(&a, NULL, 0, 1), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_alias_out_of_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
