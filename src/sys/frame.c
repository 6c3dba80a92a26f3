#include "sys/frame.h"

#include "base/limits.h"
#include "sys/file.h"

enum { FLUSH_AT = 64 * 1024 };

void frame_begin(struct frame_writer *w, uint8_t type)
{
	w->start = w->buf.n;
	buf_fill(&w->buf, '\0', 4);
	buf_char(&w->buf, (char)type);
}

void frame_u64(struct frame_writer *w, uint64_t v)
{
	char b[8];

	for (size_t i = 0; i < 8; i++)
		b[i] = (char)(v >> (8 * i));
	buf_add(&w->buf, b, 8);
}

static void put_u32(char *to, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		to[i] = (char)(v >> (8 * i));
}

void frame_bytes(struct frame_writer *w, struct sv v)
{
	char b[4];

	put_u32(b, (uint32_t)v.n);
	buf_add(&w->buf, b, 4);
	buf_sv(&w->buf, v);
}

void frame_sv(struct frame_writer *w, struct sv v)
{
	frame_bytes(w, sv_head(v, limit_field_bytes));
}

void frame_err(struct frame_writer *w, const struct err *e)
{
	frame_u64(w, e->kind);
	frame_u64(w, e->scope);
	frame_sv(w, sv_of(e->code));
	frame_sv(w, sv_of(e->where));
	frame_sv(w, sv_of(e->msg));
	frame_sv(w, sv_of(e->hint));
}

void frame_end(struct frame_writer *w)
{
	put_u32(w->buf.p + w->start, (uint32_t)(w->buf.n - w->start - FRAME_HEADER));
	if (w->fd >= 0 && w->buf.n >= FLUSH_AT && !w->held)
		frame_flush(w);
}

void frame_flush(struct frame_writer *w)
{
	struct err err;

	if (w->fd < 0)
		return;
	if (!w->failed && file_write_all(w->fd, buf_view(&w->buf), &err) < 0)
		w->failed = true;
	buf_clear(&w->buf);
}

int frame_take(struct sv *rest, struct frame *out, struct err *err)
{
	if (rest->n < FRAME_HEADER)
		return 0;
	uint32_t n = le32(rest->p);
	if (n > limit_frame_bytes)
		return err_set(err, ERR_PROTO, "a worker sent a frame of %u bytes", n);
	if (rest->n - FRAME_HEADER < n)
		return 0;
	*out = (struct frame){(uint8_t)rest->p[4], sv_make(rest->p + FRAME_HEADER, n)};
	*rest = sv_from(*rest, FRAME_HEADER + (size_t)n);
	return 1;
}

uint64_t frame_get_u64(struct sv *payload, bool *ok)
{
	if (!*ok || payload->n < 8) {
		*ok = false;
		return 0;
	}
	uint64_t v = le64(payload->p);
	*payload = sv_from(*payload, 8);
	return v;
}

struct sv frame_get_sv(struct sv *payload, bool *ok)
{
	if (!*ok || payload->n < 4 || payload->n - 4 < le32(payload->p)) {
		*ok = false;
		return (struct sv){0};
	}
	struct sv v = sv_make(payload->p + 4, le32(payload->p));
	*payload = sv_from(*payload, 4 + v.n);
	return v;
}

static void get_text(struct sv *payload, bool *ok, char *to, size_t cap)
{
	struct sv v = sv_head(frame_get_sv(payload, ok), cap - 1);

	if (v.n)
		memcpy(to, v.p, v.n);
	to[v.n] = '\0';
}

void frame_get_err(struct sv *payload, bool *ok, struct err *out)
{
	uint64_t kind = frame_get_u64(payload, ok), scope = frame_get_u64(payload, ok);

	*out = (struct err){.kind = ERR_BUG};
	if (kind == ERR_NONE || kind >= ERR_KINDS || scope >= SCOPES)
		*ok = false;
	if (!*ok)
		return;
	out->kind = (enum err_kind)kind;
	out->scope = (enum err_scope)scope;
	get_text(payload, ok, out->code, sizeof out->code);
	get_text(payload, ok, out->where, sizeof out->where);
	get_text(payload, ok, out->msg, sizeof out->msg);
	get_text(payload, ok, out->hint, sizeof out->hint);
}
