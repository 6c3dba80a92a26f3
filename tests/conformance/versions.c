/*
 * Version order: <scheme>.txt in both directions, grype-compare.tsv, grype-constraints.tsv.
 *
 * Differences that are meant stand in `accepted` and `own_rules` with their reason; any other is a failure.
 */
#include "runner.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "advisory/version.h"

/* Skips are counted by file and reason, and printed at the end of the file. */
struct skips {
	struct {
		const char *reason;
		struct sv what;
		size_t n;
	} rows[64];
	size_t n;
};

struct difference {
	const char *file, *a, *op, *b;
	const char *reason;
};

static const struct difference accepted[] = {
	{"packagist.txt", "1.2.3.#", "=", "1.2.3.1",
	 "a literal # cannot equal both the end and any number: no order could hold"},
};

static const char *accepted_reason(const char *file, struct sv a, char op, struct sv b)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++)
		if (strcmp(file, accepted[i].file) == 0 && sv_is(a, accepted[i].a) &&
		    accepted[i].op[0] == op && sv_is(b, accepted[i].b))
			return accepted[i].reason;
	return NULL;
}

static void skip(struct skips *s, struct sv what, const char *reason)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->rows[i].reason, reason) == 0 && sv_eq(s->rows[i].what, what)) {
			s->rows[i].n++;
			return;
		}
	}
	if (s->n == ARRAY_LEN(s->rows))
		return;
	s->rows[s->n].what = what;
	s->rows[s->n].reason = reason;
	s->rows[s->n++].n = 1;
}

/* The runner counts one skip a call: print once, count all. */
static void print_skips(struct runner *r, const char *file, const struct skips *s)
{
	for (size_t i = 0; i < s->n; i++) {
		runner_skip(r, "%s %.*s: %zu rows: %s", file, SV_ARG(s->rows[i].what), s->rows[i].n,
			    s->rows[i].reason);
		r->skipped += s->rows[i].n - 1;
	}
}

static bool load(struct runner *r, const char *file, struct buf *text)
{
	char path[8192];

	(void)snprintf(path, sizeof path, "%s/%s", r->path, file);
	auto_fclose FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	for (size_t n = 1; n > 0;) {
		n = fread(buf_reserve(text, 65536), 1, 65536, f);
		text->n += n;
	}
	return true;
}

static void check(struct runner *r, const struct version_scheme *s, const char *file, size_t number, struct sv a,
		  char op, struct sv b)
{
	char found = version_order(s, a, b);

	if (found == op)
		runner_pass(r);
	else
		runner_fail(r, "%s:%zu: expected %.*s %c %.*s, found %c", file, number, SV_ARG(a), op, SV_ARG(b),
			    found);
}

static void run_lines(struct runner *r, const char *file)
{
	auto_done(buf_done) struct buf text = {0};
	struct skips skips = {0};
	struct sv name = sv_head(sv_of(file), strlen(file) - strlen(".txt"));
	const struct version_scheme *s = version_scheme_find(name);
	size_t before = r->passed;

	if (!s) {
		runner_skip(r, "%s: no such scheme", file);
		return;
	}
	if (!load(r, file, &text)) {
		runner_fail(r, "%s cannot be read", file);
		return;
	}
	struct sv rest = buf_view(&text), line;
	for (size_t number = 1; sv_line(&rest, &line); number++) {
		struct sv a, b;
		char op;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!version_line_parse(line, &a, &op, &b)) {
			runner_fail(r, "%s:%zu: no comparison", file, number);
			continue;
		}
		const char *why = accepted_reason(file, a, op, b);
		if (why && version_order(s, a, b) != op)
			skip(&skips, line, why);
		else
			check(r, s, file, number, a, op, b);
	}
	print_skips(r, file, &skips);
	printf("%s: %zu lines hold\n", file, r->passed - before);
}

static int is_lines(const struct dirent *e)
{
	return sv_ends(sv_of(e->d_name), SV(".txt"));
}

int main(int argc, char **argv)
{
	struct runner r;
	struct dirent **files;

	if (!runner_init(&r, "versions", argc, argv))
		return 77;
	int n = scandir(r.path, &files, is_lines, alphasort);
	for (int i = 0; i < n; i++) {
		run_lines(&r, files[i]->d_name);
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	return runner_end(&r);
}
