/* The words of instructions, each as its kind has them. */
#include "fact/dockerfile/parse.h"

#include "base/text.h"
#include "fmt/json.h"

static void push(struct df_words *out, const struct df_text *t, size_t from, size_t n)
{
	struct df_text part = df_part(t, from, n);

	*VEC_PUSH(out) = (struct df_word){.text = part.text, .start = part.start, .end = part.end};
}

void df_split(struct df_file *f, const struct df_text *t, struct df_words *out)
{
	struct sv v = t->text;

	(void)f;
	for (size_t i = 0; i < v.n;) {
		size_t from = i;
		while (i < v.n && !df_blank(v.p[i]))
			i++;
		if (i > from)
			push(out, t, from, i - from);
		while (i < v.n && df_blank(v.p[i]))
			i++;
	}
}

/* The end of a word: blanks in quotes and behind the escape character belong to it. In single
 * quotes nothing is escaped. equals: behind the first = outside of quotes, or 0. */
static size_t quoted_end(char escape, struct sv v, size_t i, size_t *equals, bool *open)
{
	char quote = 0;
	size_t from = i;

	*equals = 0;
	for (; i < v.n; i++) {
		char c = v.p[i];
		if (c == '=' && !*equals)
			*equals = i + 1 - from;
		if (c == escape && quote != '\'')
			i += i + 1 < v.n;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (df_space(sv_from(v, i)))
			break;
	}
	*open |= quote != 0;
	return i;
}

/* False: a quote has no end. */
static bool split_quoted(char escape, const struct df_text *t, struct df_words *out)
{
	struct sv v = t->text;
	size_t equals;
	bool open = false;

	for (size_t i = 0; i < v.n;) {
		size_t end = quoted_end(escape, v, i, &equals, &open);
		if (end > i) {
			push(out, t, i, end - i);
			out->p[out->n - 1].value_at = equals;
		}
		i = v.n - df_trim_left(sv_from(v, end)).n;
	}
	return !open;
}

void df_split_quoted(struct df_file *f, const struct df_text *t, struct df_words *out)
{
	(void)split_quoted(f->escape, t, out);
}

/* Go's reader takes what is no UTF-8, and halves of surrogate pairs, for U+FFFD. */
static struct sv mended(struct df_file *f, struct sv v)
{
	auto_done(buf_done) struct buf out = {0};
	uint32_t cp;

	while (v.n) {
		size_t n = utf8_decode(v, &cp);
		struct sv pair = sv_head(v, 12);
		bool escape = sv_starts(v, SV("\\u")) && v.n >= 6;
		bool high =
			escape && sv_ieq(sv_make(v.p + 2, 1), SV("d")) && strchr("89aAbB", v.p[3]);
		bool low = escape && sv_ieq(sv_make(v.p + 2, 1), SV("d")) &&
			   strchr("cCdDeEfF", v.p[3]);
		bool both = high && pair.n == 12 && sv_starts(sv_from(pair, 6), SV("\\u")) &&
			    (pair.p[8] == 'd' || pair.p[8] == 'D') && strchr("cCdDeEfF", pair.p[9]);
		if (both || (*v.p == '\\' && v.n > 1 && !escape)) {
			n = both ? 12 : 2;
			buf_sv(&out, sv_head(v, n));
		} else if (!n || high || low) {
			buf_str(&out, "\xef\xbf\xbd");
			n = n ? 6 : 1;
		} else {
			buf_sv(&out, sv_head(v, n));
		}
		v = sv_from(v, n);
	}
	return arena_sv(f->a, buf_view(&out));
}

bool df_split_json(struct df_file *f, const struct df_text *t, struct df_words *out)
{
	const struct node *root;
	struct err err;

	if (!t->text.n || t->text.p[0] != '[')
		return false;
	bool exact = json_read(f->a, SV("exec"), t->text, DUP_LAST, &root, &err) == 0;
	if (!exact && json_read(f->a, SV("exec"), mended(f, t->text), DUP_LAST, &root, &err) < 0)
		return false;
	NODE_EACH (it, root)
		if (it->kind != NODE_STRING) {
			df_tell(f, t->start, t->end, "all of a JSON array must be strings");
			return false;
		}
	NODE_EACH (it, root) {
		push(out, t, exact ? it->start : 0, exact ? it->end - it->start : t->text.n);
		out->p[out->n - 1].text = it->text;
	}
	return true;
}

/* Heredocs. */

