/* The command line: every way to write an option, and what is said when it is wrong. */
#include "unit/test.h"

#include <stdlib.h>

#include "base/suggest.h"
#include "cmd/command.h"

struct own {
	struct sv text;
	bool flag;
};

static const struct option_row own_rows[] = {
	{"text", 't', "TEXT", OPTION_TEXT, offsetof(struct own, text), "x", NULL, NULL, 0,
	 "A text"},
	{"flag", 'F', NULL, OPTION_FLAG, offsetof(struct own, flag), NULL, NULL, NULL, 0, "A flag"},
};
static const struct option_group own_group = {
	.title = "Own", .rows = own_rows, .n = 2, .own = true};
static const struct option_group *const groups[] = {
	&own_group, &output_options, &judge_options, &database_options, &budget_options, NULL};
static const char *const defaults[] = {"fail-on", "medium", NULL};
static const struct command probe = {
	.name = "probe",
	.summary = "s",
	.usage = "",
	.groups = groups,
	.defaults = defaults,
	.own_size = sizeof(struct own),
	.args_max = SIZE_MAX,
};

#define MAX_ARGS 8

static int parse(struct invocation *in, const char *const *args, struct err *err)
{
	char *argv[MAX_ARGS + 1];
	int n = 0;

	while (args[n]) {
		argv[n] = (char *)(uintptr_t)args[n];
		n++;
	}
	invocation_init(in, &probe);
	return parse_line(in, n, argv, err);
}

static const struct {
	const char *args[MAX_ARGS];
	const char *option, *value, *operands;
} good[] = {
	{{"probe", "a"}, "fail-on", "medium", "a"},
	{{"probe", "--fail-on", "high", "a"}, "fail-on", "high", "a"},
	{{"probe", "--fail-on=high,kev", "--fail-on", "low+fixable"},
	 "fail-on",
	 "high,kev,low+fixable",
	 ""},
	{{"--text=", "probe"}, "text", "", ""},
	{{"-t", "v", "probe", "b", "c"}, "text", "v", "b c"},
	{{"-tv", "probe"}, "text", "v", ""},
	{{"-t=v", "probe"}, "text", "v", ""},
	{{"-qFtv", "probe"}, "text", "v", ""},
	{{"-vvv", "probe", "-v"}, "verbose", "4", ""},
	{{"probe", "--", "--text", "-v"}, "text", "x", "--text -v"},
	{{"probe", "-", "--flag"}, "flag", "true", "-"},
	{{"probe", "--flag", "--flag=false"}, "flag", "false", ""},
	{{"probe", "-f", "json", "-o", "sarif=x y", "--format=table"},
	 "output",
	 "json,sarif=x y,table",
	 ""},
	{{"probe", "--max-memory=2GiB"}, "max-memory", "2147483648", ""},
	{{"probe", "--timeout", "5m"}, "timeout", "300", ""},
	{{"probe", "-j2"}, "jobs", "2", ""},
	{{"probe", "--color=ALWAYS"}, "color", "always", ""},
	{{"probe", "--text", "-"}, "text", "-", ""},
	{{"probe"}, "max-db-age", "30", ""},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		auto_done(invocation_done) struct invocation in;
		auto_done(buf_done) struct buf value = {0}, operands = {0};
		struct err err = {0};
		if (parse(&in, good[i].args, &err) != 0)
			fail_msg("case %zu: %s", i, err.msg);
		struct setting *s = invocation_setting(&in, sv_of(good[i].option));
		option_show(&value, s->row, s->field);
		assert_string_equal(buf_cstr(&value), good[i].value);
		for (size_t k = 0; k < in.args.n; k++)
			buf_fmt(&operands, "%s%.*s", k ? " " : "", SV_ARG(in.args.p[k]));
		assert_string_equal(buf_cstr(&operands), good[i].operands);
	}
}

static const struct {
	const char *args[MAX_ARGS];
	const char *msg, *hint;
} bad[] = {
	{{"probe", "--fail-onn=x"}, "probe has no option --fail-onn", "did you mean --fail-on?"},
	{{"probe", "--sever", "x"}, "probe has no option --sever", "did you mean --severity?"},
	{{"probe", "--qqqqqqqqq"},
	 "probe has no option --qqqqqqqqq",
	 "gabion probe --help lists the options"},
	{{"probe", "-Z"}, "probe has no option -Z", "gabion probe --help lists the options"},
	{{"probe", "--text"}, "--text needs a value", "--text=TEXT"},
	{{"probe", "-t"}, "--text needs a value", "--text=TEXT"},
	{{"probe", "--fail-on", "--quiet"}, "--fail-on needs a value", "--fail-on=LIST"},
	{{"probe", "--jobs", "many"}, "--jobs: 'many' is not a number", ""},
	{{"probe", "--jobs=-1"}, "--jobs: '-1' is not a number", ""},
	{{"probe", "--max-memory", "99999999999G"},
	 "--max-memory: '99999999999G' is not a size such as 512M or 2G",
	 ""},
	{{"probe", "--color", "alwys"},
	 "--color: 'alwys' is not one of auto, always, never",
	 "did you mean 'always'?"},
	{{"probe", "--flag=perhaps"}, "--flag: 'perhaps' is not true or false", ""},
	{{"probe", "--verbose=2"}, "--verbose takes no value", "give it several times"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		auto_done(invocation_done) struct invocation in;
		struct err err = {0};
		assert_true(parse(&in, bad[i].args, &err) < 0);
		assert_string_equal(err.msg, bad[i].msg);
		assert_string_equal(err.hint, bad[i].hint);
		assert_int_equal(err_exit_code(&err), 2);
	}
}

