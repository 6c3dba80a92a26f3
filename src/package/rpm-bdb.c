/*
 * rpm's Berkeley DB database (file Packages, access method hash): the pages of the hash hold pairs
 * of a key (package number) and a header; large headers stand in chains of overflow pages. Either
 * byte order. All pages are visited in the order of the file: pages that are not in use have
 * another type.
 */
#include "package/rpm.h"

#include "base/limits.h"

enum {
	META_SIZE = 512,
	META_MAGIC_HASH = 0x00061561,
	META_MAGIC_BTREE = 0x00053162,
	PAGE_HEADER = 26,
	TYPE_HASH_UNSORTED = 2,
	TYPE_OVERFLOW = 7,
	TYPE_HASH_META = 8,
	TYPE_HASH = 13,
	ITEM_KEYDATA = 1,
	ITEM_OFFPAGE = 3,
	OFFPAGE_SIZE = 12,
};

struct bdb {
	struct catalog_run *run;
	struct sv bytes;
	bool big;
	size_t page_size, pages_n;
	struct rpm_pages seen;
	struct buf value;
};

static uint16_t get16(const struct bdb *db, const char *p)
{
	return db->big ? be16(p) : le16(p);
}

static uint32_t get32(const struct bdb *db, const char *p)
{
	return db->big ? be32(p) : le32(p);
}

static struct sv page_at(const struct bdb *db, size_t number)
{
	return sv_make(db->bytes.p + number * db->page_size, db->page_size);
}

/* 1 = the value is in db->value, 0 = a fault was told. */
static int overflow(struct bdb *db, uint32_t number, uint32_t want)
{
	buf_clear(&db->value);
	while (db->value.n < want) {
		if (number == 0 || number >= db->pages_n)
			return catalog_fault(db->run, 0,
					     "page %u is needed by a package, but it is not there",
					     number);
		if (!rpm_page_enter(&db->seen, number))
			return catalog_fault(db->run, 0,
					     "page %u is used twice: pages point in circles",
					     number);
		struct sv page = page_at(db, number);
		size_t n = get16(db, page.p + 22);
		if ((uint8_t)page.p[25] != TYPE_OVERFLOW || n > page.n - PAGE_HEADER)
			return catalog_fault(db->run, 0, "page %u is no overflow page", number);
		buf_sv(&db->value, sv_head(sv_from(page, PAGE_HEADER),
					   n < want - db->value.n ? n : want - db->value.n));
		number = get32(db, page.p + 16);
	}
	return 1;
}

/* An item's bytes end where the one before it on the page begins; items are laid from the page's
 * end. */
static bool item_at(const struct bdb *db, struct sv page, size_t i, struct sv *out)
{
	size_t start = get16(db, page.p + PAGE_HEADER + i * 2);
	size_t end = i ? get16(db, page.p + PAGE_HEADER + (i - 1) * 2) : page.n;

	if (start >= end || end > page.n || start < PAGE_HEADER)
		return false;
	*out = sv_make(page.p + start, end - start);
	return true;
}

static int pair_read(struct bdb *db, size_t number, struct sv key, struct sv value)
{
	static const char counter[4];
	size_t offset = (size_t)(value.p - db->bytes.p);

	/* package 0 is the counter of package numbers */
	if (key.p[0] == ITEM_KEYDATA && sv_eq(sv_from(key, 1), sv_make(counter, sizeof counter)))
		return 0;
	if (value.p[0] == ITEM_KEYDATA)
		return rpm_header_read(db->run, sv_from(value, 1), offset);
	if (value.p[0] != ITEM_OFFPAGE || value.n < OFFPAGE_SIZE)
		return catalog_fault(db->run, 0, "page %zu has an item of unknown kind", number);
	uint32_t size = get32(db, value.p + 8);
	if (size > db->bytes.n)
		return catalog_fault(db->run, 0, "page %zu has a package with an impossible size",
				     number);
	int rc = overflow(db, get32(db, value.p + 4), size);
	return rc <= 0 ? rc : rpm_header_read(db->run, buf_view(&db->value), offset);
}

static int page_read(struct bdb *db, size_t number)
{
	struct sv page = page_at(db, number), key, value;
	uint8_t type = (uint8_t)page.p[25];
	size_t items = get16(db, page.p + 20);
	int rc = 0;

	if (type != TYPE_HASH && type != TYPE_HASH_UNSORTED)
		return 0;
	if (items % 2 || PAGE_HEADER + items * 2 > page.n)
		return catalog_fault(db->run, 0, "page %zu has an impossible number of items",
				     number);
	for (size_t i = 0; i < items && rc >= 0; i += 2) {
		if (item_at(db, page, i, &key) && item_at(db, page, i + 1, &value))
			rc = pair_read(db, number, key, value);
		else
			rc = catalog_fault(db->run, 0, "page %zu has an item that leaves the page",
					   number);
	}
	return rc;
}

static int header_read(struct bdb *db, struct arena *a, struct err *err)
{
	struct sv b = db->bytes;

	if (b.n < META_SIZE)
		return err_set(err, ERR_PARSE, "this is no Berkeley DB file");
	db->big = be32(b.p + 12) == META_MAGIC_HASH || be32(b.p + 12) == META_MAGIC_BTREE;
	if (get32(db, b.p + 12) == META_MAGIC_BTREE)
		return err_set(err, ERR_UNSUPPORTED,
			       "the database is a b-tree, as no version of rpm makes it");
	if (get32(db, b.p + 12) != META_MAGIC_HASH || (uint8_t)b.p[25] != TYPE_HASH_META)
		return err_set(err, ERR_PARSE, "this is no Berkeley DB hash");
	if (b.p[24] || b.p[26] & 1)
		return err_set(err, ERR_UNSUPPORTED, "the database is encrypted or has checksums");
	db->page_size = get32(db, b.p + 20);
	if (db->page_size < 512 || db->page_size > 65536 || (db->page_size & (db->page_size - 1)))
		return err_set(err, ERR_PARSE, "the database has an impossible page size");
	db->pages_n = b.n / db->page_size;
	rpm_pages_init(&db->seen, a, db->pages_n);
	return 0;
}

static int database_read(struct bdb *db, struct arena *a, struct err *err)
{
	int rc = header_read(db, a, err);

	if (rc < 0)
		return rc;
	uint32_t last = get32(db, db->bytes.p + 32);
	if (db->bytes.n % db->page_size || last >= db->pages_n)
		rc = catalog_fault(
			db->run, 0,
			"the database is cut: %zu bytes are there, the last page of %zu is %u",
			db->bytes.n, db->page_size, last);
	for (size_t i = 1; i < db->pages_n && rc >= 0; i++)
		rc = page_read(db, i);
	return rc;
}

int rpm_bdb_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		 struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	struct bdb db = {.run = &run, .bytes = f->bytes};
	int rc = database_read(&db, a, err);

	buf_done(&db.value);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(f->path)) : 0;
}
