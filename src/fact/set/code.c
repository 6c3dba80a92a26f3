/* Entries as bytes: see enum set_tag. */
#include "fact/set/set-int.h"

/* A selector in a peer in a rule of an object is four deep. */
enum { DEPTH = 6 };

void set_text(struct buf *out, enum set_tag tag, struct sv text)
{
	size_t n = text.n;

	buf_char(out, (char)tag);
	for (; n >= 0x80; n >>= 7)
		buf_char(out, (char)(n | 0x80));
	buf_char(out, (char)n);
	buf_sv(out, text);
}

void set_open(struct buf *out, enum set_tag tag)
{
	buf_char(out, (char)tag);
}

void set_close(struct buf *out)
{
	buf_char(out, SET_END);
}

static bool is_text(unsigned tag)
{
	return tag > SET_END && tag < SET_TEXTS;
}

static bool is_group(unsigned tag)
{
	return tag >= SET_LABELS && tag < SET_GROUPS;
}

/* The text behind a tag; *rest is what follows. */
static bool take_text(struct sv *rest, struct sv *text)
{
	size_t n = 0, i = 0;
	unsigned shift = 0;

	do {
		if (i == rest->n || shift > 28)
			return false;
		n |= (size_t)((unsigned char)rest->p[i] & 0x7F) << shift;
		shift += 7;
	} while ((unsigned char)rest->p[i++] & 0x80);
	if (n > rest->n - i)
		return false;
	*text = sv_make(rest->p + i, n);
	*rest = sv_from(*rest, i + n);
	return true;
}

/* Behind the SET_END of a group whose tag has been taken. */
static bool skip_group(struct sv *rest)
{
	struct sv text;
	unsigned depth = 1;

	while (rest->n > 0) {
		unsigned tag = (unsigned char)rest->p[0];
		*rest = sv_from(*rest, 1);
		if (tag == SET_END && --depth == 0)
			return true;
		if (is_group(tag) && ++depth > DEPTH)
			return false;
		if (tag != SET_END && !is_group(tag) && (!is_text(tag) || !take_text(rest, &text)))
			return false;
	}
	return false;
}

bool set_next(struct sv *rest, struct set_item *item)
{
	struct sv at = sv_from(*rest, 1);

	if (rest->n == 0)
		return false;
	item->tag = (uint8_t)rest->p[0];
	if (is_text(item->tag)) {
		if (!take_text(&at, &item->text))
			return false;
	} else {
		const char *start = at.p;
		if (!is_group(item->tag) || !skip_group(&at))
			return false;
		item->text = sv_make(start, (size_t)(at.p - start) - 1);
	}
	*rest = at;
	return true;
}

bool set_valid(struct sv items)
{
	struct set_item item;

	while (items.n > 0)
		if (!set_next(&items, &item))
			return false;
	return true;
}

bool set_has(struct sv items, enum set_tag tag)
{
	struct set_item item;

	while (set_next(&items, &item))
		if (item.tag == tag)
			return true;
	return false;
}

struct sv set_find(struct sv items, enum set_tag tag)
{
	struct set_item item;

	while (set_next(&items, &item))
		if (item.tag == tag)
			return item.text;
	return (struct sv){0};
}
