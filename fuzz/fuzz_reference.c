/* Whatever parses is written and parses again to the same. */
#include <stdlib.h>

#include "oci/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct err err = {0};
	struct reference r, again;

	arena_init(&a, 64u << 20);
	if (reference_parse(&a, sv_make(data, size), &r, &err) == 0) {
		if (reference_parse(&a, reference_str(&a, &r), &again, &err) != 0 ||
		    !reference_eq(&r, &again))
			abort();
		(void)reference_familiar(&a, &r);
	}
	arena_done(&a);
	return 0;
}
