/* A layer's tar: entries, whiteouts (OCI image specification, layer.md), links. */
#include "base/limits.h"
#include "fmt/stage.h"
#include "fmt/tar.h"
#include "scan/analysis-int.h"
#include "scan/notable.h"

enum { TELL_EVERY = 4 << 20 };

/* The data of a tar entry as a stream, so that files of archives and directories take one way. */
struct entry_stream {
	struct stream s;
	struct tar *tar;
};

static int entry_next(struct stream *s, struct sv *chunk, struct err *err)
{
	return tar_data(((struct entry_stream *)s)->tar, chunk, err);
}

static void entry_free(struct stream *s)
{
	(void)s;
}

/* Counts what is read from the source, for progress. */
struct meter {
	struct stream s, *in;
	struct analysis *an;
	struct sv kept;
};

static int meter_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct meter *m = (struct meter *)s;
	int rc = stream_next(m->in, chunk, err);

	if (rc > 0)
		__atomic_add_fetch(&m->an->stored, chunk->n, __ATOMIC_RELAXED);
	return rc;
}

static int meter_fill(struct stream *s, char *to, size_t cap, size_t *n, struct err *err)
{
	struct meter *m = (struct meter *)s;
	int rc = stream_fill(m->in, &m->kept, to, cap, n, err);

	if (rc > 0)
		__atomic_add_fetch(&m->an->stored, *n, __ATOMIC_RELAXED);
	return rc;
}

static void meter_free(struct stream *s)
{
	stream_free(((struct meter *)s)->in);
}

static void tell_progress(struct analysis *an)
{
	uint64_t now = __atomic_load_n(&an->stored, __ATOMIC_RELAXED);

	if (!(an->flags & ANALYSIS_PROGRESS) || now - an->told < TELL_EVERY)
		return;
	an->told = now;
	fact_progress(an->out, now);
}

static void odd_entry(struct analysis *an, const struct tar_entry *e, struct sv path)
{
	struct err err;

	(void)err_set(&err, ERR_PARSE, "tar readers differ on this entry: %s", e->odd);
	(void)err_code(&err, "tar-ambiguous");
	analysis_error(an, WEIGHT_NOTE, &err, path, false);
}

static void escaping_entry(struct analysis *an, struct sv path)
{
	struct err err;

	(void)err_set(&err, ERR_PARSE,
		      "the path leads out of the layer; no engine would unpack it");
	(void)err_code(&err, "path-escape");
	analysis_error(an, WEIGHT_FATAL, &err, path, false);
}

/* ".wh.NAME": NAME of the layers below is gone. The path may be the tar reader's own bytes. */
static void whiteout_name(struct analysis *an, struct sv path, struct sv name)
{
	struct sv hidden = sv_from(name, 4);

	if (hidden.n == 0 || sv_is(hidden, ".") || sv_is(hidden, "..")) {
		escaping_entry(an, path); /* it would hide the folder itself */
		return;
	}
	size_t n = path.n - name.n;
	memcpy(an->link_text, path.p, n);
	memcpy(an->link_text + n, hidden.p, hidden.n);
	analysis_whiteout(an, sv_make(an->link_text, n + hidden.n), false);
}

/* True when the entry was a whiteout. */
static bool whiteout(struct analysis *an, struct sv path)
{
	struct sv name = sv_basename(path);
	struct sv dir = sv_head(path, path.n - name.n);

	if (!sv_starts(name, SV(".wh.")))
		return false;
	if (dir.n)
		dir.n--;
	if (sv_is(name, ".wh..wh..opq"))
		analysis_whiteout(an, dir, true);
	else if (!sv_starts(name, SV(".wh..wh.")))
		whiteout_name(an, path, name);
	return true;
}

static void hard_link(struct analysis *an, struct tar_entry *e, struct sv path)
{
	struct sv target;

	if (!tar_clean_path(e->link, an->link_text, sizeof an->link_text, &target))
		escaping_entry(an, e->path);
	else if (!map_find(&an->link_paths, target) && analysis_same(an, target, path))
		return;
	else if ((an->flags & ANALYSIS_AGAIN) && analysis_wants(path, 0, 0, an->flags))
		analysis_link_later(an, target, path);
	else
		analysis_unreadable_link(an, path);
}

