/* gabion.yaml: who wins, what is refused, whose file is trusted. */
#include "unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "cmd/config.h"

static char dir[] = "/tmp/gabion-config-XXXXXX";

static int enter(void **state)
{
	(void)state;
	log_level = LOG_ERROR;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	static const char *const files[] = {"gabion.yaml", "user.yaml", "system.yaml", "named.yaml",
					    "link.yaml"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)unlink(files[i]);
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text)
{
	FILE *f;

	(void)unlink(path);
	if (!text)
		return;
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static const struct config_files places = {"system.yaml", "user.yaml", "gabion.yaml"};

static int load(struct invocation *in, char **argv, int argc, struct err *err)
{
	invocation_init(in, command_find(SV("config")));
	assert_int_equal(parse_line(in, argc, argv, err), 0);
	return config_apply(in, &places, err);
}

static void test_rank(void **state)
{
	static const struct {
		const char *system, *user, *dir, *environment, *line;
		const char *value, *where;
		enum option_source source;
	} cases[] = {
		{NULL, NULL, NULL, NULL, NULL, "", "", SOURCE_DEFAULT},
		{"fail-on: low", NULL, NULL, NULL, NULL, "low", "system.yaml:1",
		 SOURCE_SYSTEM_FILE},
		{"fail-on: low", "\nfail-on: [high, kev]", NULL, NULL, NULL, "high,kev",
		 "user.yaml:2", SOURCE_USER_FILE},
		{"fail-on: low", "fail-on: high", "fail-on: medium,kev", NULL, NULL, "medium,kev",
		 "gabion.yaml:1", SOURCE_DIR_FILE},
		{"fail-on: low", NULL, "fail-on: medium", "critical", NULL, "critical",
		 "GABION_FAIL_ON", SOURCE_ENVIRONMENT},
		{"fail-on: low", NULL, "fail-on: medium", "critical", "--fail-on=kev", "kev", "",
		 SOURCE_LINE},
		{NULL, NULL, "fail-on: low\nconfig:\n  fail-on: high", NULL, NULL, "high",
		 "gabion.yaml:3", SOURCE_DIR_FILE},
		{NULL, "config:\n  fail-on: high", "fail-on: low", NULL, NULL, "low",
		 "gabion.yaml:1", SOURCE_DIR_FILE},
		{NULL, "fail-on:\n", NULL, NULL, NULL, "", "", SOURCE_DEFAULT},
		{"# only a comment\n", NULL, NULL, NULL, NULL, "", "", SOURCE_DEFAULT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(invocation_done) struct invocation in;
		auto_done(buf_done) struct buf value = {0};
		struct err err = {0};
		char *argv[] = {(char *)(uintptr_t) "config", (char *)(uintptr_t)cases[i].line};
		put("system.yaml", cases[i].system);
		put("user.yaml", cases[i].user);
		put("gabion.yaml", cases[i].dir);
		if (cases[i].environment)
			assert_int_equal(setenv("GABION_FAIL_ON", cases[i].environment, 1), 0);
		else
			assert_int_equal(unsetenv("GABION_FAIL_ON"), 0);
		if (load(&in, argv, cases[i].line ? 2 : 1, &err) != 0)
			fail_msg("case %zu: %s: %s", i, err.where, err.msg);
		struct setting *s = invocation_setting(&in, SV("fail-on"));
		option_show(&value, s->row, s->field);
		assert_string_equal(buf_cstr(&value), cases[i].value);
		assert_sv(s->where, cases[i].where);
		assert_int_equal(s->source, cases[i].source);
		assert_int_equal(in.config_used, cases[i].dir != NULL);
	}
	put("system.yaml", NULL);
	put("user.yaml", NULL);
	assert_int_equal(unsetenv("GABION_FAIL_ON"), 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *msg, *where, *hint; /* hint NULL: any */
	} cases[] = {
		{"fail-onn: x", "'fail-onn' is no option", "gabion.yaml:1:1",
		 "did you mean 'fail-on'?"},
		{"jobs: 1\nconfig:\n  jobz: 2", "'jobz' is no option of config", "gabion.yaml:3:3",
		 "did you mean 'jobs'?"},
		{"jobs: many", "jobs: 'many' is not a number", "gabion.yaml:1:1", ""},
		{"jobs: [1, 2]", "'jobs' takes one value here", "gabion.yaml:1:1", ""},
		{"fail-on: {a: 1}", "'fail-on' takes a value or a list of values here",
		 "gabion.yaml:1:1", ""},
		{"db: /x", "gabion.yaml of the working directory cannot set 'db'",
		 "gabion.yaml:1:1", NULL},
		{"cache: /x", "gabion.yaml of the working directory cannot set 'cache'",
		 "gabion.yaml:1:1", NULL},
		{"waivers: [x]", "gabion.yaml of the working directory cannot set 'waivers'",
		 "gabion.yaml:1:1", NULL},
		{"config:\n db: /x", "gabion.yaml of the working directory cannot set 'db'",
		 "gabion.yaml:2:2", NULL},
		{"output: [table, json=/etc/x]",
		 "gabion.yaml of the working directory cannot name files to write",
		 "gabion.yaml:1:1", ""},
		{"config: /etc/x", "'config' can only be given on the command line",
		 "gabion.yaml:1:1", ""},
		{"- a", "not a mapping of option names to values", "gabion.yaml", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(invocation_done) struct invocation in;
		struct err err = {0};
		char *argv[] = {(char *)(uintptr_t) "config"};
		put("gabion.yaml", cases[i].text);
		assert_true(load(&in, argv, 1, &err) < 0);
		assert_string_equal(err.msg, cases[i].msg);
		assert_string_equal(err.where, cases[i].where);
		if (cases[i].hint)
			assert_string_equal(err.hint, cases[i].hint);
		assert_int_equal(err_exit_code(&err), 2);
	}
	put("gabion.yaml", NULL);
}

/* What the working directory's file may not say, a file that the caller names may. */
static void test_named(void **state)
{
	auto_done(invocation_done) struct invocation in;
	struct err err = {0};
	char *argv[] = {(char *)(uintptr_t) "config", (char *)(uintptr_t) "--config=named.yaml"};

	(void)state;
	put("gabion.yaml", "jobs: 9");
	put("named.yaml", "db: /x\noutput: json=y");
	assert_int_equal(load(&in, argv, 2, &err), 0);
	assert_sv(in.options.db, "/x");
	assert_int_equal(in.options.jobs, 0);
	assert_false(in.config_used);
	put("named.yaml", NULL);
	put("gabion.yaml", NULL);
	invocation_done(&in);
	assert_true(load(&in, argv, 2, &err) < 0);
	assert_int_equal(err_exit_code(&err), 2);
}

static bool is_used(void)
{
	auto_done(invocation_done) struct invocation in;
	struct err err = {0};
	char *argv[] = {(char *)(uintptr_t) "config"};

	assert_int_equal(load(&in, argv, 1, &err), 0);
	assert_int_equal(in.config_used, in.options.jobs == 9);
	return in.config_used;
}

static void test_trust(void **state)
{
	(void)state;
	put("gabion.yaml", "jobs: 9");
	assert_true(is_used());
	assert_int_equal(chmod("gabion.yaml", 0644), 0);
	assert_true(is_used());
	assert_int_equal(chmod("gabion.yaml", 0664), 0);
	assert_false(is_used());
	assert_int_equal(chmod("gabion.yaml", 0602), 0);
	assert_false(is_used());
	assert_int_equal(chmod("gabion.yaml", 0600), 0);
	assert_int_equal(chmod(".", 0777), 0);
	assert_false(is_used());
	assert_int_equal(chmod(".", 01777), 0); /* like /tmp: others cannot replace the file */
	assert_true(is_used());
	assert_int_equal(chmod(".", 0700), 0);
	put("named.yaml", "jobs: 9");
	put("gabion.yaml", NULL);
	assert_int_equal(symlink("named.yaml", "gabion.yaml"), 0);
	assert_false(is_used());
	put("gabion.yaml", NULL);
	assert_int_equal(mkfifo("gabion.yaml", 0600), 0);
	assert_false(is_used()); /* and does not hang */
	put("gabion.yaml", "jobs: 9");
	if (geteuid() == 0) {
		assert_int_equal(chown("gabion.yaml", 12345, 0), 0);
		assert_false(is_used());
		assert_int_equal(chown("gabion.yaml", 0, 0), 0);
		assert_int_equal(chown(".", 12345, 0), 0);
		assert_false(is_used());
		assert_int_equal(chown(".", 0, 0), 0);
	}
	put("gabion.yaml", NULL);
	put("named.yaml", NULL);
}

static void test_places(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 0);
	assert_int_equal(setenv("HOME", "/home/x", 1), 0);
	assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
	assert_string_equal(config_places(&a).user, "/home/x/.config/gabion/gabion.yaml");
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/xdg", 1), 0);
	assert_string_equal(config_places(&a).user, "/xdg/gabion/gabion.yaml");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rank),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_named),  cmocka_unit_test(test_trust),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
