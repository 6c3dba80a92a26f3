#include "rule/cel/pattern.h"

#include <stdlib.h>

#include "base/map.h"

enum { UNIT_BYTES = 10, WEIGHT_BYTES = 1024, KEPT_MAX = 64, KEPT_BYTES = 8 << 20 };

static int compile(struct arena *a, struct sv text, struct cel_pattern *out, struct err *err)
{
	size_t before = a->used;

	if (regex_compile(a, text, 0, &out->re, err) < 0)
		return err->where[0] ? err_ctx(err, "%s", err->where) : -(int)err->kind;
	out->weight = 1 + (a->used - before) / WEIGHT_BYTES;
	return 0;
}

int cel_pattern_prepare(struct arena *a, const struct cel_value *args, size_t n, const void **out,
			struct err *err)
{
	struct cel_pattern *p = ARENA_NEW(a, struct cel_pattern);

	(void)n;
	if (compile(a, args[1].s, p, err) < 0)
		return err_ctx(err, "regular expression");
	*out = p;
	return 0;
}

/* A pattern that was compiled at a call, for the next call: packs have patterns in their params. */
struct kept {
	struct sv text;
	struct cel_pattern pattern;
	uint64_t units; /* what compiling costs */
	uint64_t run; /* the evaluation that paid last: each pays once, whatever was kept before */
};

struct cel_patterns {
	struct arena arena;
	struct map by_text;
};

static void forget(struct cel_patterns *p)
{
	map_done(&p->by_text);
	p->by_text = (struct map){0};
	arena_reset(&p->arena);
}

void cel_patterns_free(struct cel_patterns *p)
{
	if (!p)
		return;
	forget(p);
	free(p);
}

static struct kept *keep(struct cel_patterns *p, struct sv text, struct err *err)
{
	if (p->by_text.n >= KEPT_MAX || p->arena.used > KEPT_BYTES)
		forget(p);
	size_t before = p->arena.used;
	struct kept *k = ARENA_NEW(&p->arena, struct kept);
	k->text = arena_sv(&p->arena, text);
	if (compile(&p->arena, k->text, &k->pattern, err) < 0)
		return NULL;
	k->units = (p->arena.used - before) / UNIT_BYTES;
	k->run = 0;
	return k;
}

const struct cel_pattern *cel_pattern_of(struct cel_eval *e, struct sv text,
					 struct cel_value *fault)
{
	struct err err = {0};

	if (!e->regex)
		e->regex = regex_scratch_new();
	if (e->prepared)
		return e->prepared;
	if (!e->patterns) {
		e->patterns = xcalloc(1, sizeof *e->patterns);
		arena_init(&e->patterns->arena, 0);
	}
	struct map_entry *found = map_find(&e->patterns->by_text, text);
	struct kept *k = found ? found->ptr : keep(e->patterns, text, &err);
	if (!k) {
		*fault = cel_fault(e, "invalid regular expression",
				   arena_sv(e->arena, sv_of(err.msg)));
		return NULL;
	}
	if (!found)
		map_put(&e->patterns->by_text, k->text, NULL)->ptr = k;
	if (k->run != e->runs && !cel_spend(e, k->units)) {
		*fault = cel_fault(e, NULL, (struct sv){0});
		return NULL;
	}
	k->run = e->runs;
	return &k->pattern;
}

bool cel_pattern_spend(struct cel_eval *e, const struct cel_pattern *p, size_t bytes)
{
	return cel_spend(e, 1 + bytes / UNIT_BYTES * p->weight);
}
