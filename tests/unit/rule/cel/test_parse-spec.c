/* Every expression of the specification's conformance set parses, where the set lies. */
#include "unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fmt/json.h"
#include "rule/cel/ast.h"
#include "sys/file.h"

static char path[4200];

/* Parses the expression of one line; false and *err when it does not parse. */
static bool parse_line(struct sv line, struct sv *name, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *test;
	struct cel_expr *e;
	unsigned flags = 0;

	if (json_read(&a, SV("tests.jsonl"), line, DUP_REFUSE, &test, err) != 0)
		return false;
	if (sv_is(node_get_str(test, "file"), "block_ext"))
		flags |= CEL_PARSE_TEST_MACROS;
	if (node_true(node_get(test, "disable_macros")))
		flags |= CEL_PARSE_NO_MACROS;
	*name = node_get_str(test, "name");
	return cel_parse(&a, node_get_str(test, "expr"), flags, &e, err) == 0;
}

static void test_set(void **state)
{
	auto_done(buf_done) struct buf b = {0};
	struct err err = {0};
	struct sv rest, line, name = {0};
	size_t n = 0;

	(void)state;
	assert_int_equal(file_read(path, 64U << 20, &b, &err), 0);
	for (rest = buf_view(&b); sv_line(&rest, &line); n++) {
		if (!parse_line(line, &name, &err))
			fail_msg("%.*s: %s: %s", SV_ARG(line), err.where, err.msg);
	}
	printf("%zu expressions\n", n);
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_set)};
	const char *shared = getenv("GABION_SHARED");

	(void)snprintf(path, sizeof path, "%s/data/cel/tests.jsonl",
		       shared ? shared : GABION_SOURCE_ROOT "/../shared");
	if (access(path, R_OK) != 0) {
		printf("no conformance set at %s\n", path);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
