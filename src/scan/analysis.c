#include "scan/analysis.h"

#include <stdlib.h>

#include "base/limits.h"
#include "scan/analysis-int.h"

enum { CONTENT_KEPT = 4 << 20 }; /* a larger buffer is given back after the file */

static struct analysis *of(struct catalog_sink *s)
{
	return (struct analysis *)s;
}

void analysis_error(struct analysis *an, enum error_weight weight, struct err *err, struct sv where)
{
	if (where.n)
		(void)err_where(err, "%.*s", SV_ARG(sv_head(where, 255)));
	fact_error(an->out, weight, err);
	an->end.errors++;
}

void analysis_fault(struct analysis *an, struct err *err)
{
	analysis_error(an, WEIGHT_FATAL, err, (struct sv){0});
}

static struct sv keep(struct analysis *an, struct sv v)
{
	return v.n ? arena_sv(&an->keep, sv_head(v, limit_field_bytes)) : (struct sv){0};
}

static void copy_texts(struct analysis *an, struct package *q, const struct package *p)
{
	struct sv *to[] = {&q->ns,          &q->name,           &q->version, &q->arch,
			   &q->source_name, &q->source_version, &q->module,  &q->owner_name};

	for (size_t i = 0; i < ARRAY_LEN(to); i++)
		*to[i] = keep(an, *to[i]);
	q->licenses.p = NULL;
	q->licenses.n = q->licenses.cap = 0;
	for (size_t i = 0; i < p->licenses.n && i < 64; i++)
		*VEC_PUSH(&q->licenses) = keep(an, p->licenses.p[i]);
	struct sv path = p->locations.n ? keep(an, p->locations.p[0].path) : an->path;
	uint32_t line = p->locations.n ? p->locations.p[0].line : 0;
	q->locations.p = NULL;
	q->locations.n = q->locations.cap = 0;
	*VEC_PUSH(&q->locations) = (struct location){.path = path, .line = line};
}

static void on_package(struct catalog_sink *s, const struct package *p)
{
	struct analysis *an = of(s);

	if (p->name.n == 0)
		return;
	if (an->packages.n >= limit_packages)
		budget_exhausted("packages of one layer", limit_packages);
	struct kept_package *k = VEC_PUSH(&an->packages);
	k->p = *p;
	k->file = an->file;
	copy_texts(an, &k->p, p);
	k->p.cataloger = an->row ? sv_of(an->row->id) : SV("elf");
}

/* /bin is a link to /usr/bin on merged systems: both spellings are one path to an owner. */
static uint64_t owner_key(struct sv path)
{
	static const char *const merged[] = {"usr/bin/", "usr/sbin/", "usr/lib/", "usr/lib32/",
					     "usr/lib64/", "usr/libx32/"};

	for (size_t i = 0; i < ARRAY_LEN(merged); i++)
		if (sv_starts(path, sv_of(merged[i])))
			return path_key(sv_from(path, 4), false);
	return path_key(path, false);
}

static void on_owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	struct analysis *an = of(s);

	if (!sv_eq(an->last_owner, owner))
		an->last_owner = keep(an, owner);
	*VEC_PUSH(&an->owned) = (struct owned){owner_key(path), an->last_owner};
}

static void on_os(struct catalog_sink *s, const struct os *os)
{
	struct analysis *an = of(s);
	struct os with_path = *os;

	with_path.path = an->path;
	fact_os(an->out, &with_path);
	an->end.systems++;
}

static void on_note(struct catalog_sink *s, const struct err *err)
{
	struct err copy = *err;

	analysis_error(of(s), WEIGHT_NOTE, &copy, of(s)->path);
}

static void on_fault(struct catalog_sink *s, const struct err *err)
{
	struct err copy = *err;

	analysis_error(of(s), WEIGHT_FATAL, &copy, of(s)->path);
}

static void on_unread(struct catalog_sink *s, struct sv type, struct sv path)
{
	struct analysis *an = of(s);

	fact_unread(an->out, type, path);
	an->end.unread++;
}

