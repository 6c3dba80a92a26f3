/* Zstandard (RFC 8878): all frames to the end, skippable frames passed over. */
#include "fmt/stream.h"

#include <zstd.h>

#include "fmt/expand.h"
#include "fmt/stage.h"

enum {
	WINDOW_LOG_MAX = 27
}; /* 128 MiB: the largest that `zstd --long` makes without being forced */

struct zstd {
	struct stage st;
	struct stream *in;
	struct sv chunk;
	struct expand sum;
	ZSTD_DCtx *ctx;
	bool in_frame;
};

static int zstd_run(struct zstd *z, char *to, size_t cap, size_t *n, struct err *err)
{
	ZSTD_inBuffer in = {z->chunk.p, z->chunk.n, 0};
	ZSTD_outBuffer out = {to, cap, 0};
	size_t rc = ZSTD_decompressStream(z->ctx, &out, &in);

	if (ZSTD_isError(rc)) {
		uint64_t at = z->sum.in - (z->chunk.n - in.pos);
		return err_set(err, ERR_PARSE, "zstd: %s near byte %llu", ZSTD_getErrorName(rc),
			       (unsigned long long)at);
	}
	z->chunk = sv_from(z->chunk, in.pos);
	z->in_frame = rc != 0;
	*n = out.pos;
	return 0;
}

static int zstd_make(struct stage *st, char *to, size_t cap, size_t *n, struct err *err)
{
	struct zstd *z = (struct zstd *)st;

	for (;;) {
		/* without input too: the last call may have left bytes for which there was no room
		 */
		if (z->in_frame || z->chunk.n > 0) {
			int rc = zstd_run(z, to, cap, n, err);
			if (rc < 0)
				return rc;
			if (*n > 0)
				return expand_add(&z->sum, *n, err) < 0 ? -(int)err->kind : 1;
		}
		if (z->chunk.n > 0)
			continue;
		int rc = stream_next(z->in, &z->chunk, err);
		if (rc < 0)
			return rc;
		if (rc == 0 && (z->in_frame || z->sum.in == 0)) {
			(void)err_set(err, ERR_PARSE, "zstd: truncated at byte %llu",
				      (unsigned long long)z->sum.in);
			return err_code(err, "truncated");
		}
		if (rc == 0)
			return 0;
		z->sum.in += z->chunk.n;
	}
}

static void zstd_free(struct stream *s)
{
	struct zstd *z = (struct zstd *)s;

	(void)ZSTD_freeDCtx(z->ctx);
	stream_free(z->in);
	stage_done(&z->st);
	free(z);
}

struct stream *stream_zstd(struct stream *inner)
{
	struct zstd *z = xcalloc(1, sizeof *z);

	stage_init(&z->st, zstd_make, zstd_free);
	z->in = inner;
	z->ctx = ZSTD_createDCtx();
	if (!z->ctx)
		budget_exhausted("zstd", 0);
	(void)ZSTD_DCtx_setParameter(z->ctx, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return &z->st.s;
}
