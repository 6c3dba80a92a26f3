/* Texts that were joined from pieces of a file, with the way back. */
#include "fact/dockerfile/parse.h"

#include "base/text.h"

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

size_t df_space(struct sv v)
{
	uint32_t cp;
	size_t n;

	if (!v.n)
		return 0;
	if ((unsigned char)*v.p < 0x80)
		return df_blank(*v.p);
	n = utf8_decode(v, &cp);
	bool space = cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
		     cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
	return n && space ? n : 0;
}

struct sv df_trim_left(struct sv v)
{
	size_t n;

	while ((n = df_space(v)) != 0)
		v = sv_from(v, n);
	return v;
}
