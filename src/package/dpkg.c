/*
 * dpkg's database: deb822 records (deb-control(5)) in var/lib/dpkg/status, one record a file in
 * var/lib/dpkg/status.d of images without dpkg, and the lists of files per package.
 */
#include "package/catalog.h"

#include "base/limits.h"

enum field { PACKAGE, STATUS, VERSION, ARCHITECTURE, SOURCE, FIELDS };

static const char *const field_names[FIELDS] = {"Package", "Status", "Version", "Architecture",
						"Source"};

struct record {
	struct sv field[FIELDS];
	size_t line; /* of its first field; 0 = no record yet */
	bool bad;    /* a fault was told */
};

/* What dpkg's status words mean for us (dpkg(1), "Package states"): are the files there? */
static const struct {
	const char *word;
	bool present;
} states[] = {
	{"installed", true},        {"half-configured", true},  {"unpacked", true},
	{"triggers-awaited", true}, {"triggers-pending", true}, {"half-installed", true},
	{"config-files", false},    {"not-installed", false},
};

static const struct sv md5sums = {".md5sums", 8};

/* 1 present, 0 not, -1 no status that dpkg knows. */
static int status_present(struct sv status)
{
	struct sv rest = sv_trim(status);
	struct sv head, state = {0};

	if (!rest.n)
		return 1; /* the records of status.d have none */
	if (!sv_rcut(rest, ' ', &head, &state))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (sv_is(state, states[i].word))
			return states[i].present;
	return -1;
}

/* "name (version)" */
static void split_source(struct sv source, struct package *p)
{
	struct sv rest = source;
	struct sv name = sv_trim(sv_cut(&rest, '('));
	struct sv version = sv_trim(sv_cut(&rest, ')'));

	p->source_version = sv_eq(version, p->version) ? SV("") : version;
	if (!sv_eq(name, p->name) || p->source_version.n)
		p->source_name = name;
}

/* What a record of a package that is present must have. Tells what is wrong; true when nothing is.
 */
static bool record_good(struct catalog_run *run, const struct record *r, int *rc)
{
	struct sv name = sv_head(r->field[PACKAGE], 100);

	for (size_t i = 0; i < FIELDS; i++)
		if (r->field[i].n > limit_field_bytes) {
			*rc = catalog_fault(run, r->line, "a package's %s is longer than %ju bytes",
					    field_names[i], (uintmax_t)limit_field_bytes);
			return false;
		}
	if (name.n && r->field[VERSION].n)
		return true;
	/* at its first unpacking dpkg knows no version yet, and nothing is there to judge */
	if (r->bad || (name.n && sv_ends(r->field[STATUS], SV(" half-installed"))))
		return false;
	*rc = name.n ? catalog_fault(run, r->line,
				     "the record of package %.*s has no Version field",
				     SV_ARG(name))
		     : catalog_fault(run, r->line, "a package record has no Package field");
	return false;
}

/* Hands the record over and makes room for the next. */
static int record_end(struct catalog_run *run, struct record *next)
{
	struct record r = *next;
	int rc = 0;

	*next = (struct record){0};
	int present = r.line ? status_present(r.field[STATUS]) : 0;
	if (present < 0)
		rc = catalog_fault(run, r.line, "package %.*s has the unknown status \"%.*s\"",
				   SV_ARG(sv_head(r.field[PACKAGE], 100)),
				   SV_ARG(sv_head(r.field[STATUS], 100)));
	if (rc < 0 || !present || !record_good(run, &r, &rc))
		return rc;
	struct package p = {
		.type = PKG_DEB,
		.name = r.field[PACKAGE],
		.version = r.field[VERSION],
		.arch = r.field[ARCHITECTURE],
	};
	split_source(r.field[SOURCE], &p);
	catalog_package(run, &p, "dpkg");
	return 0;
}

static int record_line(struct catalog_run *run, struct record *r, struct sv line, size_t number)
{
	size_t colon = sv_find_char(line, ':');

	if (!r->line)
		r->line = number;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return 0; /* folded: none of our fields is */
	if (colon == SIZE_MAX || colon == 0) {
		bool told = r->bad;
		r->bad = true;
		return told ? 0
			    : catalog_fault(run, number, "a line that is no field: \"%.*s\"",
					    SV_ARG(sv_head(line, 60)));
	}
	struct sv name = sv_head(line, colon);
	for (size_t i = 0; i < FIELDS; i++)
		if (sv_ieq(name, sv_of(field_names[i])) && !r->field[i].n)
			r->field[i] = sv_trim(sv_from(line, colon + 1));
	return 0;
}

static int end_check(struct catalog_run *run, size_t line, bool blank)
{
	struct sv bytes = run->file->bytes;

	/* A record of an image without dpkg is written by many tools, some end it without a
	 * newline. */
	if (!bytes.n || !sv_is(run->file->path, "var/lib/dpkg/status"))
		return 0;
	/* dpkg refuses such a file too: it was cut. */
	if (bytes.p[bytes.n - 1] != '\n')
		return catalog_fault(run, line, "the file is cut: its last line has no end");
	if (!blank)
		catalog_note(run, line,
			     "no empty line behind the last record, as dpkg would write it: "
			     "the file may be cut");
	return 0;
}

int dpkg_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
	      struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	struct record r = {0};
	struct sv rest = f->bytes, line;
	size_t number = 0;
	bool blank = true;

	(void)a;
	if (sv_ends(f->path, md5sums))
		return 0;
	while (sv_line(&rest, &line)) {
		number++;
		blank = line.n == 0;
		int rc = blank ? record_end(&run, &r) : record_line(&run, &r, line, number);
		if (rc < 0)
			return rc;
	}
	int rc = record_end(&run, &r);
	return rc < 0 ? rc : end_check(&run, number, blank);
}

/* "libc6:amd64.list" of info, "base-files.md5sums" of status.d */
static struct sv owner_of(struct sv path)
{
	struct sv name = sv_basename(path), head, tail;

	if (sv_rcut(name, '.', &head, &tail))
		name = head;
	return sv_cut(&name, ':');
}

/* A directory stands in front of what is in it; many packages share it, so nobody owns it. */
static bool holds_next(struct sv line, struct sv rest)
{
	return sv_starts(rest, line) && rest.n > line.n && rest.p[line.n] == '/';
}

static void list_read(struct catalog_run *run, struct sv owner)
{
	struct sv rest = run->file->bytes, line;

	while (sv_line(&rest, &line))
		if (line.n > 1 && line.p[0] == '/' && !sv_is(line, "/.") && !holds_next(line, rest))
			catalog_owns(run, owner, line, (struct sv){0});
}

/* "<32 hexadecimal digits>  path" */
static void md5sums_read(struct catalog_run *run, struct sv owner)
{
	struct sv rest = run->file->bytes, line;

	while (sv_line(&rest, &line)) {
		(void)sv_cut(&line, ' ');
		struct sv path = sv_trim(line);
		if (sv_starts(path, SV("./")))
			path = sv_from(path, 2);
		catalog_owns(run, owner, path, (struct sv){0});
	}
}

int dpkg_files_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		    struct err *err)
{
	struct catalog_run run = {.file = f, .sink = sink, .err = err};
	struct sv owner = owner_of(f->path);

	(void)a;
	if (!owner.n)
		return 0;
	if (sv_ends(f->path, md5sums))
		md5sums_read(&run, owner);
	else
		list_read(&run, owner);
	return 0;
}
