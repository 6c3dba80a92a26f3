/*
 * Executables as they stream: what Go and cargo-auditable wrote into them, without holding them.
 *
 *     struct elf_scan *s = elf_scan_new();
 *     for each ELF file: elf_scan_begin(s, size); elf_scan_chunk(s, view) ...; elf_scan_end(s,
 * path, ...); elf_scan_free(s);
 *
 * Files of at most limit_elf_bytes are held whole (one buffer, used again) and read by their
 * sections and segments: go_binary_read() and cargo_audit_read(). Larger ones are searched once
 * while they pass:
 *
 *  - Go since 1.18: the magic at a 16-byte-aligned offset with a header and a Go version that hold;
 * the first in a writable PT_LOAD segment counts, as in Go's debug/buildinfo (the segments come
 * from the first 64 KiB of the file); only without such a one the first elsewhere.
 *  - Go before 1.18: the header holds pointers to bytes that have passed. The module text is found
 * by its marker; the version of the standard library stays unknown, and a note says so.
 *  - Rust: a zlib stream whose first unpacked bytes are CARGO_AUDIT_START.
 *
 * What is found is captured across chunk borders, each at most limit_buildinfo_bytes. Sections are
 * not looked at (their table stands at the end of a file). Nothing found means nothing to say.
 */
#pragma once

#include "package/cataloger.h"

struct elf_scan;

struct elf_scan *elf_scan_new(void);
void elf_scan_free(struct elf_scan *s);
/* A new file of this many bytes (UINT64_MAX: not known, searched as a stream). */
void elf_scan_begin(struct elf_scan *s, uint64_t size);
/* The next bytes; the view need only live during the call. */
void elf_scan_chunk(struct elf_scan *s, struct sv chunk);
/* Emits what was found. An error is a note by weight, like that of a language cataloger. */
int elf_scan_end(struct elf_scan *s, struct sv path, struct arena *a, struct catalog_sink *sink,
		 struct err *err) must_check;

/* The two readers of whole ELF files; other files are ignored. */
int go_binary_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		   struct err *err) must_check;
int cargo_audit_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		     struct err *err) must_check;
