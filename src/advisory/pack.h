/*
 * What matching needs of all records of one package in one release, as one run of bytes:
 *
 *     entry*: record, flags, [severity], ranges: count, (count, (kind, text)*)*, versions: count,
 * text*
 *
 * Numbers are LEB128 (at most 32 bits), a text is its length and its bytes. Entries stand in the
 * order of their records. Read from files that may be damaged: every length is checked.
 */
#pragma once

#include "advisory/record.h"

/* One entry as read; texts are views into the bytes. Storage is kept from entry to entry. */
struct entry {
	uint32_t record;
	bool has_severity;
	enum severity severity;
	enum fix_state fix_state;
	struct {
		struct range *p;
		size_t n, cap;
	} ranges;
	struct sv_vec versions;
	size_t ranges_made; /* elements of ranges with storage */
};

void pack_entry(struct buf *out, uint32_t record, const struct affected *a);
/* 1 = an entry, 0 = the end; ERR_PARSE, SCOPE_DATABASE when damaged. */
int pack_next(struct sv *rest, struct entry *out, struct err *err) must_check;
void entry_done(struct entry *e);
