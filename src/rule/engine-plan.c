/* Which rules are asked of which fact and scope, and which are silent when another fails. */
#include "base/base.h"

#include "rule/engine-int.h"

struct engine_group *engine_group(const struct engine_plan *p, const struct rules *rules,
				  const struct fact_row *row, int scope)
{
	size_t fact = (size_t)(row - rules->facts.p);

	return &p->groups[fact * (FACT_SCOPES + 1) + (size_t)(scope + 1)];
}

static bool is_on(const struct rules *rules, const bool *selected, size_t i)
{
	const struct rule *rule = rules->all.p[i];

	if (rule->disabled)
		return false;
	return selected ? selected[i] : !rule->opt_in;
}

static void plan_covers(struct engine_plan *p, const struct rules *rules, const bool *selected)
{
	for (size_t i = 0; i < rules->all.n; i++) {
		const struct rule *rule = rules->all.p[i];
		uint32_t *list = ARENA_ARRAY(&p->arena, rule->covers.n, uint32_t);
		uint32_t n = 0;
		for (size_t k = 0; is_on(rules, selected, i) && k < rule->covers.n; k++) {
			const struct map_entry *e = map_find(&rules->by_name, rule->covers.p[k]);
			const struct rule *other = e ? e->ptr : NULL;
			if (other && other != rule && sv_eq(other->text.id, rule->covers.p[k]))
				list[n++] = (uint32_t)other->number;
		}
		p->covers[i].p = list;
		p->covers[i].n = n;
	}
}

/* How many rules one behind the other cover this one: it comes after them. A ring ends somewhere.
 */
static void plan_ranks(const struct engine_plan *p, size_t rules, uint8_t *rank)
{
	bool changed = true;

	for (unsigned pass = 0; changed && pass < 16; pass++) {
		changed = false;
		for (size_t i = 0; i < rules; i++) {
			for (uint32_t k = 0; k < p->covers[i].n; k++) {
				uint8_t *other = &rank[p->covers[i].p[k]];
				if (*other <= rank[i] && rank[i] < 16) {
					*other = (uint8_t)(rank[i] + 1);
					changed = true;
				}
			}
		}
	}
}

static void plan_groups(struct engine_plan *p, const struct rules *rules, const bool *selected,
			const uint8_t *rank)
{
	for (size_t i = 0; i < rules->all.n; i++)
		if (is_on(rules, selected, i))
			engine_group(p, rules, rules->all.p[i]->fact, rules->all.p[i]->each)->n++;
	for (size_t i = 0; i < rules->facts.n * (FACT_SCOPES + 1); i++) {
		p->groups[i].rules = ARENA_ARRAY(&p->arena, p->groups[i].n, uint32_t);
		p->groups[i].below = p->groups[i].n > 0;
		p->groups[i].n = 0;
	}
	for (unsigned r = 0; r <= 17; r++) {
		for (size_t i = 0; i < rules->all.n; i++) {
			const struct rule *rule = rules->all.p[i];
			if (rank[i] != r || !is_on(rules, selected, i))
				continue;
			struct engine_group *g = engine_group(p, rules, rule->fact, rule->each);
			g->rules[g->n++] = (uint32_t)i;
		}
	}
}

/* A scope that has only scopes with rules inside is walked too; the one around comes first in the
 * table. */
static void plan_below(struct engine_plan *p, const struct rules *rules)
{
	for (size_t f = 0; f < rules->facts.n; f++) {
		const struct fact_row *row = &rules->facts.p[f];
		for (unsigned s = row->scopes_n; s-- > 0;)
			if (engine_group(p, rules, row, (int)s)->below)
				engine_group(p, rules, row, row->scopes[s].around)->below = true;
	}
}

struct engine_plan *engine_plan_new(const struct rules *rules, const bool *selected)
{
	struct engine_plan *p = xcalloc(1, sizeof *p);
	size_t n = rules->all.n;

	arena_init(&p->arena, 0);
	p->groups = ARENA_ARRAY(&p->arena, rules->facts.n * (FACT_SCOPES + 1), struct engine_group);
	p->covers = ARENA_ARRAY(&p->arena, n, struct engine_covers);
	p->covered = ARENA_ARRAY(&p->arena, n, bool);
	p->undo = ARENA_ARRAY(&p->arena, n, uint32_t);
	p->rules = n;
	if (selected) {
		p->selected = ARENA_ARRAY(&p->arena, n, bool);
		memcpy(p->selected, selected, n * sizeof *selected);
	}
	uint8_t *rank = ARENA_ARRAY(&p->arena, n, uint8_t);
	plan_covers(p, rules, selected);
	plan_ranks(p, n, rank);
	plan_groups(p, rules, selected, rank);
	plan_below(p, rules);
	return p;
}

bool engine_plan_fits(const struct engine_plan *p, const struct rules *rules, const bool *selected)
{
	if (!p || p->rules != rules->all.n || !p->selected != !selected)
		return false;
	return !selected || memcmp(p->selected, selected, p->rules * sizeof *selected) == 0;
}

void engine_plan_free(struct engine_plan *p)
{
	if (!p)
		return;
	buf_done(&p->text);
	arena_done(&p->arena);
	free(p);
}
