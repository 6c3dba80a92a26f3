/*
 * rpm's SQLite database: the table Packages read from its pages (SQLite "Database File Format"),
 * without a SQL engine, since the bytes come from outside. Only table b-trees are walked; no page
 * is read twice, so that neither circles nor shared pages cost more than the file is large.
 */
#include "package/rpm.h"

#include "base/limits.h"

enum {
	HEADER_SIZE = 100,
	PAGE_INTERIOR = 5, /* table b-tree */
	PAGE_LEAF = 13,
	DEPTH_MAX = 24,
};

struct sqlite {
	struct catalog_run *run;
	struct sv bytes;
	size_t page_size, usable, pages_n;
	struct rpm_pages seen;
	struct buf payload; /* of the record at hand */
	size_t used;        /* bytes of the page at hand that its records took */
	uint32_t packages;  /* root page of the table, 0 = not found */
};

/* A page and the next child of it to visit. */
struct level {
	uint32_t page;
	size_t cell;
};

typedef int (*row_fn)(struct sqlite *db, struct sv payload, size_t offset);

/* Big endian, 7 bits a byte, the ninth with 8. Bytes taken, 0 when cut. */
static size_t varint(struct sv v, uint64_t *out)
{
	uint64_t x = 0;

	for (size_t i = 0; i < 9 && i < v.n; i++) {
		uint8_t c = (uint8_t)v.p[i];
		if (i == 8) {
			*out = x << 8 | c;
			return 9;
		}
		x = x << 7 | (c & 0x7f);
		if (!(c & 0x80)) {
			*out = x;
			return i + 1;
		}
	}
	return 0;
}

static struct sv page_at(const struct sqlite *db, uint32_t number)
{
	return sv_make(db->bytes.p + (size_t)(number - 1) * db->page_size, db->usable);
}

static size_t page_offset(const struct sqlite *db, uint32_t number)
{
	return (size_t)(number - 1) * db->page_size;
}

static bool page_enter(struct sqlite *db, uint32_t number)
{
	return number > 0 && rpm_page_enter(&db->seen, number - 1);
}

static int bad_page(struct sqlite *db, uint32_t number, const char *what)
{
	return catalog_fault(db->run, 0, "page %u of the database %s", number, what);
}

/* The rest of a payload from its overflow pages. 1 = whole, 0 = a fault was told. */
static int overflow(struct sqlite *db, uint32_t number, uint64_t want)
{
	while (db->payload.n < want) {
		if (!page_enter(db, number)) {
			int rc = bad_page(db, number,
					  number == 0 || number > db->pages_n
						  ? "is needed by a record, but it is not there"
						  : "is used twice: pages point in circles");
			return rc;
		}
		struct sv page = page_at(db, number);
		uint64_t left = want - db->payload.n;
		number = be32(page.p);
		buf_sv(&db->payload,
		       sv_head(sv_from(page, 4), left > SIZE_MAX ? SIZE_MAX : (size_t)left));
	}
	return 1;
}

/* A leaf cell: size of the payload, row id, payload; what does not fit the page is in overflow
 * pages. */
static int cell_read(struct sqlite *db, struct sv cell, size_t offset, uint32_t number, row_fn fn)
{
	uint64_t want = 0, row;
	size_t n = varint(cell, &want), m = varint(sv_from(cell, n), &row);
	struct sv rest = sv_from(cell, n + m);

	if (!n || !m || want > db->bytes.n)
		return bad_page(db, number, "has a record with an impossible size");
	size_t max = db->usable - 35, min = (db->usable - 12) * 32 / 255 - 23, local = (size_t)want;
	if (want > max) {
		local = min + (size_t)(want - min) % (db->usable - 4);
		local = local <= max ? local : min;
	}
	if (rest.n < local + (want > max ? 4 : 0))
		return bad_page(db, number, "has a record that leaves the page");
	db->used += local;
	if (db->used > db->usable)
		return bad_page(db, number, "has records that lie over each other");
	if (want == local)
		return fn(db, sv_head(rest, local), offset);
	buf_clear(&db->payload);
	buf_add(&db->payload, rest.p, local);
	int rc = overflow(db, be32(rest.p + local), want);
	return rc <= 0 ? rc : fn(db, buf_view(&db->payload), offset);
}

