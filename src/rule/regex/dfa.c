/*
 * Is there a match: an automaton whose states are made when a text first leads there.
 *
 * A state is the set of instructions at which threads rest, and what the byte before it says about
 * \A, ^ and \b; those are decided when the next byte is known. States are kept in the scratch of a
 * thread per regular expression, found by its pattern. When they outgrow limit_regex_states they
 * are thrown away and made anew; when that does not pay, the answer is DFA_UNSURE.
 */
#include "rule/regex/regex-int.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"

/* States with a meaning; those of the automaton follow. */
enum { UNKNOWN, DEAD, MATCHED, FIRST };

/* What the byte before says. */
enum { CTX_START = 1, CTX_NEWLINE = 2, CTX_WORD = 4, CONTEXTS = 8 };

struct state {
	uint32_t at, n; /* its instructions in sets */
	uint32_t context;
};

struct dfa {
	uint64_t hash;
	struct sv pattern;
	unsigned flags;
	unsigned stride; /* classes and the end of the text */
	unsigned contexts;
	struct {
		struct state *p;
		size_t n, cap;
	} states;
	struct {
		uint32_t *p;
		size_t n, cap;
	} sets;
	uint32_t *next; /* [state * stride + class]: state * stride */
	size_t next_cap;
	uint32_t *index; /* states by their set; 0: free */
	size_t index_cap;
	uint32_t start[CONTEXTS];
};

static void dfa_free(struct dfa *d)
{
	if (!d)
		return;
	vec_done(&d->states);
	vec_done(&d->sets);
	free(d->next);
	free(d->index);
	free((char *)(uintptr_t)d->pattern.p);
	free(d);
}

static void dfas_clear(struct regex_scratch *s)
{
	for (size_t i = 0; i < s->dfas_cap; i++)
		dfa_free(s->dfas[i]);
	free(s->dfas);
	s->dfas = NULL;
	s->dfas_n = s->dfas_cap = s->dfas_bytes = 0;
}

void dfa_done(struct regex_scratch *s)
{
	dfas_clear(s);
	free(s->seen[0]);
	free(s->seen[1]);
	free(s->todo);
	free(s->set);
}

static void reserve(struct regex_scratch *s, const struct regex *re)
{
	if (re->n <= s->seen_cap)
		return;
	size_t words = re->n / 64 + 1;
	for (size_t i = 0; i < 2; i++) {
		free(s->seen[i]);
		s->seen[i] = xcalloc(words, sizeof *s->seen[i]);
	}
	/* each instruction is put there once, and its brother */
	s->todo = xrealloc(s->todo, (re->n + 1) * sizeof *s->todo);
	s->set = xrealloc(s->set, (re->n + 1) * sizeof *s->set);
	s->seen_cap = re->n;
}

static size_t dfa_bytes(const struct dfa *d)
{
	return sizeof *d + d->pattern.n + d->states.cap * sizeof *d->states.p +
	       d->sets.cap * sizeof *d->sets.p + d->next_cap * sizeof *d->next +
	       d->index_cap * sizeof *d->index;
}

/* What its states need of that. */
static size_t dfa_used(const struct dfa *d)
{
	return d->states.n * (sizeof *d->states.p + d->stride * sizeof *d->next) +
	       d->sets.n * sizeof *d->sets.p;
}

/* Without states, its memory kept. */
static void dfa_reset(struct dfa *d)
{
	d->states.n = d->sets.n = 0;
	for (size_t i = 0; i < FIRST; i++)
		*VEC_PUSH(&d->states) = (struct state){0};
	if (d->index_cap)
		memset(d->index, 0, d->index_cap * sizeof *d->index);
	memset(d->start, 0, sizeof d->start);
}

static struct dfa *dfa_new(const struct regex *re)
{
	struct dfa *d = xcalloc(1, sizeof *d);

	d->hash = re->hash;
	d->flags = re->flags;
	d->pattern = sv_make(xmalloc(re->pattern.n), re->pattern.n);
	if (re->pattern.n)
		memcpy((char *)(uintptr_t)d->pattern.p, re->pattern.p, re->pattern.n);
	d->stride = re->n_classes + 1;
	if (re->at & (AT_TEXT_START | AT_LINE_START))
		d->contexts |= CTX_START;
	if (re->at & AT_LINE_START)
		d->contexts |= CTX_NEWLINE;
	if (re->at & (AT_WORD_EDGE | AT_NO_WORD_EDGE))
		d->contexts |= CTX_WORD;
	dfa_reset(d);
	return d;
}

