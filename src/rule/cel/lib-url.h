/* URLs as Go's net/url reads them, for url(), isURL() and the format "uri". */
#pragma once

#include "base/base.h"

struct uri {
	struct sv text;     /* all of it, as it was given */
	struct sv scheme;   /* in small letters */
	struct sv host;     /* with the port; IPv6 addresses in brackets */
	struct sv hostname; /* without both */
	struct sv port;
	struct sv path;  /* escaped */
	struct sv query; /* raw, without '?' */
};

/* An absolute URI or an absolute path (url.ParseRequestURI, then url.Parse); NULL, or what is
 * wrong. Texts that are not parts of the argument live in the arena. */
const char *uri_parse(struct arena *a, struct sv text, struct uri *out);
/* Percent escapes decoded, in the arena; false when one is malformed. plus: '+' is a space. */
bool uri_unescape(struct arena *a, struct sv text, bool plus, struct sv *out);
