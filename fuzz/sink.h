/* A sink for fuzz targets: checks what every package must hold to, and drops it. */
#pragma once

#include <stdlib.h>

#include "package/cataloger.h"
#include "package/emit.h"

static inline void fuzz_package(struct catalog_sink *s, const struct package *p)
{
	(void)s;
	if (p->name.n == 0 || p->locations.n != 1 || !emit_text_ok(p->name) ||
	    !emit_text_ok(p->version))
		abort();
}

static inline void fuzz_note(struct catalog_sink *s, const struct err *err)
{
	(void)s;
	if (err->kind == ERR_NONE || err->where[0] == '\0')
		abort();
}

static inline int fuzz_catalog(catalog_fn fn, const char *path, struct sv bytes)
{
	struct catalog_sink sink = {.package = fuzz_package, .note = fuzz_note};
	struct catalog_file f = {sv_of(path), bytes};
	struct err err = {0};
	struct arena a;

	arena_init(&a, 0);
	if (fn(&f, &a, &sink, &err) < 0)
		fuzz_note(&sink, &err);
	arena_done(&a);
	return 0;
}
