/*
 * Recursive descent over the grammar of the specification, with the optional syntax of cel-go
 * (a.?b, a[?b], [?x], {?k: v}). Recursion and the tree's height end at limit_cel_depth; runs of !
 * and
 * - and chains of && and || cost no depth. Parts of calls, lists, maps and chains wait on one
 * stack.
 */
#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "rule/cel/parse-int.h"

static struct cel_expr *parse_expr(struct cel_parser *p);

static const struct binary {
	struct sv name;
	uint8_t precedence; /* 0: none of the left-associative ones */
} operators[CEL_TOK_KINDS] = {
	[CEL_TOK_EQ] = {{"_==_", 4}, 1},   [CEL_TOK_NE] = {{"_!=_", 4}, 1},
	[CEL_TOK_LT] = {{"_<_", 3}, 1},    [CEL_TOK_LE] = {{"_<=_", 4}, 1},
	[CEL_TOK_GT] = {{"_>_", 3}, 1},    [CEL_TOK_GE] = {{"_>=_", 4}, 1},
	[CEL_TOK_IN] = {{"@in", 3}, 1},    [CEL_TOK_PLUS] = {{"_+_", 3}, 2},
	[CEL_TOK_MINUS] = {{"_-_", 3}, 2}, [CEL_TOK_STAR] = {{"_*_", 3}, 3},
	[CEL_TOK_SLASH] = {{"_/_", 3}, 3}, [CEL_TOK_PERCENT] = {{"_%_", 3}, 3},
};

struct cel_expr *cel_node(struct cel_parser *p, enum cel_expr_kind kind, uint32_t start,
			  uint32_t end, uint32_t below)
{
	if (below >= limit_cel_depth) {
		/* of a chain to the left the end is where it becomes too long */
		cel_lex_fail(&p->lx, end, ERR_LIMIT,
			     "this is nested deeper than limit cel_depth allows (%u levels)",
			     (unsigned)limit_cel_depth);
		return NULL;
	}
	if (++p->nodes > limit_cel_nodes) {
		cel_lex_fail(&p->lx, start, ERR_LIMIT,
			     "the expression has more parts than limit cel_nodes allows");
		return NULL;
	}
	struct cel_expr *e = ARENA_NEW(p->arena, struct cel_expr);
	e->kind = (uint8_t)kind;
	e->start = start;
	e->end = end;
	e->height = below + 1;
	return e;
}

static void push(struct cel_parser *p, struct cel_expr *e, uint32_t start, bool optional)
{
	*VEC_PUSH(&p->stack) = (struct cel_item){e, start, p->lx.last_end, optional};
}

static bool accept(struct cel_parser *p, enum cel_token_kind kind)
{
	if (p->lx.tok.kind != kind)
		return false;
	cel_lex(&p->lx);
	return true;
}

static bool expect(struct cel_parser *p, enum cel_token_kind kind, const char *what)
{
	if (accept(p, kind))
		return true;
	cel_lex_expected(&p->lx, what);
	return false;
}

static uint32_t highest(const struct cel_parser *p, size_t mark)
{
	uint32_t h = 0;

	for (size_t i = mark; i < p->stack.n; i++) {
		if (p->stack.p[i].e->height > h)
			h = p->stack.p[i].e->height;
	}
	return h;
}

/* Every step-th item from the mark. */
static struct cel_expr **items(struct cel_parser *p, size_t mark, size_t step)
{
	size_t n = (p->stack.n - mark + step - 1) / step;
	struct cel_expr **to = ARENA_ARRAY(p->arena, n, struct cel_expr *);

	for (size_t i = 0; i < n; i++)
		to[i] = p->stack.p[mark + i * step].e;
	return to;
}

/* Which of them are optional; NULL when none is. */
static const bool *optionals(struct cel_parser *p, size_t mark, size_t step)
{
	size_t n = (p->stack.n - mark) / step;
	bool *to = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!p->stack.p[mark + i * step].optional)
			continue;
		if (!to)
			to = ARENA_ARRAY(p->arena, n, bool);
		to[i] = true;
	}
	return to;
}

