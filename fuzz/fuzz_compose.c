/* Compose files with what they refer to: parts stand between lines "=== ROLE NAME"; the first is
 * the file itself. Every field of a service has the kind that its schema says. */
#include <stdlib.h>

#include "fact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fact_check_source("compose", sv_make(data, size), false);
	fact_check_source("compose", sv_make(data, size), true);
	return 0;
}
