/* Many requests over one connection: whose answer is whose. */
#include "net/unix-http.h"

#include <sys/socket.h>

#include "unit/test.h"

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

/* A connection on which the peer has said this already; it stays open when more may come. */
static struct unix_conn *said(const char *bytes, int *peer)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[0], bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	*peer = pair[0];
	return unix_conn_new(pair[1], "localhost");
}

static int hear(struct unix_conn *c, const char *want)
{
	auto_done(buf_done) struct buf body = {0};
	struct err err = {0};
	int status = 0;
	int rc = unix_hear(c, 0, 100, &status, &body, &err);

	if (rc == 0) {
		assert_int_equal(status, 200);
		assert_sv(buf_view(&body), want);
	}
	return rc;
}

static void test_in_order(void **state)
{
	struct err err;
	char asked[4096];
	int peer;

	(void)state;
	struct unix_conn *c = said(
		OK5 "first" OK5 "other"
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		&peer);
	assert_int_equal(unix_ask(c, "/a", &err), 0);
	assert_int_equal(unix_ask(c, "/b", &err), 0);
	assert_int_equal(unix_ask(c, "/c", &err), 0);
	ssize_t n = read(peer, asked, sizeof asked - 1);
	assert_true(n > 0);
	asked[n] = '\0';
	assert_non_null(strstr(asked, "GET /a HTTP/1.1\r\nHost: localhost\r\n"));
	assert_non_null(strstr(asked, "GET /c HTTP/1.1\r\n"));
	assert_null(strstr(asked, "close"));
	assert_int_equal(hear(c, "first"), 0);
	assert_false(unix_conn_is_over(c));
	assert_int_equal(hear(c, "other"), 0);
	assert_int_equal(hear(c, "ok"), 0);
	assert_false(unix_conn_is_over(c));
	unix_conn_free(c);
	(void)close(peer);
}

/* What nobody asked for must not become the answer to the next question. */
static void test_out_of_turn(void **state)
{
	struct err err;
	int peer;

	(void)state;
	struct unix_conn *c = said(OK5 "first" OK5 "lies!", &peer);
	assert_int_equal(unix_ask(c, "/a", &err), 0);
	assert_int_equal(hear(c, "first"), 0);
	assert_true(unix_conn_is_over(c));
	unix_conn_free(c);
	(void)close(peer);
}

static void test_over(void **state)
{
	static const struct {
		const char *bytes;
		int rc;
		bool was_closed;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst", 0,
		 false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst", 0, false},
		{"HTTP/1.1 200 OK\r\n\r\nfirst", 0, false},
		{"", -ERR_PROTO, true},
		{"HTTP/1.1 200 OK\r\n", -ERR_PROTO, false},
		{"H", -ERR_PROTO, false},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfir", -ERR_PROTO, false},
		{"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", -ERR_PROTO, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err;
		int peer;
		struct unix_conn *c = said(rows[i].bytes, &peer);
		assert_int_equal(unix_ask(c, "/a", &err), 0);
		(void)shutdown(peer, SHUT_WR);
		assert_int_equal(hear(c, "first"), rows[i].rc);
		assert_true(unix_conn_is_over(c));
		assert_int_equal(unix_conn_was_closed(c), rows[i].was_closed);
		unix_conn_free(c);
		(void)close(peer);
	}
}

static void test_too_much(void **state)
{
	auto_done(buf_done) struct buf bytes = {0}, body = {0};
	struct err err = {0};
	int peer, status;

	(void)state;
	buf_str(&bytes, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	buf_fill(&bytes, 'x', 1000);
	struct unix_conn *c = said(buf_cstr(&bytes), &peer);
	assert_int_equal(unix_ask(c, "/a", &err), 0);
	assert_int_equal(unix_hear(c, 0, 999, &status, &body, &err), -ERR_LIMIT);
	assert_true(unix_conn_is_over(c));
	unix_conn_free(c);
	(void)close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_out_of_turn),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
