#include "unit/test.h"

#include <math.h>
#include <string.h>

#include "fmt/json.h"
#include "rule/cel/type.h"
#include "rule/cel/value.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static struct cel_value doc_of(const char *json, enum dup_keys dup)
{
	const struct node *n = NULL;
	struct err err = {0};

	assert_int_equal(json_read(&arena, SV("t"), sv_of(json), dup, &n, &err), 0);
	return cel_of_node(n);
}

static struct cel_value doc(const char *json)
{
	return doc_of(json, DUP_REFUSE);
}

static void text_is(const struct cel_value *v, const char *expected)
{
	struct buf out = {0};

	cel_text(&out, v);
	assert_string_equal(buf_cstr(&out), expected);
	buf_done(&out);
}

static struct cel_value map_of(struct cel_map *m, struct cel_entry *p, size_t n)
{
	size_t twice;

	*m = (struct cel_map){.p = p, .n = n};
	assert_true(cel_map_index(&arena, m, &twice));
	return (struct cel_value){.kind = CEL_MAP, .form = CEL_FORM_ITEMS, .map = m};
}

static void test_of_node(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		enum cel_kind kind;
	} rows[] = {
		{"null", CEL_NULL},
		{"true", CEL_BOOL},
		{"0", CEL_INT},
		{"-9223372036854775808", CEL_INT},
		{"9223372036854775807", CEL_INT},
		{"9223372036854775808", CEL_UINT},
		{"18446744073709551615", CEL_UINT},
		{"18446744073709551616", CEL_DOUBLE},
		{"-9223372036854775809", CEL_DOUBLE},
		{"1.0", CEL_DOUBLE},
		{"1e3", CEL_DOUBLE},
		{"1e999", CEL_ERROR},
		{"\"x\"", CEL_STRING},
		{"[]", CEL_LIST},
		{"{}", CEL_MAP},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_value v = doc(rows[i].json);
		assert_int_equal(v.kind, rows[i].kind);
		assert_non_null(v.node);
	}
	assert_true(doc("true").b);
	assert_false(doc("false").b);
	assert_int_equal(cel_of_node(NULL).kind, CEL_NULL);
}

