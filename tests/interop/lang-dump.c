/*
 * What the catalogers of language packages see, a line each, for comparison with other programs:
 *
 *     lang-dump whole FILE      an executable, held
 *     lang-dump stream FILE     the same, as a stream of 64 KiB chunks
 *     lang-dump tree DIR        all files below DIR that a cataloger takes: "cataloger name version
 * path"
 */
#include <ftw.h>
#include <stdio.h>

#include "base/limits.h"
#include "package/elfscan.h"

static bool tree;
static size_t root_n;

static void on_package(struct catalog_sink *s, const struct package *p)
{
	(void)s;
	if (tree)
		printf("%.*s %.*s %.*s %.*s\n", SV_ARG(p->cataloger), SV_ARG(p->name),
		       SV_ARG(p->version), SV_ARG(p->locations.p[0].path));
	else
		printf("%.*s %.*s\n", SV_ARG(p->name), SV_ARG(p->version));
}

static void on_note(struct catalog_sink *s, const struct err *err)
{
	(void)s;
	fprintf(stderr, "note %s: %s\n", err->where, err->msg);
}

static void on_owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	(void)s;
	(void)owner;
	(void)path;
}

static void on_os(struct catalog_sink *s, const struct os *os)
{
	(void)s;
	(void)os;
}

static struct catalog_sink sink = {
	.package = on_package, .note = on_note, .fault = on_note, .owns = on_owns, .os = on_os};

static bool read_file(const char *name, struct buf *out)
{
	auto_fclose FILE *f = fopen(name, "rb");
	size_t n;

	while (f && (n = fread(buf_reserve(out, 65536), 1, 65536, f)) > 0)
		out->n += n;
	return f && !ferror(f);
}

static int executable(const char *name, bool whole)
{
	auto_done(buf_done) struct buf file = {0};
	struct elf_scan *s = elf_scan_new();
	struct err err = {0};
	struct arena a;

	if (!read_file(name, &file)) {
		perror(name);
		return 2;
	}
	arena_init(&a, 0);
	elf_scan_begin(s, whole && file.n <= limit_elf_bytes ? file.n : UINT64_MAX);
	for (size_t at = 0; at < file.n; at += 65536)
		elf_scan_chunk(s, sv_head(sv_from(buf_view(&file), at), 65536));
	int rc = elf_scan_end(s, sv_of(name), &a, &sink, &err);
	if (rc < 0)
		on_note(&sink, &err);
	elf_scan_free(s);
	arena_done(&a);
	return rc < 0;
}

static int visit(const char *name, const struct stat *st, int type, struct FTW *at)
{
	struct sv path = sv_of(name + root_n);

	(void)at;
	while (path.n && path.p[0] == '/')
		path = sv_from(path, 1);
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	for (size_t row = 0; (row = cataloger_route(path, row)) < catalogers_n; row++) {
		auto_done(buf_done) struct buf file = {0};
		struct catalog_file f = {.path = path};
		struct err err = {0};
		struct arena a;

		if (!catalogers[row].fn || !read_file(name, &file))
			continue;
		arena_init(&a, 0);
		f.bytes = buf_view(&file);
		if (catalogers[row].fn(&f, &a, &sink, &err) < 0)
			on_note(&sink, &err);
		arena_done(&a);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "tree") == 0) {
		tree = true;
		root_n = strlen(argv[2]);
		return nftw(argv[2], visit, 64, FTW_PHYS) == 0 ? 0 : 2;
	}
	if (argc == 3 && (strcmp(argv[1], "whole") == 0 || strcmp(argv[1], "stream") == 0))
		return executable(argv[2], argv[1][0] == 'w');
	fprintf(stderr, "usage: lang-dump whole|stream FILE, lang-dump tree DIR\n");
	return 2;
}
