/*
 * A worker that asks the advisory database: forked when the packages are known, it opens the
 * database and is shut in before it looks at them. What it says comes back as frames.
 */
#pragma once

#include "advisory/db.h"
#include "sys/frame.h"

struct db_worker {
	const char *dir;
	uint64_t memory;  /* address space; 0 = the default */
	int64_t deadline; /* clock_mono_ns(), 0 = none */
	/* In the child. An error ends it: the parent gets it from db_worker_run(). */
	int (*serve)(struct frame_writer *w, struct db *db, void *arg, struct err *err);
	void *arg;
};

/* Frames of this type are ours. */
enum { DB_WORKER_FAULT = 255 };

/* All frames that the worker sent, to be decoded by the caller: they may still end too early, *why
 * says then what is known. A database that cannot be opened, a used up budget, the deadline are
 * errors. */
int db_worker_run(const struct db_worker *o, struct buf *frames, char *why, size_t cap,
		  struct err *err) must_check;
/* The error for frames that did not end as they must. */
int db_worker_cut(const char *why, struct err *err);
