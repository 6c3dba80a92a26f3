/* One pass over the bytes: pieces of keywords, then the rule of the keyword. */
#include "secret/secret.h"

#include <stdlib.h>

#include "base/limits.h"
#include "secret/secret-int.h"

enum {
	SLOTS = 8192,       /* of the table of pieces: fits into the first cache */
	RULES_MAX = 254,    /* numbers in it are bytes */
	BINARY = 4096,      /* a NUL in so many bytes: no text */
	WINDOW = 1 << 20,   /* bytes held of a file */
	OVERLAP = 96 << 10, /* longest thing that is looked for, with what stands in front of it */
	STEP = 8,
};

struct secret_scanner {
	uint8_t first[SLOTS];     /* by the hash of a piece: number of a rule + 1; 0: none */
	uint8_t next[RULES_MAX];  /* another rule in that slot */
	uint8_t words[RULES_MAX]; /* length of its keyword */
	struct buf window;
	uint64_t base;  /* offset of the window in the file */
	uint64_t done;  /* offset up to which hits were told */
	uint32_t lines; /* in front of the window */
	uint64_t told;
	bool begun, binary;
	struct sv path;
	struct buf path_text;
	bool software, code;
	secret_fn *fn;
	void *arg;
	struct {
		struct secret_found *p;
		size_t n, cap;
	} found;
};

/* Three bytes, letters folded: a hash with few like it in texts. */
static inline uint32_t slot_of(uint32_t piece)
{
	return ((piece & 0xFFFFFFu) | 0x202020u) * 0x9E3779B1u >> 19;
}

static inline uint32_t slot_at(const char *p)
{
	uint32_t piece;

	memcpy(&piece, p, sizeof piece);
	return slot_of(le32(&piece));
}

struct secret_scanner *secret_scanner_new(void)
{
	struct secret_scanner *s = xcalloc(1, sizeof *s);

	for (size_t i = 0; i < secret_rules_n && i < RULES_MAX; i++) {
		const struct secret_rule *r = &secret_rules[i];
		const uint8_t *p = (const uint8_t *)r->keyword + r->piece;
		uint32_t slot =
			slot_of((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16);
		s->next[i] = s->first[slot];
		s->first[slot] = (uint8_t)(i + 1);
		s->words[i] = (uint8_t)strlen(r->keyword);
	}
	return s;
}

void secret_scanner_free(struct secret_scanner *s)
{
	if (!s)
		return;
	buf_done(&s->window);
	buf_done(&s->path_text);
	vec_done(&s->found);
	free(s);
}

static bool same(struct sv v, const char *word, bool fold)
{
	if (!fold)
		return memcmp(v.p, word, v.n) == 0;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c != word[i])
			return false;
	}
	return true;
}

/* A piece of a keyword stands at i: does the keyword, and what the rule wants around it? */
static void candidate(struct secret_scanner *s, const struct secret_text *t, size_t i, uint8_t slot)
{
	for (uint8_t k = slot; k; k = s->next[k - 1]) {
		const struct secret_rule *r = &secret_rules[k - 1];
		size_t n = s->words[k - 1];
		if (i < r->piece || t->bytes.n - (i - r->piece) < n)
			continue;
		size_t at = i - r->piece;
		struct secret_found f = {r->type, r->title, .confidence = r->confidence};
		if (!same(sv_make(t->bytes.p + at, n), r->keyword, r->fold) ||
		    s->found.n >= limit_secrets || !r->find(t, r, at, &f))
			continue;
		*VEC_PUSH(&s->found) = f;
	}
}

static void search(struct secret_scanner *s, const struct secret_text *t)
{
	const char *p = t->bytes.p;
	size_t n = t->bytes.n, i = 0;
	const uint8_t *first = s->first;

	for (; i + STEP + 4 <= n; i += STEP) {
		unsigned any = 0;
		for (size_t k = 0; k < STEP; k++)
			any |= first[slot_at(p + i + k)];
		for (size_t k = 0; any && k < STEP; k++)
			if (first[slot_at(p + i + k)])
				candidate(s, t, i + k, first[slot_at(p + i + k)]);
	}
	for (; i + 3 <= n; i++) {
		char tail[4] = {p[i], p[i + 1], p[i + 2], 0};
		if (first[slot_at(tail)])
			candidate(s, t, i, first[slot_at(tail)]);
	}
}

/* By their beginning; the surest and longest of those that overlap first. */
static int found_cmp(const void *a, const void *b)
{
	const struct secret_found *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end < y->end) - (x->end > y->end);
}

