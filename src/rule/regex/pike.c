/*
 * Matching by threads (Thompson, Pike): all ways through the program at once, in order of
 * preference, each with the positions it saved. At most one thread per instruction and character:
 * time is text times program.
 */
#include "rule/regex/regex-int.h"

#include <stdlib.h>

#include "base/text.h"

enum { NO_SLOT = UINT32_MAX };

void pike_done(struct regex_scratch *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->lists); i++) {
		free(s->lists[i].pc);
		free(s->lists[i].saved);
		free(s->lists[i].mark);
	}
	free(s->stack);
	free(s->slots);
	free(s->best);
}

static void list_reserve(struct re_thread_list *l, size_t n, size_t saved)
{
	if (n > l->cap) {
		free(l->mark);
		l->pc = xrealloc(l->pc, n * sizeof *l->pc);
		l->mark = xcalloc(n, sizeof *l->mark);
		l->cap = n;
	}
	if (saved > l->saved_cap) {
		free(l->saved);
		l->saved = xmalloc(saved * sizeof *l->saved);
		l->saved_cap = saved;
	}
}

void re_reserve_slots(struct regex_scratch *s, size_t n)
{
	if (n <= s->slots_cap)
		return;
	s->slots = xrealloc(s->slots, n * sizeof *s->slots);
	s->best = xrealloc(s->best, n * sizeof *s->best);
	s->slots_cap = n;
}

size_t re_slots(const struct regex *re, unsigned n)
{
	return 2 * (size_t)(n < re->groups + 1 ? n : re->groups + 1);
}

void re_spans(const size_t *slots, size_t n_slots, struct regex_span *spans, unsigned n)
{
	for (size_t i = 0; i < n; i++) {
		bool is = 2 * i < n_slots;
		spans[i].start = is ? slots[2 * i] : SIZE_MAX;
		spans[i].end = is ? slots[2 * i + 1] : SIZE_MAX;
	}
}

unsigned re_holds(const struct regex *re, struct sv text, size_t pos)
{
	const char *p = text.p;
	bool end = pos == text.n;
	unsigned holds = 0;

	if (!re->at)
		return 0;
	if (pos == 0)
		holds |= AT_TEXT_START | AT_LINE_START;
	else if (p[pos - 1] == '\n')
		holds |= AT_LINE_START;
	if (end)
		holds |= AT_TEXT_END | AT_LINE_END;
	else if (p[pos] == '\n')
		holds |= AT_LINE_END;
	bool before = pos > 0 && is_word((uint8_t)p[pos - 1]);
	bool behind = !end && is_word((uint8_t)p[pos]);
	return holds | (before != behind ? AT_WORD_EDGE : AT_NO_WORD_EDGE);
}

static void pike_reserve(struct regex_scratch *s, const struct regex *re, size_t n_slots)
{
	for (size_t i = 0; i < ARRAY_LEN(s->lists); i++)
		list_reserve(&s->lists[i], re->n, re->leaves * n_slots);
	/* a split and a save put one item there, once each */
	if (re->n + 1 > s->stack_cap) {
		s->stack_cap = re->n + 1;
		free(s->stack);
		s->stack = xmalloc(s->stack_cap * sizeof *s->stack);
	}
	re_reserve_slots(s, n_slots);
}

struct pike {
	const struct regex *re;
	struct regex_scratch *s;
	struct sv text;
	size_t n_slots;
	struct re_thread_list *now, *then;
	bool matched;
};

static void list_clear(struct pike *m, struct re_thread_list *l)
{
	l->n = 0;
	l->round = ++m->s->round;
}

/* A thread that rests at pc. */
static void list_add(struct pike *m, struct re_thread_list *l, uint32_t pc)
{
	if (m->n_slots)
		memcpy(l->saved + l->n * m->n_slots, m->s->slots, m->n_slots * sizeof *l->saved);
	l->pc[l->n++] = pc;
}

