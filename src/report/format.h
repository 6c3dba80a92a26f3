/* What the writers share: prototypes from formats.def, and the way from a finding to its
 * neighbours. */
#pragma once

#include "report/output.h"

#define FORMAT(name, media, suffix)                                 \
	int format_##name##_write(const struct report *r, FILE *to, \
				  const struct report_style *style, struct err *err) must_check;
#include "report/formats.def"
#undef FORMAT

/* NULL when there is none. */
const struct package *view_package(const struct report *r, const struct finding *f);
const struct subject *view_subject(const struct report *r, const struct finding *f);
/* The first place of a finding: file of its evidence, else of its package. line 0 = none. */
struct sv view_file(const struct report *r, const struct finding *f, uint32_t *line);
/* "openssl 3.0.9-1 is vulnerable ..." or the finding's own message. */
void view_message(struct buf *b, const struct report *r, const struct finding *f);
/* What to do: "upgrade openssl to 3.0.11-1", a rule's remedy, or that there is no fix. */
void view_remedy(struct buf *b, const struct report *r, const struct finding *f);
/* UTF-8 without control characters: escapes as text_escape(), then this format's own. */
void view_xml(struct buf *b, struct sv v);
/* A relative URI of a path in an image: all but unreserved characters and '/' percent-encoded. */
void view_uri(struct buf *b, struct sv path);
/* The number of the CWE-... word, e.g. 79; 0 when it is none. */
uint64_t view_cwe(struct sv cwe);
/* A UUID that is equal for equal subjects, packages and findings, whatever the time. */
void view_serial(const struct report *r, char out[37]);
