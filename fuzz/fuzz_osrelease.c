#include "catalog_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_catalog(os_release_read, "etc/os-release", data, size);
	fuzz_catalog(os_release_read, "etc/lsb-release", data, size);
	fuzz_catalog(os_release_read, "etc/debian_version", data, size);
	fuzz_catalog(os_release_read, "etc/alpine-release", data, size);
	fuzz_catalog(os_release_read, "etc/centos-release", data, size);
	fuzz_catalog(os_release_read, "etc/system-release-cpe", data, size);
	return 0;
}
