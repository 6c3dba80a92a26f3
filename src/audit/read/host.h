/*
 * Reading this host, or one below --root DIR, into parts (fact/parts.h): bytes as they stand, for
 * workers to parse. Lives in the parent, often as root: paths are followed inside of the root only
 * (openat2, RESOLVE_IN_ROOT), only regular files are opened for reading, every read is bounded.
 */
#pragma once

#include <sys/types.h>

#include "fact/parts.h"

struct read_host {
	int root;     /* folder; every absolute path below is seen from it */
	int proc;     /* its /proc, -1 when there is none */
	bool is_this; /* no --root was given */
	/* A socket that was asked, wherever it lies, and whose it is; set before anything is read.
	 */
	struct sv socket;
	const char *engine;
	struct read_cache *cache; /* what is read once; not shared between threads */
};

/* root NULL or "": this host. */
int read_host_open(struct read_host *h, const char *root, struct err *err) must_check;
void read_host_close(struct read_host *h);
/* An engine's socket at no usual place, as this process sees it: containers that have it are told.
 */
void read_host_socket(const struct read_host *h, const char *engine, const char *path);
/* Appends the file as a part named by its path: here, absent, or unreadable with the reason. More
 * than max bytes is unreadable. */
void read_file(const struct read_host *h, struct sv role, struct sv path, size_t max,
	       struct buf *out);
/* Names in a folder, sorted; absent or unreadable: none, and *state says which. In the arena. */
struct sv_vec read_folder(const struct read_host *h, struct arena *a, struct sv path,
			  enum part_state *state);
/*
 * Appends what is at the path as a part with JSON in it:
 *   {"path": "/run/docker.sock", "type": "socket", "mode": 432, "uid": 0, "gid": 998,
 *    "owner": "root", "group": "docker", "dev": 25, "ino": 1234, "acl": false,
 *    "resolved": "/run/docker.sock", "above": [{"path": "/run", "mode": 493, "uid": 0, "gid": 0,
 *    "owner": "root", "group": "root", "type": "folder", "acl": false}, ...], "links":
 * ["/var/run"]} type: file, folder, socket, device or other. above: every folder and link on the
 * whole way, from
 * "/" on, as the kernel walks it; a link (type "link", also in links) has mode 0: what counts is
 * who owns it and its folder. Names of users and groups come from the root's /etc/passwd and
 * /etc/group. State absent or unreadable as for files.
 */
void read_stat(const struct read_host *h, struct sv role, struct sv path, struct buf *out);
