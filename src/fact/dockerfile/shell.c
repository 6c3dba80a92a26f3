/* Commands of shell text: lists, compounds, redirects, heredocs. */
#include "fact/dockerfile/shell-int.h"

#include "base/limits.h"

/* Commands. */

static void begin(struct scan *sc, size_t from)
{
	if (sc->slot != SIZE_MAX)
		return;
	if (sc->s->all.n >= limit_shell_commands) {
		sc->s->cut = true;
		sc->i = sc->v.n;
		return;
	}
	sc->slot = sc->s->all.n;
	sc->begin = from;
	*VEC_PUSH(&sc->s->all) = (struct shell_command){.dead = true};
	sc->s->dead++;
}

static struct shell_words kept(struct scan *sc, struct shell_words *from)
{
	struct shell_words out = {.n = from->n};

	out.p = ARENA_ARRAY(sc->s->a, out.n, struct shell_word);
	if (out.n)
		memcpy(out.p, from->p, out.n * sizeof *out.p);
	from->n = 0;
	return out;
}

static void give_up(struct scan *sc)
{
	if (sc->slot != SIZE_MAX && sc->slot + 1 == sc->s->all.n) {
		sc->s->all.n--;
		sc->s->dead--;
	}
	sc->words.n = sc->assignments.n = sc->redirects.n = 0;
	sc->slot = SIZE_MAX;
}

static void finish(struct scan *sc, const char *after)
{
	struct df_text script;

	if (sc->slot == SIZE_MAX || (!sc->words.n && !sc->assignments.n && !sc->redirects.n)) {
		give_up(sc);
		return;
	}
	struct shell_command *c = &sc->s->all.p[sc->slot];
	size_t end = sc->i;
	while (end > sc->begin && (shell_blank(sc->v.p[end - 1]) || sc->v.p[end - 1] == '\n'))
		end--;
	struct df_text part = df_part(sc->t, sc->begin, end - sc->begin);
	*c = (struct shell_command){.all = kept(sc, &sc->words),
				    .assignments = kept(sc, &sc->assignments),
				    .redirects = kept(sc, &sc->redirects),
				    .text = part.text,
				    .start = part.start,
				    .end = part.end,
				    .before = sc->before,
				    .after = after,
				    .depth = sc->depth};
	sc->s->dead--;
	sc->slot = SIZE_MAX;
	shell_name(c);
	if (shell_script(sc->s->a, c, &script))
		shell_scan(sc->s, &script, c->depth + 1, sc->nest + 1);
}

/* Words that are of the language and not of a command. */
static const struct reserved {
	const char *name;
	enum { OPENS, CLOSES, NOTHING, LOOP, OF_CASE, NAMES } what;
} reserved[] = {
	{"if", OPENS},       {"while", OPENS},  {"until", OPENS},  {"{", OPENS},
	{"fi", CLOSES},      {"done", CLOSES},  {"}", CLOSES},     {"esac", CLOSES},
	{"then", NOTHING},   {"else", NOTHING}, {"elif", NOTHING}, {"do", NOTHING},
	{"!", NOTHING},      {"for", LOOP},     {"select", LOOP},  {"case", OF_CASE},
	{"function", NAMES},
};

static const struct reserved *find_reserved(const struct shell_word *w)
{
	for (size_t i = 0; !w->quoted && i < ARRAY_LEN(reserved); i++)
		if (sv_is(w->text, reserved[i].name))
			return &reserved[i];
	return NULL;
}

static void take_reserved(struct scan *sc, const struct reserved *r)
{
	static const int modes[] = {[OPENS] = PLAIN, [CLOSES] = PLAIN, [NOTHING] = PLAIN,
				    [LOOP] = HEADER, [OF_CASE] = CASE, [NAMES] = FUNCTION};

	if (r->what == OPENS || r->what == LOOP || r->what == OF_CASE) {
		sc->depth++;
	} else if (r->what == CLOSES) {
		sc->depth -= sc->depth > 0;
		while (sc->cases_n && sc->cases[sc->cases_n - 1] > sc->depth)
			sc->cases_n--;
	}
	sc->mode = (unsigned)modes[r->what];
	give_up(sc);
}

static void case_begins(struct scan *sc)
{
	if (sc->cases_n < ARRAY_LEN(sc->cases))
		sc->cases[sc->cases_n++] = sc->depth;
	sc->mode = PATTERN;
}

