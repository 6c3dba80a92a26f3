/* What a server wants to see before it answers: WWW-Authenticate (RFC 9110, 11.6.1; RFC 6750, 3).
 */
#pragma once

#include "base/base.h"

struct challenge {
	bool basic, bearer;
	struct sv realm, service, scope; /* of the first Bearer challenge */
};

/* The header's value; several headers are joined with commas. Texts are in the arena. Schemes that
 * gabion does not speak are passed over. ERR_PROTO for what follows no grammar. */
int challenge_parse(struct arena *a, struct sv header, struct challenge *out,
		    struct err *err) must_check;
