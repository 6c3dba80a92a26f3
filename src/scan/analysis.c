#include "scan/analysis.h"

#include <stdlib.h>

#include "base/limits.h"
#include "scan/analysis-int.h"

enum { CONTENT_KEPT = 4 << 20 }; /* a larger buffer is given back after the file */

struct analysis *analysis_new(struct frame_writer *out, unsigned flags)
{
	struct analysis *an = xcalloc(1, sizeof *an);

	analysis_sink_init(an);
	an->out = out;
	an->flags = flags;
	arena_init(&an->keep, limit_worker_memory);
	arena_init(&an->scratch, limit_worker_memory);
	if (flags & ANALYSIS_AUDIT)
		an->audit = audit_new(an);
	return an;
}

void analysis_free(struct analysis *an)
{
	analysis_keep_done(an);
	vec_done(&an->paths);
	buf_done(&an->content);
	elf_scan_free(an->programs);
	audit_free(an->audit);
	arena_done(&an->keep);
	arena_done(&an->scratch);
	free(an);
}

/* Does the row count for this kind of subject? */
static bool row_counts(const struct cataloger *row, unsigned flags)
{
	return ((row->flags & CATALOG_SYSTEM) && (flags & ANALYSIS_AUDIT)) ||
	       ((row->flags & CATALOG_INSTALLED) && (flags & ANALYSIS_INSTALLED)) ||
	       ((row->flags & CATALOG_LOCK) && (flags & ANALYSIS_LOCK));
}

static size_t route(struct sv path, size_t from, unsigned flags)
{
	size_t i = cataloger_route(path, from);

	while (i != SIZE_MAX && !row_counts(&catalogers[i], flags))
		i = cataloger_route(path, i + 1);
	return i;
}

void analysis_unreadable_link(struct analysis *an, struct sv path)
{
	size_t row = route(path, 0, an->flags);
	struct err err;

	analysis_shadow(an, path);
	if (row == SIZE_MAX)
		return;
	analysis_evidence(an, path);
	if (!(catalogers[row].flags & CATALOG_OS)) {
		an->sink.unread(&an->sink, SV("hard-link"), path);
		return;
	}
	(void)err_set(&err, ERR_PARSE, "a hard link to a file that is none of this kind");
	(void)err_code(&err, "hard-link");
	analysis_error(an, WEIGHT_FATAL, &err, path, true);
}

static bool may_be_program(uint32_t mode, uint64_t size)
{
	return (mode & 0111) && size >= 64;
}

bool analysis_wants(struct sv path, uint32_t mode, uint64_t size, unsigned flags)
{
	return (flags & ANALYSIS_AUDIT && size > 0) || route(path, 0, flags) != SIZE_MAX ||
	       ((flags & ANALYSIS_INSTALLED) && may_be_program(mode, size));
}

/* Offers the whole file to every row that wants it. */
static void run_rows(struct analysis *an, size_t row)
{
	for (; row != SIZE_MAX; row = route(an->path, row + 1, an->flags)) {
		const struct cataloger *c = &catalogers[row];
		struct catalog_file f = {an->path, buf_view(&an->content)};
		struct err err;

		an->row = c;
		if (!c->fn)
			an->sink.unread(&an->sink, sv_of(c->id), an->path);
		else if (c->fn(&f, &an->scratch, &an->sink, &err) < 0)
			analysis_error(an,
				       c->flags & CATALOG_OS || err.kind == ERR_LIMIT ? WEIGHT_FATAL
										      : WEIGHT_NOTE,
				       &err, an->path, true);
		arena_reset(&an->scratch);
	}
	an->row = NULL;
}

static bool reads_any(struct sv path, size_t row, unsigned flags, uint64_t *max)
{
	bool any = false;

	*max = 0;
	for (; row != SIZE_MAX; row = route(path, row + 1, flags)) {
		any |= catalogers[row].fn != NULL;
		if (catalogers[row].max_bytes > *max)
			*max = catalogers[row].max_bytes;
	}
	return any;
}

static void too_large(struct analysis *an, uint64_t size, uint64_t max)
{
	struct err err;

	(void)err_set(&err, ERR_LIMIT, "%llu bytes, more than the %llu that are read",
		      (unsigned long long)size, (unsigned long long)max);
	(void)err_code(&err, "budget");
	analysis_error(an, WEIGHT_FATAL, &err, an->path, true);
}

/* Executables: bytes go by, elfscan keeps what it needs. */
static int scan_program(struct analysis *an, struct stream *data, struct sv chunk, uint64_t size,
			struct err *err)
{
	uint64_t seen = 0;
	struct err why;
	int rc = 1;

	if (!an->programs)
		an->programs = elf_scan_new();
	elf_scan_begin(an->programs, size);
	while (rc > 0 && seen <= limit_program_bytes) {
		seen += chunk.n;
		elf_scan_chunk(an->programs, chunk);
		rc = stream_next(data, &chunk, err);
	}
	if (rc < 0)
		return rc;
	if (rc > 0)
		too_large(an, size > seen ? size : seen, limit_program_bytes);
	if (elf_scan_end(an->programs, an->path, &an->scratch, &an->sink, &why) < 0)
		analysis_error(an, why.kind == ERR_LIMIT ? WEIGHT_FATAL : WEIGHT_NOTE, &why,
			       an->path, true);
	arena_reset(&an->scratch);
	return 0;
}

/* How many bytes are read of the file at an->path; 0: no row reads it. */
static uint64_t most_of(const struct analysis *an, size_t row)
{
	uint64_t max;

	if (!reads_any(an->path, row, an->flags, &max))
		return 0;
	return max > limit_file_bytes ? limit_file_bytes : max;
}

void analysis_content(struct analysis *an, uint64_t size)
{
	size_t row = route(an->path, 0, an->flags);
	uint64_t max = most_of(an, row);

	if (max && size > max)
		too_large(an, size, max);
	else
		run_rows(an, row);
}

static int read_file(struct analysis *an, struct sv path, size_t row, uint64_t size,
		     struct stream *data, struct err *err)
{
	analysis_evidence(an, path);
	uint64_t max = most_of(an, row);

	buf_clear(&an->content);
	if (max && size <= max) {
		(void)buf_reserve(&an->content, size);
		int rc = stream_all(data, max, &an->content, err);
		if (rc < 0)
			return rc;
	}
	analysis_content(an, size);
	if (an->content.cap > CONTENT_KEPT)
		buf_done(&an->content);
	return 0;
}

static int file_data(struct analysis *an, struct sv path, uint32_t mode, uint64_t size,
		     struct stream *data, struct err *err)
{
	size_t row = route(path, 0, an->flags);
	struct sv chunk;

	if (row != SIZE_MAX)
		return read_file(an, path, row, size, data, err);
	if (!(an->flags & ANALYSIS_INSTALLED) || !may_be_program(mode, size)) {
		analysis_shadow(an, path);
		return 0;
	}
	int rc = stream_next(data, &chunk, err);
	if (rc <= 0)
		return rc;
	if (chunk.n < 4 || memcmp(chunk.p, "\177ELF", 4) != 0) {
		analysis_shadow(an, path);
		return 0;
	}
	analysis_evidence(an, path);
	return scan_program(an, data, chunk, size, err);
}

int analysis_file(struct analysis *an, struct sv path, uint32_t mode, uint64_t size,
		  struct stream *data, struct err *err)
{
	an->end.entries++;
	data = audit_begin(an, path, data);
	int rc = file_data(an, path, mode, size, data, err);
	if (rc >= 0)
		rc = audit_end(an, err);
	stream_free(data);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(sv_head(path, 255))) : 0;
}
