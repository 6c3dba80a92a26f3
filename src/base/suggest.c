#include "base/base.h"

#include "base/suggest.h"

#define WORD_MAX 64

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance, three rows at a time. */
size_t suggest_distance(struct sv a, struct sv b)
{
	size_t rows[3][WORD_MAX + 1];

	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);
			now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && lower(a.p[i - 2]) == y)
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[a.n % 3][b.n];
}

void suggest_offer(struct suggest *s, struct sv known)
{
	size_t d = suggest_distance(s->word, known);

	/* "sever" means "severity": what was typed begins the word */
	if (s->word.n >= 3 && known.n > s->word.n && sv_ieq(sv_head(known, s->word.n), s->word))
		d = 1;
	if (!s->best.p || d < s->distance) {
		s->best = known;
		s->distance = d;
	}
}

struct sv suggest_best(const struct suggest *s)
{
	size_t longest = s->word.n > s->best.n ? s->word.n : s->best.n;
	size_t far = longest <= 3 ? 1 : longest / 3;

	return s->best.p && s->distance <= far ? s->best : (struct sv){0};
}
