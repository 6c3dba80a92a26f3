/* General categories, scripts and case folding: runs in tables, searched. */
#include "rule/regex/regex-int.h"

/* Characters lo to hi: the next of each orbit is delta away; 0: neighbours form pairs. */
struct fold_row {
	uint32_t lo, hi;
	int32_t delta;
};

#include "rule/regex/unicode-table.inc"

static const struct fold_row *fold_find(uint32_t c)
{
	size_t lo = 0, hi = ARRAY_LEN(fold_rows);

	/* the first row that ends at or behind c */
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (fold_rows[mid].hi < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return &fold_rows[lo];
}

static uint32_t fold_next(const struct fold_row *row, uint32_t c)
{
	if (row->delta == 0)
		return (c - row->lo) % 2 == 0 ? c + 1 : c - 1;
	return (uint32_t)((int32_t)c + row->delta);
}

uint32_t rune_fold(uint32_t c)
{
	const struct fold_row *row = fold_find(c);

	return row < fold_rows + ARRAY_LEN(fold_rows) && row->lo <= c ? fold_next(row, c) : c;
}

void rune_add_folded(struct rune_set *s, uint32_t lo, uint32_t hi)
{
	const struct fold_row *end = fold_rows + ARRAY_LEN(fold_rows);

	rune_add(s, lo, hi);
	for (const struct fold_row *row = fold_find(lo); row < end && row->lo <= hi; row++) {
		uint32_t from = row->lo > lo ? row->lo : lo;
		uint32_t to = row->hi < hi ? row->hi : hi;
		for (uint32_t c = from; c <= to; c++)
			for (uint32_t f = fold_next(row, c); f != c; f = rune_fold(f))
				if (f < lo || f > hi)
					rune_add(s, f, f);
	}
}

static void add_run(struct rune_set *s, uint32_t lo, uint32_t hi, bool fold)
{
	if (fold)
		rune_add_folded(s, lo, hi);
	else
		rune_add(s, lo, hi);
}

/* All runs whose value is one of wanted. */
static void add_runs(struct rune_set *s, const uint32_t *runs, size_t n, const bool wanted[256],
		     bool fold)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t end = i + 1 < n ? runs[i + 1] >> 8 : RUNE_MAX + 1;

		if (wanted[runs[i] & 0xff])
			add_run(s, runs[i] >> 8, end - 1, fold);
	}
}

/* A category, or all that start with its letter. */
static bool add_category(struct rune_set *s, struct sv name, bool fold)
{
	bool wanted[256] = {false};
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(category_names) && name.n <= 2; i++) {
		if (!sv_starts(sv_of(category_names[i]), name))
			continue;
		wanted[i + 1] = true;
		found = true;
	}
	if (found)
		add_runs(s, category_runs, ARRAY_LEN(category_runs), wanted, fold);
	return found;
}

bool rune_add_unicode(struct rune_set *s, struct sv name, bool fold)
{
	bool wanted[256] = {false};

	if (name.n == 0)
		return false;
	if (sv_is(name, "Any")) {
		rune_add(s, 0, RUNE_MAX);
		return true;
	}
	if (add_category(s, name, fold))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(script_names); i++) {
		if (!sv_is(name, script_names[i]))
			continue;
		wanted[i + 1] = true;
		add_runs(s, script_runs, ARRAY_LEN(script_runs), wanted, fold);
		return true;
	}
	return false;
}
