#include "catalog_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_catalog(rpm_sqlite_read, "var/lib/rpm/rpmdb.sqlite", data, size);
	return 0;
}