/* The fixed part of a b-tree page; page 1 has it behind the file header. */
struct btree_page {
	struct sv bytes;
	size_t header, cells, pointers;
	uint8_t type;
};

static bool btree_open(const struct sqlite *db, uint32_t number, struct btree_page *out)
{
	struct sv page = page_at(db, number);
	size_t at = number == 1 ? HEADER_SIZE : 0;
	uint8_t type = (uint8_t)page.p[at];

	*out = (struct btree_page){
		.bytes = page,
		.header = at,
		.cells = be16(page.p + at + 3),
		.pointers = at + (type == PAGE_INTERIOR ? 12 : 8),
		.type = type,
	};
	return (type == PAGE_INTERIOR || type == PAGE_LEAF) &&
	       out->pointers + out->cells * 2 <= page.n;
}

static struct sv cell_at(const struct btree_page *p, size_t i)
{
	return sv_from(p->bytes, be16(p->bytes.p + p->pointers + i * 2));
}

static int leaf_read(struct sqlite *db, const struct btree_page *p, uint32_t number, row_fn fn)
{
	int rc = 0;

	db->used = 0;
	for (size_t i = 0; i < p->cells && rc >= 0 && db->used <= db->usable; i++) {
		struct sv cell = cell_at(p, i);
		rc = cell_read(db, cell, page_offset(db, number) + (size_t)(cell.p - p->bytes.p),
			       number, fn);
	}
	return rc;
}

/* Page number of the i-th child; the last is in the page's header. 0 when the cell is not in the
 * page. */
static uint32_t child_at(const struct btree_page *p, size_t i)
{
	if (i == p->cells)
		return be32(p->bytes.p + p->header + 8);
	struct sv cell = cell_at(p, i);
	return cell.n < 4 ? 0 : be32(cell.p);
}

/* Visits every row of the table with this root. */
static int table_walk(struct sqlite *db, uint32_t root, row_fn fn)
{
	struct level stack[DEPTH_MAX];
	size_t depth = 0;
	uint32_t number = root;
	int rc = 0;

	for (;;) {
		struct btree_page p;
		if (depth == DEPTH_MAX || !page_enter(db, number))
			rc = bad_page(db, number,
				      number && number <= db->pages_n && depth < DEPTH_MAX
					      ? "is used twice: pages point in circles"
					      : "is needed by the table, but it is not there");
		else if (!btree_open(db, number, &p))
			rc = bad_page(db, number, "is no page of a table");
		else if (p.type == PAGE_LEAF)
			rc = leaf_read(db, &p, number, fn);
		else
			stack[depth++] = (struct level){.page = number};
		if (rc < 0)
			return rc;
		/* up to the next page that has another child */
		for (; depth; depth--) {
			(void)btree_open(db, stack[depth - 1].page, &p);
			if (stack[depth - 1].cell <= p.cells)
				break;
		}
		if (!depth)
			return 0;
		number = child_at(&p, stack[depth - 1].cell++);
	}
}

/* Column i of a record ("Record Format"): its value as bytes, type as the format's serial type. */
static bool column(struct sv payload, size_t i, uint64_t *type, struct sv *out)
{
	static const uint8_t fixed[12] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
	uint64_t header, at;
	size_t n = varint(payload, &header);

	if (!n || header < n || header > payload.n)
		return false;
	struct sv types = sv_head(payload, (size_t)header);
	types = sv_from(types, n);
	for (at = header;; i--) {
		n = varint(types, type);
		if (!n)
			return false;
		types = sv_from(types, n);
		uint64_t size = *type >= 12 ? (*type - 12) / 2 : fixed[*type];
		if (size > payload.n - at)
			return false;
		if (i == 0) {
			*out = sv_head(sv_from(payload, (size_t)at), (size_t)size);
			return true;
		}
		at += size;
	}
}

