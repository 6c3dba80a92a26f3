/* A purl that is read is written again, and what is written reads the same. */
#include <stdint.h>
#include <stdlib.h>

#include "model/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct package p, again;
	struct os os;
	struct err err;
	auto_done(buf_done) struct buf first = {0}, second = {0};

	arena_init(&a, 16 << 20);
	if (purl_parse(&a, sv_make(data, size), &p, &os, &err) == 0) {
		purl_write(&first, &p, os.id.n ? &os : NULL);
		if (purl_parse(&a, buf_view(&first), &again, &os, &err) != 0)
			abort();
		purl_write(&second, &again, os.id.n ? &os : NULL);
		if (!sv_eq(buf_view(&first), buf_view(&second)))
			abort();
	}
	arena_done(&a);
	return 0;
}
