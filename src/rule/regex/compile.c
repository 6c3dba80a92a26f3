/*
 * From the tree to a program (Thompson's construction). A fragment goes on with what stands behind
 * it and jumps only within itself, so a counted repetition is the fragment copied.
 */
#include "rule/regex/regex-int.h"

#include "base/limits.h"
#include "base/text.h"

int re_too_big(struct err *err)
{
	err_set(err, ERR_LIMIT, "larger than %zu instructions", (size_t)limit_regex_program);
	return err_hint(err, "repeat less, or smaller classes");
}

struct re_inst *re_emit(struct re_code *c)
{
	if (c->n >= limit_regex_program)
		return NULL;
	struct re_inst *i = VEC_PUSH(c);
	i->out = (uint32_t)c->n;
	return i;
}

static bool emit_node(struct re_code *c, const struct re_node *n);

static bool emit_char(struct re_code *c, uint32_t rune)
{
	struct rune_range r = {rune, rune};

	return re_emit_set(c, &r, 1);
}

static bool emit_op(struct re_code *c, enum re_op op, uint32_t arg)
{
	struct re_inst *i = re_emit(c);

	if (!i)
		return false;
	i->op = (uint8_t)op;
	i->arg = arg;
	return true;
}

/* A choice at pc between into and past, the first preferred when greedy. */
static void set_split(struct re_code *c, size_t pc, size_t into, size_t past, bool greedy)
{
	struct re_inst *i = &c->p[pc];

	i->op = OP_SPLIT;
	i->out = (uint32_t)(greedy ? into : past);
	i->arg = (uint32_t)(greedy ? past : into);
}

/* The instructions from start to end once more, here. */
static bool emit_copy(struct re_code *c, size_t start, size_t end)
{
	uint32_t delta = (uint32_t)(c->n - start);

	for (size_t i = start; i < end; i++) {
		struct re_inst *to = re_emit(c);

		if (!to)
			return false;
		*to = c->p[i];
		to->out += delta;
		if (to->op == OP_SPLIT)
			to->arg += delta;
	}
	return true;
}

/* May it match without a character? */
static bool is_nullable(const struct re_node *n)
{
	bool all = true, any = false;

	switch (n->kind) {
	case RE_CHAR:
	case RE_SET:
		return false;
	case RE_REPEAT:
		return n->a == 0 || is_nullable(n->child);
	case RE_GROUP:
	case RE_CONCAT:
	case RE_ALT:
		for (const struct re_node *k = n->child; k; k = k->next) {
			bool one = is_nullable(k);
			all &= one;
			any |= one;
		}
		return n->kind == RE_ALT ? any : all;
	default:
		return true;
	}
}

/* x*: a choice that x leads back to. When x may be empty it is (x+)?, which keeps the order of
 * preference: otherwise the way back would be one that was already tried. */
static bool emit_star(struct re_code *c, const struct re_node *n)
{
	size_t split = c->n;
	bool nullable = is_nullable(n->child);

	if (!emit_op(c, OP_SPLIT, 0) || !emit_node(c, n->child) ||
	    !emit_op(c, nullable ? OP_SPLIT : OP_JUMP, 0))
		return false;
	size_t back = c->n - 1;
	if (nullable)
		set_split(c, back, split + 1, c->n, n->greedy);
	else
		c->p[back].out = (uint32_t)split;
	set_split(c, split, split + 1, c->n, n->greedy);
	return true;
}

/* x{3,} is xxx+. */
static bool emit_unbounded(struct re_code *c, const struct re_node *n)
{
	size_t start = c->n;

	if (n->a == 0)
		return emit_star(c, n);
	if (!emit_node(c, n->child))
		return false;
	size_t end = c->n, last = start;
	for (uint32_t i = 1; i < n->a; i++) {
		last = c->n;
		if (!emit_copy(c, start, end))
			return false;
	}
	if (!emit_op(c, OP_SPLIT, 0))
		return false;
	set_split(c, c->n - 1, last, c->n, n->greedy);
	return true;
}

/* x{2,4} is xx(x(x)?)?: every way out leads behind the whole. */
static bool emit_bounded(struct re_code *c, const struct re_node *n)
{
	size_t whole = c->n, start = 0, end = 0;

	for (uint32_t i = 0; i < n->b; i++) {
		if (i >= n->a && !emit_op(c, OP_SPLIT, 0))
			return false;
		if (i == 0) {
			start = c->n;
			if (!emit_node(c, n->child))
				return false;
			end = c->n;
		} else if (!emit_copy(c, start, end)) {
			return false;
		}
	}
	size_t each = end - start;
	for (uint32_t i = n->a; i < n->b; i++) {
		/* copies in front have no choice before them, the others one each */
		size_t pc = whole + n->a * each + (i - n->a) * (each + 1);
		set_split(c, pc, pc + 1, c->n, n->greedy);
	}
	return true;
}

static bool emit_alternatives(struct re_code *c, const struct re_node *n)
{
	size_t start = c->n, jumps = 0;

	for (const struct re_node *k = n->child; k; k = k->next) {
		size_t split = c->n;
		if (k->next && !emit_op(c, OP_SPLIT, 0))
			return false;
		if (!emit_node(c, k))
			return false;
		if (!k->next)
			break;
		/* jumps to the end are a list through arg until the end is known */
		if (!emit_op(c, OP_JUMP, (uint32_t)jumps))
			return false;
		jumps = c->n - 1;
		set_split(c, split, split + 1, c->n, true);
	}
	while (jumps > start) {
		size_t next = c->p[jumps].arg;
		c->p[jumps].out = (uint32_t)c->n;
		c->p[jumps].arg = 0;
		jumps = next;
	}
	return true;
}

