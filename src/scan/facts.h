/*
 * What a worker says about one layer: packages, systems, the paths that hide lower layers, faults.
 *
 * The frames of sys/frame.h are the wire form and the cache form. facts_decode() checks every
 * length, enum and index; texts of the result are views into the bytes.
 */
#pragma once

#include "model/report.h"
#include "sys/frame.h"

enum fact_type {
	FACT_PACKAGE = 1,
	FACT_OS,
	FACT_PATHS,
	FACT_WHITEOUT,
	FACT_OPAQUE,
	FACT_ERROR,
	FACT_UNREAD,
	FACT_PROGRESS, /* bytes read so far; not kept */
	FACT_END,
	/* of ANALYSIS_AUDIT */
	FACT_FILE,
	FACT_SECRET,
	FACT_ACCOUNT,
};

/* Changes when the same bytes would give other facts: part of every cache key. */
enum { FACTS_VERSION = 4 };

struct fact_error {
	struct err err;
	enum error_weight weight;
	struct sv path; /* of the file that it is about; empty: the layer */
	bool hidden;    /* set by scan/merge.c: a higher layer replaced the file */
};

struct fact_unread {
	struct sv type, path;
};

enum file_why {
	FILE_SETUID,
	FILE_SETGID,
	FILE_WORLD_WRITABLE,
	FILE_CAPABILITIES,
	FILE_CREDENTIAL,
	FILE_CACHE,
	FILE_MANAGER, /* a package manager's program */
	FILE_WHYS
};

/* A file or folder that rules about images look at. */
struct fact_file {
	struct sv path, whole; /* whole: of a cache, its folder; else the path */
	enum file_why why;
	bool folder;
	uint32_t mode;
	uint64_t uid, gid, capabilities;
	struct sv detail;
};

struct fact_secret {
	struct sv path, type, title, value; /* redacted */
	uint64_t line;
	bool high;
};

enum account_password {
	ACCOUNT_LOCKED,
	ACCOUNT_EMPTY,
	ACCOUNT_SET,
	ACCOUNT_SHADOWED, /* the shadow file has it */
	ACCOUNT_PASSWORDS
};

/* A line of /etc/passwd, or of /etc/shadow. */
struct fact_account {
	struct sv path, name, shell;
	enum account_password password;
	bool shadow, numbered;
	uint64_t uid;
};

/* Counts of what was sent, so that a cut stream is never taken for a whole one. */
struct facts_end {
	uint64_t packages, systems, paths, whiteouts, opaques, errors, unread;
	uint64_t files, secrets, accounts;
	uint64_t entries, unpacked, stored;
	uint8_t blob[32], diff[32]; /* SHA-256 of the bytes as stored, and unpacked */
	bool has_blob, has_diff;
};

struct layer_facts {
	struct {
		struct package *p;
		size_t n, cap;
	} packages;
	struct {
		struct os *p;
		size_t n, cap;
	} systems;
	/* path_key() values of all that the layer holds, sorted, 8 bytes little-endian each, in
	 * pieces. */
	struct sv_vec paths;
	uint64_t paths_n, last_path;
	struct sv_vec whiteouts, opaques; /* "" is the root */
	struct {
		struct fact_error *p;
		size_t n, cap;
	} errors;
	struct {
		struct fact_unread *p;
		size_t n, cap;
	} unread;
	struct {
		struct fact_file *p;
		size_t n, cap;
	} files;
	struct {
		struct fact_secret *p;
		size_t n, cap;
	} secrets;
	struct {
		struct fact_account *p;
		size_t n, cap;
	} accounts;
	struct facts_end end;
	bool complete; /* FACT_END came and its counts hold */
};

/* 63 bits of a keyed hash of the path, and whether it is a directory. The hash of a path is made
 * from that of its folder and its name, so that all folders of a path cost one pass. Never 0. */
static const uint64_t path_root = 0x2f2f2f2f2f2f2f2eU;
uint64_t path_step(uint64_t folder, struct sv name);
uint64_t path_key(struct sv path, bool dir);

void fact_package(struct frame_writer *w, const struct package *p);
void fact_os(struct frame_writer *w, const struct os *os);
void fact_paths(struct frame_writer *w, const uint64_t *sorted, size_t n);
void fact_path(struct frame_writer *w, enum fact_type whiteout_or_opaque, struct sv path);
void fact_error(struct frame_writer *w, enum error_weight weight, const struct err *err,
		struct sv path);
void fact_unread(struct frame_writer *w, struct sv type, struct sv path);
void fact_file(struct frame_writer *w, const struct fact_file *f);
void fact_secret(struct frame_writer *w, const struct fact_secret *s);
void fact_account(struct frame_writer *w, const struct fact_account *a);
void fact_progress(struct frame_writer *w, uint64_t bytes);
void fact_end(struct frame_writer *w, const struct facts_end *end);

/* Decodes whole frames. Unknown types and bad fields are ERR_PROTO, and out is empty then. A
 * missing or false FACT_END leaves out->complete false. */
int facts_decode(struct sv frames, struct layer_facts *out, struct err *err) must_check;
void layer_facts_done(struct layer_facts *f);
