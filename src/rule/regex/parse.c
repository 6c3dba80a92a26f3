/* From the pattern to a tree: RE2 syntax without recursion, open groups on a stack. */
#include "rule/regex/parse-int.h"

#include "base/limits.h"

enum { COUNT_MAX = 1000 };

int re_bad(struct re_parser *p, size_t at, const char *what)
{
	err_set(p->err, ERR_PARSE, "%s", what);
	return err_where(p->err, "offset %zu", at);
}

static int too_deep(struct re_parser *p)
{
	err_set(p->err, ERR_LIMIT, "nested deeper than %zu levels", (size_t)limit_regex_depth);
	return err_where(p->err, "offset %zu", p->at);
}

static struct re_frame *top(struct re_parser *p)
{
	return &p->frames.p[p->frames.n - 1];
}

/* A group is up to four levels of the tree: repetition, group, alternatives, row. */
static bool is_deep(const struct re_node *n)
{
	return n->height > 4 * (limit_regex_depth + 1);
}

static struct re_node *new_node(struct re_parser *p, enum re_kind kind)
{
	struct re_node *n = ARENA_NEW(p->arena, struct re_node);

	n->kind = kind;
	n->height = n->product = 1;
	return n;
}

/* One more item of the innermost group. */
static int push_item(struct re_parser *p, struct re_node *n)
{
	struct re_frame *f = top(p);

	if (f->last_item)
		f->last_item->next = n;
	else
		f->items = n;
	f->last_item = n;
	return is_deep(n) ? too_deep(p) : 0;
}

int re_push_set(struct re_parser *p)
{
	struct re_node *n = new_node(p, RE_SET);
	struct rune_range *r = ARENA_ARRAY(p->arena, p->set.n, struct rune_range);

	p->ranges += p->set.n;
	if (p->ranges > limit_regex_program ||
	    p->set.work + p->part.work > 20 * limit_regex_program)
		return re_too_big(p->err);
	if (p->set.n)
		memcpy(r, p->set.p, p->set.n * sizeof *r);
	n->ranges = r;
	n->n_ranges = p->set.n;
	p->set.n = 0;
	return push_item(p, n);
}

int re_push_rune(struct re_parser *p, uint32_t c)
{
	if ((p->flags & FLAG_FOLD) && rune_fold(c) != c) {
		rune_add_folded(&p->set, c, c);
		rune_tidy(&p->set);
		return re_push_set(p);
	}
	struct re_node *n = new_node(p, RE_CHAR);
	n->a = c;
	return push_item(p, n);
}

static int push_at(struct re_parser *p, uint32_t what)
{
	struct re_node *n = new_node(p, RE_AT);

	n->a = what;
	return push_item(p, n);
}

/* One node of a list of brothers. */
static struct re_node *join(struct re_parser *p, enum re_kind kind, struct re_node *list)
{
	struct re_node *n = list;

	if (list && !list->next)
		return list;
	n = new_node(p, list ? kind : RE_EMPTY);
	n->child = list;
	for (const struct re_node *c = list; c; c = c->next) {
		n->height = c->height > n->height ? c->height : n->height;
		n->product = c->product > n->product ? c->product : n->product;
	}
	n->height++;
	return n;
}

/* At | or the end of a group: the row so far is an alternative. */
static void end_row(struct re_parser *p)
{
	struct re_frame *f = top(p);
	struct re_node *n = join(p, RE_CONCAT, f->items);

	if (f->last_alt)
		f->last_alt->next = n;
	else
		f->alts = n;
	f->last_alt = n;
	f->items = f->last_item = NULL;
}

static int open_group(struct re_parser *p, size_t at, uint32_t group, unsigned outside)
{
	if (p->frames.n > limit_regex_depth)
		return too_deep(p);
	*VEC_PUSH(&p->frames) = (struct re_frame){.at = at, .group = group, .flags = outside};
	return 0;
}

static int close_group(struct re_parser *p)
{
	struct re_frame f;

	if (p->frames.n == 1)
		return re_bad(p, p->at, "unexpected )");
	end_row(p);
	f = *top(p);
	p->frames.n--;
	p->flags = f.flags;
	p->at++;
	struct re_node *n = join(p, RE_ALT, f.alts);
	if (f.group) {
		struct re_node *inner = n;
		n = new_node(p, RE_GROUP);
		n->a = f.group;
		n->child = inner;
		n->height = inner->height + 1;
		n->product = inner->product;
	}
	return push_item(p, n);
}

