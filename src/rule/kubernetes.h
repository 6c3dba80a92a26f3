/* Versions of Kubernetes, as rules and benchmarks count them: by the minor number. */
#pragma once

#include "base/base.h"

/* The newest minor version that the rules know. */
enum { KUBERNETES_NEWEST = 36 };

/* "1.29" or "v1.29" to 29; "latest" and nothing to 0, which stands for the newest. Nothing that
 * counts from 1.1 on is known, so 1.0 is 1. ERR_USAGE otherwise. */
int kubernetes_minor(struct sv version, unsigned *minor, struct err *err) must_check;
