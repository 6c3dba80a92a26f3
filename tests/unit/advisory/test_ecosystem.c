#include "unit/test.h"

#include "advisory/ecosystem.h"
#include "advisory/flaw.h"

static void test_release(void **state)
{
	static const struct {
		const char *id, *version, *ecosystem, *release;
		bool is;
	} rows[] = {
		{"debian", "12", "Debian", "12", true},
		{"debian", "12.5", "Debian", "12", true},
		{"debian", "12", "Debian", "1", false},
		{"debian", "", "Debian", "", false},
		{"alpine", "3.10.4", "Alpine", "v3.10", true},
		{"alpine", "3.10", "Alpine", "v3.10", true},
		{"alpine", "3.1.0", "Alpine", "v3.10", false},
		{"alpine", "3.10.4", "Alpine", "v3.1", false},
		{"alpine", "3.10.4", "Alpine", "edge", false},
		{"alpine", "edge", "Alpine", "edge", true},
		{"alpine", "3.21_alpha20240807", "Alpine", "edge", true},
		{"ubuntu", "22.04", "Ubuntu", "22.04:LTS", true},
		{"ubuntu", "22.04.3", "Ubuntu", "22.04:LTS", true},
		{"ubuntu", "22.10", "Ubuntu", "22.10", true},
		{"ubuntu", "22.04", "Ubuntu", "Pro:22.04:LTS", false},
		{"ubuntu", "22.04", "Ubuntu", "22.10", false},
		{"wolfi", "20230201", "Wolfi", "", true},
		{"wolfi", "", "Wolfi", "", true},
		{"rocky", "9.3", "Rocky Linux", "9", true},
		{"almalinux", "8.10", "AlmaLinux", "8", true},
		{"amzn", "2023", "Amazon Linux", "2023", true},
		{"amzn", "2", "Amazon Linux", "2023", false},
		{"rhel", "9.3", "Red Hat", "enterprise_linux:9::baseos", true},
		{"rhel", "9.3", "Red Hat", "rhel_eus:9.2::baseos", false},
		{"rhel", "8.9", "Red Hat", "enterprise_linux:9::appstream", false},
		{"opensuse-leap", "15.5", "openSUSE", "Leap 15.5", true},
		{"opensuse-leap", "15.5", "openSUSE", "Leap 15.6", false},
		{"opensuse-tumbleweed", "20240101", "openSUSE", "Tumbleweed", true},
		{"sles", "15.5", "SUSE", "Linux Enterprise Server 15 SP5", true},
		{"sles", "15.5", "SUSE", "Linux Enterprise Module for Basesystem 15 SP5", true},
		{"sles", "15.5", "SUSE", "Linux Enterprise Server 15 SP4", false},
		{"sles", "15.4", "SUSE", "Linux Enterprise Server 15 SP4-LTSS", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct os os = {.id = sv_of(rows[i].id), .version = sv_of(rows[i].version)};
		const struct ecosystem *e = ecosystem_of_os(&os);
		assert_non_null(e);
		assert_string_equal(e->name, rows[i].ecosystem);
		assert_int_equal(ecosystem_release_is(e, sv_of(rows[i].release), &os), rows[i].is);
	}
	const struct ecosystem *debian = ecosystem_find(SV("Debian")),
			       *alpine = ecosystem_find(SV("Alpine"));
	struct os named = {.id = SV("debian"), .codename = SV("bookworm")};
	assert_true(ecosystem_release_is(debian, SV("12"), &named));
	assert_false(ecosystem_release_is(debian, SV("11"), &named));
	named.version = SV("11"); /* the number counts */
	assert_true(ecosystem_release_is(debian, SV("11"), &named));
	named = (struct os){.id = SV("debian"), .codename = SV("focal")};
	assert_false(ecosystem_release_is(debian, SV("20"), &named));
	named = (struct os){.id = SV("alpine"), .codename = SV("edge")};
	assert_true(ecosystem_release_is(alpine, SV("edge"), &named));
	assert_null(ecosystem_of_os(&(struct os){.id = SV("raspbian"), .version = SV("12")}));
	assert_null(ecosystem_of_os(&(struct os){0}));
}

/* Every row is usable: its scheme exists, names are unique, a language type leads to one row. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ecosystems_n; i++) {
		const struct ecosystem *e = &ecosystems[i];
		assert_non_null(version_scheme_find(sv_of(e->scheme)));
		assert_ptr_equal(ecosystem_find(sv_of(e->name)), e);
		assert_int_equal(pkg_types[e->type].os, e->kind != ECO_LANGUAGE);
		if (e->kind == ECO_LANGUAGE)
			assert_ptr_equal(ecosystem_of_type(e->type), e);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *ecosystem, *name, *want;
	} rows[] = {
		{"PyPI", "My_Pkg..Name", "my-pkg-name"},
		{"npm", "@Scope/X", "@Scope/X"},
		{"NuGet", "Newtonsoft.Json", "newtonsoft.json"},
		{"Packagist", "Foo/Bar", "foo/bar"},
		{"RubyGems", "RedCloth", "RedCloth"},
		{"none", "A", "A"},
	};
	static const struct {
		const char *name, *file;
	} files[] = {{"Debian", "Debian.db"},
		     {"Rocky Linux", "Rocky%20Linux.db"},
		     {"../x", "%2E.%2Fx.db"},
		     {"crates.io", "crates.io.db"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(buf_done) struct buf b = {0};
		ecosystem_name(ecosystem_find(sv_of(rows[i].ecosystem)), sv_of(rows[i].name), &b);
		assert_string_equal(buf_cstr(&b), rows[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		auto_done(buf_done) struct buf b = {0};
		ecosystem_file(sv_of(files[i].name), &b);
		assert_string_equal(buf_cstr(&b), files[i].file);
	}
}

static void test_cve(void **state)
{
	static const struct {
		const char *id;
		uint64_t number;
	} rows[] = {
		{"CVE-2024-1234", 202400001234},
		{"CVE-2016-1000226", 201601000226},
		{"CVE-2024-12345678", 202412345678},
		{"CVE-2024-123", 0},
		{"CVE-2024-123456789", 0},
		{"CVE-24-1234", 0},
		{"cve-2024-1234", 0},
		{"CVE", 0},
		{"CVE-2024-12x4", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(cve_number(sv_of(rows[i].id)), rows[i].number);
}

/* The same flaws whatever the order of the records. */
static void test_join_order(void **state)
{
	static const struct {
		const char *id, *aliases[3], *flaw;
	} rows[] = {
		{"A-1", {"CVE-2024-0001"}, "CVE-2024-0001"},
		{"B-1", {"A-1"}, "CVE-2024-0001"},
		{"C-1", {"B-1", "X"}, "CVE-2024-0001"},
		{"D-1", {"Y"}, "D-1"},
		{"E-1", {"Y"}, "D-1"},
		{"F-1", {NULL}, "F-1"},
		{"G-1", {"CVE-2024-0002", "Z"}, "G-1"},
		{"H-1", {"CVE-2024-0003", "Z"}, "H-1"},
		{"I-1", {"Z"}, "I-1"},
	};
	size_t n = ARRAY_LEN(rows);

	(void)state;
	for (size_t turn = 0; turn < 2 * n; turn++) {
		struct flaws f;
		flaws_init(&f);
		for (size_t i = 0; i < n; i++) {
			size_t k = turn < n ? (i + turn) % n : (2 * n - 1 - i + turn) % n;
			struct record r = {.id = sv_of(rows[k].id)};
			struct sv_vec named = {0};
			for (size_t j = 0; j < 3 && rows[k].aliases[j]; j++)
				*VEC_PUSH(&r.aliases) = sv_of(rows[k].aliases[j]);
			flaws_named(&r, NULL, &named);
			flaws_join(&f, &r, named.n);
			vec_done(&named);
			vec_done(&r.aliases);
		}
		for (size_t i = 0; i < n; i++)
			assert_sv(flaws_of(&f, sv_of(rows[i].id)), rows[i].flaw);
		flaws_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release),    cmocka_unit_test(test_table),
		cmocka_unit_test(test_names),      cmocka_unit_test(test_cve),
		cmocka_unit_test(test_join_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
