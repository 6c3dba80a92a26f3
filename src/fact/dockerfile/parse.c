#include "fact/dockerfile/parse.h"

#include "base/limits.h"

enum { FAULTS_MAX = 100, LINE_MAX_BYTES = 65535 };

struct line {
	struct sv text; /* without its end */
	uint32_t start, next;
};

struct reader {
	struct df_file *f;
	size_t at;
	bool directives; /* still at the top */
	unsigned seen;   /* directives by bit */
	struct {
		struct df_piece *p;
		size_t n, cap;
	} pieces;
	struct buf joined;
};

void df_done(struct df_file *f)
{
	for (size_t i = 0; i < f->all.n; i++)
		df_words_done(&f->all.p[i].words);
	vec_done(&f->all);
	vec_done(&f->faults);
}

void df_tell(struct df_file *f, uint32_t start, uint32_t end, const char *why)
{
	if (f->faults.n < FAULTS_MAX)
		*VEC_PUSH(&f->faults) = (struct df_fault){start, end, why};
}

static bool next_line(struct reader *r, struct line *l)
{
	struct sv rest = sv_from(r->f->bytes, r->at);

	if (!rest.n)
		return false;
	size_t end = sv_find_char(rest, '\n');
	size_t n = end == SIZE_MAX ? rest.n : end;
	l->start = (uint32_t)r->at;
	r->at += n + (end != SIZE_MAX);
	l->next = (uint32_t)r->at;
	l->text = sv_head(rest, n);
	if (n > LINE_MAX_BYTES)
		df_tell(r->f, l->start, l->start + 1, "a line of more than 65,535 bytes");
	while (l->text.n && l->text.p[l->text.n - 1] == '\r')
		l->text.n--;
	return true;
}

/* Directives. */

static const char *const directives[] = {"syntax", "escape", "check"};

static struct df_word word_at(const struct df_file *f, struct sv text)
{
	uint32_t start = (uint32_t)(text.p - f->bytes.p);

	return (struct df_word){text, start, start + (uint32_t)text.n, 0};
}

static void set_escape(struct df_file *f, struct sv value)
{
	struct df_word w = word_at(f, value);

	if (sv_is(value, "`") || sv_is(value, "\\"))
		f->escape = value.p[0];
	else
		df_tell(f, w.start, w.end, "escape must be ` or \\");
}

static void set_directive(struct reader *r, size_t which, struct sv value)
{
	struct df_word w = word_at(r->f, value);

	if (r->seen & 1u << which) {
		df_tell(r->f, w.start, w.end, "the directive stands twice");
		return;
	}
	r->seen |= 1u << which;
	if (which == 0)
		r->f->syntax = w;
	else if (which == 1)
		set_escape(r->f, value);
	else
		r->f->check = w;
}

/* "# name=value" with a name that is known; anything else ends them. */
static void directive(struct reader *r, struct sv line)
{
	struct sv rest = sv_trim(line), name;

	r->directives = false;
	if (!rest.n || rest.p[0] != '#' || sv_find_char(rest, '=') == SIZE_MAX)
		return;
	rest = sv_from(rest, 1);
	name = sv_trim(sv_cut(&rest, '='));
	rest = sv_trim(rest);
	for (size_t i = 0; rest.n && i < ARRAY_LEN(directives); i++)
		if (sv_ieq(name, sv_of(directives[i]))) {
			set_directive(r, i, rest);
			r->directives = true;
		}
}

/* Lines to one text. */

static bool is_comment(struct sv line)
{
	struct sv v = df_trim_left(line);

	return v.n && v.p[0] == '#';
}

/* Ends with the escape character and blanks; two of them are none. */
static bool goes_on(const struct df_file *f, struct sv *line)
{
	size_t n = line->n;

	while (n && (line->p[n - 1] == ' ' || line->p[n - 1] == '\t'))
		n--;
	if (!n || line->p[n - 1] != f->escape || (n > 1 && line->p[n - 2] == f->escape))
		return false;
	line->n = n - 1;
	return true;
}

