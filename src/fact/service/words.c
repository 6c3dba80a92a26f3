#include "fact/service/words.h"

#include "base/buf.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_operator(char c)
{
	return c == ';' || c == '&' || c == '|' || c == '<' || c == '>' || c == '(' || c == ')' ||
	       c == '\n';
}

/* A backslash at the end of a line joins it with the next. */
static size_t joined(struct sv text, size_t at)
{
	if (text.p[at] != '\\' || at + 1 >= text.n)
		return 0;
	if (text.p[at + 1] == '\n')
		return 2;
	return text.p[at + 1] == '\r' && at + 2 < text.n && text.p[at + 2] == '\n' ? 3 : 0;
}

static size_t skip_blanks(struct sv text, size_t at, bool comments)
{
	while (at < text.n) {
		size_t join = joined(text, at);
		if (join == 0 && !is_blank(text.p[at]))
			break;
		at += join ? join : 1;
	}
	if (comments && at < text.n && text.p[at] == '#')
		while (at < text.n && text.p[at] != '\n')
			at++;
	return at;
}

struct cutter {
	struct sv text;
	size_t at;
	struct buf word;
	bool operators; /* they end words, and substitutions are told */
	bool quoted, substitution;
};

/* $( up to the parenthesis that closes it, ` up to the next one: as they stand. */
static bool take_substitution(struct cutter *c)
{
	struct sv rest = sv_from(c->text, c->at);
	size_t n = 0, open = 0;

	if (rest.p[0] == '`') {
		n = sv_find_char(sv_from(rest, 1), '`');
		n = n == SIZE_MAX ? rest.n : n + 2;
	} else if (rest.p[0] == '$' && rest.n > 1 && rest.p[1] == '(') {
		for (n = 1; n < rest.n; n++) {
			open += rest.p[n] == '(';
			open -= rest.p[n] == ')';
			if (open == 0)
				break;
		}
		n += n < rest.n;
	}
	if (n == 0)
		return false;
	c->substitution = true;
	buf_sv(&c->word, sv_head(rest, n));
	c->at += n;
	return true;
}

/* From the opening quote on; false: no end. */
static bool take_quoted(struct cutter *c)
{
	char quote = c->text.p[c->at++];

	c->quoted = true;
	while (c->at < c->text.n && c->text.p[c->at] != quote) {
		char ch = c->text.p[c->at];
		bool more = c->at + 1 < c->text.n;
		if (quote == '"' && c->operators && take_substitution(c))
			continue;
		if (quote == '"' && ch == '\\' && more) {
			char next = c->text.p[c->at + 1];
			size_t join = joined(c->text, c->at);
			if (join) {
				c->at += join;
				continue;
			}
			if (next == '"' || next == '\\' || next == '$' || next == '`')
				c->at++;
		}
		buf_char(&c->word, c->text.p[c->at++]);
	}
	return c->at++ < c->text.n;
}

/* One character outside of quotes. */
static void take_char(struct cutter *c)
{
	size_t join = joined(c->text, c->at);

	if (join) {
		c->at += join;
		return;
	}
	if (c->operators && take_substitution(c))
		return;
	if (c->text.p[c->at] == '\\' && c->at + 1 < c->text.n)
		c->at++;
	buf_char(&c->word, c->text.p[c->at++]);
}

static bool ends_word(const struct cutter *c)
{
	char ch = c->text.p[c->at];

	return is_blank(ch) || (c->operators ? is_operator(ch) : ch == '\n');
}

static enum word_end cut_word(struct arena *a, struct sv text, size_t *at, bool operators,
			      struct word *out)
{
	struct cutter c = {
		.text = text, .at = skip_blanks(text, *at, operators), .operators = operators};
	bool open = false;

	while (!operators && c.at < text.n && text.p[c.at] == '\n')
		c.at = skip_blanks(text, c.at + 1, false);
	*at = c.at;
	if (c.at >= text.n)
		return WORD_NONE;
	if (operators && is_operator(text.p[c.at]))
		return WORD_BREAK;
	while (c.at < text.n && !open && !ends_word(&c)) {
		char ch = text.p[c.at];
		if (ch == '\'' || ch == '"')
			open = !take_quoted(&c);
		else
			take_char(&c);
	}
	if (c.at > text.n)
		c.at = text.n;
	*out = (struct word){.start = *at, .end = c.at, .quoted = c.quoted};
	struct sv raw = sv_make(text.p + *at, c.at - *at);
	out->text = sv_eq(raw, buf_view(&c.word)) ? raw : arena_sv(a, buf_view(&c.word));
	buf_done(&c.word);
	*at = c.at;
	return open ? WORD_OPEN : c.substitution ? WORD_SUBST : WORD_HERE;
}

enum word_end word_next(struct arena *a, struct sv text, size_t *at, struct word *out)
{
	return cut_word(a, text, at, true, out);
}

bool words_cut(struct arena *a, struct sv text, struct sv_vec *out)
{
	size_t at = 0;
	struct word w;

	for (;;) {
		enum word_end end = cut_word(a, text, &at, false, &w);
		if (end == WORD_NONE)
			return true;
		*VEC_PUSH(out) = w.text;
		if (end == WORD_OPEN)
			return false;
	}
}