/* All that can be reached from pc without a character, in order of preference. */
static void follow(struct pike *m, struct re_thread_list *l, uint32_t pc, size_t pos,
		   unsigned holds)
{
	struct re_stack_item *stack = m->s->stack;
	size_t *slots = m->s->slots;
	size_t n = 0;

	stack[n++] = (struct re_stack_item){pc, NO_SLOT, 0};
	while (n) {
		struct re_stack_item item = stack[--n];
		if (item.slot != NO_SLOT) {
			slots[item.slot] = item.old;
			continue;
		}
		for (pc = item.pc; l->mark[pc] != l->round;) {
			const struct re_inst *i = &m->re->code[pc];
			l->mark[pc] = l->round;
			if (i->op == OP_BYTES || i->op == OP_MATCH) {
				list_add(m, l, pc);
				break;
			}
			if (i->op == OP_AT && !(i->arg & holds))
				break;
			if (i->op == OP_SPLIT) {
				stack[n++] = (struct re_stack_item){i->arg, NO_SLOT, 0};
			} else if (i->op == OP_SAVE && i->arg < m->n_slots) {
				stack[n++] = (struct re_stack_item){0, i->arg, slots[i->arg]};
				slots[i->arg] = pos;
			}
			pc = i->out;
		}
	}
}

static void take_match(struct pike *m, size_t thread, size_t pos)
{
	m->matched = true;
	if (m->n_slots == 0)
		return;
	memcpy(m->s->best, m->now->saved + thread * m->n_slots, m->n_slots * sizeof *m->s->best);
	m->s->best[1] = pos;
}

/* The threads of now that take byte c, into then, where pos is next. */
static void step(struct pike *m, uint8_t c, size_t pos, unsigned holds)
{
	struct re_thread_list *now = m->now;

	list_clear(m, m->then);
	for (size_t t = 0; t < now->n; t++) {
		const struct re_inst *i = &m->re->code[now->pc[t]];

		while (c > i->hi && !i->last)
			i++;
		if (c < i->lo || c > i->hi)
			continue;
		if (m->n_slots)
			memcpy(m->s->slots, now->saved + t * m->n_slots,
			       m->n_slots * sizeof *m->s->slots);
		follow(m, m->then, i->out, pos, holds);
	}
	m->now = m->then;
	m->then = now;
}

/* The first thread that is at the end of the program wins over those behind it. */
static void settle(struct pike *m, size_t pos)
{
	for (size_t t = 0; t < m->now->n; t++) {
		if (m->re->code[m->now->pc[t]].op != OP_MATCH)
			continue;
		take_match(m, t, pos);
		m->now->n = t;
		return;
	}
}

/* The character at pos through all threads; returns where the next is. */
static size_t step_char(struct pike *m, size_t pos)
{
	struct sv c = sv_from(m->text, pos);
	uint32_t rune;
	size_t n = (uint8_t)c.p[0] < 0x80 ? 1 : utf8_decode(c, &rune);
	size_t next = pos + (n ? n : 1);

	c = n ? sv_head(c, n) : SV("\xef\xbf\xbd"); /* what is not UTF-8 counts as U+FFFD */
	for (size_t i = 0; i < c.n; i++)
		step(m, (uint8_t)c.p[i], next, i + 1 == c.n ? re_holds(m->re, m->text, next) : 0);
	return next;
}

static void start_thread(struct pike *m, size_t pos)
{
	for (size_t i = 0; i < m->n_slots; i++)
		m->s->slots[i] = SIZE_MAX;
	if (m->n_slots)
		m->s->slots[0] = pos;
	follow(m, m->now, m->re->body, pos, re_holds(m->re, m->text, pos));
}

static void run(struct pike *m, size_t pos)
{
	const struct regex *re = m->re;

	list_clear(m, m->now);
	for (;;) {
		if (m->now->n == 0 && !m->matched && !re->anchored && re->prefix.n) {
			pos = re_find(m->text, pos, re->prefix);
			if (pos == SIZE_MAX)
				return;
			list_clear(m, m->now);
		}
		if (!m->matched && (!re->anchored || pos == 0))
			start_thread(m, pos);
		settle(m, pos);
		bool over = m->now->n == 0 && (m->matched || re->anchored);
		if (over || pos == m->text.n || (m->matched && m->n_slots == 0))
			return;
		pos = step_char(m, pos);
	}
}

bool pike_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		 struct regex_span *spans, unsigned n)
{
	struct pike m = {.re = re, .s = s, .text = text, .n_slots = re_slots(re, n)};

	m.now = &s->lists[0];
	m.then = &s->lists[1];
	pike_reserve(s, re, m.n_slots);
	run(&m, from);
	if (!m.matched)
		return false;
	re_spans(s->best, m.n_slots, spans, n);
	return true;
}
