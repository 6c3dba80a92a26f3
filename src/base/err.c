#include "base/base.h"

#include <stdarg.h>

#include "base/text.h"

static const struct {
	const char *word;
	uint16_t http;
	const char *oci;
} kinds[ERR_KINDS] = {
	[ERR_NONE] = {"none", 200, "UNKNOWN"},
	[ERR_IO] = {"io", 500, "UNKNOWN"},
	[ERR_PARSE] = {"parse", 400, "MANIFEST_INVALID"},
	[ERR_LIMIT] = {"limit", 413, "SIZE_INVALID"},
	[ERR_NOTFOUND] = {"not-found", 404, "NAME_UNKNOWN"},
	[ERR_EXISTS] = {"exists", 409, "DENIED"},
	[ERR_AUTH] = {"auth", 401, "UNAUTHORIZED"},
	[ERR_DENIED] = {"denied", 403, "DENIED"},
	[ERR_CRYPTO] = {"crypto", 400, "DIGEST_INVALID"},
	[ERR_PROTO] = {"protocol", 502, "UNKNOWN"},
	[ERR_TIMEOUT] = {"timeout", 504, "UNKNOWN"},
	[ERR_UNSUPPORTED] = {"unsupported", 415, "UNSUPPORTED"},
	[ERR_CONFLICT] = {"conflict", 409, "DENIED"},
	[ERR_USAGE] = {"usage", 400, "UNSUPPORTED"},
	[ERR_BUG] = {"internal", 500, "UNKNOWN"},
};

static const int scope_exit[SCOPES] = {
	[SCOPE_CONTENT] = 3,  [SCOPE_USAGE] = 2,  [SCOPE_CONFIG] = 2,   [SCOPE_TARGET] = 2,
	[SCOPE_DATABASE] = 4, [SCOPE_OUTPUT] = 3, [SCOPE_INTERNAL] = 3,
};

/* Cuts between characters, so that a cut message is still UTF-8. */
static void cut(char *s, size_t size)
{
	size_t n = strlen(s);

	if (n + 1 < size)
		return;
	while (n > 0 && ((unsigned char)s[n - 1] & 0xC0) == 0x80)
		n--;
	if (n > 0 && (unsigned char)s[n - 1] >= 0xC0)
		n--;
	s[n] = '\0';
}

__attribute__((format(printf, 3, 0))) static void put(char *to, size_t size, const char *fmt,
						      va_list ap)
{
	(void)vsnprintf(to, size, fmt, ap);
	cut(to, size);
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	*err = (struct err){.kind = kind, .scope = SCOPE_CONTENT};
	if (kind == ERR_USAGE)
		err->scope = SCOPE_USAGE;
	if (kind == ERR_BUG)
		err->scope = SCOPE_INTERNAL;
	(void)snprintf(err->code, sizeof err->code, "%s", kinds[kind].word);
	va_start(ap, fmt);
	put(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	return -(int)kind;
}

static enum err_kind kind_of_errno(int e)
{
	switch (e) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOTFOUND;
	case EEXIST:
		return ERR_EXISTS;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_IO;
	}
}

int err_sys(struct err *err, const char *fmt, ...)
{
	int e = errno;
	va_list ap;

	(void)err_set(err, kind_of_errno(e), "%s", "");
	err->sys_errno = e;
	va_start(ap, fmt);
	put(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->msg);
	(void)snprintf(err->msg + n, sizeof err->msg - n, ": %s", strerror(e));
	return -(int)err->kind;
}

int err_ctx(struct err *err, const char *fmt, ...)
{
	va_list ap;
	char old[sizeof err->msg];

	memcpy(old, err->msg, sizeof old);
	va_start(ap, fmt);
	put(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->msg);
	(void)snprintf(err->msg + n, sizeof err->msg - n, ": %s", old);
	cut(err->msg, sizeof err->msg);
	return -(int)err->kind;
}

int err_where(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (err->where[0])
		return -(int)err->kind;
	va_start(ap, fmt);
	put(err->where, sizeof err->where, fmt, ap);
	va_end(ap);
	return -(int)err->kind;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(err->hint, sizeof err->hint, fmt, ap);
	va_end(ap);
	return -(int)err->kind;
}

int err_code(struct err *err, const char *code)
{
	(void)snprintf(err->code, sizeof err->code, "%s", code);
	return -(int)err->kind;
}

int err_scope(struct err *err, enum err_scope scope)
{
	err->scope = scope;
	return -(int)err->kind;
}

const char *err_kind_word(enum err_kind kind)
{
	return kinds[kind].word;
}

int err_exit_code(const struct err *err)
{
	return scope_exit[err->scope];
}

int err_http_status(const struct err *err)
{
	return kinds[err->kind].http;
}

const char *err_oci_code(const struct err *err)
{
	return kinds[err->kind].oci;
}

void err_print(FILE *to, const struct err *err)
{
	auto_done(buf_done) struct buf b = {0};

	buf_str(&b, "gabion: ");
	if (err->where[0]) {
		text_escape(&b, sv_of(err->where));
		buf_str(&b, ": ");
	}
	text_escape(&b, sv_of(err->msg));
	if (err->hint[0]) {
		buf_str(&b, "; ");
		text_escape(&b, sv_of(err->hint));
	}
	buf_char(&b, '\n');
	(void)fwrite(b.p, 1, b.n, to);
}
