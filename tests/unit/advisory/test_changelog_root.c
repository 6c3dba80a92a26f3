/* A root file system of two packages: which facts its changelogs give. */
#include "unit/test.h"

#include <sys/stat.h>

#include "advisory/changelog-root.h"
#include "sys/file.h"

static char dir[] = "/tmp/gabion-test-changelog-XXXXXX";

static const char text[] =
	"foo (1.0-1+deb12u2) bookworm-security; urgency=high\n\n"
	"  * CVE-2024-0002: more.\n  * CVE-2024-0001 again.\n\n"
	" -- A B <a@example.org>  Tue, 02 Jan 2024 00:00:00 +0000\n\n"
	"foo (1.0-1+deb12u1) bookworm; urgency=medium\n\n  * Fix CVE-2024-0001.\n\n"
	" -- A B <a@example.org>  Mon, 01 Jan 2024 00:00:00 +0000\n\n"
	"foo (1.0-1) unstable; urgency=medium\n\n  * CVE-2020-0001.\n\n"
	" -- A B <a@example.org>  Wed, 01 Jan 2020 00:00:00 +0000\n";

/* A shell command that finds the folder in $D. */
static int sh(const char *command)
{
	return setenv("D", dir, 1) == 0 ? system(command) : -1;
}

static int setup(void **state)
{
	(void)state;
	char path[256];
	struct err err;

	if (!mkdtemp(dir) ||
	    sh("cd $D && mkdir -p etc usr/share/doc/foo usr/share/doc/bar usr/share/doc/none"))
		return -1;
	(void)snprintf(path, sizeof path, "%s/usr/share/doc/foo/changelog.Debian", dir);
	if (file_write_atomic(path, sv_of(text), 0644, &err) < 0)
		return -1;
	(void)snprintf(path, sizeof path, "%s/etc/os-release", dir);
	if (file_write_atomic(path, SV("ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"),
			      0644, &err) < 0)
		return -1;
	return sh(
		"cd $D/usr/share/doc && gzip foo/changelog.Debian && ln -s ../foo/changelog.Debian.gz bar/");
}

static int teardown(void **state)
{
	(void)state;
	return sh("rm -rf $D");
}

static void test_facts(void **state)
{
	(void)state;
	struct changelog_root r;
	struct err err;
	assert_int_equal(changelog_root_read(dir, &r, &err), 0);
	assert_string_equal(r.release, "12");
	assert_int_equal(r.changelogs, 2);
	assert_int_equal(r.facts, 2);
	assert_non_null(strstr(r.tsv.p, "foo\t1.0-1+deb12u1\t2024-01-01\tCVE-2024-0001\n"));
	assert_non_null(strstr(r.tsv.p, "foo\t1.0-1+deb12u2\t2024-01-02\tCVE-2024-0002\n"));
	assert_null(strstr(r.tsv.p, "CVE-2020-0001"));
	buf_done(&r.tsv);
}

static void test_broken(void **state)
{
	(void)state;
	struct changelog_root r;
	struct err err;
	assert_int_equal(changelog_root_read("/nonexistent", &r, &err), -ERR_NOTFOUND);
	assert_int_equal(sh("printf 'no gzip' > $D/usr/share/doc/none/changelog.Debian.gz"), 0);
	assert_true(changelog_root_read(dir, &r, &err) < 0);
	assert_int_equal(sh("rm -f $D/usr/share/doc/none/changelog.Debian.gz"), 0);
	assert_int_equal(sh("printf 'ID=alpine\\nVERSION_ID=3\\n' > $D/etc/os-release"), 0);
	assert_int_equal(changelog_root_read(dir, &r, &err), -ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_broken),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
