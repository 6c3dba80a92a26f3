#include "fmt/stream.h"

#include <openssl/evp.h>
#include <pthread.h>

struct digesting {
	struct stream s;
	struct stream *in;
	EVP_MD_CTX *ctx;
	uint64_t bytes;
	bool done;
	uint8_t out[32];
};

/* Fetching costs more than hashing a small file: once per process, never changed afterwards. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void sha256_fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void stream_digest_prepare(void)
{
	(void)pthread_once(&sha256_once, sha256_fetch);
}

static int digesting_pass(struct digesting *d, int rc, struct sv v, struct err *err)
{
	unsigned int n = 0;

	if (rc < 0 || (rc == 0 && d->done))
		return rc;
	if (!d->ctx)
		return err_set(err, ERR_CRYPTO, "SHA-256 is not to be had from OpenSSL");
	if (rc > 0 && EVP_DigestUpdate(d->ctx, v.p, v.n) == 1) {
		d->bytes += v.n;
		return rc;
	}
	if (rc == 0 && EVP_DigestFinal_ex(d->ctx, d->out, &n) == 1 && n == sizeof d->out) {
		d->done = true;
		return 0;
	}
	EVP_MD_CTX_free(d->ctx); /* the next call fails too */
	d->ctx = NULL;
	return err_set(err, ERR_CRYPTO, "SHA-256 failed");
}

static int digesting_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct digesting *d = (struct digesting *)s;
	struct sv v = {0};
	int rc = digesting_pass(d, stream_next(d->in, &v, err), v, err);

	if (rc > 0)
		*chunk = v;
	return rc;
}

static int digesting_fill(struct stream *s, char *to, size_t cap, size_t *n, struct err *err)
{
	struct digesting *d = (struct digesting *)s;
	size_t got = 0;
	int rc = d->in->fill(d->in, to, cap, &got, err);

	rc = digesting_pass(d, rc, sv_make(to, got), err);
	if (rc > 0)
		*n = got;
	return rc;
}

static void digesting_free(struct stream *s)
{
	struct digesting *d = (struct digesting *)s;

	EVP_MD_CTX_free(d->ctx);
	stream_free(d->in);
	free(d);
}

struct stream *stream_digest(struct stream *inner)
{
	struct digesting *d = xcalloc(1, sizeof *d);

	stream_digest_prepare();
	d->s = (struct stream){.next = digesting_next, .free = digesting_free};
	if (inner->fill)
		d->s.fill = digesting_fill;
	d->in = inner;
	d->ctx = EVP_MD_CTX_new();
	if (d->ctx && (!sha256 || EVP_DigestInit_ex2(d->ctx, sha256, NULL) != 1)) {
		EVP_MD_CTX_free(d->ctx);
		d->ctx = NULL;
	}
	return &d->s;
}

bool stream_digest_get(const struct stream *s, uint8_t out[32], uint64_t *bytes)
{
	const struct digesting *d = (const struct digesting *)s;

	if (s->next != digesting_next || !d->done)
		return false;
	memcpy(out, d->out, sizeof d->out);
	*bytes = d->bytes;
	return true;
}