static bool emit_node(struct re_code *c, const struct re_node *n)
{
	switch (n->kind) {
	case RE_EMPTY:
		return true;
	case RE_CHAR:
		return emit_char(c, n->a);
	case RE_SET:
		return re_emit_set(c, n->ranges, n->n_ranges);
	case RE_AT:
		return emit_op(c, OP_AT, n->a);
	case RE_GROUP:
		return emit_op(c, OP_SAVE, 2 * n->a) && emit_node(c, n->child) &&
		       emit_op(c, OP_SAVE, 2 * n->a + 1);
	case RE_CONCAT:
		for (const struct re_node *k = n->child; k; k = k->next)
			if (!emit_node(c, k))
				return false;
		return true;
	case RE_ALT:
		return emit_alternatives(c, n);
	case RE_REPEAT:
		return n->b == RE_NO_MAX ? emit_unbounded(c, n) : emit_bounded(c, n);
	}
	return false;
}

/* Does every match start at the start of the text? */
static bool is_anchored(const struct re_node *n)
{
	switch (n->kind) {
	case RE_AT:
		return n->a == AT_TEXT_START;
	case RE_GROUP:
	case RE_CONCAT:
		return n->child && is_anchored(n->child);
	case RE_REPEAT:
		return n->a > 0 && is_anchored(n->child);
	case RE_ALT:
		for (const struct re_node *k = n->child; k; k = k->next)
			if (!is_anchored(k))
				return false;
		return true;
	default:
		return false;
	}
}

struct literal {
	struct buf text;
	bool starts, ends; /* with \A, \z */
};

/* Appends the literal that n starts with; true when n is nothing else. */
static bool literal_of(const struct re_node *n, struct literal *l)
{
	switch (n->kind) {
	case RE_EMPTY:
		return true;
	case RE_CHAR:
		/* U+FFFD is also a byte that is no character */
		if (l->ends || n->a == RUNE_BAD || (n->a >= 0xd800 && n->a < 0xe000))
			return false;
		utf8_encode(&l->text, n->a);
		return true;
	case RE_AT:
		if (n->a == AT_TEXT_END)
			l->ends = true;
		else if (n->a == AT_TEXT_START && l->text.n == 0 && !l->ends)
			l->starts = true;
		else
			return false;
		return true;
	case RE_GROUP:
	case RE_CONCAT:
		for (const struct re_node *k = n->child; k; k = k->next)
			if (!literal_of(k, l))
				return false;
		return true;
	default:
		return false;
	}
}

static void find_literal(struct arena *a, const struct re_node *tree, struct regex *re)
{
	struct literal l = {0};

	re->literal = literal_of(tree, &l);
	re->literal_ends = l.ends;
	re->anchored |= l.starts;
	re->prefix = arena_sv(a, buf_view(&l.text));
	buf_done(&l.text);
}

static void mark(bool edge[257], unsigned lo, unsigned hi)
{
	edge[lo] = edge[hi + 1] = true;
}

/* Bytes between two edges are one class. */
static void make_classes(struct regex *re)
{
	bool edge[257] = {[0] = true};
	unsigned n = 0;

	for (uint32_t i = 0; i < re->n; i++) {
		const struct re_inst *inst = &re->code[i];

		if (inst->op == OP_BYTES && inst->lo <= inst->hi)
			mark(edge, inst->lo, inst->hi);
	}
	if (re->at & (AT_LINE_START | AT_LINE_END))
		mark(edge, '\n', '\n');
	for (unsigned b = 0; b < 256 && (re->at & (AT_WORD_EDGE | AT_NO_WORD_EDGE)); b++)
		if (is_word((uint8_t)b))
			mark(edge, b, b);
	for (unsigned b = 0; b < 256; b++) {
		if (edge[b] && b)
			n++;
		re->class_of[b] = (uint8_t)n;
		re->byte_of[n] = (uint8_t)b;
	}
	re->n_classes = n + 1;
}

static void count_leaves(struct regex *re)
{
	bool head = true;

	for (uint32_t i = 0; i < re->n; i++) {
		const struct re_inst *inst = &re->code[i];

		re->leaves += (inst->op == OP_BYTES && head) || inst->op == OP_MATCH;
		head = inst->op != OP_BYTES || inst->last;
		if (inst->op == OP_AT)
			re->at |= inst->arg;
	}
}

/* The loop over characters in front of a match, the pattern, the end. */
static bool emit_program(struct re_code *c, const struct re_node *tree, uint32_t *body)
{
	static const struct rune_range any = {0, RUNE_MAX};

	if (!emit_op(c, OP_SPLIT, 0) || !re_emit_set(c, &any, 1) || !emit_op(c, OP_JUMP, 0))
		return false;
	c->p[c->n - 1].out = 0;
	set_split(c, 0, 1, c->n, false);
	*body = (uint32_t)c->n;
	return emit_node(c, tree) && emit_op(c, OP_MATCH, 0);
}

int re_compile_tree(struct arena *a, const struct re_node *tree, struct regex *re, struct err *err)
{
	struct re_code c = {0};
	size_t slots;

	if (!emit_program(&c, tree, &re->body)) {
		vec_done(&c);
		return re_too_big(err);
	}
	struct re_inst *code = ARENA_ARRAY(a, c.n, struct re_inst);
	memcpy(code, c.p, c.n * sizeof *code);
	re->code = code;
	re->n = (uint32_t)c.n;
	vec_done(&c);
	count_leaves(re);
	if (!mul_ok(re->leaves, 2 * ((size_t)re->groups + 1), &slots) || slots > limit_regex_slots)
		return err_set(err, ERR_LIMIT, "too many groups (%u) for its size", re->groups);
	re->anchored = is_anchored(tree);
	find_literal(a, tree, re);
	make_classes(re);
	return 0;
}
