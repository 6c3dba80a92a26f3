#include "unit/test.h"

#include "base/limits.h"
#include "fmt/json.h"
#include "fmt/stream.h"

/* A stream that gives its bytes in pieces of one size, and may fail at the end. */
struct pieces {
	struct stream s;
	struct sv rest;
	size_t size;
	bool fails;
};

static int pieces_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct pieces *p = (struct pieces *)s;

	if (p->rest.n == 0)
		return p->fails ? err_set(err, ERR_IO, "the disk is gone") : 0;
	*chunk = sv_head(p->rest, p->size);
	p->rest = sv_from(p->rest, p->size);
	return 1;
}

struct seen {
	struct buf b;
	int stop_at, result;
};

static int note(void *arg, const struct node *element, struct err *err)
{
	struct seen *seen = arg;

	(void)err;
	buf_fmt(&seen->b, "%d:%.*s;", element->kind, SV_ARG(element->text));
	if (--seen->stop_at == 0 && seen->result < 0)
		return err_set(err, ERR_CONFLICT, "not wanted");
	return seen->stop_at == 0 ? seen->result : 0;
}

static int each(struct sv text, struct sv key, size_t size, struct seen *seen, struct err *err)
{
	struct pieces p = {{.next = pieces_next}, text, size, false};

	buf_clear(&seen->b);
	return json_each(&p.s, SV("f.json"), key, note, seen, err);
}

static void test_elements(void **state)
{
	(void)state;
	static const struct {
		struct sv text, key;
		const char *want;
	} rows[] = {
		{SV(" [] "), SV(""), ""},
		{SV("[1,2]"), SV(""), "2:1;2:2;"},
		{SV("[ \"a,]\\\"\" ,{\"x\":[\"}\"]},[[]],null,true, -1.5e3\n]\n"), SV(""),
		 "3:a,]\";5:;4:;0:null;1:true;2:-1.5e3;"},
		{SV("{\"k\":[1]}"), SV("k"), "2:1;"},
		{SV("{\"a\":{\"k\":[9]},\"b\":[[\"]\"]],\"c\":\"\\\"]\",\"d\":1.5,\"\\u006b\" : [1,2] ,\"z\":null}"),
		 SV("k"), "2:1;2:2;"},
		{SV("{\"k\":[]}"), SV("k"), ""},
	};
	struct seen seen = {0};
	struct err err;

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		for (size_t size = 1; size < 40; size++) {
			if (each(rows[r].text, rows[r].key, size, &seen, &err) != 0)
				fail_msg("row %zu: %s %s", r, err.where, err.msg);
			assert_sv(buf_view(&seen.b), rows[r].want);
		}
	}
	buf_done(&seen.b);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		struct sv text, key;
		int rc;
		const char *where, *msg;
	} rows[] = {
		{SV(""), SV(""), -ERR_PARSE, "f.json:1:1", "'['"},
		{SV("{}"), SV(""), -ERR_PARSE, "f.json:1:1", "'['"},
		{SV("[]"), SV("k"), -ERR_PARSE, "f.json:1:1", "'{'"},
		{SV("[1,]"), SV(""), -ERR_PARSE, "f.json:1:4", "a value"},
		{SV("[,1]"), SV(""), -ERR_PARSE, "f.json:1:2", "a value"},
		{SV("[1 2]"), SV(""), -ERR_PARSE, "f.json:1:4", "','"},
		{SV("[1"), SV(""), -ERR_PARSE, "f.json:1:3", "ends"},
		{SV("[1] x"), SV(""), -ERR_PARSE, "f.json:1:5", "the end"},
		{SV("[\n  1,\n \"\u20ac\", {\"a\": x}]"), SV(""), -ERR_PARSE, "f.json:3:13",
		 "found 'x'"},
		{SV("[1,\n{\"a\":\n\n 01}]"), SV(""), -ERR_PARSE, "f.json:4:3", "leading zero"},
		{SV("[{\"a\":1,\"a\":2}]"), SV(""), -ERR_PARSE, "f.json:1:9", "twice"},
		{SV("[[1}]"), SV(""), -ERR_PARSE, "f.json:1:4", "',' or ']'"},
		{SV("[\"abc"), SV(""), -ERR_PARSE, "f.json:1:2", "does not end"},
		{SV("{\"a\":1}"), SV("k"), -ERR_NOTFOUND, "f.json", "no member"},
		{SV("{}"), SV("k"), -ERR_NOTFOUND, "f.json", "no member"},
		{SV("{\"k\":[1],\"k\":[2]}"), SV("k"), -ERR_PARSE, "f.json:1:10", "twice"},
		{SV("{\"k\":1}"), SV("k"), -ERR_PARSE, "f.json:1:6", "'['"},
		{SV("{\"a\":,\"k\":[]}"), SV("k"), -ERR_PARSE, "f.json:1:6", "a value"},
		{SV("{1:2}"), SV("k"), -ERR_PARSE, "f.json:1:2", "a key"},
		{SV("{\"a\":1,}"), SV("k"), -ERR_PARSE, "f.json:1:8", "a key"},
		{SV("{\"k\":[]"), SV("k"), -ERR_PARSE, "f.json:1:8", "ends"},
	};
	struct seen seen = {0};
	struct err err;

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		for (size_t size = 1; size < 30; size += 3) {
			int rc = each(rows[r].text, rows[r].key, size, &seen, &err);
			if (rc != rows[r].rc)
				fail_msg("row %zu size %zu: %d", r, size, rc);
			assert_string_equal(err.where, rows[r].where);
			if (!strstr(err.msg, rows[r].msg))
				fail_msg("row %zu: %s", r, err.msg);
		}
	}
	buf_done(&seen.b);
}

