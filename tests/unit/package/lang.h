/* Cases of the catalogers of language packages: path, bytes, and a line for each package and note.
 */
#pragma once

#include "unit/package/sink.h"

#include "package/catalog.h"

static inline void lang_package(struct catalog_sink *s, const struct package *p)
{
	struct text_sink *t = (struct text_sink *)s;
	struct buf *b = &t->packages;
	const struct location *at = p->locations.p;

	t->packages_n++;
	assert_int_equal(p->locations.n, 1);
	assert_true(p->cataloger.n > 0);
	buf_fmt(b, "%.*s %.*s", SV_ARG(p->name), SV_ARG(p->version));
	if (at->line)
		buf_fmt(b, " :%u", at->line);
	if (p->ns.n)
		buf_fmt(b, " ns=%.*s", SV_ARG(p->ns));
	if (sv_find_char(at->path, '!') != SIZE_MAX)
		buf_fmt(b, " in=%.*s", SV_ARG(at->path));
	for (size_t i = 0; i < p->licenses.n; i++)
		buf_fmt(b, " lic=%.*s", SV_ARG(p->licenses.p[i]));
	buf_fmt(b, "%s%s\n", p->dev ? " dev" : "", p->main_module ? " main" : "");
}

/* Runs fn; the result stays in t, the message of an error in msg. */
static inline int lang_run(struct text_sink *t, catalog_fn fn, const char *path, struct sv bytes,
			   struct err *err)
{
	/* a copy of exactly n bytes, so that a sanitizer sees reads beyond the end */
	char *copy = xmalloc(bytes.n + (bytes.n == 0));
	struct catalog_file f = {.path = sv_of(path), .bytes = {copy, bytes.n}};
	struct arena a;

	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	arena_init(&a, 0);
	text_sink_init(t);
	t->sink.package = lang_package;
	*err = (struct err){0};
	int rc = fn(&f, &a, &t->sink, err);
	arena_done(&a);
	free(copy);
	return rc;
}

struct lang_case {
	const char *path, *text;
	const char *packages;
	const char *notes; /* or the error, after "error " */
};

static inline void lang_cases(catalog_fn fn, const struct lang_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct text_sink t;
		struct err err;
		int rc = lang_run(&t, fn, cases[i].path, sv_of(cases[i].text), &err);

		if (rc < 0)
			buf_fmt(&t.notes, "error %s: %s\n", err.where, err.msg);
		assert_string_equal(buf_cstr(&t.packages), cases[i].packages);
		assert_string_equal(buf_cstr(&t.notes), cases[i].notes ? cases[i].notes : "");
		text_sink_done(&t);
	}
}

/* Every prefix: no crash, and never more packages than the whole has. */
static inline void lang_cut(catalog_fn fn, const char *path, struct sv bytes)
{
	struct text_sink t;
	struct err err;

	(void)lang_run(&t, fn, path, bytes, &err);
	size_t most = t.packages_n;
	text_sink_done(&t);
	for (size_t n = 0; n < bytes.n; n++) {
		(void)lang_run(&t, fn, path, sv_head(bytes, n), &err);
		assert_true(t.packages_n <= most);
		text_sink_done(&t);
	}
}