static void audited(struct analysis *an, const struct tar_entry *e, struct sv path)
{
	struct audit_entry a = {.path = path,
				.type = e->type,
				.mode = e->mode,
				.uid = e->uid,
				.gid = e->gid,
				.size = e->size};

	a.has_capabilities =
		e->capability.n && notable_capabilities(e->capability, &a.capabilities);
	analysis_entry(an, &a);
}

static int entry(struct analysis *an, struct tar *tar, struct tar_entry *e, struct err *err)
{
	struct sv path;

	if (e->type == TAR_OTHER)
		return 0;
	if (!tar_clean_path(e->path, an->path_text, sizeof an->path_text, &path)) {
		escaping_entry(an, e->path);
		return 0;
	}
	if (e->odd)
		odd_entry(an, e, path);
	if (path.n == 0 || whiteout(an, path))
		return 0;
	analysis_path(an, path, e->type == TAR_DIR);
	if (an->audit)
		audited(an, e, path);
	if (e->type == TAR_FILE) {
		struct entry_stream data = {{.next = entry_next, .free = entry_free}, tar};
		return analysis_file(an, path, e->mode, e->size, &data.s, err);
	}
	an->end.entries++;
	if (e->type == TAR_HARDLINK)
		hard_link(an, e, path);
	else
		analysis_shadow(an, path);
	return 0;
}

static int walk(struct analysis *an, struct tar *tar, struct err *err)
{
	struct tar_entry e;
	int rc;

	while ((rc = tar_next(tar, &e, err)) > 0) {
		if (an->end.entries >= limit_tar_entries)
			return err_set(err, ERR_LIMIT, "more than %llu entries",
				       (unsigned long long)limit_tar_entries);
		rc = entry(an, tar, &e, err);
		if (rc < 0)
			return rc;
		tell_progress(an);
	}
	return rc;
}

/* Both digests are ready only when the end was reached; an uncompressed layer has but one. */
static void take_digests(struct analysis *an, const struct stream *stored,
			 const struct stream *diff)
{
	struct facts_end *end = &an->end;

	end->has_blob = stream_digest_get(stored, end->blob, &end->stored);
	if (diff)
		end->has_diff = stream_digest_get(diff, end->diff, &end->unpacked);
}

/* A stream that its reader does not free. */
struct lent {
	struct stream s, *in;
};

static int lent_next(struct stream *s, struct sv *chunk, struct err *err)
{
	return stream_next(((struct lent *)s)->in, chunk, err);
}

/* The digest says whether these were the promised bytes, also when they could not be understood. */
static void drain(struct stream *s)
{
	struct sv chunk;
	struct err err;

	while (stream_next(s, &chunk, &err) > 0)
		;
}

static int walk_packed(struct analysis *an, struct stream *raw, const struct stream *stored,
		       struct err *err)
{
	struct lent lent = {{.next = lent_next, .free = entry_free}, raw};
	const struct stream *diff = NULL;
	struct stream *unpacked = NULL;
	enum compression packed;

	int rc = stream_auto(&lent.s, &unpacked, &packed, err);
	if (rc < 0) {
		drain(raw);
		take_digests(an, stored, NULL);
		return rc;
	}
	if (packed == COMPRESSION_NONE)
		diff = stored;
	else if (an->flags & ANALYSIS_DIFF)
		diff = unpacked = stream_digest(unpacked);
	struct tar *tar = tar_new(unpacked);
	rc = walk(an, tar, err);
	drain(raw);
	take_digests(an, stored, diff);
	tar_free(tar);
	return rc;
}

int analysis_layer(struct analysis *an, struct stream *bytes, struct err *err)
{
	struct meter meter = {
		{.next = meter_next, .fill = meter_fill, .free = meter_free}, bytes, an, {0}};
	struct stream *stored = stream_digest(&meter.s);
	/* reading and digest in a thread of their own; unpacking and parsing in this one */
	struct stream *raw = stream_thread(stored);

	int rc = walk_packed(an, raw, stored, err);
	stream_free(raw);
	return rc;
}
