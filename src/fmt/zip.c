#include "fmt/zip.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "fmt/zip-read.h"

enum {
	END_SIG = 0x06054B50,
	END64_SIG = 0x06064B50,
	LOCATOR_SIG = 0x07064B50,
	CENTRAL_SIG = 0x02014B50,
	END_SIZE = 22,
	END64_SIZE = 56,
	LOCATOR_SIZE = 20,
	CENTRAL_SIZE = 46,
	COMMENT_MAX = 65535,
	ZIP64_EXTRA = 1,
};

/* What the end record, or its zip64 form, says. */
struct end {
	uint64_t at; /* where the central directory must end */
	uint64_t count, size, offset;
	bool zip64;
};

int zip_bytes(const struct zip *z, uint64_t at, size_t n, char *scratch, const char **out,
	      struct err *err)
{
	if (at > z->length || n > z->length - at)
		return err_set(err, ERR_PARSE, "zip: %zu bytes at %llu are outside the file", n,
			       (unsigned long long)at);
	if (z->fd < 0) {
		*out = z->bytes.p + at;
		return 0;
	}
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(z->fd, scratch + done, n - done, (off_t)(at + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "zip: cannot read");
		if (got == 0) {
			(void)err_set(err, ERR_PARSE, "zip: truncated at byte %llu",
				      (unsigned long long)(at + done));
			return err_code(err, "truncated");
		}
		done += (size_t)got;
	}
	*out = scratch;
	return 0;
}

/* APPNOTE 4.3.14: the zip64 end record is where the locator says; with bytes in front of the
 * archive that place is wrong, then it stands before the locator. */
static int end_zip64(const struct zip *z, uint64_t end_at, struct end *e, struct err *err)
{
	char scratch[END64_SIZE];
	const char *p;

	if (end_at < LOCATOR_SIZE)
		return 0;
	uint64_t locator_at = end_at - LOCATOR_SIZE;
	if (zip_bytes(z, locator_at, LOCATOR_SIZE, scratch, &p, err) < 0)
		return -(int)err->kind;
	if (le32(p) != LOCATOR_SIG)
		return 0; /* a field that happens to be all ones */
	uint64_t at = le64(p + 8);
	if (locator_at < END64_SIZE || at > locator_at - END64_SIZE)
		at = locator_at < END64_SIZE ? 0 : locator_at - END64_SIZE;
	if (zip_bytes(z, at, END64_SIZE, scratch, &p, err) < 0)
		return -(int)err->kind;
	if (le32(p) != END64_SIG && locator_at >= END64_SIZE) {
		at = locator_at - END64_SIZE;
		if (zip_bytes(z, at, END64_SIZE, scratch, &p, err) < 0)
			return -(int)err->kind;
	}
	if (le32(p) != END64_SIG)
		return err_set(err, ERR_PARSE, "zip: the zip64 end record is missing");
	if (le32(p + 16) != 0 || le32(p + 20) != 0)
		return err_set(err, ERR_UNSUPPORTED, "zip: archive of several disks");
	*e = (struct end){.at = at,
			  .count = le64(p + 32),
			  .size = le64(p + 40),
			  .offset = le64(p + 48),
			  .zip64 = true};
	return 0;
}

static int end_read(const struct zip *z, const char *p, uint64_t at, struct end *e, struct err *err)
{
	uint16_t disk = le16(p + 4), start_disk = le16(p + 6);

	*e = (struct end){
		.at = at, .count = le16(p + 10), .size = le32(p + 12), .offset = le32(p + 16)};
	if (e->count == UINT16_MAX || e->size == UINT32_MAX || e->offset == UINT32_MAX ||
	    disk == UINT16_MAX) {
		int rc = end_zip64(z, at, e, err);
		if (rc < 0)
			return rc;
	}
	if (!e->zip64 && (disk != 0 || start_disk != 0 || le16(p + 8) != le16(p + 10)))
		return err_set(err, ERR_UNSUPPORTED, "zip: archive of several disks");
	return 0;
}

/* With other bytes behind it, or a comment that is cut, Java believes an end record if the
 * directory and the first member stand where it says. */
static bool end_plausible(const struct zip *z, const char *p, uint64_t at)
{
	char scratch[4];
	const char *found;
	struct err err;
	uint64_t size = le32(p + 12), offset = le32(p + 16);

	if (size == 0 || size > at || offset > at - size)
		return false;
	if (zip_bytes(z, at - size, 4, scratch, &found, &err) < 0 || le32(found) != CENTRAL_SIG)
		return false;
	return zip_bytes(z, at - size - offset, 4, scratch, &found, &err) == 0 &&
	       le32(found) == ZIP_LOCAL_SIG;
}

