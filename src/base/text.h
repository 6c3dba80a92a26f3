/*
 * Bytes from outside on their way to people: UTF-8 checks, escapes, display width.
 * Floor rule: no byte of an image reaches a terminal unescaped (see SECURITY.md).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Decodes one character at v.p; returns its length and *cp, or 0 when the bytes are not UTF-8
 * (overlong, surrogate, above U+10FFFF, cut). */
size_t utf8_decode(struct sv v, uint32_t *cp);
/* Length of the longest valid prefix: v.n when all is UTF-8. */
size_t utf8_valid(struct sv v);
void utf8_encode(struct buf *b, uint32_t cp);
/* C0, DEL, C1, bidirectional controls, line and paragraph separators, BOM, tags: never shown raw.
 */
bool text_is_control(uint32_t cp);
/* Appends v in one line: invalid bytes as \xHH, controls as \u{...} (\n, \r, \t as \u{a} ...). */
void text_escape(struct buf *b, struct sv v);
/* The same for a string of printf arguments: a view into the arena. */
struct arena;
struct sv text_safe(struct arena *a, struct sv v);
/* Columns that escaped text takes on a terminal: East Asian wide 2, combining 0. */
size_t text_width(struct sv v);
/* Longest prefix of whole characters within so many columns. */
struct sv text_fit(struct sv v, size_t columns);
