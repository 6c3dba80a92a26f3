#include "unit/package/lang.h"

#include "package/gobuildinfo.h"

static const char text[] =
	"module example.org/app // the program\n\ngo 1.21\n\ntoolchain go1.21.5\n\n"
	"require github.com/a/b v1.2.3\n"
	"require (\n"
	"\tgithub.com/c/d v2.0.0+incompatible // indirect\n"
	"\t\"github.com/q/q\" `v0.1.0`\n"
	"\tgithub.com/old/x v1.0.0\n"
	"\tgithub.com/old/y v1.0.0\n"
	"\tgithub.com/local/z v1.0.0\n"
	"\t// github.com/no/no v1.0.0\n"
	")\n"
	"exclude github.com/e/e v9.0.0\n"
	"replace (\n"
	"\tgithub.com/old/x => github.com/new/x v1.1.0\n"
	"\tgithub.com/old/y v1.0.1 => github.com/new/y v1.1.0\n"
	"\tgithub.com/local/z v1.0.0 => ../z\n"
	")\n"
	"replace github.com/a/b v1.2.3 => github.com/a/b v1.2.4\n"
	"retract [v1.0.0, v1.0.5]\n";

static const struct lang_case cases[] = {
	{"go.mod", text,
	 "stdlib 1.21.5 :5\ngithub.com/a/b v1.2.4 :7\ngithub.com/c/d v2.0.0+incompatible :9\n"
	 "github.com/q/q v0.1.0 :10\ngithub.com/new/x v1.1.0 :11\ngithub.com/old/y v1.0.0 :12\n",
	 NULL},
	{"go.mod", "require a\nrequire\n)\nreplace x =>\nreplace =>\ntoolchain default\n", "",
	 "go.mod:1: require without module and version\ngo.mod:2: require without module and "
	 "version\n"},
	{"sub/go.mod", "module m\ngo 1.15\nrequire a.b/c v1.0.0\n", "a.b/c v1.0.0 :3\n",
	 "sub/go.mod: written for Go before 1.17: indirect dependencies are not listed, so not judged\n"},
	{"go.mod", "", "", NULL},
};

static void test_gomod(void **state)
{
	(void)state;
	lang_cases(gomod_read, cases, ARRAY_LEN(cases));
	lang_cut(gomod_read, "go.mod", sv_head(sv_of(text), 60));
}

static void test_release(void **state)
{
	(void)state;
	static const struct {
		const char *version, *release;
	} releases[] = {
		{"go1.22.3", "1.22.3"},
		{"go1.18", "1.18"},
		{"go1.21.0 X:boringcrypto", "1.21.0"},
		{"go1.25.1-X:jsonv2", "1.25.1"},
		{"go1.20.12 (Red Hat 1.20.12-8.el9_3)", "1.20.12"},
		{"go1.21rc2", "1.21.0-rc.2"},
		{"go1.9.2rc2", "1.9.2-rc.2"},
		{"go1.10beta1", "1.10.0-beta.1"},
		{"devel go1.23-abcdef Tue Feb 6", "1.23.0-devel"},
		{"devel +abcdef Tue Feb 6", ""},
		{"go", ""},
		{"", ""},
		{"1.2.3", ""},
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(releases); i++)
		assert_sv(go_release(&a, sv_of(releases[i].version)), releases[i].release);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gomod),
		cmocka_unit_test(test_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
