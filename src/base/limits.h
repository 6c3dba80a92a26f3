/* The limits of base/limits.def as constants, and as a table for help and docs. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LIMIT(name, value, unit, help) \
	static const uint64_t limit_##name __attribute__((unused)) = (value);
#include "base/limits.def"
#undef LIMIT

struct limit_row {
	const char *name;
	uint64_t value;
	const char *unit;
	const char *help;
};

extern const struct limit_row limit_rows[];
extern const size_t limit_rows_n;
