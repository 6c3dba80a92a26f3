/*
 * Macros: calls that the parser turns into folds. A name of this list with another number of
 * arguments is an error here, not a function that the checker misses.
 */
#include "base/base.h"

#include "rule/cel/parse-int.h"

/* Arguments are counted from 1, 0 is none: x.all(v, filter), cel.bind(v, range, value). */
struct fold {
	struct sv name;
	uint8_t args, vars, filter, value, macro;
};

#define NAME(s)                 \
	{                       \
		s, sizeof s - 1 \
	}

/* The rows of one name stand together. */
static const struct fold folds[] = {
	{NAME("all"), 2, 1, 2, 0, CEL_FOLD_ALL},
	{NAME("all"), 3, 2, 3, 0, CEL_FOLD_ALL},
	{NAME("exists"), 2, 1, 2, 0, CEL_FOLD_EXISTS},
	{NAME("exists"), 3, 2, 3, 0, CEL_FOLD_EXISTS},
	{NAME("exists_one"), 2, 1, 2, 0, CEL_FOLD_EXISTS_ONE},
	{NAME("exists_one"), 3, 2, 3, 0, CEL_FOLD_EXISTS_ONE},
	{NAME("existsOne"), 2, 1, 2, 0, CEL_FOLD_EXISTS_ONE},
	{NAME("existsOne"), 3, 2, 3, 0, CEL_FOLD_EXISTS_ONE},
	{NAME("filter"), 2, 1, 2, 0, CEL_FOLD_FILTER},
	{NAME("map"), 2, 1, 0, 2, CEL_FOLD_MAP},
	{NAME("map"), 3, 1, 2, 3, CEL_FOLD_MAP},
	{NAME("transformList"), 3, 2, 0, 3, CEL_FOLD_MAP},
	{NAME("transformList"), 4, 2, 3, 4, CEL_FOLD_MAP},
	{NAME("transformMap"), 3, 2, 0, 3, CEL_FOLD_TRANSFORM_MAP},
	{NAME("transformMap"), 4, 2, 3, 4, CEL_FOLD_TRANSFORM_MAP},
	{NAME("transformMapEntry"), 3, 2, 0, 3, CEL_FOLD_TRANSFORM_ENTRY},
	{NAME("transformMapEntry"), 4, 2, 3, 4, CEL_FOLD_TRANSFORM_ENTRY},
	{NAME("optMap"), 2, 1, 0, 2, CEL_FOLD_OPT_MAP},
	{NAME("optFlatMap"), 2, 1, 0, 2, CEL_FOLD_OPT_FLAT_MAP},
};

static struct cel_expr *wrong_count(struct cel_parser *p, struct sv name, uint32_t start,
				    unsigned least, unsigned most, size_t got)
{
	if (least == most)
		cel_lex_fail(&p->lx, start, ERR_PARSE, "%.*s() takes %u argument%s, not %zu",
			     SV_ARG(name), least, least == 1 ? "" : "s", got);
	else
		cel_lex_fail(&p->lx, start, ERR_PARSE, "%.*s() takes %u or %u arguments, not %zu",
			     SV_ARG(name), least, most, got);
	return NULL;
}

/* An argument that must be a plain name: the variable of a fold. */
static bool variable(struct cel_parser *p, struct sv macro, const struct cel_item *arg,
		     struct sv *out)
{
	char shown[64];

	if (arg->e->kind == CEL_X_IDENT && !(arg->e->flags & CEL_X_ABSOLUTE)) {
		*out = arg->e->ident.name;
		return true;
	}
	cel_lex_fail(
		&p->lx, arg->start, ERR_PARSE,
		"%.*s() expects the name of a variable here, found '%s'", SV_ARG(macro),
		cel_lex_show(sv_make(p->lx.source.p + arg->start, arg->end - arg->start), shown));
	return false;
}

static uint32_t higher(const struct cel_expr *e, uint32_t below)
{
	return e && e->height > below ? e->height : below;
}

static struct cel_expr *fold(struct cel_parser *p, enum cel_macro macro, uint32_t start,
			     uint32_t end, const struct cel_expr *parts)
{
	uint32_t below =
		higher(parts->fold.range, higher(parts->fold.filter, higher(parts->fold.value, 0)));
	struct cel_expr *e = cel_node(p, CEL_X_FOLD, start, end, below);
	if (e) {
		e->macro = (uint8_t)macro;
		e->fold = parts->fold;
	}
	return e;
}

