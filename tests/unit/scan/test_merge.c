/* Layers by hand: what is visible, and which layer brought it. */
#include "unit/test.h"

#include "scan/merge.h"

enum { LAYERS = 4 };

static struct layer_facts layer[LAYERS];
static struct arena arena;
static struct report report;

static int key_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct {
	uint64_t *p;
	size_t n, cap;
} keys[LAYERS];

static void add_path(size_t l, const char *path, bool dir)
{
	*VEC_PUSH(&keys[l]) = path_key(sv_of(path), dir);
}

/* As a worker sends them: sorted, each once. */
static void sort_paths(size_t l)
{
	size_t n = 0;

	if (!keys[l].n)
		return;
	qsort(keys[l].p, keys[l].n, sizeof(uint64_t), key_cmp);
	for (size_t i = 0; i < keys[l].n; i++)
		if (!n || keys[l].p[i] != keys[l].p[n - 1])
			keys[l].p[n++] = keys[l].p[i];
	*VEC_PUSH(&layer[l].paths) = sv_make(keys[l].p, n * sizeof(uint64_t));
}

static void add(size_t l, enum pkg_type type, const char *name, const char *version,
		const char *path)
{
	struct package *p = VEC_PUSH(&layer[l].packages);
	p->type = type;
	p->name = sv_of(name);
	p->version = sv_of(version);
	*VEC_PUSH(&p->locations) =
		(struct location){.path = sv_of(path), .file = sv_of(path), .layer = INDEX_NONE};
	add_path(l, path, false);
}

static int begin(void **state)
{
	(void)state;
	memset(layer, 0, sizeof layer);
	arena_init(&arena, 0);
	report_init(&report, &arena, "scan");
	struct subject *s = VEC_PUSH(&report.subjects);
	s->id = SV("s");
	for (size_t i = 0; i < LAYERS; i++)
		(void)VEC_PUSH(&s->layers);
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < LAYERS; i++) {
		layer_facts_done(&layer[i]);
		vec_done(&keys[i]);
	}
	report_done(&report);
	arena_done(&arena);
	return 0;
}

static void merge(void)
{
	struct layer_facts *all[LAYERS];
	for (size_t i = 0; i < LAYERS; i++) {
		sort_paths(i);
		all[i] = &layer[i];
	}
	merge_layers(&report, 0, all, LAYERS, false);
}

static const struct package *find(const char *name)
{
	for (size_t i = 0; i < report.packages.n; i++)
		if (sv_is(report.packages.p[i].name, name))
			return &report.packages.p[i];
	return NULL;
}

static void test_database_rewritten(void **state)
{
	(void)state;
	add(0, PKG_DEB, "bash", "5.2-1", "var/lib/dpkg/status");
	add(0, PKG_DEB, "gone", "1-1", "var/lib/dpkg/status");
	add(1, PKG_DEB, "bash", "5.2-1", "var/lib/dpkg/status");
	add(1, PKG_DEB, "curl", "7-1", "var/lib/dpkg/status");
	add(3, PKG_DEB, "bash", "5.2-1", "var/lib/dpkg/status");
	add(3, PKG_DEB, "curl", "8-1", "var/lib/dpkg/status");
	merge();
	assert_int_equal(report.packages.n, 2);
	assert_int_equal(find("bash")->layer, 0);
	assert_int_equal(find("curl")->layer, 3);
	assert_sv(find("curl")->version, "8-1");
	assert_null(find("gone"));
}

/* A package that was removed and came back: its layer is the one that brought it back. */
static void test_came_back(void **state)
{
	(void)state;
	add(0, PKG_DEB, "x", "1-1", "var/lib/dpkg/status");
	add(1, PKG_DEB, "y", "1-1", "var/lib/dpkg/status");
	add(2, PKG_DEB, "x", "1-1", "var/lib/dpkg/status");
	merge();
	assert_int_equal(find("x")->layer, 2);
}

static void test_hidden(void **state)
{
	(void)state;
	add(0, PKG_NPM, "whiteout-file", "1.0.0", "a/node_modules/whiteout-file/package.json");
	add(0, PKG_NPM, "whiteout-dir", "1.0.0", "b/node_modules/whiteout-dir/package.json");
	add(0, PKG_NPM, "opaque", "1.0.0", "c/node_modules/opaque/package.json");
	add(0, PKG_NPM, "became-file", "1.0.0", "d/node_modules/became-file/package.json");
	add(0, PKG_NPM, "became-dir", "1.0.0", "e/node_modules/became-dir/package.json");
	add(0, PKG_NPM, "stays", "1.0.0", "f/node_modules/stays/package.json");
	add(0, PKG_NPM, "replaced", "1.0.0", "g/node_modules/replaced/package.json");
	*VEC_PUSH(&layer[1].whiteouts) = SV("a/node_modules/whiteout-file/package.json");
	*VEC_PUSH(&layer[1].whiteouts) = SV("b/node_modules");
	*VEC_PUSH(&layer[1].opaques) = SV("c");
	add(1, PKG_NPM, "new-in-opaque", "1.0.0", "c/node_modules/n/package.json");
	add_path(2, "d/node_modules", false);
	add_path(2, "e/node_modules/became-dir/package.json", true);
	add_path(2, "f/node_modules/stays", true);
	add_path(2, "f", true);
	add_path(2, "g/node_modules/replaced/package.json", false);
	merge();
	assert_non_null(find("stays"));
	assert_non_null(find("new-in-opaque"));
	assert_int_equal(report.packages.n, 2);
}

