#include "catalog_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_catalog(dpkg_read, "var/lib/dpkg/status", data, size);
	fuzz_catalog(dpkg_files_read, "var/lib/dpkg/info/a:amd64.list", data, size);
	fuzz_catalog(dpkg_files_read, "var/lib/dpkg/status.d/a.md5sums", data, size);
	return 0;
}
