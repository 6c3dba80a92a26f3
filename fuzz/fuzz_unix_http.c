/* The answer of an engine: any bytes on its socket. */
#include <sys/socket.h>

#include "net/unix-http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes as the answers to several requests. */
static void hear_all(int fd)
{
	struct unix_conn *c = unix_conn_new(fd, "localhost");
	struct buf body = {0};
	struct err err = {0};
	int status;

	for (unsigned i = 0; i < 3 && !unix_conn_is_over(c); i++)
		if (unix_hear(c, 0, 65536, &status, &body, &err) < 0)
			break;
	buf_done(&body);
	unix_conn_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unix_reply r;
	struct err err = {0};
	struct sv chunk;
	int pair[2];

	/* what fits into the socket without a reader */
	if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return 0;
	if (size > 0 && send(pair[0], data, size, MSG_DONTWAIT) < 0)
		size = 0;
	(void)close(pair[0]);
	if (size % 2) {
		hear_all(pair[1]);
		return 0;
	}
	if (unix_answer(pair[1], 0, &r, &err) < 0)
		return 0;
	while (stream_next(r.body, &chunk, &err) > 0)
		;
	stream_free(r.body);
	return 0;
}
