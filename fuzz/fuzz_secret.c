/* Secrets in any bytes: hits lie inside of them, in order, and pieces find what the whole finds. */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "secret/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t n, last, sum;
	size_t size;
};

static void see(void *arg, const struct secret_hit *hit)
{
	struct seen *s = arg;

	if (hit->offset < s->last || hit->offset + hit->value.n > s->size || hit->line == 0)
		__builtin_trap();
	s->last = hit->offset;
	s->sum += hit->offset * 31 + hit->line;
	if (++s->n > limit_secrets)
		__builtin_trap();
}

/* The first byte chooses a path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"etc/app.conf", "root/.netrc", "srv/a.py",
					    "usr/lib/x",    "a.yml",       ""};
	struct sv bytes = sv_from(sv_make(data, size), 1);
	struct sv path = sv_of(paths[size ? data[0] % ARRAY_LEN(paths) : 0]);
	struct seen whole = {.size = bytes.n}, parts = {.size = bytes.n};

	secret_scan(bytes, path, see, &whole);
	struct secret_scanner *s = secret_scanner_new();
	secret_begin(s, path, see, &parts);
	for (size_t i = 0; i < bytes.n; i += 61)
		if (!secret_feed(s, sv_head(sv_from(bytes, i), 61)))
			break;
	secret_end(s);
	secret_scanner_free(s);
	if (whole.n != parts.n || whole.sum != parts.sum)
		__builtin_trap();
	size_t cut = bytes.n / 2;
	struct seen pair = {.size = SIZE_MAX};
	secret_pair(sv_head(bytes, cut), sv_from(bytes, cut), see, &pair);
	return 0;
}