static void test_stops(void **state)
{
	(void)state;
	struct seen seen = {.stop_at = 2, .result = 7};
	struct err err;

	assert_int_equal(each(SV("{\"k\":[1,2,3]}"), SV("k"), 100, &seen, &err), 7);
	assert_sv(buf_view(&seen.b), "2:1;2:2;");
	seen.stop_at = 3;
	seen.result = -1;
	assert_int_equal(each(SV("[1,\n2,\n 3]"), SV(""), 2, &seen, &err), -ERR_CONFLICT);
	assert_string_equal(err.where, "f.json:3:2");
	struct pieces p = {{.next = pieces_next}, SV("[1,2"), 3, true};
	assert_int_equal(json_each(&p.s, SV("f"), SV(""), note, &seen, &err), -ERR_IO);
	buf_done(&seen.b);
}

static void test_depth(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct seen seen = {0};
	struct err err;

	buf_fill(&b, '[', 1000000);
	assert_int_equal(each(buf_view(&b), SV(""), 4096, &seen, &err), -ERR_LIMIT);
	buf_clear(&b);
	buf_str(&b, "{\"a\":");
	buf_fill(&b, '[', 1000000);
	assert_int_equal(each(buf_view(&b), SV("k"), 4096, &seen, &err), -ERR_LIMIT);
	buf_done(&seen.b);
}

static int count(void *arg, const struct node *element, struct err *err)
{
	(void)err;
	assert_int_equal(element->n, 2);
	++*(size_t *)arg;
	return 0;
}

static void test_many(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	size_t n = 0;
	struct err err;

	buf_char(&b, '[');
	for (int i = 0; i < 20000; i++)
		buf_fmt(&b, "%s{\"id\":%d,\"text\":\"%0100d\"}", i ? ",\n" : "", i, i);
	buf_char(&b, ']');
	struct pieces p = {{.next = pieces_next}, buf_view(&b), 65536, false};
	assert_int_equal(json_each(&p.s, SV("f"), SV(""), count, &n, &err), 0);
	assert_int_equal(n, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stops),    cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
