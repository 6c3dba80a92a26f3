/* The view of a benchmark: its entries, and what became of each. */
#include "audit/audit-int.h"

size_t audit_entries(const struct audit_setup *s, struct arena *a,
		     const struct benchmark_entry ***out)
{
	size_t n = benchmark_entries(s->benchmark, s->minor, NULL, 0);

	*out = ARENA_ARRAY(a, n ? n : 1, const struct benchmark_entry *);
	return benchmark_entries(s->benchmark, s->minor, *out, n);
}

static void count(struct benchmark_line *l, const struct rule *rule, const struct collector *c)
{
	const uint64_t *states = c->states[rule->number];

	*VEC_PUSH(&l->rules) = rule->text.id;
	l->passed += states[STATE_PASS];
	l->not_applicable += states[STATE_NOT_APPLICABLE];
	l->not_observed += states[STATE_NOT_OBSERVED];
}

/* What a person must look at is a finding of the whole, in no file. */
static void ask(struct report *r, const struct benchmark_entry *e)
{
	struct sv id = arena_fmt(r->arena, "%.*s/%.*s", SV_ARG(r->benchmark.name), SV_ARG(e->id));

	*VEC_PUSH(&r->findings) = (struct finding){
		.id = id,
		.kind = FINDING_MISCONFIGURATION,
		.state = STATE_NEEDS_HUMAN,
		.severity = SEV_UNKNOWN,
		.severity_source = SV("gabion"),
		.message = e->question,
		.fingerprint = id,
		.subject = INDEX_NONE,
		.layer = INDEX_NONE,
	};
}

void audit_benchmark(struct report *r, const struct audit_setup *s, const struct collector *c)
{
	const struct benchmark_entry **entries;
	size_t n = audit_entries(s, r->arena, &entries);

	r->benchmark.name = s->benchmark->name;
	r->benchmark.version = s->benchmark->version;
	r->benchmark.title = s->benchmark->title;
	if (s->minor)
		r->benchmark.kubernetes = arena_fmt(r->arena, "1.%u", s->minor);
	for (size_t i = 0; i < n; i++) {
		struct benchmark_line *l = VEC_PUSH(&r->benchmark.lines);
		l->id = entries[i]->id;
		l->title = entries[i]->title;
		l->question = entries[i]->question;
		for (size_t k = 0; k < entries[i]->rules.n; k++)
			count(l, entries[i]->rules.p[k], c);
		if (l->question.n)
			ask(r, entries[i]);
	}
}
