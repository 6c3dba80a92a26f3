#include "unit/test.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "fmt/elf.h"

/* This very program, against the system's own structures. */
static void test_self(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	auto_close int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t n;
	struct elf e;
	struct err err;
	struct elf_section s;
	struct elf_segment g;
	while ((n = read(fd, buf_reserve(&b, 65536), 65536)) > 0)
		b.n += (size_t)n;
	assert_int_equal(elf_open(buf_view(&b), &e, &err), 0);
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)(const void *)b.p;
	if (h->e_ident[EI_CLASS] != ELFCLASS64)
		skip();
	assert_true(e.is64);
	assert_int_equal(e.machine, h->e_machine);
	assert_int_equal(e.shnum, h->e_shnum);
	assert_int_equal(elf_section_find(&e, SV(".dynamic"), &s, &err), 1);
	assert_int_equal(s.type, SHT_DYNAMIC);
	assert_sv(s.name, ".dynamic");
	assert_int_equal(elf_section_find(&e, SV(".bss"), &s, &err), 1);
	assert_int_equal(s.data.n, 0);
	assert_true(s.size > 0);
	assert_int_equal(elf_section_find(&e, SV(".dynam"), &s, &err), 0);
	const Elf64_Phdr *ph = (const Elf64_Phdr *)(const void *)(b.p + h->e_phoff);
	for (uint32_t i = 0; i < e.phnum; i++) {
		assert_int_equal(elf_segment_at(&e, i, &g, &err), 0);
		assert_int_equal(g.type, ph[i].p_type);
		assert_int_equal(g.vaddr, ph[i].p_vaddr);
		assert_int_equal(g.filesz, ph[i].p_filesz);
		assert_int_equal(g.offset, ph[i].p_offset);
	}
	/* only its beginning: the header is understood, sections beyond are errors */
	assert_int_equal(elf_open(sv_head(buf_view(&b), 1000), &e, &err), 0);
	assert_int_equal(elf_section_find(&e, SV(".dynamic"), &s, &err), -ERR_PARSE);
	assert_int_equal(elf_segment_at(&e, e.phnum, &g, &err), -ERR_PARSE);
}

/* Numbers of either byte order into a file that is built. */
static void put(char *to, bool big, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[big ? n - 1 - i : i] = (char)(v >> 8 * i);
}

/* Header, three sections (null, names, ".x" with "data"), 32 or 64 bit; extended: counts in section
 * 0. */
static size_t make(char *p, bool is64, bool big, bool extended)
{
	size_t header = is64 ? 64 : 52, entry = is64 ? 64 : 40, names = header + 3 * entry;
	size_t w = is64 ? 8 : 4;

	memset(p, 0, 1024);
	memcpy(p, "\177ELF", 4);
	p[4] = is64 ? 2 : 1;
	p[5] = big ? 2 : 1;
	p[6] = 1;
	put(p + 16, big, ET_EXEC, 2);
	put(p + 18, big, EM_PPC, 2);
	put(p + (is64 ? 40 : 32), big, header, w);
	put(p + (is64 ? 58 : 46), big, entry, 2);
	put(p + (is64 ? 60 : 48), big, extended ? 0 : 3, 2);
	put(p + (is64 ? 62 : 50), big, extended ? SHN_XINDEX : 1, 2);
	size_t at_offset = is64 ? 24 : 16, at_size = is64 ? 32 : 20, at_link = is64 ? 40 : 24;
	if (extended) {
		put(p + header + at_size, big, 3, w);
		put(p + header + at_link, big, 1, 4);
	}
	char *s = p + header + entry;
	put(s, big, 1, 4);
	put(s + 4, big, SHT_STRTAB, 4);
	put(s + at_offset, big, names, w);
	put(s + at_size, big, 12, w);
	s += entry;
	put(s, big, 9, 4);
	put(s + 4, big, SHT_PROGBITS, 4);
	put(s + at_offset, big, names + 12, w);
	put(s + at_size, big, 4, w);
	memcpy(p + names, "\0.names\0\0.x\0data", 16);
	return names + 16;
}

static void test_made(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		char p[1024];
		struct elf e;
		struct err err;
		struct elf_section s;
		size_t n = make(p, i & 1, i & 2, i & 4);
		assert_int_equal(elf_open(sv_make(p, n), &e, &err), 0);
		assert_int_equal(e.machine, EM_PPC);
		assert_int_equal(e.shnum, 3);
		assert_int_equal(elf_section_find(&e, SV(".x"), &s, &err), 1);
		assert_sv(s.data, "data");
		assert_int_equal(elf_section_at(&e, 2, &s, &err), 0);
		assert_sv(s.name, ".x");
		assert_int_equal(elf_section_at(&e, 0, &s, &err), 0);
		assert_int_equal(s.data.n, 0);
		assert_int_equal(elf_section_at(&e, 3, &s, &err), -ERR_PARSE);
		/* cut anywhere: an error, or nothing found, never bytes beyond */
		for (size_t cut = 0; cut < n; cut++) {
			char *copy = malloc(cut ? cut : 1);
			memcpy(copy, p, cut);
			if (elf_open(sv_make(copy, cut), &e, &err) == 0)
				assert_true(elf_section_find(&e, SV(".x"), &s, &err) < 0);
			free(copy);
		}
	}
}

static void test_broken(void **state)
{
	(void)state;
	static const struct {
		size_t at, n;
		uint64_t v;
	} rows[] = {
		{4, 1, 3},                         /* class */
		{5, 1, 0},                         /* byte order */
		{6, 1, 2},                         /* version */
		{58, 2, 63},                       /* section headers too small */
		{40, 8, UINT64_MAX},               /* section headers outside */
		{62, 2, 3},                        /* no such section for names */
		{64 + 64 + 24, 8, UINT64_MAX - 4}, /* names outside */
		{64 + 128 + 32, 8, UINT64_MAX},    /* .x too long */
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char p[1024];
		struct elf e;
		struct err err = {0};
		struct elf_section s;
		size_t n = make(p, true, false, false);
		put(p + rows[i].at, false, rows[i].v, rows[i].n);
		int rc = elf_open(sv_make(p, n), &e, &err);
		if (rc == 0)
			rc = elf_section_find(&e, SV(".x"), &s, &err);
		assert_int_equal(rc, -ERR_PARSE);
		assert_int_equal(err.kind, ERR_PARSE);
	}
	char p[1024];
	struct elf e;
	struct err err;
	size_t n = make(p, true, false, true);
	put(p + 64 + 32, false, 1u << 20, 8);
	assert_int_equal(elf_open(sv_make(p, n), &e, &err), -ERR_LIMIT);
	assert_false(elf_is(SV("\177EL")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