/* The last end record whose comment reaches exactly to the end of the file, or that is plausible.
 */
static int end_find(const struct zip *z, struct end *e, struct err *err)
{
	size_t n = z->length < END_SIZE + COMMENT_MAX ? (size_t)z->length : END_SIZE + COMMENT_MAX;
	auto_free char *scratch = z->fd < 0 ? NULL : xmalloc(n);
	const char *p;

	if (n < END_SIZE)
		return err_set(err, ERR_PARSE, "not a zip archive: %zu bytes", n);
	int rc = zip_bytes(z, z->length - n, n, scratch, &p, err);
	if (rc < 0)
		return rc;
	for (size_t i = n - END_SIZE + 1; i-- > 0;) {
		if (p[i] != 'P' || le32(p + i) != END_SIG)
			continue;
		uint64_t at = z->length - n + i;
		if (le16(p + i + 20) == n - i - END_SIZE || end_plausible(z, p + i, at))
			return end_read(z, p + i, at, e, err);
	}
	return err_set(err, ERR_PARSE, "not a zip archive, or truncated: no end record");
}

/* APPNOTE 4.5.3: the 64-bit values of those fields that are all ones, in this order. */
static int extra_zip64(struct zip_member *m, uint64_t *header, struct sv extra, struct err *err)
{
	uint64_t *fields[] = {&m->size, &m->packed, header};

	while (extra.n >= 4) {
		uint16_t id = le16(extra.p), n = le16(extra.p + 2);
		struct sv v = sv_head(sv_from(extra, 4), n);
		if (v.n < n)
			break;
		extra = sv_from(extra, 4 + (size_t)n);
		if (id != ZIP64_EXTRA)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
			if (*fields[i] != UINT32_MAX)
				continue;
			if (v.n < 8)
				return err_set(err, ERR_PARSE, "zip: zip64 field is too short");
			*fields[i] = le64(v.p);
			v = sv_from(v, 8);
		}
		return 0;
	}
	return 0;
}

/* One record of the central directory; *rest moves behind it. base: offset of the archive in the
 * file. */
static int central_read(const struct zip *z, struct sv *rest, uint64_t base, struct zip_member *m,
			struct err *err)
{
	if (rest->n < CENTRAL_SIZE || le32(rest->p) != CENTRAL_SIG)
		return err_set(err, ERR_PARSE, "zip: central directory is broken");
	const char *p = rest->p;
	size_t name = le16(p + 28), extra = le16(p + 30), comment = le16(p + 32);
	if (rest->n - CENTRAL_SIZE < name + extra + comment)
		return err_set(err, ERR_PARSE, "zip: central directory is cut");
	*m = (struct zip_member){
		.name = sv_make(p + CENTRAL_SIZE, name),
		.flags = le16(p + 8),
		.method = le16(p + 10),
		.crc = le32(p + 16),
		.packed = le32(p + 20),
		.size = le32(p + 24),
		.dir = name > 0 && p[CENTRAL_SIZE + name - 1] == '/',
	};
	uint64_t header = le32(p + 42);
	int rc = extra_zip64(m, &header, sv_make(p + CENTRAL_SIZE + name, extra), err);
	if (rc < 0)
		return rc;
	if (header > z->length || base > z->length - header)
		return err_set(err, ERR_PARSE, "zip: a member lies outside the file");
	m->header = base + header;
	*rest = sv_from(*rest, CENTRAL_SIZE + name + extra + comment);
	return 0;
}

static int by_name(const void *a, const void *b, void *arg)
{
	const struct zip_member *m = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int n = sv_cmp(m[x].name, m[y].name);

	return n ? n : x < y ? -1 : x > y;
}

static int by_header(const void *a, const void *b, void *arg)
{
	const struct zip_member *m = arg;
	uint64_t x = m[*(const uint32_t *)a].header, y = m[*(const uint32_t *)b].header;

	return x < y ? -1 : x > y;
}

