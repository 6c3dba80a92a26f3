#include "audit/pool.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/load.h"
#include "base/clock.h"
#include "base/limits.h"

/* Two messages on their way: the socket takes them without blocking, and no worker waits. */
enum { MAX_WORKERS = 64, AHEAD = 2, BATCH_FILES = 128, RETRIES = 100 };

struct batch {
	size_t from, to; /* files */
};

struct slot {
	struct worker w;
	struct speaker s;
	struct batch ahead[AHEAD];
	size_t sent, done; /* messages */
};

struct pool {
	struct collector *c;
	const struct audit_pool_options *o;
	struct slot *slots;
	unsigned slots_n;
	size_t next; /* file */
	struct {
		size_t *p;
		size_t n, cap;
	} again; /* files of a worker that ended before it came to them */
	size_t deaths;
	char *message;
	struct load load; /* of an item that did not fit into the last message */
	size_t kept_index;
	bool kept;
};

static uint32_t source_number(const struct fact_source *source)
{
	for (uint32_t i = 0; source && fact_sources[i]; i++)
		if (fact_sources[i] == source)
			return i + 1;
	return 0;
}

static size_t put_head(const struct pool *p, char *to, size_t index, uint32_t form, size_t bytes)
{
	const struct audit_item *item = &p->c->targets->items.p[index];
	struct audit_job_item job = {(uint32_t)index, source_number(item->source), form,
				     (uint32_t)item->path.n, (uint32_t)bytes};

	memcpy(to, &job, sizeof job);
	memcpy(to + sizeof job, item->path.p, item->path.n);
	return sizeof job + item->path.n;
}

/* What could not be had; what vanished while it was looked for is no gap in what is there. */
static void fail_item(struct pool *p, size_t item, struct err *err)
{
	if (strcmp(err->code, "vanished") == 0)
		collect_vanished(p->c, item, err);
	else
		collect_failure(p->c, item, err);
}

static void note_sent(struct slot *s, size_t from, size_t to)
{
	s->ahead[s->sent++ % AHEAD] = (struct batch){from, to};
}

static int send_large(struct pool *p, struct slot *s, size_t index, struct load *l, struct err *err)
{
	auto_close int held = l->fd < 0 ? load_memory(buf_view(&l->bytes), err) : -1;
	int fd = l->fd < 0 ? held : l->fd;

	if (fd < 0)
		return fd;
	p->message[0] = AUDIT_JOB_LARGE;
	size_t n = 1 + put_head(p, p->message + 1, index, l->form, 0);

	note_sent(s, index, index + 1);
	return worker_send(s->w.jobs, p->message, n, fd, err);
}

/* A small file into the message; false: it does not fit, or is not what it was. Negative: it cannot
 * be read. */
static int copy_small(struct pool *p, const struct load *l, char *to, size_t *n, struct err *err)
{
	/* a byte more shows that the file grew */
	size_t got = 0, room = (size_t)l->size + 1;
	ssize_t now = 1;

	if (l->fd < 0) {
		memcpy(to, l->bytes.p, l->bytes.n);
		*n = l->bytes.n;
		return 1;
	}
	(void)p;
	while (got < room && (now = read(l->fd, to + got, room - got)) > 0)
		got += (size_t)now;
	if (now < 0)
		return err_sys(err, "cannot be read");
	*n = got;
	return got < room;
}

/* Adds a small item to the message: 1; 0: it does not fit here; negative: it cannot be had. */
static int add_small(struct pool *p, size_t index, size_t *at, struct load *l, struct err *err)
{
	size_t path = p->c->targets->items.p[index].path.n;
	size_t head = sizeof(struct audit_job_item) + path, n = 0;

	if (path > AUDIT_MESSAGE / 2)
		return err_set(err, ERR_LIMIT, "a path of %zu bytes", path);
	if (p->kept && p->kept_index == index) {
		*l = p->load;
		p->kept = false;
	} else if (load_item(p->c, p->o, index, l, err) < 0) {
		return -(int)err->kind;
	}
	if (l->size >= AUDIT_MESSAGE - 1 - head - 1 || *at + head + l->size + 1 > AUDIT_MESSAGE)
		return 0;
	int rc = copy_small(p, l, p->message + *at + head, &n, err);
	if (rc > 0)
		*at += put_head(p, p->message + *at, index, l->form, n) + n;
	return rc;
}

/* For the next message: what was gathered is not gathered twice. */
static void keep(struct pool *p, size_t index, struct load *l)
{
	if (p->kept || l->fd >= 0)
		return;
	p->kept = true;
	p->kept_index = index;
	p->load = *l;
	*l = (struct load){.fd = -1};
}

