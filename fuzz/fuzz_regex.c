/* pattern NUL text: spans lie in the text and in each other, the three matchers agree, the end
 * comes.
 */
#include <stdlib.h>

#include "base/base.h"
#include "rule/regex/regex-int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SPANS = 8 };

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_spans(const struct regex_span *s, unsigned groups, size_t from, size_t n)
{
	check(s[0].start >= from && s[0].start <= s[0].end && s[0].end <= n);
	for (unsigned i = 1; i < MAX_SPANS; i++) {
		if (s[i].start == SIZE_MAX || s[i].end == SIZE_MAX) {
			check(s[i].start == s[i].end);
			continue;
		}
		check(i <= groups && s[i].start <= s[i].end);
		check(s[i].start >= s[0].start && s[i].end <= s[0].end);
	}
}

static void match(const struct regex *re, struct regex_scratch *scratch, struct sv text)
{
	struct regex_span s[MAX_SPANS], threads[MAX_SPANS];
	bool found = regex_search(re, scratch, text, 0, s, MAX_SPANS);

	check(found == regex_matches(re, scratch, text));
	check(found == regex_search(re, scratch, text, 0, NULL, 0));
	check(found == pike_search(re, scratch, text, 0, threads, MAX_SPANS));
	check(!found || memcmp(s, threads, sizeof s) == 0);
	for (size_t from = 0, i = 0; found && i < 20; i++) {
		check_spans(s, regex_groups(re), from, text.n);
		from = s[0].end > from ? s[0].end : from + 1;
		found = regex_search(re, scratch, text, from, s, MAX_SPANS);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct regex_scratch *scratch = regex_scratch_new();
	struct sv text = sv_make(data, size);
	struct sv pattern = sv_cut(&text, '\0');

	for (unsigned flags = 0; flags <= REGEX_IGNORE_CASE; flags++) {
		auto_done(arena_done) struct arena a = {0};
		const struct regex *re = NULL;
		struct err err = {0};

		if (regex_compile(&a, pattern, flags, &re, &err) != 0) {
			check(err.msg[0] && (err.kind == ERR_PARSE || err.kind == ERR_LIMIT) &&
			      !re);
			continue;
		}
		match(re, scratch, text);
		match(re, scratch, pattern);
	}
	regex_scratch_free(scratch);
	return 0;
}