/* Sorted only when it is not already: archives usually are in order. */
static void sort(const struct zip *z, uint32_t *index,
		 int (*cmp)(const void *, const void *, void *))
{
	bool sorted = true;

	for (size_t i = 0; i < z->n; i++) {
		index[i] = (uint32_t)i;
		if (i > 0 && cmp(&index[i - 1], &index[i], z->members) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort_r(index, z->n, sizeof *index, cmp, z->members);
}

/* Every member ends before the next one and the central directory begin. */
static int check_overlap(const struct zip *z, uint64_t directory, struct err *err)
{
	sort(z, z->by_name, by_header);
	for (size_t i = z->n; i-- > 0;) {
		struct zip_member *m = &z->members[z->by_name[i]];
		m->limit = i + 1 < z->n ? z->members[z->by_name[i + 1]].header : directory;
		uint64_t least = ZIP_LOCAL_SIZE + m->name.n;
		if (m->header > m->limit || m->limit - m->header < least ||
		    m->limit - m->header - least < m->packed)
			return err_set(err, ERR_PARSE,
				       "zip: member at byte %llu overlaps what follows",
				       (unsigned long long)m->header);
	}
	return 0;
}

/* by_name is sorted. */
static int check_names(const struct zip *z, struct err *err)
{
	for (size_t i = 1; i < z->n; i++) {
		const struct zip_member *a = &z->members[z->by_name[i - 1]];
		const struct zip_member *b = &z->members[z->by_name[i]];
		if (!(a->dir && b->dir) && sv_eq(a->name, b->name))
			return err_set(err, ERR_PARSE, "zip: two members are named \"%.*s\"",
				       SV_ARG(sv_head(a->name, 200)));
	}
	return 0;
}

static int members_read(struct arena *a, struct zip *z, const struct end *e, struct sv directory,
			uint64_t base, struct err *err)
{
	size_t n = 0;

	if (directory.n / CENTRAL_SIZE < e->count)
		return err_set(err, ERR_PARSE, "zip: %llu members do not fit in the directory",
			       (unsigned long long)e->count);
	/* Old writers count modulo 65536: the directory itself says how many there are. */
	for (struct sv rest = directory; rest.n > 0; n++) {
		struct zip_member skip;
		if (n >= limit_zip_entries)
			return err_set(err, ERR_LIMIT, "zip: more than %llu members (zip_entries)",
				       (unsigned long long)limit_zip_entries);
		int rc = central_read(z, &rest, base, &skip, err);
		if (rc < 0)
			return rc;
	}
	if (n != e->count && (e->zip64 || (n & UINT16_MAX) != e->count))
		return err_set(err, ERR_PARSE, "zip: %zu members, but the end record says %llu", n,
			       (unsigned long long)e->count);
	z->members = ARENA_ARRAY(a, n, struct zip_member);
	z->by_name = ARENA_ARRAY(a, n, uint32_t);
	z->n = n;
	for (size_t i = 0; i < n; i++) {
		int rc = central_read(z, &directory, base, &z->members[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int open_members(struct arena *a, struct zip *z, enum zip_names names, struct err *err)
{
	struct end e = {0};
	const char *p;

	int rc = end_find(z, &e, err);
	if (rc < 0)
		return rc;
	if (e.size > e.at || e.offset > e.at - e.size)
		return err_set(err, ERR_PARSE, "zip: the central directory lies outside the file");
	if (e.size > limit_zip_directory)
		return err_set(err, ERR_LIMIT,
			       "zip: central directory of %llu bytes (zip_directory)",
			       (unsigned long long)e.size);
	uint64_t directory = e.at - e.size;
	char *own = z->fd < 0 ? NULL : arena_alloc(a, (size_t)e.size);
	rc = zip_bytes(z, directory, (size_t)e.size, own, &p, err);
	if (rc < 0)
		return rc;
	rc = members_read(a, z, &e, sv_make(p, (size_t)e.size), directory - e.offset, err);
	if (rc < 0)
		return rc;
	rc = check_overlap(z, directory, err);
	if (rc < 0)
		return rc;
	sort(z, z->by_name, by_name);
	return names == ZIP_UNIQUE ? check_names(z, err) : 0;
}

int zip_open(struct arena *a, struct sv bytes, enum zip_names names, struct zip *out,
	     struct err *err)
{
	struct zip z = {.bytes = bytes, .fd = -1, .length = bytes.n};
	int rc = open_members(a, &z, names, err);

	if (rc == 0)
		*out = z;
	return rc;
}

int zip_open_fd(struct arena *a, int fd, enum zip_names names, struct zip *out, struct err *err)
{
	struct zip z = {.fd = fd};
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(err, "zip: cannot read");
	z.length = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	int rc = open_members(a, &z, names, err);
	if (rc == 0)
		*out = z;
	return rc;
}

/* The last of those that have the name. */
const struct zip_member *zip_find(const struct zip *z, struct sv name)
{
	const struct zip_member *m;
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (sv_cmp(z->members[z->by_name[mid]].name, name) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	m = &z->members[z->by_name[low - 1]];
	return sv_eq(m->name, name) ? m : NULL;
}
