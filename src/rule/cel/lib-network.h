/* IP addresses: strict as Go's net/netip, without zones. */
#pragma once

#include "rule/cel/lib.h"

struct ip_address {
	bool v6;
	uint8_t b[16]; /* IPv4: the first four */
};

struct ip_prefix {
	struct ip_address ip;
	uint8_t bits;
};

/* NULL, or what is wrong with the text. */
const char *ip_parse(struct sv text, struct ip_address *out);
const char *ip_parse_prefix(struct sv text, struct ip_prefix *out);
/* RFC 5952. */
void ip_text(const struct ip_address *ip, struct buf *out);