/* In the head of a loop, of a case or of its branches: no command's word. */
static bool head_word(struct scan *sc, const struct shell_word *w)
{
	if (sc->mode == PLAIN)
		return false;
	if (sc->mode == CASE && sv_is(w->text, "in") && !w->quoted)
		case_begins(sc);
	else if (sc->mode == PATTERN && sv_is(w->text, "esac") && !w->quoted)
		take_reserved(sc, find_reserved(w));
	else if (sc->mode == FUNCTION || (sc->mode == HEADER && sv_is(w->text, "do")))
		sc->mode = PLAIN;
	return true;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static bool is_assignment(struct sv raw)
{
	size_t n = 0;

	while (n < raw.n && name_char(raw.p[n]))
		n++;
	return n && !(raw.p[0] >= '0' && raw.p[0] <= '9') && n < raw.n &&
	       (raw.p[n] == '=' || (raw.p[n] == '+' && n + 1 < raw.n && raw.p[n + 1] == '='));
}

static void take_word(struct scan *sc)
{
	struct shell_word w;
	size_t from = sc->i;

	if (sc->mode == PLAIN)
		begin(sc, from);
	if (sc->i == sc->v.n)
		return;
	if (!shell_read_word(sc, &w)) {
		sc->i++;
		return;
	}
	if (head_word(sc, &w))
		return;
	if (!sc->words.n && !sc->assignments.n) {
		const struct reserved *r = find_reserved(&w);
		if (r) {
			take_reserved(sc, r);
			return;
		}
	}
	bool assigns = !sc->words.n && is_assignment(sv_head(sv_from(sc->v, from), sc->i - from));
	*VEC_PUSH(assigns ? &sc->assignments : &sc->words) = w;
}

/* Redirects. */

static bool number_before_redirect(const struct scan *sc)
{
	size_t n = 0;

	while (shell_at(sc, n) >= '0' && shell_at(sc, n) <= '9')
		n++;
	return n && (shell_at(sc, n) == '<' || shell_at(sc, n) == '>') &&
	       shell_at(sc, n + 1) != '(';
}

static void redirect(struct scan *sc)
{
	static const char *const operators[] = {"&>>", "&>",  ">>", ">|", ">&", ">",
						"<<<", "<<-", "<<", "<&", "<>", "<"};
	struct shell_word w;
	size_t o = 0;

	begin(sc, sc->i);
	while (shell_at(sc, 0) >= '0' && shell_at(sc, 0) <= '9')
		sc->i++;
	while (o < ARRAY_LEN(operators) && !shell_here(sc, operators[o]))
		o++;
	if (o == ARRAY_LEN(operators))
		return;
	struct sv op = sv_of(operators[o]);
	sc->i += op.n;
	while (sc->i < sc->v.n && shell_blank(sc->v.p[sc->i]))
		sc->i++;
	if (sc->i == sc->v.n || !shell_read_word(sc, &w))
		return;
	bool copies = op.p[op.n - 1] == '&' && w.text.n &&
		      (*w.text.p == '-' || (*w.text.p >= '0' && *w.text.p <= '9'));
	if ((sv_is(op, "<<") || sv_is(op, "<<-")) && sc->slot != SIZE_MAX)
		*VEC_PUSH(&sc->heredocs) = (struct heredoc){w.text, op.n == 3, sc->slot};
	else if (op.p[0] != '<' && !copies)
		*VEC_PUSH(&sc->redirects) = w;
}

/* Behind the line's end: the bodies of the heredocs that it names. */
static void bodies(struct scan *sc)
{
	for (size_t k = 0; k < sc->heredocs.n; k++) {
		const struct heredoc *h = &sc->heredocs.p[k];
		size_t from = sc->i, end = sc->i;
		bool found = false;
		while (!found && sc->i < sc->v.n) {
			struct sv line = sv_from(sc->v, sc->i);
			size_t n = sv_find_char(line, '\n');
			line = sv_head(line, n);
			end = sc->i;
			sc->i += line.n + (n != SIZE_MAX);
			while (h->strip && line.n && *line.p == '\t')
				line = sv_from(line, 1);
			found = sv_eq(line, h->name);
		}
		struct df_text body = df_part(sc->t, from, (found ? end : sc->i) - from);
		struct shell_command c = sc->s->all.p[h->command];
		if (!c.dead && shell_reads_input(&c))
			shell_scan(sc->s, &body, c.depth + 1, sc->nest + 1);
	}
	sc->heredocs.n = 0;
}

/* Operators. */

static void end_command(struct scan *sc, const char *op, size_t length)
{
	bool begun = sc->slot != SIZE_MAX && (sc->words.n || sc->assignments.n || sc->redirects.n);

	if (sc->mode == PATTERN && op[0] != ')') {
		sc->i += length;
		return;
	}
	if (sc->mode == HEADER || sc->mode == FUNCTION)
		sc->mode = PLAIN;
	finish(sc, op);
	sc->i += length;
	/* an empty line changes nothing between a && and its command */
	if (begun || !sv_is(sv_of(op), ";"))
		sc->before = op;
}

static void open_paren(struct scan *sc)
{
	if (sc->mode == PATTERN) {
		sc->i++;
	} else if (sc->words.n == 1 && !sc->assignments.n && shell_at(sc, 1) == ')') {
		sc->i += 2; /* name() */
		give_up(sc);
	} else if (!sc->words.n && shell_here(sc, "((")) {
		sc->i += 2;
		shell_skip_arithmetic(sc);
	} else {
		finish(sc, "");
		sc->parens++;
		sc->depth++;
		sc->i++;
	}
}

/* True: it closes what this scan was called for. */
static bool close_paren(struct scan *sc)
{
	if (sc->mode == PATTERN) {
		sc->mode = PLAIN;
		sc->before = "";
		sc->i++;
		return false;
	}
	finish(sc, "");
	sc->i++;
	if (sc->parens) {
		sc->parens--;
		sc->depth -= sc->depth > 0;
		return false;
	}
	return sc->until == ')';
}

static const struct {
	const char *text, *op;
} operators[] = {
	{";;&", ";"}, {";;", ";"}, {";&", ";"}, {"&&", "&&"}, {"||", "||"},
	{"|&", "|"},  {"|", "|"},  {";", ";"},  {"&", "&"},
};

static void operator(struct scan *sc)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		struct sv text = sv_of(operators[i].text);
		if (!shell_here(sc, operators[i].text))
			continue;
		end_command(sc, operators[i].op, text.n);
		if (text.n > 1 && text.p[0] == ';' && sc->cases_n &&
		    sc->cases[sc->cases_n - 1] == sc->depth)
			sc->mode = PATTERN;
		return;
	}
	sc->i++;
}

