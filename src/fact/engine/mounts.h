/* The host's mounts, as its mountinfo part has them. */
#pragma once

#include "fact/parts.h"

/* Something is mounted at the path, or at where its links lead to. */
bool mounts_has(const struct parts *b, struct sv path);
/* 1, 2, or 0: not known. */
unsigned mounts_cgroup(const struct parts *b);
