/* What advisories say of engines' packages: scan/'s answer, as audit/ takes it. */
#pragma once

#include "base/base.h"

struct audit_advisories {
	struct arena *arena;
	struct sv db; /* --db; empty: where it usually lies */
};

/* An audit_advisories_fn; arg is a struct audit_advisories. */
int audit_advisories_ask(void *arg, struct sv parts, int64_t deadline, struct buf *json,
			 struct err *err) must_check;
