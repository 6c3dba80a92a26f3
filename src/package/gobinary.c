/*
 * Go programs that are held whole: finds the build information as Go's debug/buildinfo does, in the
 * section .go.buildinfo or else in the first writable segment. elfscan.c does the same for streams.
 */
#include "fmt/elf.h"
#include "package/elfscan.h"
#include "package/gobuildinfo.h"

enum { pt_load = 1, pf_w_x = 3, pf_w = 2 };

/* n bytes of the program's memory image at this address, from the file. */
static bool at_address(const struct elf *e, uint64_t addr, uint64_t n, struct sv *out)
{
	for (uint32_t i = 0; i < e->phnum; i++) {
		struct elf_segment s;
		struct err ignored = {0};

		if (elf_segment_at(e, i, &s, &ignored) < 0)
			return false;
		if (s.type != pt_load || addr < s.vaddr || addr - s.vaddr > s.filesz ||
		    n > s.filesz - (addr - s.vaddr) || s.offset > e->bytes.n)
			continue;
		struct sv file =
			sv_from(sv_from(e->bytes, (size_t)s.offset), (size_t)(addr - s.vaddr));
		if (n > file.n)
			return false;
		*out = sv_head(file, (size_t)n);
		return true;
	}
	return false;
}

static uint64_t pointer(struct sv v, unsigned size, bool big)
{
	if (size == 4)
		return big ? be32(v.p) : le32(v.p);
	return big ? be64(v.p) : le64(v.p);
}

/* A Go string header: address and length. */
static bool go_string(const struct elf *e, uint64_t addr, unsigned size, bool big, struct sv *out)
{
	struct sv header;

	if (!at_address(e, addr, 2 * (uint64_t)size, &header))
		return false;
	return at_address(e, pointer(header, size, big), pointer(sv_from(header, size), size, big),
			  out);
}

/* The form before Go 1.18. */
static bool by_pointers(const struct elf *e, struct sv at, struct go_build *out)
{
	unsigned size = (uint8_t)at.p[14];
	bool big = at.p[15] & 1;
	struct sv modules;

	if ((size != 4 && size != 8) || at.n < go_build_header ||
	    !go_string(e, pointer(sv_from(at, 16), size, big), size, big, &out->version) ||
	    out->version.n == 0)
		return false;
	if (go_string(e, pointer(sv_from(at, 16 + size), size, big), size, big, &modules))
		out->modules = go_build_modules(modules);
	return true;
}

/* The first header in area that can be read; area begins at an aligned place of the file. */
static bool search(const struct elf *e, struct sv area, struct go_build *out)
{
	struct sv magic = {GO_BUILD_MAGIC, go_build_magic_n};

	for (size_t at; area.n >= go_build_header && (at = sv_find(area, magic)) != SIZE_MAX;) {
		struct sv here = sv_from(area, at);

		area = sv_from(area, at + go_build_magic_n);
		if ((size_t)(here.p - e->bytes.p) % go_build_align != 0 || here.n < go_build_header)
			continue;
		if (here.p[15] & 2 ? go_build_inline(here, out) == 1 : by_pointers(e, here, out))
			return true;
	}
	return false;
}

static bool search_segments(const struct elf *e, struct go_build *out)
{
	for (uint32_t i = 0; i < e->phnum; i++) {
		struct elf_segment s;
		struct err ignored = {0};

		if (elf_segment_at(e, i, &s, &ignored) < 0)
			return false;
		if (s.type == pt_load && (s.flags & pf_w_x) == pf_w && s.offset < e->bytes.n &&
		    search(e, sv_head(sv_from(e->bytes, (size_t)s.offset), (size_t)s.filesz), out))
			return true;
	}
	return false;
}

int go_binary_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		   struct err *err)
{
	struct elf elf;
	struct elf_section section;
	struct go_build build = {0};
	struct emit e = {.sink = sink,
			 .path = f->path,
			 .cataloger = "go-binary",
			 .type = PKG_GOLANG,
			 .evidence = EVIDENCE_INSTALLED};

	if (!elf_is(f->bytes))
		return 0;
	if (elf_open(f->bytes, &elf, err) < 0)
		return err_where(err, "%.*s", SV_ARG(f->path));

	struct err ignored = {0};
	int named = elf_section_find(&elf, SV(".go.buildinfo"), &section, &ignored);
	if ((named == 1 && search(&elf, section.data, &build)) || search_segments(&elf, &build)) {
		go_build_emit(&e, a, &build);
		return 0;
	}
	if (named != 1)
		return 0;
	err_set(err, ERR_PARSE, "the Go build information of this program cannot be read");
	return err_where(err, "%.*s", SV_ARG(f->path));
}
