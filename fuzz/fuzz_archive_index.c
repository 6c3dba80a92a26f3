/* The outer tar of an image archive; files that are found lie inside. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "oci/tarindex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct arena a;
	struct err err = {0};
	struct tar_index t;
	size_t at = 0;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		return 0;
	arena_init(&a, 512u << 20);
	if (tar_index_read(&a, fd, size, &t, &err) == 0) {
		for (struct map_entry *e; (e = map_next(&t.by_path, &at));) {
			const struct tar_file *f = tar_index_find(&t, e->key);
			if (f && (f->offset > size || f->size > size - f->offset))
				abort();
		}
		tar_index_done(&t);
	}
	arena_done(&a);
	return 0;
}
