#include "net/unix-http.h"

#include <sys/socket.h>

#include "base/clock.h"
#include "unit/test.h"

/* The body of an answer: 0, or what was wrong with it. */
static int read_answer(struct sv bytes, int *status, struct buf *body, struct err *err)
{
	struct unix_reply r;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	if (bytes.n > 0)
		assert_int_equal(write(pair[0], bytes.p, bytes.n), (ssize_t)bytes.n);
	(void)close(pair[0]);
	int rc = unix_answer(pair[1], 0, &r, err);
	if (rc < 0)
		return rc;
	*status = r.status;
	rc = stream_all(r.body, 1 << 20, body, err);
	if (rc >= 0) { /* the end repeats itself */
		struct sv more;
		assert_int_equal(stream_next(r.body, &more, err), 0);
	}
	stream_free(r.body);
	return rc < 0 ? rc : 0;
}

static const struct {
	const char *bytes;
	int rc, status;
	const char *body;
} rows[] = {
	{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, 200, "hello"},
	{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more", 0, 200, "hello"},
	{"HTTP/1.0 404 Not Found\r\n\r\nto the end", 0, 404, "to the end"},
	{"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
	 0, 200, "abcde"},
	{"HTTP/1.1 200 OK\r\ntransfer-encoding:  Chunked \r\n\r\nA\r\n0123456789\r\n0\r\nT: "
	 "x\r\n\r\n",
	 0, 200, "0123456789"},
	{"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", 0, 204, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", -ERR_PROTO, 200, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", -ERR_PROTO, 0,
	 ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nName : x\r\n\r\n", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\n folded\r\n\r\n", -ERR_PROTO, 0, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n", -ERR_PROTO,
	 200, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", -ERR_PROTO, 200, ""},
	{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", -ERR_PROTO,
	 200, ""},
	{"HTTP/1.1 99 No\r\n\r\n", -ERR_PROTO, 0, ""},
	{"HTTP/2 200 OK\r\n\r\n", -ERR_PROTO, 0, ""},
	{"SSH-2.0-server\r\n", -ERR_PROTO, 0, ""},
	{"", -ERR_PROTO, 0, ""},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf body = {0};
		struct err err = {0};
		int status = 0;
		int rc = read_answer(sv_of(rows[i].bytes), &status, &body, &err);
		if (rc != rows[i].rc)
			print_error("%s\n", rows[i].bytes);
		assert_int_equal(rc, rows[i].rc);
		assert_int_equal(status, rows[i].status);
		if (rc == 0)
			assert_sv(buf_view(&body), rows[i].body);
		buf_done(&body);
	}
}

/* Wherever it breaks off, it is an error and never a shorter body. */
static void test_truncated(void **state)
{
	(void)state;
	static const size_t whole[] = {0, 3};

	for (size_t k = 0; k < ARRAY_LEN(whole); k++) {
		struct sv bytes = sv_of(rows[whole[k]].bytes);
		for (size_t n = 0; n < bytes.n; n++) {
			struct buf body = {0};
			struct err err = {0};
			int status;
			assert_int_equal(read_answer(sv_head(bytes, n), &status, &body, &err),
					 -ERR_PROTO);
			buf_done(&body);
		}
	}
}

static void test_long_header(void **state)
{
	(void)state;
	struct buf b = {0}, body = {0};
	struct err err = {0};
	int status;

	buf_str(&b, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 9000; i++)
		buf_str(&b, "Name: value\r\n");
	assert_int_equal(read_answer(buf_view(&b), &status, &body, &err), -ERR_LIMIT);
	buf_clear(&b);
	buf_str(&b, "HTTP/1.1 200 OK\r\nName: ");
	buf_fill(&b, 'x', 20000);
	assert_int_equal(read_answer(buf_view(&b), &status, &body, &err), -ERR_LIMIT);
	buf_done(&b);
	buf_done(&body);
}

static void test_deadline(void **state)
{
	(void)state;
	struct unix_reply r;
	struct err err = {0};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(unix_answer(pair[1], clock_mono_ns() + 20000000, &r, &err), -ERR_TIMEOUT);
	(void)close(pair[0]);
}

static void test_unreachable(void **state)
{
	(void)state;
	struct unix_reply r;
	struct err err = {0};

	assert_int_equal(unix_get("/nonexistent/x.sock", "/", 0, &r, &err), -ERR_NOTFOUND);
	assert_string_equal(err.code, "engine-unreachable");
	char path[300] = "/";
	memset(path + 1, 'x', sizeof path - 2);
	assert_int_equal(unix_get(path, "/", 0, &r, &err), -ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),        cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_long_header), cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_unreachable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
