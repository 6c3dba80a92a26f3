/*
 * Release files of real systems: PATH is a folder with releases.tsv (file, kind, os, version, …)
 * and releases.tar.gz. An empty os means that the file names none. The version in the row is as
 * exact as its author wrote it: it may be the start of ours.
 */
#include "runner.h"

#include <stdio.h>

#include "base/base.h"
#include "base/map.h"
#include "fmt/tar.h"
#include "package/osrelease.h"

enum { ARCHIVE_MAX = 64 << 20 };

/* All files of the archive by path. */
static int archive_read(FILE *file, struct arena *a, struct map *files, struct err *err)
{
	struct stream *in = stream_gzip(stream_fd(fileno(file), 0, UINT64_MAX));
	struct tar *tar = tar_new(in);
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
	tar_free(tar);
	return rc;
}

static bool identify(const struct map *files, struct sv path, struct arena *a, struct os *os)
{
	const struct map_entry *e = map_find(files, path);
	struct err err = {0};

	*os = (struct os){0};
	return e && os_identify(path, *(struct sv *)e->ptr, a, os, &err) > 0;
}

/* A redhat-release may name the system that was rebuilt: the more special file beside it decides.
 */
static void beside(const struct map *files, struct sv path, struct arena *a, struct os *os)
{
	struct sv dir = sv_head(path, path.n - sv_basename(path).n);
	size_t at = 0;

	for (const struct map_entry *e; (e = map_next(files, &at));) {
		struct os other;
		if (sv_starts(e->key, dir) && sv_ends(e->key, SV("-release")) &&
		    !sv_is(sv_basename(e->key), "os-release") && os_rank(e->key) < os_rank(path) &&
		    identify(files, e->key, a, &other))
			*os = other;
	}
}

static void row_check(struct runner *r, const struct map *files, struct arena *a, struct sv row)
{
	struct sv file = sv_cut(&row, '\t'), kind = sv_cut(&row, '\t');
	struct sv want_os = sv_cut(&row, '\t'), want_version = sv_cut(&row, '\t');
	struct os os;

	if (!map_find(files, file)) {
		runner_fail(r, "%.*s: not in the archive", SV_ARG(file));
		return;
	}
	(void)identify(files, file, a, &os);
	if (sv_is(kind, "redhat-release"))
		beside(files, file, a, &os);
	/* two authors name one branch: one says edge, one the snapshot's number */
	if (sv_is(os.version, "edge") && sv_find(want_version, SV("_alpha")) != SIZE_MAX) {
		runner_skip(r, "%.*s: another row calls such a snapshot edge, as gabion does",
			    SV_ARG(file));
		return;
	}
	/* what a file says about its version is of no use when it names no system */
	bool good = sv_eq(os.id, want_os) && (!want_os.n || sv_starts(os.version, want_version));
	if (good)
		runner_pass(r);
	else
		runner_fail(r, "%.*s: expected %.*s %.*s, found %.*s %.*s", SV_ARG(file),
			    SV_ARG(want_os), SV_ARG(want_version), SV_ARG(os.id),
			    SV_ARG(os.version));
}

static FILE *set_open(const struct runner *r, const char *name)
{
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/%s", r->path, name);
	return fopen(path, "rb");
}

static int run(struct runner *r, FILE *table, FILE *archive)
{
	auto_done(buf_done) struct buf text = {0};
	auto_done(map_done) struct map files = {0};
	struct stream *in = stream_fd(fileno(table), 0, UINT64_MAX);
	struct err err = {0};
	struct arena a;
	struct sv line;

	arena_init(&a, 0);
	int rc = stream_all(in, ARCHIVE_MAX, &text, &err);
	stream_free(in);
	if (rc >= 0)
		rc = archive_read(archive, &a, &files, &err);
	if (rc < 0)
		runner_fail(r, "%s: %s: %s", r->path, err.where, err.msg);
	struct sv rest = buf_view(&text);
	(void)sv_line(&rest, &line);
	while (rc >= 0 && sv_line(&rest, &line))
		row_check(r, &files, &a, line);
	arena_done(&a);
	return runner_end(r);
}

int main(int argc, char **argv)
{
	struct runner r;

	if (!runner_init(&r, "os", argc, argv))
		return 77;
	auto_fclose FILE *table = set_open(&r, "releases.tsv");
	auto_fclose FILE *archive = set_open(&r, "releases.tar.gz");
	if (!table || !archive) {
		printf("conformance-os: skipped: no releases.tsv and releases.tar.gz in %s\n",
		       r.path);
		return 77;
	}
	return run(&r, table, archive);
}
