/* Advisory records for people and scripts: what `db search` and `explain` without a target print.
 */
#pragma once

#include "cmd/command.h"

/* The last -o: table or json; anything else is ERR_USAGE. */
int wants_json(const struct invocation *in, bool *json, struct err *err) must_check;
/* A line "    name      value", escaped; nothing for an empty value. */
void field_print(const char *name, struct sv v);
/* Every record of a name, id or purl in the database at dir, to standard output. */
int records_print(const char *dir, struct sv query, bool json, struct err *err) must_check;
