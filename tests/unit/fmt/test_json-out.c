#include "unit/test.h"

#include <math.h>

#include "base/text.h"
#include "fmt/json-out.h"
#include "fmt/json.h"

static void test_document(void **state)
{
	(void)state;
	static const char *const want[] = {
		"{\"a\":[1,-2,true,null,{}],\"b\":{\"c\":\"x\",\"d\":null},\"e\":[]}",
		"{\n  \"a\": [\n    1,\n    -2,\n    true,\n    null,\n    {}\n  ],\n  \"b\": {\n"
		"    \"c\": \"x\",\n    \"d\": null\n  },\n  \"e\": []\n}",
	};

	for (unsigned i = 0; i < 2; i++) {
		auto_done(buf_done) struct buf b = {0};
		struct json_out w;
		struct err err;
		json_out_init(&w, NULL, &b, i * 2);
		json_out_object(&w);
		json_out_key(&w, "a");
		json_out_array(&w);
		json_out_u64(&w, 1);
		json_out_i64(&w, -2);
		json_out_bool(&w, true);
		json_out_null(&w);
		json_out_object(&w);
		json_out_end(&w);
		json_out_end(&w);
		json_out_key(&w, "b");
		json_out_object(&w);
		json_out_kv_opt(&w, "c", SV("x"));
		json_out_kv_opt(&w, "d", SV(""));
		json_out_end(&w);
		json_out_key(&w, "e");
		json_out_array(&w);
		json_out_end(&w);
		json_out_end(&w);
		assert_int_equal(json_out_done(&w, &err), 0);
		assert_sv(buf_view(&b), want[i]);
	}
}

static void test_strings(void **state)
{
	(void)state;
	static const struct {
		struct sv in;
		const char *out;
	} rows[] = {
		{SV("a\"\\/\x7f"), "\"a\\\"\\\\/\\u007f\""},
		{SV("\b\t\n\f\r\x1b\0"), "\"\\b\\t\\n\\f\\r\\u001b\\u0000\""},
		{SV("\xff"
		    "a\xC3"),
		 "\"\\\\xFFa\\\\xC3\""},
		{SV("\u00e9\u20ac\U0001F600"), "\"\u00e9\u20ac\U0001F600\""},
		{SV("\u202e\u2028\xC2\x9B"), "\"\\u202e\\u2028\\u009b\""},
		{SV("\U000E0001"), "\"\\udb40\\udc01\""},
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		auto_done(buf_done) struct buf b = {0};
		struct json_out w;
		json_out_init(&w, NULL, &b, 0);
		json_out_str(&w, rows[r].in);
		assert_sv(buf_view(&b), rows[r].out);
	}
}

static struct sv f64(struct buf *b, double v)
{
	struct json_out w;

	buf_clear(b);
	json_out_init(&w, NULL, b, 0);
	json_out_f64(&w, v);
	return buf_view(b);
}

static void test_f64(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};

	assert_sv(f64(&b, 0.1), "0.1");
	assert_sv(f64(&b, 7.5), "7.5");
	assert_sv(f64(&b, 100), "100");
	assert_sv(f64(&b, -0.0), "-0");
	assert_sv(f64(&b, 1e300), "1e+300");
	assert_sv(f64(&b, 5e-324), "5e-324");
	assert_sv(f64(&b, 0.1 + 0.2), "0.30000000000000004");
	assert_sv(f64(&b, NAN), "null");
	assert_sv(f64(&b, INFINITY), "null");
	/* any bit pattern reads back equal */
	uint64_t bits = 1;
	for (int i = 0; i < 20000; i++) {
		double v;
		bits = bits * 6364136223846793005U + 1442695040888963407U;
		memcpy(&v, &bits, sizeof v);
		if (!isfinite(v))
			continue;
		f64(&b, v);
		assert_true(strtod(b.p, NULL) == v);
	}
}