/* A call of what stands on the stack from the mark; takes it off. */
static struct cel_expr *call_stacked(struct cel_parser *p, struct sv name, size_t mark,
				     uint32_t start)
{
	struct cel_expr *e = cel_node(p, CEL_X_CALL, start, p->lx.last_end, highest(p, mark));

	if (!e)
		return NULL;
	e->call.name = name;
	e->call.n = (uint32_t)(p->stack.n - mark);
	e->call.args = items(p, mark, 1);
	p->stack.n = mark;
	return e;
}

static struct cel_expr *call_of(struct cel_parser *p, struct sv name, struct cel_expr *a,
				struct cel_expr *b, uint32_t start, uint32_t end)
{
	uint32_t below = b && b->height > a->height ? b->height : a->height;
	struct cel_expr *e = cel_node(p, CEL_X_CALL, start, end, below);

	if (!e)
		return NULL;
	e->call.name = name;
	e->call.n = b ? 2 : 1;
	e->call.args = ARENA_ARRAY(p->arena, e->call.n, struct cel_expr *);
	e->call.args[0] = a;
	if (b)
		e->call.args[1] = b;
	return e;
}

/* "(a, b)" onto the stack; stands on the parenthesis. */
static bool parse_args(struct cel_parser *p)
{
	cel_lex(&p->lx);
	if (accept(p, CEL_TOK_RPAREN))
		return true;
	do {
		uint32_t start = p->lx.tok.start;
		struct cel_expr *e = parse_expr(p);
		if (!e)
			return false;
		push(p, e, start, false);
	} while (accept(p, CEL_TOK_COMMA));
	return expect(p, CEL_TOK_RPAREN, "',' or ')' after an argument");
}

/* The call of a name: its target, if any, stands on the stack at the mark. */
static struct cel_expr *parse_call(struct cel_parser *p, struct sv name, uint8_t flags, size_t mark,
				   uint32_t start)
{
	struct cel_expr *e;

	if (!parse_args(p))
		return NULL;
	if (!(p->flags & CEL_PARSE_NO_MACROS) && !(flags & CEL_X_ABSOLUTE) &&
	    cel_macro_expand(p, name, flags & CEL_X_MEMBER, mark, start, p->lx.last_end, &e)) {
		p->stack.n = mark;
		return e;
	}
	e = call_stacked(p, name, mark, start);
	if (e)
		e->flags = flags;
	return e;
}

static struct cel_expr *parse_ident(struct cel_parser *p, uint32_t start, uint8_t flags)
{
	struct sv name = cel_token_text(&p->lx);

	if (p->lx.tok.kind != CEL_TOK_IDENT) {
		cel_lex_expected(&p->lx, "a name after '.'");
		return NULL;
	}
	if (p->lx.tok.flags & CEL_TOK_RESERVED) {
		cel_lex_fail(
			&p->lx, p->lx.tok.start, ERR_PARSE,
			"'%.*s' is a reserved word: it can name a field, but no variable or function",
			SV_ARG(name));
		return NULL;
	}
	cel_lex(&p->lx);
	if (p->lx.tok.kind == CEL_TOK_LPAREN)
		return parse_call(p, name, flags, p->stack.n, start);
	struct cel_expr *e = cel_node(p, CEL_X_IDENT, start, p->lx.last_end, 0);
	if (e) {
		e->flags = flags;
		e->ident.name = name;
	}
	return e;
}

static struct cel_expr *parse_literal(struct cel_parser *p, uint32_t start, bool minus)
{
	struct cel_value v = {.kind = CEL_NULL};