/* items: the target, then the arguments. */
static struct cel_expr *expand_fold(struct cel_parser *p, const struct fold *row,
				    const struct cel_item *item, uint32_t start, uint32_t end)
{
	struct cel_expr parts = {.fold = {
					 .range = item[0].e,
					 .filter = row->filter ? item[row->filter].e : NULL,
					 .value = row->value ? item[row->value].e : NULL,
				 }};

	if (!variable(p, row->name, &item[1], &parts.fold.var))
		return NULL;
	if (row->vars == 2) {
		if (!variable(p, row->name, &item[2], &parts.fold.var2))
			return NULL;
		if (sv_eq(parts.fold.var, parts.fold.var2)) {
			cel_lex_fail(&p->lx, item[2].start, ERR_PARSE,
				     "both variables of %.*s() are named '%.*s'", SV_ARG(row->name),
				     SV_ARG(parts.fold.var));
			return NULL;
		}
	}
	return fold(p, (enum cel_macro)row->macro, start, end, &parts);
}

static struct cel_expr *bind(struct cel_parser *p, struct sv var, struct cel_expr *init,
			     struct cel_expr *value, uint32_t start, uint32_t end)
{
	const struct cel_expr parts = {.fold = {.var = var, .range = init, .value = value}};

	return fold(p, CEL_FOLD_BIND, start, end, &parts);
}

static struct cel_expr *ident(struct cel_parser *p, struct sv name, uint32_t start, uint32_t end)
{
	struct cel_expr *e = cel_node(p, CEL_X_IDENT, start, end, 0);

	if (e)
		e->ident.name = name;
	return e;
}

/* x.sortBy(v, key): x and the keys of its elements, side by side, to a function of the library
 * lists. x is bound to a name, so that it is evaluated once. */
static struct cel_expr *expand_sort_by(struct cel_parser *p, const struct cel_item *item, size_t n,
				       uint32_t start, uint32_t end)
{
	const struct sv list = SV("@list"), name = SV("sortBy");
	struct cel_expr parts = {0};
	struct cel_expr **args = ARENA_ARRAY(p->arena, 2, struct cel_expr *);

	if (n != 2)
		return wrong_count(p, name, start, 2, 2, n);
	parts.fold.value = item[2].e;
	if (!variable(p, name, &item[1], &parts.fold.var))
		return NULL;
	parts.fold.range = ident(p, list, item[0].start, item[0].end);
	args[0] = ident(p, list, item[0].start, item[0].end);
	if (!parts.fold.range || !args[0])
		return NULL;
	args[1] = fold(p, CEL_FOLD_MAP, start, end, &parts);
	if (!args[1])
		return NULL;
	struct cel_expr *e = cel_node(p, CEL_X_CALL, start, end, args[1]->height);
	if (!e)
		return NULL;
	e->flags = CEL_X_MEMBER;
	e->call.name = SV("@sortByAssociatedKeys");
	e->call.args = args;
	e->call.n = 2;
	return bind(p, list, item[0].e, e, start, end);
}

static bool expand_member(struct cel_parser *p, struct sv name, size_t mark, uint32_t start,
			  uint32_t end, struct cel_expr **out)
{
	size_t n = p->stack.n - mark - 1;
	const struct fold *last = NULL;

	if (sv_is(name, "sortBy")) {
		*out = expand_sort_by(p, &p->stack.p[mark], n, start, end);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		if (folds[i].name.n != name.n || !sv_eq(folds[i].name, name))
			continue;
		last = &folds[i];
		if (last->args == n) {
			*out = expand_fold(p, last, &p->stack.p[mark], start, end);
			return true;
		}
	}
	if (!last)
		return false;
	unsigned least = last->args - (last > folds && sv_eq(last[-1].name, name) ? 1U : 0U);
	*out = wrong_count(p, name, start, least, last->args, n);
	return true;
}

static bool expand_has(struct cel_parser *p, size_t mark, uint32_t start, uint32_t end,
		       struct cel_expr **out)
{
	size_t n = p->stack.n - mark;
	char shown[64];

