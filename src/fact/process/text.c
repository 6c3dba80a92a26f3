#include "fact/process/process-int.h"

bool proc_text_open(struct parts *p, const char *role, struct proc_text *out)
{
	struct part *part = parts_find(p, sv_of(role));

	if (!part || part->state != PART_HERE)
		return false;
	(void)parts_text(p, part);
	*out = (struct proc_text){part->bytes, (uint16_t)(part - p->all.p)};
	return true;
}

struct node proc_at(const struct proc_text *t, struct sv piece)
{
	struct node at = {.doc = t->doc};

	if (piece.p && t->bytes.p && piece.p >= t->bytes.p &&
	    piece.p + piece.n <= t->bytes.p + t->bytes.n) {
		at.start = (uint32_t)(piece.p - t->bytes.p);
		at.end = at.start + (uint32_t)piece.n;
	}
	return at;
}

void process_say(struct node *record, unsigned field, enum node_kind kind, struct sv text,
		 const struct proc_text *t, struct sv piece)
{
	struct node at = proc_at(t, piece);

	fact_say(record, field, kind, text, &at);
}

void process_bool(struct node *record, unsigned field, bool value, const struct proc_text *t,
		  struct sv piece)
{
	process_say(record, field, NODE_BOOL, value ? SV("true") : SV("false"), t, piece);
}

static bool octal(struct sv v, size_t at, char *out)
{
	unsigned value = 0;

	if (v.n - at < 4)
		return false;
	for (size_t i = at + 1; i < at + 4; i++) {
		if (v.p[i] < '0' || v.p[i] > '7')
			return false;
		value = value * 8 + (unsigned)(v.p[i] - '0');
	}
	*out = (char)value;
	return value < 256;
}

struct sv proc_unescape(struct arena *a, struct sv text)
{
	size_t n = 0;

	if (sv_find_char(text, '\\') == SIZE_MAX)
		return text;
	char *out = arena_alloc(a, text.n);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && octal(text, i, &out[n]))
			i += 3;
		else
			out[n] = text.p[i];
		n++;
	}
	return sv_make(out, n);
}

struct sv proc_word(struct sv *rest)
{
	size_t i = 0;

	while (i < rest->n && (rest->p[i] == ' ' || rest->p[i] == '\t'))
		i++;
	*rest = sv_from(*rest, i);
	for (i = 0; i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t';)
		i++;
	struct sv word = sv_head(*rest, i);
	*rest = sv_from(*rest, i);
	return word;
}

size_t proc_numbers(struct sv text, uint64_t *out, size_t max)
{
	size_t n = 0;

	while (n < max && sv_u64(proc_word(&text), &out[n]))
		n++;
	return n;
}
