/* Safe patches of a rule as JSON Patch (RFC 6902), paths from the document's root. */
#pragma once

#include "audit/judge.h"

/* Appends the patch; nothing when the rule has none, or none that fits what is written. */
void patch_make(struct judge_work *w, const struct verdict *v, struct buf *out);
/* Where a fix stands in the document, whether it is there or not. False: not in this object, or
 * behind an alias. */
bool patch_pointer(struct judge_work *w, const struct rule_fix *fix, const struct verdict *v,
		   struct sv *pointer);
