/* When a request is worth another try, and after what time. */
#pragma once

#include <curl/curl.h>

#include "base/base.h"

struct retry {
	unsigned failed; /* tries in a row that brought nothing */
	bool reached;    /* the server has answered before */
};

enum { RETRY_MAX = 4, RETRY_AFTER_MAX_MS = 30000 };

/* code: of the transfer; status: of the answer, 0 without one; after: the seconds that Retry-After
 * asks for, 0 = none. False: it stays as it is. *ms: the pause before the next try. */
bool retry_wanted(const struct retry *r, CURLcode code, long status, int64_t after, unsigned *ms);
