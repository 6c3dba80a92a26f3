#include "rule/cel/lib.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"

struct cel_value lib_misfit(struct cel_eval *e)
{
	return cel_fault(e, "no such overload", (struct sv){0});
}

struct cel_value lib_over(struct cel_eval *e)
{
	return cel_fault(e, "cost limit exceeded", (struct sv){0});
}

struct cel_value lib_fault_int(struct cel_eval *e, const char *what, int64_t i)
{
	return cel_fault(e, what, arena_fmt(e->arena, "%lld", (long long)i));
}

bool lib_scan(struct cel_eval *e, size_t bytes)
{
	return cel_spend(e, bytes / 10 + 1);
}

struct cel_value lib_opaque(const struct cel_opaque *type, const void *data)
{
	return (struct cel_value){.kind = CEL_OPAQUE, .opaque = {type, data}};
}

/* Room for one more piece of n bytes: doubled, so that all growing together is linear. */
static bool text_room(struct lib_text *t, size_t n)
{
	size_t need = 0, cap = 0;
	char *p = NULL;

	if (t->over || !lib_scan(t->e, n) || !add_ok(t->n, n, &need)) {
		t->over = true;
		return false;
	}
	if (need <= t->cap)
		return true;
	cap = t->cap * 2 > need ? t->cap * 2 : need;
	p = arena_alloc(t->e->arena, cap < 32 ? 32 : cap);
	if (t->n)
		memcpy(p, t->p, t->n);
	t->p = p;
	t->cap = cap < 32 ? 32 : cap;
	return true;
}

void lib_text_add(struct lib_text *t, struct sv v)
{
	if (!v.n || !text_room(t, v.n))
		return;
	memcpy(t->p + t->n, v.p, v.n);
	t->n += v.n;
}

void lib_text_char(struct lib_text *t, char c)
{
	lib_text_add(t, (struct sv){&c, 1});
}

void lib_text_fmt(struct lib_text *t, const char *fmt, ...)
{
	char small[128];
	va_list ap;
	int n = 0;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < (int)sizeof small) {
		lib_text_add(t, (struct sv){small, n > 0 ? (size_t)n : 0});
		return;
	}
	if (!text_room(t, (size_t)n + 1))
		return;
	va_start(ap, fmt);
	vsnprintf(t->p + t->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->n += (size_t)n;
}

struct cel_value lib_text_value(const struct lib_text *t)
{
	return t->over ? lib_over(t->e) : cel_string(lib_text_view(t));
}

void lib_list_add(struct lib_list *l, struct cel_value v)
{
	if (l->over)
		return;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 8;
		struct cel_value *p = cel_new_values(l->e, cap);

		if (!p) {
			l->over = true;
			return;
		}
		if (l->n)
			memcpy(p, l->p, l->n * sizeof *p);
		l->p = p;
		l->cap = cap;
	}
	l->p[l->n++] = v;
}

struct cel_value lib_list_value(const struct lib_list *l)
{
	return l->over ? lib_over(l->e) : cel_items(l->p, l->n);
}

/* Nodes and tens of bytes of a value: what comparing it with another costs at most. */
static uint64_t weight(const struct cel_value *v, unsigned depth)
{
	size_t n = 0;
	uint64_t sum = 1;

	if (v->kind == CEL_STRING || v->kind == CEL_BYTES)
		return v->s.n / 10 + 1;
	if ((v->kind != CEL_LIST && v->kind != CEL_MAP) || depth > limit_json_depth)
		return 1;
	n = cel_size(v);
	for (size_t i = 0; i < n; i++) {
		struct cel_value key = {0}, item = {0};

		if (v->kind == CEL_LIST)
			item = cel_at(v, i);
		else
			cel_entry_at(v, i, &key, &item);
		sum += weight(&item, depth + 1);
	}
	return sum;
}

struct lib_needle lib_needle(const struct cel_value *v)
{
	bool text = v->kind == CEL_STRING || v->kind == CEL_BYTES;

	return (struct lib_needle){v, text ? 1 : weight(v, 0)};
}

bool lib_equal(struct cel_eval *e, const struct lib_needle *n, const struct cel_value *v)
{
	bool text = v->kind == CEL_STRING || v->kind == CEL_BYTES;

	/* Texts of different length are told apart at once. */
	if (!cel_spend(e, text && v->s.n == n->v->s.n ? v->s.n / 10 + 1 : n->weight))
		return false;
	return cel_equal(n->v, v);
}

size_t lib_char(struct sv v)
{
	uint32_t cp = 0;
	size_t n = 0;

	if ((unsigned char)v.p[0] < 0x80)
		return 1;
	n = utf8_decode(v, &cp);
	return n ? n : 1;
}

int64_t lib_chars(struct sv v)
{
	int64_t n = 0;

	for (size_t at = 0; at < v.n; at += lib_char(sv_from(v, at)))
		n++;
	return n;
}

size_t lib_offset(struct sv v, int64_t i)
{
	size_t at = 0;

	if (i < 0)
		return SIZE_MAX;
	for (; i > 0 && at < v.n; i--)
		at += lib_char(sv_from(v, at));
	return i ? SIZE_MAX : at;
}