/* sign of a - b; 2: not ordered, 3: no order */
static void test_order(void **state)
{
	(void)state;
	const struct {
		struct cel_value a, b;
		int order;
	} rows[] = {
		{cel_int(1), cel_int(2), -1},
		{cel_int(-1), cel_uint(0), -1},
		{cel_int(1), cel_uint(1), 0},
		{cel_int(INT64_MAX), cel_uint(UINT64_MAX), -1},
		{cel_int(1), cel_double(1.5), -1},
		{cel_int(-1), cel_double(-1.5), 1},
		{cel_int(2), cel_double(2), 0},
		{cel_int(INT64_MAX), cel_double(0x1p63), 0},
		{cel_int(INT64_MIN), cel_double(-0x1p63), 0},
		{cel_int(INT64_MAX), cel_double(0x1.0000000000001p63), -1},
		{cel_int(0), cel_double(INFINITY), -1},
		{cel_int(0), cel_double(-INFINITY), 1},
		{cel_int(0), cel_double(NAN), 2},
		{cel_uint(0), cel_double(-0.5), 1},
		{cel_uint(UINT64_MAX), cel_double(0x1p64), 0},
		{cel_uint(3), cel_double(3), 0},
		{cel_uint(0), cel_double(NAN), 2},
		{cel_double(NAN), cel_double(NAN), 2},
		{cel_double(-0.0), cel_double(0.0), 0},
		{cel_bool(false), cel_bool(true), -1},
		{cel_string(SV("a")), cel_string(SV("ab")), -1},
		{cel_string(SV("1")), cel_int(1), 3},
		{cel_null, cel_null, 3},
		{{.kind = CEL_TIMESTAMP, .i = 5, .nanos = 1},
		 {.kind = CEL_TIMESTAMP, .i = 5, .nanos = 2},
		 -1},
		{{.kind = CEL_DURATION, .i = -1}, {.kind = CEL_DURATION, .i = 0, .nanos = -1}, -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int order = rows[i].order, back = order < 2 ? -order : order;
		assert_int_equal(cel_order(&rows[i].a, &rows[i].b), order);
		assert_int_equal(cel_order(&rows[i].b, &rows[i].a), back);
		if (order < 3) {
			assert_int_equal(cel_equal(&rows[i].a, &rows[i].b), order == 0);
			assert_int_equal(cel_equal(&rows[i].b, &rows[i].a), order == 0);
		}
	}
}

static void test_equal(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{"[1, 2.0, \"x\", null]", "[1.0, 2, \"x\", null]", true},
		{"[1, 2]", "[2, 1]", false},
		{"[1]", "[1, 1]", false},
		{"{\"a\": 1, \"b\": [{}]}", "{\"b\": [{}], \"a\": 1.0}", true},
		{"{\"a\": 1}", "{\"b\": 1}", false},
		{"{\"a\": 1}", "{\"a\": 1, \"b\": 1}", false},
		{"[]", "{}", false},
		{"null", "false", false},
		{"\"1\"", "1", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_value a = doc(rows[i].a), b = doc(rows[i].b);
		assert_int_equal(cel_equal(&a, &b), rows[i].equal);
		assert_int_equal(cel_equal(&b, &a), rows[i].equal);
	}
	struct cel_value nan = cel_double(NAN), one = cel_int(1);
	struct cel_value with_nan = cel_items(&nan, 1);
	assert_false(cel_equal(&with_nan, &with_nan));
	struct cel_value some = {.kind = CEL_OPTIONAL, .inner = &one};
	assert_true(cel_equal(&some, &some));
	assert_true(cel_equal(&cel_none, &cel_none));
	assert_false(cel_equal(&some, &cel_none));
	const struct cel_type list_of_int = {.kind = CEL_T_LIST}, list = {.kind = CEL_T_LIST};
	const struct cel_type ip = {.kind = CEL_T_OPAQUE, .name = SV("net.IP")};
	struct cel_value t1 = {.kind = CEL_TYPE, .type = &list_of_int};
	struct cel_value t2 = {.kind = CEL_TYPE, .type = &list};
	struct cel_value t3 = {.kind = CEL_TYPE, .type = &ip};
	assert_true(cel_equal(&t1, &t2));
	assert_false(cel_equal(&t1, &t3));
}

/* Objects with many members, in reverse: a table is made for the comparison. */
static void test_equal_large(void **state)
{
	(void)state;
	struct buf a = {0}, b = {0};
	enum { MANY = 20000 };

	for (int i = 0; i < MANY; i++) {
		buf_fmt(&a, "%c\"k%d\":%d", i ? ',' : '{', i, i);
		buf_fmt(&b, "%c\"k%d\":%d", i ? ',' : '{', MANY - 1 - i, MANY - 1 - i);
	}
	buf_char(&a, '}');
	buf_char(&b, '}');
	struct cel_value x = doc(buf_cstr(&a)), y = doc(buf_cstr(&b));
	assert_true(cel_equal(&x, &y));
	assert_int_equal(cel_size(&x), MANY);
	assert_true(cel_weight(&x, UINT64_MAX) >= MANY);
	assert_true(cel_weight(&x, 10) < 20);
	buf_done(&a);
	buf_done(&b);
}

static void test_absent_and_duplicate(void **state)
{
	(void)state;
	struct node members[] = {
		{.kind = NODE_NULL, .flags = NODE_ABSENT, .key = SV("a")},
		{.kind = NODE_STRING, .key = SV("b"), .text = SV("x")},
		{.kind = NODE_NULL, .flags = NODE_ABSENT, .key = SV("c")},
		{.kind = NODE_NULL, .key = SV("d")},
	};
	const struct node record = {.kind = NODE_OBJECT, .n = 4, .items = members};
	struct cel_value v = cel_of_node(&record), key, value;

	assert_int_equal(cel_size(&v), 2);
	assert_false(cel_find_sv(&v, SV("a"), &value));
	assert_true(cel_find_sv(&v, SV("d"), &value));
	cel_entry_at(&v, 0, &key, &value);
	assert_sv(key.s, "b");
	cel_entry_at(&v, 1, &key, &value);
	assert_sv(key.s, "d");
	assert_int_equal(value.kind, CEL_NULL);
	text_is(&v, "{\"b\":\"x\",\"d\":null}");

	v = doc_of("{\"k\":1,\"l\":2,\"k\":3}", DUP_LAST);
	assert_int_equal(cel_size(&v), 2);
	cel_entry_at(&v, 0, &key, &value);
	assert_int_equal(value.i, 3);
	text_is(&v, "{\"k\":3,\"l\":2}");
	v = doc_of("{\"k\":1,\"l\":2,\"k\":3}", DUP_FIRST);
	text_is(&v, "{\"k\":1,\"l\":2}");
}

static void test_find(void **state)
{
	(void)state;
	struct cel_entry p[20];
	struct cel_map m;

	for (size_t n = 3; n <= ARRAY_LEN(p); n += 17) {
		for (size_t i = 0; i < n; i++)
			p[i] = (struct cel_entry){cel_int((int64_t)i), cel_uint(i * 10)};
		p[1].key = cel_uint(1);
		p[2].key = cel_string(SV("2"));
		struct cel_value v = map_of(&m, p, n), out;
		assert_int_equal(m.index != NULL, n > 8);
		assert_true(cel_find(&v, &(struct cel_value){.kind = CEL_INT, .i = 1}, &out));
		assert_int_equal(out.u, 10);
		struct cel_value one = cel_double(1.0), half = cel_double(0.5), two = cel_int(2);
		struct cel_value nan = cel_double(NAN), minus = cel_int(-1), null = cel_null;
		struct cel_value yes = cel_bool(true);
		assert_true(cel_find(&v, &one, &out));
		assert_false(cel_find(&v, &half, &out));
		assert_false(cel_find(&v, &two, &out));
		assert_false(cel_find(&v, &nan, &out));
		assert_false(cel_find(&v, &minus, &out));
		assert_false(cel_find(&v, &null, &out));
		assert_false(cel_find(&v, &yes, &out));
		assert_true(cel_find_sv(&v, SV("2"), &out));
	}
}

static void test_twice(void **state)
{
	(void)state;
	struct cel_entry p[12];
	size_t twice = 0;

	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		p[i] = (struct cel_entry){cel_int((int64_t)i), cel_null};
	p[11].key = cel_uint(4); /* equal to the int */
	struct cel_map m = {.p = p, .n = ARRAY_LEN(p)};
	assert_false(cel_map_index(&arena, &m, &twice));
	assert_int_equal(twice, 11);
	p[3].key = cel_uint(1);
	m = (struct cel_map){.p = p, .n = 5};
	assert_false(cel_map_index(&arena, &m, &twice));
	assert_int_equal(twice, 3);
}

static void test_double_text(void **state)
{
	(void)state;
	static const struct {
		double d;
		const char *text;
	} rows[] = {
		{0, "0"},
		{-0.0, "-0"},
		{1, "1"},
		{-1.5, "-1.5"},
		{123.456, "123.456"},
		{100000, "100000"},
		{1e6, "1e+06"},
		{1234567, "1.234567e+06"},
		{0.0001, "0.0001"},
		{0.00001, "1e-05"},
		{1.5e300, "1.5e+300"},
		{5e-324, "5e-324"},
		{0.1 + 0.2, "0.30000000000000004"},
		{INFINITY, "+Inf"},
		{-INFINITY, "-Inf"},
		{NAN, "NaN"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cel_value v = cel_double(rows[i].d);
		text_is(&v, rows[i].text);
	}
}

static void test_text(void **state)
{
	(void)state;
	struct cel_value v = doc("{\"a\": [1, 2.5, \"x\\u001b\", null, true]}");
	text_is(&v, "{\"a\":[1,2.5,\"x\\u001b\",null,true]}");
	v = cel_string(SV("plain"));
	text_is(&v, "plain");
	v = (struct cel_value){.kind = CEL_DURATION, .i = -1, .nanos = -500000000};
	text_is(&v, "-1.5s");
	v = (struct cel_value){.kind = CEL_TIMESTAMP, .i = 1234567890, .nanos = 1000000};
	text_is(&v, "2009-02-13T23:31:30.001Z");
	v = (struct cel_value){.kind = CEL_TIMESTAMP, .i = -62135596800};
	text_is(&v, "0001-01-01T00:00:00Z");
	v = (struct cel_value){.kind = CEL_TIMESTAMP, .i = 253402300799};
	text_is(&v, "9999-12-31T23:59:59Z");
	v = (struct cel_value){.kind = CEL_BYTES, .s = SV("abc")};
	text_is(&v, "YWJj");
	v = (struct cel_value){.kind = CEL_TYPE,
			       .type = &(const struct cel_type){.kind = CEL_T_INT}};
	text_is(&v, "int");
	text_is(&cel_none, "null");
	assert_sv(cel_type_name_of(&v), "type");
}

/* Deeper than any document: no crash, an end. */
static void test_deep(void **state)
{
	(void)state;
	enum { DEEP = 5000 };
	struct cel_value *chain = ARENA_ARRAY(&arena, DEEP, struct cel_value);
	struct buf out = {0};

	chain[0] = cel_int(1);
	for (size_t i = 1; i < DEEP; i++)
		chain[i] = cel_items(&chain[i - 1], 1);
	assert_false(cel_equal(&chain[DEEP - 1], &chain[DEEP - 1]));
	assert_true(cel_equal(&chain[500], &chain[500]));
	cel_text(&out, &chain[DEEP - 1]);
	assert_true(out.n < DEEP);
	assert_true(cel_weight(&chain[DEEP - 1], UINT64_MAX) < DEEP);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_node),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_equal_large),
		cmocka_unit_test(test_absent_and_duplicate),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_double_text),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_deep),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