/* A message of items from `from` on. Returns the number of the next one. */
static size_t send_items(struct pool *p, struct slot *s, size_t from, size_t end, struct err *err,
			 int *rc)
{
	size_t at = 1, i = from;
	int got = 1;

	*rc = 0;
	for (; i < end && i - from < BATCH_FILES && got > 0; i++) {
		auto_done(load_done) struct load l = {.fd = -1};
		struct err why;
		if (p->c->results[i].done || p->c->results[i].failed)
			continue;
		got = add_small(p, i, &at, &l, &why);
		if (got < 0) {
			fail_item(p, i, &why);
			got = 1;
		} else if (got == 0 && at == 1) {
			/* a piece of it may have been read */
			if (l.fd >= 0)
				(void)!lseek(l.fd, 0, SEEK_SET);
			*rc = send_large(p, s, i, &l, err);
			return i + 1;
		} else if (got == 0) {
			keep(p, i, &l);
			break;
		}
	}
	if (at == 1)
		return i;
	p->message[0] = AUDIT_JOB_FILES;
	note_sent(s, from, i);
	*rc = worker_send(s->w.jobs, p->message, at, -1, err);
	return i;
}

static int start(struct pool *p, struct slot *s, struct err *err)
{
	const struct audit_plan *plan = p->c->plan;

	speaker_done(&s->s);
	s->s = (struct speaker){.file = INDEX_NONE};
	s->sent = s->done = 0;
	return worker_start(&s->w, audit_serve, plan,
			    plan->memory ? plan->memory : limit_worker_memory * 4, err);
}

static bool has_work(const struct pool *p)
{
	return p->next < p->c->targets->items.n || p->again.n > 0;
}

/* The worker ended, or was ended: the file it was at is not judged, those behind it are tried
 * again. */
static void end_slot(struct pool *p, struct slot *s, const char *said)
{
	char why[160] = "";
	bool found = false;
	struct err err = s->s.fault;

	worker_end(&s->w, why, sizeof why);
	if (err.kind == ERR_NONE) {
		(void)err_set(&err, ERR_LIMIT, "the worker ended before the file was judged: %s",
			      said     ? said
			      : why[0] ? why
				       : "no reason given");
		(void)err_code(&err, "worker");
	}
	for (size_t m = s->done; m < s->sent; m++) {
		const struct batch *b = &s->ahead[m % AHEAD];
		for (size_t i = b->from; i < b->to; i++) {
			struct file_result *f = &p->c->results[i];
			if (f->done || f->failed)
				continue;
			/* the first that has no end is the one it was at */
			if (!found || p->deaths > RETRIES)
				collect_failure(p->c, i, &err);
			else
				*VEC_PUSH(&p->again) = i;
			found = true;
		}
	}
	p->deaths++;
	s->sent = s->done = 0;
	s->w.pid = 0;
}

/* False: nothing more to give. */
static int give(struct pool *p, struct slot *s, struct err *err)
{
	int rc = 0;

	while (has_work(p) && s->sent - s->done < AHEAD) {
		if (s->w.pid <= 0 && start(p, s, err) < 0)
			return -(int)err->kind;
		if (p->again.n) {
			size_t one = p->again.p[--p->again.n];
			(void)send_items(p, s, one, one + 1, err, &rc);
		} else {
			p->next = send_items(p, s, p->next, p->c->targets->items.n, err, &rc);
		}
		if (rc < 0 && s->sent > s->done) {
			worker_kill(&s->w);
			end_slot(p, s, "it takes no more files");
		}
	}
	return 0;
}

static void hear(struct pool *p, struct slot *s)
{
	struct buf *b = &s->s.bytes;
	ssize_t n = read(s->w.out, buf_reserve(b, 65536), 65536);
	struct err err;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end_slot(p, s, NULL);
		return;
	}
	b->n += (size_t)n;
	if (collect(p->c, &s->s, &err) < 0) {
		worker_kill(&s->w);
		end_slot(p, s, err.msg);
		return;
	}
	s->done = s->s.done < s->sent ? s->s.done : s->sent;
}

static int wait_ms(const struct pool *p)
{
	if (!p->o->deadline)
		return -1;
	int64_t left = (p->o->deadline - clock_mono_ns()) / 1000000;
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left + 1;
}

static bool late(const struct pool *p, struct err *err)
{
	if (!p->o->deadline || clock_mono_ns() <= p->o->deadline)
		return false;
	(void)err_set(err, ERR_TIMEOUT, "not judged within --timeout");
	return true;
}

