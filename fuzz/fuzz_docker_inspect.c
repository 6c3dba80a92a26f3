/* Inspect documents of Docker and Podman, with what the engine and the image say: every field has
 * the kind that its schema says. Parts stand between lines "=== ROLE NAME". */
#include "fact_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fact_check_source("docker-inspect", sv_make(data, size), false);
	return 0;
}
