#include "re2-glue.h"

#include <re2/re2.h>
#include <stdio.h>

#include <vector>

void *glue_compile(const char *p, size_t n, char *why, size_t why_size)
{
	RE2::Options options;

	options.set_log_errors(false);
	options.set_max_mem(256 << 20);
	RE2 *re = new RE2(re2::StringPiece(p, n), options);
	if (re->ok())
		return re;
	snprintf(why, why_size, "%s", re->error().c_str());
	delete re;
	return nullptr;
}

void glue_free(void *re)
{
	delete static_cast<RE2 *>(re);
}

int glue_groups(const void *re)
{
	return static_cast<const RE2 *>(re)->NumberOfCapturingGroups();
}

int glue_search(const void *re, const char *text, size_t len, size_t from, long *spans, int n)
{
	std::vector<re2::StringPiece> sub(static_cast<size_t>(n));

	if (!static_cast<const RE2 *>(re)->Match(re2::StringPiece(text, len), from, len, RE2::UNANCHORED,
						 sub.data(), n))
		return 0;
	for (int i = 0; i < n; i++) {
		const re2::StringPiece &s = sub[static_cast<size_t>(i)];
		spans[2 * i] = s.data() ? s.data() - text : -1;
		spans[2 * i + 1] = s.data() ? spans[2 * i] + static_cast<long>(s.size()) : -1;
	}
	return 1;
}
