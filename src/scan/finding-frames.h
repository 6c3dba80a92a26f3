/* Findings as frames, from the matching worker to the parent. */
#pragma once

#include "model/report.h"
#include "sys/frame.h"

void finding_frame(struct frame_writer *w, const struct finding *f);
void finding_frame_error(struct frame_writer *w, enum error_weight weight, const struct err *err);
void finding_frame_report_error(struct frame_writer *w, const struct report_error *e);
void finding_frame_uncovered(struct frame_writer *w, const struct count *c);
void finding_frame_rule(struct frame_writer *w, const struct rule_text *t);
void finding_frame_filter(struct frame_writer *w, const struct filter *f);
void finding_frame_feed(struct frame_writer *w, const struct feed *f);
/* age: of the oldest feed that was used, in days; -1 = none. */
void finding_frame_age(struct frame_writer *w, int64_t days);
void finding_frame_end(struct frame_writer *w, size_t findings, bool os_uncovered);

/* Adds what was sent to the report; texts are copied into its arena. *complete: the end came, with
 * the right count. Enums, indexes and lengths are checked: ERR_PROTO. */
int findings_decode(struct sv frames, struct report *r, size_t subject, bool *os_uncovered,
		    bool *complete, struct err *err) must_check;