static void add_piece(struct reader *r, struct sv text)
{
	*VEC_PUSH(&r->pieces) =
		(struct df_piece){(uint32_t)r->joined.n, (uint32_t)(text.p - r->f->bytes.p)};
	buf_sv(&r->joined, text);
}

static struct df_text joined(struct reader *r, uint32_t start, uint32_t end)
{
	struct df_text t = {.start = start, .end = end, .n = r->pieces.n};
	struct df_piece *pieces = ARENA_ARRAY(r->f->a, t.n, struct df_piece);

	if (t.n)
		memcpy(pieces, r->pieces.p, t.n * sizeof *pieces);
	t.pieces = pieces;
	t.text = t.n == 1 ? sv_make(r->f->bytes.p + pieces[0].from, r->joined.n)
			  : arena_sv(r->f->a, buf_view(&r->joined));
	return t;
}

/* The lines of one instruction, from its first one. */
static struct df_text logical(struct reader *r, struct sv first, uint32_t start)
{
	struct line l;
	uint32_t end = (uint32_t)(first.p + first.n - r->f->bytes.p);
	bool more = goes_on(r->f, &first);

	r->pieces.n = 0;
	buf_clear(&r->joined);
	add_piece(r, first);
	while (more && next_line(r, &l)) {
		if (is_comment(l.text) || !df_trim_left(l.text).n)
			continue;
		end = l.start + (uint32_t)l.text.n;
		more = goes_on(r->f, &l.text);
		add_piece(r, l.text);
	}
	return joined(r, start, end);
}

/* Heredocs. */

static bool heredoc_line(struct reader *r, const struct df_heredoc *h, const struct line *l)
{
	struct sv text = l->text;

	while (h->strip && text.n && text.p[0] == '\t')
		text = sv_from(text, 1);
	if (sv_eq(text, h->name))
		return false;
	/* with the line's end as it stands */
	size_t skipped = (size_t)(text.p - l->text.p);
	add_piece(r, sv_make(text.p, l->next - l->start - skipped));
	return true;
}

static void read_heredoc(struct reader *r, struct df_instruction *i, struct df_heredoc *h)
{
	struct line l;
	uint32_t start = (uint32_t)r->at, end = start;
	bool found = false;

	r->pieces.n = 0;
	buf_clear(&r->joined);
	while (!found && next_line(r, &l)) {
		found = !heredoc_line(r, h, &l);
		i->end = l.start + (uint32_t)l.text.n;
		end = found ? l.start : l.next;
	}
	if (!found)
		df_tell(r->f, i->start, i->end, "a heredoc has no end");
	/* a heredoc that is not stripped is one piece of the file */
	if (!h->strip && r->pieces.n)
		r->pieces.n = 1;
	h->content = joined(r, start, end);
}

/* Instructions. */

static const struct {
	const char *name;
	enum df_kind kind;
} names[] = {
	{"ADD", DF_ADD},
	{"ARG", DF_ARG},
	{"CMD", DF_CMD},
	{"COPY", DF_COPY},
	{"ENTRYPOINT", DF_ENTRYPOINT},
	{"ENV", DF_ENV},
	{"EXPOSE", DF_EXPOSE},
	{"FROM", DF_FROM},
	{"HEALTHCHECK", DF_HEALTHCHECK},
	{"LABEL", DF_LABEL},
	{"MAINTAINER", DF_MAINTAINER},
	{"ONBUILD", DF_ONBUILD},
	{"RUN", DF_RUN},
	{"SHELL", DF_SHELL},
	{"STOPSIGNAL", DF_STOPSIGNAL},
	{"USER", DF_USER},
	{"VOLUME", DF_VOLUME},
	{"WORKDIR", DF_WORKDIR},
};

