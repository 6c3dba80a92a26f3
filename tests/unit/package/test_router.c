#include "unit/test.h"

#include "base/glob.h"
#include "package/cataloger.h"

static const struct {
	const char *glob, *path;
	bool match;
} globs[] = {
	{"var/lib/dpkg/status", "var/lib/dpkg/status", true},
	{"var/lib/dpkg/status", "var/lib/dpkg/status-old", false},
	{"var/lib/dpkg/status", "x/var/lib/dpkg/status", false},
	{"var/lib/dpkg/status", "var/lib/dpkg", false},
	{"**/go.mod", "go.mod", true},
	{"**/go.mod", "a/b/c/go.mod", true},
	{"**/go.mod", "a/b/xgo.mod", false},
	{"**/go.mod", "a/go.mod/b", false},
	{"**/node_modules/**/package.json", "node_modules/package.json", true},
	{"**/node_modules/**/package.json", "node_modules/a/package.json", true},
	{"**/node_modules/**/package.json", "x/node_modules/@s/a/package.json", true},
	{"**/node_modules/**/package.json", "x/node_module/@s/a/package.json", false},
	{"**/specifications/*.gemspec", "usr/lib/specifications/a-1.gemspec", true},
	{"**/specifications/*.gemspec", "usr/lib/specifications/x/a-1.gemspec", false},
	{"a/*/c", "a/b/c", true},
	{"a/*/c", "a/b/b/c", false},
	{"a/*/c", "a/c", false},
	{"**/x*y*z", "p/xAyBz", true},
	{"**/x*y*z", "p/xyyyz", true},
	{"**/x*y*z", "p/xzy", false},
	{"**/a/b/**/c", "a/b/a/b/d/c", true},
	{"**/a/**", "a", false},
	{"**", "any/thing", true},
	{"*", "one", true},
	{"*", "one/two", false},
	{"**/*.egg", ".egg", true},
};

static void test_glob(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		bool got = glob_match(sv_of(globs[i].glob), sv_of(globs[i].path));
		if (got != globs[i].match)
			fail_msg("%s against %s", globs[i].glob, globs[i].path);
	}
}

static const char *routed(const char *path)
{
	size_t row = cataloger_route(sv_of(path), 0);

	return row < catalogers_n ? catalogers[row].id : "";
}

static void test_route(void **state)
{
	(void)state;
	static const struct {
		const char *path, *id;
	} cases[] = {
		{"var/lib/gems/3.1.0/specifications/rake-13.gemspec", "gemspec"},
		{"app/vendor/composer/installed.json", "composer-installed"},
		{"app/app.deps.json", "dotnet-deps"},
		{"app/.deps.json", "dotnet-deps"},
		{"app/deps.json", ""},
		{"src/yarn.lock", "yarn"},
		{"yarn.lock", "yarn"},
		{"src/yarn.lock/x", ""},
		{"opt/conda/conda-meta/zlib-1.2.json", "conda"},
		{"var/lib/pacman/local/zlib-1:1.3-1/desc", "alpm"},
		{"var/lib/pacman/local/desc", ""},
		{"usr/lib/R/site-library/abc/DESCRIPTION", "r"},
		{"pylock.dev.toml", "pylock"},
		{"usr/bin/true", ""},
		{"", ""},
		{"/", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(routed(cases[i].path), cases[i].id);
	size_t row = cataloger_route(SV("yarn.lock"), 0);
	assert_true(cataloger_route(SV("yarn.lock"), row + 1) == SIZE_MAX);
	assert_true(cataloger_route(SV("yarn.lock"), row) == row);
}

/* The router is only a faster way to say what all globs say. */
static void test_route_complete(void **state)
{
	(void)state;
	for (size_t row = 0; row < catalogers_n; row++) {
		struct sv rest = sv_of(catalogers[row].globs);
		while (rest.n) {
			struct sv glob = sv_cut(&rest, ' ');
			auto_done(buf_done) struct buf path = {0};
			for (size_t i = 0; i < glob.n; i++) {
				if (glob.p[i] != '*')
					buf_char(&path, glob.p[i]);
				else
					buf_str(&path, i + 1 < glob.n && glob.p[i + 1] == '*'
							       ? "d1/d"
							       : "2");
			}
			assert_true(glob_match(glob, buf_view(&path)));
			assert_true(cataloger_route(buf_view(&path), row) == row);
		}
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalogers_n; i++) {
		const struct cataloger *c = &catalogers[i];
		assert_true(c->id && *c->id);
		assert_true(c->flags != 0);
		assert_true((c->flags & CATALOG_ELF) || *c->globs);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(c->id, catalogers[k].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_route),
		cmocka_unit_test(test_route_complete),
		cmocka_unit_test(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
