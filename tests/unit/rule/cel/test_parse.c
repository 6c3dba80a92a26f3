#include "unit/test.h"

#include "base/limits.h"
#include "unit/rule/cel/sexpr.h"

static const struct {
	const char *source, *tree;
} good[] = {
	/* numbers */
	{"0", "0"},
	{"007", "7"},
	{"0xFf", "255"},
	{"-0x8000000000000000", "-9223372036854775808"},
	{"9223372036854775807", "9223372036854775807"},
	{"-9223372036854775808", "-9223372036854775808"},
	{"18446744073709551615u", "18446744073709551615u"},
	{"0xFFFFFFFFFFFFFFFFU", "18446744073709551615u"},
	{"1.5", "1.50000"},
	{".5", "0.500000"},
	{"1e3", "1000.00"},
	{"-1.5E-1", "-0.150000"},
	{"1.e", "(. 1 e)"},
	{"1 .a", "(. 1 a)"},
	{"-1.a", "(. -1 a)"},
	{"-1u", "(-_ 1u)"},
	{"true", "true"},
	{"null", "null"},
	/* strings and bytes */
	{"''", "\"\""},
	{"\"a'b\"", "\"a'b\""},
	{"'''a'b''c'''", "\"a'b''c\""},
	{"\"\"\"a\nb\"\"\"", "\"a\\u{a}b\""},
	{"'''a\r\nb'''", "\"a\\u{d}\\u{a}b\""},
	{"''''''", "\"\""},
	{"r'\\n'", "\"\\n\""},
	{"R\"\"\"\\\"\"\"", "\"\\\""},
	{"'\\a\\b\\f\\n\\r\\t\\v'", "\"\\u{7}\\u{8}\\u{c}\\u{a}\\u{d}\\u{9}\\u{b}\""},
	{"'\\\\\\?\\\"\\'\\`'", "\"\\?\"'`\""},
	{"'\\x41\\X42\\103'", "\"ABC\""},
	{"'\\xe9\\351'", "\"éé\""},
	{"'\\u00e9\\U0001F600'", "\"é😀\""},
	{"'\\uD83D\\uDE00'", "\"😀\""},
	{"b'\\xff\\377'", "b\"\\xFF\\xFF\""},
	{"b'é'", "b\"é\""},
	{"br'\\x'", "b\"\\x\""},
	{"b", "b"},
	{"br", "br"},
	{"rb", "rb"},
	/* names */
	{"a", "a"},
	{".a", ".a"},
	{".a.b", "(. .a b)"},
	{".f(1)", "(.f 1)"},
	{"_a9", "_a9"},
	{"a.if.in_", "(. (. a if) in_)"},
	{"a.`b.c-d/e f`", "(. a b.c-d/e f)"},
	{"a.?`b-c`", "(.? a b-c)"},
	{"a.while()", "(.while a)"},
	{"inn", "inn"},
	/* members */
	{"a.b.c(1, x).d", "(. (.c (. a b) 1 x) d)"},
	{"f()", "(f)"},
	{"f(a)(b)", NULL},
	{"a[0][?'x'].?b", "(.? (_[?_] (_[_] a 0) \"x\") b)"},
	{"[1, ?a, 2,]", "[1 ?a 2]"},
	{"[]", "[]"},
	{"{}", "{}"},
	{"{'a': 1, ?b: 2,}", "{\"a\":1 ?b:2}"},
	{"T{}", "T{}"},
	{".a.B{c: 1, ?`d-e`: 2}", ".a.B{\"c\":1 ?\"d-e\":2}"},
	{"a . b /* */ {}", NULL},
	{"a . // x\n b {}", "a.b{}"},
	{"a.B{}.c", "(. a.B{} c)"},
	/* operators */
	{"1 + 2 * 3 - 4", "(_-_ (_+_ 1 (_*_ 2 3)) 4)"},
	{"(1 + 2) * 3", "(_*_ (_+_ 1 2) 3)"},
	{"a % b / c", "(_/_ (_%_ a b) c)"},
	{"a < b == c", "(_==_ (_<_ a b) c)"},
	{"a in b != c", "(_!=_ (@in a b) c)"},
	{"a <= b", "(_<=_ a b)"},
	{"a >= b", "(_>=_ a b)"},
	{"a > -1", "(_>_ a -1)"},
	{"a-1", "(_-_ a 1)"},
	{"a - -1", "(_-_ a -1)"},
	{"!a && b", "(_&&_ (!_ a) b)"},
	{"!!a", "(!_ (!_ a))"},
	{"!!!a", "(!_ a)"},
	{"!!!!a", "(!_ (!_ a))"},
	{"--a", "(-_ (-_ a))"},
	{"---a", "(-_ a)"},
	{"--1", "(-_ -1)"},
	{"---1", "(-_ (-_ -1))"},
	{"a && b || c && d", "(_||_ (_&&_ a b) (_&&_ c d))"},
	{"a || b || c", "(_||_ (_||_ a b) c)"},
	{"a && b && c && d", "(_&&_ (_&&_ a b) (_&&_ c d))"},
	{"a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"},
	{"a ? .5 : [?b]", "(_?_:_ a 0.500000 [?b])"},
	{"a // rest\n + b // end", "(_+_ a b)"},
	{"a\t\f\r\n+b", "(_+_ a b)"},
	/* macros */
	{"has(a.b)", "(has a b)"},
	{"has((a.?b.c))", "(has (.? a b) c)"},
	{"has(a.`b-c`)", "(has a b-c)"},
	{"a.has(b.c)", "(.has a (. b c))"},
	{"a.all(x, x > 0)", "(all x a (_>_ x 0))"},
	{"a.all(i, x, x > i)", "(all i,x a (_>_ x i))"},
	{"a.exists(x, x)", "(exists x a x)"},
	{"a.exists_one(x, x)", "(exists_one x a x)"},
	{"a.existsOne(i, x, x)", "(exists_one i,x a x)"},
	{"a.filter(x, x)", "(filter x a x)"},
	{"a.map(x, y)", "(map x a :y)"},
	{"a.map(x, x, y)", "(map x a x :y)"},
	{"a.transformList(i, v, v)", "(map i,v a :v)"},
	{"a.transformList(i, v, i, v)", "(map i,v a i :v)"},
	{"a.transformMap(k, v, v)", "(transformMap k,v a :v)"},
	{"a.transformMap(k, v, k, v)", "(transformMap k,v a k :v)"},
	{"a.transformMapEntry(k, v, {v: k})", "(transformMapEntry k,v a :{v:k})"},
	{"cel.bind(x, 1, x + x)", "(bind x 1 :(_+_ x x))"},
	{"a.bind(x, 1)", "(.bind a x 1)"},
	{"o.optMap(x, x)", "(optMap x o :x)"},
	{"o.optFlatMap(x, x.?y)", "(optFlatMap x o :(.? x y))"},
	{"a.sortBy(x, x.b)",
	 "(bind @list a :(.@sortByAssociatedKeys @list (map x @list :(. x b))))"},
	{"all(x, 1)", "(all x 1)"},
	{"math.abs(-1)", "(.abs math -1)"},
	{"cel.index(0)", "(.index cel 0)"},
};

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		struct err err = {0};
		struct cel_expr *e = NULL;
		int rc = cel_parse(&a, sv_of(good[i].source), 0, &e, &err);
		if (!good[i].tree) {
			assert_int_not_equal(rc, 0);
			continue;
		}
		if (rc)
			fail_msg("%s: %s: %s", good[i].source, err.where, err.msg);
		sexpr(&b, e);
		assert_string_equal(buf_cstr(&b), good[i].tree);
	}
}

