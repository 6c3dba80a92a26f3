/* What follows from what a container has, where no source says it in so many words (OCI, kernel).
 */
#pragma once

#include "fact/workload.h"

/* Sets CONTAINER_CAP_ADD and CONTAINER_CAP_DROP from CONTAINER_CAPABILITIES, as somebody would have
 * written them against the engines' default set. */
void effective_changes(struct arena *a, struct node *container);
/* Sets CONTAINER_PRIVILEGED: all capabilities, no filter of system calls, nothing of /proc hidden,
 * as engines do it for privileged containers. Not where one of these is not known. */
void effective_privileged(struct node *container);
