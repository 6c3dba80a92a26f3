/*
 * Errors are values: caller-owned, fixed size, the last parameter.
 *
 *     int f(in..., out..., struct err *err);      0 or a count; a negative enum err_kind on failure
 *
 * Set where the fault is seen (err_set), enriched on the way up (err_ctx, err_where, err_hint),
 * printed only by commands and request boundaries (err_print). Out-parameters stay untouched on
 * failure. err is never NULL. Text is cut at the size of its field.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum err_kind {
	ERR_NONE,
	ERR_IO,       /* the system refused: sys_errno says why */
	ERR_PARSE,    /* input does not follow its format */
	ERR_LIMIT,    /* a budget of base/limits.def */
	ERR_NOTFOUND, /* the thing asked for is not there */
	ERR_EXISTS,
	ERR_AUTH,   /* credentials missing or wrong */
	ERR_DENIED, /* not allowed */
	ERR_CRYPTO, /* digest, signature or certificate does not hold */
	ERR_PROTO,  /* a peer does not speak its protocol */
	ERR_TIMEOUT,
	ERR_UNSUPPORTED, /* well-formed, but gabion does not do it */
	ERR_CONFLICT,
	ERR_USAGE, /* the caller's arguments */
	ERR_BUG,   /* cannot happen */
	ERR_KINDS,
};

/* What the error is about; with the kind it decides the exit code (base/err.c). */
enum err_scope {
	SCOPE_CONTENT, /* bytes of the thing that is judged; the default */
	SCOPE_USAGE,
	SCOPE_CONFIG,
	SCOPE_TARGET, /* the thing that was asked for cannot be had */
	SCOPE_DATABASE,
	SCOPE_OUTPUT,
	SCOPE_INTERNAL,
	SCOPES,
};

struct err {
	enum err_kind kind;
	enum err_scope scope;
	int sys_errno;   /* 0 = none */
	char code[32];   /* stable word for scripts: "digest-mismatch"; default: the kind's word */
	char where[288]; /* file, layer, offset or line */
	char msg[512];
	char hint[192]; /* what to do next */
};

/* Returns -kind, so that a failure is one line: return err_set(err, ERR_PARSE, "...", ...); */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));
/* The same with ": strerror(errno)" behind it; ENOENT, EACCES, EEXIST choose their own kind. */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
/* Puts "context: " in front of the message. Returns -err->kind. */
int err_ctx(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
/* These three return -err->kind too. where is set only if it is still empty. */
int err_where(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
int err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));
int err_code(struct err *err, const char *code) __attribute__((cold));
int err_scope(struct err *err, enum err_scope scope) __attribute__((cold));

/* "parse-error", "not-found": the stable word of a kind. */
const char *err_kind_word(enum err_kind kind);
/* 2, 3 or 4 as docs/contract.md says. */
int err_exit_code(const struct err *err);
int err_http_status(const struct err *err);
/* The error code word of the OCI distribution specification. */
const char *err_oci_code(const struct err *err);
/* "gabion: <where>: <what>: <why>; <what to do>" with hostile bytes escaped. */
void err_print(FILE *to, const struct err *err);
