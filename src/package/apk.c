/*
 * apk's installed database (apk-package(5), "installed"): records of lines "X:value" that end with
 * an empty line. F: opens a directory, R: names a file in it.
 */
#include "package/catalog.h"

#include "base/limits.h"

struct record {
	struct sv name, version, arch, origin, license;
	struct sv dir;
	size_t line; /* 0 = no record yet */
	bool bad;
};

static int record_end(struct catalog_run *run, struct record *r)
{
	struct record done = *r;
	struct package p = {
		.type = PKG_APK, .name = done.name, .version = done.version, .arch = done.arch};

	*r = (struct record){0};
	if (!done.line)
		return 0;
	if (!done.name.n || !done.version.n)
		return done.bad ? 0
				: catalog_fault(run, done.line,
						"the record of package \"%.*s\" has no %s",
						SV_ARG(sv_head(done.name, 100)),
						done.name.n ? "version (V:)" : "name (P:)");
	if (!sv_eq(done.origin, done.name))
		p.source_name = done.origin;
	if (done.license.n) {
		p.licenses.p = &done.license;
		p.licenses.n = 1;
	}
	catalog_package(run, &p, "apk");
	return 0;
}

/* The fields of a package; those of a file (a, Z, M …) are not kept. */
static struct sv *record_field(struct record *r, char letter)
{
	switch (letter) {
	case 'P':
		return &r->name;
	case 'V':
		return &r->version;
	case 'A':
		return &r->arch;
	case 'o':
		return &r->origin;
	case 'L':
		return &r->license;
	case 'F':
		return &r->dir;
	default:
		return NULL;
	}
}

static int record_line(struct catalog_run *run, struct record *r, struct sv line, size_t number)
{
	struct sv value = sv_from(line, 2);

	if (!r->line)
		r->line = number;
	if (line.n < 2 || line.p[1] != ':' || value.n > limit_field_bytes) {
		bool told = r->bad;
		r->bad = true;
		return told ? 0
			    : catalog_fault(run, number, "a line that is no field: \"%.*s\"",
					    SV_ARG(sv_head(line, 60)));
	}
	if (line.p[0] == 'R') {
		if (r->name.n && value.n)
			catalog_owns(run, r->name, r->dir, value);
		return 0;
	}
	struct sv *field = record_field(r, line.p[0]);
	if (field)
		*field = value;
	return 0;
}

int apk_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
	     struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	struct record r = {0};
	struct sv rest = f->bytes, line;
	size_t number = 0;
	bool blank = true;

	(void)a;
	while (sv_line(&rest, &line)) {
		number++;
		blank = line.n == 0;
		int rc = blank ? record_end(&run, &r) : record_line(&run, &r, line, number);
		if (rc < 0)
			return rc;
	}
	int rc = record_end(&run, &r);
	if (rc < 0)
		return rc;
	if (f->bytes.n && f->bytes.p[f->bytes.n - 1] != '\n')
		return catalog_fault(&run, number, "the file is cut: its last line has no end");
	if (!blank)
		catalog_note(&run, number,
			     "no empty line behind the last record, as apk would write it: "
			     "the file may be cut");
	return 0;
}