static void newline(struct scan *sc)
{
	end_command(sc, ";", 1);
	if (sc->heredocs.n)
		bodies(sc);
}

/* bash: between [[ and ]] the operators are words. */
static bool in_test(const struct scan *sc)
{
	return sc->words.n && sv_is(sc->words.p[0].text, "[[") &&
	       !sv_is(sc->words.p[sc->words.n - 1].text, "]]");
}

static void test_word(struct scan *sc)
{
	struct shell_word w;

	if (shell_ends_word(sc)) {
		sc->i++;
		return;
	}
	if (shell_read_word(sc, &w))
		*VEC_PUSH(&sc->words) = w;
	else
		sc->i++;
}

/* One token. True: the end of what this scan was called for. */
static bool token(struct scan *sc)
{
	char c = sc->v.p[sc->i];

	if (shell_blank(c))
		sc->i++;
	else if (c == '\\' && shell_at(sc, 1) == '\n')
		sc->i += 2;
	else if (in_test(sc))
		test_word(sc);
	else if (c == '#')
		while (sc->i < sc->v.n && sc->v.p[sc->i] != '\n')
			sc->i++;
	else if (c == '\n')
		newline(sc);
	else if (((c == '<' || c == '>') && shell_at(sc, 1) != '(') || shell_here(sc, "&>") ||
		 number_before_redirect(sc))
		redirect(sc);
	else if (c == ';' || c == '&' || c == '|')
		operator(sc);
	else if (c == '(')
		open_paren(sc);
	else if (c == ')')
		return close_paren(sc);
	else
		take_word(sc);
	return false;
}

void shell_list(struct scan *sc)
{
	while (sc->i < sc->v.n && !token(sc))
		;
	finish(sc, "");
	vec_done(&sc->words);
	vec_done(&sc->assignments);
	vec_done(&sc->redirects);
	vec_done(&sc->heredocs);
	buf_done(&sc->word);
}

void shell_scan(struct shell *s, const struct df_text *t, unsigned depth, unsigned nest)
{
	struct scan sc = {.s = s,
			  .t = t,
			  .v = t->text,
			  .depth = depth,
			  .nest = nest,
			  .slot = SIZE_MAX,
			  .before = ""};

	if (nest >= limit_shell_depth)
		s->cut = true;
	else
		shell_list(&sc);
}

void shell_exec(struct shell *s, const struct df_words *words, struct sv text)
{
	struct df_text script;

	if (!words->n || s->all.n >= limit_shell_commands) {
		s->cut |= words->n > 0;
		return;
	}
	struct shell_command *c = VEC_PUSH(&s->all);
	*c = (struct shell_command){.text = text, .before = "", .after = ""};
	c->all.n = words->n;
	c->all.p = ARENA_ARRAY(s->a, words->n, struct shell_word);
	for (size_t i = 0; i < words->n; i++)
		c->all.p[i] = (struct shell_word){.text = words->p[i].text,
						  .start = words->p[i].start,
						  .end = words->p[i].end,
						  .quoted = true};
	c->start = words->p[0].start;
	c->end = words->p[words->n - 1].end;
	shell_name(c);
	struct shell_command own = *c;
	if (shell_script(s->a, &own, &script))
		shell_scan(s, &script, 1, 1);
}

void shell_done(struct shell *s)
{
	vec_done(&s->all);
}