/* The name of a group at p->at, up to >. */
static int group_name(struct re_parser *p, size_t start)
{
	struct sv name = sv_from(p->s, p->at);
	size_t end = sv_find_char(name, '>');

	if (end == SIZE_MAX)
		return re_bad(p, start, "the name of a group without >");
	name = sv_head(name, end);
	for (size_t i = 0; i < name.n; i++)
		if (!is_word((uint8_t)name.p[i]))
			return re_bad(p, start, "a group's name is letters, digits and _");
	if (name.n == 0)
		return re_bad(p, start, "a group's name is empty");
	p->at += end + 1;
	return open_group(p, start, ++p->groups, p->flags);
}

/* Behind (? : flags up to : or ). */
static int group_flags(struct re_parser *p, size_t start)
{
	static const char letters[] = "imsU";
	unsigned flags = p->flags;
	bool off = false, any = false;

	for (;; p->at++) {
		int c = re_peek(p, 0);
		const char *letter = c > 0 ? strchr(letters, c) : NULL;
		if (letter) {
			unsigned bit = 1u << (letter - letters);
			flags = off ? flags & ~bit : flags | bit;
			any = true;
		} else if (c == '-' && !off) {
			off = true;
			any = false;
		} else if ((c == ':' || c == ')') && (!off || any)) {
			unsigned outside = p->flags;
			p->at++;
			p->flags = flags;
			return c == ':' ? open_group(p, start, 0, outside) : 0;
		} else {
			return re_bad(p, start, "unknown group; flags are i, m, s, U");
		}
	}
}

static int parse_group(struct re_parser *p)
{
	struct sv rest = sv_from(p->s, p->at);
	size_t start = p->at;

	if (re_peek(p, 1) != '?') {
		p->at++;
		return open_group(p, start, ++p->groups, p->flags);
	}
	p->at += 2;
	if (sv_starts(rest, SV("(?=")) || sv_starts(rest, SV("(?!")) ||
	    sv_starts(rest, SV("(?<=")) || sv_starts(rest, SV("(?<!")))
		return re_bad(p, start, "look-around is not part of this syntax");
	if (sv_starts(rest, SV("(?P<")) || sv_starts(rest, SV("(?<"))) {
		p->at += rest.p[2] == 'P' ? 2 : 1;
		return group_name(p, start);
	}
	return group_flags(p, start);
}

/* Digits without a leading zero; false: none. Large numbers stay large. */
static bool parse_count(struct re_parser *p, size_t *ahead, uint32_t *n)
{
	size_t start = *ahead;
	int c;

	*n = 0;
	for (; (c = re_peek(p, *ahead)) >= '0' && c <= '9'; ++*ahead)
		if (*n <= COUNT_MAX)
			*n = *n * 10 + (uint32_t)(c - '0');
	return *ahead > start && !(re_peek(p, start) == '0' && *ahead > start + 1);
}

/* {n}, {n,} or {n,m} at p->at: how long it is; 0: the brace stands for itself. */
static size_t parse_braces(struct re_parser *p, uint32_t *min, uint32_t *max)
{
	size_t ahead = 1;

	if (!parse_count(p, &ahead, min))
		return 0;
	*max = *min;
	if (re_peek(p, ahead) == ',') {
		ahead++;
		*max = RE_NO_MAX;
		if (re_peek(p, ahead) != '}' && !parse_count(p, &ahead, max))
			return 0;
	}
	return re_peek(p, ahead) == '}' ? ahead + 1 : 0;
}

/* x**, x*+ and the like are x*. RE2 keeps those apart where the inner one is written with braces,
 * unless they are the same; that shows in what groups hold. */
static bool squash(struct re_node *n, const struct re_node *outer)
{
	bool simple = n->kind == RE_REPEAT && n->a <= 1 && (n->b == 1 || n->b == RE_NO_MAX);
	bool same = simple && n->a == outer->a && n->b == outer->b;

	if (!simple || n->greedy != outer->greedy || outer->a > 1 ||
	    (outer->b != 1 && outer->b != RE_NO_MAX) || (n->braces && !outer->braces && !same))
		return false;
	if (!same) {
		n->a = 0;
		n->b = RE_NO_MAX;
	}
	return true;
}

/* The last item becomes the child of a repetition in its place. */
static int push_repeat(struct re_parser *p, struct re_node how)
{
	struct re_node *n = top(p)->last_item;
	struct re_node *child;
	uint32_t times = how.b == RE_NO_MAX ? how.a : how.b;

	if ((how.a == 1 && how.b == 1) || squash(n, &how))
		return 0;
	child = ARENA_NEW(p->arena, struct re_node);
	*child = *n;
	child->next = NULL;
	*n = how;
	n->child = child;
	n->height = child->height + 1;
	n->product = child->product * (times ? times : 1);
	if (n->product > COUNT_MAX && times > 1)
		return re_bad(p, p->at, "repeated more than 1000 times, with what is around it");
	return is_deep(n) ? too_deep(p) : 0;
}

