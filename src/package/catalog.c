#include "package/catalog.h"

#include "base/limits.h"

enum { FAULTS_MAX = 20 };

__attribute__((format(printf, 4, 0))) static void tell(const struct catalog_run *run, size_t line,
						       struct err *err, const char *fmt, va_list ap)
{
	struct buf text = {0};

	buf_vfmt(&text, fmt, ap);
	(void)err_set(err, ERR_PARSE, "%s", buf_cstr(&text));
	if (line)
		(void)err_where(err, "%.*s:%zu", SV_ARG(run->file->path), line);
	else
		(void)err_where(err, "%.*s", SV_ARG(run->file->path));
	buf_done(&text);
}

int catalog_fault(struct catalog_run *run, size_t line, const char *fmt, ...)
{
	struct err fault = {0};
	va_list ap;

	va_start(ap, fmt);
	tell(run, line, &fault, fmt, ap);
	va_end(ap);
	if (++run->faults <= FAULTS_MAX) {
		run->sink->fault(run->sink, &fault);
		return 0;
	}
	(void)err_set(run->err, ERR_PARSE, "more than %d faults, the rest was not read",
		      FAULTS_MAX);
	return err_where(run->err, "%s", fault.where);
}

void catalog_note(struct catalog_run *run, size_t line, const char *fmt, ...)
{
	struct err note = {0};
	va_list ap;

	if (++run->notes > FAULTS_MAX)
		return;
	va_start(ap, fmt);
	tell(run, line, &note, fmt, ap);
	va_end(ap);
	if (run->notes == FAULTS_MAX)
		(void)err_hint(&note, "there may be more of them: this is the last that is told");
	run->sink->note(run->sink, &note);
}

void catalog_package(struct catalog_run *run, struct package *p, const char *cataloger)
{
	struct location at = {.path = run->file->path, .layer = INDEX_NONE};

	p->evidence = EVIDENCE_INSTALLED;
	p->cataloger = sv_of(cataloger);
	p->locations.p = &at;
	p->locations.n = 1;
	run->sink->package(run->sink, p);
	p->locations.p = NULL;
	p->locations.n = 0;
}

/* A few bytes of a database can name a long folder for each of millions of files. */
static bool owned_within(struct catalog_run *run, size_t n)
{
	bool before = run->owned <= limit_owned_bytes;

	run->owned += n;
	if (run->owned <= limit_owned_bytes)
		return true;
	if (before) {
		struct err fault = {0};
		(void)err_set(&fault, ERR_LIMIT,
			      "its packages own more than %ju bytes of file names",
			      (uintmax_t)limit_owned_bytes);
		(void)err_where(&fault, "%.*s", SV_ARG(run->file->path));
		run->sink->fault(run->sink, &fault);
	}
	return false;
}

static bool below_merged(struct sv path)
{
	static const char *const dirs[] = {"bin/", "lib/", "sbin/", "lib32/", "lib64/", "libx32/"};

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (sv_starts(path, sv_of(dirs[i])))
			return true;
	return false;
}

void catalog_owns(struct catalog_run *run, struct sv owner, struct sv dir, struct sv name)
{
	static const char usr[] = "usr/";
	char path[4096];
	size_t n = sizeof usr - 1;

	while (dir.n && dir.p[0] == '/')
		dir = sv_from(dir, 1);
	while (dir.n && dir.p[dir.n - 1] == '/')
		dir = sv_head(dir, dir.n - 1);
	/* longer than any path that the kernel takes */
	if (dir.n > sizeof path || name.n > sizeof path || n + dir.n + 1 + name.n > sizeof path)
		return;
	memcpy(path, usr, n);
	if (dir.n)
		memcpy(path + n, dir.p, dir.n);
	n += dir.n;
	if (dir.n && name.n)
		path[n++] = '/';
	if (name.n)
		memcpy(path + n, name.p, name.n);
	n += name.n;
	struct sv merged = sv_make(path, n), plain = sv_from(merged, sizeof usr - 1);
	if (!plain.n || !owned_within(run, n))
		return;
	run->sink->owns(run->sink, owner, plain);
	if (below_merged(plain))
		run->sink->owns(run->sink, owner, merged);
}
