#include "package/catalog.h"

#include "base/limits.h"

#define CATALOGER(id, flags, globs, max_bytes, fn) {id, flags, globs, max_bytes, fn},
#define UNREAD(id, flags, globs)                   {id, flags, globs, 0, NULL},

const struct cataloger catalogers[] = {
#include "package/catalogers.def"
};

const size_t catalogers_n = ARRAY_LEN(catalogers);
