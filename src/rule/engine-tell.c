/* What a failed rule shows: its message with the values seen, and the places. */
#include "base/base.h"

#include "base/text.h"
#include "rule/engine-int.h"

enum { VALUE_COLUMNS = 160, VALUE_BYTES = 4096 };

/* One line without control characters. */
static void put_line(struct buf *out, struct sv text, bool cut)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, sv_head(text, VALUE_BYTES));
	struct sv fits = cut ? text_fit(buf_view(&safe), VALUE_COLUMNS) : buf_view(&safe);
	buf_sv(out, fits);
	if (fits.n < safe.n || text.n > VALUE_BYTES)
		buf_str(out, "...");
}

/* Text of a pack: YAML's line breaks are blanks. */
static void put_text(struct buf *out, struct sv text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_char(out, text.p[i] == '\n' || text.p[i] == '\t' ? ' ' : text.p[i]);
}

void engine_message(struct engine *e, const struct rule *rule, struct verdict *v)
{
	struct buf *out = &e->plan->text;
	auto_done(buf_done) struct buf value = {0};

	buf_clear(out);
	for (size_t i = 0; i < rule->message.n; i++) {
		const struct rule_part *part = &rule->message.p[i];
		put_text(out, part->text);
		if (!part->value.root)
			continue;
		struct cel_value got = cel_run(&part->value, &e->eval);
		buf_clear(&value);
		if (got.kind == CEL_ERROR)
			buf_str(&value, "(unknown)");
		else
			cel_text(&value, &got);
		put_line(out, buf_view(&value), true);
	}
	v->message = arena_sv(&e->arena, sv_trim(buf_view(out)));
}

static struct verdict_place *add_place(struct verdict *v, const struct node *n, struct sv field)
{
	if (v->places_n == ARRAY_LEN(v->places))
		return NULL;
	for (unsigned i = 0; n && i < v->places_n; i++)
		if (v->places[i].node == n && sv_eq(v->places[i].field, field))
			return NULL;
	struct verdict_place *p = &v->places[v->places_n++];
	*p = (struct verdict_place){.node = n, .field = field};
	return p;
}

/* Of a mapping the place says more than its text. */
static struct sv value_text(struct engine *e, const struct cel_value *v)
{
	auto_done(buf_done) struct buf raw = {0}, line = {0};

	if (v->kind == CEL_MAP)
		return (struct sv){0};
	cel_text(&raw, v);
	put_line(&line, buf_view(&raw), v->kind == CEL_LIST);
	return arena_sv(&e->arena, buf_view(&line));
}

/* A field that nobody wrote: the place is what is there on the way to it, in the element whose
 * record has the field. */
static void place_missing(struct engine *e, const struct engine_frame *at,
			  const struct fact_schema *schema, const struct node *field,
			  struct sv value, struct verdict *v)
{
	struct sv missing;
	const struct engine_frame *owner = at;

	if (e->foreign) {
		struct verdict_place *near = add_place(v, field, (struct sv){0});
		if (near)
			near->value = value;
		return;
	}

	for (const struct engine_frame *f = at; schema && f; f = f->around) {
		if (f->schema == schema) {
			owner = f;
			break;
		}
	}
	const struct node *found =
		fact_missing(owner->schema, owner->element, schema ? schema : owner->schema,
			     field->key, &e->arena, &missing);
	struct verdict_place *p = add_place(v, found ? found : field, missing);
	if (p)
		p->value = value;
}

static bool is_foreign(const struct node *n)
{
	return !n || n->doc == PARAM_DOC;
}

static void place_value(struct engine *e, const struct engine_frame *at,
			const struct fact_schema *schema, const struct cel_value *got,
			struct verdict *v)
{
	const struct node *n = got->node;

	if (is_foreign(n) && got->kind == CEL_LIST && got->form == CEL_FORM_ITEMS && got->items.n) {
		for (size_t i = 0; i < got->items.n; i++)
			place_value(e, at, NULL, &got->items.p[i], v);
		return;
	}
	if (!is_foreign(n) && (n->flags & NODE_DEFAULT)) {
		place_missing(e, at, schema, n, value_text(e, got), v);
		return;
	}
	struct verdict_place *p = add_place(v, is_foreign(n) ? at->element : n, (struct sv){0});
	if (p)
		p->value = value_text(e, got);
}

static const struct fact_schema *schema_of(const struct cel_expr *x)
{
	return x && x->type && x->type->kind == CEL_T_RECORD ? x->type->schema : NULL;
}

/* a.b.c failed: the longest part of it that has a value, and what is not there below that. */
static void place_absent(struct engine *e, const struct engine_frame *at,
			 const struct cel_program *p, struct verdict *v)
{
	struct sv below = {0};

	for (const struct cel_expr *x = p->root; x && x->kind == CEL_X_SELECT;) {
		struct cel_program part = {
			.source = p->source, .root = x->select.operand, .locals = p->locals};
		struct cel_value got = cel_run(&part, &e->eval);
		const struct node *n =
			got.kind == CEL_ERROR || is_foreign(got.node) ? NULL : got.node;
		const struct node *field = n ? node_get_sv(n, x->select.field) : NULL;
		if (field && (field->flags & NODE_ABSENT)) {
			place_missing(e, at, schema_of(x->select.operand), field, (struct sv){0},
				      v);
			return;
		}
		below = arena_fmt(&e->arena, "/%.*s%.*s", SV_ARG(x->select.field), SV_ARG(below));
		if (n) {
			(void)add_place(v, n, below);
			return;
		}
		x = x->select.operand;
	}
}

void engine_evidence(struct engine *e, const struct engine_frame *at, const struct cel_program *p,
		     struct verdict *v)
{
	struct cel_value got = cel_run(p, &e->eval);
	const struct cel_expr *x = p->root;

	if (got.kind == CEL_ERROR)
		place_absent(e, at, p, v);
	else
		place_value(e, at, x->kind == CEL_X_SELECT ? schema_of(x->select.operand) : NULL,
			    &got, v);
}

struct sv engine_value(struct engine *e, const struct cel_value *v)
{
	auto_done(buf_done) struct buf raw = {0}, line = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &raw, 0);
	cel_json(&w, v);
	(void)!json_out_done(&w, &err);
	put_line(&line, sv_trim(buf_view(&raw)), true);
	return arena_sv(&e->arena, buf_view(&line));
}

void engine_line(struct buf *out, struct sv text)
{
	auto_done(buf_done) struct buf plain = {0};
	bool blank = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
		if (space && blank)
			continue;
		buf_char(&plain, space ? ' ' : c);
		blank = space;
	}
	put_line(out, sv_trim(buf_view(&plain)), false);
}

void engine_places(struct engine *e, const struct rule *rule, const struct engine_frame *at,
		   struct verdict *v)
{
	for (size_t i = 0; i < rule->evidence.n; i++)
		engine_evidence(e, at, &rule->evidence.p[i], v);
	if (v->places_n == 0)
		(void)add_place(v, at->element, (struct sv){0});
	for (unsigned i = 0; rule->redact && i < v->places_n; i++)
		if (v->places[i].value.n)
			v->places[i].value = SV("(not shown)");
}