static const struct {
	const char *source, *where, *msg;
} bad[] = {
	{"", "1:1", "expected an expression, found the end"},
	{"a b", "1:3", "expected an operator or the end, found 'b'"},
	{"a +", "1:4", "expected an expression, found the end"},
	{"é", "1:1", "'é' is not part of the language"},
	{"'é' +\n  @", "2:3", "'@' is not part of the language"},
	{"'é' é", "1:5", "'é' is not part of the language"},
	{"\x1b", "1:1", "'\\u{1b}' is not part of the language"},
	{"a = b", "1:3", "'=' is no operator; did you mean '=='?"},
	{"a & b", "1:3", "'&' is no operator; did you mean '&&'?"},
	{"(a", "1:3", "expected an operator or ')', found the end"},
	{"f(a b)", "1:5", "expected ',' or ')' after an argument, found 'b'"},
	{"f(a,)", "1:5", "expected an expression, found ')'"},
	{"[1 2]", "1:4", "expected ',' or ']' after an element, found '2'"},
	{"{a}", "1:3", "expected ':' after a key, found '}'"},
	{"{a: b c: d}", "1:7", "expected ',' or '}' after an entry, found 'c'"},
	{"a[1", "1:4", "expected an operator or ']', found the end"},
	{"a ? b", "1:6", "expected an operator or the ':' of '?', found the end"},
	{"a ? b ? c : d : e", "1:7", "expected an operator or the ':' of '?', found '?'"},
	{"a.1", "1:2", "expected an operator or the end, found '.1'"},
	{"a.in", "1:3", "'in' is a word of the language; a field of that name is written `in`"},
	{"a.?1", "1:4", "expected the name of a field or function after '.', found '1'"},
	{"a.", "1:3", "expected the name of a field or function after '.', found the end"},
	{"a.?b()", "1:5", "expected an operator or the end, found '('"},
	{"a.`b`()", "1:6", "expected an operator or the end, found '('"},
	{"`a`", "1:1", "a name between backquotes can only be a field, after '.'"},
	{"a.``", "1:3", "an empty name between backquotes"},
	{"a.`b", "1:3", "this name has no closing backquote"},
	{"a.`bé`", "1:5", "'é' cannot stand in a name between backquotes"},
	{"if", "1:1", "'if' is a reserved word: it can name a field, but no variable or function"},
	{"for(a)", "1:1",
	 "'for' is a reserved word: it can name a field, but no variable or function"},
	{"-!a", "1:2", "expected an expression, found '!'"},
	{"9223372036854775808", "1:1", "9223372036854775808 does not fit into int"},
	{"1 - -9223372036854775809", "1:6", "-9223372036854775809 does not fit into int"},
	{"18446744073709551616u", "1:1", "18446744073709551616u does not fit into uint"},
	{"0x10000000000000000u", "1:1", "0x10000000000000000u does not fit into uint"},
	{"1e999", "1:1", "1e999 does not fit into double"},
	{"12abc", "1:3", "'12abc' is neither a number nor a name"},
	{"0x", "1:2", "'0x' is neither a number nor a name"},
	{"1uu", "1:3", "'1uu' is neither a number nor a name"},
	{"'abc", "1:1", "this string has no closing '"},
	{"a + \"\"\"abc\"\"", "1:5", "this string has no closing \"\"\""},
	{"'a\nb'", "1:1", "this string has no closing ' in its line; three quotes hold lines"},
	{"'a\\", "1:1", "this string has no closing '"},
	{"'a\\q'", "1:3",
	 "no such escape; a backslash is written \\\\, or the string raw: r\"...\""},
	{"'\\x4'", "1:2", "\\x needs two hexadecimal digits"},
	{"'\\u12'", "1:2", "\\u needs four hexadecimal digits"},
	{"'\\U1234'", "1:2", "\\U needs eight hexadecimal digits"},
	{"'\\U00110000'", "1:2", "there are no characters beyond \\U0010FFFF"},
	{"'\\ud800'", "1:2", "half of a surrogate pair is no character"},
	{"'\\ud800\\u0041'", "1:2", "half of a surrogate pair is no character"},
	{"'\\12'", "1:2", "an octal escape needs three digits, \\000 to \\377"},
	{"'\\400'", "1:2",
	 "no such escape; a backslash is written \\\\, or the string raw: r\"...\""},
	{"b'\\u0041'", "1:3", "\\u and \\U are not for bytes; write \\x"},
	{"(a){}", "1:4", "expected an operator or the end, found '{'"},
	{"T{1: 2}", "1:3", "expected the name of a field, found '1'"},
	/* macros */
	{"has(1)", "1:5", "has() expects a field, as has(a.b), found '1'"},
	{"has(a)", "1:5", "has() expects a field, as has(a.b), found 'a'"},
	{"has(a.?b)", "1:5", "has() expects a field, as has(a.b), found 'a.?b'"},
	{"has(has(a.b))", "1:5", "has() expects a field, as has(a.b), found 'has(a.b)'"},
	{"has()", "1:1", "has() takes 1 argument, not 0"},
	{"[1].all(1, true)", "1:9", "all() expects the name of a variable here, found '1'"},
	{"[1].all((x.y), true)", "1:9", "all() expects the name of a variable here, found '(x.y)'"},
	{"[1].all(x)", "1:1", "all() takes 2 or 3 arguments, not 1"},
	{"[1].filter(x, y, z)", "1:1", "filter() takes 2 arguments, not 3"},
	{"a.all(x, x, true)", "1:10", "both variables of all() are named 'x'"},
	{"cel.bind(1, 2, 3)", "1:10", "cel.bind() expects the name of a variable here, found '1'"},
	{"a.sortBy(x)", "1:1", "sortBy() takes 2 arguments, not 1"},
	{"a.sortBy(1, 2)", "1:10", "sortBy() expects the name of a variable here, found '1'"},
	{"cel.bind(x, 2)", "1:1", "cel.bind() takes 3 arguments, not 2"},
	{"[1].map(.x, x)", "1:9", "map() expects the name of a variable here, found '.x'"},
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct err err = {0};
		struct cel_expr *e = NULL;
		if (cel_parse(&a, sv_of(bad[i].source), 0, &e, &err) != -ERR_PARSE)
			fail_msg("%s is no error", bad[i].source);
		assert_null(e);
		assert_string_equal(err.msg, bad[i].msg);
		assert_string_equal(err.where, bad[i].where);
	}
}

