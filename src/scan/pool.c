#include "scan/pool.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "scan/analysis.h"
#include "scan/jobs.h"
#include "scan/pool-int.h"

enum { MAX_WORKERS = 64 };

void layer_result_done(struct layer_result *r)
{
	layer_facts_done(&r->facts);
	buf_done(&r->frames);
}

/* Workers may be told their budget in the middle of a layer: what they allocate beyond it fails. */
static int start(struct pool *p, struct slot *s, struct err *err)
{
	uint64_t room = p->o->memory ? p->o->memory : limit_worker_memory * 4;

	s->layer = INDEX_NONE;
	return worker_start(&s->w, jobs_serve, NULL, room, err);
}

void pool_fail(struct pool *p, size_t layer, const struct err *err)
{
	struct layer_result *r = &p->results[layer];

	if (!r->failed) {
		r->failed = true;
		r->err = *err;
	}
}

static bool has_fatal(const struct layer_facts *f)
{
	for (size_t i = 0; i < f->errors.n; i++)
		if (f->errors.p[i].weight == WEIGHT_FATAL)
			return true;
	return false;
}

/* Digests are what the image promised, or the layer is not that layer. Where reading failed there
 * may be none: that is said already. */
static bool differs(const struct digest *want, bool verify, bool has, const uint8_t got[32],
		    bool failed)
{
	if (!verify || !want->set)
		return false;
	return has ? memcmp(got, want->bytes, 32) != 0 : !failed;
}

static void check_digests(struct pool *p, size_t layer)
{
	const struct image_layer *l = &p->img->layers.p[layer];
	struct layer_result *r = &p->results[layer];
	const struct facts_end *end = &r->facts.end;
	bool failed = has_fatal(&r->facts);
	struct err err;

	if (differs(&l->digest, l->verify_blob, end->has_blob, end->blob, failed))
		(void)err_set(&err, ERR_CRYPTO,
			      "the bytes are not those of the digest in the manifest");
	else if (differs(&l->diff_id, l->verify_diff, end->has_diff, end->diff, failed))
		(void)err_set(
			&err, ERR_CRYPTO,
			"the unpacked bytes are not those of the diff_id in the configuration");
	else
		return;
	(void)err_code(&err, "digest-mismatch");
	(void)err_hint(&err, "the image was changed or damaged after it was made; get it again");
	/* whatever was found is not what was asked for */
	layer_facts_done(&r->facts);
	pool_fail(p, layer, &err);
}

/* The frames of a layer are whole, or the worker is gone: what do they say? */
static void finish_layer(struct pool *p, size_t layer, const char *why)
{
	struct layer_result *r = &p->results[layer];
	struct err err;

	if (facts_decode(buf_view(&r->frames), &r->facts, &err) < 0) {
		pool_fail(p, layer, &err);
	} else if (!r->facts.complete && !has_fatal(&r->facts)) {
		(void)err_set(&err, ERR_LIMIT, "the worker ended before the layer was read: %s",
			      why[0] ? why : "no reason given");
		(void)err_code(&err, "worker");
		pool_fail(p, layer, &err);
	} else if (r->facts.complete) {
		check_digests(p, layer);
	}
	r->good = !r->failed && r->facts.complete && !has_fatal(&r->facts);
	p->done++;
	pool_progress(p, 0);
}

void pool_progress(struct pool *p, uint64_t more)
{
	p->bytes += more;
	if (p->o->watch)
		p->o->watch->update(p->o->watch, p->bytes, p->done);
}

static void close_input(struct pool *p, struct slot *s)
{
	struct err err;

	if (source_layer_close(p->src, p->img, s->layer, &s->in, &err) < 0)
		pool_fail(p, s->layer, &err);
}

static void end_worker(struct slot *s, char *why, size_t cap)
{
	worker_end(&s->w, why, cap);
	s->w.pid = 0;
}

