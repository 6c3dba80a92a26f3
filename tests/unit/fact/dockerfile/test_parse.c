#include "unit/test.h"

#include "fact/dockerfile/parse.h"

/* "LINE NAME --flag=value [word] <heredoc content> ;" and "!" for each fault. */
static void describe(struct df_file *f, struct buf *out)
{
	struct doc d = {.arena = f->a, .bytes = f->bytes};
	uint32_t line, column;

	for (size_t i = 0; i < f->all.n; i++) {
		const struct df_instruction *n = &f->all.p[i];
		doc_line_col(&d, n->start, &line, &column);
		buf_fmt(out, "%u%s%.*s%s", line, n->trigger ? " on " : " ", SV_ARG(n->name),
			n->exec ? " json" : "");
		for (size_t k = 0; k < n->flags_n; k++)
			buf_fmt(out, " --%.*s%s%.*s", SV_ARG(n->flags[k].name),
				n->flags[k].valued ? "=" : "", SV_ARG(n->flags[k].value));
		for (size_t k = 0; k < n->words.n; k++)
			buf_fmt(out, " [%.*s]", SV_ARG(n->words.p[k].text));
		for (size_t k = 0; k < n->heredocs_n; k++)
			buf_fmt(out, " %s%.*s<%.*s>", n->heredocs[k].expand ? "" : "'",
				SV_ARG(n->heredocs[k].name), SV_ARG(n->heredocs[k].content.text));
		buf_str(out, ";");
	}
	buf_fill(out, '!', f->faults.n);
}

#define F "FROM a\n"
#define G "1 FROM [a];"

