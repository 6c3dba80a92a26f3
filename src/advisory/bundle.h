/*
 * A signed bundle: a database directory with manifest.json (name, size, SHA-256 of each file, the
 * time it was made) and manifest.json.sig, the Ed25519 signature (RFC 8032, base64) over the bytes
 * "gabion.bundle/1\n" and the manifest. It is served as it lies, by a web server or as a directory.
 * The key is pinned by the user; there is no trust on first use.
 */
#pragma once

#include "base/base.h"

struct bundle_file {
	struct sv name, sha256; /* "Debian.db", hex */
	uint64_t size;
};

struct bundle {
	int64_t time;
	struct {
		struct bundle_file *p;
		size_t n, cap;
	} files;
};

/* Writes the manifest of the files in dir and its signature. */
int bundle_sign(const char *dir, const char *key_pem, struct err *err) must_check;
/* Checks the signature with the PEM file of an Ed25519 public key: ERR_CRYPTO when it does not
 * hold. */
int bundle_check(struct sv manifest, struct sv signature, const char *public_pem,
		 struct err *err) must_check;
/* Reads a manifest (checked before). Names are plain file names; texts live in the arena. */
int bundle_parse(struct arena *a, struct sv manifest, struct bundle *out,
		 struct err *err) must_check;
const struct bundle_file *bundle_find(const struct bundle *b, struct sv name);
void bundle_done(struct bundle *b);
/* Signature, and size and digest of every file in dir. */
int bundle_verify(const char *dir, const char *public_pem, struct err *err) must_check;
