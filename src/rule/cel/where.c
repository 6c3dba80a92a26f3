/* From bytes to what people count: lines and characters, both from 1. */
#include "base/base.h"

#include <stdio.h>

#include "base/text.h"
#include "rule/cel/env.h"

void cel_where(struct sv source, uint32_t at, char *where, size_t cap)
{
	struct sv head = sv_head(source, at);
	size_t line = 1, column = 1, lf;

	while ((lf = sv_find_char(head, '\n')) != SIZE_MAX) {
		head = sv_from(head, lf + 1);
		line++;
	}
	while (head.n) {
		uint32_t cp;
		size_t n = utf8_decode(head, &cp);
		head = sv_from(head, n ? n : 1);
		column++;
	}
	(void)snprintf(where, cap, "%zu:%zu", line, column);
}