static struct dfa **dfas_slot(struct dfa **slots, size_t cap, const struct regex *re)
{
	size_t i = re->hash & (cap - 1);

	for (; slots[i]; i = (i + 1) & (cap - 1))
		if (slots[i]->hash == re->hash && slots[i]->flags == re->flags &&
		    sv_eq(slots[i]->pattern, re->pattern))
			break;
	return &slots[i];
}

static void dfas_grow(struct regex_scratch *s)
{
	size_t cap = s->dfas_cap ? s->dfas_cap * 2 : 64;
	struct dfa **slots = xcalloc(cap, sizeof(struct dfa *));

	for (size_t i = 0; i < s->dfas_cap; i++) {
		struct dfa *d = s->dfas[i];
		if (!d)
			continue;
		size_t at = d->hash & (cap - 1);
		while (slots[at])
			at = (at + 1) & (cap - 1);
		slots[at] = d;
	}
	free(s->dfas);
	s->dfas = slots;
	s->dfas_cap = cap;
}

static struct dfa *dfa_of(const struct regex *re, struct regex_scratch *s)
{
	if (s->dfas_cap) {
		struct dfa **slot = dfas_slot(s->dfas, s->dfas_cap, re);
		if (*slot)
			return *slot;
	}
	if (s->dfas_bytes > limit_regex_memory)
		dfas_clear(s);
	if (2 * (s->dfas_n + 1) > s->dfas_cap)
		dfas_grow(s);
	struct dfa **slot = dfas_slot(s->dfas, s->dfas_cap, re);
	*slot = dfa_new(re);
	s->dfas_n++;
	s->dfas_bytes += dfa_bytes(*slot);
	return *slot;
}

struct work {
	const struct regex *re;
	struct regex_scratch *s;
	struct dfa *d;
};

static bool see(uint64_t *seen, uint32_t pc)
{
	uint64_t bit = 1ull << (pc % 64);

	if (seen[pc / 64] & bit)
		return false;
	seen[pc / 64] |= bit;
	return true;
}

/* All that can be reached from pc without a byte, through what is known to hold. */
static void follow(const struct work *w, uint64_t *seen, uint32_t pc, unsigned holds)
{
	uint32_t *todo = w->s->todo;
	size_t n = 0;

	todo[n++] = pc;
	while (n) {
		pc = todo[--n];
		while (see(seen, pc)) {
			const struct re_inst *i = &w->re->code[pc];

			if (i->op == OP_BYTES || i->op == OP_MATCH ||
			    (i->op == OP_AT && !(i->arg & holds)))
				break;
			if (i->op == OP_SPLIT)
				todo[n++] = i->arg;
			pc = i->out;
		}
	}
}

/* What was seen and needs a byte, or to know one, in order, into s->set; seen is emptied. False: a
 * match is among it. */
static bool gather(const struct work *w, uint64_t *seen, size_t *n)
{
	bool match = false;

	*n = 0;
	for (size_t word = 0; word <= w->re->n / 64; word++) {
		for (uint64_t bits = seen[word]; bits; bits &= bits - 1) {
			uint32_t pc = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
			uint8_t op = w->re->code[pc].op;

			match |= op == OP_MATCH;
			if (op == OP_BYTES || op == OP_AT)
				w->s->set[(*n)++] = pc;
		}
		seen[word] = 0;
	}
	return !match;
}

