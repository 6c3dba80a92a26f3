/* The outer tar of an image archive: what is found lies inside, and is what the reader of layers
 * finds. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fmt/tar.h"
#include "oci/tarindex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The data of the tar reader's entry against the bytes the index points to. */
static void same_data(struct tar *t, const struct tar_file *f, const uint8_t *data, struct err *err)
{
	uint64_t done = 0;
	struct sv chunk;

	while (tar_data(t, &chunk, err) > 0) {
		if (chunk.n > f->size - done ||
		    memcmp(chunk.p, data + f->offset + done, chunk.n) != 0)
			abort();
		done += chunk.n;
	}
}

/* Until one of them stops, both see the same files. */
static void compare(const struct tar_index *index, const uint8_t *data, size_t size)
{
	struct tar *t = tar_new(stream_mem(sv_make(data, size)));
	struct tar_entry e;
	struct err err = {0};
	static char path[1 << 20];
	struct sv clean;
	size_t files = 0, seen = 0, at = 0;
	int rc;

	for (struct map_entry *m; (m = map_next(&index->by_path, &at));)
		files += ((const struct tar_file *)m->ptr)->link.n == 0;
	while ((rc = tar_next(t, &e, &err)) > 0) {
		if (e.type != TAR_FILE)
			continue;
		if (!tar_clean_path(e.path, path, sizeof path, &clean))
			abort();
		struct map_entry *m = map_find(&index->by_path, clean);
		const struct tar_file *f = m ? m->ptr : NULL;
		if (!f || f->link.n > 0 || f->size != e.size)
			abort();
		same_data(t, f, data, &err);
		seen++;
	}
	if (rc == 0 && seen != files)
		abort();
	tar_free(t);
}

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
		compare(&t, data, size);
		tar_index_done(&t);
	}
	arena_done(&a);
	return 0;
}