	switch (p->lx.tok.kind) {
	case CEL_TOK_INT:
	case CEL_TOK_UINT:
	case CEL_TOK_DOUBLE:
		if (!cel_literal_number(&p->lx, minus, &v))
			return NULL;
		break;
	case CEL_TOK_STRING:
	case CEL_TOK_BYTES:
		if (!cel_literal_string(p->arena, &p->lx, &v))
			return NULL;
		break;
	case CEL_TOK_TRUE:
	case CEL_TOK_FALSE:
		v = (struct cel_value){.kind = CEL_BOOL, .b = p->lx.tok.kind == CEL_TOK_TRUE};
		break;
	case CEL_TOK_NULL:
		break;
	default:
		cel_lex_expected(&p->lx, "an expression");
		return NULL;
	}
	cel_lex(&p->lx);
	struct cel_expr *e = cel_node(p, CEL_X_LITERAL, start, p->lx.last_end, 0);
	if (e)
		e->literal = v;
	return e;
}

static struct cel_expr *parse_list(struct cel_parser *p, uint32_t start)
{
	size_t mark = p->stack.n;

	cel_lex(&p->lx);
	while (p->lx.tok.kind != CEL_TOK_RBRACKET) {
		bool optional = accept(p, CEL_TOK_QUESTION);
		uint32_t from = p->lx.tok.start;
		struct cel_expr *item = parse_expr(p);
		if (!item)
			return NULL;
		push(p, item, from, optional);
		if (!accept(p, CEL_TOK_COMMA))
			break;
	}
	if (!expect(p, CEL_TOK_RBRACKET, "',' or ']' after an element"))
		return NULL;
	struct cel_expr *e = cel_node(p, CEL_X_LIST, start, p->lx.last_end, highest(p, mark));
	if (!e)
		return NULL;
	e->list.n = (uint32_t)(p->stack.n - mark);
	e->list.items = items(p, mark, 1);
	e->list.optional = optionals(p, mark, 1);
	p->stack.n = mark;
	return e;
}

/* The name of a field of a message, as a string. */
static struct cel_expr *parse_field_name(struct cel_parser *p)
{
	struct sv name = cel_token_text(&p->lx);

	if (p->lx.tok.kind == CEL_TOK_QUOTED) {
		name = sv_make(name.p + 1, name.n - 2);
	} else if (p->lx.tok.kind != CEL_TOK_IDENT) {
		cel_lex_expected(&p->lx, "the name of a field");
		return NULL;
	}
	uint32_t start = p->lx.tok.start;
	cel_lex(&p->lx);
	struct cel_expr *e = cel_node(p, CEL_X_LITERAL, start, p->lx.last_end, 0);
	if (e)
		e->literal = (struct cel_value){.kind = CEL_STRING, .s = name};
	return e;
}

/* "{k: v}" of a map, or of a message when type is a name; stands on the brace. */
static struct cel_expr *parse_entries(struct cel_parser *p, uint32_t start, struct sv type)
{
	size_t mark = p->stack.n;

	cel_lex(&p->lx);
	while (p->lx.tok.kind != CEL_TOK_RBRACE) {
		bool optional = accept(p, CEL_TOK_QUESTION);
		uint32_t from = p->lx.tok.start;
		struct cel_expr *key = type.n ? parse_field_name(p) : parse_expr(p);
		if (!key)
			return NULL;
		push(p, key, from, optional);
		if (!expect(p, CEL_TOK_COLON, "':' after a key"))
			return NULL;
		from = p->lx.tok.start;
		struct cel_expr *value = parse_expr(p);
		if (!value)
			return NULL;
		push(p, value, from, false);
		if (!accept(p, CEL_TOK_COMMA))
			break;
	}
	if (!expect(p, CEL_TOK_RBRACE, "',' or '}' after an entry"))
		return NULL;
	struct cel_expr *e = cel_node(p, type.n ? CEL_X_MESSAGE : CEL_X_MAP, start, p->lx.last_end,
				      highest(p, mark));
	if (!e)
		return NULL;
	e->map.n = (uint32_t)(p->stack.n - mark) / 2;
	e->map.keys = items(p, mark, 2);
	e->map.values = e->map.n ? items(p, mark + 1, 2) : NULL;
	e->map.optional = optionals(p, mark, 2);
	e->map.type_name = type;
	p->stack.n = mark;
	return e;
}