static uint64_t set_hash(const uint32_t *set, size_t n, unsigned context)
{
	uint64_t h = 0xcbf29ce484222325u ^ context;

	for (size_t i = 0; i < n; i++)
		h = (h ^ set[i]) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static size_t index_slot(const struct dfa *d, const uint32_t *set, size_t n, unsigned context)
{
	size_t i = set_hash(set, n, context) & (d->index_cap - 1);

	for (; d->index[i]; i = (i + 1) & (d->index_cap - 1)) {
		const struct state *st = &d->states.p[d->index[i]];

		if (st->n == n && st->context == context &&
		    memcmp(&d->sets.p[st->at], set, n * sizeof *set) == 0)
			break;
	}
	return i;
}

static void index_grow(struct dfa *d)
{
	d->index_cap = d->index_cap ? d->index_cap * 2 : 16;
	free(d->index);
	d->index = xcalloc(d->index_cap, sizeof *d->index);
	for (size_t i = FIRST; i < d->states.n; i++) {
		const struct state *st = &d->states.p[i];
		d->index[index_slot(d, &d->sets.p[st->at], st->n, st->context)] = (uint32_t)i;
	}
}

/* The state of s->set: one that is there, or a new one. */
static uint32_t state_of(const struct work *w, size_t n, unsigned context)
{
	struct dfa *d = w->d;

	if (n == 0)
		return DEAD * d->stride;
	if (2 * (d->states.n + 1) > d->index_cap)
		index_grow(d);
	size_t at = index_slot(d, w->s->set, n, context);
	if (d->index[at])
		return d->index[at] * d->stride;
	uint32_t id = (uint32_t)d->states.n;
	d->index[at] = id;
	*VEC_PUSH(&d->states) = (struct state){(uint32_t)d->sets.n, (uint32_t)n, context};
	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&d->sets) = w->s->set[i];
	size_t need = d->states.n * d->stride;
	if (need > d->next_cap) {
		d->next_cap = 2 * need;
		d->next = xrealloc(d->next, d->next_cap * sizeof *d->next);
	}
	memset(&d->next[id * d->stride], 0, d->stride * sizeof *d->next);
	return id * d->stride;
}

static unsigned context_of(const struct dfa *d, uint8_t byte)
{
	unsigned context = (byte == '\n' ? CTX_NEWLINE : 0) | (is_word(byte) ? CTX_WORD : 0);

	return context & d->contexts;
}

/* What holds between context and byte (-1: the end). */
static unsigned holds_between(unsigned context, int byte)
{
	bool behind = byte >= 0 && is_word((uint8_t)byte);
	unsigned holds = !(context & CTX_WORD) == !behind ? AT_NO_WORD_EDGE : AT_WORD_EDGE;

	if (context & CTX_START)
		holds |= AT_TEXT_START | AT_LINE_START;
	if (context & CTX_NEWLINE)
		holds |= AT_LINE_START;
	if (byte < 0)
		holds |= AT_TEXT_END | AT_LINE_END;
	return holds | (byte == '\n' ? AT_LINE_END : 0);
}

/* Makes the transition of state by class: computed once, then read from d->next. */
static uint32_t make_next(const struct work *w, uint32_t state, unsigned class)
{
	struct dfa *d = w->d;
	struct state st = d->states.p[state / d->stride];
	int byte = class == w->re->n_classes ? -1 : w->re->byte_of[class];
	unsigned holds = holds_between(st.context, byte);
	uint64_t *now = w->s->seen[0], *then = w->s->seen[1];
	uint32_t to = MATCHED * d->stride;
	size_t n;

	for (uint32_t i = 0; i < st.n; i++)
		follow(w, now, d->sets.p[st.at + i], holds);
	if (gather(w, now, &n)) {
		for (size_t k = 0; k < n && byte >= 0; k++) {
			const struct re_inst *i = &w->re->code[w->s->set[k]];

			if (i->op != OP_BYTES)
				continue;
			while (byte > i->hi && !i->last)
				i++;
			if (byte >= i->lo && byte <= i->hi)
				follow(w, then, i->out, 0);
		}
		if (gather(w, then, &n))
			to = state_of(w, n, byte < 0 ? 0 : context_of(d, (uint8_t)byte));
	}
	d->next[state + class] = to;
	return to;
}

static uint32_t start_state(const struct work *w, unsigned context)
{
	struct dfa *d = w->d;
	size_t n;

	if (d->start[context])
		return d->start[context];
	follow(w, w->s->seen[0], w->re->anchored ? w->re->body : 0, 0);
	uint32_t start =
		gather(w, w->s->seen[0], &n) ? state_of(w, n, context) : MATCHED * d->stride;
	d->start[context] = start;
	return start;
}

/* Throws the states away but for this one. */
static uint32_t start_over(const struct work *w, uint32_t state)
{
	struct state st = w->d->states.p[state / w->d->stride];

	memcpy(w->s->set, &w->d->sets.p[st.at], st.n * sizeof *w->s->set);
	dfa_reset(w->d);
	return state_of(w, st.n, st.context);
}