struct analysis *analysis_new(struct frame_writer *out, unsigned flags)
{
	struct analysis *an = xcalloc(1, sizeof *an);

	an->sink = (struct catalog_sink){.package = on_package,
					 .owns = on_owns,
					 .os = on_os,
					 .note = on_note,
					 .fault = on_fault,
					 .unread = on_unread};
	an->out = out;
	an->flags = flags;
	arena_init(&an->keep, limit_worker_memory);
	arena_init(&an->scratch, limit_worker_memory);
	return an;
}

void analysis_free(struct analysis *an)
{
	for (size_t i = 0; i < an->packages.n; i++) {
		vec_done(&an->packages.p[i].p.licenses);
		vec_done(&an->packages.p[i].p.locations);
	}
	vec_done(&an->packages);
	vec_done(&an->owned);
	vec_done(&an->paths);
	map_done(&an->files);
	buf_done(&an->content);
	elf_scan_free(an->programs);
	arena_done(&an->keep);
	arena_done(&an->scratch);
	free(an);
}

void analysis_evidence(struct analysis *an, struct sv path)
{
	an->file++;
	an->path = keep(an, path);
	map_put(&an->files, an->path, NULL)->num = an->file;
}

void analysis_shadow(struct analysis *an, struct sv path)
{
	struct map_entry *e = an->files.n ? map_find(&an->files, path) : NULL;

	if (e)
		e->num = UINT64_MAX;
}

bool analysis_same(struct analysis *an, struct sv target, struct sv path)
{
	struct map_entry *e = map_find(&an->files, target);

	if (!e || e->num == UINT64_MAX)
		return false;
	uint64_t from = e->num;
	size_t n = an->packages.n;
	analysis_evidence(an, path);
	for (size_t i = 0; i < n; i++) {
		if (an->packages.p[i].file != from)
			continue;
		struct package copy = an->packages.p[i].p;
		struct location at = {.path = path, .line = copy.locations.p[0].line};
		copy.locations.p = &at;
		copy.locations.n = 1;
		on_package(&an->sink, &copy);
		an->packages.p[an->packages.n - 1].p.cataloger = an->packages.p[i].p.cataloger;
	}
	return true;
}

void analysis_path(struct analysis *an, struct sv path, bool dir)
{
	*VEC_PUSH(&an->paths) = path_key(path, dir);
}

void analysis_whiteout(struct analysis *an, struct sv path, bool opaque)
{
	fact_path(an->out, opaque ? FACT_OPAQUE : FACT_WHITEOUT, path);
	if (opaque)
		an->end.opaques++;
	else
		an->end.whiteouts++;
}

/* Does the row count for this kind of subject? */
static bool row_counts(const struct cataloger *row, unsigned flags)
{
	return ((row->flags & CATALOG_INSTALLED) && (flags & ANALYSIS_INSTALLED)) ||
	       ((row->flags & CATALOG_LOCK) && (flags & ANALYSIS_LOCK));
}

static size_t route(struct sv path, size_t from, unsigned flags)
{
	size_t i = cataloger_route(path, from);

	while (i != SIZE_MAX && !row_counts(&catalogers[i], flags))
		i = cataloger_route(path, i + 1);
	return i;
}

static bool may_be_program(uint32_t mode, uint64_t size)
{
	return (mode & 0111) && size >= 64;
}

