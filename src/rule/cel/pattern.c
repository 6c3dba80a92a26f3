#include "rule/cel/pattern.h"

enum { UNIT_BYTES = 10, WEIGHT_BYTES = 1024 };

static int compile(struct arena *a, struct sv text, struct cel_pattern *out, struct err *err)
{
	size_t before = a->used;

	if (regex_compile(a, text, 0, &out->re, err) < 0)
		return err_ctx(err, "regular expression");
	out->weight = 1 + (a->used - before) / WEIGHT_BYTES;
	return 0;
}

int cel_pattern_prepare(struct arena *a, const struct cel_value *args, size_t n, const void **out,
			struct err *err)
{
	struct cel_pattern *p = ARENA_NEW(a, struct cel_pattern);
	int rc = compile(a, args[1].s, p, err);

	(void)n;
	if (rc < 0)
		return rc;
	*out = p;
	return 0;
}

const struct cel_pattern *cel_pattern_of(struct cel_eval *e, struct sv text,
					 struct cel_value *fault)
{
	const struct cel_pattern *prepared = e->prepared;
	size_t before = e->arena->used;
	struct cel_pattern *p = NULL;
	struct err err = {0};

	if (!e->regex)
		e->regex = regex_scratch_new();
	if (prepared)
		return prepared;
	p = ARENA_NEW(e->arena, struct cel_pattern);
	if (compile(e->arena, text, p, &err) < 0) {
		*fault = cel_fault(e, "invalid regular expression",
				   arena_sv(e->arena, sv_of(err.msg)));
		return NULL;
	}
	if (!cel_spend(e, (e->arena->used - before) / UNIT_BYTES)) {
		*fault = cel_fault(e, NULL, (struct sv){0});
		return NULL;
	}
	return p;
}

bool cel_pattern_spend(struct cel_eval *e, const struct cel_pattern *p, size_t bytes)
{
	return cel_spend(e, 1 + bytes / UNIT_BYTES * p->weight);
}
