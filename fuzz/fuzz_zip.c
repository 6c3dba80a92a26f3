#include "fmt/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct zip z;
	struct err err;
	uint64_t left = 8 << 20;

	arena_init(&a, 0);
	int rc = zip_open(&a, sv_make(data, size), ZIP_REPEAT, &z, &err);
	for (size_t i = 0; rc == 0 && i < z.n && left > 0; i++) {
		struct buf b = {0};
		struct sv view;
		if (zip_view(&z, &z.members[i], &view))
			left -= view.n < left ? view.n : left;
		if (zip_read(&z, &z.members[i], left, &b, &err) == 0)
			left -= b.n;
		buf_done(&b);
		const struct zip_member *found = zip_find(&z, z.members[i].name);
		if (!found || found < &z.members[i] || !sv_eq(found->name, z.members[i].name))
			__builtin_trap();
	}
	struct zip strict;
	if (zip_open(&a, sv_make(data, size), ZIP_UNIQUE, &strict, &err) == 0 && rc < 0)
		__builtin_trap();
	arena_done(&a);
	return 0;
}