/* Looks at the frames that came: progress is told, the end ends the layer. */
static bool saw_end(struct pool *p, struct slot *s)
{
	struct layer_result *r = &p->results[s->layer];
	struct sv rest = sv_from(buf_view(&r->frames), s->seen);
	struct frame f;
	struct err err;
	int rc;

	while ((rc = frame_take(&rest, &f, &err)) > 0) {
		s->seen = r->frames.n - rest.n;
		if (f.type == FACT_PROGRESS) {
			bool ok = true;
			uint64_t now = frame_get_u64(&f.payload, &ok);
			if (ok && now > s->told)
				pool_progress(p, now - s->told);
			s->told = now;
		}
		if (f.type == FACT_END)
			return true;
	}
	if (rc < 0)
		pool_fail(p, s->layer, &err);
	return false;
}

/* Reads what a worker has to say. False when it has ended. */
bool pool_read(struct pool *p, struct slot *s)
{
	struct buf *b = &p->results[s->layer].frames;
	ssize_t n = read(s->w.out, buf_reserve(b, 65536), 65536);
	char why[160] = "";

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n > 0) {
		b->n += (size_t)n;
		p->kept += (size_t)n;
		if (b->n > limit_worker_memory || p->kept > limit_subject_bytes) {
			worker_kill(&s->w);
			(void)snprintf(why, sizeof why, "it sent more than its budget of facts");
		} else if (!saw_end(p, s)) {
			return true;
		} else {
			close_input(p, s);
			finish_layer(p, s->layer, "");
			s->layer = INDEX_NONE;
			return true;
		}
	}
	if (s->w.pid > 0)
		end_worker(s, why, sizeof why);
	close_input(p, s);
	finish_layer(p, s->layer, why);
	s->layer = INDEX_NONE;
	return false;
}

void pool_abandon(struct pool *p, struct slot *s)
{
	size_t layer = s->layer;

	worker_kill(&s->w);
	close_input(p, s);
	finish_layer(p, layer, "");
	s->layer = INDEX_NONE;
}

/* Gives a layer to an idle worker. A layer that cannot be opened is done at once. */
static int give(struct pool *p, struct slot *s, size_t layer, struct err *err)
{
	const struct image_layer *l = &p->img->layers.p[layer];
	struct err why;

	if (s->w.pid <= 0 && start(p, s, err) < 0)
		return -(int)err->kind;
	s->seen = 0;
	s->told = 0;
	if (source_layer_open(p->src, p->img, layer, &s->in, &why) < 0) {
		pool_fail(p, layer, &why);
		p->done++;
		return 0;
	}
	s->layer = layer;
	if (l->kind == LAYER_TREE)
		return pool_tree(p, s);
	struct job job = {
		.kind = JOB_LAYER,
		.flags = p->o->flags | (l->verify_diff ? (unsigned)ANALYSIS_DIFF : 0) |
			 (s->in.offset != UINT64_MAX ? (unsigned)ANALYSIS_AGAIN : 0),
		.offset = s->in.offset,
		.length = s->in.length,
	};
	if (job_send(&s->w, &job, (struct sv){0}, s->in.fd, &why) < 0) {
		char reason[160];
		end_worker(s, reason, sizeof reason);
		close_input(p, s);
		finish_layer(p, layer, reason[0] ? reason : why.msg);
		s->layer = INDEX_NONE;
	}
	return 0;
}

static int larger_first(const void *a, const void *b, void *image)
{
	const struct image *img = image;
	uint64_t x = img->layers.p[*(const size_t *)a].size,
		 y = img->layers.p[*(const size_t *)b].size;

	return (x < y) - (x > y);
}

