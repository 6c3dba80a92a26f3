/* The JSON reader, what it read written again, and the reader of elements: all must agree. */
#include <stdlib.h>

#include "fmt/json-out.h"
#include "fmt/json.h"
#include "fmt/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* The writer's text is read again, and written again gives the same bytes. */
static void round_trip(const struct node *n)
{
	auto_done(buf_done) struct buf first = {0}, second = {0};
	auto_done(arena_done) struct arena a = {0};
	const struct node *again;
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &first, 0);
	json_out_node(&w, n);
	check(json_out_done(&w, &err) == 0);
	check(json_read(&a, SV("again"), buf_view(&first), DUP_LAST, &again, &err) == 0);
	json_out_init(&w, NULL, &second, 0);
	json_out_node(&w, again);
	check(sv_eq(buf_view(&first), buf_view(&second)));
}

static int count(void *arg, const struct node *element, struct err *err)
{
	(void)element;
	(void)err;
	++*(uint32_t *)arg;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv text = sv_make(data, size);
	auto_done(arena_done) struct arena a = {0};
	const struct node *n = NULL, *strict = NULL;
	struct err err;
	uint32_t elements = 0;

	int rc = json_read(&a, SV("fuzz"), text, DUP_LAST, &n, &err);
	int rc_strict = json_read(&a, SV("fuzz"), text, DUP_REFUSE, &strict, &err);
	check(rc_strict != 0 || rc == 0);
	if (rc == 0)
		round_trip(n);
	struct stream *s = stream_mem(text);
	int rc_each = json_each(s, SV("fuzz"), SV(""), count, &elements, &err);
	stream_free(s);
	if (rc_strict == 0)
		check((rc_each == 0) == node_is(strict, NODE_ARRAY));
	if (rc_each == 0 && rc == 0)
		check(elements == n->n);
	s = stream_mem(text);
	(void)!json_each(s, SV("fuzz"), SV("a"), count, &elements, &err);
	stream_free(s);
	return 0;
}
