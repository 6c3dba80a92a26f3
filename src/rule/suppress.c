#include "rule/suppress.h"

#include "rule/pack.h"

/* Of longer lines (JSON in one line) no comments are read: that would be asked for each finding. */
enum { LINE_BYTES = 4096, LINES_ABOVE = 16 };

static bool names_rule(const struct rule *rule, struct sv name)
{
	return sv_is(name, "*") || sv_ieq(name, SV("all")) || rule_is_named(rule, name);
}

/* "id, id": blanks and commas. */
static bool list_names(const struct rule *rule, struct sv list)
{
	while (list.n) {
		size_t n = 0;
		while (n < list.n && list.p[n] != ',' && list.p[n] != ' ' && list.p[n] != '\t' &&
		       list.p[n] != '\n')
			n++;
		struct sv word = sv_head(list, n);
		list = sv_from(list, n + 1);
		if (word.n && names_rule(rule, word))
			return true;
	}
	return false;
}

static bool by_annotation(const struct rule *rule, const struct node *n, struct sv *reason)
{
	static const struct {
		const char *prefix;
		enum { LIST, ID, ALL } what;
	} keys[] = {
		{"gabion.dev/ignore.", ID},
		{"gabion.dev/ignore", LIST},
		{"ignore-check.kube-linter.io/", ID},
		{"kube-linter.io/ignore-all", ALL},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct sv prefix = sv_of(keys[i].prefix);
		if (!sv_starts(n->key, prefix))
			continue;
		struct sv rest = sv_from(n->key, prefix.n);
		bool found = keys[i].what == ID     ? rest.n && names_rule(rule, rest)
			     : keys[i].what == LIST ? !rest.n && list_names(rule, n->text)
						    : !rest.n;
		if (!found)
			continue;
		*reason = keys[i].what == LIST ? (struct sv){0} : sv_trim(n->text);
		return true;
	}
	return false;
}

static bool by_annotations(const struct rule *rule, const struct node *list, struct sv *reason)
{
	if (!node_is(list, NODE_OBJECT))
		return false;
	NODE_EACH (n, list)
		if (by_annotation(rule, n, reason))
			return true;
	return false;
}

/* Behind a # that begins a comment: at the line's start or behind a blank, not in quotes. */
static bool comment_of(struct sv line, struct sv *comment, bool *alone)
{
	char quote = 0;
	bool word = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		bool blank = i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t';
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '#' && blank) {
			*comment = sv_from(line, i + 1);
			*alone = !word;
			return true;
		} else if ((c == '"' || c == '\'') && (blank || !word)) {
			quote = c;
		}
		word |= c != ' ' && c != '\t';
	}
	return false;
}

static bool is_end(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ':' || c == '\r';
}

/* "gabion:ignore ID[,ID] reason", "trivy:ignore:ID", several behind each other. */
static bool comment_ignores(const struct rule *rule, struct sv text, struct sv *reason)
{
	struct sv own = SV("gabion:ignore"), trivy = SV("trivy:ignore:");
	size_t at = sv_find(text, own);

	if (at != SIZE_MAX) {
		struct sv rest = sv_trim(sv_from(text, at + own.n)), ids = sv_cut(&rest, ' ');
		/* "a, b reason": a comma goes on */
		while (ids.n && ids.p[ids.n - 1] == ',' && rest.n) {
			struct sv more = sv_cut(&rest, ' ');
			ids.n = (size_t)(more.p + more.n - ids.p);
		}
		if (list_names(rule, ids)) {
			*reason = sv_trim(rest);
			return true;
		}
	}
	while ((at = sv_find(text, trivy)) != SIZE_MAX) {
		text = sv_from(text, at + trivy.n);
		size_t n = 0;
		while (n < text.n && !is_end(text.p[n]))
			n++;
		if (n && names_rule(rule, sv_head(text, n))) {
			*reason = (struct sv){0};
			return true;
		}
	}
	return false;
}

/* The line around a byte; false: it is too long. */
static bool line_around(struct sv bytes, size_t at, size_t *start, struct sv *line)
{
	size_t from = at;

	while (from > 0 && bytes.p[from - 1] != '\n' && at - from <= LINE_BYTES)
		from--;
	struct sv rest = sv_head(sv_from(bytes, from), LINE_BYTES);
	size_t end = sv_find_char(rest, '\n');
	*start = from;
	*line = sv_head(rest, end);
	return at - from <= LINE_BYTES && (end != SIZE_MAX || rest.n < LINE_BYTES);
}

static bool by_comment(const struct rule *rule, struct sv bytes, size_t at, struct sv *reason)
{
	struct sv line, comment;
	size_t start;
	bool alone;

	if (at > bytes.n || !line_around(bytes, at, &start, &line))
		return false;
	if (comment_of(line, &comment, &alone) && comment_ignores(rule, comment, reason))
		return true;
	/* lines of comments above: a few, so that a file of comments costs nothing */
	for (unsigned n = 0; n < LINES_ABOVE && start > 0; n++) {
		if (!line_around(bytes, start - 1, &start, &line) ||
		    !comment_of(line, &comment, &alone) || !alone)
			return false;
		if (comment_ignores(rule, comment, reason))
			return true;
	}
	return false;
}

bool suppressed(const struct verdict *v, const struct node *annotations,
		const struct node *pod_annotations, struct sv bytes, uint32_t at, struct sv *reason)
{
	*reason = (struct sv){0};
	return by_annotations(v->rule, annotations, reason) ||
	       by_annotations(v->rule, pod_annotations, reason) ||
	       by_comment(v->rule, bytes, at, reason);
}
