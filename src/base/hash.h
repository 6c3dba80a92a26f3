/* SipHash-1-3: for tables (random key per process) and for path sets (fixed key, in files). */
#pragma once

#include <stdint.h>

#include "base/sv.h"

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_sip(struct hash_key key, struct sv v);
/* The process's random key: for tables in memory that hold names from outside. */
uint64_t hash_seeded(struct sv v);
