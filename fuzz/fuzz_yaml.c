/* The YAML reader under each schema: every span lies in its document, what was read can be written.
 */
#include <stdlib.h>

#include "fmt/json-out.h"
#include "fmt/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* Aliases can make the written form large: only so many nodes are looked at. */
static void check_spans(const struct node *n, const struct yaml_doc *doc, unsigned *left)
{
	check(n->start <= n->end && n->start >= doc->start && n->end <= doc->end);
	check((n->flags & ~NODE_OVERRIDE) < 32);
	NODE_EACH (it, n) {
		if (*left == 0)
			return;
		--*left;
		if (n->kind == NODE_OBJECT)
			check(it->key_start <= it->key_end && it->key_end <= doc->end);
		check_spans(it, doc, left);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int schema = YAML_12_CORE; schema <= YAML_COMPOSE; schema++) {
		auto_done(arena_done) struct arena a = {0};
		struct doc d = {.arena = &a, .name = SV("fuzz"), .bytes = sv_make(data, size)};
		struct yaml_docs docs = {0};
		struct err err;

		d.dup = schema == YAML_COMPOSE ? DUP_REFUSE : DUP_LAST;
		if (yaml_parse_all(&d, (enum yaml_schema)schema, &docs, &err) != 0)
			continue;
		for (size_t i = 0; i < docs.n; i++) {
			const struct yaml_doc *doc = &docs.p[i];
			unsigned left = 10000;
			check((doc->root != NULL) == (doc->err == NULL));
			check(doc->start <= doc->end && doc->end <= size);
			if (doc->root)
				check_spans(doc->root, doc, &left);
			else
				check(doc->err->where[0] && doc->err->msg[0]);
		}
	}
	return 0;
}
