#include "rule/cel/env.h"

#include "rule/cel/function.h"
#include "rule/cel/unify.h"

#define LIBRARY(name) extern const struct cel_library cel_library_##name;
#include "rule/cel/libraries.def"
#undef LIBRARY

#define LIBRARY(name) &cel_library_##name,
static const struct cel_library *const libraries[] = {
#include "rule/cel/libraries.def"
	NULL,
};
#undef LIBRARY

static struct cel_function *function_put(struct cel_env *e, struct sv name)
{
	bool made;
	struct map_entry *at = map_put(&e->functions, name, &made);

	if (made) {
		struct cel_function *f = ARENA_NEW(e->arena, struct cel_function);
		f->name = name;
		at->ptr = f;
	}
	return at->ptr;
}

static void row_add(struct cel_env *e, const struct cel_overload_row *row)
{
	struct cel_function *f = function_put(e, sv_of(row->name));
	struct cel_rows *r = ARENA_NEW(e->arena, struct cel_rows);

	r->row = row;
	if (f->last)
		f->last->next = r;
	else
		f->rows = r;
	f->last = r;
	f->overloads = NULL;
	f->n++;
}

void cel_env_init(struct cel_env *e, struct arena *a)
{
	*e = (struct cel_env){.arena = a};
	for (size_t i = 0; libraries[i]; i++)
		for (size_t k = 0; k < libraries[i]->n; k++)
			row_add(e, &libraries[i]->rows[k]);
}

void cel_env_done(struct cel_env *e)
{
	vec_done(&e->variables);
	map_done(&e->functions);
}

uint32_t cel_env_variable(struct cel_env *e, struct sv name, const struct cel_type *type)
{
	*VEC_PUSH(&e->variables) = (struct cel_variable){arena_sv(e->arena, name), type};
	return (uint32_t)(e->variables.n - 1);
}

/* More parameters than any function has; also what fits the type's frame of variables. */
#define PARAMS_MAX 16

static bool take(struct sv *text, const char *what)
{
	while (text->n && *text->p == ' ')
		*text = sv_from(*text, 1);
	if (!sv_starts(*text, sv_of(what)))
		return false;
	*text = sv_from(*text, strlen(what));
	return true;
}

static int bad_signature(const struct cel_overload_row *row, const char *what, struct err *err)
{
	return err_set(err, ERR_BUG, "the signature '%s' of '%s': %s", row->signature, row->name,
		       what);
}

/* After the opening parenthesis, up to the closing one. */
static int take_list(struct cel_env *e, struct sv *text, struct cel_overload *o,
		     const struct cel_type **params, struct err *err)
{
	if (take(text, ")"))
		return 0;
	do {
		if (take(text, "...")) {
			o->variadic = true;
			break;
		}
		if (o->n == PARAMS_MAX)
			return bad_signature(o->row, "too many parameters", err);
		int rc = cel_type_parse(e->arena, text, &params[o->n], err);
		if (rc < 0)
			return rc;
		o->n++;
		o->variadic = take(text, "...");
	} while (take(text, ","));
	if (!take(text, ")"))
		return bad_signature(o->row, "no closing ')'", err);
	return 0;
}

static bool names_params(const struct cel_type *t)
{
	if (t->kind == CEL_T_PARAM)
		return true;
	for (unsigned i = 0; i < t->n; i++)
		if (names_params(t->params[i]))
			return true;
	return false;
}

static int signature_parse(struct cel_env *e, const struct cel_overload_row *row,
			   struct cel_overload *o, struct err *err)
{
	const struct cel_type *params[PARAMS_MAX];
	struct sv text = sv_of(row->signature);
	int rc = 0;

	o->row = row;
	if (text.n && *text.p != '(') {
		o->member = true;
		rc = cel_type_parse(e->arena, &text, &params[o->n++], err);
		if (rc == 0 && !take(&text, "."))
			return bad_signature(row, "no '.' behind the target", err);
	}
	if (rc == 0 && !take(&text, "("))
		return bad_signature(row, "no '('", err);
	if (rc == 0)
		rc = take_list(e, &text, o, params, err);
	if (rc == 0 && !take(&text, "->"))
		return bad_signature(row, "no '->'", err);
	if (rc == 0)
		rc = cel_type_parse(e->arena, &text, &o->result, err);
	if (rc < 0)
		return rc;
	if (text.n)
		return bad_signature(row, "something behind the result", err);
	if (o->variadic && o->n == (o->member ? 1 : 0))
		return bad_signature(row, "nothing before '...'", err);
	o->params = ARENA_ARRAY(e->arena, o->n, const struct cel_type *);
	for (unsigned i = 0; i < o->n; i++) {
		o->params[i] = params[i];
		o->generic |= names_params(params[i]);
	}
	o->generic |= names_params(o->result);
	return 0;
}

int cel_env_function(struct cel_env *e, const struct cel_overload_row *row, struct err *err)
{
	struct cel_overload o = {0};
	int rc = signature_parse(e, row, &o, err);

	if (rc < 0)
		return rc;
	row_add(e, row);
	return 0;
}

static int function_parse(struct cel_env *e, struct cel_function *f, struct err *err)
{
	const struct cel_overload **all = ARENA_ARRAY(e->arena, f->n, const struct cel_overload *);
	size_t i = 0;

	for (const struct cel_rows *r = f->rows; r; r = r->next) {
		struct cel_overload *o = ARENA_NEW(e->arena, struct cel_overload);
		int rc = signature_parse(e, r->row, o, err);
		if (rc < 0)
			return rc;
		all[i++] = o;
	}
	f->overloads = all;
	return 0;
}

int function_find(struct cel_env *e, struct sv name, const struct cel_function **out,
		  struct err *err)
{
	const struct map_entry *at = map_find(&e->functions, name);
	struct cel_function *f = at ? at->ptr : NULL;

	if (f && !f->overloads) {
		int rc = function_parse(e, f, err);
		if (rc < 0)
			return rc;
	}
	*out = f;
	return 0;
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.';
}

/* The name as a whole word of the signature; the point before "(" is the member's. */
static bool has_word(struct sv text, struct sv word)
{
	size_t at;

	while ((at = sv_find(text, word)) != SIZE_MAX) {
		struct sv rest = sv_from(text, at + word.n);
		bool starts = at == 0 || !is_word_char(text.p[at - 1]);
		bool ends = rest.n == 0 || !is_word_char(*rest.p) || sv_starts(rest, SV(".("));
		if (starts && ends)
			return true;
		text = sv_from(text, at + 1);
	}
	return false;
}

bool function_names_type(const struct cel_env *e, struct sv name)
{
	size_t at = 0;

	/* a single letter is a type parameter */
	if (name.n < 2)
		return false;
	for (struct map_entry *m; (m = map_next(&e->functions, &at)) != NULL;)
		for (const struct cel_rows *r = ((struct cel_function *)m->ptr)->rows; r;
		     r = r->next)
			if (has_word(sv_of(r->row->signature), name))
				return true;
	return false;
}
