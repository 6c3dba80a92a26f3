/* Units as systemd reads them. */
#include "base/vec.h"
#include "fact/engine/unit.h"
#include "unit/test.h"

#define ETC "/etc/systemd/system/"
#define USR "/usr/lib/systemd/system/"
#define X   "x.service"

static const struct row {
	const char *parts[8]; /* path, text ...; a path below /default is an environment file */
	const char *words;    /* of the last ExecStart, in brackets */
} rows[] = {
	{{USR X, "[Service]\nExecStart=/bin/a b  c\n"}, "[/bin/a][b][c]"},
	{{USR X, "[Service]\r\nExecStart = /bin/a b\r\n"}, "[/bin/a][b]"},
	{{USR X, "[Unit]\nExecStart=no\n[Service]\nExecStart=-/bin/a\n"}, "[/bin/a]"},
	{{USR X, "[Service]\nExecStart=@:+a b\n"}, "[a][b]"},
	/* quotes, escapes, lines that go on */
	{{USR X, "[Service]\nExecStart=a \"b c\" 'd \"e' f\\ g h\\tx \"\"\n"},
	 "[a][b c][d \"e][f g][h\tx][]"},
	{{USR X, "[Service]\nExecStart=a \\\n  b \\\n# no\n; no\n  c\nExecReload=d\n"},
	 "[a][b][c]"},
	{{USR X, "[Service]\nExecStart=a \\"}, "[a][\\]"},
	/* specifiers stay */
	{{USR X, "[Service]\nExecStart=a %h/%i\n"}, "[a][%h/%i]"},
	/* the last list counts */
	{{USR X, "[Service]\nExecStart=a\nExecStart=\nExecStart=b\n"}, "[b]"},
	{{USR X, "[Service]\nExecStart=a\nExecStart=\n"}, ""},
	/* folders and drop-ins */
	{{USR X, "[Service]\nExecStart=a\n", ETC X, "[Service]\nExecStart=b\n"}, "[b]"},
	{{USR X, "[Service]\nExecStart=a\n", ETC X, ""}, ""},
	{{USR X ".d/2.conf", "[Service]\nExecStart=\nExecStart=c\n", ETC X ".d/1.conf",
	  "[Service]\nExecStart=\nExecStart=b\n", USR X, "[Service]\nExecStart=a\n"},
	 "[c]"},
	{{USR X ".d/1.conf", "[Service]\nExecStart=\nExecStart=c\n", ETC X ".d/1.conf",
	  "[Service]\nExecStart=\nExecStart=b\n", USR X, "[Service]\nExecStart=a\n"},
	 "[b]"},
	{{USR X, "[Service]\nExecStart=a\n", ETC "service.d/1.conf",
	  "[Service]\nExecStart=\nExecStart=b\n"},
	 "[b]"},
	{{USR X, "[Service]\nExecStart=a\n", ETC "y.service.d/1.conf", "[Service]\nExecStart=\n"},
	 "[a]"},
	{{ETC X ".d/1.conf", "[Service]\nExecStart=a\n"}, ""},
	/* variables */
	{{USR X, "[Service]\nEnvironment=\"V=1 2\" W=3\nExecStart=a $V ${V} x${W}y $W$W $$V\n"},
	 "[a][1][2][1 2][x3y][$W$W][$V]"},
	{{USR X, "[Service]\nExecStart=a $NONE ${NONE} b\n"}, "[a][][b]"},
	{{USR X, "[Service]\nEnvironment=V=1\nEnvironmentFile=-/default/x\nExecStart=a $V\n",
	  "/default/x", "#V=9\nV='2 3'\n"},
	 "[a][2][3]"},
	{{USR X, "[Service]\nEnvironment=V=1\nExecStart=:a $V\n"}, "[a][$V]"},
};

static void add(struct parts *b, const char *path, const char *text)
{
	bool env = strncmp(path, "/default/", 9) == 0;

	(void)parts_add(b, env ? SV("env") : SV("unit"), sv_of(path), sv_of(text));
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = {0};
		struct parts b = {.arena = &a};
		struct node_vec lines = {0}, words = {0};
		struct buf out = {0};
		struct unit u;

		for (size_t k = 0; k < 8 && rows[i].parts[k]; k += 2)
			add(&b, rows[i].parts[k], rows[i].parts[k + 1]);
		unit_read(&b, SV(X), &u);
		unit_all(&u, "Service", "ExecStart", &lines);
		if (lines.n)
			unit_command(&u, &lines.p[lines.n - 1], &words);
		for (size_t k = 0; k < words.n; k++)
			buf_fmt(&out, "[%.*s]", SV_ARG(words.p[k].text));
		if (strcmp(buf_cstr(&out), rows[i].words) != 0)
			print_message("row %zu\n", i);
		assert_string_equal(buf_cstr(&out), rows[i].words);
		vec_done(&lines);
		vec_done(&words);
		buf_done(&out);
		unit_done(&u);
		parts_done(&b);
		arena_done(&a);
	}
}

/* A word's span is the place where it is written. */
static void test_spans(void **state)
{
	static const char text[] = "[Service]\nExecStart=a \\\n  --icc=false\n";
	struct arena a = {0};
	struct parts b = {.arena = &a};
	struct node_vec lines = {0}, words = {0};
	struct unit u;

	(void)state;
	add(&b, USR X, text);
	unit_read(&b, SV(X), &u);
	unit_all(&u, "Service", "ExecStart", &lines);
	unit_command(&u, &lines.p[0], &words);
	assert_int_equal(words.n, 2);
	assert_sv(sv_make(text + words.p[1].start, words.p[1].end - words.p[1].start),
		  "--icc=false");
	vec_done(&lines);
	vec_done(&words);
	unit_done(&u);
	parts_done(&b);
	arena_done(&a);
}

/* A variable that is named many times cannot make much of little. */
static void test_bounded(void **state)
{
	struct arena a = {0};
	struct parts b = {.arena = &a};
	struct node_vec lines = {0}, words = {0};
	struct buf text = {0};
	struct unit u;

	(void)state;
	buf_str(&text, "[Service]\nEnvironment=V=");
	buf_fill(&text, 'x', 60000);
	buf_str(&text, "\nExecStart=a");
	for (size_t i = 0; i < 20000; i++)
		buf_str(&text, " ${V}");
	add(&b, USR X, buf_cstr(&text));
	unit_read(&b, SV(X), &u);
	unit_all(&u, "Service", "ExecStart", &lines);
	unit_command(&u, &lines.p[0], &words);
	assert_true(words.n < 30);
	assert_true(a.used < 16u << 20);
	vec_done(&lines);
	vec_done(&words);
	buf_done(&text);
	unit_done(&u);
	parts_done(&b);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
