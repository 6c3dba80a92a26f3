/* Runs a cataloger as a fuzz target: a sink that reads every byte it gets. */
#pragma once

#include "package/catalog.h"

/* What is read has to end somewhere that the compiler does not see through. */
static volatile unsigned fuzz_sum;

static inline void fuzz_touch(struct sv v)
{
	unsigned sum = 0;

	for (size_t i = 0; i < v.n; i++)
		sum += (uint8_t)v.p[i];
	fuzz_sum = sum;
}

static inline void fuzz_package(struct catalog_sink *s, const struct package *p)
{
	(void)s;
	fuzz_touch(p->name);
	fuzz_touch(p->version);
	fuzz_touch(p->arch);
	fuzz_touch(p->source_name);
	fuzz_touch(p->source_version);
	fuzz_touch(p->module);
	for (size_t i = 0; i < p->licenses.n; i++)
		fuzz_touch(p->licenses.p[i]);
}

static inline void fuzz_owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	(void)s;
	fuzz_touch(owner);
	fuzz_touch(path);
}

static inline void fuzz_os(struct catalog_sink *s, const struct os *os)
{
	(void)s;
	fuzz_touch(os->id);
	fuzz_touch(os->version);
	fuzz_touch(os->name);
	fuzz_touch(os->codename);
	fuzz_touch(os->eol);
}

static inline void fuzz_err(struct catalog_sink *s, const struct err *err)
{
	(void)s;
	fuzz_touch(sv_of(err->msg));
	fuzz_touch(sv_of(err->where));
}

static inline void fuzz_unread(struct catalog_sink *s, struct sv type, struct sv path)
{
	(void)s;
	fuzz_touch(type);
	fuzz_touch(path);
}

static inline struct catalog_sink fuzz_sink(void)
{
	return (struct catalog_sink){.package = fuzz_package,
				     .owns = fuzz_owns,
				     .os = fuzz_os,
				     .note = fuzz_err,
				     .fault = fuzz_err,
				     .unread = fuzz_unread};
}

static inline void fuzz_catalog(catalog_fn fn, const char *path, const uint8_t *data, size_t size)
{
	struct catalog_file f = {.path = sv_of(path), .bytes = sv_make(data, size)};
	struct catalog_sink sink = fuzz_sink();
	struct err err = {0};
	struct arena a;

	arena_init(&a, 0);
	if (fn(&f, &a, &sink, &err) < 0 && err.kind == ERR_NONE)
		__builtin_trap(); /* a failure without a reason */
	arena_done(&a);
}