/* Here the shell's own escape character holds, whatever the directive says. */
static struct sv unquoted(struct arena *a, struct sv v)
{
	char *out = arena_alloc(a, v.n), quote = 0;
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (c == '\\' && quote != '\'' && i + 1 < v.n)
			out[n++] = v.p[++i];
		else
			out[n++] = c;
	}
	return sv_make(out, n);
}

/* [number]<<[-]NAME as one word. */
static bool heredoc_of(const struct df_file *f, struct sv word, struct df_heredoc *h)
{
	while (word.n && *word.p >= '0' && *word.p <= '9')
		word = sv_from(word, 1);
	if (!sv_starts(word, SV("<<")))
		return false;
	word = sv_from(word, 2);
	*h = (struct df_heredoc){.strip = sv_starts(word, SV("-"))};
	word = sv_from(word, h->strip);
	if (!word.n || sv_find_char(word, '<') != SIZE_MAX)
		return false;
	h->name = unquoted(f->a, word);
	h->expand = sv_eq(h->name, word);
	return h->name.n > 0;
}

void df_heredocs(struct df_file *f, struct df_instruction *i)
{
	auto_done(df_words_done) struct df_words words = {0};
	struct df_heredoc h;
	size_t n = 0;

	if (sv_find(i->rest.text, SV("<<")) == SIZE_MAX)
		return;
	if (!split_quoted('\\', &i->rest, &words))
		return;
	for (size_t k = 0; k < words.n; k++)
		n += heredoc_of(f, words.p[k].text, &h);
	i->heredocs = ARENA_ARRAY(f->a, n, struct df_heredoc);
	for (size_t k = 0; k < words.n; k++)
		if (heredoc_of(f, words.p[k].text, &h))
			i->heredocs[i->heredocs_n++] = h;
}

bool df_is_heredoc(const struct df_file *f, struct sv word)
{
	struct df_heredoc h;

	return heredoc_of(f, word, &h);
}

void df_words_done(struct df_words *w)
{
	vec_done(w);
}

/* What each kind takes. */

static void whole(struct df_instruction *i)
{
	if (i->rest.text.n)
		push(&i->words, &i->rest, 0, i->rest.text.n);
}

static void exec_or_whole(struct df_file *f, struct df_instruction *i)
{
	i->exec = df_split_json(f, &i->rest, &i->words);
	if (!i->exec)
		whole(i);
}

static void exec_or_split(struct df_file *f, struct df_instruction *i)
{
	i->exec = df_split_json(f, &i->rest, &i->words);
	if (!i->exec)
		df_split(f, &i->rest, &i->words);
}

static void exec_only(struct df_file *f, struct df_instruction *i)
{
	i->exec = df_split_json(f, &i->rest, &i->words);
	if (!i->exec && i->rest.text.n)
		df_tell(f, i->start, i->end, "SHELL requires the JSON form");
}

static void one(struct df_file *f, struct df_instruction *i)
{
	(void)f;
	whole(i);
}

static void split(struct df_file *f, struct df_instruction *i)
{
	df_split(f, &i->rest, &i->words);
}

/* A letter, then letters, digits, -, _ and dots; scratch is taken. */
static bool stage_name(struct sv name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool other = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		if (!letter && !(other && i))
			return false;
	}
	return name.n > 0;
}

static void from(struct df_file *f, struct df_instruction *i)
{
	df_split(f, &i->rest, &i->words);
	if (i->trigger)
		return;
	if (i->words.n != 1 && i->words.n != 3)
		df_tell(f, i->start, i->end, "FROM requires either one or three arguments");
	else if (i->words.n == 3 && !sv_ieq(i->words.p[1].text, SV("as")))
		df_tell(f, i->words.p[1].start, i->words.p[1].end,
			"the second word of FROM must be AS");
	else if (i->words.n == 3 && !stage_name(i->words.p[2].text))
		df_tell(f, i->words.p[2].start, i->words.p[2].end, "no name for a stage");
}

/* The old form: NAME, blanks, all the rest. */
static void old_pair(struct df_file *f, struct df_instruction *i)
{
	struct df_word *w = &i->words.p[0];
	struct sv rest = i->rest.text;
	size_t n = 0, next;

	while (n < rest.n && !df_blank(rest.p[n]))
		n++;
	for (next = n; next < rest.n && df_blank(rest.p[next]);)
		next++;
	if (next == rest.n)
		df_tell(f, i->start, i->end, "a name without a value");
	struct df_text name = df_part(&i->rest, 0, n);
	*w = (struct df_word){.text = name.text, .start = name.start, .end = name.end};
	i->words.n = 1;
	if (next < rest.n)
		push(&i->words, &i->rest, next, rest.n - next);
	i->old_form = true;
}

