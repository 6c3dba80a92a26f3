/*
 * Secrets in bytes: keys, tokens, passwords that somebody left in a file, a variable, a history.
 *
 * One pass finds a few letters of any keyword (a table of three-byte pieces); what stands around
 * them is then looked at by the rule of the keyword (secret/table.c): form, length, characters, a
 * checksum where the format has one, entropy, and whether it is an example. Bytes with a NUL near
 * their beginning are binary and are not searched, nor is UTF-16.
 */
#pragma once

#include "base/base.h"

enum secret_confidence {
	SECRET_MEDIUM, /* by the name it is given to, or by a loose form */
	SECRET_HIGH,   /* the form leaves little doubt */
};

struct secret_hit {
	const char *type, *title; /* "github-token", "GitHub token" */
	struct sv value;          /* as it stands: show it redacted only */
	uint64_t offset;          /* of the value in all bytes */
	uint32_t line;            /* from 1 */
	enum secret_confidence confidence;
};

typedef void secret_fn(void *arg, const struct secret_hit *hit);

/* All bytes at once, in the order of their offsets. path: of the file without / in front, "" where
 * there is none. At most limit_secrets hits of one file. */
void secret_scan(struct sv bytes, struct sv path, secret_fn *fn, void *arg);
/* A value that has a name: an environment variable, a label. */
void secret_pair(struct sv name, struct sv value, secret_fn *fn, void *arg);

/* The same in pieces, for many files: holds one window of the file. */
struct secret_scanner;
struct secret_scanner *secret_scanner_new(void);
void secret_scanner_free(struct secret_scanner *s);
void secret_begin(struct secret_scanner *s, struct sv path, secret_fn *fn, void *arg);
/* False: no more of this file is wanted (binary, or limit_secret_bytes were seen). */
bool secret_feed(struct secret_scanner *s, struct sv chunk);
void secret_end(struct secret_scanner *s);

/* Documentation and test data of programs: keys in there are everybody's. Not searched. */
bool secret_path_known(struct sv path);
/* "AKIA... (20 characters)": of short values only the length. */
void secret_redact(struct buf *out, struct sv value);
