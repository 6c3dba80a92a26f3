/* Executables whole, and as a stream in chunks whose size the first byte says: both must survive.
 */
#include "package/elfscan.h"
#include "sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void scan(struct sv file, size_t chunk, uint64_t size)
{
	struct catalog_sink sink = {.package = fuzz_package, .note = fuzz_note};
	struct elf_scan *s = elf_scan_new();
	struct err err = {0};
	struct arena a;

	arena_init(&a, 0);
	elf_scan_begin(s, size);
	for (size_t at = 0; at < file.n; at += chunk) {
		struct sv part = sv_head(sv_from(file, at), chunk);
		char *copy = xmalloc(part.n);

		memcpy(copy, part.p, part.n);
		elf_scan_chunk(s, sv_make(copy, part.n));
		free(copy);
	}
	if (elf_scan_end(s, SV("usr/bin/x"), &a, &sink, &err) < 0)
		fuzz_note(&sink, &err);
	elf_scan_free(s);
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv file = sv_from(sv_make(data, size), 1);

	if (size == 0)
		return 0;
	scan(file, 1 + (size_t)data[0] * 16, UINT64_MAX);
	scan(file, SIZE_MAX / 2, file.n);
	return 0;
}
