#include "unit/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oci/docker-config.h"

#define AUTH_AB "\"auth\":\"YTpi\""     /* a:b */
#define AUTH_CD "\"auth\":\"YzpkOmU=\"" /* c:d:e */

static void test_match(void **state)
{
	static const struct {
		const char *config, *domain, *path;
		int rc; /* 0 or the kind */
		const char *user, *secret, *helper, *server;
	} rows[] = {
		{"{}", "r.io", "x", 0, "", "", "", "r.io"},
		{"{\"auths\":{\"r.io\":{" AUTH_AB "}}}", "r.io", "x", 0, "a", "b", "", "r.io"},
		{"{\"auths\":{\"https://r.io/v1/\":{" AUTH_CD "}}}", "r.io", "x", 0, "c", "d:e", "",
		 "r.io"},
		{"{\"auths\":{\"r.io/v2\":{" AUTH_AB "}}}", "r.io", "x", 0, "a", "b", "", "r.io"},
		{"{\"auths\":{\"R.IO\":{" AUTH_AB "}}}", "r.io", "x", 0, "a", "b", "", "r.io"},
		{"{\"auths\":{\"r.io:5000\":{" AUTH_AB "}}}", "r.io", "x", 0, "", "", "", "r.io"},
		{"{\"auths\":{\"xr.io\":{" AUTH_AB "}}}", "r.io", "x", 0, "", "", "", "r.io"},
		{"{\"auths\":{\"r.io.evil\":{" AUTH_AB "}}}", "r.io", "x", 0, "", "", "", "r.io"},
		/* the longest that fits; never a sibling */
		{"{\"auths\":{\"r.io\":{" AUTH_AB "},\"r.io/org\":{" AUTH_CD "}}}", "r.io", "org/x",
		 0, "c", "d:e", "", "r.io"},
		{"{\"auths\":{\"r.io/org\":{" AUTH_CD "},\"r.io\":{" AUTH_AB "}}}", "r.io",
		 "organ/x", 0, "a", "b", "", "r.io"},
		{"{\"auths\":{\"r.io/org/x\":{" AUTH_CD "}}}", "r.io", "org/y", 0, "", "", "",
		 "r.io"},
		/* Docker Hub */
		{"{\"auths\":{\"https://index.docker.io/v1/\":{" AUTH_AB "}}}", "docker.io",
		 "library/x", 0, "a", "b", "", "https://index.docker.io/v1/"},
		{"{\"auths\":{\"docker.io\":{" AUTH_AB "}}}", "docker.io", "library/x", 0, "a", "b",
		 "", "https://index.docker.io/v1/"},
		/* helpers */
		{"{\"credsStore\":\"pass\",\"auths\":{\"r.io\":{}}}", "r.io", "x", 0, "", "",
		 "pass", "r.io"},
		{"{\"credsStore\":\"pass\",\"credHelpers\":{\"r.io\":\"ecr-login\"}}", "r.io", "x",
		 0, "", "", "ecr-login", "r.io"},
		{"{\"credHelpers\":{\"r.io\":\"ecr\"}}", "s.io", "x", 0, "", "", "", "s.io"},
		{"{\"credHelpers\":{\"r.io\":\"../../tmp/x\"}}", "r.io", "x", ERR_DENIED, "", "",
		 "", ""},
		{"{\"credsStore\":\"a b\"}", "r.io", "x", ERR_DENIED, "", "", "", ""},
		{"{\"credsStore\":\"-x\"}", "r.io", "x", ERR_DENIED, "", "", "", ""},
		{"{\"credsStore\":\"a\\u0000b\"}", "r.io", "x", ERR_DENIED, "", "", "", ""},
		{"{\"auths\":{\"r.io\":{\"username\":\"u\",\"password\":\"p\"}}}", "r.io", "x", 0,
		 "u", "p", "", "r.io"},
		/* what others may write and what nobody should */
		{"{\"auths\":[],\"credHelpers\":3,\"credsStore\":{}}", "r.io", "x", 0, "", "", "",
		 "r.io"},
		{"{\"auths\":{\"r.io\":{\"auth\":\"YQ==\"}}}", "r.io", "x", ERR_PARSE, "", "", "",
		 ""},
		{"{\"auths\":{\"r.io\":{\"auth\":\"!\"}}}", "r.io", "x", ERR_PARSE, "", "", "", ""},
		{"{\"auths\":{\"r.io\":{\"auth\":\"YTpiAAA=\"}}}", "r.io", "x", 0, "a", "b", "",
		 "r.io"},
		{"[]", "r.io", "x", ERR_PARSE, "", "", "", ""},
		{"{", "r.io", "x", ERR_PARSE, "", "", "", ""},
		{"", "r.io", "x", ERR_PARSE, "", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct config_match m = {0};
		struct err err;
		int rc = docker_config_match(&a, SV("config.json"), sv_of(rows[i].config),
					     sv_of(rows[i].domain), sv_of(rows[i].path), &m, &err);
		if (rc != -rows[i].rc || !sv_is(m.inline_.user, rows[i].user) ||
		    !sv_is(m.inline_.secret, rows[i].secret) || !sv_is(m.helper, rows[i].helper) ||
		    !sv_is(m.server, rows[i].server))
			fail_msg("%s for %s/%s: %d user '%.*s' secret '%.*s' helper '%.*s' server "
				 "'%.*s'",
				 rows[i].config, rows[i].domain, rows[i].path, rc,
				 SV_ARG(m.inline_.user), SV_ARG(m.inline_.secret), SV_ARG(m.helper),
				 SV_ARG(m.server));
		if (rc < 0 && (strstr(err.msg, "YQ==") || strstr(err.where, "YQ==")))
			fail_msg("an error shows a credential: %s", err.msg);
	}
}

static void test_answer(void **state)
{
	static const struct {
		const char *bytes;
		int status, rc;
		const char *user, *secret, *token;
	} rows[] = {
		{"{\"ServerURL\":\"r.io\",\"Username\":\"u\",\"Secret\":\"s\"}\n", 0, 0, "u", "s",
		 ""},
		{"{\"Username\":\"<token>\",\"Secret\":\"t\"}", 0, 0, "", "", "t"},
		{"{\"Username\":\"\",\"Secret\":\"\"}", 0, ERR_NOTFOUND, "", "", ""},
		{"{\"Username\":\"u\",\"Secret\":7}", 0, ERR_NOTFOUND, "", "", ""},
		{"credentials not found in native keychain\n", 1, ERR_NOTFOUND, "", "", ""},
		{"cannot open the store", 1, ERR_AUTH, "", "", ""},
		{"{\"Username\":\"u\",\"Secret\":\"s\"}", 1, ERR_AUTH, "", "", ""},
		{"secret-without-json", 0, ERR_PARSE, "", "", ""},
		{"", 0, ERR_PARSE, "", "", ""},
		{"[]", 0, ERR_NOTFOUND, "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct credentials c = {0};
		struct err err;
		int rc = helper_answer(&a, sv_of(rows[i].bytes), rows[i].status, &c, &err);
		if (rc != -rows[i].rc || !sv_is(c.user, rows[i].user) ||
		    !sv_is(c.secret, rows[i].secret) || !sv_is(c.identity_token, rows[i].token))
			fail_msg("row %zu: %d", i, rc);
		assert_true(rc == 0 || !strstr(err.msg, "secret"));
	}
}

/* A folder with a home, a configuration and helpers in PATH. */
static char dir[64];

static void put(const char *name, const char *text, mode_t mode)
{
	char path[128];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int setup(void **state)
{
	static char path[4096];
	const char *old = getenv("PATH");

	(void)state;
	(void)snprintf(dir, sizeof dir, "/tmp/gabion-helper-XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s:%s", dir, old ? old : "/usr/bin:/bin");
	assert_int_equal(setenv("PATH", path, 1), 0);
	assert_int_equal(setenv("DOCKER_CONFIG", dir, 1), 0);
	assert_int_equal(setenv("HOME", dir, 1), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", dir, 1), 0);
	(void)unsetenv("REGISTRY_AUTH_FILE");
	(void)unsetenv("XDG_CONFIG_HOME");
	put("docker-credential-good",
	    "#!/bin/sh\n[ \"$1\" = get ] || exit 9\nread -r server || true\n"
	    "case $server in r.io) echo '{\"Username\":\"from-helper\",\"Secret\":\"s\"}';;\n"
	    "*) echo credentials not found in native keychain; exit 1;; esac\n",
	    0755);
	put("docker-credential-endless",
	    "#!/bin/sh\nwhile :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done\n", 0755);
	put("docker-credential-deaf",
	    "#!/bin/sh\nexec 0<&-\necho '{\"Username\":\"u\",\"Secret\":\"s\"}'\n", 0755);
	put("docker-credential-broken", "#!/bin/sh\necho no store 1>&2\nexit 3\n", 0755);
	put("docker-credential-plain", "text\n", 0644);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static void test_find(void **state)
{
	static const struct {
		const char *config, *domain;
		int rc;
		const char *user, *said;
	} rows[] = {
		{"{\"credsStore\":\"good\"}", "r.io", 1, "from-helper", NULL},
		{"{\"credsStore\":\"good\"}", "s.io", 0, "", NULL},
		{"{\"credsStore\":\"good\",\"auths\":{\"s.io\":{" AUTH_AB "}}}", "s.io", 1, "a",
		 NULL},
		{"{\"credHelpers\":{\"r.io\":\"deaf\"}}", "r.io", 1, "u", NULL},
		{"{\"credHelpers\":{\"r.io\":\"endless\"}}", "r.io", -ERR_LIMIT, "",
		 "docker-credential-endless"},
		{"{\"credHelpers\":{\"r.io\":\"broken\"}}", "r.io", -ERR_AUTH, "", "ended with 3"},
		{"{\"credHelpers\":{\"r.io\":\"missing\"}}", "r.io", -ERR_NOTFOUND, "",
		 "docker-credential-missing"},
		{"{\"credHelpers\":{\"r.io\":\"plain\"}}", "r.io", -ERR_DENIED, "",
		 "docker-credential-plain"},
		{"{\"credHelpers\":{\"r.io\":\"broken\"},\"auths\":{\"r.io\":{" AUTH_AB "}}}",
		 "r.io", 1, "a", NULL},
		{"{\"auths\":", "r.io", -ERR_PARSE, "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct credentials c = {0};
		struct err err = {0};
		put("config.json", rows[i].config, 0600);
		int rc = credentials_find(&a, sv_of(rows[i].domain), SV("x"), &c, &err);
		if (rc != rows[i].rc || !sv_is(c.user, rows[i].user) ||
		    (rows[i].said && !strstr(err.msg, rows[i].said)))
			fail_msg("row %zu: %d user '%.*s': %s: %s", i, rc, SV_ARG(c.user),
				 err.where, err.msg);
		if (rc < 0)
			assert_non_null(strstr(err.where, "config.json"));
	}
}

static void test_places(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct credentials c = {0};
	struct err err = {0};
	char path[128];

	(void)state;
	put("config.json", "{\"auths\":{\"r.io\":{" AUTH_AB "}}}", 0600);
	(void)snprintf(path, sizeof path, "%s/containers", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put("containers/auth.json", "{\"auths\":{\"r.io\":{" AUTH_CD "}}}", 0600);
	assert_int_equal(credentials_find(&a, SV("r.io"), SV("x"), &c, &err), 1);
	assert_sv(c.user, "c");
	/* a broken file hides no other */
	put("containers/auth.json", "{", 0600);
	assert_int_equal(credentials_find(&a, SV("r.io"), SV("x"), &c, &err), 1);
	assert_sv(c.user, "a");
	put("only.json", "{}", 0600);
	(void)snprintf(path, sizeof path, "%s/only.json", dir);
	assert_int_equal(setenv("REGISTRY_AUTH_FILE", path, 1), 0);
	assert_int_equal(credentials_find(&a, SV("r.io"), SV("x"), &c, &err), 0);
	(void)unsetenv("REGISTRY_AUTH_FILE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
