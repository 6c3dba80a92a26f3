#include "rule/suppress-int.h"

#include "fact/dockerfile/tree.h"
#include "rule/pack.h"

#define OWN "gabion:ignore"

/* Of longer lines (JSON in one line) no comments are read: that would be asked for each finding. */
enum { LINE_BYTES = 4096 };

static bool names_rule(const struct rule *rule, struct sv name)
{
	return sv_is(name, "*") || sv_ieq(name, SV("all")) || rule_is_named(rule, name);
}

/* The next of "id, id": blanks and commas. */
static struct sv cut_word(struct sv *list)
{
	size_t n = 0;

	while (n < list->n && !strchr(", \t\r\n", list->p[n]))
		n++;
	struct sv word = sv_head(*list, n);
	*list = sv_from(*list, n + 1);
	return word;
}

bool suppress_list_names(const struct rule *rule, struct sv list)
{
	while (list.n) {
		struct sv word = cut_word(&list);
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
			     : keys[i].what == LIST ? !rest.n && suppress_list_names(rule, n->text)
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

/* The ids behind "gabion:ignore"; "a, b reason": a comma goes on. */
struct sv suppress_ids(struct sv text, struct sv *reason)
{
	struct sv rest = sv_trim(text), ids = sv_cut(&rest, ' ');

	while (ids.n && ids.p[ids.n - 1] == ',' && rest.n) {
		struct sv more = sv_cut(&rest, ' ');
		ids.n = (size_t)(more.p + more.n - ids.p);
	}
	*reason = sv_trim(rest);
	return ids;
}

/* "gabion:ignore ID[,ID] reason", "trivy:ignore:ID", several behind each other. */
bool suppress_comment(const struct rule *rule, struct sv text, struct sv *reason)
{
	struct sv trivy = SV("trivy:ignore:");
	size_t at = sv_find(text, SV(OWN));

	if (at != SIZE_MAX &&
	    suppress_list_names(rule, suppress_ids(sv_from(text, at + sizeof OWN - 1), reason)))
		return true;
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

/* A # in a block or in a text of several lines is no comment. */
bool suppress_in_scalar(const struct node *n, uint32_t at)
{
	if (n && n->kind != NODE_OBJECT && n->kind != NODE_ARRAY)
		return n->start <= at && at < n->end;
	NODE_EACH (it, n)
		if (it->start <= at && at < it->end && suppress_in_scalar(it, at))
			return true;
	return false;
}

/* The line around a byte; false: it is too long. */
bool suppress_line(struct sv bytes, size_t at, size_t *start, struct sv *line)
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

static bool is_comment(struct sv bytes, const struct node *root, struct sv text)
{
	return !suppress_in_scalar(root, (uint32_t)(text.p - bytes.p) - 1);
}

static bool by_comment(const struct rule *rule, struct sv bytes, const struct node *root, size_t at,
		       struct sv *reason)
{
	struct sv line, comment;
	size_t start;
	bool alone;

	if (at > bytes.n || !suppress_line(bytes, at, &start, &line))
		return false;
	if (comment_of(line, &comment, &alone) && suppress_comment(rule, comment, reason) &&
	    is_comment(bytes, root, comment))
		return true;
	/* lines of comments above: a few, so that a file of comments costs nothing */
	for (unsigned n = 0; n < SUPPRESS_LINES_ABOVE && start > 0; n++) {
		if (!suppress_line(bytes, start - 1, &start, &line) ||
		    !comment_of(line, &comment, &alone) || !alone)
			return false;
		if (suppress_comment(rule, comment, reason) && is_comment(bytes, root, comment))
			return true;
	}
	return false;
}

static void ask_object(const struct rule *rule, const struct node *annotations,
		       const struct node *pod_annotations, struct suppress_answer *answer,
		       struct sv bytes, const struct node *root)
{
	if (answer->is == SUPPRESS_UNASKED)
		answer->is =
			by_annotations(rule, annotations, &answer->reason) ||
					by_annotations(rule, pod_annotations, &answer->reason) ||
					(dockerfile_is_tree(root) &&
					 suppress_file(rule, bytes, root, &answer->reason))
				? SUPPRESS_YES
				: SUPPRESS_NO;
}

bool suppressed(const struct verdict *v, const struct node *annotations,
		const struct node *pod_annotations, struct suppress_answer *known, struct sv bytes,
		const struct node *root, uint32_t at, struct sv *reason)
{
	struct suppress_answer now = {0}, *answer = known ? known : &now;

	ask_object(v->rule, annotations, pod_annotations, answer, bytes, root);
	*reason = answer->reason;
	if (answer->is == SUPPRESS_YES)
		return true;
	return dockerfile_is_tree(root) ? suppress_instruction(v->rule, bytes, root, at, reason)
					: by_comment(v->rule, bytes, root, at, reason);
}

static bool names_any(const struct rules *rules, struct sv id)
{
	for (size_t i = 0; i < rules->all.n; i++)
		if (names_rule(rules->all.p[i], id))
			return true;
	return false;
}

/* bytes: what the list is a part of, or NULL where at is the place of all of it. */
static bool check_list(const struct rules *rules, struct sv list, const char *bytes, uint32_t at,
		       suppress_unknown_fn *tell, void *arg)
{
	while (list.n) {
		struct sv word = cut_word(&list);
		if (word.n && !names_any(rules, word) &&
		    !tell(arg, word, bytes ? (uint32_t)(word.p - bytes) : at))
			return false;
	}
	return true;
}

void suppress_check_comments(const struct rules *rules, struct sv bytes, const struct node *root,
			     uint32_t start, uint32_t end, suppress_unknown_fn *tell, void *arg)
{
	struct sv line, comment, reason;
	bool alone, go = true;
	size_t next, at;

	while (go && start < end &&
	       (next = sv_find(sv_make(bytes.p + start, end - start), SV(OWN))) != SIZE_MAX) {
		start += (uint32_t)next;
		const char *word = bytes.p + start;
		start += (uint32_t)sizeof OWN - 1;
		if (!suppress_line(bytes, (size_t)(word - bytes.p), &at, &line) ||
		    !comment_of(line, &comment, &alone) || comment.p > word ||
		    (dockerfile_is_tree(root) && !alone) || !is_comment(bytes, root, comment))
			continue;
		struct sv behind = sv_from(line, (size_t)(bytes.p + start - line.p));
		go = check_list(rules, suppress_ids(behind, &reason), bytes.p, 0, tell, arg);
	}
}

void suppress_check_annotations(const struct rules *rules, const struct node *annotations,
				suppress_unknown_fn *tell, void *arg)
{
	struct sv one = SV("gabion.dev/ignore.");

	if (!node_is(annotations, NODE_OBJECT))
		return;
	NODE_EACH (n, annotations) {
		bool go = true;
		if (sv_is(n->key, "gabion.dev/ignore"))
			go = check_list(rules, n->text, NULL, n->start, tell, arg);
		else if (sv_starts(n->key, one))
			go = check_list(rules, sv_from(n->key, one.n), NULL, n->key_start, tell,
					arg);
		if (!go)
			return;
	}
}
