#include "fmt/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream *s = stream_zstd(stream_mem(sv_make(data, size)));
	uint64_t left = 8 << 20;
	struct sv chunk;
	struct err err;

	while (left > 0 && stream_next(s, &chunk, &err) > 0)
		left -= chunk.n < left ? chunk.n : left;
	stream_free(s);
	return 0;
}
