/* Exceptions in the comments of Dockerfiles. */
#include "rule/suppress-int.h"

/* Each rule asks for them. */
enum { MARKS_MAX = 200 };

static bool hadolint(const struct rule *rule, struct sv text, struct sv *reason)
{
	text = sv_trim(text);
	if (!sv_starts(text, SV("hadolint")))
		return false;
	text = sv_trim(sv_from(text, 8));
	struct sv key = sv_trim(sv_cut(&text, '='));
	return sv_is(key, "ignore") &&
	       suppress_list_names(rule, suppress_ids(sv_trim(text), reason));
}

/* The instruction that holds the byte, or the last one in front of it. */
static const struct node *instruction(const struct node *root, size_t at)
{
	size_t low = 0, high = root->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (root->items[middle].start <= at)
			low = middle;
		else
			high = middle;
	}
	return root->n && root->items[low].start <= at ? &root->items[low] : NULL;
}

/* The comment that a line of its own holds; in a heredoc it is none. */
static bool comment_line(struct sv bytes, const struct node *root, struct sv line,
			 struct sv *comment)
{
	struct sv text = sv_trim(line);

	if (!text.n || *text.p != '#')
		return false;
	size_t at = (size_t)(text.p - bytes.p);
	if (suppress_in_scalar(instruction(root, at), (uint32_t)at))
		return false;
	*comment = sv_from(text, 1);
	return true;
}

static bool above(const struct rule *rule, struct sv bytes, const struct node *root, size_t at,
		  struct sv *reason)
{
	struct sv line, comment;
	size_t start;

	if (!suppress_line(bytes, at, &start, &line))
		return false;
	for (unsigned n = 0; n < SUPPRESS_LINES_ABOVE && start > 0; n++) {
		if (!suppress_line(bytes, start - 1, &start, &line) ||
		    !comment_line(bytes, root, line, &comment))
			return false;
		if (suppress_comment(rule, comment, reason) || hadolint(rule, comment, reason))
			return true;
	}
	return false;
}

bool suppress_instruction(const struct rule *rule, struct sv bytes, const struct node *root,
			  size_t at, struct sv *reason)
{
	const struct node *n = instruction(root, at);

	if (at > bytes.n)
		return false;
	return (n && above(rule, bytes, root, n->start, reason)) ||
	       above(rule, bytes, root, at, reason);
}

/* Behind the mark, where it stands in a comment of its own line. */
static bool marked(const struct rule *rule, struct sv bytes, const struct node *root,
		   struct sv mark, char end, struct sv *reason)
{
	struct sv rest = bytes, line, comment;
	size_t at, start;

	for (unsigned n = 0; n < MARKS_MAX && (at = sv_find(rest, mark)) != SIZE_MAX; n++) {
		const char *from = rest.p + at;
		rest = sv_from(rest, at + mark.n);
		if (!suppress_line(bytes, (size_t)(from - bytes.p), &start, &line) ||
		    !comment_line(bytes, root, line, &comment) || comment.p > from)
			continue;
		struct sv text = sv_from(comment, (size_t)(from - comment.p) + mark.n);
		if (end) {
			struct sv id = sv_trim(sv_cut(&text, end));
			*reason = sv_trim(text);
			if (id.n && suppress_list_names(rule, id))
				return true;
		} else if (suppress_list_names(rule, suppress_ids(sv_trim(text), reason))) {
			return true;
		}
	}
	return false;
}

bool suppress_file(const struct rule *rule, struct sv bytes, const struct node *root,
		   struct sv *reason)
{
	return marked(rule, bytes, root, SV("hadolint global ignore="), 0, reason) ||
	       marked(rule, bytes, root, SV("checkov:skip="), ':', reason);
}