/* An opaque root hides everything below. */
static void test_opaque_root(void **state)
{
	(void)state;
	add(0, PKG_NPM, "old", "1.0.0", "node_modules/old/package.json");
	*VEC_PUSH(&layer[1].opaques) = SV("");
	add(1, PKG_NPM, "new", "1.0.0", "node_modules/new/package.json");
	merge();
	assert_int_equal(report.packages.n, 1);
	assert_non_null(find("new"));
}

static void test_one_package_many_places(void **state)
{
	(void)state;
	add(1, PKG_NPM, "x", "1.0.0", "b/node_modules/x/package.json");
	add(0, PKG_NPM, "x", "1.0.0", "a/node_modules/x/package.json");
	add(2, PKG_NPM, "x", "2.0.0", "a2/node_modules/x/package.json");
	merge();
	assert_int_equal(report.packages.n, 2);
	const struct package *p = find("x");
	assert_int_equal(p->locations.n, 2);
	assert_int_equal(p->layer, 0);
	assert_sv(p->locations.p[0].path, "a/node_modules/x/package.json");
}

static void test_owner(void **state)
{
	(void)state;
	add(0, PKG_DEB, "python3-yaml", "6-1", "var/lib/dpkg/status");
	add(0, PKG_PYPI, "pyyaml", "6.0",
	    "usr/lib/python3/dist-packages/PyYAML.dist-info/METADATA");
	layer[0].packages.p[1].owner_name = SV("python3-yaml");
	add(1, PKG_PYPI, "pyyaml", "6.0", "srv/PyYAML.dist-info/METADATA");
	merge();
	assert_int_equal(report.packages.n, 3);
	size_t owned = 0;
	for (size_t i = 0; i < report.packages.n; i++) {
		const struct package *p = &report.packages.p[i];
		if (p->owner == INDEX_NONE)
			continue;
		owned++;
		assert_sv(report.packages.p[p->owner].name, "python3-yaml");
		assert_int_equal(p->layer, 0);
	}
	assert_int_equal(owned, 1);
}

/* Removed and brought again by a higher layer: what lay below has no part in it. */
static void test_removed_between(void **state)
{
	(void)state;
	add(0, PKG_NPM, "x", "1.0.0", "a/node_modules/x/package.json");
	add(0, PKG_NPM, "y", "1.0.0", "b/node_modules/y/package.json");
	add(0, PKG_NPM, "z", "1.0.0", "c/node_modules/z/package.json");
	*VEC_PUSH(&layer[1].whiteouts) = SV("a/node_modules");
	*VEC_PUSH(&layer[2].opaques) = SV("b");
	add(2, PKG_NPM, "x", "1.0.0", "a/node_modules/x/package.json");
	add(2, PKG_NPM, "y", "1.0.0", "b/node_modules/y/package.json");
	add(2, PKG_NPM, "z", "1.0.0", "c/node_modules/z/package.json");
	merge();
	assert_int_equal(find("x")->layer, 2);
	assert_int_equal(find("y")->layer, 2);
	assert_int_equal(find("z")->layer, 0);
}

/* A broken file that nobody can see any more does not make the result incomplete. */
static void test_hidden_errors(void **state)
{
	(void)state;
	const char *const paths[] = {"var/lib/dpkg/status", "gone/file", "stays", ""};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct fact_error *e = VEC_PUSH(&layer[0].errors);
		e->path = sv_of(paths[i]);
		e->weight = WEIGHT_FATAL;
	}
	add(1, PKG_DEB, "bash", "5.2-1", "var/lib/dpkg/status");
	*VEC_PUSH(&layer[1].whiteouts) = SV("gone");
	merge();
	assert_true(layer[0].errors.p[0].hidden);
	assert_true(layer[0].errors.p[1].hidden);
	assert_false(layer[0].errors.p[2].hidden);
	assert_false(layer[0].errors.p[3].hidden);
}

/* A file "a!b" is not hidden by what hides a file "a". */
static void test_exclamation_mark(void **state)
{
	(void)state;
	add(0, PKG_NPM, "x", "1.0.0", "a!b/node_modules/x/package.json");
	add(0, PKG_MAVEN, "g:y", "1.0.0", "y.jar");
	layer[0].packages.p[1].locations.p[0].path = SV("y.jar!lib/z.jar");
	*VEC_PUSH(&layer[1].whiteouts) = SV("a");
	*VEC_PUSH(&layer[1].whiteouts) = SV("y.jar");
	merge();
	assert_non_null(find("x"));
	assert_null(find("g:y"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_database_rewritten),
		CASE(test_came_back),
		CASE(test_hidden),
		CASE(test_opaque_root),
		CASE(test_one_package_many_places),
		CASE(test_removed_between),
		CASE(test_hidden_errors),
		CASE(test_exclamation_mark),
		CASE(test_owner),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
