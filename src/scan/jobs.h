/*
 * Jobs that the parent gives to workers, and the worker's loop. One pool serves one subject.
 */
#pragma once

#include "fmt/stream.h"
#include "scan/facts.h"
#include "sys/worker.h"

enum job_kind {
	JOB_LAYER, /* descriptor: a layer's bytes */
	JOB_FILE,  /* descriptor: one file of a directory; path behind the header */
	JOB_PATHS, /* what a directory holds, behind the header: job_paths_add() */
	JOB_ENTRY, /* of a directory, without its data; path behind the header: ANALYSIS_AUDIT */
	JOB_TREE_END,
};

enum job_path { JOB_PATH_OTHER, JOB_PATH_DIR, JOB_PATH_WHITEOUT, JOB_PATH_OPAQUE };

struct job {
	uint32_t kind, flags;    /* enum analysis_flag */
	uint64_t offset, length; /* JOB_LAYER */
	uint64_t size;
	uint32_t mode; /* JOB_FILE, JOB_ENTRY */
	uint32_t type; /* enum tar_type */
	uint32_t uid, gid;
	uint32_t has_capabilities;
	uint64_t capabilities;
};

/* Appends a path to a batch: one byte of kind, four of length, the path. */
void job_paths_add(struct buf *batch, enum job_path kind, struct sv path);

/* The worker's main function. */
void jobs_serve(int jobs, int out, const void *arg);
int job_send(const struct worker *w, const struct job *job, struct sv path, int fd,
	     struct err *err) must_check;