static struct cel_expr *parse_primary(struct cel_parser *p, uint32_t start, bool minus)
{
	struct cel_expr *e;

	switch (p->lx.tok.kind) {
	case CEL_TOK_IDENT:
		return parse_ident(p, start, 0);
	case CEL_TOK_DOT:
		cel_lex(&p->lx);
		return parse_ident(p, start, CEL_X_ABSOLUTE);
	case CEL_TOK_LPAREN:
		cel_lex(&p->lx);
		e = parse_expr(p);
		return e && expect(p, CEL_TOK_RPAREN, "an operator or ')'") ? e : NULL;
	case CEL_TOK_LBRACKET:
		return parse_list(p, start);
	case CEL_TOK_LBRACE:
		return parse_entries(p, start, (struct sv){0});
	case CEL_TOK_QUOTED:
		cel_lex_fail(&p->lx, p->lx.tok.start, ERR_PARSE,
			     "a name between backquotes can only be a field, after '.'");
		return NULL;
	default:
		return parse_literal(p, start, minus);
	}
}

/* ".field", ".?field" or ".method(args)" of e; stands on the point. */
static struct cel_expr *parse_select(struct cel_parser *p, struct cel_expr *e, uint32_t start)
{
	uint32_t end = p->lx.last_end;

	cel_lex(&p->lx);
	bool optional = accept(p, CEL_TOK_QUESTION);
	struct sv name = cel_token_text(&p->lx);
	enum cel_token_kind kind = p->lx.tok.kind;
	if (kind == CEL_TOK_QUOTED) {
		name = sv_make(name.p + 1, name.n - 2);
	} else if (kind >= CEL_TOK_TRUE && kind <= CEL_TOK_IN) {
		cel_lex_fail(
			&p->lx, p->lx.tok.start, ERR_PARSE,
			"'%.*s' is a word of the language; a field of that name is written `%.*s`",
			SV_ARG(name), SV_ARG(name));
		return NULL;
	} else if (kind != CEL_TOK_IDENT) {
		cel_lex_expected(&p->lx, "the name of a field or function after '.'");
		return NULL;
	}
	cel_lex(&p->lx);
	if (p->lx.tok.kind == CEL_TOK_LPAREN && kind == CEL_TOK_IDENT && !optional) {
		size_t mark = p->stack.n;
		*VEC_PUSH(&p->stack) = (struct cel_item){.e = e, .start = start, .end = end};
		return parse_call(p, name, CEL_X_MEMBER, mark, start);
	}
	struct cel_expr *s = cel_node(p, CEL_X_SELECT, start, p->lx.last_end, e->height);
	if (!s)
		return NULL;
	s->flags = optional ? CEL_X_OPTIONAL : 0;
	s->select.operand = e;
	s->select.field = name;
	s->select.index = -1;
	return s;
}

static struct cel_expr *parse_index(struct cel_parser *p, struct cel_expr *e, uint32_t start)
{
	cel_lex(&p->lx);
	bool optional = accept(p, CEL_TOK_QUESTION);
	struct cel_expr *at = parse_expr(p);
	if (!at || !expect(p, CEL_TOK_RBRACKET, "an operator or ']'"))
		return NULL;
	return call_of(p, optional ? SV("_[?_]") : SV("_[_]"), e, at, start, p->lx.last_end);
}

/* The name of a type before its brace: identifiers and points, nothing in parentheses. Empty: e is
 * none. */
static struct sv type_name(struct cel_parser *p, const struct cel_expr *e)
{
	const struct cel_expr *in = e;
	size_t n = 0;

