/*
 * The tree of an expression: made by the parser (macros expanded to folds), annotated by the
 * checker, walked by the evaluator. Lives in the arena that it was parsed into; immutable once it
 * is checked, so that many threads and forks can share it.
 */
#pragma once

#include "rule/cel/type.h"
#include "rule/cel/value.h"

enum cel_expr_kind {
	CEL_X_LITERAL,
	CEL_X_IDENT,
	CEL_X_SELECT,
	CEL_X_CALL,
	CEL_X_LIST,
	CEL_X_MAP,
	CEL_X_MESSAGE, /* T{field: value}: parsed; the checker says that messages are not supported
			*/
	CEL_X_FOLD,
	CEL_X_EXPR_KINDS,
};

/* What a macro became. With two variables: index or key, then value. */
enum cel_macro {
	CEL_FOLD_ALL,
	CEL_FOLD_EXISTS,
	CEL_FOLD_EXISTS_ONE,
	CEL_FOLD_MAP, /* map(x, f) and map(x, p, f); transformList */
	CEL_FOLD_FILTER,
	CEL_FOLD_TRANSFORM_MAP,   /* keys kept */
	CEL_FOLD_TRANSFORM_ENTRY, /* value is a map of one entry, or empty */
	CEL_FOLD_BIND,            /* cel.bind(x, init, value): range is init */
	CEL_FOLD_OPT_MAP,         /* o.optMap(x, value) */
	CEL_FOLD_OPT_FLAT_MAP,
};

/* Operators that do not evaluate all their operands. */
enum cel_op { CEL_OP_NONE, CEL_OP_AND, CEL_OP_OR, CEL_OP_IF };

enum cel_expr_flag {
	CEL_X_HAS = 1,      /* select: has(a.b) */
	CEL_X_OPTIONAL = 2, /* select: a.?b */
	CEL_X_ABSOLUTE = 4, /* ident, call: .name */
	CEL_X_MEMBER = 8,   /* call: target.name(args) */
};

/* A name that is not declared, in an unchecked environment: its evaluation is an error. */
#define CEL_NO_SLOT UINT32_MAX

struct cel_overload;

struct cel_expr {
	uint8_t kind;                /* enum cel_expr_kind */
	uint8_t flags;               /* enum cel_expr_flag */
	uint8_t op;                  /* call: enum cel_op */
	uint8_t macro;               /* fold: enum cel_macro */
	uint32_t start, end;         /* bytes in the source, without parentheses around it */
	uint32_t height;             /* of the tree below it: at most limit_cel_depth */
	const struct cel_type *type; /* by the checker; dyn where it does not know */
	union {
		struct cel_value literal;
		struct {
			struct sv name;
			uint32_t slot; /* by the checker; CEL_NO_SLOT */
			bool local;    /* slot of a fold's variable, not of the environment */
		} ident;
		struct {
			struct cel_expr *operand;
			struct sv field;
			int32_t index; /* by the checker: in the schema of a record; -1 = by name */
		} select;
		struct {
			struct sv name;         /* "_+_", "startsWith"; a namespaced function whole:
						   "math.greatest" */
			struct cel_expr **args; /* args[0] is the target of a member call */
			uint32_t n;
			const struct cel_overload *const
				*overloads;   /* by the checker: candidates; none in an
						 unchecked environment: an error */
			uint32_t overloads_n; /* one: no dispatch when the types are known */
			bool bound;           /* the one overload fits whatever comes */
			const void *prepared; /* by the overload's prepare() */
		} call;
		struct {
			struct cel_expr **items;
			const bool *optional; /* [?x]; NULL: none is */
			uint32_t n;
		} list;
		struct {
			struct cel_expr **keys, **values;
			const bool *optional;
			uint32_t n;
			struct sv type_name; /* CEL_X_MESSAGE; keys are string literals */
		} map;
		struct {
			struct sv var, var2;  /* var2 empty: one variable */
			uint32_t slot, slot2; /* by the checker */
			struct cel_expr *range;
			struct cel_expr *
				filter; /* NULL; the predicate of all, exists, exists_one, filter */
			struct cel_expr *value; /* NULL for those */
		} fold;
	};
};

enum cel_parse_flag {
	CEL_PARSE_NO_MACROS = 1,
	/* Of the specification's tests: cel.index(n), cel.iterVar(n, m), cel.accuVar(n, m) become
	 * identifiers that no source can spell, cel.block([...], value) one bind for each element.
	 */
	CEL_PARSE_TEST_MACROS = 2,
};

/* ERR_PARSE (ERR_LIMIT: limit_cel_*) with err->where "line:column" (characters from 1) and a
 * message that names what stands there and what was expected. source outlives the tree. Chains of
 * && and || become balanced trees; other chains are as high as they are long. Operators become
 * calls: _+_ _-_ _*_ _/_ _%_ -_ !_ _==_ _!=_ _<_ _<=_ _>_ _>=_ @in _[_] _[?_] _&&_ _||_ _?_:_. A
 * namespaced call math.abs(x) is a member call of ident math here; the checker resolves it. */
int cel_parse(struct arena *a, struct sv source, unsigned flags, struct cel_expr **out,
	      struct err *err) must_check;
