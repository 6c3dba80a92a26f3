/* Words of instructions as BuildKit processes them: quotes, escapes, variables. */
#include "fact/dockerfile/facts.h"

enum { EXPAND_DEPTH = 8, EXPAND_MAX = 65536, PATTERN_MAX = 256 };

struct expansion {
	const struct df_scope *s;
	struct buf out;
	bool unknown;
	unsigned depth;
};

static void expand(struct expansion *e, struct sv word);

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static void put(struct expansion *e, struct sv text)
{
	if (e->out.n + text.n > EXPAND_MAX) {
		e->unknown = true;
		return;
	}
	buf_sv(&e->out, text);
}

static const struct df_var *find(const struct expansion *e, struct sv name)
{
	const struct map_entry *m = map_find(e->s->vars, name);

	return m ? m->ptr : NULL;
}

static void put_variable(struct expansion *e, const struct df_var *var, struct sv written)
{
	if (var && var->known && var->value.n <= *e->s->room) {
		*e->s->room -= var->value.n;
		put(e, var->value);
		return;
	}
	e->unknown = true;
	put(e, written);
}

/* The word behind an operator. */
static void put_word(struct expansion *e, struct sv word, struct sv written)
{
	if (e->depth >= EXPAND_DEPTH) {
		e->unknown = true;
		put(e, written);
		return;
	}
	e->depth++;
	expand(e, word);
	e->depth--;
}

static void put_pattern(struct expansion *e, const struct df_var *var, struct sv rest,
			struct sv written)
{
	auto_done(buf_done) struct buf out = {0};
	bool good = var && var->known && var->value.n <= PATTERN_MAX && rest.n <= PATTERN_MAX &&
		    df_pattern(&out, var->value, rest);
	const struct df_var now = {.value = buf_view(&out), .known = true};

	put_variable(e, good ? &now : NULL, written);
}

/* ${NAME...} without the braces. */
static void braces(struct expansion *e, struct sv inner, struct sv written)
{
	size_t n = 0;

	while (n < inner.n && name_char(inner.p[n]))
		n++;
	const struct df_var *var = find(e, sv_head(inner, n));
	struct sv rest = sv_from(inner, n);
	bool colon = sv_starts(rest, SV(":"));
	rest = sv_from(rest, colon);
	bool set = var && var->known && !(colon && !var->value.n);
	if (!rest.n || *rest.p == '?') {
		put_variable(e, var, written);
	} else if (*rest.p == '-') {
		if (set)
			put_variable(e, var, written);
		else
			put_word(e, sv_from(rest, 1), written);
	} else if (*rest.p == '+') {
		if (set)
			put_word(e, sv_from(rest, 1), written);
	} else {
		put_pattern(e, var, rest, written);
	}
}

/* The length of ${...}, braces in it and escapes counted; 0: it has no end. */
static size_t braces_length(struct sv v, char escape)
{
	unsigned open = 0;

	for (size_t i = 1; i < v.n; i++) {
		if (v.p[i] == escape)
			i++;
		else if (v.p[i] == '{')
			open++;
		else if (v.p[i] == '}' && --open == 0)
			return i + 1;
	}
	return 0;
}

/* At $; returns the bytes taken. */
static size_t variable(struct expansion *e, struct sv v)
{
	size_t n = 1;

	if (v.n > 1 && v.p[1] == '{') {
		n = braces_length(v, e->s->escape);
		if (n) {
			braces(e, sv_head(sv_from(v, 2), n - 3), sv_head(v, n));
			return n;
		}
		put(e, v);
		return v.n;
	}
	while (n < v.n && name_char(v.p[n]))
		n++;
	if (n == 1)
		put(e, sv_head(v, 1));
	else
		put_variable(e, find(e, sv_head(sv_from(v, 1), n - 1)), sv_head(v, n));
	return n;
}

static void expand(struct expansion *e, struct sv v)
{
	char quote = 0;

	while (v.n) {
		char c = *v.p;
		size_t n = 1;
		if (quote == '\'' && c != '\'') {
			put(e, sv_head(v, 1));
		} else if (c == quote) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
		} else if (c == '$') {
			n = variable(e, v);
		} else if (c == e->s->escape && v.n > 1) {
			bool kept =
				quote && v.p[1] != '"' && v.p[1] != '$' && v.p[1] != e->s->escape;
			put(e, kept ? sv_head(v, 2) : sv_head(sv_from(v, 1), 1));
			n = 2;
		} else {
			put(e, sv_head(v, 1));
		}
		v = sv_from(v, n);
	}
}

struct sv df_expand(const struct df_scope *s, struct sv word, bool *unknown)
{
	struct expansion e = {.s = s};
	size_t i = 0;

	while (i < word.n && word.p[i] != '$' && word.p[i] != '"' && word.p[i] != '\'' &&
	       word.p[i] != s->escape)
		i++;
	if (i == word.n)
		return word;
	expand(&e, word);
	if (unknown && e.unknown)
		*unknown = true;
	struct sv out = arena_sv(s->a, buf_view(&e.out));
	buf_done(&e.out);
	return out;
}
