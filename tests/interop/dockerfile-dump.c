/* What the grammar of Dockerfiles makes of files, in the form that dockerfile.go prints too. */
#include <stdio.h>

#include "fact/dockerfile/parse.h"
#include "sys/file.h"

static void text(const char *mark, struct sv v)
{
	(void)printf("%s ", mark);
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		if (c > ' ' && c < 0x7f && c != '%')
			(void)putchar(c);
		else
			(void)printf("%%%02x", c);
	}
	(void)putchar('\n');
}

static void arguments(const struct df_instruction *i)
{
	for (size_t k = 0; k < i->words.n; k++) {
		const struct df_word *w = &i->words.p[k];
		if ((i->kind != DF_ENV && i->kind != DF_LABEL) || i->old_form) {
			text("a", w->text);
			continue;
		}
		text("a", sv_head(w->text, w->value_at ? w->value_at - 1 : SIZE_MAX));
		text("a", sv_from(w->text, w->value_at));
	}
}

static void instruction(struct arena *a, struct doc *d, const struct df_instruction *i)
{
	uint32_t line, column;

	doc_line_col(d, i->start, &line, &column);
	(void)printf("I %.*s %u%s%s\n", SV_ARG(i->name), line, i->trigger ? " trigger" : "",
		     i->exec ? " json" : "");
	for (size_t k = 0; k < i->flags_n; k++) {
		const struct df_flag *f = &i->flags[k];
		text("f", arena_fmt(a, "--%.*s%s%.*s", SV_ARG(f->name), f->valued ? "=" : "",
				    SV_ARG(f->value)));
	}
	if (i->kind == DF_HEALTHCHECK && i->check)
		text("a", SV("CMD"));
	if (i->kind != DF_UNKNOWN) /* BuildKit drops what it does not know */
		arguments(i);
	for (size_t k = 0; k < i->heredocs_n; k++) {
		text(i->heredocs[k].expand ? "h" : "H", i->heredocs[k].name);
		text("c", i->heredocs[k].content.text);
	}
}

static int dump(const char *path)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf bytes = {0};
	struct err err;

	if (file_read(path, 1u << 20, &bytes, &err) < 0)
		return -1;
	struct doc d = {.arena = &a, .name = sv_of(path), .bytes = buf_view(&bytes)};
	struct df_file f = {.a = &a, .bytes = d.bytes};
	df_parse(&f);
	(void)printf("file %s\n%s\n", path, f.faults.n ? "fault" : "good");
	for (size_t i = 0; i < f.all.n; i++)
		instruction(&a, &d, &f.all.p[i]);
	df_done(&f);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		(void)dump(argv[i]);
	return 0;
}
