/* What a container could do to its host, in one line. */
#pragma once

#include "fact/workload.h"

enum { ISOLATION_MAX = 200 };

/* "is root on the host: privileged; can read the host's files: /etc (read-only)", the most severe
 * first; "held by: user 1000, no capabilities, seccomp" where nothing was found. Of the first
 * container of the workload; empty without one. */
struct sv isolation_line(struct arena *a, const struct node *workload);
/* The same of another of its containers. */
struct sv isolation_of(struct arena *a, const struct node *workload, const struct node *container);
