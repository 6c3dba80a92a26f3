/* What callers see: compiling, the scratch, and choosing how to match. */
#include "rule/regex/regex-int.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"

int regex_compile(struct arena *a, struct sv pattern, unsigned flags, const struct regex **out,
		  struct err *err)
{
	auto_done(arena_done) struct arena tmp = {0};
	struct regex *re = ARENA_NEW(a, struct regex);
	struct re_node *tree = NULL;

	if (pattern.n > limit_regex_bytes)
		return err_set(err, ERR_LIMIT, "longer than %zu bytes", (size_t)limit_regex_bytes);
	int r = re_parse(&tmp, pattern, flags, &tree, &re->groups, err);
	if (r == 0)
		r = re_compile_tree(a, tree, re, err);
	if (r < 0)
		return r;
	re->pattern = arena_sv(a, pattern);
	re->flags = flags;
	re->hash = hash_seeded(pattern) + flags;
	*out = re;
	return 0;
}

struct regex_scratch *regex_scratch_new(void)
{
	return xcalloc(1, sizeof(struct regex_scratch));
}

void regex_scratch_free(struct regex_scratch *s)
{
	if (!s)
		return;
	pike_done(s);
	backtrack_done(s);
	dfa_done(s);
	free(s);
}

unsigned regex_groups(const struct regex *re)
{
	return re->groups;
}

size_t re_find(struct sv text, size_t from, struct sv prefix)
{
	const char *p;

	if (text.n - from < prefix.n)
		return SIZE_MAX;
	if (prefix.n == 0)
		return from;
	if (prefix.n == 1)
		p = memchr(text.p + from, prefix.p[0], text.n - from);
	else
		p = memmem(text.p + from, text.n - from, prefix.p, prefix.n);
	return p ? (size_t)(p - text.p) : SIZE_MAX;
}

/* Where a pattern that is only a literal matches, or SIZE_MAX. */
static size_t find_literal(const struct regex *re, struct sv text, size_t from)
{
	struct sv rest = sv_from(text, from);

	if (re->anchored) {
		bool at_start = from == 0 && (re->literal_ends ? sv_eq(text, re->prefix)
							       : sv_starts(text, re->prefix));
		return at_start ? 0 : SIZE_MAX;
	}
	if (re->literal_ends)
		return sv_ends(rest, re->prefix) ? text.n - re->prefix.n : SIZE_MAX;
	return re_find(text, from, re->prefix);
}

static bool matches_from(const struct regex *re, struct regex_scratch *s, struct sv text,
			 size_t from)
{
	if (re->literal)
		return find_literal(re, text, from) != SIZE_MAX;
	if (re->anchored && from > 0)
		return false;
	enum dfa_answer answer = dfa_match(re, s, text, from);
	return answer == DFA_UNSURE ? pike_search(re, s, text, from, NULL, 0) : answer == DFA_YES;
}

bool regex_matches(const struct regex *re, struct regex_scratch *s, struct sv text)
{
	return matches_from(re, s, text, 0);
}

/* Within a character: behind it. */
static size_t whole_char(struct sv text, size_t from)
{
	uint32_t c;

	for (size_t back = 1; back <= 3 && back <= from && from < text.n; back++) {
		uint8_t b = (uint8_t)text.p[from - back];

		if (((uint8_t)text.p[from] & 0xc0) != 0x80 || b < 0x80)
			break;
		if (b < 0xc0)
			continue;
		size_t n = utf8_decode(sv_from(text, from - back), &c);
		return n > back ? from - back + n : from;
	}
	return from;
}

bool regex_search(const struct regex *re, struct regex_scratch *s, struct sv text, size_t from,
		  struct regex_span *spans, unsigned n)
{
	if (from > text.n)
		return false;
	from = whole_char(text, from);
	if (re->literal && re->groups == 0) {
		size_t at = find_literal(re, text, from);
		for (unsigned i = 0; i < n && at != SIZE_MAX; i++)
			spans[i] = i == 0 ? (struct regex_span){at, at + re->prefix.n}
					  : (struct regex_span){SIZE_MAX, SIZE_MAX};
		return at != SIZE_MAX;
	}
	if (!matches_from(re, s, text, from))
		return false;
	if (n == 0)
		return true;
	if (backtrack_fits(re, text, from))
		return backtrack_search(re, s, text, from, spans, n);
	return pike_search(re, s, text, from, spans, n);
}
