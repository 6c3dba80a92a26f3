#include "package/catalog.h"
#include "sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_catalog(python_dist_read, "x/a-1.dist-info/METADATA", sv_make(data, size));
}
