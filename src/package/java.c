/*
 * jar, war, ear, par and hpi, with all archives in them, in place: a stored one is a view into its
 * parent, a deflated one is unpacked into a buffer for as long as it is read.
 *
 * Every pom.properties is a package (a shaded jar has many, and may repeat their names: classes of
 * each are in it). Where none is the jar's own, its
 * manifest and file name are one, if they tell a version. Bounds: limit_zip_depth levels,
 * limit_zip_total unpacked bytes in one file with all that is in it, limit_file_bytes unpacked and
 * held at once. A nested archive that cannot be read is a note; so is what a bound leaves out.
 */
#include "base/limits.h"
#include "fmt/zip.h"
#include "package/catalog.h"
#include "package/emit.h"
#include "package/java-id.h"

enum { text_max = 1u << 20 };

struct java {
	struct emit emit;
	unsigned depth;
	uint64_t unpacked; /* of limit_zip_total */
	uint64_t held;     /* of limit_file_bytes */
	uint64_t members;  /* of the open archives: of limit_zip_entries */
};

/* One open archive. */
struct archive {
	struct java *java;
	struct arena *arena;
	struct zip zip;
	struct sv path;
	bool own_pom; /* a pom.properties is the archive's own */
	size_t poms;
};

static int read_archive(struct java *j, struct sv path, struct sv bytes, struct err *err);

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Unpacks a member within what is left of the whole file's budget. */
static int unpack(struct java *j, const struct zip *z, const struct zip_member *m, uint64_t limit,
		  struct buf *out, struct err *err)
{
	uint64_t left = limit_zip_total - j->unpacked;
	int rc = zip_read(z, m, smaller(limit, left), out, err);

	j->unpacked += smaller(out->n, left);
	return rc;
}

static void emit_id(struct java *j, const struct java_id *id, struct arena *a)
{
	struct sv license = id->license;
	struct package p = {.ns = id->group, .name = id->artifact, .version = id->version};

	if (id->group.n)
		p.name = arena_fmt(a, "%.*s:%.*s", SV_ARG(id->group), SV_ARG(id->artifact));
	emit_license(&p, &license);
	emit_package(&j->emit, &p, 0);
}

static struct sv file_name(struct sv path)
{
	struct sv before, after;

	return sv_basename(sv_rcut(path, '!', &before, &after) ? after : path);
}

static int read_pom(struct archive *ar, const struct zip_member *m, struct err *err)
{
	auto_done(buf_done) struct buf text = {0};
	struct java_id named;
	int rc = unpack(ar->java, &ar->zip, m, text_max, &text, err);

	if (rc < 0)
		return rc;
	struct java_id id = java_pom(buf_view(&text));
	if (!id.group.n || !id.artifact.n || !id.version.n)
		return 0;
	ar->poms++;
	if (java_file_name(file_name(ar->path), &named) && sv_eq(named.artifact, id.artifact))
		ar->own_pom = true;
	emit_id(ar->java, &id, ar->arena);
	return 0;
}

static int read_nested(struct archive *ar, const struct zip_member *m, struct err *err)
{
	struct java *j = ar->java;
	auto_done(buf_done) struct buf own = {0};
	struct sv path = arena_fmt(ar->arena, "%.*s!%.*s", SV_ARG(ar->path), SV_ARG(m->name));
	struct sv bytes;

	if (!zip_view(&ar->zip, m, &bytes)) {
		uint64_t limit = smaller(limit_zip_member, limit_file_bytes - j->held);
		int rc = unpack(j, &ar->zip, m, limit, &own, err);

		if (rc < 0) {
			err_where(err, "%.*s", SV_ARG(path));
			return rc;
		}
		bytes = buf_view(&own);
	}
	j->held += own.n;
	int rc = read_archive(j, path, bytes, err);
	j->held -= own.n;
	return rc;
}

static void read_members(struct archive *ar)
{
	struct java *j = ar->java;

	for (size_t i = 0; i < ar->zip.n; i++) {
		const struct zip_member *m = &ar->zip.members[i];
		struct err err = {0};
		int rc = 0;

		if (m->dir)
			continue;
		if (java_archive_name(m->name))
			rc = read_nested(ar, m, &err);
		else if (sv_is(sv_basename(m->name), "pom.properties"))
			rc = read_pom(ar, m, &err);
		j->emit.path = ar->path;
		if (rc < 0)
			emit_fault(&j->emit, &err);
	}
}

static void read_manifest(struct archive *ar)
{
	auto_done(buf_done) struct buf text = {0};
	const struct zip_member *m = zip_find(&ar->zip, SV("META-INF/MANIFEST.MF"));
	struct err err = {0};

	if (m && unpack(ar->java, &ar->zip, m, text_max, &text, &err) < 0)
		emit_fault(&ar->java->emit, &err);
	struct java_id id = java_manifest(ar->arena, buf_view(&text), file_name(ar->path));
	/* beside the poms of what is shaded in, only an identity that can be matched */
	if (id.artifact.n && id.version.n && (id.group.n || ar->poms == 0))
		emit_id(ar->java, &id, ar->arena);
}

static int read_open(struct java *j, struct arena *a, struct sv path, struct sv bytes,
		     struct err *err)
{
	struct archive ar = {.java = j, .arena = a, .path = path};
	struct java_id named;
	int rc = zip_open(a, bytes, ZIP_REPEAT, &ar.zip, err);

	if (rc < 0)
		return rc;
	if (ar.zip.n > limit_zip_entries - j->members)
		return err_set(err, ERR_LIMIT, "too many members in nested archives (zip_entries)");
	j->members += ar.zip.n;
	j->emit.path = path;
	read_members(&ar);
	if (!ar.own_pom && (ar.poms == 0 || java_file_name(file_name(path), &named)))
		read_manifest(&ar);
	j->members -= ar.zip.n;
	return 0;
}

static int read_archive(struct java *j, struct sv path, struct sv bytes, struct err *err)
{
	auto_done(arena_done) struct arena a;
	int rc;

	arena_init(&a, 0);
	if (j->depth >= limit_zip_depth)
		rc = err_set(err, ERR_LIMIT,
			     "archives nested deeper than %llu levels are not read (zip_depth)",
			     (unsigned long long)limit_zip_depth);
	else {
		j->depth++;
		rc = read_open(j, &a, path, bytes, err);
		j->depth--;
	}
	if (rc < 0)
		err_where(err, "%.*s", SV_ARG(path));
	return rc;
}

int java_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
	      struct err *err)
{
	struct java j = {.emit = {.sink = sink,
				  .path = f->path,
				  .cataloger = "java",
				  .type = PKG_MAVEN,
				  .evidence = EVIDENCE_INSTALLED}};

	(void)a;
	return read_archive(&j, f->path, f->bytes, err);
}
