/* Disruption budgets and autoscalers: how many pods there are, and how many may go. */
#include "fact/set/record.h"

static struct set_object *target_of(struct relate *r, const struct set_object *o)
{
	struct sv kind = set_find(o->body, SET_TYPE), name = set_find(o->body, SET_TARGET);
	static const char *const groups[] = {"apps", "", "argoproj.io", "apps.openshift.io"};

	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		struct set_object *found = relate_find(r, sv_of(groups[i]), kind, o->ns, name);
		if (found)
			return found;
	}
	return NULL;
}

static int64_t minimum(const struct set_object *o)
{
	return set_number(set_find(o->body, SET_MIN), sv_is(o->kind, "ScaledObject") ? 0 : 1);
}

void mark_autoscaler(struct relate *r, struct set_object *o)
{
	struct set_object *target = target_of(r, o);

	if (!target)
		return;
	int64_t min = minimum(o);
	if (!target->autoscaled || min < target->autoscaler_min)
		target->autoscaler_min = min;
	target->autoscaled = true;
}

void facts_autoscaler(struct relate *r, struct set_object *o)
{
	const struct set_object *target = target_of(r, o);
	struct node *f = record_of(r, &schema_autoscaler);

	say_name(f, AUTOSCALER_NAME, AUTOSCALER_NAMESPACE, o);
	say_text(f, AUTOSCALER_TARGET_KIND, set_find(o->body, SET_TYPE));
	say_text(f, AUTOSCALER_TARGET_NAME, set_find(o->body, SET_TARGET));
	say_bool(f, AUTOSCALER_TARGET_EXISTS, target);
	say_int(r, f, AUTOSCALER_MIN, minimum(o));
	say_number(f, AUTOSCALER_MAX, set_find(o->body, SET_MAX));
	if (target)
		say_number(f, AUTOSCALER_TARGET_REPLICAS, set_find(target->pod, SET_REPLICAS_SAID));
	tell_fact(r, &schema_autoscaler, f, o);
}

enum { UNKNOWN = -1 };

struct budget {
	uint32_t selected;
	int64_t replicas, smallest; /* UNKNOWN: one does not say */
	int64_t least;              /* the same where autoscalers are at their minimum */
	int64_t autoscaler_min;     /* UNKNOWN: none */
};

static void on_budget_pod(void *arg, struct set_object *o)
{
	struct budget *b = arg;
	int64_t replicas =
		sv_is(o->kind, "Pod") ? 1 : set_number(set_find(o->pod, SET_REPLICAS), UNKNOWN);
	int64_t least = o->autoscaled ? o->autoscaler_min : replicas;

	/* no cluster has as many pods: sums stay small */
	if (replicas > INT32_MAX || replicas < 0)
		replicas = UNKNOWN;
	if (least > INT32_MAX || least < 0)
		least = UNKNOWN;
	b->selected++;
	o->budgets++;
	b->replicas = b->replicas < 0 || replicas < 0 ? UNKNOWN : b->replicas + replicas;
	b->least = b->least < 0 || least < 0 ? UNKNOWN : b->least + least;
	if (replicas >= 0 && (b->smallest < 0 || replicas < b->smallest))
		b->smallest = replicas;
	if (o->autoscaled && (b->autoscaler_min < 0 || o->autoscaler_min < b->autoscaler_min))
		b->autoscaler_min = o->autoscaler_min;
}

/* "2" or "50%" of so many, rounded up as the controller does; UNKNOWN for anything else. */
static int64_t amount(struct sv text, int64_t of)
{
	uint64_t n;
	bool percent = text.n > 0 && text.p[text.n - 1] == '%';

	if (!sv_u64(percent ? sv_head(text, text.n - 1) : text, &n) || n > INT32_MAX)
		return UNKNOWN;
	if (!percent)
		return (int64_t)n;
	if (n == 0)
		return 0;
	return of < 0 || of > INT32_MAX ? UNKNOWN : (int64_t)(((uint64_t)of * n + 99) / 100);
}

/* Nothing may go: 1 yes, 0 no, UNKNOWN. */
static int blocks(struct sv min, struct sv max, const struct budget *b)
{
	if (max.n > 0) {
		int64_t n = amount(max, 100);
		return n < 0 ? UNKNOWN : n == 0;
	}
	if (sv_ends(min, SV("%"))) {
		int64_t n = amount(min, 100);
		if (n >= 100)
			return 1;
	}
	int64_t n = amount(min, b->least);
	if (min.n == 0 || n == 0 || b->selected == 0)
		return 0;
	return n < 0 || b->least < 0 ? UNKNOWN : n >= b->least;
}

static void say_count(struct relate *r, struct node *f, unsigned field, int64_t n)
{
	if (n >= 0 && !r->cut)
		say_int(r, f, field, n);
}

void facts_budget(struct relate *r, struct set_object *o)
{
	struct sv min = set_find(o->body, SET_MIN), max = set_find(o->body, SET_MAX);
	struct budget b = {.smallest = UNKNOWN, .autoscaler_min = UNKNOWN};
	struct node *f;

	if (set_has(o->body, SET_SELECTOR))
		relate_select(r, &r->pods, o->ns, set_find(o->body, SET_SELECTOR), on_budget_pod,
			      &b);
	f = record_of(r, &schema_disruption_budget);
	say_name(f, BUDGET_NAME, BUDGET_NAMESPACE, o);
	say_text(f, BUDGET_MIN_AVAILABLE, min);
	say_text(f, BUDGET_MAX_UNAVAILABLE, max);
	say_count(r, f, BUDGET_SELECTED, b.selected);
	say_count(r, f, BUDGET_REPLICAS, b.replicas);
	say_count(r, f, BUDGET_SMALLEST, b.smallest);
	say_count(r, f, BUDGET_AUTOSCALER_MIN, b.autoscaler_min);
	int64_t wanted = amount(min, b.replicas);
	say_bool(f, BUDGET_ABOVE_AUTOSCALER,
		 b.autoscaler_min >= 0 && wanted >= 0 && wanted > b.autoscaler_min);
	int blocked = blocks(min, max, &b);
	if (blocked >= 0 && !r->cut)
		say_bool(f, BUDGET_BLOCKS, blocked);
	say_text(f, BUDGET_UNHEALTHY, set_find(o->body, SET_POLICY));
	tell_fact(r, &schema_disruption_budget, f, o);
}
