/*
 * CEL: tests.jsonl, one test a line (the README beside it has the encoding). Each goes through
 * cel_compile() and cel_run(); value, type and error must come out as expected, values with their
 * kinds: 1 is not 1.0.
 */
#include "runner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fmt/json.h"
#include "net/base64.h"
#include "rule/cel/env.h"

/* A form of value or type that this set has not had so far. */
static const char unknown_form[] = "a form of value that only protobuf messages have";

struct test {
	struct runner *r;
	size_t line;
	const struct node *n;
	struct arena *arena;
	struct cel_env env;
	struct cel_value *vars;
	size_t vars_n;
	const char *skip; /* why */
};

static struct cel_value decode(struct test *t, const struct node *v);

static struct cel_value decode_text(struct test *t, const struct node *v, enum cel_kind kind)
{
	struct sv s = node_str(v);
	struct cel_value out = {.kind = (uint8_t)kind};
	char *text = arena_str(t->arena, s);
	struct buf bytes = {0};

	switch (kind) {
	case CEL_INT:
		out.i = strtoll(text, NULL, 10);
		return out;
	case CEL_UINT:
		out.u = strtoull(text, NULL, 10);
		return out;
	case CEL_DOUBLE:
		out.d = strtod(text, NULL);
		return out;
	case CEL_BYTES:
		if (!base64_decode(&bytes, s))
			t->skip = unknown_form;
		out.s = arena_sv(t->arena, buf_view(&bytes));
		buf_done(&bytes);
		return out;
	default:
		out.s = s;
		return out;
	}
}

static struct cel_value decode_list(struct test *t, const struct node *v)
{
	struct cel_value *p = ARENA_ARRAY(t->arena, v->n, struct cel_value);

	for (uint32_t i = 0; i < v->n; i++)
		p[i] = decode(t, &v->items[i]);
	return cel_items(p, v->n);
}

static struct cel_value decode_map(struct test *t, const struct node *v)
{
	struct cel_map *m = ARENA_NEW(t->arena, struct cel_map);
	size_t twice;

	m->p = ARENA_ARRAY(t->arena, v->n, struct cel_entry);
	m->n = v->n;
	for (uint32_t i = 0; i < v->n; i++) {
		m->p[i].key = decode(t, &v->items[i].items[0]);
		m->p[i].value = decode(t, &v->items[i].items[1]);
	}
	if (!cel_map_index(t->arena, m, &twice))
		t->skip = unknown_form;
	return (struct cel_value){.kind = CEL_MAP, .form = CEL_FORM_ITEMS, .map = m};
}

static struct cel_value decode_time(struct test *t, const struct node *v, enum cel_kind kind)
{
	struct cel_value out = decode_text(t, node_get(v, "seconds"), CEL_INT);
	int64_t nanos = 0;

	(void)node_i64(node_get(v, "nanos"), &nanos);
	out.kind = (uint8_t)kind;
	out.nanos = (int32_t)nanos;
	return out;
}

static struct cel_value decode_type(struct test *t, const struct node *v)
{
	struct cel_value out = {.kind = CEL_TYPE};
	struct sv text = node_str(v);
	struct err err = {0};

	if (cel_type_parse(t->arena, &text, &out.type, &err) < 0)
		t->skip = unknown_form;
	return out;
}

static struct cel_value decode(struct test *t, const struct node *v)
{
	static const struct {
		const char *form;
		enum cel_kind kind;
	} forms[] = {
		{"null", CEL_NULL},   {"bool", CEL_BOOL},         {"int64", CEL_INT},
		{"uint64", CEL_UINT}, {"double", CEL_DOUBLE},     {"string", CEL_STRING},
		{"bytes", CEL_BYTES}, {"list", CEL_LIST},         {"map", CEL_MAP},
		{"type", CEL_TYPE},   {"duration", CEL_DURATION}, {"timestamp", CEL_TIMESTAMP},
	};
	const struct node *x = v && v->n == 1 ? &v->items[0] : NULL;

	for (size_t i = 0; x && i < ARRAY_LEN(forms); i++) {
		enum cel_kind kind = forms[i].kind;
		if (!sv_is(x->key, forms[i].form))
			continue;
		if (kind == CEL_NULL || kind == CEL_BOOL)
			return cel_of_node(x);
		if (kind == CEL_LIST)
			return decode_list(t, x);
		if (kind == CEL_MAP)
			return decode_map(t, x);
		if (kind == CEL_TYPE)
			return decode_type(t, x);
		if (kind == CEL_DURATION || kind == CEL_TIMESTAMP)
			return decode_time(t, x, kind);
		return decode_text(t, x, kind);
	}
	t->skip = unknown_form;
	return cel_null;
}