static const struct {
	const char *text, *expected;
} cases[] = {
	{"", "!"},
	{"# only a comment\n", "!"},
	{"FROM a", G},
	{"from a\n", G},
	{"\xef\xbb\xbf" F, G},
	{F "RUN x\r\nUSER y\r\n", G "2 RUN [x];3 USER [y];"},
	/* directives: at the top, before any comment */
	{"# syntax=x/y:1\n# escape=`\nFROM a\nRUN a `\n b\n", "3 FROM [a];4 RUN [a  b];"},
	{"#  EsCaPe = `  \nFROM a\nRUN a `\n b\n", "2 FROM [a];3 RUN [a  b];"},
	{"# c\n# escape=`\nFROM a\nRUN a `\n", "3 FROM [a];4 RUN [a `];"},
	{"\n# escape=`\nFROM a\nRUN a `\n", "3 FROM [a];4 RUN [a `];"},
	{"# none=x\n# escape=`\nFROM a\nRUN a `\n", "3 FROM [a];4 RUN [a `];"},
	{"# escape=x\n" F, "2 FROM [a];!"},
	{"# escape=`\n# escape=`\n" F, "3 FROM [a];!"},
	/* continuation */
	{F "RUN a \\\n b\n", G "2 RUN [a  b];"},
	{F "RUN a \\  \n b\n", G "2 RUN [a  b];"},
	{F "RUN a \\\r\n b\n", G "2 RUN [a  b];"},
	{F "RUN a \\\n# c\n  # d\n\n \t\n b\n", G "2 RUN [a  b];"},
	{F "RUN a \\\\\nUSER b\n", G "2 RUN [a \\\\];3 USER [b];"},
	{F "RUN a \\", G "2 RUN [a];"},
	{F "RU\\\nN x\n", G "2 RUN [x];"},
	{F "RUN a # b\n", G "2 RUN [a # b];"},
	/* heredocs */
	{F "RUN <<EOF\na\nb\nEOF\nUSER c\n", G "2 RUN [<<EOF] EOF<a\nb\n>;6 USER [c];"},
	{F "RUN <<-EOF\n\ta\n\tEOF\n", G "2 RUN [<<-EOF] EOF<a\n>;"},
	{F "RUN <<\"EOF\"\n$a\nEOF\n", G "2 RUN [<<\"EOF\"] 'EOF<$a\n>;"},
	{F "RUN cat <<A 3<<B\n1\nA\n2\nB\n", G "2 RUN [cat <<A 3<<B] A<1\n> B<2\n>;"},
	{F "COPY <<A <<B /c/\n1\nA\nB\n", G "2 COPY [<<A] [<<B] [/c/] A<1\n> B<>;"},
	{F "ONBUILD RUN <<A\n1\nA\n", G "2 on RUN [<<A] A<1\n>;"},
	{F "RUN a <<<b\n", G "2 RUN [a <<<b];"},
	{F "RUN a '<<b'\n", G "2 RUN [a '<<b'];"},
	{F "RUN a <<b ' \n", G "2 RUN [a <<b '];"},
	{F "CMD <<EOF\n", G "2 CMD [<<EOF];"},
	{F "RUN <<EOF\n# a\n\nEOF \nEOF\n", G "2 RUN [<<EOF] EOF<# a\n\nEOF \n>;"},
	{F "RUN <<EOF\na\n", G "2 RUN [<<EOF] EOF<a\n>;!"},
	/* the JSON form */
	{F "RUN [\"a\", \"b c\"]\n", G "2 RUN json [a] [b c];"},
	{F "RUN ['a']\n", G "2 RUN [['a']];"},
	{F "RUN [\"a\"] b\n", G "2 RUN [[\"a\"] b];"},
	{F "CMD []\n", G "2 CMD json;"},
	{F "RUN [\"a\", 1]\n", G "2 RUN [[\"a\", 1]];!"},
	{F "RUN [\"\xff\"]\n", G "2 RUN json [\xef\xbf\xbd];"},
	{F "RUN [\"\\udc00\\ud83d\\ude00\"]\n", G "2 RUN json [\xef\xbf\xbd\xf0\x9f\x98\x80];"},
	{F "COPY [\"a b\", \"c\"]\n", G "2 COPY json [a b] [c];"},
	{F "SHELL [\"a\", \"-c\"]\n", G "2 SHELL json [a] [-c];"},
	{F "SHELL a\n", G "2 SHELL;!!"},
	/* flags */
	{F "COPY --from=x --link a b\n", G "2 COPY --from=x --link [a] [b];"},
	{F "COPY -- --from=x b\n", G "2 COPY [--from=x] [b];"},
	{F "COPY --chown=\"a b\" c d\n", G "2 COPY --chown=a b [c] [d];"},
	{F "RUN --mount=type=a --mount=type=b --network=none x\n",
	 G "2 RUN --mount=type=a --mount=type=b --network=none [x];"},
	{F "RUN --netwrk=none x\n", G "2 RUN --netwrk=none [x];!"},
	{F "RUN --network=foo x\n", G "2 RUN --network=foo [x];!"},
	{F "COPY --from a b\n", G "2 COPY --from [a] [b];!"},
	{F "COPY --from=a --from=b c d\n", G "2 COPY --from=a --from=b [c] [d];!"},
	{F "HEALTHCHECK --interval=5s --retries=3 CMD x || y\n",
	 G "2 HEALTHCHECK --interval=5s --retries=3 [x || y];"},
	{F "HEALTHCHECK --interval=5 CMD x\n", G "2 HEALTHCHECK --interval=5 [x];!"},
	/* the rest */
	{F "ENV a b  c\n", G "2 ENV [a] [b  c];"},
	{F "ENV a=b c=\"d e\" f='g h' i\\ j=k\n", G "2 ENV [a=b] [c=\"d e\"] [f='g h'] [i\\ j=k];"},
	{F "ENV a=b c\n", G "2 ENV [a=b] [c];!"},
	{F "ENV a\n", G "2 ENV [a];!"},
	{F "LABEL a.b=c \\\n d=e\n", G "2 LABEL [a.b=c] [d=e];"},
	{"ARG a b=c\n" F "ARG a\n", "1 ARG [a] [b=c];2 FROM [a];3 ARG [a];"},
	{F "EXPOSE 1 2/udp\n", G "2 EXPOSE [1] [2/udp];"},
	{F "HEALTHCHECK none\n", G "2 HEALTHCHECK [none];"},
	{F "HEALTHCHECK NONE x\n", G "2 HEALTHCHECK [NONE];!"},
	{F "HEALTHCHECK CMD\n", G "2 HEALTHCHECK;!!"},
	{F "HEALTHCHECK x\n", G "2 HEALTHCHECK [x];!"},
	{F "ONBUILD user x\n", G "2 on USER [x];"},
	{F "ONBUILD\n", G "2 ONBUILD;!"},
	{F "ONBUILD ONBUILD RUN x\n", G "2 ONBUILD [ONBUILD RUN x];!"},
	{F "ONBUILD FROM x\n", G "2 on FROM [x];!"},
	{F "USER\n", G "2 USER;!"},
	{F "WORKDIR a b\n", G "2 WORKDIR [a b];"},
	{F "COPY a\n", G "2 COPY [a];!"},
	{F "COPY a <<E\nE\n", G "2 COPY [a] [<<E] E<>;!"},
	{F "MAINTAINER a b\n", G "2 MAINTAINER [a b];"},
	{F "bogus x\n", G "2 BOGUS [x];!"},
	{"FROM\n", "1 FROM;!"},
	{"FROM a b\n", "1 FROM [a] [b];!"},
	{"FROM a AS b\n", "1 FROM [a] [AS] [b];"},
	{"FROM a AS 1b\n", "1 FROM [a] [AS] [1b];!"},
	{"FROM --platform=$P a as b\n", "1 FROM --platform=$P [a] [as] [b];"},
	{"RUN x\n" F, "1 RUN [x];2 FROM [a];!"},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf out = {0};
		struct df_file f = {.a = &a, .bytes = sv_of(cases[i].text)};
		df_parse(&f);
		describe(&f, &out);
		if (!sv_is(buf_view(&out), cases[i].expected))
			fail_msg("%s\n gives %s\n   not %s", cases[i].text, buf_cstr(&out),
				 cases[i].expected);
		df_done(&f);
	}
}

/* Joined texts know where their bytes stand. */
static void test_places(void **state)
{
	static const char text[] = F "RUN a \\\n# comment\n  bcd \\\n\n\te\n";
	auto_done(arena_done) struct arena a = {0};
	struct df_file f = {.a = &a, .bytes = sv_of(text)};

	(void)state;
	df_parse(&f);
	const struct df_text *t = &f.all.p[1].rest;
	assert_sv(t->text, "a   bcd \te");
	for (size_t i = 0; i < t->text.n; i++)
		assert_int_equal(text[df_place(t, i)], t->text.p[i]);
	struct df_text part = df_part(t, 4, 3);
	assert_sv(part.text, "bcd");
	assert_memory_equal(text + part.start, "bcd", 3);
	assert_int_equal(part.end - part.start, 3);
	part = df_part(&part, 1, 1);
	assert_int_equal(text[part.start], 'c');
	df_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
					   cmocka_unit_test(test_places)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
