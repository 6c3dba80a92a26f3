/* The TOML reader: spans lie in the text, numbers are numbers, the tree can be written. */
#include <stdlib.h>

#include "fmt/json-out.h"
#include "fmt/json.h"
#include "fmt/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_node(const struct node *n, size_t size)
{
	double v;
	/* only a float may be out of a double's range */
	bool integer = sv_find_char(n->text, '.') == SIZE_MAX &&
		       sv_find_char(n->text, 'e') == SIZE_MAX &&
		       sv_find_char(n->text, 'E') == SIZE_MAX;

	check(n->start <= n->end && n->end <= size && n->key_start <= n->key_end &&
	      n->key_end <= size);
	if (n->kind == NODE_NUMBER && integer)
		check(node_f64(n, &v));
	NODE_EACH (it, n)
		check_node(it, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(buf_done) struct buf out = {0};
	const struct node *n, *again;
	struct json_out w;
	struct err err;

	if (toml_read(&a, SV("fuzz"), sv_make(data, size), &n, &err) != 0) {
		check(err.where[0] && err.msg[0]);
		return 0;
	}
	check_node(n, size);
	json_out_init(&w, NULL, &out, 0);
	json_out_node(&w, n);
	check(json_out_done(&w, &err) == 0);
	check(json_read(&a, SV("again"), buf_view(&out), DUP_REFUSE, &again, &err) == 0);
	check(again->n == n->n);
	return 0;
}
