#include "net/retry.h"

/* A connection that broke, or that a server which was there before refuses (it starts anew). */
static const struct {
	CURLcode code;
	bool reached; /* only then */
} lost[] = {
	{CURLE_GOT_NOTHING, false},
	{CURLE_RECV_ERROR, false},
	{CURLE_SEND_ERROR, false},
	{CURLE_PARTIAL_FILE, false},
	{CURLE_HTTP2, false},
	{CURLE_HTTP2_STREAM, false},
	{CURLE_COULDNT_CONNECT, true},
	{CURLE_COULDNT_RESOLVE_HOST, true},
	{CURLE_OPERATION_TIMEDOUT, true},
	{CURLE_SSL_CONNECT_ERROR, true},
};

static const long statuses[] = {408, 425, 429, 500, 502, 503, 504};

static bool passing(const struct retry *r, CURLcode code, long status)
{
	for (size_t i = 0; code != CURLE_OK && i < ARRAY_LEN(lost); i++)
		if (lost[i].code == code)
			return r->reached || !lost[i].reached;
	for (size_t i = 0; code == CURLE_OK && i < ARRAY_LEN(statuses); i++)
		if (statuses[i] == status)
			return true;
	return false;
}

bool retry_wanted(const struct retry *r, CURLcode code, long status, int64_t after, unsigned *ms)
{
	if (r->failed >= RETRY_MAX || !passing(r, code, status))
		return false;
	if (after > RETRY_AFTER_MAX_MS / 1000)
		return false; /* hours of quota: a person must decide */
	*ms = 200U << (r->failed < 8 ? r->failed : 8);
	if (after > 0 && *ms < (unsigned)after * 1000)
		*ms = (unsigned)after * 1000;
	return true;
}