bool analysis_wants(struct sv path, uint32_t mode, uint64_t size, unsigned flags)
{
	return route(path, 0, flags) != SIZE_MAX ||
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
			on_unread(&an->sink, sv_of(c->id), an->path);
		else if (c->fn(&f, &an->scratch, &an->sink, &err) < 0)
			analysis_error(an,
				       c->flags & CATALOG_OS || err.kind == ERR_LIMIT ? WEIGHT_FATAL
										      : WEIGHT_NOTE,
				       &err, an->path);
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

/* Executables: bytes go by, elfscan keeps what it needs. */
static int scan_program(struct analysis *an, struct stream *data, struct sv chunk, uint64_t size,
			struct err *err)
{
	struct err why;
	int rc = 1;

	if (!an->programs)
		an->programs = elf_scan_new();
	elf_scan_begin(an->programs, size);
	while (rc > 0) {
		elf_scan_chunk(an->programs, chunk);
		rc = stream_next(data, &chunk, err);
	}
	if (rc < 0)
		return rc;
	if (elf_scan_end(an->programs, an->path, &an->scratch, &an->sink, &why) < 0)
		analysis_error(an, why.kind == ERR_LIMIT ? WEIGHT_FATAL : WEIGHT_NOTE, &why, an->path);
	arena_reset(&an->scratch);
	return 0;
}

static void too_large(struct analysis *an, uint64_t size, uint64_t max)
{
	struct err err;

	(void)err_set(&err, ERR_LIMIT, "%llu bytes, more than the %llu that are read",
		      (unsigned long long)size, (unsigned long long)max);
	(void)err_code(&err, "budget");
	analysis_error(an, WEIGHT_FATAL, &err, an->path);
}

static int read_file(struct analysis *an, struct sv path, size_t row, uint64_t size,
		     struct stream *data, struct err *err)
{
	uint64_t max;

	analysis_evidence(an, path);
	if (!reads_any(an->path, row, an->flags, &max)) {
		run_rows(an, row);
		return 0;
	}
	if (max > limit_file_bytes)
		max = limit_file_bytes;
	if (size > max) {
		too_large(an, size, max);
		return 0;
	}
	buf_clear(&an->content);
	(void)buf_reserve(&an->content, size);
	int rc = stream_all(data, max, &an->content, err);
	if (rc < 0)
		return rc;
	run_rows(an, row);
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
	int rc = file_data(an, path, mode, size, data, err);
	stream_free(data);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(sv_head(path, 255))) : 0;
}

static int key_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void send_paths(struct analysis *an)
{
	size_t n = 0;

	qsort(an->paths.p, an->paths.n, sizeof *an->paths.p, key_cmp);
	for (size_t i = 0; i < an->paths.n; i++)
		if (n == 0 || an->paths.p[i] != an->paths.p[n - 1])
			an->paths.p[n++] = an->paths.p[i];
	fact_paths(an->out, an->paths.p, n);
	an->end.paths = n;
}

/* A language package whose path has an owner, by the sorted keys of such paths. */
struct claim {
	uint64_t key;
	struct package *p;
};

static int claim_cmp(const void *a, const void *b)
{
	return key_cmp(&((const struct claim *)a)->key, &((const struct claim *)b)->key);
}

static void claim_all(const struct claim *claims, size_t n, const struct owned *o)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (claims[mid].key < o->key)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < n && claims[lo].key == o->key; lo++)
		claims[lo].p->owner_name = o->owner;
}

static void find_owners(struct analysis *an)
{
	struct {
		struct claim *p;
		size_t n, cap;
	} claims = {0};

	for (size_t i = 0; i < an->packages.n; i++) {
		struct package *p = &an->packages.p[i].p;
		if (!pkg_types[p->type].os)
			*VEC_PUSH(&claims) = (struct claim){
				owner_key(location_file(p->locations.p[0].path)), p};
	}
	qsort(claims.p, claims.n, sizeof *claims.p, claim_cmp);
	for (size_t i = 0; claims.n && i < an->owned.n; i++)
		claim_all(claims.p, claims.n, &an->owned.p[i]);
	vec_done(&claims);
}

void analysis_finish(struct analysis *an)
{
	find_owners(an);
	for (size_t i = 0; i < an->packages.n; i++) {
		const struct kept_package *k = &an->packages.p[i];
		struct map_entry *e = map_find(&an->files, location_file(k->p.locations.p[0].path));
		if (e && e->num != k->file)
			continue;
		fact_package(an->out, &k->p);
		an->end.packages++;
	}
	send_paths(an);
	fact_end(an->out, &an->end);
	frame_flush(an->out);
}
