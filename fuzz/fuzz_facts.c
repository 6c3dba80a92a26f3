/* Frames of facts: whatever a worker sends, what is decoded is whole. */
#include <stddef.h>
#include <stdint.h>

#include "scan/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layer_facts f = {0};
	struct err err = {0};
	int rc = facts_decode(sv_make(data, size), &f, &err);

	if (rc < 0 && (err.kind == ERR_NONE || f.complete || f.packages.n))
		__builtin_trap();
	if (f.complete && f.end.packages != f.packages.n)
		__builtin_trap();
	for (size_t i = 0; i < f.packages.n; i++)
		if (f.packages.p[i].locations.n != 1 || f.packages.p[i].name.n == 0)
			__builtin_trap();
	for (size_t i = 0; i < f.paths.n; i++)
		if (f.paths.p[i].n == 0 || f.paths.p[i].n % 8)
			__builtin_trap();
	layer_facts_done(&f);
	return 0;
}
