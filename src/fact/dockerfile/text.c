/* Texts that were joined from pieces of a file, with the way back. */
#include "fact/dockerfile/parse.h"

/* The piece that holds the byte, or the last one before it. */
static size_t piece_of(const struct df_text *t, size_t at)
{
	size_t low = 0, high = t->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (t->pieces[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint32_t df_place(const struct df_text *t, size_t at)
{
	if (!t->n)
		return t->start;
	at += t->base;
	const struct df_piece *p = &t->pieces[piece_of(t, at)];
	size_t place = p->from + (at - p->at);
	return place > t->end ? t->end : (uint32_t)place;
}

struct df_text df_part(const struct df_text *t, size_t from, size_t n)
{
	struct df_text part = *t;

	part.text = sv_head(sv_from(t->text, from), n);
	if (!t->n)
		return part;
	part.start = df_place(t, from);
	/* the end of the last byte: what follows may stand behind a comment */
	part.end = part.text.n ? df_place(t, from + part.text.n - 1) + 1 : part.start;
	part.base = t->base + from;
	return part;
}