static int start_cmp(const void *a, const void *b)
{
	const struct secret_found *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Keeps of things that overlap the one that is worth most. */
static void settle(struct secret_scanner *s)
{
	size_t n = 0;

	qsort(s->found.p, s->found.n, sizeof *s->found.p, found_cmp);
	for (size_t i = 0; i < s->found.n; i++) {
		bool free_place = true;
		for (size_t k = 0; k < n && free_place; k++)
			free_place = s->found.p[i].start >= s->found.p[k].end ||
				     s->found.p[i].end <= s->found.p[k].start;
		if (free_place)
			s->found.p[n++] = s->found.p[i];
	}
	s->found.n = n;
	qsort(s->found.p, n, sizeof *s->found.p, start_cmp);
}

static uint32_t lines_in(struct sv v)
{
	uint32_t n = 0;

	for (const char *p = v.p, *end = v.p + v.n;
	     p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	return n;
}

/* Hits that begin before `limit` in the window; the rest is looked at again with more behind it. */
static void tell(struct secret_scanner *s, struct sv bytes, size_t limit)
{
	size_t at = 0;
	uint32_t line = s->lines + 1;

	for (size_t i = 0; i < s->found.n; i++) {
		const struct secret_found *f = &s->found.p[i];
		size_t value = (size_t)(f->value.p - bytes.p);
		if (f->start >= limit || s->base + f->start < s->done || s->told >= limit_secrets)
			continue;
		if (value > at) {
			line += lines_in(sv_head(sv_from(bytes, at), value - at));
			at = value;
		}
		struct secret_hit hit = {f->type,         f->title, f->value,
					 s->base + value, line,     f->confidence};
		s->told++;
		s->done = s->base + f->end;
		s->fn(s->arg, &hit);
	}
}

static void window(struct secret_scanner *s, struct sv bytes, size_t limit)
{
	struct secret_text t = {bytes, s->path, s->software, s->code};

	s->found.n = 0;
	search(s, &t);
	if (s->found.n == 0)
		return;
	settle(s);
	tell(s, bytes, limit);
}

void secret_begin(struct secret_scanner *s, struct sv path, secret_fn *fn, void *arg)
{
	buf_clear(&s->window);
	buf_clear(&s->path_text);
	buf_sv(&s->path_text, path);
	s->path = buf_view(&s->path_text);
	s->base = s->done = s->told = 0;
	s->lines = 0;
	s->begun = false;
	s->binary = secret_path_known(path);
	s->software = secret_path_software(path);
	s->code = secret_path_code(path);
	s->fn = fn;
	s->arg = arg;
}

static bool is_binary(struct sv v)
{
	v = sv_head(v, BINARY);
	return v.n && memchr(v.p, 0, v.n);
}

bool secret_feed(struct secret_scanner *s, struct sv chunk)
{
	while (chunk.n && !s->binary) {
		size_t room = WINDOW - s->window.n, n = chunk.n < room ? chunk.n : room;
		buf_add(&s->window, chunk.p, n);
		chunk = sv_from(chunk, n);
		if (!s->begun && s->window.n >= BINARY) {
			s->begun = true;
			s->binary = is_binary(buf_view(&s->window));
		}
		if (s->window.n < WINDOW || s->binary)
			continue;
		size_t kept = WINDOW - OVERLAP;
		window(s, buf_view(&s->window), kept);
		s->lines += lines_in(sv_head(buf_view(&s->window), kept));
		s->base += kept;
		memmove(s->window.p, s->window.p + kept, OVERLAP);
		s->window.n = OVERLAP;
		if (s->base >= limit_secret_bytes)
			s->binary = true; /* the rest is not looked at */
	}
	return !s->binary;
}

void secret_end(struct secret_scanner *s)
{
	struct sv v = buf_view(&s->window);

	if (!s->begun && !s->binary)
		s->binary = is_binary(v);
	if (!s->binary)
		window(s, v, SIZE_MAX);
	buf_clear(&s->window);
}

void secret_scan(struct sv bytes, struct sv path, secret_fn *fn, void *arg)
{
	struct secret_scanner *s = secret_scanner_new();

	secret_begin(s, path, fn, arg);
	if (!s->binary && !is_binary(bytes))
		window(s, sv_head(bytes, limit_secret_bytes), SIZE_MAX);
	secret_scanner_free(s);
}

struct first_hit {
	secret_fn *fn;
	void *arg;
	bool any;
};

static void pass_on(void *arg, const struct secret_hit *hit)
{
	struct first_hit *f = arg;

	f->any = true;
	f->fn(f->arg, hit);
}

/* By its form; else by the name: whoever gives a variable of that name a value means it. */
void secret_pair(struct sv name, struct sv value, secret_fn *fn, void *arg)
{
	struct first_hit first = {fn, arg, false};
	struct secret_hit hit = {"password", "password", value, 0, 1, SECRET_MEDIUM};

	secret_scan(value, (struct sv){0}, pass_on, &first);
	if (first.any || !secret_name(name) || value.n < 4 || secret_placeholder(value) ||
	    value.p[0] == '/' || sv_is(value, "true") || sv_is(value, "false"))
		return;
	if (secret_is_aws(name, value))
		hit = (struct secret_hit){"aws-secret-key", "AWS secret access key", value, 0, 1,
					  SECRET_HIGH};
	else if (secret_find_fold(name, "pass") == SIZE_MAX)
		hit.type = "token", hit.title = "token";
	fn(arg, &hit);
}