	for (; in->kind == CEL_X_SELECT && !in->flags; in = in->select.operand) {
		if (in->select.field.p[-1] == '`')
			return (struct sv){0};
		n += in->select.field.n + 1;
	}
	if (in->kind != CEL_X_IDENT || in->start != e->start || e->end != p->lx.last_end)
		return (struct sv){0};
	n += in->ident.name.n + (in->flags & CEL_X_ABSOLUTE ? 1 : 0);
	if (n == e->end - e->start)
		return sv_make(p->lx.source.p + e->start, n);
	/* with white space or comments inside: put together from the end */
	char *name = arena_alloc(p->arena, n), *at = name + n;
	for (; e->kind == CEL_X_SELECT; e = e->select.operand) {
		at -= e->select.field.n;
		memcpy(at, e->select.field.p, e->select.field.n);
		*--at = '.';
	}
	at -= e->ident.name.n;
	memcpy(at, e->ident.name.p, e->ident.name.n);
	if (e->flags & CEL_X_ABSOLUTE)
		*--at = '.';
	return sv_make(name, n);
}

static struct cel_expr *parse_member(struct cel_parser *p, uint32_t start, bool minus)
{
	struct cel_expr *e = parse_primary(p, start, minus);

	while (e) {
		if (p->lx.tok.kind == CEL_TOK_DOT) {
			e = parse_select(p, e, start);
		} else if (p->lx.tok.kind == CEL_TOK_LBRACKET) {
			e = parse_index(p, e, start);
		} else if (p->lx.tok.kind == CEL_TOK_LBRACE) {
			struct sv type = type_name(p, e);
			if (type.n == 0)
				return e;
			e = parse_entries(p, start, type);
		} else {
			return e;
		}
	}
	return NULL;
}

/* Runs of one operator: an even run means the same as two, an odd one as one, so that they cost no
 * depth. The minus before a number belongs to it. */
static struct cel_expr *parse_unary(struct cel_parser *p)
{
	enum cel_token_kind kind = p->lx.tok.kind;
	uint32_t first = p->lx.tok.start, last = first, last_but_one = first;
	size_t n = 0;

	if (kind != CEL_TOK_NOT && kind != CEL_TOK_MINUS)
		return parse_member(p, first, false);
	for (; p->lx.tok.kind == kind; n++) {
		last_but_one = last;
		last = p->lx.tok.start;
		cel_lex(&p->lx);
	}
	bool minus = kind == CEL_TOK_MINUS &&
		     (p->lx.tok.kind == CEL_TOK_INT || p->lx.tok.kind == CEL_TOK_DOUBLE);
	struct cel_expr *e = parse_member(p, minus ? last : p->lx.tok.start, minus);
	struct sv name = kind == CEL_TOK_NOT ? SV("!_") : SV("-_");
	if (minus) {
		n--;
		last = last_but_one;
	}
	if (e && n > 0 && n % 2 == 0)
		e = call_of(p, name, e, NULL, last, p->lx.last_end);
	if (e && n > 0)
		e = call_of(p, name, e, NULL, first, p->lx.last_end);
	return e;
}

static struct cel_expr *parse_binary(struct cel_parser *p, uint8_t least)
{
	uint32_t start = p->lx.tok.start;
	struct cel_expr *left = parse_unary(p);

	while (left) {
		const struct binary *op = &operators[p->lx.tok.kind];
		if (op->precedence < least)
			return left;
		cel_lex(&p->lx);
		struct cel_expr *right = parse_binary(p, op->precedence + 1);
		if (!right)
			return NULL;
		left = call_of(p, op->name, left, right, start, p->lx.last_end);
	}
	return NULL;
}