/* At an operator, or a brace that may be none; after: one stands just before it. */
static int parse_repeat(struct re_parser *p, bool after, bool *is_one)
{
	uint32_t min = 0, max = RE_NO_MAX;
	int c = re_peek(p, 0);
	size_t n = 1;
	bool greedy = !(p->flags & FLAG_LAZY);

	if (c == '{') {
		n = parse_braces(p, &min, &max);
		if (n == 0) {
			p->at++;
			return re_push_rune(p, '{');
		}
	} else {
		min = c == '+';
		max = c == '?' ? 1 : RE_NO_MAX;
	}
	if (min > COUNT_MAX || (max != RE_NO_MAX && (max > COUNT_MAX || max < min)))
		return re_bad(p, p->at, "counts are 0 to 1000, the smaller first");
	if (after)
		return re_bad(p, p->at, "a repetition of a repetition needs a group around it");
	if (!top(p)->last_item)
		return re_bad(p, p->at, "nothing to repeat");
	*is_one = true;
	int r = push_repeat(p, (struct re_node){.kind = RE_REPEAT,
						.greedy = re_peek(p, n) == '?' ? !greedy : greedy,
						.braces = c == '{',
						.a = min,
						.b = max});
	p->at += n;
	p->at += re_peek(p, 0) == '?';
	return r;
}

/* \Q...\E */
static int parse_quoted(struct re_parser *p)
{
	uint32_t c;

	p->at += 2;
	while (p->at < p->s.n) {
		if (re_peek(p, 0) == '\\' && re_peek(p, 1) == 'E') {
			p->at += 2;
			return 0;
		}
		int r = re_rune(p, &c);
		if (r == 0)
			r = re_push_rune(p, c);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_backslash(struct re_parser *p)
{
	static const struct {
		char letter;
		uint8_t at;
	} edges[] = {{'A', AT_TEXT_START},
		     {'z', AT_TEXT_END},
		     {'b', AT_WORD_EDGE},
		     {'B', AT_NO_WORD_EDGE}};
	uint32_t c;

	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		if (re_peek(p, 1) != edges[i].letter)
			continue;
		p->at += 2;
		return push_at(p, edges[i].at);
	}
	if (re_peek(p, 1) == 'Q')
		return parse_quoted(p);
	int r = re_escape_class(p);
	if (r < 0)
		return r;
	if (r > 0) {
		rune_tidy(&p->set);
		return re_push_set(p);
	}
	r = re_escape(p, &c);
	return r < 0 ? r : re_push_rune(p, c);
}

static int parse_dot(struct re_parser *p)
{
	bool all = p->flags & FLAG_DOT_LINE;

	p->at++;
	rune_add(&p->set, 0, all ? RUNE_MAX : '\n' - 1);
	if (!all)
		rune_add(&p->set, '\n' + 1, RUNE_MAX);
	return re_push_set(p);
}

static int parse_one(struct re_parser *p)
{
	bool lines = p->flags & FLAG_LINES;
	uint32_t c;
	int r;

	switch (p->s.p[p->at]) {
	case '(':
		return parse_group(p);
	case ')':
		return close_group(p);
	case '[':
		return re_bracket(p);
	case '\\':
		return parse_backslash(p);
	case '.':
		return parse_dot(p);
	case '|':
		end_row(p);
		p->at++;
		return 0;
	case '^':
		p->at++;
		return push_at(p, lines ? AT_LINE_START : AT_TEXT_START);
	case '$':
		p->at++;
		return push_at(p, lines ? AT_LINE_END : AT_TEXT_END);
	default:
		r = re_rune(p, &c);
		return r < 0 ? r : re_push_rune(p, c);
	}
}

static int parse_all(struct re_parser *p)
{
	bool repeated = false;

	while (p->at < p->s.n) {
		bool after = repeated;

		repeated = false;
		int r = strchr("*+?{", re_peek(p, 0)) && re_peek(p, 0)
				? parse_repeat(p, after, &repeated)
				: parse_one(p);
		if (r < 0)
			return r;
	}
	if (p->frames.n > 1)
		return re_bad(p, top(p)->at, "missing )");
	return 0;
}

int re_parse(struct arena *a, struct sv pattern, unsigned flags, struct re_node **out,
	     uint32_t *groups, struct err *err)
{
	struct re_parser p = {.arena = a, .s = pattern, .err = err};

	p.flags = flags & REGEX_IGNORE_CASE ? FLAG_FOLD : 0;
	*VEC_PUSH(&p.frames) = (struct re_frame){0};
	int r = parse_all(&p);
	if (r == 0) {
		end_row(&p);
		*out = join(&p, RE_ALT, top(&p)->alts);
		*groups = p.groups;
	}
	vec_done(&p.frames);
	vec_done(&p.set);
	vec_done(&p.part);
	return r;
}
