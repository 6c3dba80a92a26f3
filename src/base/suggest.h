/* "Did you mean": the nearest of known words by edit distance (with neighbours swapped). */
#pragma once

#include "base/sv.h"

/* Edits between two words: insert, delete, replace, swap of neighbours, ASCII case ignored. Words
 * over 64 bytes are far from everything (SIZE_MAX). */
size_t suggest_distance(struct sv a, struct sv b);

/* Keeps the best of the words offered so far. Start with {.word = what was typed}. */
struct suggest {
	struct sv word, best;
	size_t distance;
};
void suggest_offer(struct suggest *s, struct sv known);
/* The nearest word offered, or an empty view when none is near enough to be meant. */
struct sv suggest_best(const struct suggest *s);
