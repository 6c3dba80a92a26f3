/* Our reader against jansson: the same documents are taken and refused, with the same values. */
#include "unit/test.h"

#include "fmt/json.h"

#ifndef HAVE_JANSSON

int main(void)
{
	puts("skipped: jansson is not installed");
	return 77;
}

#else

#include <fcntl.h>
#include <jansson.h>

#include "fmt/tar.h"

static uint32_t seed = 1;

static uint32_t roll(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

static void make_string(struct buf *b)
{
	static const char *const parts[] = {
		"plain",    "\\n",
		"\\u0041",  "\\ud83d\\ude00",
		"\u20ac",   "\xF0\x9F\x98\x80",
		"\\\"",     "\\\\",
		"\\/",      "",
		"\\u0000",  "x",
		"\x7f",     "\\uFFFF",
		"eight by", "\\ud8",
		"\\udc00",  "\xED\xA0\x80",
		"\xff",     "\x01",
		"\\a",
	};
	/* the last ones are wrong: seldom */
	uint32_t good = ARRAY_LEN(parts) - 6;

	buf_char(b, '"');
	for (uint32_t n = roll(4); n > 0; n--)
		buf_str(b, parts[roll(400) ? roll(good) : good + roll(6)]);
	buf_char(b, '"');
}

static void make_scalar(struct buf *b)
{
	static const char *const parts[] = {
		"0",
		"-0",
		"1",
		"-12",
		"3.25",
		"1e5",
		"-2.5E-3",
		"9223372036854775807",
		"true",
		"false",
		"null",
		"1e400",
		"12345678901234567890",
		"01",
		"1.",
		".5",
		"-",
		"tru",
		"+1",
	};

	buf_str(b, parts[roll(200) ? roll(13) : 13 + roll(6)]);
}

static void make_value(struct buf *b, int depth)
{
	uint32_t kind = depth > 0 ? roll(5) : roll(3);

	if (kind < 2) {
		make_string(b);
	} else if (kind == 2) {
		make_scalar(b);
	} else {
		bool object = kind == 3;
		buf_char(b, object ? '{' : '[');
		for (uint32_t i = 0, n = roll(5); i < n; i++) {
			buf_str(b, i ? roll(4) ? "," : " ,\n" : "");
			if (object) {
				buf_fmt(b, "\"%c%.*s\"", (int)('a' + roll(26)), (int)roll(4),
					"key");
				buf_str(b, roll(4) ? ":" : "\t: ");
			}
			make_value(b, depth - 1);
		}
		buf_char(b, object ? '}' : ']');
	}
}

static void mutate(struct buf *b)
{
	static const char chars[] = "{}[],:\"\\0-.e \n\x80\xC3tfnu\x1f";

	if (b->n == 0 || roll(2))
		return;
	for (uint32_t n = roll(3); n > 0; n--) {
		uint32_t at = roll((uint32_t)b->n);
		if (roll(3))
			/* never NUL: jansson takes it for the end */
			b->p[at] = chars[roll(sizeof chars - 1)];
		else
			b->n = at;
		if (b->n == 0)
			return;
	}
}

static bool same(const struct node *n, const json_t *j)
{
	int64_t i;
	double f;

	switch (json_typeof(j)) {
	case JSON_NULL:
		return node_is(n, NODE_NULL);
	case JSON_TRUE:
		return node_true(n);
	case JSON_FALSE:
		return node_is(n, NODE_BOOL) && !node_true(n);
	case JSON_INTEGER:
		return node_i64(n, &i) && i == json_integer_value(j);
	case JSON_REAL:
		return node_f64(n, &f) && f == json_real_value(j);
	case JSON_STRING:
		return node_is(n, NODE_STRING) &&
		       sv_eq(n->text, sv_make(json_string_value(j), json_string_length(j)));
	case JSON_ARRAY:
		if (!node_is(n, NODE_ARRAY) || n->n != json_array_size(j))
			return false;
		for (uint32_t k = 0; k < n->n; k++)
			if (!same(&n->items[k], json_array_get(j, k)))
				return false;
		return true;
	case JSON_OBJECT:
		break;
	}
	if (!node_is(n, NODE_OBJECT) || n->n != json_object_size(j))
		return false;
	NODE_EACH (it, n) {
		char key[512] = "";
		if (it->key.n >= sizeof key)
			return true;
		memcpy(key, it->key.p, it->key.n);
		json_t *v = json_object_get(j, key);
		if (!v || !same(it, v))
			return false;
	}
	return true;
}

/* 1 = both take it, 0 = both refuse it, -1 = jansson has a limit that we have not */
static int compare(struct sv text)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *n = NULL;
	struct err err;
	json_error_t jerr;

	json_t *j = json_loadb(text.n ? text.p : "", text.n,
			       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &jerr);
	int rc = json_read(&a, SV("t"), text, DUP_REFUSE, &n, &err);
	enum json_error_code code = j ? json_error_unknown : json_error_code(&jerr);
	if (!j && (code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
		   code == json_error_stack_overflow))
		return -1;
	if ((rc == 0) != (j != NULL))
		fail_msg("gabion: %s, jansson: %s: %.*s", rc ? err.msg : "taken",
			 j ? "taken" : jerr.text, SV_ARG(text));
	if (j && !same(n, j))
		fail_msg("different values: %.*s", SV_ARG(text));
	json_decref(j);
	return rc == 0;
}

static void test_generated(void **state)
{
	(void)state;
	size_t taken = 0, refused = 0;

	for (int i = 0; i < 100000; i++) {
		auto_done(buf_done) struct buf b = {0};
		make_value(&b, 5);
		mutate(&b);
		int both = compare(buf_view(&b));
		taken += both == 1;
		refused += both == 0;
	}
	/* or the generator has gone wrong */
	assert_true(taken > 20000 && refused > 10000);
}

/* The files of the public parsing suite, where it lies beside the source. Of duplicate keys both
 * are told to refuse them. Lone surrogates and the like are refused by both. */
static void test_suite(void **state)
{
	(void)state;
	const char *shared = getenv("GABION_SHARED");
	char path[4200];
	struct tar_entry e;
	struct err err;
	size_t files = 0;
	int rc;

	(void)snprintf(path, sizeof path, "%s/data/json/test_parsing.tar.gz",
		       shared ? shared : GABION_SOURCE_ROOT "/../shared");
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		printf("no suite at %s\n", path);
		return;
	}
	struct tar *t = tar_new(stream_gzip(stream_fd(fd, 0, UINT64_MAX)));
	while ((rc = tar_next(t, &e, &err)) > 0) {
		auto_done(buf_done) struct buf b = {0};
		struct sv chunk;
		if (e.type != TAR_FILE || !sv_ends(e.path, SV(".json")))
			continue;
		while (tar_data(t, &chunk, &err) > 0)
			buf_sv(&b, chunk);
		if (memchr(buf_cstr(&b), '\0', b.n) || sv_starts(buf_view(&b), SV("[[[[")) ||
		    sv_starts(buf_view(&b), SV("[{\"\":[{")))
			continue;
		files++;
		(void)compare(buf_view(&b));
	}
	tar_free(t);
	assert_int_equal(rc, 0);
	assert_true(files > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_generated),
					   cmocka_unit_test(test_suite)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
