/* Shared by the files of suppressed(). */
#pragma once

#include "rule/suppress.h"

enum { SUPPRESS_LINES_ABOVE = 16 };

/* One of "id, id" names the rule. */
bool suppress_list_names(const struct rule *rule, struct sv list);
/* The ids at the text's beginning: "a, b reason": a comma goes on. */
struct sv suppress_ids(struct sv text, struct sv *reason);
/* "gabion:ignore ID[,ID] reason", "trivy:ignore:ID" in a comment's text. */
bool suppress_comment(const struct rule *rule, struct sv text, struct sv *reason);
/* The line around a byte; false: it is too long. */
bool suppress_line(struct sv bytes, size_t at, size_t *start, struct sv *line);
/* The byte is in a text, not in a comment. */
bool suppress_in_scalar(const struct node *n, uint32_t at);

/* Dockerfiles (suppress-dockerfile.c). */

/* By a comment that holds for the whole file: hadolint global ignore=, checkov:skip=. */
bool suppress_file(const struct rule *rule, struct sv bytes, const struct node *root,
		   struct sv *reason);
/* By a comment above the instruction that `at` is in, or above its line in the instruction. */
bool suppress_instruction(const struct rule *rule, struct sv bytes, const struct node *root,
			  size_t at, struct sv *reason);
