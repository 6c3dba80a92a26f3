#include "unit/package/lang.h"

static const struct lang_case installed[] = {
	{"app/node_modules/lodash/package.json",
	 "{\"name\":\"lodash\",\"version\":\"4.17.4\",\"license\":\"MIT\"}",
	 "lodash 4.17.4 lic=MIT\n", NULL},
	{"node_modules/@a/b/package.json",
	 "\xef\xbb\xbf{\"name\":\"@a/b\",\"version\":\" 1.0.0 "
	 "\",\"license\":{\"type\":\"ISC\",\"url\":\"x\"}}",
	 "@a/b 1.0.0 lic=ISC\n", NULL},
	{"usr/lib/node_modules/npm/node_modules/semver/package.json",
	 "{\"name\":\"semver\",\"version\":\"7.5.1\",\"licenses\":[{\"type\":\"BSD\"}]}",
	 "semver 7.5.1 lic=BSD\n", NULL},
	{"x/node_modules/.pnpm/jquery@3.3.9/node_modules/jquery/package.json",
	 "{\"name\":\"jquery\",\"version\":\"3.3.9\"}", "jquery 3.3.9\n", NULL},
	/* the last of two equal keys counts, as in JavaScript */
	{"node_modules/a/package.json", "{\"name\":\"x\",\"name\":\"a\",\"version\":\"1.0.0\"}",
	 "a 1.0.0\n", NULL},
	/* no evidence */
	{"app/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}", "", NULL},
	{"package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}", "", NULL},
	{"node_modules/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}", "", NULL},
	{"node_modules/@a/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}", "", NULL},
	{"node_modules/.cache/package.json", "{\"name\":\"app\",\"version\":\"1.0.0\"}", "", NULL},
	{"node_modules/resolve/test/resolver/baz/package.json",
	 "{\"name\":\"baz\",\"version\":\"1.0.0\"}", "", NULL},
	/* parts without name or version */
	{"node_modules/a/package.json", "{\"type\":\"module\"}", "", NULL},
	{"node_modules/a/package.json", "{\"name\":\"a\",\"version\":7}", "", NULL},
	{"node_modules/a/package.json", "[]", "", NULL},
	/* texts that are no texts */
	{"node_modules/a/package.json", "{\"name\":\"a\\u001b[2J\",\"version\":\"1.0.0\"}", "",
	 "node_modules/a/package.json: a package whose name or version is too long or not plain "
	 "text\n"},
};

static void test_installed(void **state)
{
	(void)state;
	lang_cases(npm_read, installed, ARRAY_LEN(installed));
}

static void test_broken(void **state)
{
	(void)state;
	struct text_sink t;
	struct err err;

	/* the package resolve ships such a one */
	assert_true(lang_run(&t, npm_read, "node_modules/resolve/package.json",
			     SV("{\n  \"main\": "), &err) < 0);
	assert_int_equal(err.kind, ERR_PARSE);
	assert_non_null(strstr(err.where, "node_modules/resolve/package.json:2"));
	text_sink_done(&t);
}

static const char v1[] = "{\n \"name\": \"app\", \"version\": \"1.0.0\", \"lockfileVersion\": 1,\n "
			 "\"dependencies\": {\n"
			 "  \"a\": {\n   \"version\": \"1.2.3\",\n   \"dependencies\": {\n"
			 "    \"b\": {\"version\": \"2.0.0\", \"dev\": true}\n   }\n  },\n"
			 "  \"alias\": {\"version\": \"npm:@s/real@3.0.0\"},\n"
			 "  \"git\": {\"version\": \"git+ssh://git@example.org/a/b.git#abc\"},\n"
			 "  \"hub\": {\"version\": \"github:a/b#abc\"},\n"
			 "  \"dir\": {\"version\": \"file:../x\"},\n"
			 "  \"opt\": {\"version\": \"5.0.0\", \"optional\": true},\n"
			 "  \"odd\": 7\n }\n}\n";

static const char v3[] =
	"{\n \"name\": \"app\", \"lockfileVersion\": 3,\n \"packages\": {\n"
	"  \"\": {\"name\": \"app\", \"version\": \"1.0.0\"},\n"
	"  \"node_modules/a\": {\"version\": \"1.2.3\", \"license\": \"MIT\"},\n"
	"  \"node_modules/a/node_modules/@s/b\": {\"version\": \"2.0.0\", \"dev\": true},\n"
	"  \"node_modules/alias\": {\"name\": \"real\", \"version\": \"3.0.0\", \"devOptional\": "
	"true},\n"
	"  \"node_modules/ws\": {\"resolved\": \"packages/ws\", \"link\": true},\n"
	"  \"packages/ws\": {\"name\": \"ws\", \"version\": \"9.9.9\"},\n"
	"  \"packages/ws/node_modules/c\": {\"version\": \"4.0.0\", \"peer\": true},\n"
	"  \"xnode_modules/d\": {\"version\": \"4.0.0\"},\n"
	"  \"node_modules/nov\": {\"resolved\": \"x\"}\n"
	" },\n \"dependencies\": {\"a\": {\"version\": \"0.0.1\"}}\n}\n";

static const struct lang_case locks[] = {
	{"package-lock.json", v1, "a 1.2.3 :4\n@s/real 3.0.0 :10\nopt 5.0.0 :14\nb 2.0.0 :7 dev\n",
	 "package-lock.json: 2 dependencies that name a source instead of a version are not "
	 "judged\n"},
	{"w/npm-shrinkwrap.json", v3,
	 "a 1.2.3 :5 lic=MIT\n@s/b 2.0.0 :6 dev\nreal 3.0.0 :7 dev\nc 4.0.0 :10\n",
	 "w/npm-shrinkwrap.json: 1 dependencies that name a source instead of a version are not "
	 "judged\n"},
	{"w/node_modules/x/npm-shrinkwrap.json", v3, "", NULL},
	{"package-lock.json", "{}", "", NULL},
	{"package-lock.json", "[{\"packages\":{}}]", "", NULL},
	{"package-lock.json",
	 "{\"packages\":{\"node_modules/a\":7,\"node_modules/\":{\"version\":\"1\"}}}", "",
	 "package-lock.json: 1 dependencies that name a source instead of a version are not "
	 "judged\n"},
};

static void test_locks(void **state)
{
	(void)state;
	lang_cases(npm_lock_read, locks, ARRAY_LEN(locks));
}

static void test_cut(void **state)
{
	(void)state;
	lang_cut(npm_lock_read, "package-lock.json", sv_of(v1));
	lang_cut(npm_lock_read, "package-lock.json", sv_of(v3));
}

static void test_deep(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct text_sink t;
	struct err err;

	for (int i = 0; i < 250; i++)
		buf_str(&b, "{\"dependencies\":{\"a\":{\"version\":\"1.0.0\",\"dependencies\":");
	assert_true(lang_run(&t, npm_lock_read, "package-lock.json", buf_view(&b), &err) < 0);
	text_sink_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_installed), cmocka_unit_test(test_broken),
		cmocka_unit_test(test_locks),     cmocka_unit_test(test_cut),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
