/* Layers in memory: what becomes a fact, what replaces what, who owns it. */
#include "unit/test.h"

#include "unit/oci/build.h"

#include "scan/analysis.h"
#include "base/limits.h"

static struct buf layer;
static struct frame_writer frames = {.fd = -1};
static struct layer_facts facts;

static int begin(void **state)
{
	(void)state;
	buf_clear(&layer);
	buf_clear(&frames.buf);
	return 0;
}

static int end(void **state)
{
	(void)state;
	layer_facts_done(&facts);
	buf_done(&layer);
	buf_done(&frames.buf);
	return 0;
}

static void put(const char *path, const char *text)
{
	tar_file_add(&layer, sv_of(path), '0', SV(""), sv_of(text));
}

static void put_link(const char *path, char type, const char *target)
{
	tar_file_add(&layer, sv_of(path), type, sv_of(target), SV(""));
}

/* Runs the analysis; true when the layer was read to its end. */
static bool analyse_bytes_with(struct sv bytes, unsigned flags)
{
	struct analysis *an = analysis_new(&frames, ANALYSIS_INSTALLED | flags);
	struct err err;
	bool ok = analysis_layer(an, stream_mem(bytes), &err) == 0;

	if (ok && analysis_has_links(an))
		ok = analysis_links(an, stream_mem(bytes), &err) == 0;

	if (!ok)
		analysis_fault(an, &err);
	analysis_finish(an);
	analysis_free(an);
	assert_int_equal(facts_decode(buf_view(&frames.buf), &facts, &err), 0);
	assert_true(facts.complete);
	return ok;
}

static bool analyse_bytes(struct sv bytes)
{
	return analyse_bytes_with(bytes, 0);
}

static void analyse(void)
{
	buf_fill(&layer, '\0', 1024);
	assert_true(analyse_bytes(buf_view(&layer)));
}

static const struct package *find(const char *name)
{
	for (size_t i = 0; i < facts.packages.n; i++)
		if (sv_is(facts.packages.p[i].name, name))
			return &facts.packages.p[i];
	return NULL;
}

static size_t fatal(void)
{
	size_t n = 0;
	for (size_t i = 0; i < facts.errors.n; i++)
		n += facts.errors.p[i].weight == WEIGHT_FATAL;
	return n;
}

#define NPM(name, version) "{\"name\":\"" name "\",\"version\":\"" version "\"}"
#define STATUS(name, version)                                                                     \
	"Package: " name "\nStatus: install ok installed\nArchitecture: amd64\nVersion: " version \
	"\n\n"

static void test_packages(void **state)
{
	(void)state;
	put("var/lib/dpkg/status", STATUS("bash", "5.2-1"));
	put("app/node_modules/x/package.json", NPM("x", "1.0.0"));
	put("etc/os-release", "ID=debian\nVERSION_ID=12\n");
	analyse();
	assert_int_equal(facts.packages.n, 2);
	assert_sv(find("bash")->version, "5.2-1");
	assert_sv(find("x")->locations.p[0].path, "app/node_modules/x/package.json");
	assert_sv(find("x")->locations.p[0].file, "app/node_modules/x/package.json");
	assert_int_equal(facts.systems.n, 1);
	assert_sv(facts.systems.p[0].version, "12");
	assert_int_equal(facts.paths_n, 3);
	assert_true(facts.end.has_blob);
}

static bool holds(const char *path, bool dir)
{
	for (size_t i = 0; i < facts.paths.n; i++)
		for (size_t k = 0; k < facts.paths.p[i].n; k += 8)
			if (le64(facts.paths.p[i].p + k) == path_key(sv_of(path), dir))
				return true;
	return false;
}