/* With kinds: the set says what a value is, CEL's == says what it equals. */
static bool same(const struct cel_value *a, const struct cel_value *b)
{
	struct cel_value key, x, y;

	if (a->kind != b->kind)
		return false;
	if (a->kind == CEL_DOUBLE)
		return (isnan(a->d) && isnan(b->d)) || memcmp(&a->d, &b->d, sizeof a->d) == 0;
	if (a->kind != CEL_LIST && a->kind != CEL_MAP)
		return cel_equal(a, b);
	if (cel_size(a) != cel_size(b))
		return false;
	if (a->kind == CEL_LIST) {
		for (size_t i = 0; i < cel_size(a); i++) {
			x = cel_at(a, i);
			y = cel_at(b, i);
			if (!same(&x, &y))
				return false;
		}
		return true;
	}
	for (size_t at = 0; cel_entry_next(a, &at, &key, &x);)
		if (!cel_find(b, &key, &y) || !same(&x, &y))
			return false;
	return true;
}

static const char *shown(struct test *t, const struct cel_value *v)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv kind = cel_type_name_of(v);

	buf_fmt(&text, "%.*s ", SV_ARG(kind));
	cel_text(&text, v);
	return arena_str(t->arena, buf_view(&text));
}

static const char *type_text(struct test *t, const struct cel_type *type)
{
	auto_done(buf_done) struct buf text = {0};

	cel_type_text(&text, type);
	return arena_str(t->arena, buf_view(&text));
}

static void fail(struct test *t, const char *expected, const char *found)
{
	runner_fail(t->r, "tests.jsonl:%zu: %.*s/%.*s/%.*s: %.*s: expected %s, found %s", t->line,
		    SV_ARG(node_get_str(t->n, "file")), SV_ARG(node_get_str(t->n, "section")),
		    SV_ARG(node_get_str(t->n, "name")), SV_ARG(node_get_str(t->n, "expr")),
		    expected, found);
}

/* "string.(int)->bool" of a declared overload. */
static const char *signature(struct test *t, const struct node *overload)
{
	auto_done(buf_done) struct buf s = {0};
	const struct node *params = node_get(overload, "params");
	bool member = node_true(node_get(overload, "member"));

	NODE_EACH (p, params) {
		bool target = member && p == params->items;
		if (p == params->items && !member)
			buf_char(&s, '(');
		buf_sv(&s, node_str(p));
		buf_str(&s, target ? ".(" : p + 1 < params->items + params->n ? "," : "");
	}
	if (!params || !params->n)
		buf_char(&s, '(');
	buf_fmt(&s, ")->%.*s", SV_ARG(node_get_str(overload, "result")));
	return arena_str(t->arena, buf_view(&s));
}

static int declare_function(struct test *t, const struct node *declaration, struct err *err)
{
	NODE_EACH (o, node_get(declaration, "overloads")) {
		struct cel_overload_row *row = ARENA_NEW(t->arena, struct cel_overload_row);
		row->name = arena_str(t->arena, node_get_str(declaration, "name"));
		row->signature = signature(t, o);
		if (cel_env_function(&t->env, row, err) < 0)
			return -(int)err->kind;
	}
	return 0;
}

static void bind(struct test *t, uint32_t slot, const struct node *value)
{
	if (value)
		t->vars[slot] = decode(t, value);
}

static int declare(struct test *t, struct err *err)
{
	const struct node *bindings = node_get(t->n, "bindings");
	const struct node *declared = node_get(t->n, "type_env");
	size_t most = (bindings ? bindings->n : 0) + (declared ? declared->n : 0);

	t->vars = ARENA_ARRAY(t->arena, most, struct cel_value);
	NODE_EACH (d, declared) {
		struct sv name = node_get_str(d, "name"), text = node_get_str(d, "type");
		const struct cel_type *type;
		if (node_get(d, "overloads")) {
			if (declare_function(t, d, err) < 0)
				return -(int)err->kind;
			continue;
		}
		if (cel_type_parse(t->arena, &text, &type, err) < 0)
			return -(int)err->kind;
		bind(t, cel_env_variable(&t->env, name, type), node_get_sv(bindings, name));
	}
	NODE_EACH (b, bindings) {
		bool known = false;
		NODE_EACH (d, declared)
			known |= sv_eq(node_get_str(d, "name"), b->key);
		if (!known)
			bind(t, cel_env_variable(&t->env, b->key, &cel_types[CEL_T_DYN]), b);
	}
	return 0;
}

