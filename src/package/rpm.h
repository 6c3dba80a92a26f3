/* rpm's package headers, and what the three kinds of database have in common. */
#pragma once

#include "package/catalog.h"

/* One header as the database keeps it (without the magic of a package file): gives the package and
 * its files to the sink. offset: of the blob in the file, for messages. A header that cannot be
 * read is a fault: 0, or negative after too many. rpm-header.c */
int rpm_header_read(struct catalog_run *run, struct sv blob, size_t offset) must_check;

/* Which pages of a database were seen: a page that comes twice is part of a circle or of a chain
 * that belongs to another record. */
struct rpm_pages {
	uint8_t *seen; /* a bit per page, in the arena */
	size_t n;
};

static inline void rpm_pages_init(struct rpm_pages *pages, struct arena *a, size_t n)
{
	pages->seen = arena_alloc(a, n / 8 + 1);
	pages->n = n;
}

/* True the first time for a page that exists. */
static inline bool rpm_page_enter(struct rpm_pages *pages, size_t page)
{
	if (page >= pages->n || (pages->seen[page / 8] >> (page % 8) & 1))
		return false;
	pages->seen[page / 8] = (uint8_t)(pages->seen[page / 8] | 1u << (page % 8));
	return true;
}
