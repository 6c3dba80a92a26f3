/* A sink that writes down what it gets, a line each, for comparison with a text. */
#pragma once

#include "unit/test.h"

#include "package/cataloger.h"

struct text_sink {
	struct catalog_sink sink;
	struct buf packages, owned, notes, faults;
	size_t packages_n, owned_n, notes_n, faults_n;
	struct os os;
	struct buf os_text;
};

static inline void text_sink_package(struct catalog_sink *s, const struct package *p)
{
	struct text_sink *t = (struct text_sink *)s;

	t->packages_n++;
	buf_fmt(&t->packages, "%.*s %.*s %.*s", SV_ARG(p->name), SV_ARG(p->version),
		SV_ARG(p->arch));
	if (p->source_name.n || p->source_version.n)
		buf_fmt(&t->packages, " src=%.*s/%.*s", SV_ARG(p->source_name),
			SV_ARG(p->source_version));
	if (p->module.n)
		buf_fmt(&t->packages, " module=%.*s", SV_ARG(p->module));
	for (size_t i = 0; i < p->licenses.n; i++)
		buf_fmt(&t->packages, " lic=%.*s", SV_ARG(p->licenses.p[i]));
	buf_char(&t->packages, '\n');
}

static inline void text_sink_owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	struct text_sink *t = (struct text_sink *)s;

	t->owned_n++;
	buf_fmt(&t->owned, "%.*s: %.*s\n", SV_ARG(owner), SV_ARG(path));
}

static inline void text_sink_note(struct catalog_sink *s, const struct err *err)
{
	struct text_sink *t = (struct text_sink *)s;

	t->notes_n++;
	buf_fmt(&t->notes, "%s: %s\n", err->where, err->msg);
}

static inline void text_sink_fault(struct catalog_sink *s, const struct err *err)
{
	struct text_sink *t = (struct text_sink *)s;

	t->faults_n++;
	buf_fmt(&t->faults, "%s: %s\n", err->where, err->msg);
}

static inline void text_sink_os(struct catalog_sink *s, const struct os *os)
{
	struct text_sink *t = (struct text_sink *)s;

	buf_fmt(&t->os_text, "%.*s %.*s\n", SV_ARG(os->id), SV_ARG(os->version));
}

static inline void text_sink_init(struct text_sink *t)
{
	*t = (struct text_sink){
		.sink = {.package = text_sink_package,
			 .owns = text_sink_owns,
			 .note = text_sink_note,
			 .fault = text_sink_fault,
			 .os = text_sink_os},
	};
}

static inline void text_sink_done(struct text_sink *t)
{
	buf_done(&t->packages);
	buf_done(&t->owned);
	buf_done(&t->notes);
	buf_done(&t->faults);
	buf_done(&t->os_text);
}

/* Runs fn over bytes as the file path. */
static inline int text_sink_run(struct text_sink *t, catalog_fn fn, const char *path,
				struct sv bytes)
{
	struct catalog_file f = {.path = sv_of(path), .bytes = bytes};
	struct err err = {0};
	struct arena a;

	arena_init(&a, 0);
	text_sink_init(t);
	int rc = fn(&f, &a, &t->sink, &err);
	arena_done(&a);
	return rc;
}
