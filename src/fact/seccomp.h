/* Seccomp filters as engines and runtimes write them (config-linux.md, seccomp). */
#pragma once

#include "fmt/node.h"

/* No system call is refused: all are allowed or only logged. NULL: no filter. */
bool seccomp_is_open(const struct node *filter);
/* The same of a text; one that cannot be read is refused by the engine, so it is not open. */
bool seccomp_text_is_open(struct arena *a, struct sv json);
