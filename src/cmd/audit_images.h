/* Images as targets of audit: what scan/ reads of them, as audit/ takes it. */
#pragma once

#include "audit/audit.h"
#include "scan/scan.h"

struct audit_images {
	struct arena *arena;
	struct scan_options o;
};

/* An audit_images_fn; arg is a struct audit_images. */
int audit_images_find(void *arg, struct sv target, struct sv engine,
		      void (*found)(void *found_arg, const struct audit_image *image),
		      void *found_arg, struct err *err) must_check;
