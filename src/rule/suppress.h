/*
 * Exceptions that stand in the object itself: the annotations gabion.dev/ignore and
 * gabion.dev/ignore.ID, kube-linter's ignore-check.kube-linter.io/NAME and
 * kube-linter.io/ignore-all, comments "# gabion:ignore ID reason" and "# trivy:ignore:ID" (on the
 * line of the place, or on a line of its own above it). Ids may be aliases. --strict honours none.
 */
#pragma once

#include "rule/engine.h"

/* The reason ("" when none is given) if this verdict is excepted. annotations: of the object and of
 * its pod template, either may be NULL. bytes: the whole file; at: where the verdict's first place
 * begins. */
bool suppressed(const struct verdict *v, const struct node *annotations,
		const struct node *pod_annotations, struct sv bytes, uint32_t at,
		struct sv *reason);
