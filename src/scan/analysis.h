/*
 * The worker's side: one layer or directory into facts.
 *
 * Every path is recorded, every file that a cataloger wants is held whole (bounded), executables
 * are searched as they stream. Packages are kept until the end, since a later entry of the same
 * path replaces an earlier one, and since owners are only known when the whole layer has been seen.
 */
#pragma once

#include "fmt/stream.h"
#include "fmt/tar.h"
#include "package/cataloger.h"
#include "scan/facts.h"

struct analysis;

enum analysis_flag {
	ANALYSIS_INSTALLED = 1, /* package databases, installed trees, binaries */
	ANALYSIS_LOCK = 2,      /* lock files */
	ANALYSIS_DIFF = 4,      /* digest of the unpacked bytes wanted too */
	ANALYSIS_PROGRESS = 8,
	ANALYSIS_AGAIN = 16, /* the layer's bytes can be had once more, for analysis_links() */
	ANALYSIS_AUDIT =
		32, /* modes, capabilities, secrets, accounts: what rules about images ask */
};

struct analysis *analysis_new(struct frame_writer *out, unsigned flags);
void analysis_free(struct analysis *an);
/* Would a cataloger take this path, or its content if it is executable? For those who open files.
 */
bool analysis_wants(struct sv path, uint32_t mode, uint64_t size, unsigned flags);

/* An entry of a layer as rules about images see it. */
struct audit_entry {
	struct sv path;
	enum tar_type type;
	uint32_t mode;
	uint64_t uid, gid, size;
	uint64_t capabilities; /* permitted ones of the file */
	bool has_capabilities;
};

/* Does ANALYSIS_AUDIT say anything of it? For those who send single entries. */
bool audit_wants(const struct audit_entry *e);
/* With ANALYSIS_AUDIT, before the data of the entry; without it nothing is done. */
void analysis_entry(struct analysis *an, const struct audit_entry *e);

/* What else a directory holds, for what it hides below. */
void analysis_path(struct analysis *an, struct sv path, bool dir);
void analysis_whiteout(struct analysis *an, struct sv path, bool opaque);
/* One regular file; takes the stream over. An error is one of the stream: faults of the content
 * become facts. */
int analysis_file(struct analysis *an, struct sv path, uint32_t mode, uint64_t size,
		  struct stream *data, struct err *err) must_check;
/* A whole layer: tar, gzip or zstd; takes the stream over. An error means that the rest was not
 * seen. */
int analysis_layer(struct analysis *an, struct stream *bytes, struct err *err) must_check;
/* Were there hard links to data that was not kept? Then the same bytes again, for their data. */
bool analysis_has_links(const struct analysis *an);
int analysis_links(struct analysis *an, struct stream *bytes, struct err *err) must_check;
/* A fault of the whole layer as a fact. */
void analysis_fault(struct analysis *an, struct err *err);
/* Sends what was kept, and the end. */
void analysis_finish(struct analysis *an);
