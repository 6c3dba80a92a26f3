/* Text into words as a shell cuts it: quotes, backslashes, comments; nothing is expanded. */
#pragma once

#include "base/arena.h"
#include "base/vec.h"

/* One word, and where it stands in the text. */
struct word {
	struct sv text;    /* quotes taken off; in the arena where they were */
	size_t start, end; /* bytes */
	bool quoted;       /* any of it */
};

enum word_end {
	WORD_HERE,
	WORD_NONE,  /* the end of the text */
	WORD_BREAK, /* at an operator (; & | < > ( ) or the end of a line) */
	WORD_SUBST, /* the word has a substitution in it: $( ), ` ` */
	WORD_OPEN,  /* a quote has no end */
};

/* The next word from *at on, which is moved behind it; at a break it stays in front of it. */
enum word_end word_next(struct arena *a, struct sv text, size_t *at, struct word *out);
/* All words of a text without operators (they are letters); the views in the arena. False: a quote
 * has no end. The vector is the caller's. */
bool words_cut(struct arena *a, struct sv text, struct sv_vec *out);
