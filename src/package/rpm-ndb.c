/*
 * rpm's own database (backend ndb, file Packages.db): pages of slots, each saying where in the file
 * a package's header stands, in blocks of 16 bytes. Little endian.
 */
#include "package/rpm.h"

#include <zlib.h>

enum {
	PAGE = 4096,
	SLOT = 16,
	BLOCK = 16,
	FILE_HEADER = 32,
	BLOB_HEAD = 16, /* magic, package index, generation, length */
	BLOB_TAIL = 12, /* Adler-32 of all before it, length, magic */
};

struct slot {
	uint32_t package, block, blocks;
};

static int slot_cmp(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->block < y->block ? -1 : x->block > y->block;
}

static bool magic_is(const char *p, const char *magic)
{
	return memcmp(p, magic, 4) == 0;
}

/* All slots in use into out (room for every slot there is). Number, or negative. */
static int slots_read(struct catalog_run *run, size_t pages, struct slot *out, size_t *n)
{
	struct sv b = run->file->bytes;

	*n = 0;
	for (size_t at = FILE_HEADER; at + SLOT <= pages * PAGE; at += SLOT) {
		const char *p = b.p + at;
		int rc = 0;
		if (!magic_is(p, "Slot"))
			rc = catalog_fault(run, 0, "the slot at byte %zu is broken", at);
		else if (le32(p + 8))
			out[(*n)++] = (struct slot){le32(p + 4), le32(p + 8), le32(p + 12)};
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* NULL, or what is wrong with the blob that the slot names. */
static const char *blob_open(struct sv bytes, const struct slot *s, struct sv *blob, bool *sum_good)
{
	uint64_t start = (uint64_t)s->block * BLOCK, size = (uint64_t)s->blocks * BLOCK;

	if (start > bytes.n || size > bytes.n - start)
		return "is cut: the file ends before it";
	if (size < BLOB_HEAD + BLOB_TAIL)
		return "is too small";
	const char *head = bytes.p + start, *tail = head + size - BLOB_TAIL;
	uint64_t length = le32(head + 12);
	if (!magic_is(head, "BlbS") || !magic_is(tail + 8, "BlbE") || le32(head + 4) != s->package)
		return "does not stand where its slot says";
	if (le32(tail + 4) != length || BLOB_HEAD + length + BLOB_TAIL > size)
		return "has an impossible length";
	*blob = sv_make(head + BLOB_HEAD, (size_t)length);
	*sum_good =
		adler32_z(1, (const unsigned char *)head, (size_t)size - BLOB_TAIL) == le32(tail);
	return NULL;
}

static int blobs_read(struct catalog_run *run, const struct slot *slots, size_t n)
{
	uint64_t end = 0;

	for (size_t i = 0; i < n; i++) {
		const struct slot *s = &slots[i];
		struct sv blob;
		bool sum_good = true;
		/* so that one blob is not read for many slots */
		const char *fault = s->block < end
					    ? "lies in another package"
					    : blob_open(run->file->bytes, s, &blob, &sum_good);
		int rc = fault ? catalog_fault(run, 0, "package %u at block %u %s", s->package,
					       s->block, fault)
			       : rpm_header_read(run, blob, (size_t)s->block * BLOCK);
		if (rc < 0)
			return rc;
		if (!sum_good)
			catalog_note(run, 0, "package %u at block %u does not have its checksum",
				     s->package, s->block);
		if (!fault)
			end = (uint64_t)s->block + s->blocks;
	}
	return 0;
}

static int database_read(struct catalog_run *run, struct arena *a, struct err *err)
{
	struct sv b = run->file->bytes;
	size_t n, pages;

	if (b.n < FILE_HEADER || !magic_is(b.p, "RpmP"))
		return err_set(err, ERR_PARSE, "this is no ndb database of rpm");
	if (le32(b.p + 4) != 0)
		return err_set(err, ERR_UNSUPPORTED, "version %u of the ndb database is unknown",
			       le32(b.p + 4));
	pages = le32(b.p + 12);
	if (!pages || pages > b.n / PAGE)
		return err_set(err, ERR_PARSE,
			       "the database is cut: it has %zu bytes and should have %zu pages of "
			       "slots",
			       b.n, pages);
	struct slot *slots = ARENA_ARRAY(a, pages * (PAGE / SLOT), struct slot);
	int rc = slots_read(run, pages, slots, &n);
	if (rc < 0)
		return rc;
	qsort(slots, n, sizeof *slots, slot_cmp);
	return blobs_read(run, slots, n);
}

int rpm_ndb_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		 struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	int rc = database_read(&run, a, err);

	return rc < 0 ? err_where(err, "%.*s", SV_ARG(f->path)) : 0;
}
