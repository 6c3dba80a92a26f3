/* The named formats of text (formats.def). */
#pragma once

#include "rule/cel/lib.h"

/* Adds what is wrong with the text. */
typedef void text_format_fn(struct lib_list *wrong, struct sv text);

struct text_format {
	const char *name;
	text_format_fn *check;
};

/* NULL: there is none of that name. */
const struct text_format *text_format_find(struct sv name);
