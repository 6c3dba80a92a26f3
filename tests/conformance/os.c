/*
 * Release files of real systems: PATH is a folder with releases.tsv (file, kind, os, version, …)
 * and releases.tar.gz. An empty os means that the file names none. The version in the row is as
 * exact as its author wrote it: it may be the start of ours.
 */
#include <stdio.h>

#include "archive.h"
#include "package/osrelease.h"

static bool identify(const struct map *files, struct sv path, struct arena *a, struct os *os)
{
	const struct sv *bytes = archive_find(files, path);
	struct err err = {0};

	*os = (struct os){0};
	return bytes && os_identify(path, *bytes, a, os, &err) > 0;
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

static int run(struct runner *r, const struct buf *table)
{
	auto_done(map_done) struct map files = {0};
	struct sv rest = buf_view(table), line;
	struct arena a;

	arena_init(&a, 0);
	bool read = archive_files(r, "releases.tar.gz", &a, &files);
	(void)sv_line(&rest, &line);
	while (read && sv_line(&rest, &line))
		row_check(r, &files, &a, line);
	arena_done(&a);
	return runner_end(r);
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf table = {0};
	struct runner r;

	if (!runner_init(&r, "os", argc, argv))
		return 77;
	if (!archive_text(&r, "releases.tsv", &table)) {
		printf("conformance-os: skipped: no releases.tsv in %s\n", r.path);
		return 77;
	}
	return run(&r, &table);
}
