#include "package/elfscan.h"
#include "sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_catalog(cargo_audit_read, "usr/bin/x", sv_make(data, size));
}
