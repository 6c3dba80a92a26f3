#include "fmt/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tar *t = tar_new(stream_mem(sv_make(data, size)));
	uint64_t left = 8 << 20;
	char path[256];
	struct tar_entry e;
	struct sv chunk;
	struct err err;

	while (left > 0 && tar_next(t, &e, &err) > 0) {
		(void)tar_clean_path(e.path, path, sizeof path, &chunk);
		while (left > 0 && tar_data(t, &chunk, &err) > 0)
			left -= chunk.n < left ? chunk.n : left;
	}
	tar_free(t);
	return 0;
}
