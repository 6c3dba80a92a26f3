#include "advisory/changelog-root.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "advisory/changelog.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fmt/stream.h"
#include "package/osrelease.h"
#include "sys/file.h"

/* Below root, whatever links say. */
static int open_in(int root, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static int read_release(int root, struct arena *a, struct changelog_release *out, struct err *err)
{
	auto_done(buf_done) struct buf b = {0};
	auto_close int fd = open_in(root, "etc/os-release", O_RDONLY);
	struct os os = {0};

	if (fd < 0)
		return err_sys(err, "etc/os-release");
	int rc = file_read_fd(fd, 1 << 20, &b, err);
	if (rc == 0)
		rc = os_identify(SV("etc/os-release"), buf_view(&b), a, &os, err);
	if (rc < 0)
		return rc;
	if (!sv_is(os.id, "debian") || !os.version.n)
		return err_set(err, ERR_UNSUPPORTED, "this is no release of Debian");
	*out = (struct changelog_release){arena_sv(a, os.codename), arena_sv(a, os.version)};
	return 0;
}

struct gathered {
	struct changelog_release release;
	struct arena texts; /* of the facts */
	struct changelog_facts facts;
	size_t changelogs;
};

/* 1 = read, 0 = no such file. */
static int read_changelog(struct gathered *g, int docs, const char *package, const char *name,
			  struct err *err)
{
	auto_done(buf_done) struct buf path = {0}, text = {0};

	buf_fmt(&path, "usr/share/doc/%s/%s", package, name);
	auto_close int fd = open_in(docs, buf_cstr(&path), O_RDONLY);
	if (fd < 0)
		return 0;
	struct stream *s = stream_gzip(stream_fd(fd, 0, UINT64_MAX));
	int rc = stream_all(s, limit_file_bytes, &text, err);
	stream_free(s);
	if (rc == 0)
		rc = changelog_facts(&g->texts, arena_sv(&g->texts, buf_view(&text)), &g->release,
				     &g->facts, err);
	if (rc < 0)
		return err_where(err, "%s", buf_cstr(&path));
	g->changelogs++;
	return 1;
}

static int read_all(struct gathered *g, int root, struct err *err)
{
	int fd = open_in(root, "usr/share/doc", O_RDONLY | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	int rc = 0;

	if (!d)
		return err_sys(err, "usr/share/doc");
	for (struct dirent *e; rc >= 0 && (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		rc = read_changelog(g, root, e->d_name, "changelog.Debian.gz", err);
		if (rc == 0)
			rc = read_changelog(g, root, e->d_name, "changelog.gz", err);
		if (rc < 0 && err->kind == ERR_PARSE &&
		    sv_ends(sv_of(err->where), SV("/changelog.gz")))
			rc = 0; /* upstream's own changelog, not Debian's */
	}
	closedir(d);
	if (rc >= 0 && g->changelogs == 0)
		return err_set(err, ERR_NOTFOUND,
			       "there are no Debian changelogs below usr/share/doc");
	return rc < 0 ? rc : 0;
}

static int fact_cmp(const void *a, const void *b)
{
	const struct changelog_fact *x = a, *y = b;
	int c = sv_cmp(x->source, y->source);

	if (!c)
		c = sv_cmp(x->cve, y->cve);
	return c ? c : sv_cmp(x->version, y->version);
}

/* Binary packages of one source share a changelog: each fact stands once. */
static void write_table(struct gathered *g, struct changelog_root *out)
{
	qsort(g->facts.p, g->facts.n, sizeof *g->facts.p, fact_cmp);
	buf_str(&out->tsv, "# date ");
	clock_fmt_date(&out->tsv, clock_now());
	buf_fmt(&out->tsv,
		"\n# Fixes in stable updates of Debian %.*s (%.*s), as %zu changelogs name them: the first stable update\n"
		"# that names a CVE is taken for its fix. Facts only.\n"
		"source\tfixed\tdate\tcve\n",
		SV_ARG(g->release.number), SV_ARG(g->release.codename), g->changelogs);
	for (size_t i = 0; i < g->facts.n; i++) {
		const struct changelog_fact *f = &g->facts.p[i];
		if (i && fact_cmp(f, f - 1) == 0)
			continue;
		out->facts++;
		buf_fmt(&out->tsv, "%.*s\t%.*s\t", SV_ARG(f->source), SV_ARG(f->version));
		if (f->days != INT64_MIN)
			clock_fmt_date(&out->tsv, f->days * 86400);
		buf_fmt(&out->tsv, "\t%.*s\n", SV_ARG(f->cve));
	}
}

int changelog_root_read(const char *root, struct changelog_root *out, struct err *err)
{
	struct gathered g = {0};
	auto_close int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		(void)err_sys(err, "cannot open");
		return err_where(err, "%s", root);
	}
	arena_init(&g.texts, 0);
	int rc = read_release(fd, &g.texts, &g.release, err);
	if (rc == 0)
		rc = read_all(&g, fd, err);
	if (rc == 0) {
		*out = (struct changelog_root){.changelogs = g.changelogs};
		(void)snprintf(out->release, sizeof out->release, "%.*s", SV_ARG(g.release.number));
		write_table(&g, out);
	}
	vec_done(&g.facts);
	arena_done(&g.texts);
	return rc < 0 ? err_where(err, "%s", root) : 0;
}