/* Waits for those who work. False when nobody does. */
static bool turn(struct pool *p)
{
	struct pollfd fds[MAX_WORKERS];
	struct slot *who[MAX_WORKERS];
	nfds_t n = 0;

	for (unsigned i = 0; i < p->slots_n; i++) {
		struct slot *s = &p->slots[i];
		if (s->w.pid <= 0 || s->sent == s->done)
			continue;
		fds[n] = (struct pollfd){s->w.out, POLLIN, 0};
		who[n++] = s;
	}
	if (n == 0)
		return false;
	int ready = poll(fds, n, wait_ms(p));
	for (nfds_t i = 0; ready > 0 && i < n; i++)
		if (fds[i].revents)
			hear(p, who[i]);
	return true;
}

static void give_up(struct pool *p, struct err *why)
{
	for (unsigned i = 0; i < p->slots_n; i++)
		worker_kill(&p->slots[i].w);
	for (size_t i = 0; i < p->c->targets->items.n; i++)
		if (!p->c->results[i].done && !p->c->results[i].failed)
			collect_failure(p->c, i, why);
}

static int run(struct pool *p, struct progress *shown, struct err *err)
{
	struct err why;

	for (;;) {
		progress_update(shown, 0, p->c->judged);
		for (unsigned i = 0; i < p->slots_n; i++)
			if (give(p, &p->slots[i], err) < 0)
				return -(int)err->kind;
		if (!turn(p) && !has_work(p))
			return 0;
		if (late(p, &why)) {
			give_up(p, &why);
			return 0;
		}
	}
}

/* One worker for a hundred files: starting one costs as much as judging a few dozen. */
static unsigned workers(unsigned jobs, size_t files)
{
	size_t useful = files / 48 + 1;
	unsigned n = jobs < useful ? jobs : (unsigned)useful;

	return n < 1 ? 1 : n > MAX_WORKERS ? MAX_WORKERS : n;
}

static void want(void *arg, size_t item, const struct sv_vec *names)
{
	struct pool *p = arg;

	load_wanted(p->c, item, names);
	if (!p->c->results[item].failed)
		*VEC_PUSH(&p->again) = item;
}

static void done(struct pool *p)
{
	if (p->kept)
		load_done(&p->load);
	for (unsigned i = 0; i < p->slots_n; i++) {
		worker_kill(&p->slots[i].w); /* idle: all that it had to say was read */
		speaker_done(&p->slots[i].s);
	}
	vec_done(&p->again);
	free(p->message);
	free(p->slots);
}

static int run_all(struct pool *p, const struct audit_pool_options *o, struct err *err)
{
	struct progress shown;

	/* the collector asks back while it is here */
	p->c->want = want;
	p->c->want_arg = p;
	progress_begin(&shown, o->progress, SV("audit"), 0, p->c->targets->items.n, "files");
	int rc = run(p, &shown, err);
	progress_end(&shown);
	p->c->want = NULL;
	p->c->want_arg = NULL;
	return rc;
}

int audit_pool_run(struct collector *c, const struct audit_pool_options *o, struct err *err)
{
	struct pool p = {.c = c,
			 .o = o,
			 .slots_n = workers(o->jobs, c->targets->items.n),
			 .message = xmalloc(AUDIT_MESSAGE)};

	p.slots = xcalloc(p.slots_n, sizeof *p.slots);
	int rc = run_all(&p, o, err);
	done(&p);
	return rc;
}

int audit_pool_set(struct collector *c, const struct audit_pool_options *o, struct err *err)
{
	auto_done(buf_done) struct buf entries = {0};
	struct slot slot = {0};
	struct pool p = {.c = c, .o = o, .slots = &slot, .slots_n = 1};
	struct err why;

	collect_set(c, &entries);
	buf_done(&c->set);
	if (!entries.n)
		return 0;
	auto_close int fd = load_memory(buf_view(&entries), err);
	if (fd < 0)
		return fd;
	buf_done(&entries);
	if (start(&p, &slot, err) < 0)
		return -(int)err->kind;
	c->set_stage = true;
	slot.sent = 1;
	const char job = AUDIT_JOB_SET;
	int rc = worker_send(slot.w.jobs, &job, 1, fd, &why);
	while (rc == 0 && turn(&p))
		if (late(&p, &why))
			rc = -1;
	bool whole = rc == 0 && slot.s.done == 1;
	worker_kill(&slot.w);
	if (!whole) {
		if (rc == 0) {
			(void)err_set(&why, ERR_LIMIT,
				      "the worker that judges the set ended early");
			(void)err_code(&why, "worker");
			why = slot.s.fault.kind ? slot.s.fault : why;
		}
		collect_failure(c, INDEX_NONE, &why);
	}
	speaker_done(&slot.s);
	return 0;
}