/* The schema's rows: type, name, table, root page, SQL. */
static int schema_row(struct sqlite *db, struct sv payload, size_t offset)
{
	uint64_t type;
	struct sv kind, name, root;
	uint32_t number = 0;

	(void)offset;
	if (!column(payload, 0, &type, &kind) || !column(payload, 1, &type, &name) ||
	    !column(payload, 3, &type, &root) || !sv_is(kind, "table") || !sv_is(name, "Packages"))
		return 0;
	if (type == 9)
		number = 1;
	for (size_t i = 0; i < root.n && root.n <= 4; i++)
		number = number << 8 | (uint8_t)root.p[i];
	db->packages = number;
	return 0;
}

/* Packages: hnum (the row id), blob */
static int package_row(struct sqlite *db, struct sv payload, size_t offset)
{
	uint64_t type;
	struct sv blob;

	if (!column(payload, 1, &type, &blob) || type < 12 || type % 2)
		return catalog_fault(db->run, 0, "the record at byte %zu is no package", offset);
	return rpm_header_read(db->run, blob, offset);
}

static int header_read(struct sqlite *db, struct arena *a, struct err *err)
{
	struct sv b = db->bytes;

	if (b.n < HEADER_SIZE || !sv_starts(b, sv_make("SQLite format 3", 16)))
		return err_set(err, ERR_PARSE, "this is no SQLite database");
	db->page_size = be16(b.p + 16) == 1 ? 65536 : be16(b.p + 16);
	size_t reserved = (uint8_t)b.p[20];
	if (db->page_size < 512 || (db->page_size & (db->page_size - 1)) ||
	    db->page_size - reserved < 480)
		return err_set(err, ERR_PARSE, "the database has an impossible page size");
	if (be32(b.p + 56) > 1)
		return err_set(err, ERR_UNSUPPORTED, "the database is not in UTF-8");
	db->usable = db->page_size - reserved;
	db->pages_n = b.n / db->page_size;
	if (!db->pages_n)
		return err_set(err, ERR_PARSE, "the database is cut in its first page");
	rpm_pages_init(&db->seen, a, db->pages_n);
	return 0;
}

/* The header's page count is good when the file was last written by a version that keeps it. */
static int size_check(struct sqlite *db)
{
	uint32_t pages = be32(db->bytes.p + 28);
	bool valid = be32(db->bytes.p + 24) == be32(db->bytes.p + 92) && pages;

	if (db->bytes.n % db->page_size || (valid && pages > db->pages_n))
		return catalog_fault(db->run, 0,
				     "the database is cut: %zu bytes are there of %u pages of %zu",
				     db->bytes.n, pages, db->page_size);
	return 0;
}

static int database_read(struct sqlite *db, struct arena *a, struct err *err)
{
	int rc = header_read(db, a, err);

	if (rc >= 0)
		rc = size_check(db);
	if (rc >= 0)
		rc = table_walk(db, 1, schema_row);
	if (rc < 0)
		return rc;
	if (!db->packages)
		return err_set(err, ERR_PARSE, "the database has no table Packages");
	return table_walk(db, db->packages, package_row);
}

int rpm_sqlite_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		    struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	struct sqlite db = {.run = &run, .bytes = f->bytes};
	int rc = database_read(&db, a, err);

	buf_done(&db.payload);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(f->path)) : 0;
}

int rpm_wal_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		 struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};

	(void)a;
	if (f->bytes.n)
		catalog_note(&run, 0,
			     "the write-ahead log of the rpm database is not empty: its last "
			     "changes may "
			     "be missing here");
	return 0;
}
