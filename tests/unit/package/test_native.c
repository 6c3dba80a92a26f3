/* The readers against the package managers themselves: this machine's dpkg, and rpm on a database
 * that the test makes. Skipped where neither is installed. */
#include "unit/package/sink.h"

#include <ftw.h>

#include "package/catalog.h"

static bool have(const char *command)
{
	char line[256];

	(void)snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", command);
	return system(line) == 0;
}

static void output_of(const char *command, struct buf *out)
{
	FILE *f = popen(command, "r");
	size_t n;

	assert_non_null(f);
	do {
		char *to = buf_reserve(out, 65536);
		n = fread(to, 1, 65536, f);
		out->n += n;
	} while (n);
	assert_int_equal(pclose(f), 0);
}

static void file_read(const char *path, struct buf *out)
{
	char command[4200];

	(void)snprintf(command, sizeof command, "cat '%s'", path);
	output_of(command, out);
}

/* Both texts have the same lines, in any order. */
static void assert_same_lines(struct sv a, struct sv b)
{
	struct sv_vec lines[2] = {0};
	struct sv text[2] = {a, b}, line;

	for (size_t i = 0; i < 2; i++) {
		while (sv_line(&text[i], &line))
			*VEC_PUSH(&lines[i]) = line;
		if (lines[i].n)
			qsort(lines[i].p, lines[i].n, sizeof *lines[i].p, sv_cmp_qsort);
	}
	assert_true(lines[0].n > 0);
	for (size_t i = 0; i < lines[0].n && i < lines[1].n; i++)
		if (!sv_eq(lines[0].p[i], lines[1].p[i]))
			fail_msg("found %.*s, expected %.*s", SV_ARG(lines[0].p[i]),
				 SV_ARG(lines[1].p[i]));
	assert_int_equal(lines[0].n, lines[1].n);
	vec_done(&lines[0]);
	vec_done(&lines[1]);
}

static void test_dpkg(void **state)
{
	(void)state;
	static const char query[] =
		"dpkg-query -W -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\\n' | "
		"sed -n 's/^\\(installed\\|unpacked\\|half-configured\\|triggers-[a-z]*\\) //p'";
	auto_done(buf_done) struct buf status = {0}, want = {0}, got = {0};
	struct text_sink t;

	if (!have("dpkg-query") || access("/var/lib/dpkg/status", R_OK) != 0) {
		print_message("no dpkg here: not compared\n");
		return;
	}
	file_read("/var/lib/dpkg/status", &status);
	output_of(query, &want);
	assert_int_equal(text_sink_run(&t, dpkg_read, "var/lib/dpkg/status", buf_view(&status)), 0);
	assert_string_equal(buf_cstr(&t.faults), "");
	struct sv rest = buf_view(&t.packages), line;
	while (sv_line(&rest, &line)) {
		size_t source = sv_find(line, SV(" src="));
		buf_sv(&got, sv_head(line, source));
		buf_char(&got, '\n');
	}
	assert_same_lines(buf_view(&got), buf_view(&want));
	text_sink_done(&t);
}

static const char make_database[] =
	"set -e; cd '%s'; cat >x.spec <<'S'\n"
	"Name: alpha\nVersion: 1.0~rc1\nRelease: 2.el9\nEpoch: 3\nLicense: MIT\nSummary: "
	"s\nBuildArch: noarch\n"
	"%%description\nd\n"
	"%%package -n beta-libs\nVersion: 4.0^git1\nEpoch: 0\nSummary: s\n%%description -n "
	"beta-libs\nd\n"
	"%%package devel\nSummary: s\n%%description devel\nd\n"
	"%%install\nmkdir -p %%{buildroot}/usr/share/alpha/sub %%{buildroot}/opt/b\n"
	"for i in $(seq 200); do touch %%{buildroot}/usr/share/alpha/sub/file-with-a-name-$i; "
	"done\n"
	"touch %%{buildroot}/opt/b/one\n"
	"%%files\n/usr/share/alpha\n%%files -n beta-libs\n/opt/b\n%%files devel\n"
	"S\n"
	"rpmbuild --quiet --define \"_topdir $PWD/top\" --define \"_rpmdir $PWD/rpms\" -bb x.spec\n"
	"rpmdb --define \"_db_backend sqlite\" --dbpath \"$PWD/db\" --initdb\n"
	"rpm --define \"_db_backend sqlite\" --dbpath \"$PWD/db\" -i --justdb --nodeps --noscripts "
	"--ignoreos --ignorearch "
	"rpms/*/*.rpm 2>/dev/null\n";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void test_rpm(void **state)
{
	(void)state;
	char dir[] = "/tmp/gabion-test-rpm-XXXXXX", command[4096];
	auto_done(buf_done) struct buf none = {0}, file = {0}, want = {0}, owned = {0}, got = {0};
	struct text_sink t;

	if (!have("rpmbuild") || !have("rpmdb")) {
		print_message("no rpm here: not compared\n");
		return;
	}
	assert_non_null(mkdtemp(dir));
	(void)snprintf(command, sizeof command, make_database, dir);
	output_of(command, &none);
	(void)snprintf(command, sizeof command, "%s/db/rpmdb.sqlite", dir);
	file_read(command, &file);
	(void)snprintf(command, sizeof command,
		       "rpm --dbpath %s/db -qa --qf '%%{NAME} %%{EVR} %%{ARCH}\\n'", dir);
	output_of(command, &want);
	(void)snprintf(
		command, sizeof command,
		"rpm --dbpath %s/db -qa --qf '[%%{=NAME}: %%{FILENAMES} %%{FILEMODES:octal}\\n]' | "
		"sed -n 's,: /\\(.*\\) 1006..$,: \\1,p'",
		dir);
	output_of(command, &owned);
	assert_int_equal(
		text_sink_run(&t, rpm_sqlite_read, "var/lib/rpm/rpmdb.sqlite", buf_view(&file)), 0);
	assert_string_equal(buf_cstr(&t.faults), "");
	struct sv rest = buf_view(&t.packages), line;
	while (sv_line(&rest, &line)) {
		size_t end = sv_find(line, SV(" src="));
		end = end == SIZE_MAX ? sv_find(line, SV(" lic=")) : end;
		buf_sv(&got, sv_head(line, end));
		buf_char(&got, '\n');
	}
	assert_same_lines(buf_view(&got), buf_view(&want));
	assert_true(t.owned_n > 200);
	assert_same_lines(buf_view(&t.owned), buf_view(&owned));
	text_sink_done(&t);
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dpkg),
		cmocka_unit_test(test_rpm),
	};

	if (!have("dpkg-query") && !have("rpmbuild")) {
		printf("skipped: neither dpkg nor rpm is installed\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
