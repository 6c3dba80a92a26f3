#include "fmt/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches every byte of a view, so that a sanitizer sees one that is too long. */
static unsigned touch(struct sv v)
{
	unsigned sum = 0;

	for (size_t i = 0; i < v.n; i++)
		sum += (unsigned char)v.p[i];
	return sum;
}

/* What is read has to end somewhere that the compiler does not see through. */
static volatile unsigned fuzz_sum;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf e;
	struct err err;
	struct elf_section s;
	struct elf_segment g;
	unsigned sum = 0;

	if (elf_open(sv_make(data, size), &e, &err) < 0)
		return 0;
	for (uint32_t i = 0; i < e.shnum && i < 100; i++)
		if (elf_section_at(&e, i, &s, &err) == 0)
			sum += touch(s.name) + touch(s.data);
	for (uint32_t i = 0; i < e.phnum && i < 100; i++)
		if (elf_segment_at(&e, i, &g, &err) < 0)
			break;
	if (elf_section_find(&e, SV(".text"), &s, &err) > 0)
		sum += touch(s.data);
	fuzz_sum = sum;
	return 0;
}
