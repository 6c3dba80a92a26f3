#include "fmt/json-out.h"

#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "fmt/node.h"

enum { LEVELS = 16 * 64 };

void json_out_init(struct json_out *w, FILE *to, struct buf *buf, unsigned indent)
{
	*w = (struct json_out){.to = to, .buf = buf, .indent = indent, .first = true};
}

/* Errors stay in the FILE: json_out_done() asks for them. Who writes is alone: taking the lock for
 * each comma would cost as much as all the rest. */
static void put(struct json_out *w, const char *p, size_t n)
{
	if (w->to)
		(void)fwrite_unlocked(p, 1, n, w->to);
	else
		buf_add(w->buf, p, n);
}

static void put_char(struct json_out *w, char c)
{
	if (w->to)
		(void)putc_unlocked(c, w->to);
	else
		buf_char(w->buf, c);
}

static void newline(struct json_out *w)
{
	static const char text[] = "\n                                ";
	size_t n = (size_t)w->depth * w->indent, part = n < sizeof text - 2 ? n : sizeof text - 2;

	put(w, text, part + 1);
	while ((n -= part) > 0) {
		part = n < sizeof text - 2 ? n : sizeof text - 2;
		put(w, text + 1, part);
	}
}

/* What stands between the value before and this one. */
static void before(struct json_out *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (!w->first)
		put_char(w, ',');
	if (w->depth && w->indent)
		newline(w);
	w->first = false;
}

static void open_level(struct json_out *w, bool array)
{
	before(w);
	put_char(w, array ? '[' : '{');
	w->first = true;
	unsigned at = w->depth++;
	if (at >= LEVELS) {
		w->bad = true;
		return;
	}
	uint64_t bit = (uint64_t)1 << at % 64;
	w->arrays[at / 64] = array ? w->arrays[at / 64] | bit : w->arrays[at / 64] & ~bit;
}

void json_out_object(struct json_out *w)
{
	open_level(w, false);
}

void json_out_array(struct json_out *w)
{
	open_level(w, true);
}

void json_out_end(struct json_out *w)
{
	if (w->depth == 0 || w->depth > LEVELS) {
		w->bad = true;
		w->depth -= w->depth > 0;
		return;
	}
	unsigned at = --w->depth;
	if (!w->first && w->indent)
		newline(w);
	put_char(w, w->arrays[at / 64] >> at % 64 & 1 ? ']' : '}');
	w->first = false;
}

