/*
 * Output formats: one file report/format-<name>.c and one row in report/formats.def each.
 * Writers never judge or change a report; they escape every byte that came from outside.
 */
#pragma once

#include <stdio.h>

#include "model/report.h"

/* How to show things to people; only the table looks at it. */
struct report_style {
	bool color;
	unsigned width; /* columns */
};

struct format_row {
	const char *name;
	const char *media;
	const char *suffix; /* of file names that mean this format: ".sarif" */
	int (*write)(const struct report *r, FILE *to, const struct report_style *style,
		     struct err *err);
};

extern const struct format_row formats[];
extern const size_t formats_n;
const struct format_row *format_find(struct sv name);

/* One -o: a format, and a file or standard output (file empty, or "-"). */
struct output {
	const struct format_row *format;
	struct sv file;
};

struct outputs {
	struct output *p;
	size_t n, cap;
};

void outputs_done(struct outputs *o);
/* Reads the values of -o; none: `standard` to standard output. At most one goes to standard output.
 */
int outputs_parse(const struct sv_vec *values, const char *standard, struct outputs *out,
		  struct err *err) must_check;
/* Writes all; a file appears whole or not at all. Goes on after a failure and returns the first one
 * (SCOPE_OUTPUT). Files first, standard output last. */
int outputs_write(const struct outputs *o, const struct report *r, const struct report_style *style,
		  struct err *err) must_check;

/* Colour by option (0 auto, 1 always, 2 never), NO_COLOR, CLICOLOR_FORCE, TERM and whether standard
 * output is a terminal; width by terminal, COLUMNS, else 80. */
struct report_style style_of(unsigned color_when);

/* The RFC 4122 version 5 UUID of bytes: serial numbers that are equal for equal contents. */
void uuid_of(struct sv bytes, char out[37]);
