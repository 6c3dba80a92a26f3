/* For tests: a stage that gives at most `step` bytes at a time, then optionally fails; no fill. */
#pragma once

#include "fmt/stream.h"

struct drip {
	struct stream s;
	struct sv rest;
	size_t step;
	bool fail;
	bool *freed;
};

static inline int drip_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct drip *d = (struct drip *)s;

	if (d->rest.n == 0)
		return d->fail ? err_set(err, ERR_IO, "drip") : 0;
	*chunk = sv_head(d->rest, d->step);
	d->rest = sv_from(d->rest, chunk->n);
	return 1;
}

static inline void drip_free(struct stream *s)
{
	struct drip *d = (struct drip *)s;

	if (d->freed)
		*d->freed = true;
	free(d);
}

static inline struct stream *drip(struct sv v, size_t step, bool fail, bool *freed)
{
	struct drip *d = xcalloc(1, sizeof *d);

	*d = (struct drip){.s = {.next = drip_next, .free = drip_free},
			   .rest = v,
			   .step = step,
			   .fail = fail,
			   .freed = freed};
	return &d->s;
}
