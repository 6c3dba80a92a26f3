/*
 * gabion-facts CODENAME NUMBER FILE…: the facts of Debian changelogs as rows of
 * data/debian-NUMBER.tsv, for data/collect.
 */
#include <stdio.h>

#include "advisory/changelog.h"
#include "base/clock.h"

static int read_whole(const char *path, struct buf *b, struct err *err)
{
	auto_fclose FILE *f = fopen(path, "rb");

	if (!f)
		return err_sys(err, "%s cannot be read", path);
	for (size_t n = 1; n > 0; b->n += n)
		n = fread(buf_reserve(b, 65536), 1, 65536, f);
	return ferror(f) ? err_sys(err, "%s cannot be read", path) : 0;
}

static int print_facts(const char *path, const struct changelog_release *r, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf text = {0}, row = {0};
	struct changelog_facts facts = {0};

	arena_init(&a, 0);
	int n = read_whole(path, &text, err);
	if (n == 0)
		n = changelog_facts(&a, buf_view(&text), r, &facts, err);
	for (size_t i = 0; n == 0 && i < facts.n; i++) {
		const struct changelog_fact *f = &facts.p[i];
		buf_fmt(&row, "%.*s\t%.*s\t", SV_ARG(f->source), SV_ARG(f->version));
		if (f->days != INT64_MIN)
			clock_fmt_date(&row, f->days * 86400);
		buf_fmt(&row, "\t%.*s\n", SV_ARG(f->cve));
	}
	(void)fwrite(row.p, 1, row.n, stdout);
	vec_done(&facts);
	return n;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	int status = 0;

	if (argc < 4) {
		fputs("usage: gabion-facts CODENAME NUMBER FILE...\n", stderr);
		return 2;
	}
	struct changelog_release r = {sv_of(argv[1]), sv_of(argv[2])};
	for (int i = 3; i < argc; i++) {
		if (print_facts(argv[i], &r, &err) < 0) {
			(void)err_where(&err, "%s", argv[i]);
			err_print(stderr, &err);
			err = (struct err){0};
			status = 3;
		}
	}
	return status;
}