/* The terms from..to of a chain as a balanced tree; order and short circuits stay the same. */
static struct cel_expr *balance(struct cel_parser *p, size_t from, size_t to, struct sv name,
				enum cel_op op)
{
	if (to - from == 1)
		return p->stack.p[from].e;
	size_t middle = to - (to - from) / 2;
	struct cel_expr *left = balance(p, from, middle, name, op);
	struct cel_expr *right = left ? balance(p, middle, to, name, op) : NULL;
	if (!right)
		return NULL;
	struct cel_expr *e =
		call_of(p, name, left, right, p->stack.p[from].start, p->stack.p[to - 1].end);
	if (e)
		e->op = (uint8_t)op;
	return e;
}

static struct cel_expr *parse_logic(struct cel_parser *p, enum cel_token_kind kind)
{
	size_t mark = p->stack.n;
	struct cel_expr *e;

	for (;;) {
		uint32_t start = p->lx.tok.start;
		e = kind == CEL_TOK_OR ? parse_logic(p, CEL_TOK_AND) : parse_binary(p, 1);
		if (!e || (p->lx.tok.kind != kind && p->stack.n == mark))
			return e;
		push(p, e, start, false);
		if (!accept(p, kind))
			break;
	}
	e = kind == CEL_TOK_OR ? balance(p, mark, p->stack.n, SV("_||_"), CEL_OP_OR)
			       : balance(p, mark, p->stack.n, SV("_&&_"), CEL_OP_AND);
	p->stack.n = mark;
	return e;
}

/* "? b : c" behind a condition; stands on the question mark. */
static struct cel_expr *parse_conditional(struct cel_parser *p, struct cel_expr *condition,
					  uint32_t start)
{
	size_t mark = p->stack.n;

	push(p, condition, start, false);
	cel_lex(&p->lx);
	uint32_t from = p->lx.tok.start;
	struct cel_expr *yes = parse_logic(p, CEL_TOK_OR);
	if (!yes || !expect(p, CEL_TOK_COLON, "an operator or the ':' of '?'"))
		return NULL;
	push(p, yes, from, false);
	from = p->lx.tok.start;
	struct cel_expr *no = parse_expr(p);
	if (!no)
		return NULL;
	push(p, no, from, false);
	struct cel_expr *e = call_stacked(p, SV("_?_:_"), mark, start);
	if (e)
		e->op = CEL_OP_IF;
	return e;
}

static struct cel_expr *parse_expr(struct cel_parser *p)
{
	uint32_t start = p->lx.tok.start;

	if (p->depth >= limit_cel_depth) {
		cel_lex_fail(&p->lx, start, ERR_LIMIT,
			     "this is nested deeper than limit cel_depth allows (%u levels)",
			     (unsigned)limit_cel_depth);
		return NULL;
	}
	p->depth++;
	struct cel_expr *e = parse_logic(p, CEL_TOK_OR);
	if (e && p->lx.tok.kind == CEL_TOK_QUESTION)
		e = parse_conditional(p, e, start);
	p->depth--;
	return e;
}

int cel_parse(struct arena *a, struct sv source, unsigned flags, struct cel_expr **out,
	      struct err *err)
{
	struct cel_parser p = {
		.lx = {.source = source.p ? source : SV(""), .err = err},
		.arena = a,
		.flags = flags,
	};

	if (source.n > limit_cel_bytes)
		return err_set(err, ERR_LIMIT,
			       "an expression of %zu bytes, limit cel_bytes allows %llu", source.n,
			       (unsigned long long)limit_cel_bytes);
	size_t valid = utf8_valid(source);
	if (valid < source.n) {
		cel_lex_fail(&p.lx, (uint32_t)valid, ERR_PARSE, "byte 0x%02X here is not UTF-8",
			     (unsigned char)source.p[valid]);
		return -(int)err->kind;
	}
	cel_lex(&p.lx);
	struct cel_expr *e = parse_expr(&p);
	vec_done(&p.stack);
	if (e && p.lx.tok.kind != CEL_TOK_END)
		cel_lex_expected(&p.lx, "an operator or the end");
	if (p.lx.tok.kind == CEL_TOK_BAD)
		return -(int)err->kind;
	*out = e;
	return 0;
}
