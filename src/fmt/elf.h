/* ELF (gABI): bounded views of headers and sections, 32 and 64 bit, both byte orders. */
#pragma once

#include "base/base.h"

struct elf {
	struct sv bytes;
	bool is64, big;
	uint16_t type, machine;
	uint64_t shoff, phoff;
	uint32_t shnum, phnum, shstrndx;
	uint16_t shentsize, phentsize;
};

struct elf_section {
	struct sv name;
	struct sv data; /* empty for NOBITS */
	uint32_t type;
	uint64_t flags, addr, offset, size;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, filesz;
};

bool elf_is(struct sv bytes);
/* bytes may be only the beginning of the file: sections beyond it are errors when asked for. */
int elf_open(struct sv bytes, struct elf *out, struct err *err) must_check;
int elf_section_at(const struct elf *e, uint32_t i, struct elf_section *out,
		   struct err *err) must_check;
/* 1 found, 0 not there. */
int elf_section_find(const struct elf *e, struct sv name, struct elf_section *out,
		     struct err *err) must_check;
int elf_segment_at(const struct elf *e, uint32_t i, struct elf_segment *out,
		   struct err *err) must_check;