/* What is written from any bytes is printable and is read back by our own reader. */
static void test_hostile(void **state)
{
	(void)state;
	uint32_t seed = 7;

	for (int round = 0; round < 3000; round++) {
		auto_done(buf_done) struct buf b = {0};
		auto_done(arena_done) struct arena a = {0};
		char in[48];
		for (size_t i = 0; i < sizeof in; i++) {
			seed = seed * 1664525 + 1013904223;
			in[i] = (char)(seed >> 24);
		}
		struct json_out w;
		const struct node *n;
		struct err err;
		json_out_init(&w, NULL, &b, 1);
		json_out_object(&w);
		json_out_key_sv(&w, sv_make(in, 24));
		json_out_str(&w, sv_make(in, sizeof in));
		json_out_end(&w);
		assert_int_equal(json_read(&a, SV("t"), buf_view(&b), DUP_REFUSE, &n, &err), 0);
		for (struct sv rest = buf_view(&b); rest.n;) {
			uint32_t cp;
			size_t len = utf8_decode(rest, &cp);
			assert_true(len > 0);
			assert_true(cp == '\n' || !text_is_control(cp));
			rest = sv_from(rest, len);
		}
	}
}

static void test_node(void **state)
{
	(void)state;
	struct sv text = SV("{\"k\":[1.50,true,null,\"\\u001b\",{\"k\":-0,\"k\":{}}],\"e\":1E5}");
	auto_done(buf_done) struct buf b = {0};
	auto_done(arena_done) struct arena a = {0};
	struct json_out w;
	const struct node *n;
	struct err err;

	assert_int_equal(json_read(&a, SV("t"), text, DUP_LAST, &n, &err), 0);
	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, n);
	assert_int_equal(json_out_done(&w, &err), 0);
	assert_true(sv_eq(buf_view(&b), text));
}

static void test_file(void **state)
{
	(void)state;
	struct json_out w;
	struct err err;
	auto_free char *text = NULL;
	size_t n = 0;

	FILE *f = open_memstream(&text, &n);
	json_out_init(&w, f, NULL, 0);
	json_out_str(&w, SV("x"));
	assert_int_equal(json_out_done(&w, &err), 0);
	(void)fclose(f);
	assert_string_equal(text, "\"x\"\n");
	f = fopen("/dev/full", "w");
	if (!f)
		return;
	json_out_init(&w, f, NULL, 0);
	json_out_str(&w, SV("x"));
	assert_int_equal(json_out_done(&w, &err), -ERR_IO);
	assert_int_equal(err.scope, SCOPE_OUTPUT);
	(void)fclose(f);
}

/* Indents longer than what is written at once. */
static void test_deep(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0}, want = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &b, 2);
	for (size_t i = 0; i < 70; i++) {
		json_out_array(&w);
		buf_str(&want, "[\n");
		buf_fill(&want, ' ', 2 * (i + 1));
	}
	json_out_u64(&w, 1);
	buf_char(&want, '1');
	for (size_t i = 70; i-- > 0;) {
		json_out_end(&w);
		buf_char(&want, '\n');
		buf_fill(&want, ' ', 2 * i);
		buf_char(&want, ']');
	}
	assert_int_equal(json_out_done(&w, &err), 0);
	assert_string_equal(buf_cstr(&b), buf_cstr(&want));
}

static void test_unbalanced(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, &b, 2);
	json_out_end(&w);
	assert_int_equal(json_out_done(&w, &err), -ERR_BUG);
	json_out_init(&w, NULL, &b, 2);
	for (int i = 0; i < 5000; i++)
		json_out_array(&w);
	for (int i = 0; i < 5000; i++)
		json_out_end(&w);
	assert_int_equal(json_out_done(&w, &err), -ERR_BUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),   cmocka_unit_test(test_strings),
		cmocka_unit_test(test_f64),        cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_node),       cmocka_unit_test(test_file),
		cmocka_unit_test(test_unbalanced), cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