static void set_name(struct df_file *f, struct df_instruction *i, struct sv word)
{
	i->kind = DF_UNKNOWN;
	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (sv_ieq(word, sv_of(names[k].name))) {
			i->kind = names[k].kind;
			i->name = sv_of(names[k].name);
			return;
		}
	char *upper = arena_str(f->a, word);
	for (size_t k = 0; k < word.n; k++)
		if (upper[k] >= 'a' && upper[k] <= 'z')
			upper[k] = (char)(upper[k] - 'a' + 'A');
	i->name = sv_make(upper, word.n);
}

/* Cuts the first word off; the rest begins with its first byte that is not blank. */
static struct df_text cut_word(struct df_text *t)
{
	size_t n = 0, next;

	while (n < t->text.n && !df_blank(t->text.p[n]))
		n++;
	struct df_text word = df_part(t, 0, n);
	next = t->text.n - df_trim_left(sv_from(t->text, n)).n;
	*t = df_part(t, next, t->text.n - next);
	return word;
}

/* A flag's end: blanks in quotes and behind the escape character belong to it. */
static size_t flag_length(const struct df_file *f, struct sv text)
{
	char quote = 0;
	size_t n = 0;

	for (; n < text.n; n++) {
		char c = text.p[n];
		if (c == f->escape && n + 1 < text.n)
			n++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (df_space(sv_from(text, n)))
			break;
	}
	return n;
}

/* Quotes and escapes are taken off as the flags' own reader does it. */
static struct sv flag_text(const struct df_file *f, struct sv text)
{
	if (sv_find_char(text, f->escape) == SIZE_MAX && sv_find_char(text, '"') == SIZE_MAX &&
	    sv_find_char(text, '\'') == SIZE_MAX)
		return text;
	char *out = arena_alloc(f->a, text.n), quote = 0;
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == f->escape && i + 1 < text.n)
			out[n++] = text.p[++i];
		else if (c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else
			out[n++] = c;
	}
	return sv_make(out, n);
}

static void read_flags(struct df_file *f, struct df_instruction *i)
{
	struct {
		struct df_flag *p;
		size_t n, cap;
	} all = {0};

	while (sv_starts(i->rest.text, SV("--"))) {
		size_t n = flag_length(f, i->rest.text);
		struct df_text word = df_part(&i->rest, 0, n);
		n = i->rest.text.n - df_trim_left(sv_from(i->rest.text, n)).n;
		i->rest = df_part(&i->rest, n, i->rest.text.n - n);
		if (word.text.n == 2)
			break;
		struct sv value = flag_text(f, sv_from(word.text, 2));
		struct df_flag *flag = VEC_PUSH(&all);
		flag->valued = sv_find_char(value, '=') != SIZE_MAX;
		flag->name = sv_cut(&value, '=');
		flag->value = value;
		flag->start = word.start;
		flag->end = word.end;
	}
	i->flags_n = all.n;
	i->flags = ARENA_ARRAY(f->a, all.n, struct df_flag);
	if (all.n)
		memcpy(i->flags, all.p, all.n * sizeof *all.p);
	vec_done(&all);
}

static size_t spaces_behind(struct sv v)
{
	size_t end = v.n;

	/* a character has at most four bytes */
	for (size_t back = 1; back <= 4 && back <= end; back++)
		if (df_space(sv_from(sv_head(v, end), end - back)) == back) {
			end -= back;
			back = 0;
		}
	return v.n - end;
}

/* What ONBUILD triggers takes its place. */
static void read_trigger(struct df_file *f, struct df_instruction *i)
{
	struct df_instruction on = *i;

	if (i->flags_n)
		df_tell(f, i->flags[0].start, i->flags[0].end, "unknown flag");
	if (!i->rest.text.n) {
		df_tell(f, i->start, i->end, "ONBUILD requires at least one argument");
		return;
	}
	struct df_text word = cut_word(&on.rest);
	set_name(f, &on, word.text);
	if (on.kind == DF_ONBUILD || on.kind == DF_FROM || on.kind == DF_MAINTAINER)
		df_tell(f, word.start, word.end,
			on.kind == DF_ONBUILD ? "ONBUILD cannot stand behind ONBUILD"
					      : "FROM and MAINTAINER cannot stand behind ONBUILD");
	if (on.kind == DF_ONBUILD)
		return;
	on.trigger = true;
	on.tail = on.rest;
	*i = on;
	read_flags(f, i);
}

