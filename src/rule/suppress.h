/*
 * Exceptions that stand in the object itself: the annotations gabion.dev/ignore and
 * gabion.dev/ignore.ID, kube-linter's ignore-check.kube-linter.io/NAME and
 * kube-linter.io/ignore-all, comments "# gabion:ignore ID reason" and "# trivy:ignore:ID" (on the
 * line of the place, or on a line of its own above it). In Dockerfiles comments are lines of their
 * own: directly above the instruction, or within it above the place's line; also "# hadolint
 * ignore=ID,ID", and for the whole file "# hadolint global ignore=ID,ID" and "#
 * checkov:skip=ID:reason". Ids may be aliases. --strict honours none.
 */
#pragma once

#include "rule/engine.h"

/* What the annotations of an object answer for a rule: asked once, however many findings ask. */
struct suppress_answer {
	enum { SUPPRESS_UNASKED, SUPPRESS_NO, SUPPRESS_YES } is;
	struct sv reason;
};

/* The reason ("" when none is given) if this verdict is excepted. annotations: of the object and of
 * its pod template, either may be NULL; known: the answer of this object (annotations; a
 * Dockerfile's comments for the whole file) and rule, NULL: not kept. bytes: the whole file; root:
 * of the document, whose scalars (a script in a block) hold no comments; at: where the verdict's
 * first place begins. */
bool suppressed(const struct verdict *v, const struct node *annotations,
		const struct node *pod_annotations, struct suppress_answer *known, struct sv bytes,
		const struct node *root, uint32_t at, struct sv *reason);

/* Ids of gabion's own exceptions that no rule has: at is where they stand. False from the callback
 * ends it. In the comments of the document root from byte start to end, and in annotations. */
typedef bool suppress_unknown_fn(void *arg, struct sv id, uint32_t at);
void suppress_check_comments(const struct rules *rules, struct sv bytes, const struct node *root,
			     uint32_t start, uint32_t end, suppress_unknown_fn *tell, void *arg);
void suppress_check_annotations(const struct rules *rules, const struct node *annotations,
				suppress_unknown_fn *tell, void *arg);
