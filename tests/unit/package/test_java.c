#include "unit/package/lang.h"
#include "unit/package/zipmake.h"

#include "base/clock.h"
#include "package/java-id.h"

static const char pom_path[] = "META-INF/maven/org.x/lib/pom.properties";
static const char pom[] = "#Generated\r\ngroupId=org.x\r\nartifactId = lib\r\nversion:1.2.3\r\n";
static const char manifest_path[] = "META-INF/MANIFEST.MF";

static void expect(const char *path, struct sv bytes, const char *packages, const char *notes)
{
	struct text_sink t;
	struct err err;

	if (lang_run(&t, java_read, path, bytes, &err) < 0)
		buf_fmt(&t.notes, "error %s: %s\n", err.where, err.msg);
	assert_string_equal(buf_cstr(&t.packages), packages);
	if (notes)
		assert_string_equal(buf_cstr(&t.notes), notes);
	text_sink_done(&t);
}

static void expect_one(const char *path, const char *member, const char *text, const char *packages)
{
	auto_done(zipmake_done) struct zipmake z = {0};

	zipmake_add(&z, "META-INF/", SV(""), false);
	zipmake_add(&z, member, sv_of(text), true);
	expect(path, zipmake_end(&z), packages, "");
}

static void test_identity(void **state)
{
	(void)state;
	static const struct {
		const char *path, *member, *text, *packages;
	} cases[] = {
		{"lib-1.2.3.jar", pom_path, pom, "org.x:lib 1.2.3 ns=org.x\n"},
		/* a template that nobody filled in is no identity */
		{"x.jar", pom_path, "groupId=g\nartifactId=a\nversion=${v}\n", ""},
		{"commons-lang3-3.12.0.jar", manifest_path,
		 "Manifest-Version: 1.0\r\nImplementation-Vendor-Id: org.apache.commons\r\n"
		 "Implementation-Version: 3.12.0\r\nBundle-License: https://www.apache.org/li\r\n "
		 "censes\r\n\r\n"
		 "Name: x\r\nImplementation-Version: 9\r\n",
		 "org.apache.commons:commons-lang3 3.12.0 ns=org.apache.commons "
		 "lic=https://www.apache.org/licenses\n"},
		{"WEB-INF/snakeyaml.jar", manifest_path,
		 "Bundle-SymbolicName: org.yaml.snakeyaml;x:=y\nBundle-Version: 31.1\n",
		 "org.yaml:snakeyaml 31.1 ns=org.yaml\n"},
		{"netty-4.1.5-linux-x86_64.jar", manifest_path, "Implementation-Version: 4.1.5\n",
		 "netty 4.1.5\n"},
		{"log4j-1.2-api-2.17.1.jar", manifest_path, "", "log4j-1.2-api 2.17.1\n"},
		{"LOG4J-2.JAR", "x", "", "LOG4J 2\n"},
		{"app.jar", manifest_path,
		 "Implementation-Title: My App\nImplementation-Version: 1.0\n", "app 1.0\n"},
		{"app.jar", manifest_path,
		 "Implementation-Title: app\nImplementation-Version: ${x}\n", ""},
		{"app.jar", "x", "", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_one(cases[i].path, cases[i].member, cases[i].text, cases[i].packages);
}

static void test_shaded(void **state)
{
	(void)state;
	auto_done(zipmake_done) struct zipmake z = {0};

	zipmake_add(&z, pom_path, sv_of(pom), false);
	zipmake_add(&z, "META-INF/maven/b/c/pom.properties",
		    SV("groupId=b\nartifactId=c\nversion=2"), true);
	zipmake_add(&z, manifest_path,
		    SV("Bundle-SymbolicName: org.big.shaded\nImplementation-Version: 5.0\n"), true);
	expect("shaded-5.0.jar", zipmake_end(&z),
	       "org.x:lib 1.2.3 ns=org.x\nb:c 2 ns=b\norg.big:shaded 5.0 "
	       "ns=org.big\n",
	       "");
}

/* Names that stand twice, as merging tools leave them: all poms count, of the manifests the last.
 */
static void test_twice(void **state)
{
	(void)state;
	auto_done(zipmake_done) struct zipmake z = {0};

	zipmake_add(&z, "META-INF/LICENSE", SV("one"), true);
	zipmake_add(&z, manifest_path, SV("Bundle-SymbolicName: org.a\nBundle-Version: 1\n"), true);
	zipmake_add(&z, pom_path, sv_of(pom), true);
	zipmake_add(&z, "META-INF/LICENSE", SV("another"), true);
	zipmake_add(&z, pom_path, SV("groupId=org.x\nartifactId=lib\nversion=2.0\n"), true);
	zipmake_add(&z, manifest_path,
		    SV("Bundle-SymbolicName: org.big.all\nImplementation-Version: 5.0\n"), true);
	expect("all-5.0.jar", zipmake_end(&z),
	       "org.x:lib 1.2.3 ns=org.x\norg.x:lib 2.0 ns=org.x\norg.big:all 5.0 ns=org.big\n",
	       "");
}

static void test_nested(void **state)
{
	(void)state;
	auto_done(zipmake_done) struct zipmake lib = {0}, war = {0}, ear = {0};

	zipmake_add(&lib, pom_path, sv_of(pom), true);
	struct sv lib_bytes = zipmake_end(&lib);
	zipmake_add(&war, "WEB-INF/lib/lib-1.2.3.jar", lib_bytes, false);
	zipmake_add(&war, "WEB-INF/lib/fake.jar", SV("no zip at all, but text"), true);
	zipmake_add(&war, "WEB-INF/lib/other-2.0.jar", lib_bytes, true);
	zipmake_add(&ear, "app.war", zipmake_end(&war), true);
	expect("srv/app.ear", zipmake_end(&ear),
	       "org.x:lib 1.2.3 ns=org.x in=srv/app.ear!app.war!WEB-INF/lib/lib-1.2.3.jar\n"
	       "org.x:lib 1.2.3 ns=org.x in=srv/app.ear!app.war!WEB-INF/lib/other-2.0.jar\n",
	       NULL);

	struct text_sink t;
	struct err err;
	assert_int_equal(lang_run(&t, java_read, "srv/app.ear", buf_view(&ear.bytes), &err), 0);
	assert_int_equal(t.notes_n, 1);
	assert_non_null(strstr(buf_cstr(&t.notes), "srv/app.ear!app.war!WEB-INF/lib/fake.jar: "));
	text_sink_done(&t);
	lang_cut(java_read, "srv/app.ear", buf_view(&ear.bytes));
}

static void test_fake(void **state)
{
	(void)state;
	struct text_sink t;
	struct err err;

	assert_int_equal(lang_run(&t, java_read, "fake.jar", SV("Not a zip file"), &err),
			 -ERR_PARSE);
	assert_string_equal(err.where, "fake.jar");
	text_sink_done(&t);
}

/* A chain of so many archives, each stored in the next. */
static void chain(struct buf *out, unsigned levels)
{
	auto_done(buf_done) struct buf inner = {0};

	for (unsigned i = 0; i < levels; i++) {
		auto_done(zipmake_done) struct zipmake z = {0};

		if (i == 0)
			zipmake_add(&z, pom_path, sv_of(pom), false);
		else
			zipmake_add(&z, "a.jar", buf_view(&inner), false);
		buf_clear(&inner);
		buf_sv(&inner, zipmake_end(&z));
	}
	buf_sv(out, buf_view(&inner));
}

static void test_depth(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf shallow = {0}, deep = {0};
	struct text_sink t;
	struct err err;

	chain(&shallow, 32);
	assert_int_equal(lang_run(&t, java_read, "a.jar", buf_view(&shallow), &err), 0);
	assert_int_equal(t.packages_n, 1);
	assert_int_equal(t.notes_n, 0);
	text_sink_done(&t);
	chain(&deep, 2000);
	assert_int_equal(lang_run(&t, java_read, "a.jar", buf_view(&deep), &err), 0);
	assert_int_equal(t.packages_n, 0);
	assert_int_equal(t.notes_n, 1);
	assert_non_null(strstr(buf_cstr(&t.notes), "zip_depth"));
	text_sink_done(&t);
}

/* Twice as many stored nested archives take about twice as long. */
static void test_many(void **state)
{
	(void)state;
	auto_done(zipmake_done) struct zipmake lib = {0}, all = {0};
	struct text_sink t;
	struct err err;

	zipmake_add(&lib, pom_path, sv_of(pom), false);
	struct sv bytes = zipmake_end(&lib);
	for (int i = 0; i < 4000; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "lib/%d.jar", i);
		zipmake_add(&all, name, bytes, false);
	}
	int64_t start = clock_mono_ns();
	assert_int_equal(lang_run(&t, java_read, "all.jar", zipmake_end(&all), &err), 0);
	assert_int_equal(t.packages_n, 4000);
	assert_true(clock_mono_ns() - start < 3000000000);
	text_sink_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity), cmocka_unit_test(test_shaded),
		cmocka_unit_test(test_twice),    cmocka_unit_test(test_nested),
		cmocka_unit_test(test_fake),     cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
