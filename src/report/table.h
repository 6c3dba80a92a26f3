/* The parts of the table output. */
#pragma once

#include "base/map.h"
#include "report/format.h"

/* Lines of words up to a width; every text is escaped on its way. */
struct table {
	FILE *to;
	const struct report *r;
	unsigned width;
	bool color;
	size_t column; /* where the line stands */
	bool text;     /* the line has more than blanks */
	struct buf line;
};

enum ink { INK_NONE, INK_CRITICAL, INK_HIGH, INK_MEDIUM, INK_LOW, INK_FAINT, INK_BOLD, INK_GOOD };

void table_done(struct table *t);
enum ink ink_of(enum severity s);
/* Text at the line's end, cut with an ellipsis at the width. */
void table_text(struct table *t, enum ink ink, struct sv text);
/* The same with `room` columns left free behind it, cut in the middle: of a path, both ends say
 * most. */
void table_path(struct table *t, enum ink ink, struct sv path, size_t room);
void table_str(struct table *t, enum ink ink, const char *text);
void table_fmt(struct table *t, enum ink ink, const char *fmt, ...) printf_like(3, 4);
/* A word of a list: two blanks in front unless the line is at the indent; on a new line when it
 * does not fit. */
void table_word(struct table *t, enum ink ink, size_t indent, struct sv text);
/* Words of running text, wrapped at blanks; from where the line stands, the next lines from the
 * indent. */
void table_wrap(struct table *t, enum ink ink, size_t indent, struct sv text);
/* Blanks up to this column. */
void table_to(struct table *t, size_t column);
void table_end_line(struct table *t);

/*
 * Findings of one package (equal name and version in one subject) or of one rule: indices in
 * report->findings. Packages that deb and apk build from one source have the flaws of that source,
 * and are one group.
 */
struct group {
	size_t *p;
	size_t n, cap;
	const struct package *package; /* the first */
	struct {
		const struct package **p;
		size_t n, cap;
	} members;     /* with different names */
	struct sv fix; /* the version that fixes all that can be fixed, or empty */
	uint64_t by_severity[SEVERITIES], fixable, kev;
	uint64_t ends; /* findings that the fix ends: a flaw of two copies is two */
};

struct groups {
	struct group *p;
	size_t n, cap;
	struct map index, flaws;
	struct arena arena;
};

/* Groups of the findings of one subject, worst first. */
void groups_make(struct groups *g, const struct report *r, size_t subject);
void groups_done(struct groups *g);
/* The package's name; the source's when there are several. */
struct sv group_name(const struct group *g);

/* What was counted, what is not shown, what was not judged, what to do next. */
void table_end(struct table *t);
void table_next(struct table *t);
/* A line of running text at the end of the table; empties b. */
void table_sentence(struct table *t, enum ink ink, struct buf *b);
/* What waivers and filters hide; errors and notes, fatal ones first. */
void table_hidden(struct table *t);
void table_errors(struct table *t);
/* The whole table of `gabion audit`: by object, then the end of its own. */
void table_audit(struct table *t);
void table_audit_end(struct table *t);
/* "1 critical, 4 high" */
void table_levels(struct buf *b, const uint64_t *by_severity);
/* "1 package", "3 packages" */
void table_count(struct buf *b, uint64_t n, const char *one, const char *many);
