#include "base/limits.h"

const struct limit_row limit_rows[] = {
#define LIMIT(name, value, unit, help) {#name, (value), (unit), (help)},
#include "base/limits.def"
#undef LIMIT
};

const size_t limit_rows_n = sizeof limit_rows / sizeof *limit_rows;
