/*
 * Writes small ELF64 little-endian executables: header, two program headers (read-only, read-write
 * PT_LOAD), read-only bytes at 0x1000, writable bytes behind them at a multiple of 0x1000, sections
 * at the end.
 */
#pragma once

#include "base/base.h"

enum { elfmake_base = 0x400000 };

struct elfmake {
	struct sv rodata, data;
	struct sv section_name,
		section; /* an extra section, not loaded; or the name for all of data */
	bool no_sections;
};

static inline void elfmake_le(struct buf *b, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		buf_char(b, (char)(uint8_t)(v >> (8 * i)));
}

static inline void elfmake_segment(struct buf *b, unsigned flags, uint64_t at, uint64_t n)
{
	elfmake_le(b, 1, 4);
	elfmake_le(b, flags, 4);
	elfmake_le(b, at, 8);
	elfmake_le(b, elfmake_base + at, 8);
	elfmake_le(b, elfmake_base + at, 8);
	elfmake_le(b, n, 8);
	elfmake_le(b, n, 8);
	elfmake_le(b, 0x1000, 8);
}

static inline void elfmake_section(struct buf *b, unsigned name, unsigned type, uint64_t at,
				   uint64_t n)
{
	elfmake_le(b, name, 4);
	elfmake_le(b, type, 4);
	elfmake_le(b, 0, 8);
	elfmake_le(b, 0, 8);
	elfmake_le(b, at, 8);
	elfmake_le(b, n, 8);
	buf_fill(b, 0, 24);
}

static inline uint64_t elfmake_data_at(const struct elfmake *e)
{
	return 0x1000 + (e->rodata.n + 0xfff) / 0x1000 * 0x1000;
}

/* Address in the running program of the first byte of rodata, data. */
static inline uint64_t elfmake_rodata_address(void)
{
	return elfmake_base + 0x1000;
}

static inline void elfmake_write(const struct elfmake *e, struct buf *out)
{
	uint64_t data = elfmake_data_at(e), names = data + e->data.n, extra;
	auto_done(buf_done) struct buf strings = {0};

	buf_char(&strings, 0);
	buf_str(&strings, ".shstrtab");
	buf_char(&strings, 0);
	buf_sv(&strings, e->section_name);
	buf_char(&strings, 0);
	extra = names + strings.n;
	bool over_data = e->section.n == 0;
	uint64_t table = (extra + e->section.n + 7) / 8 * 8;

	buf_add(out, "\177ELF\2\1\1", 7);
	buf_fill(out, 0, 9);
	elfmake_le(out, 2, 2);
	elfmake_le(out, 62, 2);
	elfmake_le(out, 1, 4);
	elfmake_le(out, elfmake_base + 0x1000, 8);
	elfmake_le(out, 64, 8);
	elfmake_le(out, e->no_sections ? 0 : table, 8);
	elfmake_le(out, 0, 4);
	elfmake_le(out, 64, 2);
	elfmake_le(out, 56, 2);
	elfmake_le(out, 2, 2);
	elfmake_le(out, 64, 2);
	elfmake_le(out, e->no_sections ? 0 : 3, 2);
	elfmake_le(out, e->no_sections ? 0 : 1, 2);
	elfmake_segment(out, 4, 0, 0x1000 + e->rodata.n);
	elfmake_segment(out, 6, data, e->data.n);
	buf_fill(out, 0, 0x1000 - out->n);
	buf_sv(out, e->rodata);
	buf_fill(out, 0, (size_t)data - out->n);
	buf_sv(out, e->data);
	if (e->no_sections)
		return;
	buf_sv(out, buf_view(&strings));
	buf_sv(out, e->section);
	buf_fill(out, 0, (size_t)table - out->n);
	elfmake_section(out, 0, 0, 0, 0);
	elfmake_section(out, 1, 3, names, strings.n);
	elfmake_section(out, 11, 1, over_data ? data : extra, over_data ? e->data.n : e->section.n);
}
