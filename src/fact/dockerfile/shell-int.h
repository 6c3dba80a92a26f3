/* Shared by the files that read shell text: where the reader stands. */
#pragma once

#include "fact/dockerfile/shell.h"

struct heredoc {
	struct sv name;
	bool strip;
	size_t command; /* whose input it is */
};

struct scan {
	struct shell *s;
	const struct df_text *t;
	struct sv v;
	size_t i;
	unsigned depth, nest;
	char until; /* ')' in a substitution, 0 */
	unsigned parens;
	/* the command that is being read */
	size_t slot; /* in s->all; SIZE_MAX: none begun */
	size_t begin;
	const char *before;
	struct shell_words words, assignments, redirects;
	struct buf word;
	struct {
		struct heredoc *p;
		size_t n, cap;
	} heredocs;
	unsigned cases[32]; /* depths of case ... esac */
	unsigned cases_n;
	enum { PLAIN, HEADER, CASE, PATTERN, FUNCTION } mode;
};

/* The commands from here on, to the end or to what closes the substitution (shell.c). */
void shell_list(struct scan *sc);
/* Behind ((: to the )) that closes it (shell-word.c). */
void shell_skip_arithmetic(struct scan *sc);
/* The byte here is none of a word. */
bool shell_ends_word(const struct scan *sc);
/* The next word, without its quotes; what is substituted is read as commands of their own. False:
 * no word stands here. */
bool shell_read_word(struct scan *sc, struct shell_word *w);

static inline bool shell_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static inline char shell_at(const struct scan *sc, size_t ahead)
{
	return sc->i + ahead < sc->v.n ? sc->v.p[sc->i + ahead] : 0;
}

static inline bool shell_here(const struct scan *sc, const char *text)
{
	return sv_starts(sv_from(sc->v, sc->i), sv_of(text));
}
