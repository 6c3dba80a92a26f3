/* WWW-Authenticate of a hostile registry: what is read can stand in a header and a URL of ours. */
#include <stdlib.h>

#include "net/challenge.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '\r' || v.p[i] == '\n' || v.p[i] == '\0')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(buf_done) struct buf b = {0};
	struct arena a;
	struct err err = {0};
	struct challenge c;
	struct url u;

	arena_init(&a, 256u << 20);
	if (size < 65536 && challenge_parse(&a, sv_make(data, size), &c, &err) == 0) {
		check(c.realm);
		check(c.service);
		check(c.scope);
		if (!c.bearer && c.realm.n)
			abort();
		if (url_parse(c.realm, &u)) {
			struct url again;
			if (!url_parse(url_origin(&a, &u), &again) || !url_same_origin(&u, &again))
				abort();
		}
		url_encode(&b, c.scope);
	}
	arena_done(&a);
	return 0;
}
