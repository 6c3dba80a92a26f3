/* The parser of CEL: spans lie in the source and in their parent, heights are right and bounded,
 * every error has a place and a message that can be shown. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "rule/cel/ast.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_tree(const struct cel_expr *e);

/* One child; the highest so far. */
static void child(const struct cel_expr *e, const struct cel_expr *c, uint32_t *below)
{
	if (!c)
		return;
	check(c->start >= e->start && c->end <= e->end);
	check_tree(c);
	if (c->height > *below)
		*below = c->height;
}

static void children(const struct cel_expr *e, struct cel_expr **c, uint32_t n, uint32_t *below)
{
	for (uint32_t i = 0; i < n; i++) {
		check(c[i] != NULL);
		child(e, c[i], below);
	}
}

static void check_tree(const struct cel_expr *e)
{
	uint32_t below = 0;

	check(e->start < e->end && e->height > 0 && e->height <= limit_cel_depth);
	switch (e->kind) {
	case CEL_X_SELECT:
		check(e->select.operand != NULL && e->select.field.n > 0);
		child(e, e->select.operand, &below);
		break;
	case CEL_X_CALL:
		check(e->call.name.n > 0);
		children(e, e->call.args, e->call.n, &below);
		break;
	case CEL_X_LIST:
		children(e, e->list.items, e->list.n, &below);
		break;
	case CEL_X_MAP:
	case CEL_X_MESSAGE:
		check((e->kind == CEL_X_MESSAGE) == (e->map.type_name.n > 0));
		children(e, e->map.keys, e->map.n, &below);
		children(e, e->map.values, e->map.n, &below);
		break;
	case CEL_X_FOLD:
		check(e->fold.var.n > 0 && e->fold.range && (e->fold.filter || e->fold.value));
		child(e, e->fold.range, &below);
		child(e, e->fold.filter, &below);
		child(e, e->fold.value, &below);
		break;
	case CEL_X_LITERAL:
		if (e->literal.kind == CEL_STRING)
			check(utf8_valid(e->literal.s) == e->literal.s.n);
		break;
	default:
		check(e->kind == CEL_X_IDENT && e->ident.name.n > 0);
		break;
	}
	check(e->height == below + 1);
}

static void check_error(const struct err *err)
{
	struct sv msg = sv_of(err->msg);
	uint32_t cp;
	size_t n;

	check(err->kind == ERR_PARSE || err->kind == ERR_LIMIT);
	check(msg.n > 0 && (err->where[0] || err->kind == ERR_LIMIT));
	for (; msg.n; msg = sv_from(msg, n)) {
		n = utf8_decode(msg, &cp);
		check(n > 0 && !text_is_control(cp));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (unsigned flags = 0; flags <= CEL_PARSE_TEST_MACROS; flags++) {
		auto_done(arena_done) struct arena a = {0};
		struct cel_expr *e = NULL;
		struct err err = {0};

		if (cel_parse(&a, sv_make(data, size), flags, &e, &err) == 0) {
			check(e->end <= size);
			check_tree(e);
		} else {
			check(e == NULL);
			check_error(&err);
		}
	}
	return 0;
}
