#include "rule/cel/type.h"

#include "base/base.h"
#include "base/limits.h"

#define SIMPLE(k) [k] = {.kind = (k)}
const struct cel_type cel_types[CEL_T_KINDS] = {
	SIMPLE(CEL_T_DYN),   SIMPLE(CEL_T_ERROR),    SIMPLE(CEL_T_NULL),      SIMPLE(CEL_T_BOOL),
	SIMPLE(CEL_T_INT),   SIMPLE(CEL_T_UINT),     SIMPLE(CEL_T_DOUBLE),    SIMPLE(CEL_T_STRING),
	SIMPLE(CEL_T_BYTES), SIMPLE(CEL_T_DURATION), SIMPLE(CEL_T_TIMESTAMP), SIMPLE(CEL_T_LIST),
	SIMPLE(CEL_T_MAP),   SIMPLE(CEL_T_TYPE),     SIMPLE(CEL_T_OPTIONAL),  SIMPLE(CEL_T_OPAQUE),
	SIMPLE(CEL_T_PARAM), SIMPLE(CEL_T_RECORD),
};

/* The first row of a kind is the name that is shown; params: how many it may have. */
static const struct type_name {
	const char *name;
	uint8_t kind, params;
} names[] = {
	{"dyn", CEL_T_DYN, 0},
	{"*error*", CEL_T_ERROR, 0},
	{"null_type", CEL_T_NULL, 0},
	{"bool", CEL_T_BOOL, 0},
	{"int", CEL_T_INT, 0},
	{"uint", CEL_T_UINT, 0},
	{"double", CEL_T_DOUBLE, 0},
	{"string", CEL_T_STRING, 0},
	{"bytes", CEL_T_BYTES, 0},
	{"google.protobuf.Duration", CEL_T_DURATION, 0},
	{"google.protobuf.Timestamp", CEL_T_TIMESTAMP, 0},
	{"list", CEL_T_LIST, 1},
	{"map", CEL_T_MAP, 2},
	{"type", CEL_T_TYPE, 1},
	{"optional_type", CEL_T_OPTIONAL, 1},
	{"error", CEL_T_ERROR, 0},
	{"null", CEL_T_NULL, 0},
	{"any", CEL_T_DYN, 0},
	{"duration", CEL_T_DURATION, 0},
	{"timestamp", CEL_T_TIMESTAMP, 0},
};

static const struct type_name *name_find(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(name, names[i].name))
			return &names[i];
	return NULL;
}

static struct cel_type *make(struct arena *a, enum cel_type_kind kind, const struct cel_type *x,
			     const struct cel_type *y)
{
	struct cel_type *t = ARENA_NEW(a, struct cel_type);

	t->kind = (uint8_t)kind;
	t->n = (uint8_t)(y ? 2 : 1);
	t->params[0] = x;
	t->params[1] = y;
	return t;
}

const struct cel_type *cel_type_list(struct arena *a, const struct cel_type *of)
{
	return make(a, CEL_T_LIST, of, NULL);
}

const struct cel_type *cel_type_map(struct arena *a, const struct cel_type *key,
				    const struct cel_type *value)
{
	return make(a, CEL_T_MAP, key, value);
}

const struct cel_type *cel_type_optional(struct arena *a, const struct cel_type *of)
{
	return make(a, CEL_T_OPTIONAL, of, NULL);
}

const struct cel_type *cel_type_record(struct arena *a, const struct fact_schema *s)
{
	struct cel_type *t = ARENA_NEW(a, struct cel_type);

	t->kind = CEL_T_RECORD;
	t->schema = s;
	return t;
}

static const struct cel_type *of_fact(struct arena *a, unsigned kind,
				      const struct fact_schema *record)
{
	static const uint8_t simple[] = {
		[FACT_BOOL] = CEL_T_BOOL,
		[FACT_INT] = CEL_T_INT,
		[FACT_STRING] = CEL_T_STRING,
		[FACT_ANY] = CEL_T_DYN,
	};

	if (kind == FACT_RECORD && record)
		return cel_type_record(a, record);
	return &cel_types[kind < ARRAY_LEN(simple) ? simple[kind] : CEL_T_DYN];
}

const struct cel_type *cel_type_field(struct arena *a, const struct fact_field *f)
{
	if (f->kind == FACT_LIST)
		return cel_type_list(a, of_fact(a, f->of, f->record));
	if (f->kind == FACT_MAP)
		return cel_type_map(a, &cel_types[CEL_T_STRING], of_fact(a, f->of, f->record));
	return of_fact(a, f->kind, f->record);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$' || c == '*';
}

