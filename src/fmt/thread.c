/*
 * A stage that runs its inner stream in a thread of its own. Ring of windows: the thread fills
 * slots [made], the consumer holds slot [taken]; both counters only grow. An error or the end is a
 * slot too, so it comes after all bytes before it.
 */
#include "fmt/stream.h"

#include <pthread.h>
#include <signal.h>

#include "fmt/stage.h"

enum {
	SLOTS = 4,
	SLOT_BYTES = STAGE_WINDOW,
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	STACK = 1 << 20,
#else
	STACK = 128 << 10,
#endif
};

struct slot {
	char *p;
	size_t n;
	int rc;
};

struct threaded {
	struct stream s;
	struct stream *in;
	struct sv kept; /* the thread's: of an inner stage without fill */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[SLOTS];
	uint64_t made, taken;
	bool started, stop, holds; /* holds: the consumer has a view into slots[taken] */
	struct err err;            /* the thread's; read after its slot */
};

/* Waits for a free slot; NULL when nobody wants more. */
static struct slot *slot_wait(struct threaded *t)
{
	(void)pthread_mutex_lock(&t->lock);
	while (!t->stop && t->made - t->taken == SLOTS)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	struct slot *slot = t->stop ? NULL : &t->slots[t->made % SLOTS];
	(void)pthread_mutex_unlock(&t->lock);
	return slot;
}

/* A slot is filled to the brim before it is handed over: fewer wake-ups. */
static void slot_make(struct threaded *t, struct slot *slot)
{
	int rc = 1;

	slot->n = 0;
	while (slot->n < SLOT_BYTES && rc > 0) {
		size_t n = 0;
		rc = stream_fill(t->in, &t->kept, slot->p + slot->n, SLOT_BYTES - slot->n, &n,
				 &t->err);
		if (rc > 0)
			slot->n += n;
		if (slot->n >= SLOT_BYTES / 2)
			break;
	}
	slot->rc = rc;
}

static void *run(void *arg)
{
	struct threaded *t = arg;
	struct slot *slot;
	int rc = 1;

	(void)pthread_mutex_lock(&t->lock);
	t->started = true;
	(void)pthread_cond_signal(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
	while (rc > 0 && (slot = slot_wait(t))) {
		slot_make(t, slot);
		rc = slot->rc;
		(void)pthread_mutex_lock(&t->lock);
		t->made++;
		(void)pthread_cond_signal(&t->changed);
		(void)pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

static int threaded_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct threaded *t = (struct threaded *)s;

	(void)pthread_mutex_lock(&t->lock);
	if (t->holds) {
		t->holds = false;
		t->taken++;
		(void)pthread_cond_signal(&t->changed);
	}
	while (t->made == t->taken)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	(void)pthread_mutex_unlock(&t->lock);
	struct slot *slot = &t->slots[t->taken % SLOTS];
	if (slot->n > 0) {
		*chunk = sv_make(slot->p, slot->n);
		slot->n = 0; /* the end behind the bytes comes at the next call */
		t->holds = slot->rc > 0;
		return 1;
	}
	if (slot->rc < 0)
		*err = t->err;
	return slot->rc;
}

static void threaded_done(struct threaded *t)
{
	(void)pthread_cond_destroy(&t->changed);
	(void)pthread_mutex_destroy(&t->lock);
	for (size_t i = 0; i < SLOTS; i++)
		free(t->slots[i].p);
	free(t);
}

static void threaded_free(struct stream *s)
{
	struct threaded *t = (struct threaded *)s;

	(void)pthread_mutex_lock(&t->lock);
	t->stop = true;
	(void)pthread_cond_signal(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
	(void)pthread_join(t->thread, NULL);
	stream_free(t->in);
	threaded_done(t);
}

/* Signals stay with the thread that made us; the small stack is enough: stages hold their state in
 * the heap. Returns when the thread runs, so that what it does at its start is done before a
 * sandbox. */
static bool start(struct threaded *t)
{
	pthread_attr_t attr;
	sigset_t all, old;

	if (pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	int rc = pthread_create(&t->thread, &attr, run, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&attr);
	if (rc != 0)
		return false;
	(void)pthread_mutex_lock(&t->lock);
	while (!t->started)
		(void)pthread_cond_wait(&t->changed, &t->lock);
	(void)pthread_mutex_unlock(&t->lock);
	return true;
}

struct stream *stream_thread(struct stream *inner)
{
	struct threaded *t = xcalloc(1, sizeof *t);

	t->s = (struct stream){.next = threaded_next, .free = threaded_free};
	t->in = inner;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_cond_init(&t->changed, NULL);
	for (size_t i = 0; i < SLOTS; i++)
		t->slots[i].p = xmalloc(SLOT_BYTES);
	if (start(t))
		return &t->s;
	threaded_done(t);
	return inner;
}