static void test_bytes(void **state)
{
	static const struct {
		struct sv source;
		const char *where, *msg;
	} rows[] = {
		{{NULL, 0}, "1:1", "expected an expression, found the end"},
		{{"a\0b", 3}, "1:2", "'\\u{0}' is not part of the language"},
		{{"'\xff'", 3}, "1:2", "byte 0xFF here is not UTF-8"},
		{{"a\xc3", 2}, "1:2", "byte 0xC3 here is not UTF-8"},
		{{"'\xed\xa0\x80'", 5}, "1:2", "byte 0xED here is not UTF-8"},
	};
	auto_done(arena_done) struct arena a = {0};
	struct err err = {0};
	struct cel_expr *e = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(cel_parse(&a, rows[i].source, 0, &e, &err), -ERR_PARSE);
		assert_string_equal(err.msg, rows[i].msg);
		assert_string_equal(err.where, rows[i].where);
	}
	assert_int_equal(cel_parse(&a, SV("'a\0b'"), 0, &e, &err), 0);
	assert_int_equal(e->literal.s.n, 3);
}

static void test_flags(void **state)
{
	static const struct {
		unsigned flags;
		const char *source, *tree;
	} rows[] = {
		{CEL_PARSE_NO_MACROS, "a.all(x, y)", "(.all a x y)"},
		{CEL_PARSE_NO_MACROS, "has(a)", "(has a)"},
		{CEL_PARSE_TEST_MACROS, "cel.block([1, cel.index(0)], cel.index(1))",
		 "(bind @index0 1 :(bind @index1 @index0 :@index1))"},
		{CEL_PARSE_TEST_MACROS, "[1].map(cel.iterVar(0, 1), cel.accuVar(2, 3))",
		 "(map @iterVar:0:1 [1] :@accuVar:2:3)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		struct err err = {0};
		struct cel_expr *e = NULL;
		assert_int_equal(cel_parse(&a, sv_of(rows[i].source), rows[i].flags, &e, &err), 0);
		sexpr(&b, e);
		assert_string_equal(buf_cstr(&b), rows[i].tree);
	}
}

/* What source the nodes of a tree stand for. */
static void test_spans(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct sv source = SV(" (a + b) * f(-1).all(x, has(x.y)) ");
	struct err err = {0};
	struct cel_expr *e = NULL;

	(void)state;
	assert_int_equal(cel_parse(&a, source, 0, &e, &err), 0);
#define TEXT(x) sv_make(source.p + (x)->start, (x)->end - (x)->start)
	assert_sv(TEXT(e), "(a + b) * f(-1).all(x, has(x.y))");
	assert_sv(TEXT(e->call.args[0]), "a + b");
	const struct cel_expr *fold = e->call.args[1];
	assert_sv(TEXT(fold), "f(-1).all(x, has(x.y))");
	assert_sv(TEXT(fold->fold.range), "f(-1)");
	assert_sv(TEXT(fold->fold.range->call.args[0]), "-1");
	assert_sv(TEXT(fold->fold.filter), "has(x.y)");
	assert_sv(TEXT(fold->fold.filter->select.operand), "x");
	/* names and texts without escapes are views */
	assert_ptr_equal(fold->fold.filter->select.field.p, source.p + 30);
}

static void repeat(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		buf_str(b, s);
}

static void test_hints(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct err err = {0};
	struct cel_expr *e = NULL;

	(void)state;
	assert_int_equal(cel_parse(&a, SV("a and b"), 0, &e, &err), -ERR_PARSE);
	assert_string_equal(err.hint, "did you mean '&&'?");
	/* what is shown is cut, also where its characters have no width */
	auto_done(buf_done) struct buf wide = {0};
	buf_str(&wide, "a '");
	repeat(&wide, "\u0300", 100);
	buf_str(&wide, "'");
	assert_int_equal(cel_parse(&a, buf_view(&wide), 0, &e, &err), -ERR_PARSE);
	assert_true(strlen(err.msg) < 120 && strstr(err.msg, "..."));
	assert_int_equal(utf8_valid(sv_of(err.msg)), strlen(err.msg));
	/* a chain that is too long: where it becomes so */
	auto_done(buf_done) struct buf b = {0};
	repeat(&b, "a.", 300);
	buf_str(&b, "a");
	assert_int_equal(cel_parse(&a, buf_view(&b), 0, &e, &err), -ERR_LIMIT);
	assert_string_equal(err.where, "1:402");
}

/* head, n times part, tail: what comes of it. */
static void test_limits(void **state)
{
	static const struct {
		const char *part, *tail;
		size_t n;
		int rc;
	} rows[] = {
		{"a&&", "a", 33000, 0},
		{"a||", "a", 33000, 0},
		{"a||b&&", "a", 16000, 0},
		{"!", "a", 99999, 0},
		{"-", "a", 99999, 0},
		{"1,", "1", 10, -ERR_PARSE},
		{"(", "", 99999, -ERR_LIMIT},
		{"[", "", 99999, -ERR_LIMIT},
		{"{", "", 99999, -ERR_LIMIT},
		{"[?", "", 50000, -ERR_LIMIT},
		{"f(", "", 49999, -ERR_LIMIT},
		{"a[", "", 49999, -ERR_LIMIT},
		{"T{a:", "", 24999, -ERR_LIMIT},
		{"a.", "a", 49999, -ERR_LIMIT},
		{"a.", "a", 199, 0},
		{"a.", "a", 200, -ERR_LIMIT},
		{"a+", "a", 199, 0},
		{"a+", "a", 200, -ERR_LIMIT},
		{"a?a:", "a", 199, 0},
		{"a?a:", "a", 20000, -ERR_LIMIT},
		{"a.map(x,", "", 10000, -ERR_LIMIT},
		{"a", "", 100001, -ERR_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf b = {0};
		struct err err = {0};
		struct cel_expr *e = NULL;
		repeat(&b, rows[i].part, rows[i].n);
		buf_str(&b, rows[i].tail);
		int rc = cel_parse(&a, buf_view(&b), 0, &e, &err);
		if (rc != rows[i].rc)
			fail_msg("%zu x %s: %d: %s: %s", rows[i].n, rows[i].part, rc, err.where,
				 err.msg);
		if (rc == 0)
			assert_true(e->height <= limit_cel_depth);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),  cmocka_unit_test(test_errors),
		cmocka_unit_test(test_bytes),  cmocka_unit_test(test_flags),
		cmocka_unit_test(test_spans),  cmocka_unit_test(test_hints),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
