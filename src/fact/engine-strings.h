/*
 * The short strings in which Docker, Podman and compose write settings: binds, ports, devices,
 * security options, users, amounts.
 */
#pragma once

#include "fact/workload.h"

/* SOURCE:TARGET:OPTIONS; source and options may be empty. A drive letter with a backslash belongs
 * to its path. False: more parts (all are empty then), or no target. */
struct engine_bind {
	struct sv source, target, options;
};
bool engine_bind_split(struct sv text, struct engine_bind *out);
/* "None", "HostToContainer" or "Bidirectional" of the kernel's word; empty: it is none. */
struct sv engine_propagation(struct sv word);
/* Of a record of a mount: its options (r of "ro,z,rshared"), MOUNT_READ_ONLY and MOUNT_PROPAGATION
 * as they say. */
void engine_mount_options(struct arena *a, struct node *mount, struct sv options,
			  const struct node *at);

/* [[IP:][HOST[-HOST]]:]PORT[-PORT][/PROTOCOL] */
struct engine_ports {
	struct sv ip, protocol; /* ip as written, without []; protocol empty when it is not */
	uint32_t first, last, host_first, host_last; /* host: 0 when none is written */
	bool publishes; /* a host part stands in front, maybe an empty one */
};
bool engine_ports_split(struct sv text, struct engine_ports *out);
/* "80" or "80-90" */
bool engine_range(struct sv text, uint32_t *first, uint32_t *last);
/* "tcp" as TCP; the text itself where it is no protocol we know. */
struct sv engine_protocol(struct sv text);

/* The record of a device: SOURCE[:TARGET][:PERMISSIONS], or the name of a CDI device. */
void engine_device(struct arena *a, struct node *device, struct sv text, const struct node *at);
/* NAME=SOFT[:HARD] */
bool engine_ulimit(struct arena *a, struct node *ulimit, struct sv text, const struct node *at);
/* "512m", "1.5g", "64kb", "10MiB": powers of 1024. */
bool engine_bytes(struct sv text, uint64_t *out);
/* Sets CONTAINER_USER and what it says of RUN_AS_USER, _USER_NAME, _GROUP. */
void engine_user(struct node *c, const struct node *said);
/* A bool in text, as Go's strconv.ParseBool: 1, t, true, TRUE ... False: none. */
bool engine_bool(struct sv text, bool *out);

/* "seccomp=unconfined" or, as it was written once, "seccomp:unconfined"; value.p NULL: none. */
void engine_option_split(struct sv text, struct sv *key, struct sv *value);
/*
 * What CONTAINER_SECURITY_OPTIONS (set before) and privileged (the node that says so, or NULL) make
 * of seccomp, AppArmor, SELinux, escalation, masked and read-only paths; the rest are the engine's
 * defaults. unlabelled: the node that takes the SELinux label away, or NULL. systempaths: the
 * client takes systempaths=unconfined and empties both lists of paths; an engine alone does not
 * know it.
 */
void engine_security(struct arena *a, struct node *c, const struct node *privileged,
		     const struct node *unlabelled, bool systempaths);
