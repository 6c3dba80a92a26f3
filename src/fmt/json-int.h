/* What the files of the JSON reader share. */
#pragma once

#include "fmt/json.h"

/* Where a document starts inside a larger text: lines and characters before it, for messages. */
struct json_origin {
	uint64_t line, column;
};

int json_parse_origin(struct doc *d, const struct json_origin *origin, struct err *err) must_check;

enum json_string_state {
	JSON_STRING_OK,
	JSON_STRING_OPEN,
	JSON_STRING_CONTROL,
	JSON_STRING_UTF8,
	JSON_STRING_ESCAPE,
};

struct json_string {
	struct sv raw;   /* between the quotes */
	bool escapes;    /* raw needs decoding */
	const char *bad; /* where the fault is */
};

/* Finds the end of the string whose first byte (after the quote) is at p; checks bytes, not
 * escapes. */
enum json_string_state json_string_scan(const char *p, const char *end, struct json_string *out);
/* Decodes escapes into the arena. NULL, or where the fault is. */
const char *json_string_decode(struct arena *a, struct sv raw, struct sv *out);
