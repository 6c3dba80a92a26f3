/* A runtime's config.json. */
#include "fact/oci/oci.h"
#include "kernel_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fact_sink sink = {.object = on_object};
	struct parts parts = {0};
	struct arena a;

	arena_init(&a, 0);
	parts.arena = &a;
	parts_add(&parts, SV(""), SV("config.json"), sv_make(data, size));
	source_oci_config.objects(&parts, &sink);
	parts_done(&parts);
	arena_done(&a);
	return 0;
}