static void test_command(void **state)
{
	static const struct {
		const char *args[MAX_ARGS];
		const char *name, *msg; /* NULL name: none */
	} cases[] = {
		{{"version"}, "version", NULL},
		{{"-q", "--color", "never", "version", "x"}, "version", NULL},
		{{"debug", "--quiet", "limits"}, "debug limits", NULL},
		{{"--", "version"}, "version", NULL},
		{{"-h"}, NULL, NULL},
		{{"--colour", "version"}, "version", NULL}, /* parse_line names the option */
		{{"--versionn"}, NULL, "there is no option --versionn"},
		{{"versoin"}, NULL, "there is no command 'versoin'"},
		{{"debug"}, NULL, "there is no command 'debug'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct command *c = &probe;
		struct err err = {0};
		char *argv[MAX_ARGS];
		int n = 0;
		for (; cases[i].args[n]; n++)
			argv[n] = (char *)(uintptr_t)cases[i].args[n];
		int rc = parse_command(n, argv, &c, &err);
		assert_int_equal(rc < 0, cases[i].msg != NULL);
		if (cases[i].msg)
			assert_string_equal(err.msg, cases[i].msg);
		else if (cases[i].name)
			assert_string_equal(c->name, cases[i].name);
		else
			assert_null(c);
	}
}

static void test_environment(void **state)
{
	const char *line[] = {"probe", "--jobs=3", NULL};
	auto_done(invocation_done) struct invocation in;
	struct err err = {0};

	(void)state;
	assert_int_equal(setenv("GABION_FAIL_ON", "low,kev", 1), 0);
	assert_int_equal(setenv("GABION_JOBS", "7", 1), 0);
	assert_int_equal(setenv("GABION_CONFIG", "/nowhere", 1), 0);
	assert_int_equal(parse(&in, line, &err), 0);
	assert_int_equal(environment_apply(&in, &err), 0);
	assert_int_equal(in.options.jobs, 3);
	assert_int_equal(in.options.judge.fail_on.n, 2);
	assert_int_equal(in.options.config.n, 0);
	assert_sv(invocation_setting(&in, SV("fail-on"))->where, "GABION_FAIL_ON");
	invocation_done(&in);
	assert_int_equal(setenv("GABION_FAIL_ON", "", 1), 0);
	assert_int_equal(setenv("GABION_JOBS", "lots", 1), 0);
	assert_int_equal(parse(&in, (const char *[]){"probe", NULL}, &err), 0);
	assert_true(environment_apply(&in, &err) < 0);
	assert_string_equal(err.msg, "GABION_JOBS: 'lots' is not a number");
	assert_int_equal(err_exit_code(&err), 2);
	assert_sv(in.options.judge.fail_on.p[0], "medium");
	assert_int_equal(unsetenv("GABION_JOBS"), 0);
}

/* What holds for every row: names are unique in a command, have help, mean the same kind
 * everywhere. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t c = 0; c < commands_n; c++) {
		auto_done(invocation_done) struct invocation in;
		const struct option_group *g;
		assert_non_null(commands[c]->summary);
		assert_non_null(commands[c]->usage);
		assert_non_null(commands[c]->group);
		assert_non_null(commands[c]->run);
		invocation_init(&in, commands[c]);
		for (size_t i = 0; (g = command_group(commands[c], i)); i++) {
			for (size_t k = 0; k < g->n; k++) {
				const struct option_row *row = &g->rows[k];
				const struct option_row *other =
					option_find_anywhere(sv_of(row->name), 0);
				assert_true(strlen(row->help) > 3);
				assert_true(row->help[strlen(row->help) - 1] != '.');
				assert_int_equal(option_takes_value(row), row->arg != NULL);
				assert_int_equal(option_takes_value(other),
						 option_takes_value(row));
				if (row->letter)
					assert_string_equal(
						option_find_anywhere((struct sv){0}, row->letter)
							->name,
						row->name);
				if (!row->same_as)
					assert_ptr_equal(
						invocation_setting(&in, sv_of(row->name))->row,
						row);
			}
		}
	}
}

static void test_suggest(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{"", "", 0},         {"a", "", 1},        {"kitten", "sitting", 3}, {"ab", "ba", 1},
		{"Scan", "sCAN", 0}, {"sacn", "scan", 1}, {"abc", "xyz", 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(suggest_distance(sv_of(cases[i].a), sv_of(cases[i].b)),
				 cases[i].distance);
	char lots[70];
	memset(lots, 'x', sizeof lots);
	assert_int_equal(suggest_distance(sv_make(lots, sizeof lots), SV("x")), SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),    cmocka_unit_test(test_bad),
		cmocka_unit_test(test_command), cmocka_unit_test(test_environment),
		cmocka_unit_test(test_rows),    cmocka_unit_test(test_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
