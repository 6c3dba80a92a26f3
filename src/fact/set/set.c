/* The set as a container of entries. */
#include "fact/set/set-int.h"

#include "base/limits.h"

struct set *set_new(void)
{
	return xcalloc(1, sizeof(struct set));
}

void set_free(struct set *s)
{
	if (!s)
		return;
	arena_done(&s->arena);
	vec_done(&s->entries);
	buf_done(&s->scratch);
	free(s);
}

size_t set_size(const struct set *s)
{
	return s->entries.n;
}

/* Names are short; one that is not is no name of a cluster's object. */
static struct sv bounded(struct sv text)
{
	return sv_head(text, 4096);
}

static void header(struct buf *out, const struct fact_object *o, struct sv file, uint32_t line)
{
	char number[16];
	int n = snprintf(number, sizeof number, "%u", line);

	set_text(out, SET_API_VERSION, bounded(o->api_version));
	set_text(out, SET_KIND, bounded(o->kind));
	set_text(out, SET_NAME, bounded(o->name));
	set_text(out, SET_NAMESPACE, bounded(o->ns));
	set_text(out, SET_FILE, bounded(file));
	set_text(out, SET_LINE, sv_make(number, (size_t)n));
}

static void store(struct set *s, struct sv bytes, bool cut)
{
	struct set_entry *e = VEC_PUSH(&s->entries);

	e->n = (uint32_t)bytes.n;
	e->cut = cut;
	e->p = arena_sv(&s->arena, bytes).p;
}

/* One byte in front of an entry between processes. */
enum { WHOLE = 1, CUT = 2 };

void set_add(struct set *s, const struct fact_object *o, struct sv file, uint32_t line)
{
	buf_clear(&s->scratch);
	header(&s->scratch, o, file, line);
	size_t only_name = s->scratch.n;
	set_encode(&s->scratch, o);
	bool cut = s->scratch.n > limit_set_entry;
	store(s, sv_head(buf_view(&s->scratch), cut ? only_name : s->scratch.n), cut);
}

void set_write(const struct set *s, size_t entry, struct buf *out)
{
	const struct set_entry *e = &s->entries.p[entry];

	buf_char(out, e->cut ? CUT : WHOLE);
	buf_add(out, e->p, e->n);
}

static bool header_valid(struct sv items)
{
	struct set_item item;
	uint64_t line;

	for (unsigned tag = SET_API_VERSION; tag <= SET_LINE; tag++)
		if (!set_next(&items, &item) || item.tag != tag)
			return false;
	return sv_u64(item.text, &line) && line <= UINT32_MAX;
}

int set_read(struct set *s, struct sv bytes, struct err *err)
{
	if (bytes.n == 0 || (bytes.p[0] != WHOLE && bytes.p[0] != CUT))
		return err_set(err, ERR_PROTO, "an object of a set has no mark in front");
	struct sv items = sv_from(bytes, 1);
	if (items.n > limit_set_entry)
		return err_set(err, ERR_LIMIT, "an object of a set takes %zu bytes", items.n);
	if (!header_valid(items) || !set_valid(items))
		return err_set(err, ERR_PROTO, "an object of a set is not well-formed");
	store(s, items, bytes.p[0] == CUT);
	return 0;
}
