/* Words of shell text, and the substitutions in them. */
#include "fact/dockerfile/shell-int.h"

#include "base/limits.h"

static void nested(struct scan *outer, char until)
{
	struct scan sc = {.s = outer->s,
			  .t = outer->t,
			  .v = outer->v,
			  .i = outer->i,
			  .depth = outer->depth + 1,
			  .nest = outer->nest + 1,
			  .until = until,
			  .slot = SIZE_MAX,
			  .before = ""};

	if (sc.nest >= limit_shell_depth) {
		outer->s->cut = true;
		outer->i = outer->v.n;
		return;
	}
	shell_list(&sc);
	outer->i = sc.i;
}

/* Behind ((: to the )) that closes it. */
void shell_skip_arithmetic(struct scan *sc)
{
	unsigned open = 2;

	for (; sc->i < sc->v.n && open; sc->i++)
		open += sc->v.p[sc->i] == '(' ? 1u : sc->v.p[sc->i] == ')' ? -1u : 0u;
}

/* Behind ${: to the brace that closes it. */
static void skip_parameter(struct scan *sc)
{
	unsigned open = 1;

	for (; sc->i < sc->v.n && open; sc->i++) {
		char c = sc->v.p[sc->i];
		if (c == '\\')
			sc->i++;
		open += c == '{' ? 1u : c == '}' ? -1u : 0u;
	}
	if (sc->i > sc->v.n)
		sc->i = sc->v.n;
}

static void backquotes(struct scan *sc)
{
	size_t from = ++sc->i;
	bool escaped = false;

	while (sc->i < sc->v.n && sc->v.p[sc->i] != '`') {
		if (sc->v.p[sc->i] == '\\') {
			escaped = true;
			sc->i++;
		}
		sc->i++;
	}
	if (sc->i > sc->v.n)
		sc->i = sc->v.n;
	struct df_text part = df_part(sc->t, from, sc->i - from);
	sc->i += sc->i < sc->v.n;
	if (escaped) {
		char *out = arena_alloc(sc->s->a, part.text.n);
		size_t n = 0;
		for (size_t k = 0; k < part.text.n; k++) {
			char c = part.text.p[k],
			     next = k + 1 < part.text.n ? part.text.p[k + 1] : 0;
			k += c == '\\' && (next == '`' || next == '\\' || next == '$');
			out[n++] = part.text.p[k];
		}
		part.text = sv_make(out, n);
		part.n = 0;
	}
	shell_scan(sc->s, &part, sc->depth + 1, sc->nest + 1);
}

/* At $ or `: what it stands for is kept as written. */
static void substitution(struct scan *sc)
{
	size_t from = sc->i;

	if (shell_at(sc, 0) == '`') {
		backquotes(sc);
	} else if (shell_here(sc, "$((")) {
		sc->i += 3;
		shell_skip_arithmetic(sc);
	} else if (shell_here(sc, "$(")) {
		sc->i += 2;
		nested(sc, ')');
	} else if (shell_here(sc, "${")) {
		sc->i += 2;
		skip_parameter(sc);
	} else {
		sc->i++;
	}
	buf_add(&sc->word, sc->v.p + from, sc->i - from);
}

static void single_quotes(struct scan *sc)
{
	size_t from = ++sc->i;

	while (sc->i < sc->v.n && sc->v.p[sc->i] != '\'')
		sc->i++;
	buf_add(&sc->word, sc->v.p + from, sc->i - from);
	sc->i += sc->i < sc->v.n;
}

static void double_quotes(struct scan *sc)
{
	sc->i++;
	while (sc->i < sc->v.n && sc->v.p[sc->i] != '"') {
		char c = sc->v.p[sc->i];
		if (c == '\\' && sc->i + 1 < sc->v.n) {
			char next = sc->v.p[sc->i + 1];
			if (!strchr("\"\\$`\n", next) || !next)
				buf_char(&sc->word, '\\');
			if (next != '\n')
				buf_char(&sc->word, next);
			sc->i += 2;
		} else if (c == '$' || c == '`') {
			substitution(sc);
		} else {
			buf_char(&sc->word, c);
			sc->i++;
		}
	}
	sc->i += sc->i < sc->v.n;
}

bool shell_ends_word(const struct scan *sc)
{
	char c = sc->v.p[sc->i];

	return shell_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' ||
	       c == ')' || c == '<' || c == '>';
}

/* Behind so many bytes: commands up to the parenthesis that closes; kept as written. */
static void parens(struct scan *sc, size_t opens)
{
	size_t from = sc->i;

	sc->i += opens;
	nested(sc, ')');
	buf_add(&sc->word, sc->v.p + from, sc->i - from);
}

/* One piece of a word that is more than plain bytes. False: the word ends. */
static bool word_piece(struct scan *sc)
{
	char c = sc->v.p[sc->i];

	if (c == '\'') {
		single_quotes(sc);
	} else if (c == '"') {
		double_quotes(sc);
	} else if (c == '$' || c == '`') {
		if (c == '$' && (shell_at(sc, 1) == '\'' || shell_at(sc, 1) == '"'))
			sc->i++;
		else
			substitution(sc);
	} else if (c == '\\') {
		if (sc->i + 1 < sc->v.n && sc->v.p[sc->i + 1] != '\n')
			buf_char(&sc->word, sc->v.p[sc->i + 1]);
		sc->i = sc->i + 2 > sc->v.n ? sc->v.n : sc->i + 2;
	} else if ((c == '<' || c == '>') && shell_at(sc, 1) == '(') {
		parens(sc, 2);
	} else if (c == '(' && sc->word.n && sc->word.p[sc->word.n - 1] == '=') {
		parens(sc, 1); /* bash: name=(a b) */
	} else if (shell_ends_word(sc)) {
		return false;
	} else {
		buf_char(&sc->word, c);
		sc->i++;
	}
	return true;
}

/* False: no word stands here. */
bool shell_read_word(struct scan *sc, struct shell_word *w)
{
	size_t from = sc->i;

	while (sc->i < sc->v.n && !shell_ends_word(sc) && !strchr("'\"$`\\=", sc->v.p[sc->i]))
		sc->i++;
	bool plain =
		sc->i == sc->v.n ||
		(shell_ends_word(sc) && !(shell_at(sc, 1) == '(' && strchr("<>", shell_at(sc, 0))));
	if (!plain) {
		buf_clear(&sc->word);
		buf_add(&sc->word, sc->v.p + from, sc->i - from);
		while (sc->i < sc->v.n && word_piece(sc))
			;
	}
	if (sc->i == from)
		return false;
	struct df_text part = df_part(sc->t, from, sc->i - from);
	*w = (struct shell_word){.text = part.text, .start = part.start, .end = part.end};
	if (!plain && !sv_eq(buf_view(&sc->word), part.text)) {
		w->text = arena_sv(sc->s->a, buf_view(&sc->word));
		w->quoted = true;
	}
	if (++sc->s->words > limit_shell_words) {
		sc->s->cut = true;
		sc->i = sc->v.n;
	}
	return true;
}
