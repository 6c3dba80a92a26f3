/*
 * Hard links to data that was not kept: a package store (pnpm) or a link tree may put the data
 * under a name that says nothing, before the names that do. When the layer's bytes can be had
 * again, a second pass takes the data of those targets and offers it to the catalogers under the
 * names of the links.
 */
#include "base/limits.h"
#include "fmt/tar.h"
#include "scan/analysis-int.h"

void analysis_link_later(struct analysis *an, struct sv target, struct sv path)
{
	struct map_entry *known = map_find(&an->link_paths, target);
	struct sv first = known ? an->links.p[known->num].target : arena_sv(&an->keep, target);

	analysis_evidence(an, path);
	map_put(&an->link_paths, an->path, NULL)->num = an->links.n;
	*VEC_PUSH(&an->links) = (struct later_link){first, an->path, an->file, SIZE_MAX};
}

/* Links by target: a chain through the list. */
static void index_targets(struct analysis *an, struct map *by_target)
{
	for (size_t i = 0; i < an->links.n; i++) {
		bool made;
		struct map_entry *e = map_put(by_target, an->links.p[i].target, &made);
		an->links.p[i].next = made ? SIZE_MAX : e->num;
		e->num = i;
	}
}

/* The link is still what stands at its path: no later entry replaced it. */
static bool stands(const struct analysis *an, const struct later_link *l)
{
	const struct map_entry *e = map_find(&an->files, l->path);

	return e && e->num == l->file;
}

static int take(struct analysis *an, struct tar *tar, const struct tar_entry *e, size_t at,
		struct err *err)
{
	struct sv chunk;
	int rc;

	buf_clear(&an->content);
	while ((rc = tar_data(tar, &chunk, err)) > 0)
		if (an->content.n + chunk.n <= limit_file_bytes)
			buf_sv(&an->content, chunk);
	for (; rc == 0 && at != SIZE_MAX; at = an->links.p[at].next) {
		struct later_link *l = &an->links.p[at];
		if (!stands(an, l))
			continue;
		l->file = 0;
		analysis_evidence(an, l->path);
		analysis_content(an, e->size);
	}
	return rc;
}

static int second_walk(struct analysis *an, struct tar *tar, const struct map *by_target,
		       struct err *err)
{
	struct tar_entry e;
	struct sv path;
	int rc;

	while ((rc = tar_next(tar, &e, err)) > 0) {
		if (e.type != TAR_FILE ||
		    !tar_clean_path(e.path, an->path_text, sizeof an->path_text, &path))
			continue;
		struct map_entry *found = map_find(by_target, path);
		if (found)
			rc = take(an, tar, &e, found->num, err);
		if (rc < 0)
			break;
	}
	return rc;
}

/* What no entry of this layer has: the data lies in a layer below, which no engine would accept. */
static void give_up(struct analysis *an)
{
	for (size_t i = 0; i < an->links.n; i++)
		if (an->links.p[i].file && stands(an, &an->links.p[i]))
			analysis_unreadable_link(an, an->links.p[i].path);
}

bool analysis_has_links(const struct analysis *an)
{
	return an->links.n > 0;
}

int analysis_links(struct analysis *an, struct stream *bytes, struct err *err)
{
	struct map by_target = {0};
	struct stream *stored = stream_digest(bytes), *unpacked = NULL;
	enum compression packed;
	uint8_t again[32];
	uint64_t n;

	int rc = stream_auto(stored, &unpacked, &packed, err);
	if (rc < 0)
		return rc;
	index_targets(an, &by_target);
	struct tar *tar = tar_new(unpacked);
	rc = second_walk(an, tar, &by_target, err);
	if (rc == 0 &&
	    (!stream_digest_get(stored, again, &n) || memcmp(again, an->end.blob, 32) != 0))
		rc = err_set(err, ERR_CONFLICT, "the layer changed while it was read");
	tar_free(tar);
	map_done(&by_target);
	give_up(an);
	return rc;
}
