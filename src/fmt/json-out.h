/*
 * Streaming JSON writer: commas, indentation and escapes are its business. Strings: bytes that are
 * not UTF-8 become the text \xHH, controls (C0, C1, bidirectional) become \u escapes, so that the
 * output is always valid, printable UTF-8. Errors of the FILE are kept: json_out_done() says
 * whether all was written.
 *
 *     json_out_object(w); json_out_key(w, "id"); json_out_str(w, id); json_out_end(w);
 */
#pragma once

#include <stdio.h>

#include "base/base.h"

struct json_out {
	FILE *to; /* or NULL: into buf */
	struct buf *buf;
	unsigned indent; /* spaces a level; 0 = one line */
	unsigned depth;
	bool first, after_key;
	bool bad;            /* nested deeper than the table, or ended too often */
	uint64_t arrays[16]; /* bit per level: 1 = array */
};

void json_out_init(struct json_out *w, FILE *to, struct buf *buf, unsigned indent);
void json_out_object(struct json_out *w);
void json_out_array(struct json_out *w);
void json_out_end(struct json_out *w);
void json_out_key(struct json_out *w, const char *key);
void json_out_key_sv(struct json_out *w, struct sv key);
void json_out_str(struct json_out *w, struct sv v);
void json_out_u64(struct json_out *w, uint64_t v);
void json_out_i64(struct json_out *w, int64_t v);
/* The fewest digits (of %g) that read back equal; not finite: null. */
void json_out_f64(struct json_out *w, double v);
void json_out_bool(struct json_out *w, bool v);
void json_out_null(struct json_out *w);
/* key and string in one; the _opt form writes null for an empty view. */
void json_out_kv(struct json_out *w, const char *key, struct sv v);
void json_out_kv_opt(struct json_out *w, const char *key, struct sv v);
/* A tree as it is: order, duplicates and number text kept; numbers that JSON has not (inf, nan) as
 * null. */
struct node;
void json_out_node(struct json_out *w, const struct node *n);
/* Writes the final newline (FILE) and flushes: ERR_IO, SCOPE_OUTPUT when something was lost. */
int json_out_done(struct json_out *w, struct err *err) must_check;
