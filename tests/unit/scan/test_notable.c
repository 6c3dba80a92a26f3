/* Files that rules about images look at, by their paths; capabilities of files. */
#include "unit/test.h"

#include "scan/notable.h"

static void test_paths(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		enum notable_kind kind;
		const char *what, *folder;
	} cases[] = {
		{"usr/bin/apt-get", NOTABLE_MANAGER, "apt", NULL},
		{"sbin/apk", NOTABLE_MANAGER, "apk", NULL},
		{"usr/local/bin/npm", NOTABLE_MANAGER, "npm", NULL},
		{"opt/x/apt-get", NOTABLE_NONE, NULL, NULL},
		{"usr/bin/dpkg", NOTABLE_NONE, NULL, NULL},
		{"root/.ssh/id_rsa", NOTABLE_CREDENTIAL, "SSH private key", NULL},
		{"root/.ssh/id_rsa.pub", NOTABLE_NONE, NULL, NULL},
		{"root/.aws/credentials", NOTABLE_CREDENTIAL, "AWS credentials", NULL},
		{".aws/credentials", NOTABLE_CREDENTIAL, "AWS credentials", NULL},
		{"x.aws/credentials", NOTABLE_NONE, NULL, NULL},
		{"srv/keys/a.p12", NOTABLE_CREDENTIAL, "PKCS #12 key store", NULL},
		{"usr/lib/python3/dist-packages/x/tests/a.p12", NOTABLE_NONE, NULL, NULL},
		{"usr/share/doc/x/id_rsa", NOTABLE_NONE, NULL, NULL},
		{"var/lib/apt/lists/deb_dists", NOTABLE_CACHE, "lists of apt", "var/lib/apt/lists"},
		{"var/lib/apt/lists/lock", NOTABLE_NONE, NULL, NULL},
		{"root/.cache/pip/http/a/b", NOTABLE_CACHE, "cache of pip", "root/.cache/pip"},
		{"var/cache/debconf/config.dat", NOTABLE_NONE, NULL, NULL},
		{"", NOTABLE_NONE, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct notable n = notable_path(sv_of(cases[i].path));
		if (n.kind != cases[i].kind ||
		    (cases[i].what && strcmp(n.what, cases[i].what) != 0) ||
		    (cases[i].folder && !sv_is(n.folder, cases[i].folder)))
			fail_msg("%s: %d %s", cases[i].path, n.kind, n.what ? n.what : "");
	}
}

static void test_capabilities(void **state)
{
	(void)state;
	static const struct {
		struct sv value;
		bool ok;
		uint64_t set;
	} cases[] = {
		{{"\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20}, true, 0x2000},
		{{"\1\0\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 20}, true, 1ULL << 32},
		{{"\1\0\0\3\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24}, true, 1},
		{{"\0\0\0\1\1\0\0\0\0\0\0\0", 12}, true, 1},
		{{"\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0", 19}, false, 0},
		{{"\1\0\0\4\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20}, false, 0},
		{{"\1\0\0", 3}, false, 0},
		{{NULL, 0}, false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t set = 0;
		assert_int_equal(notable_capabilities(cases[i].value, &set), cases[i].ok);
		assert_int_equal(set, cases[i].set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_capabilities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
