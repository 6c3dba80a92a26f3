#include "catalog_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_catalog(apk_read, "lib/apk/db/installed", data, size);
	return 0;
}