static size_t plan(struct pool *p)
{
	size_t n = 0;
	uint64_t bytes = 0;

	p->order = xcalloc(p->img->layers.n, sizeof *p->order);
	for (size_t i = 0; i < p->img->layers.n; i++)
		if (p->results[i].wanted) {
			p->order[n++] = i;
			if (p->img->layers.p[i].size != UINT64_MAX)
				bytes += p->img->layers.p[i].size;
		}
	if (p->o->watch)
		p->o->watch->begin(p->o->watch, p->img->name, bytes, n);
	qsort_r(p->order, n, sizeof *p->order, larger_first, (void *)(uintptr_t)p->img);
	return n;
}

static void kill_all(struct pool *p, const struct err *why)
{
	for (unsigned i = 0; i < p->slots_n; i++) {
		struct slot *s = &p->slots[i];
		if (s->w.pid <= 0)
			continue;
		worker_kill(&s->w);
		if (s->layer == INDEX_NONE)
			continue;
		pool_fail(p, s->layer, why);
		close_input(p, s);
		s->layer = INDEX_NONE;
	}
}

static int wait_ms(const struct pool *p)
{
	if (!p->o->deadline)
		return -1;
	int64_t left = (p->o->deadline - clock_mono_ns()) / 1000000;
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left + 1;
}

bool pool_late(const struct pool *p, struct err *err)
{
	if (!p->o->deadline || clock_mono_ns() <= p->o->deadline)
		return false;
	(void)err_set(err, ERR_TIMEOUT, "not read within --timeout");
	return true;
}

bool pool_wait(const struct pool *p, const struct slot *s, struct err *err)
{
	struct pollfd f = {s->w.out, POLLIN, 0};

	while (poll(&f, 1, wait_ms(p)) <= 0)
		if (pool_late(p, err))
			return false;
	return true;
}

/* Waits for any busy worker. False when the time is over. */
static bool turn(struct pool *p, struct err *err)
{
	struct pollfd fds[MAX_WORKERS];
	struct slot *who[MAX_WORKERS];
	nfds_t n = 0;

	for (unsigned i = 0; i < p->slots_n; i++) {
		if (p->slots[i].layer == INDEX_NONE)
			continue;
		fds[n] = (struct pollfd){p->slots[i].w.out, POLLIN, 0};
		who[n++] = &p->slots[i];
	}
	if (n == 0)
		return true;
	int rc = poll(fds, n, wait_ms(p));
	if (pool_late(p, err))
		return false;
	for (nfds_t i = 0; rc > 0 && i < n; i++)
		if (fds[i].revents)
			(void)pool_read(p, who[i]);
	return true;
}

static int run(struct pool *p, size_t n, struct err *err)
{
	size_t next = 0;

	while (p->done < n) {
		for (unsigned i = 0; i < p->slots_n && next < n; i++) {
			if (p->slots[i].layer != INDEX_NONE)
				continue;
			int rc = give(p, &p->slots[i], p->order[next++], err);
			if (rc < 0)
				return rc;
		}
		if (!turn(p, err)) {
			kill_all(p, err);
			for (; next < n; next++)
				pool_fail(p, p->order[next], err);
			return 0;
		}
	}
	return 0;
}

int pool_run(struct source *src, const struct image *img, const struct pool_options *o,
	     struct layer_result *results, struct err *err)
{
	struct slot slots[MAX_WORKERS] = {0};
	struct pool p = {.src = src,
			 .img = img,
			 .o = o,
			 .results = results,
			 .slots = slots,
			 .full = o->full};

	p.total = plan(&p);
	p.slots_n = o->jobs < 1 ? 1 : o->jobs > MAX_WORKERS ? MAX_WORKERS : o->jobs;
	if (p.slots_n > p.total)
		p.slots_n = (unsigned)p.total;
	for (unsigned i = 0; i < p.slots_n; i++)
		slots[i].layer = INDEX_NONE;
	int rc = run(&p, p.total, err);
	if (rc < 0)
		kill_all(&p, err);
	for (unsigned i = 0; i < p.slots_n; i++)
		worker_kill(&slots[i].w); /* idle: all that it had to say was read */
	if (o->watch)
		o->watch->end(o->watch);
	free(p.order);
	return rc;
}
