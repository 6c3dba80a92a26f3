#include "archive.h"

#include <stdio.h>

#include "fmt/tar.h"

enum { ARCHIVE_MAX = 64 << 20 };

static FILE *set_open(const struct runner *r, const char *name)
{
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/%s", r->path, name);
	return fopen(path, "rb");
}

bool archive_text(const struct runner *r, const char *name, struct buf *out)
{
	auto_fclose FILE *file = set_open(r, name);
	struct err err = {0};

	if (!file)
		return false;
	struct stream *in = stream_fd(fileno(file), 0, UINT64_MAX);
	int rc = stream_all(in, ARCHIVE_MAX, out, &err);
	stream_free(in);
	return rc >= 0;
}

static int read_entries(struct tar *tar, struct arena *a, struct map *files, struct err *err)
{
	struct tar_entry e;
	int rc;

	while ((rc = tar_next(tar, &e, err)) > 0) {
		auto_done(buf_done) struct buf bytes = {0};
		struct sv path = arena_sv(a, e.path), chunk;
		bool made;
		while (e.type == TAR_FILE && (rc = tar_data(tar, &chunk, err)) > 0)
			if (bytes.n + chunk.n <= ARCHIVE_MAX)
				buf_sv(&bytes, chunk);
		if (rc < 0)
			break;
		struct sv *copy = ARENA_NEW(a, struct sv);
		*copy = arena_sv(a, buf_view(&bytes));
		map_put(files, path, &made)->ptr = copy;
	}
	return rc;
}

bool archive_files(struct runner *r, const char *name, struct arena *a, struct map *files)
{
	auto_fclose FILE *file = set_open(r, name);
	struct err err = {0};

	if (!file) {
		runner_fail(r, "%s/%s: not there", r->path, name);
		return false;
	}
	struct tar *tar = tar_new(stream_gzip(stream_fd(fileno(file), 0, UINT64_MAX)));
	int rc = read_entries(tar, a, files, &err);
	tar_free(tar);
	if (rc < 0)
		runner_fail(r, "%s/%s: %s: %s", r->path, name, err.where, err.msg);
	return rc >= 0;
}

const struct sv *archive_find(const struct map *files, struct sv path)
{
	const struct map_entry *e = map_find(files, path);

	return e ? e->ptr : NULL;
}
