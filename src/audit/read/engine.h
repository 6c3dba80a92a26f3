/*
 * What there is to say about container engines and their host, into parts for the source "engine":
 * configuration files, units with their drop-ins, command lines of the daemons, users and groups,
 * what auditd watches, and stat of all files that matter. Bytes as they stand: nothing is parsed
 * here, lines are only looked through for paths.
 *
 * Roles (names are paths unless said otherwise):
 *   info, version        GET /info, GET /version of Docker; added by the caller (parts_write)
 *   podman_info          GET /libpod/info; added by the caller
 *   remote               no host parts at all: the engine runs elsewhere; added by
 * read_engine_remote() config               daemon.json unit                 docker.service,
 * docker.socket, containerd.service with their drop-ins, of the system or the user; an empty one is
 * masked env                  EnvironmentFile of a unit dockerd, containerd, podman
 * /proc/PID/cmdline of the daemon containerd_config    config.toml and what it imports hosts_toml
 * /etc/containerd/certs.d/.../hosts.toml containers_conf, storage_conf, registries_conf, policy of
 * Podman, the later one wins passwd, group, os-release, audit, sysctl, mountinfo, lsm, hostname
 *   stat                 JSON of read_stat()
 *   component            name: runc, Engine ...: its version; added by the caller, where it is
 * known advisories           {"runc": {"package": ..., "version": ..., "fixed": [...], "open":
 * [...]}}
 */
#pragma once

#include "audit/read/host.h"

struct read_engine_options {
	/* All empty: every engine that this host has. */
	bool docker, podman, containerd;
	struct sv socket; /* path of the socket that was asked; empty: not known. Of several
			     daemons the one that listens there */
	int64_t listener; /* number of the process that listens there; 0: not known */
	struct sv home;   /* of the user whose rootless engine is looked at; empty: none */
};

void read_engines(const struct read_host *h, const struct read_engine_options *o, struct buf *out);
/* Instead of that, for an engine on another host: only what it answers is known. where: its
 * address. */
void read_engine_remote(struct sv where, struct buf *out);
