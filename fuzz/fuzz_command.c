/* Command lines of Docker and Podman: every field has the kind that its schema says. */
#include <stdlib.h>

#include "fact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fact_check_source("command", sv_make(data, size), false);
	return 0;
}
