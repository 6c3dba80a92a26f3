/*
 * A worker: a child process in a sandbox that parses hostile bytes of one subject.
 *
 * The parent sends jobs (small messages, with a descriptor each) over one socket and reads frames
 * from another. A worker that ends before it sent the last frame of its job has judged nothing.
 */
#pragma once

#include <sys/types.h>

#include "base/base.h"

struct worker {
	pid_t pid;
	int jobs; /* parent's end: SOCK_SEQPACKET */
	int out;  /* parent's end of the frames */
};

/* What the child runs; never returns into the parent's code. memory: address space in bytes, 0 =
 * none: beyond what the parent has already. */
typedef void (*worker_fn)(int jobs, int out, const void *arg);
int worker_start(struct worker *w, worker_fn run, const void *arg, uint64_t memory,
		 struct err *err) must_check;
/* The same; prepare runs in the child before it is shut in (opening files for reading). What fails
 * in it is kept in arg, for run to tell. */
typedef void (*worker_prepare_fn)(void *arg);
int worker_start_prepared(struct worker *w, worker_fn run, worker_prepare_fn prepare, void *arg,
			  uint64_t memory, struct err *err) must_check;
/* In a child after fork(): nothing stays open but standard error and its own two descriptors. */
void worker_close_others(int a, int b);
/* Child: when a budget is used up, tell sends what it likes as the last frame, and the worker ends.
 * What stands in the buffer is dropped: it may be half a frame. */
struct frame_writer;
void worker_last_word(struct frame_writer *w,
		      void (*tell)(struct frame_writer *w, const struct err *err));
/* Sends a message of at most 64 KiB with a descriptor (or -1). */
int worker_send(int sock, const void *msg, size_t n, int fd, struct err *err) must_check;
/* Child: the next message. Its length, 0 = the parent is done, negative = error. *fd: -1 = none. */
int worker_recv(int sock, void *msg, size_t cap, int *fd, struct err *err) must_check;
/* All that the worker sends until it closes; more than limit bytes is ERR_LIMIT, later than
 * deadline (clock_mono_ns(), 0 = none) ERR_TIMEOUT: then worker_kill() it. */
int worker_collect(struct worker *w, int64_t deadline, uint64_t limit, struct buf *out,
		   struct err *err) must_check;
/* Closes the sockets and waits, but not for one that does not end. "" or why it ended badly:
 * "killed by signal 31 (Bad system call)".
 */
void worker_end(struct worker *w, char *why, size_t cap);
/* Kills it first. */
void worker_kill(struct worker *w);