static void pairs(struct df_file *f, struct df_instruction *i)
{
	df_split_quoted(f, &i->rest, &i->words);
	if (i->words.n && !i->words.p[0].value_at) {
		old_pair(f, i);
		return;
	}
	for (size_t k = 0; k < i->words.n; k++) {
		const struct df_word *w = &i->words.p[k];
		if (!w->value_at)
			df_tell(f, w->start, w->end, "a word without =: must be NAME=value");
		else if (w->value_at == 1)
			df_tell(f, w->start, w->end, "names cannot be blank");
	}
}

static void arg(struct df_file *f, struct df_instruction *i)
{
	df_split_quoted(f, &i->rest, &i->words);
	for (size_t k = 0; k < i->words.n; k++)
		if (i->words.p[k].value_at == 1)
			df_tell(f, i->words.p[k].start, i->words.p[k].end, "names cannot be blank");
}

static void copy(struct df_file *f, struct df_instruction *i)
{
	exec_or_split(f, i);
	if (i->trigger || !i->words.n)
		return;
	const struct df_word *target = &i->words.p[i->words.n - 1];
	if (i->words.n == 1)
		df_tell(f, i->start, i->end,
			"at least two arguments are required: the destination is missing");
	else if (df_is_heredoc(f, target->text))
		df_tell(f, target->start, target->end, "the destination cannot be a heredoc");
}

static void volume(struct df_file *f, struct df_instruction *i)
{
	exec_or_split(f, i);
	for (size_t k = 0; k < i->words.n; k++)
		if (!i->words.p[k].text.n)
			df_tell(f, i->start, i->end, "a volume cannot be an empty text");
}

static void healthcheck(struct df_file *f, struct df_instruction *i)
{
	struct sv v = i->rest.text;
	size_t n = 0, next;

	while (n < v.n && !df_blank(v.p[n]))
		n++;
	for (next = n; next < v.n && df_blank(v.p[next]);)
		next++;
	struct sv type = sv_head(v, n);
	if (sv_ieq(type, SV("none"))) {
		push(&i->words, &i->rest, 0, n);
		if (next < v.n)
			df_tell(f, i->start, i->end, "HEALTHCHECK NONE takes no arguments");
	} else if (sv_ieq(type, SV("cmd"))) {
		i->check = true;
		i->rest = df_part(&i->rest, next, v.n - next);
		exec_or_whole(f, i);
		if (!i->words.n)
			df_tell(f, i->start, i->end, "HEALTHCHECK CMD without a command");
	} else if (n) {
		whole(i);
		df_tell(f, i->start, i->end, "HEALTHCHECK must be CMD or NONE");
	}
}

static const struct kind {
	void (*words)(struct df_file *f, struct df_instruction *i);
	const char *missing; /* NULL: it may have no words */
} kinds[] = {
	[DF_ADD] = {copy, "ADD requires at least two arguments"},
	[DF_ARG] = {arg, "ARG requires at least one argument"},
	[DF_CMD] = {exec_or_whole, NULL},
	[DF_COPY] = {copy, "COPY requires at least two arguments"},
	[DF_ENTRYPOINT] = {exec_or_whole, NULL},
	[DF_ENV] = {pairs, "ENV requires at least one argument"},
	[DF_EXPOSE] = {split, "EXPOSE requires at least one argument"},
	[DF_FROM] = {from, NULL},
	[DF_HEALTHCHECK] = {healthcheck, "HEALTHCHECK requires at least one argument"},
	[DF_LABEL] = {pairs, "LABEL requires at least one argument"},
	[DF_MAINTAINER] = {one, "MAINTAINER requires exactly one argument"},
	[DF_ONBUILD] = {one, NULL},
	[DF_RUN] = {exec_or_whole, NULL},
	[DF_SHELL] = {exec_only, "SHELL requires at least one argument"},
	[DF_STOPSIGNAL] = {one, "STOPSIGNAL requires exactly one argument"},
	[DF_USER] = {one, "USER requires exactly one argument"},
	[DF_VOLUME] = {volume, "VOLUME requires at least one argument"},
	[DF_WORKDIR] = {one, "WORKDIR requires exactly one argument"},
	[DF_UNKNOWN] = {one, NULL},
};

void df_arguments(struct df_file *f, struct df_instruction *i)
{
	const struct kind *k = &kinds[i->kind];

	k->words(f, i);
	if (i->trigger)
		return;
	if (k->missing && !i->words.n)
		df_tell(f, i->start, i->end, k->missing);
	df_check_flags(f, i);
}
