/*
 * One way through the program at a time, in order of preference, and never twice from the same
 * instruction and position: for short texts the same answer as the threads give, sooner. A bit for
 * each pair bounds time and memory, so this is for small products of the two.
 */
#include "rule/regex/regex-int.h"

#include <stdlib.h>

#include "base/text.h"

/* Longer texts cost more to check and to clear bits for than most matches do. */
enum { MAX_BITS = 1 << 16, MAX_TEXT = 512, NO_SLOT = UINT32_MAX };

struct backtrack {
	const struct regex *re;
	struct regex_scratch *s;
	struct sv text;
	size_t from; /* bits start here */
	size_t n_slots;
	size_t n; /* of s->ways */
};

void backtrack_done(struct regex_scratch *s)
{
	free(s->tried);
	free(s->ways);
}

static bool is_utf8(struct sv v)
{
	uint64_t high = 0;

	while (v.n >= 8) {
		high |= le64(v.p) & 0x8080808080808080u;
		if (high)
			break;
		v = sv_from(v, 8);
	}
	return utf8_valid(v) == v.n;
}

bool backtrack_fits(const struct regex *re, struct sv text, size_t from)
{
	size_t n = text.n - from;

	return n <= MAX_TEXT && (n + 1) * re->n <= MAX_BITS && is_utf8(sv_from(text, from));
}

static void push(struct backtrack *b, struct re_stack_item item)
{
	struct regex_scratch *s = b->s;

	if (b->n == s->ways_cap) {
		s->ways_cap = s->ways_cap ? 2 * s->ways_cap : 64;
		s->ways = xrealloc(s->ways, s->ways_cap * sizeof *s->ways);
	}
	s->ways[b->n++] = item;
}

/* Where the byte at pos leads from the list at i, or 0. */
static uint32_t take_byte(const struct re_inst *i, struct sv text, size_t pos)
{
	if (pos == text.n)
		return 0;
	uint8_t c = (uint8_t)text.p[pos];
	while (c > i->hi && !i->last)
		i++;
	return c >= i->lo && c <= i->hi ? i->out : 0;
}

/* From pc at pos until a match or a dead end. */
static bool walk(struct backtrack *b, uint32_t pc, size_t pos)
{
	size_t *slots = b->s->slots;

	for (;;) {
		const struct re_inst *i = &b->re->code[pc];
		size_t bit = (pos - b->from) * b->re->n + pc;

		if (b->s->tried[bit / 64] >> bit % 64 & 1)
			return false;
		b->s->tried[bit / 64] |= 1ull << bit % 64;
		pc = i->out;
		switch ((enum re_op)i->op) {
		case OP_BYTES:
			pc = take_byte(i, b->text, pos++);
			if (pc == 0)
				return false;
			break;
		case OP_SPLIT:
			push(b, (struct re_stack_item){i->arg, NO_SLOT, pos});
			break;
		case OP_SAVE:
			if (i->arg >= b->n_slots)
				break;
			push(b, (struct re_stack_item){0, i->arg, slots[i->arg]});
			slots[i->arg] = pos;
			break;
		case OP_AT:
			if (!(i->arg & re_holds(b->re, b->text, pos)))
				return false;
			break;
		case OP_MATCH:
			slots[1] = pos;
			return true;
		case OP_JUMP:
			break;
		}
	}
}

static bool match_at(struct backtrack *b, size_t start)
{
	size_t *slots = b->s->slots;

	for (size_t i = 0; i < b->n_slots; i++)
		slots[i] = SIZE_MAX;
	slots[0] = start;
	b->n = 0;
	push(b, (struct re_stack_item){b->re->body, NO_SLOT, start});
	while (b->n) {
		struct re_stack_item item = b->s->ways[--b->n];

		if (item.slot != NO_SLOT)
			slots[item.slot] = item.old;
		else if (walk(b, item.pc, item.old))
			return true;
	}
	return false;
}

static void reserve(struct regex_scratch *s, size_t bits, size_t n_slots)
{
	size_t words = bits / 64 + 1;

	if (words > s->tried_cap) {
		s->tried = xrealloc(s->tried, words * sizeof *s->tried);
		s->tried_cap = words;
	}
	memset(s->tried, 0, words * sizeof *s->tried);
	re_reserve_slots(s, n_slots);
}

bool backtrack_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		      struct regex_span *spans, unsigned n)
{
	struct backtrack b = {.re = re, .s = s, .text = text, .from = from};

	b.n_slots = re_slots(re, n);
	reserve(s, (text.n - from + 1) * re->n, b.n_slots);
	for (size_t at = from; at <= text.n; at++) {
		if (re->anchored && at > 0)
			return false;
		if (re->prefix.n && !re->anchored)
			at = re_find(text, at, re->prefix);
		if (at == SIZE_MAX)
			return false;
		if (at < text.n && ((uint8_t)text.p[at] & 0xc0) == 0x80)
			continue;
		if (match_at(&b, at)) {
			re_spans(s->slots, b.n_slots, spans, n);
			return true;
		}
	}
	return false;
}
