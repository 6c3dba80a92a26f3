/*
 * A process of the host into parts. Roles: status, mountinfo, cgroup, uid_map, gid_map, cmdline,
 * limits; label (attr/current); namespaces (a line "net 4026531840 4026531833" for each: that of
 * the process, that of the host's first process; "-" when it cannot be known); files (a line
 * "fd/3 f 1234 /path" for each open file or folder, cwd and root: its type f, d or b, the number of
 * the mount it lies on, as in mountinfo, 0 when it is not known); devices (a line
 * "/dev/kmsg c 1 11 600" for each node in its /dev); cgroup_limits (a line "memory.max 1073741824"
 * for each limit that its cgroup and those above have, v1 or v2, the nearest first); missing (a
 * line for each path of mount_guarded that this kernel does not have); engines (a line "docker
 * DEV:INO 0:25 /docker.sock /run/docker.sock" for each socket of an engine on this host: its file
 * system and its path there, to be found in mountinfo, and its path); host_mounts (a line "8:1 / /"
 * for each file system of the host that can be a source of mounts: device, root, and where it is).
 * Paths in lines have octal escapes as mountinfo's.
 */
#pragma once

#include "audit/read/host.h"

/* False: there is no such process (any more); what cannot be read is a part that says so. start:
 * its start time in clock ticks, when it is known that the number may have been given anew; 0. */
bool read_process(const struct read_host *h, pid_t pid, uint64_t start, struct buf *out);
/* The part "engines" alone. */
void read_sockets(const struct read_host *h, struct buf *out);