static void read_instruction(struct reader *r, struct df_text text)
{
	struct df_file *f = r->f;
	struct df_instruction *i = VEC_PUSH(&f->all);

	i->start = text.start;
	i->end = text.end;
	i->rest = text;
	i->rest.text.n -= spaces_behind(i->rest.text);
	struct df_text word = cut_word(&i->rest);
	set_name(f, i, word.text);
	i->tail = i->rest;
	read_flags(f, i);
	if (i->kind == DF_ONBUILD)
		read_trigger(f, i);
	/* what stands behind ONBUILD is asked when it is triggered */
	if (i->kind == DF_UNKNOWN && !i->trigger)
		df_tell(f, word.start, word.end, "unknown instruction");
	if (i->kind == DF_RUN || i->kind == DF_COPY || i->kind == DF_ADD)
		df_heredocs(f, i);
	for (size_t k = 0; k < i->heredocs_n; k++)
		read_heredoc(r, i, &i->heredocs[k]);
	df_arguments(f, i);
}

/* Only ARG may stand in front of the first FROM. */
static void check_order(struct df_file *f)
{
	for (size_t i = 0; i < f->all.n && f->all.p[i].kind != DF_FROM; i++)
		if (f->all.p[i].kind != DF_ARG &&
		    (f->all.p[i].kind != DF_UNKNOWN || f->all.p[i].trigger))
			df_tell(f, f->all.p[i].start, f->all.p[i].end,
				"no FROM stands in front of it");
}

void df_parse(struct df_file *f)
{
	struct reader r = {.f = f, .directives = true};
	struct line l;

	f->escape = '\\';
	if (f->bytes.n > limit_dockerfile_bytes) {
		f->cut = true;
		return;
	}
	if (sv_starts(f->bytes, SV("\xef\xbb\xbf")))
		r.at = 3;
	while (next_line(&r, &l)) {
		struct sv text = df_trim_left(l.text);
		if (r.directives)
			directive(&r, l.text);
		if (!text.n || text.p[0] == '#')
			continue;
		if (f->all.n == limit_dockerfile_instructions) {
			f->cut = true;
			break;
		}
		read_instruction(&r, logical(&r, text, (uint32_t)(text.p - f->bytes.p)));
	}
	vec_done(&r.pieces);
	buf_done(&r.joined);
	if (!f->all.n)
		df_tell(f, 0, 0, "the file has no instructions");
	check_order(f);
}

struct node *df_tree(const struct df_file *f, uint16_t doc)
{
	struct node *root = ARENA_NEW(f->a, struct node);

	*root = (struct node){.kind = NODE_ARRAY,
			      .doc = doc,
			      .n = (uint32_t)f->all.n,
			      .end = (uint32_t)f->bytes.n,
			      .text = SV("Dockerfile"),
			      .items = ARENA_ARRAY(f->a, f->all.n, struct node)};
	for (size_t i = 0; i < f->all.n; i++) {
		const struct df_instruction *from = &f->all.p[i];
		struct node *n = &root->items[i];
		*n = (struct node){.kind = NODE_ARRAY,
				   .doc = doc,
				   .n = (uint32_t)from->heredocs_n,
				   .start = from->start,
				   .end = from->end,
				   .items = ARENA_ARRAY(f->a, from->heredocs_n, struct node)};
		for (size_t k = 0; k < from->heredocs_n; k++)
			n->items[k] = (struct node){.kind = NODE_STRING,
						    .doc = doc,
						    .start = from->heredocs[k].content.start,
						    .end = from->heredocs[k].content.end,
						    .text = from->heredocs[k].content.text};
	}
	return root;
}
