/* A tree of CEL as text, for tables of tests: (name args), (.f target args) for members, (. x f),
 * (.? x f), (has x f), [a ?b], {k: v}, T{f: v}, (all x range filter), ':' before a fold's value. */
#pragma once

#include "base/text.h"
#include "rule/cel/ast.h"

static inline void sexpr(struct buf *b, const struct cel_expr *e);

static inline void sexpr_literal(struct buf *b, const struct cel_value *v)
{
	switch (v->kind) {
	case CEL_NULL:
		buf_str(b, "null");
		break;
	case CEL_BOOL:
		buf_str(b, v->b ? "true" : "false");
		break;
	case CEL_INT:
		buf_fmt(b, "%lld", (long long)v->i);
		break;
	case CEL_UINT:
		buf_fmt(b, "%lluu", (unsigned long long)v->u);
		break;
	case CEL_DOUBLE:
		buf_fmt(b, "%#g", v->d);
		break;
	default:
		buf_str(b, v->kind == CEL_BYTES ? "b\"" : "\"");
		text_escape(b, v->s);
		buf_char(b, '"');
		break;
	}
}

static inline void sexpr_entries(struct buf *b, const struct cel_expr *e)
{
	buf_sv(b, e->map.type_name);
	buf_char(b, '{');
	for (uint32_t i = 0; i < e->map.n; i++) {
		if (i)
			buf_char(b, ' ');
		if (e->map.optional && e->map.optional[i])
			buf_char(b, '?');
		sexpr(b, e->map.keys[i]);
		buf_char(b, ':');
		sexpr(b, e->map.values[i]);
	}
	buf_char(b, '}');
}

static inline void sexpr_fold(struct buf *b, const struct cel_expr *e)
{
	static const char *const names[] = {"all",    "exists",       "exists_one",        "map",
					    "filter", "transformMap", "transformMapEntry", "bind",
					    "optMap", "optFlatMap"};

	buf_fmt(b, "(%s %.*s", names[e->macro], SV_ARG(e->fold.var));
	if (e->fold.var2.n)
		buf_fmt(b, ",%.*s", SV_ARG(e->fold.var2));
	buf_char(b, ' ');
	sexpr(b, e->fold.range);
	if (e->fold.filter) {
		buf_char(b, ' ');
		sexpr(b, e->fold.filter);
	}
	if (e->fold.value) {
		buf_str(b, " :");
		sexpr(b, e->fold.value);
	}
	buf_char(b, ')');
}

static inline void sexpr_call(struct buf *b, const struct cel_expr *e)
{
	buf_fmt(b, "(%s%.*s", e->flags & (CEL_X_MEMBER | CEL_X_ABSOLUTE) ? "." : "",
		SV_ARG(e->call.name));
	for (uint32_t i = 0; i < e->call.n; i++) {
		buf_char(b, ' ');
		sexpr(b, e->call.args[i]);
	}
	buf_char(b, ')');
}

static inline void sexpr(struct buf *b, const struct cel_expr *e)
{
	switch (e->kind) {
	case CEL_X_LITERAL:
		sexpr_literal(b, &e->literal);
		break;
	case CEL_X_IDENT:
		buf_fmt(b, "%s%.*s", e->flags & CEL_X_ABSOLUTE ? "." : "", SV_ARG(e->ident.name));
		break;
	case CEL_X_SELECT:
		buf_str(b, e->flags & CEL_X_HAS        ? "(has "
			   : e->flags & CEL_X_OPTIONAL ? "(.? "
						       : "(. ");
		sexpr(b, e->select.operand);
		buf_fmt(b, " %.*s)", SV_ARG(e->select.field));
		break;
	case CEL_X_CALL:
		sexpr_call(b, e);
		break;
	case CEL_X_LIST:
		buf_char(b, '[');
		for (uint32_t i = 0; i < e->list.n; i++) {
			buf_str(b, i ? " " : "");
			buf_str(b, e->list.optional && e->list.optional[i] ? "?" : "");
			sexpr(b, e->list.items[i]);
		}
		buf_char(b, ']');
		break;
	case CEL_X_FOLD:
		sexpr_fold(b, e);
		break;
	default:
		sexpr_entries(b, e);
		break;
	}
}