	*out = NULL;
	if (n != 1) {
		(void)wrong_count(p, SV("has"), start, 1, 1, n);
		return true;
	}
	const struct cel_item *arg = &p->stack.p[mark];
	if (arg->e->kind != CEL_X_SELECT || arg->e->flags) {
		cel_lex_fail(
			&p->lx, arg->start, ERR_PARSE,
			"has() expects a field, as has(a.b), found '%s'",
			cel_lex_show(sv_make(p->lx.source.p + arg->start, arg->end - arg->start),
				     shown));
	} else {
		*out = arg->e;
		(*out)->flags = CEL_X_HAS;
		(*out)->start = start;
		(*out)->end = end;
	}
	return true;
}

static struct cel_expr *expand_bind(struct cel_parser *p, const struct cel_item *item, size_t n,
				    uint32_t start, uint32_t end)
{
	struct sv var;

	if (n != 3)
		return wrong_count(p, SV("cel.bind"), start, 3, 3, n);
	if (!variable(p, SV("cel.bind"), &item[0], &var))
		return NULL;
	return bind(p, var, item[1].e, item[2].e, start, end);
}

/* The names that the macros of the tests make: '@' begins no identifier of a source. */
static struct cel_expr *hidden(struct cel_parser *p, struct sv name, const struct cel_item *item,
			       size_t n, uint32_t start, uint32_t end)
{
	size_t want = sv_is(name, "index") ? 1 : 2;

	if (n != want)
		return wrong_count(p, name, start, (unsigned)want, (unsigned)want, n);
	for (size_t i = 0; i < n; i++) {
		if (item[i].e->kind != CEL_X_LITERAL || item[i].e->literal.kind != CEL_INT ||
		    item[i].e->literal.i < 0) {
			cel_lex_fail(&p->lx, item[i].start, ERR_PARSE,
				     "cel.%.*s() expects a number that is not negative",
				     SV_ARG(name));
			return NULL;
		}
	}
	long long a = (long long)item[0].e->literal.i;
	if (want == 1)
		return ident(p, arena_fmt(p->arena, "@index%lld", a), start, end);
	long long b = (long long)item[1].e->literal.i;
	return ident(p, arena_fmt(p->arena, "@%.*s:%lld:%lld", SV_ARG(name), a, b), start, end);
}

/* cel.block([a, b], c): c with a bound to cel.index(0) and b, which sees a, to cel.index(1). */
static struct cel_expr *expand_block(struct cel_parser *p, const struct cel_item *item, size_t n,
				     uint32_t start, uint32_t end)
{
	if (n != 2)
		return wrong_count(p, SV("cel.block"), start, 2, 2, n);
	const struct cel_expr *list = item[0].e;
	struct cel_expr *e = item[1].e;
	if (list->kind != CEL_X_LIST || list->list.optional) {
		cel_lex_fail(&p->lx, item[0].start, ERR_PARSE,
			     "cel.block() expects a list of expressions here");
		return NULL;
	}
	for (uint32_t i = list->list.n; e && i-- > 0;)
		e = bind(p, arena_fmt(p->arena, "@index%u", i), list->list.items[i], e, start, end);
	return e;
}

/* cel.bind() and its kind: the target is the identifier cel. */
static bool expand_cel(struct cel_parser *p, struct sv name, size_t mark, uint32_t start,
		       uint32_t end, struct cel_expr **out)
{
	const struct cel_item *args = &p->stack.p[mark + 1];
	size_t n = p->stack.n - mark - 1;

	if (sv_is(name, "bind"))
		*out = expand_bind(p, args, n, start, end);
	else if (!(p->flags & CEL_PARSE_TEST_MACROS))
		return false;
	else if (sv_is(name, "block"))
		*out = expand_block(p, args, n, start, end);
	else if (sv_is(name, "index") || sv_is(name, "iterVar") || sv_is(name, "accuVar"))
		*out = hidden(p, name, args, n, start, end);
	else
		return false;
	return true;
}

bool cel_macro_expand(struct cel_parser *p, struct sv name, bool member, size_t mark,
		      uint32_t start, uint32_t end, struct cel_expr **out)
{
	if (!member)
		return sv_eq(name, SV("has")) && expand_has(p, mark, start, end, out);
	const struct cel_expr *target = p->stack.p[mark].e;
	if (target->kind == CEL_X_IDENT && sv_is(target->ident.name, "cel") &&
	    !(target->flags & CEL_X_ABSOLUTE) && expand_cel(p, name, mark, start, end, out))
		return true;
	return expand_member(p, name, mark, start, end, out);
}