/* U+2028 and the like may stand in JSON but not on a terminal; pairs of surrogates above U+FFFF. */
static void put_escape(struct json_out *w, uint32_t cp)
{
	static const char letters[] = "\b\t\n\f\r", names[] = "btnfr";
	char out[16];
	const char *at = cp && cp < 0x20 ? strchr(letters, (int)cp) : NULL;
	int n;

	if (at)
		n = snprintf(out, sizeof out, "\\%c", names[at - letters]);
	else if (cp < 0x10000)
		n = snprintf(out, sizeof out, "\\u%04x", cp);
	else
		n = snprintf(out, sizeof out, "\\u%04x\\u%04x",
			     0xD800 + ((cp - 0x10000) >> 10 & 0x3FF), 0xDC00 + (cp & 0x3FF));
	put(w, out, (size_t)n);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void put_string(struct json_out *w, struct sv v)
{
	put_char(w, '"');
	for (size_t len; v.n; v = sv_from(v, len)) {
		uint32_t cp;
		for (len = 0; len < v.n && is_plain(v.p[len]);)
			len++;
		if (len) {
			put(w, v.p, len);
			continue;
		}
		len = utf8_decode(v, &cp);
		if (len == 0) {
			char out[8];
			(void)snprintf(out, sizeof out, "\\\\x%02X", (unsigned char)v.p[0]);
			put(w, out, 5);
			len = 1;
		} else if (cp == '"' || cp == '\\') {
			put_char(w, '\\');
			put(w, v.p, 1);
		} else if (text_is_control(cp)) {
			put_escape(w, cp);
		} else {
			put(w, v.p, len);
		}
	}
	put_char(w, '"');
}

void json_out_key_sv(struct json_out *w, struct sv key)
{
	before(w);
	put_string(w, key);
	put(w, ": ", w->indent ? 2 : 1);
	w->after_key = true;
}

void json_out_key(struct json_out *w, const char *key)
{
	json_out_key_sv(w, sv_of(key));
}

static void put_word(struct json_out *w, struct sv word)
{
	before(w);
	put(w, word.p, word.n);
}

void json_out_str(struct json_out *w, struct sv v)
{
	before(w);
	put_string(w, v);
}

void json_out_u64(struct json_out *w, uint64_t v)
{
	char out[32];

	put_word(w, sv_make(out, (size_t)snprintf(out, sizeof out, "%" PRIu64, v)));
}

void json_out_i64(struct json_out *w, int64_t v)
{
	char out[32];

	put_word(w, sv_make(out, (size_t)snprintf(out, sizeof out, "%" PRId64, v)));
}

void json_out_f64(struct json_out *w, double v)
{
	char out[40];
	int n = 0;
	/* 15 digits always survive; a subnormal has fewer */
	int digits = isnormal(v) ? 15 : 1;

	if (!isfinite(v)) {
		json_out_null(w);
		return;
	}
	do
		n = snprintf(out, sizeof out, "%.*g", digits, v);
	while (digits++ < 17 && memcmp(&(double){strtod(out, NULL)}, &v, sizeof v) != 0);
	put_word(w, sv_make(out, (size_t)n));
}

void json_out_bool(struct json_out *w, bool v)
{
	put_word(w, v ? SV("true") : SV("false"));
}

void json_out_null(struct json_out *w)
{
	put_word(w, SV("null"));
}

void json_out_kv(struct json_out *w, const char *key, struct sv v)
{
	json_out_key(w, key);
	json_out_str(w, v);
}

void json_out_kv_opt(struct json_out *w, const char *key, struct sv v)
{
	json_out_key(w, key);
	if (v.n)
		json_out_str(w, v);
	else
		json_out_null(w);
}

static void put_scalar(struct json_out *w, const struct node *n)
{
	double v;
	char last = n->text.n ? n->text.p[n->text.n - 1] : '\0';

	if (n->kind == NODE_STRING)
		json_out_str(w, n->text);
	else if (n->kind == NODE_BOOL)
		json_out_bool(w, node_true(n));
	else if (n->kind == NODE_NUMBER && last >= '0' && last <= '9')
		put_word(w, n->text);
	else if (node_f64(n, &v))
		json_out_f64(w, v);
	else
		json_out_null(w);
}

/* The recursion ends at LEVELS; every reader's depth limit is lower. */
void json_out_node(struct json_out *w, const struct node *n)
{
	if (!n || w->depth >= LEVELS) {
		w->bad = w->bad || n;
		json_out_null(w);
		return;
	}
	if (n->kind != NODE_ARRAY && n->kind != NODE_OBJECT) {
		put_scalar(w, n);
		return;
	}
	open_level(w, n->kind == NODE_ARRAY);
	NODE_EACH (it, n) {
		if (n->kind == NODE_OBJECT)
			json_out_key_sv(w, it->key);
		json_out_node(w, it);
	}
	json_out_end(w);
}

int json_out_done(struct json_out *w, struct err *err)
{
	if (w->bad || w->depth)
		return err_set(err, ERR_BUG, "JSON output with unbalanced or too many levels");
	if (!w->to)
		return 0;
	put_char(w, '\n');
	errno = 0;
	if (fflush(w->to) == 0 && !ferror(w->to))
		return 0;
	err_sys(err, "cannot write the output");
	err->kind = ERR_IO;
	return err_scope(err, SCOPE_OUTPUT);
}