static void skip_space(struct sv *text)
{
	while (text->n && *text->p == ' ')
		*text = sv_from(*text, 1);
}

/* Takes a name; the point of "string.(int)" and the dots of "int...)" are not its own. */
static struct sv take_name(struct sv *text)
{
	size_t n = 0;

	skip_space(text);
	while (n < text->n && is_name_char(text->p[n]))
		n++;
	while (n && text->p[n - 1] == '.')
		n--;
	struct sv name = sv_head(*text, n);
	*text = sv_from(*text, n);
	return name;
}

static int parse_at(struct arena *a, struct sv *text, unsigned depth, const struct cel_type **out,
		    struct err *err);

static int take_params(struct arena *a, struct sv *text, unsigned depth, struct cel_type *t,
		       struct err *err)
{
	do {
		*text = sv_from(*text, 1);
		if (t->n == ARRAY_LEN(t->params))
			return err_set(err, ERR_PARSE, "a type has at most %zu parameters",
				       ARRAY_LEN(t->params));
		int rc = parse_at(a, text, depth + 1, &t->params[t->n], err);
		if (rc < 0)
			return rc;
		t->n++;
		skip_space(text);
	} while (text->n && *text->p == ',');
	if (!text->n || *text->p != ')')
		return err_set(err, ERR_PARSE, "the parameters of a type have no closing ')'");
	*text = sv_from(*text, 1);
	return 0;
}

static bool is_param(struct sv name)
{
	return name.n > 0 && (*name.p == '$' || (name.n == 1 && *name.p >= 'A' && *name.p <= 'Z'));
}

static int parse_at(struct arena *a, struct sv *text, unsigned depth, const struct cel_type **out,
		    struct err *err)
{
	struct sv name = take_name(text);
	const struct type_name *known = name_find(name);
	struct cel_type t = {.kind = known ? known->kind : CEL_T_OPAQUE};
	int rc = 0;

	if (depth > limit_cel_depth)
		return err_set(err, ERR_LIMIT, "a type is nested deeper than %llu levels",
			       (unsigned long long)limit_cel_depth);
	if (name.n == 0)
		return err_set(err, ERR_PARSE, "a type is missing at '%.*s'",
			       SV_ARG(sv_head(*text, 20)));
	if (is_param(name)) {
		t.kind = CEL_T_PARAM;
		name = sv_from(name, *name.p == '$');
	}
	if (text->n && *text->p == '(')
		rc = take_params(a, text, depth, &t, err);
	if (rc < 0)
		return rc;
	if (known ? t.n != 0 && t.n != known->params : t.kind == CEL_T_PARAM && t.n != 0)
		return err_set(err, ERR_PARSE, "the type '%.*s' has %u parameters here",
			       SV_ARG(name), t.n);
	if (known && t.n == 0) {
		*out = &cel_types[t.kind];
		return 0;
	}
	if (!known)
		t.name = arena_sv(a, name);
	struct cel_type *made = ARENA_NEW(a, struct cel_type);
	*made = t;
	*out = made;
	return 0;
}

int cel_type_parse(struct arena *a, struct sv *text, const struct cel_type **out, struct err *err)
{
	return parse_at(a, text, 0, out, err);
}

static struct sv name_of(const struct cel_type *t)
{
	if (t->kind == CEL_T_RECORD)
		return t->schema ? sv_of(t->schema->name) : SV("record");
	if (t->kind == CEL_T_OPAQUE || (t->kind == CEL_T_PARAM && t->name.n))
		return t->name;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].kind == t->kind)
			return sv_of(names[i].name);
	return SV("dyn");
}

/* Longer is not read by anybody; types can be larger than what they came from. */
#define TEXT_MAX 400

void cel_type_text(struct buf *out, const struct cel_type *t)
{
	buf_sv(out, name_of(t));
	for (unsigned i = 0; i < t->n; i++) {
		buf_str(out, i ? ", " : "(");
		if (out->n > TEXT_MAX)
			buf_str(out, "...");
		else
			cel_type_text(out, t->params[i]);
	}
	if (t->n)
		buf_char(out, ')');
}

bool cel_type_equal(const struct cel_type *a, const struct cel_type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->n != b->n || a->schema != b->schema ||
	    (a->kind == CEL_T_PARAM && a->name.n == 0) || !sv_eq(a->name, b->name))
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (!cel_type_equal(a->params[i], b->params[i]))
			return false;
	return true;
}
