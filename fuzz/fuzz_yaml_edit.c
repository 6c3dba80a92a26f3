/* Edits of YAML and JSON: never outside the text, and what is set can be read again in what is
 * accepted. */
#include <stdlib.h>

#include "base/base.h"
#include "fmt/json.h"
#include "fmt/yaml-edit.h"
#include "fmt/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTERS = 64 };

struct pointers {
	struct arena *a;
	struct sv p[POINTERS];
	size_t n;
};

/* Plain names only: no escapes are needed. */
static void walk(struct pointers *out, const struct node *n, struct sv at, unsigned depth)
{
	if (out->n == POINTERS || depth > 12)
		return;
	out->p[out->n++] = at;
	for (uint32_t i = 0; i < n->n && out->n < POINTERS; i++) {
		const struct node *c = &n->items[i];
		if (n->kind == NODE_ARRAY)
			walk(out, c, arena_fmt(out->a, "%.*s/%u", SV_ARG(at), i), depth + 1);
		else if (sv_find_char(c->key, '/') == SIZE_MAX &&
			 sv_find_char(c->key, '~') == SIZE_MAX && !memchr(c->key.p, 0, c->key.n))
			walk(out, c, arena_fmt(out->a, "%.*s/%.*s", SV_ARG(at), SV_ARG(c->key)),
			     depth + 1);
	}
}

static void check(const struct doc *d, const struct yaml_edit *e)
{
	if (e->at > d->bytes.n || e->remove > d->bytes.n - e->at)
		abort();
}

static void edit(struct doc *d, const struct node *root, struct sv pointer,
		 const struct node *value)
{
	auto_done(buf_done) struct buf out = {0};
	struct yaml_edit e[2];
	struct yaml_docs docs = {0};
	struct err err;
	size_t n = 0;

	if (yaml_edit_set(d, root, pointer, value, &e[n], &err) == 1)
		check(d, &e[n++]);
	if (yaml_edit_remove(d, root, pointer, &e[n], &err) == 1)
		check(d, &e[n++]);
	(void)yaml_edit_apply(d->bytes, e, n, &out);
	struct doc again = {
		.arena = d->arena, .name = d->name, .bytes = buf_view(&out), .dup = DUP_LAST};
	(void)!yaml_parse_all(&again, YAML_KUBERNETES, &docs, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const values[] = {"false", "[\"ALL\"]", "{\"a\":\"b: c # d\"}"};
	struct arena a;
	struct yaml_docs docs = {0};
	struct err err;

	if (size > 4096)
		return 0;
	arena_init(&a, 0);
	struct doc d = {
		.arena = &a, .name = SV("fuzz"), .bytes = sv_make(data, size), .dup = DUP_LAST};
	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) == 0) {
		for (size_t i = 0; i < docs.n && i < 4; i++) {
			struct pointers p = {.a = &a};
			const struct node *value = NULL;
			if (!docs.p[i].root)
				continue;
			walk(&p, docs.p[i].root, (struct sv){0}, 0);
			for (size_t k = 0; k < p.n; k++) {
				const char *text = values[k % ARRAY_LEN(values)];
				if (json_read(&a, SV("v"), sv_of(text), DUP_LAST, &value, &err))
					abort();
				edit(&d, docs.p[i].root, p.p[k], value);
				edit(&d, docs.p[i].root,
				     arena_fmt(&a, "%.*s/new/key", SV_ARG(p.p[k])), value);
			}
		}
	}
	arena_done(&a);
	return 0;
}
