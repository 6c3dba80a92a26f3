#include "catalog_target.h"

#include "package/rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalog_file f = {.path = SV("var/lib/rpm/Packages")};
	struct catalog_sink sink = fuzz_sink();
	struct err err = {0};
	struct catalog_run run = {.file = &f, .sink = &sink, .err = &err};

	if (rpm_header_read(&run, sv_make(data, size), 0) < 0)
		__builtin_trap(); /* one header has one fault */
	return 0;
}