struct run {
	struct work w;
	struct sv text;
	size_t since; /* where the states were thrown away */
	size_t times;
};

/* One byte that has not been seen in this state. False: it does not pay any more. */
static bool miss(struct run *r, uint32_t *state, unsigned class, size_t pos)
{
	const struct dfa *d = r->w.d;

	if (dfa_used(d) > limit_regex_states) {
		/* a state should serve ten bytes */
		if (r->times++ && pos - r->since < 10 * d->states.n)
			return false;
		r->since = pos;
		*state = start_over(&r->w, *state);
	}
	*state = make_next(&r->w, *state, class);
	return true;
}

/* utf8_decode()'s length, sooner for most characters of two and three bytes. */
static size_t long_char(const uint8_t *p, size_t n)
{
	uint32_t rune;

	if (n >= 2 && p[0] >= 0xc2 && p[0] < 0xe0)
		return (p[1] & 0xc0) == 0x80 ? 2 : 0;
	if (n >= 3 && p[0] > 0xe0 && p[0] < 0xed)
		return (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 ? 3 : 0;
	return utf8_decode(sv_make(p, n), &rune);
}

/* A character of several bytes, or a byte that is none, which counts as U+FFFD. */
static bool step_long(struct run *r, uint32_t *state, size_t *pos)
{
	struct sv c = sv_from(r->text, *pos);
	const struct dfa *d = r->w.d;
	size_t n = long_char((const uint8_t *)c.p, c.n);

	*pos += n ? n : 1;
	c = n ? sv_head(c, n) : SV("\xef\xbf\xbd");
	for (size_t i = 0; i < c.n && *state >= FIRST * d->stride; i++) {
		unsigned class = r->w.re->class_of[(uint8_t)c.p[i]];
		uint32_t to = d->next[*state + class];

		if (to)
			*state = to;
		else if (!miss(r, state, class, *pos))
			return false;
	}
	return true;
}

/* From *state at *pos to the end of the text, or to a state with a meaning. */
static bool run(struct run *r, uint32_t *state, size_t *pos)
{
	const struct regex *re = r->w.re;
	const struct dfa *d = r->w.d;
	const uint8_t *text = (const uint8_t *)r->text.p;
	const uint32_t first = FIRST * d->stride;
	uint32_t s = *state, to;
	size_t i = *pos;
	bool ok = true;

	while (ok && i < r->text.n && s >= first) {
		const uint32_t *next = d->next;
		to = s;
		/* the way of nearly all bytes */
		while (i < r->text.n && text[i] < 0x80) {
			to = next[s + re->class_of[text[i]]];
			if (to < first)
				break;
			s = to;
			i++;
		}
		if (i == r->text.n)
			break;
		if (text[i] >= 0x80) {
			ok = step_long(r, &s, &i);
		} else if (to == UNKNOWN) {
			ok = miss(r, &s, re->class_of[text[i]], i);
			i++;
		} else {
			s = to;
		}
	}
	*state = s;
	*pos = i;
	return ok;
}

static enum dfa_answer match_from(struct run *r, size_t from)
{
	const struct regex *re = r->w.re;
	const struct dfa *d = r->w.d;
	unsigned context = from == 0 ? CTX_START : 0;
	size_t pos = from;

	if (re->prefix.n && !re->anchored) {
		pos = re_find(r->text, from, re->prefix);
		if (pos == SIZE_MAX)
			return DFA_NO;
	}
	if (pos > 0)
		context = context_of(d, (uint8_t)r->text.p[pos - 1]);
	uint32_t state = start_state(&r->w, context & d->contexts);
	if (!run(r, &state, &pos))
		return DFA_UNSURE;
	if (state >= FIRST * d->stride) {
		uint32_t end = d->next[state + re->n_classes];
		state = end ? end : make_next(&r->w, state, re->n_classes);
	}
	return state == MATCHED * d->stride ? DFA_YES : DFA_NO;
}

enum dfa_answer dfa_match(const struct regex *re, struct regex_scratch *s, struct sv text,
			  size_t from)
{
	struct run r = {.w = {.re = re, .s = s}, .text = text, .since = from};

	reserve(s, re);
	r.w.d = dfa_of(re, s);
	size_t before = dfa_bytes(r.w.d);
	enum dfa_answer answer = match_from(&r, from);
	s->dfas_bytes += dfa_bytes(r.w.d) - before;
	return answer;
}
