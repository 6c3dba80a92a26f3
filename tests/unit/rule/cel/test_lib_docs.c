/* docs/cel.md names every function that there is. */
#include "unit/test.h"

#include <stdio.h>

#include "rule/cel/env.h"

#define LIBRARY(name) extern const struct cel_library cel_library_##name;
#include "rule/cel/libraries.def"
#undef LIBRARY

#define LIBRARY(name) &cel_library_##name,
static const struct cel_library *const libraries[] = {
#include "rule/cel/libraries.def"
};
#undef LIBRARY

static void read_file(const char *path, struct buf *out)
{
	auto_fclose FILE *f = fopen(path, "rb");
	size_t n = 0;

	if (!f) {
		fprintf(stderr, "no %s here: run from the source tree\n", path);
		exit(77);
	}
	do {
		n = fread(buf_reserve(out, 4096), 1, 4096, f);
		out->n += n;
	} while (n);
}

static void test_documented(void **state)
{
	auto_done(buf_done) struct buf page = {0};
	size_t missing = 0;

	(void)state;
	read_file(GABION_SOURCE_ROOT "/docs/cel.md", &page);
	for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
		for (size_t k = 0; k < libraries[i]->n; k++) {
			const char *name = libraries[i]->rows[k].name;
			auto_done(buf_done) struct buf call = {0};

			/* Operators have no name to look for. */
			if (strchr("_@!-", name[0]))
				continue;
			buf_fmt(&call, "%s(", name);
			if (sv_find(buf_view(&page), buf_view(&call)) == SIZE_MAX) {
				fprintf(stderr, "%s is not in docs/cel.md\n", name);
				missing++;
			}
		}
	}
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_documented)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
