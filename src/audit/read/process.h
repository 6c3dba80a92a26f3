/*
 * A process of the host into parts. Roles: status, mountinfo, cgroup, uid_map, gid_map, cmdline,
 * limits; label (attr/current); namespaces (a line "net 4026531840 4026531833" for each: that of
 * the process, that of the host's first process; "-" when it cannot be known); files (a line
 * "fd/3 /path" for each open file, cwd and root); devices (a line "/dev/kmsg c 1 11 600" for each
 * node in its /dev); cgroup_limits (a line "memory.max 1073741824" for each limit that its cgroup
 * has, v1 or v2); engines (a line "docker DEV:INO /run/docker.sock" for each socket of an engine on
 * this host, to be found in mountinfo).
 */
#pragma once

#include "audit/read/host.h"

/* False: there is no such process (any more); what cannot be read is a part that says so. start:
 * its start time in clock ticks, when it is known that the number may have been given anew; 0. */
bool read_process(const struct read_host *h, pid_t pid, uint64_t start, struct buf *out);
