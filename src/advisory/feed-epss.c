/* FIRST's exploit prediction scores:
 * "#model_version:v2025.03.14,score_date:2025-08-25T00:00:00+0000". */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"

struct reader {
	struct cve_sink *sink;
	struct feed_info *info;
	struct buf rest; /* a line that goes on in the next chunk */
	uint64_t line;
};

/* "0.00043": digits with one point, from 0 to 1. */
static bool fraction(struct sv v, double *out)
{
	struct sv frac = v, whole = sv_cut(&frac, '.');
	uint64_t w, f = 0;
	double scale = 1;

	if (!sv_u64(whole, &w) || frac.n > 15 || (frac.n && !sv_u64(frac, &f)))
		return false;
	for (size_t i = 0; i < frac.n; i++)
		scale *= 10;
	*out = (double)w + (double)f / scale;
	return *out <= 1;
}

static void head_line(struct reader *r, struct sv line)
{
	size_t at = sv_find(line, SV("score_date:"));

	if (at == SIZE_MAX)
		return;
	struct sv rest = sv_from(line, at + 11);
	(void)clock_parse(sv_head(sv_cut(&rest, ','), 10), &r->info->date);
}

static int one_line(struct reader *r, struct sv line, struct err *err)
{
	r->line++;
	if (line.n && line.p[0] == '#') {
		head_line(r, line);
		return 0;
	}
	if (line.n == 0 || sv_starts(line, SV("cve,")))
		return 0;
	struct cve_fact fact = {.score = -1, .has_epss = true};
	fact.cve = cve_number(sv_cut(&line, ','));
	struct sv score = sv_cut(&line, ',');
	if (!fact.cve || !fraction(score, &fact.epss) ||
	    !fraction(sv_trim(line), &fact.percentile)) {
		err_set(err, ERR_PARSE, "not a row of EPSS scores: expected cve,epss,percentile");
		return err_where(err, "line %llu", (unsigned long long)r->line);
	}
	r->info->records++;
	return r->sink->fact(r->sink, &fact, err);
}

static int chunk_lines(struct reader *r, struct sv chunk, struct err *err)
{
	size_t at;
	int rc = 0;

	while (rc >= 0 && (at = sv_find_char(chunk, '\n')) != SIZE_MAX) {
		struct sv line = sv_head(chunk, at);
		if (r->rest.n) {
			buf_sv(&r->rest, line);
			line = buf_view(&r->rest);
		}
		rc = one_line(r, sv_trim(line), err);
		buf_clear(&r->rest);
		chunk = sv_from(chunk, at + 1);
	}
	if (rc >= 0 && r->rest.n + chunk.n > 65536)
		return err_set(err, ERR_LIMIT, "a line of the EPSS scores is too long");
	if (rc >= 0)
		buf_sv(&r->rest, chunk);
	return rc;
}

int feed_epss(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	      struct err *err)
{
	struct reader r = {.sink = sink, .info = info};
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stream *s = NULL;
	const struct stream *digest;
	struct sv chunk;

	if (fd < 0)
		return err_sys(err, "cannot open the feed %s", path);
	int rc = feed_stream(fd, &s, &digest, err);
	while (rc >= 0 && (rc = stream_next(s, &chunk, err)) == 1)
		rc = chunk_lines(&r, chunk, err);
	if (rc >= 0 && r.rest.n)
		rc = one_line(&r, sv_trim(buf_view(&r.rest)), err);
	if (rc >= 0 && info->records == 0)
		rc = err_set(err, ERR_PARSE, "no EPSS score in the file");
	if (rc >= 0)
		info->sha256 = feed_stream_end(digest, a);
	stream_free(s);
	buf_done(&r.rest);
	return rc < 0 ? err_ctx(err, "%s", path) : 0;
}