static void check_type(struct test *t, const struct cel_type *found, struct sv expected)
{
	const struct cel_type *type;
	struct err err = {0};

	if (cel_type_parse(t->arena, &expected, &type, &err) < 0)
		runner_skip(t->r, "tests.jsonl:%zu: a type that only protobuf messages have",
			    t->line);
	else if (!cel_type_equal(found, type))
		fail(t, type_text(t, type), type_text(t, found));
	else
		runner_pass(t->r);
}

static void check_value(struct test *t, const struct cel_program *p, const struct cel_value *v)
{
	const struct node *expect = node_get(t->n, "expect");
	struct cel_value wanted = decode(t, node_get(expect, "value"));
	struct sv type = node_get_str(expect, "type");
	struct err err = {0};

	if (t->skip) {
		runner_skip(t->r, "tests.jsonl:%zu: %s", t->line, t->skip);
	} else if (v->kind == CEL_ERROR) {
		if (cel_fault_err(p, v, &err) < 0)
			fail(t, shown(t, &wanted), err.msg);
	} else if (!same(&wanted, v)) {
		fail(t, shown(t, &wanted), shown(t, v));
	} else if (type.n) {
		check_type(t, p->root->type, type);
	} else {
		runner_pass(t->r);
	}
}

static void evaluate(struct test *t, const struct cel_program *p)
{
	struct cel_eval e = {.arena = t->arena, .vars = t->vars};
	struct cel_value v = cel_run(p, &e);

	if (!node_get(node_get(t->n, "expect"), "error"))
		check_value(t, p, &v);
	else if (v.kind == CEL_ERROR)
		runner_pass(t->r);
	else
		fail(t, "an error", shown(t, &v));
	cel_eval_done(&e);
}

static void run(struct test *t)
{
	const struct node *expect = node_get(t->n, "expect");
	struct cel_program p;
	struct err err = {0};

	t->env.container = node_get_str(t->n, "container");
	t->env.unchecked = node_true(node_get(t->n, "disable_check"));
	if (node_true(node_get(t->n, "disable_macros")))
		t->env.parse_flags |= CEL_PARSE_NO_MACROS;
	if (sv_is(node_get_str(t->n, "file"), "block_ext"))
		t->env.parse_flags |= CEL_PARSE_TEST_MACROS;
	if (declare(t, &err) < 0) {
		fail(t, "declarations", err.msg);
	} else if (t->skip) {
		runner_skip(t->r, "tests.jsonl:%zu: %s", t->line, t->skip);
	} else if (cel_compile(&t->env, t->arena, node_get_str(t->n, "expr"), &p, &err) < 0) {
		if (node_get(expect, "error"))
			runner_pass(t->r);
		else
			fail(t, "an expression that compiles", err.msg);
	} else if (node_true(node_get(t->n, "check_only"))) {
		check_type(t, p.root->type, node_get_str(expect, "type"));
	} else {
		evaluate(t, &p);
	}
}

static void run_line(struct runner *r, size_t number, struct sv line)
{
	struct arena arena;
	struct err err = {0};
	struct test t = {.r = r, .line = number, .arena = &arena};

	arena_init(&arena, 256u << 20);
	if (json_read(&arena, SV("tests.jsonl"), line, DUP_REFUSE, &t.n, &err) < 0) {
		runner_fail(r, "tests.jsonl:%zu: %s", number, err.msg);
	} else {
		cel_env_init(&t.env, &arena);
		run(&t);
		cel_env_done(&t.env);
	}
	arena_done(&arena);
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf text = {0}, path = {0};
	struct runner r;
	struct sv rest, line;

	if (!runner_init(&r, "cel", argc, argv))
		return 77;
	buf_fmt(&path, "%s/tests.jsonl", r.path);
	auto_fclose FILE *f = fopen(buf_cstr(&path), "rb");
	for (size_t n = f ? 1 : 0; n > 0;) {
		n = fread(buf_reserve(&text, 65536), 1, 65536, f);
		text.n += n;
	}
	rest = buf_view(&text);
	for (size_t number = 1; sv_line(&rest, &line); number++)
		if (line.n)
			run_line(&r, number, line);
	return runner_end(&r);
}
