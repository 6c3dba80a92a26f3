#include "cmd/audit_advisories.h"

#include "advisory/db.h"
#include "scan/components.h"

int audit_advisories_ask(void *arg, struct sv parts, int64_t deadline, struct buf *json,
			 struct err *err)
{
	struct audit_advisories *a = arg;
	struct components_options o = {.deadline = deadline};
	const char *named = a->db.n ? arena_str(a->arena, a->db) : NULL;
	int rc = db_find(a->arena, named, &o.db_dir, err);

	return rc < 0 ? rc : components_ask(&o, parts, json, err);
}
