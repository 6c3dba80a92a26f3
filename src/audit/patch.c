#include "audit/patch.h"

#include "fmt/json-out.h"
#include "fmt/json.h"

enum { TOKENS_MAX = 16, VALUE_BYTES = 4096 };

/* What the path of a fix starts at. */
static const struct node *base_of(const struct judge_work *w, const struct rule_fix *fix,
				  const struct verdict *v)
{
	const struct fact_object *o = w->object;

	if (sv_is(fix->at, "object"))
		return o->object;
	if (sv_is(fix->at, "pod"))
		return o->workload && fact_has(o->workload, WORKLOAD_POD)
			       ? &o->workload->items[WORKLOAD_POD]
			       : NULL;
	if (v->element && v->element->n == schema_container.n &&
	    fact_has(v->element, CONTAINER_SOURCE))
		return &v->element->items[CONTAINER_SOURCE];
	return NULL;
}

/* Tokens of a pointer of our own packs: without escapes. */
static size_t tokens_of(struct sv path, struct sv *out)
{
	size_t n = 0;

	path = sv_from(path, 1);
	while (path.n && n < TOKENS_MAX)
		out[n++] = sv_cut(&path, '/');
	return path.n ? 0 : n;
}

static void put_value(struct json_out *w, struct arena *a, const struct sv *keys, size_t n,
		      struct sv value)
{
	const struct node *root = NULL;
	struct err err;

	for (size_t i = 0; i < n; i++) {
		json_out_object(w);
		json_out_key_sv(w, keys[i]);
	}
	if (json_read(a, SV("fix"), value, DUP_LAST, &root, &err) == 0)
		json_out_node(w, root);
	else
		json_out_null(w);
	for (size_t i = 0; i < n; i++)
		json_out_end(w);
}

static void put_op(struct json_out *w, const char *op, struct sv path)
{
	json_out_object(w);
	json_out_kv(w, "op", sv_of(op));
	json_out_kv(w, "path", path);
}

bool patch_pointer(struct judge_work *w, const struct rule_fix *fix, const struct verdict *v,
		   struct sv *pointer)
{
	const struct node *at = base_of(w, fix, v);

	if (!at || at->flags & NODE_ALIAS || !sv_is(fix->platform, "kubernetes"))
		return false;
	struct sv base = node_pointer(&w->arena, w->root, at->start, at->end);
	*pointer = arena_fmt(&w->arena, "%.*s%.*s", SV_ARG(base), SV_ARG(fix->path));
	return true;
}

/* One operation: the first object of the path that is missing is made with all that is in it. */
static bool add_fix(struct judge_work *w, const struct rule_fix *fix, const struct verdict *v,
		    struct json_out *out)
{
	struct sv tokens[TOKENS_MAX];
	size_t n = tokens_of(fix->path, tokens), i = 0;
	const struct node *at = base_of(w, fix, v), *next = NULL;
	auto_done(buf_done) struct buf path = {0};

	if (!at || n == 0 || fix->value.n > VALUE_BYTES || at->flags & NODE_ALIAS)
		return false;
	buf_sv(&path, node_pointer(&w->arena, w->root, at->start, at->end));
	for (; i < n && node_is(at, NODE_OBJECT); i++) {
		next = node_get_sv(at, tokens[i]);
		buf_fmt(&path, "/%.*s", SV_ARG(tokens[i]));
		if (!next || next->flags & NODE_ALIAS || node_is(next, NODE_NULL))
			break;
		at = next;
	}
	if (next && next->flags & NODE_ALIAS)
		return false;
	bool whole = i == n;
	if (!whole && !node_is(at, NODE_OBJECT))
		return false;
	if (!fix->value.n) {
		if (!whole)
			return false;
		put_op(out, "remove", buf_view(&path));
		json_out_end(out);
		return true;
	}
	put_op(out, next ? "replace" : "add", buf_view(&path));
	json_out_key(out, "value");
	put_value(out, &w->arena, tokens + (whole ? n : i + 1), whole ? 0 : n - i - 1, fix->value);
	json_out_end(out);
	return true;
}

void patch_make(struct judge_work *w, const struct verdict *v, struct buf *out)
{
	struct json_out json;
	size_t start = out->n;
	bool any = false;
	struct err err;

	if (!v->rule->fixes.n)
		return;
	json_out_init(&json, NULL, out, 0);
	json_out_array(&json);
	for (size_t i = 0; i < v->rule->fixes.n; i++)
		if (sv_is(v->rule->fixes.p[i].platform, "kubernetes"))
			any |= add_fix(w, &v->rule->fixes.p[i], v, &json);
	json_out_end(&json);
	if (json_out_done(&json, &err) < 0 || !any)
		out->n = start;
}