static void test_paths(void **state)
{
	(void)state;
	const char *const paths[] = {"top", "a/b", "a/c", "ab/c", "a/b/c", "a/d", "top2", "ab/e"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		put(paths[i], "");
	put_link("dir/in/", '5', "");
	analyse();
	assert_int_equal(facts.paths_n, ARRAY_LEN(paths) + 1);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_true(holds(paths[i], false));
	assert_true(holds("dir/in", true));
	assert_false(holds("dir/in", false));
}

/* The last entry of a path is what an engine leaves there. */
static void test_replaced_in_layer(void **state)
{
	(void)state;
	put("app/node_modules/x/package.json", NPM("x", "1.0.0"));
	put("app/node_modules/x/package.json", NPM("x", "2.0.0"));
	put("app/node_modules/y/package.json", NPM("y", "1.0.0"));
	put_link("app/node_modules/y/package.json", '2', "elsewhere");
	put("etc/os-release", "ID=debian\nVERSION_ID=11\n");
	put("etc/os-release", "ID=debian\nVERSION_ID=12\n");
	put("var/lib/dpkg/status", "this is no database\n");
	put("var/lib/dpkg/status", STATUS("bash", "5.2-1"));
	analyse();
	assert_sv(find("x")->version, "2.0.0");
	assert_null(find("y"));
	assert_int_equal(facts.packages.n, 2);
	assert_int_equal(facts.systems.n, 1);
	assert_sv(facts.systems.p[0].version, "12");
	assert_int_equal(fatal(), 0);
}

static void test_broken_database(void **state)
{
	(void)state;
	put("var/lib/dpkg/status", "this is no database\n");
	analyse();
	assert_true(fatal() > 0);
	assert_sv(facts.errors.p[0].path, "var/lib/dpkg/status");
}

/* '!' marks what is nested in an archive, but a file may be named so too. */
static void test_exclamation_mark(void **state)
{
	(void)state;
	put("app/node_modules/x/package.json", NPM("x", "1.0.0"));
	put("app/node_modules/x/package.json!/node_modules/z/package.json", NPM("z", "1.0.0"));
	put("odd!/node_modules/w/package.json", NPM("w", "1.0.0"));
	analyse();
	assert_int_equal(facts.packages.n, 3);
	assert_sv(find("w")->locations.p[0].file, "odd!/node_modules/w/package.json");
}

/* A store whose names say nothing comes first, the names that do are links: a second pass reads
 * them. */
static void test_links_to_store(void **state)
{
	(void)state;
	put("a/store/00ff", NPM("one", "1.0.0"));
	put("a/store/00fe", NPM("two", "2.0.0"));
	put("a/store/00fd", NPM("gone", "3.0.0"));
	put_link("b/node_modules/one/package.json", '1', "a/store/00ff");
	put_link("c/node_modules/one/package.json", '1', "b/node_modules/one/package.json");
	put_link("b/node_modules/two/package.json", '1', "a/store/00fe");
	put_link("b/node_modules/gone/package.json", '1', "a/store/00fd");
	put_link("b/node_modules/gone/package.json", '2', "elsewhere");
	put_link("b/node_modules/lost/package.json", '1', "a/store/nothing");
	buf_fill(&layer, '\0', 1024);
	assert_true(analyse_bytes_with(buf_view(&layer), ANALYSIS_AGAIN));
	assert_non_null(find("one"));
	assert_non_null(find("two"));
	assert_null(find("gone"));
	assert_int_equal(facts.packages.n, 3);
	assert_int_equal(facts.unread.n, 1);
	assert_sv(facts.unread.p[0].path, "b/node_modules/lost/package.json");
}

static void test_hard_links(void **state)
{
	(void)state;
	put("app/node_modules/x/package.json", NPM("x", "1.0.0"));
	put_link("app/node_modules/y/package.json", '1', "app/node_modules/x/package.json");
	put_link("app/node_modules/x/package.json", '1', "app/node_modules/x/package.json");
	put("data/blob", NPM("hidden", "1.0.0"));
	put_link("app/node_modules/h/package.json", '1', "data/blob");
	put("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.10.4\n");
	put_link("etc/os-release", '1', "usr/lib/os-release");
	analyse();
	assert_int_equal(facts.packages.n, 2);
	assert_sv(facts.packages.p[0].locations.p[0].path, "app/node_modules/x/package.json");
	assert_sv(facts.packages.p[1].locations.p[0].path, "app/node_modules/y/package.json");
	assert_int_equal(facts.systems.n, 2);
	assert_int_equal(facts.unread.n, 1);
	assert_sv(facts.unread.p[0].type, "hard-link");
	assert_int_equal(fatal(), 0);
}

/* A database that hides behind a link to what nobody reads is no image without packages. */
static void test_hidden_database(void **state)
{
	(void)state;
	put("data/blob", STATUS("bash", "5.2-1"));
	put_link("var/lib/dpkg/status", '1', "data/blob");
	analyse();
	assert_int_equal(fatal(), 1);
}

static void test_owners(void **state)
{
	(void)state;
	put("var/lib/dpkg/status", STATUS("node-x", "1-1"));
	put("var/lib/dpkg/info/node-x.list",
	    "/.\n/usr/lib/node_modules/x/package.json\n/lib/node_modules/z/package.json\n"
	    "/usr/share/ri/specifications/a.gemspec\n/usr/share/gems/specifications/a-1.gemspec\n");
	put("usr/lib/node_modules/x/package.json", NPM("x", "1.0.0"));
	put("usr/lib/node_modules/z/package.json", NPM("z", "1.0.0"));
	put("srv/node_modules/x/package.json", NPM("mine", "1.0.0"));
	put("usr/share/gems/specifications/a-1.gemspec", "Gem::Specification.new\n");
	put("srv/gems/specifications/b-1.gemspec", "Gem::Specification.new\n");
	analyse();
	assert_sv(find("x")->owner_name, "node-x");
	assert_sv(find("z")->owner_name, "node-x");
	assert_int_equal(find("mine")->owner_name.n, 0);
	assert_int_equal(facts.unread.n, 1);
	assert_sv(facts.unread.p[0].path, "srv/gems/specifications/b-1.gemspec");
}

static void test_whiteouts(void **state)
{
	(void)state;
	put("a/.wh.gone", "");
	put("b/.wh..wh..opq", "");
	put(".wh.top", "");
	put("c/.wh..wh.plnk", "");
	analyse();
	assert_int_equal(facts.whiteouts.n, 2);
	assert_sv(facts.whiteouts.p[0], "a/gone");
	assert_sv(facts.whiteouts.p[1], "top");
	assert_int_equal(facts.opaques.n, 1);
	assert_sv(facts.opaques.p[0], "b");
	assert_int_equal(fatal(), 0);
}

/* A whiteout without a name must not hide its folder. */
static void test_odd_whiteouts(void **state)
{
	(void)state;
	put("a/.wh.", "");
	put("a/.wh..", "");
	put("a/.wh...", "");
	put("../escape", "");
	analyse();
	assert_int_equal(facts.whiteouts.n, 0);
	assert_int_equal(facts.opaques.n, 0);
	assert_int_equal(fatal(), 4);
}

static void test_many_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < limit_layer_errors + 5; i++)
		put("../x", "");
	analyse();
	assert_int_equal(facts.errors.n, limit_layer_errors + 1);
	assert_int_equal(facts.errors.p[facts.errors.n - 1].weight, WEIGHT_FATAL);
	assert_non_null(strstr(facts.errors.p[facts.errors.n - 1].err.msg, "5 more"));
}

/* Cut anywhere but in the padding: an error, with true counts at the end, and the digest of what
 * was there. */
static void test_truncated(void **state)
{
	(void)state;
	put("var/lib/dpkg/status", STATUS("bash", "5.2-1"));
	put("app/node_modules/x/package.json", NPM("x", "1.0.0"));
	size_t first = strlen(STATUS("bash", "5.2-1")), second = strlen(NPM("x", "1.0.0"));
	for (size_t cut = 1; cut < layer.n; cut++) {
		bool whole = (cut >= 512 + first && cut <= 1024) || cut >= 1536 + second;
		assert_int_equal(analyse_bytes(sv_make(layer.p, cut)), whole);
		assert_int_equal(fatal() == 0, whole);
		assert_true(facts.end.has_blob);
		buf_clear(&frames.buf);
		layer_facts_done(&facts);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_packages),
		CASE(test_paths),
		CASE(test_replaced_in_layer),
		CASE(test_broken_database),
		CASE(test_exclamation_mark),
		CASE(test_hard_links),
		CASE(test_links_to_store),
		CASE(test_hidden_database),
		CASE(test_owners),
		CASE(test_whiteouts),
		CASE(test_odd_whiteouts),
		CASE(test_many_faults),
		CASE(test_truncated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
