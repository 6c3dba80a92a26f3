/*
 * A running process as the kernel sees it: the parts of audit/read/process.h into the same workload
 * as everything else. What could not be read stays absent: it is not known, so never a pass.
 */
#pragma once

#include "fact/source.h"

/* Is there a process among the parts? Its status could be read. */
bool process_here(const struct parts *p);
/* A workload of platform process, with one container and its kernel record; NULL without. */
struct node *process_workload(struct parts *p);

extern const struct fact_source source_process;
