/* What the path of a file says about secrets in it. */
#include "base/base.h"

#include "secret/secret-int.h"

static bool in_folder(struct sv path, const char *part)
{
	size_t n = strlen(part), at = sv_find(path, sv_of(part));

	/* a part such as "tests/" begins a name */
	while (at != SIZE_MAX) {
		if (at == 0 || path.p[at - 1] == '/')
			return true;
		size_t more = sv_find(sv_from(path, at + n), sv_of(part));
		at = more == SIZE_MAX ? SIZE_MAX : at + n + more;
	}
	return false;
}

/* Folders of programs and their libraries, where package managers put them. */
static const char *const software[] = {
	"usr/lib/",         "usr/lib64/",     "usr/share/",    "usr/include/",
	"usr/libexec/",     "usr/local/lib/", "usr/local/go/", "usr/local/share/",
	"usr/src/",         "lib/",           "node_modules/", "site-packages/",
	"dist-packages/",   "go/pkg/mod/",    "gems/",         "vendor/",
	".cargo/registry/", "var/lib/dpkg/",  "var/lib/apt/",  ".m2/repository/",
	"usr/bin/",         "usr/sbin/",      "bin/",          "opt/java/",
};

/* Below the folders of software. */
static const char *const tests[] = {"test/",      "tests/",   "testdata/", "test_data/", "testing/",
				    "examples/",  "example/", "fixtures/", "docs/",      "doc/",
				    "__tests__/", "spec/",    "demos/",    "samples/"};

static const char *const known[] = {
	"usr/share/doc/",    "usr/share/man/",     "usr/share/info/",
	"usr/share/locale/", "usr/share/gtk-doc/", "usr/share/help/",
};

bool secret_path_software(struct sv path)
{
	for (size_t i = 0; i < ARRAY_LEN(software); i++)
		if (in_folder(path, software[i]))
			return true;
	return false;
}

bool secret_path_known(struct sv path)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (sv_starts(path, sv_of(known[i])))
			return true;
	if (sv_find(path, SV("snakeoil")) != SIZE_MAX)
		return true;
	if (!secret_path_software(path))
		return false;
	if (sv_find(path, SV("_test.")) != SIZE_MAX || sv_find(path, SV("/test_")) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		if (in_folder(path, tests[i]))
			return true;
	return false;
}

static bool has_ending(struct sv path, const char *const *ends, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sv_ends(path, sv_of(ends[i])))
			return true;
	return false;
}

bool secret_path_code(struct sv path)
{
	static const char *const ends[] = {".py",    ".js",    ".ts",  ".rb",  ".php", ".java",
					   ".go",    ".c",     ".h",   ".cc",  ".rs",  ".pl",
					   ".pm",    ".lua",   ".jsx", ".cs",  ".tsx", ".kt",
					   ".scala", ".swift", ".mjs", ".cjs", ".m",   ".groovy",
					   ".ex",    ".vue",   ".el",  ".tcl"};

	return has_ending(path, ends, ARRAY_LEN(ends));
}

bool secret_path_prose(struct sv path)
{
	static const char *const ends[] = {".md",   ".rst",    ".html", ".htm",  ".css", ".po",
					   ".svg",  ".map",    ".sum",  ".lock", ".tex", ".1",
					   ".adoc", ".min.js", ".d.ts", ".pot",  ".xsd", ".xsl",
					   ".awk",  ".vim",    ".5"};

	return has_ending(path, ends, ARRAY_LEN(ends));
}
