#include "advisory/pack.h"

enum entry_flag { ENTRY_SEVERITY = 1, ENTRY_FIX_SHIFT = 1 };

static void put_number(struct buf *out, size_t v)
{
	while (v > 127) {
		buf_char(out, (char)(v | 128));
		v >>= 7;
	}
	buf_char(out, (char)v);
}

static void put_text(struct buf *out, struct sv v)
{
	put_number(out, v.n);
	buf_sv(out, v);
}

void pack_entry(struct buf *out, uint32_t record, const struct affected *a)
{
	put_number(out, record);
	put_number(out, (a->has_severity ? ENTRY_SEVERITY : 0u) | (size_t)a->fix_state
									  << ENTRY_FIX_SHIFT);
	if (a->has_severity)
		put_number(out, a->severity);
	put_number(out, a->ranges.n);
	for (size_t i = 0; i < a->ranges.n; i++) {
		const struct range *r = &a->ranges.p[i];
		put_number(out, r->n);
		for (size_t k = 0; k < r->n; k++) {
			put_number(out, r->p[k].kind);
			put_text(out, r->p[k].version);
		}
	}
	put_number(out, a->versions.n);
	for (size_t i = 0; i < a->versions.n; i++)
		put_text(out, a->versions.p[i]);
}

static bool get_number(struct sv *rest, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 5; i++) {
		if (i >= rest->n)
			return false;
		unsigned char c = (unsigned char)rest->p[i];
		v |= (uint64_t)(c & 127) << (7 * i);
		if (!(c & 128)) {
			*rest = sv_from(*rest, i + 1);
			*out = (uint32_t)v;
			return v <= max;
		}
	}
	return false;
}

static bool get_text(struct sv *rest, struct sv *out)
{
	uint32_t n;

	if (!get_number(rest, UINT32_MAX, &n) || n > rest->n)
		return false;
	*out = sv_head(*rest, n);
	*rest = sv_from(*rest, n);
	return true;
}

/* The next range, with the storage of an earlier entry. */
static struct range *next_range(struct entry *e)
{
	struct range *r = NULL;

	if (e->ranges.n < e->ranges_made) {
		r = &e->ranges.p[e->ranges.n++];
		r->n = 0;
		return r;
	}
	r = VEC_PUSH(&e->ranges);
	e->ranges_made = e->ranges.n;
	return r;
}

static bool get_range(struct sv *rest, struct entry *e)
{
	uint32_t n, kind;
	struct range *r = next_range(e);

	/* an event takes at least two bytes, so no count makes more memory than there are bytes */
	if (!get_number(rest, UINT32_MAX, &n) || n > rest->n / 2)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct range_event *event = VEC_PUSH(r);
		if (!get_number(rest, RANGE_KINDS - 1, &kind) || !get_text(rest, &event->version))
			return false;
		event->kind = (enum range_kind)kind;
	}
	return true;
}

static bool get_head(struct sv *rest, struct entry *e)
{
	uint32_t flags, severity = SEV_UNKNOWN;

	if (!get_number(rest, UINT32_MAX, &e->record) ||
	    !get_number(rest, ENTRY_SEVERITY | (FIX_STATES - 1) << ENTRY_FIX_SHIFT | 7, &flags) ||
	    (flags >> ENTRY_FIX_SHIFT) >= FIX_STATES)
		return false;
	e->has_severity = flags & ENTRY_SEVERITY;
	e->fix_state = (enum fix_state)(flags >> ENTRY_FIX_SHIFT);
	if (e->has_severity && !get_number(rest, SEVERITIES - 1, &severity))
		return false;
	e->severity = (enum severity)severity;
	return true;
}

static bool get_entry(struct sv *rest, struct entry *e)
{
	uint32_t n;

	e->ranges.n = e->versions.n = 0;
	if (!get_head(rest, e) || !get_number(rest, UINT32_MAX, &n) || n > rest->n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!get_range(rest, e))
			return false;
	if (!get_number(rest, UINT32_MAX, &n) || n > rest->n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!get_text(rest, VEC_PUSH(&e->versions)))
			return false;
	return true;
}

int pack_next(struct sv *rest, struct entry *out, struct err *err)
{
	if (rest->n == 0)
		return 0;
	if (get_entry(rest, out))
		return 1;
	err_set(err, ERR_PARSE, "the ranges of a package are damaged");
	err_code(err, "database-damaged");
	err_hint(err, "get it again: gabion db update, or gabion db build");
	return err_scope(err, SCOPE_DATABASE);
}

void entry_done(struct entry *e)
{
	for (size_t i = 0; i < e->ranges_made; i++)
		vec_done(&e->ranges.p[i]);
	vec_done(&e->ranges);
	vec_done(&e->versions);
}
