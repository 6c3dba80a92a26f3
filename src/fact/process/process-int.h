/* What the readers of the kernel's texts share. */
#pragma once

#include "fact/process/process.h"

/* A part that is here, and where in it a view of its bytes stands. */
struct proc_text {
	struct sv bytes;
	uint16_t doc;
};

bool proc_text_open(struct parts *p, const char *role, struct proc_text *out);
/* A node with the span of the piece; it has no value of its own. */
struct node proc_at(const struct proc_text *t, struct sv piece);
/* The bytes with \ooo decoded, a view where there is none (proc_pid_mountinfo(5)). */
struct sv proc_unescape(struct arena *a, struct sv text);
/* Numbers with white space between; how many, at most max. */
size_t proc_numbers(struct sv text, uint64_t *out, size_t max);
/* The next word; empty at the end of the line. */
struct sv proc_word(struct sv *rest);

/* proc_pid_status(5) */
enum proc_status_key {
	STATUS_NAME,
	STATUS_STATE,
	STATUS_PID,
	STATUS_UID,
	STATUS_GID,
	STATUS_GROUPS,
	STATUS_NSPID,
	STATUS_CAP_PERMITTED,
	STATUS_CAP_EFFECTIVE,
	STATUS_CAP_BOUNDING,
	STATUS_CAP_AMBIENT,
	STATUS_NO_NEW_PRIVS,
	STATUS_SECCOMP,
	STATUS_SECCOMP_FILTERS,
	STATUS_KEYS
};

/* The texts behind the keys; p is NULL where a line is missing. */
struct proc_status {
	struct sv value[STATUS_KEYS];
};
void proc_status_read(struct sv bytes, struct proc_status *out);
/* Sixteen hexadecimal digits. */
bool proc_hex(struct sv text, uint64_t *out);

/* proc_pid_mountinfo(5) */
struct proc_mount {
	struct sv line;
	uint64_t id, parent;
	struct sv device, root, target, options, type, source, super;
	struct sv shared; /* number of its peer group; empty: none */
	bool master;      /* gets what is mounted elsewhere */
};
/* Texts are decoded in the arena. */
bool proc_mount_read(struct arena *a, struct sv line, struct proc_mount *out);
/* rw,nosuid,...: is the word among them? */
bool proc_option(struct sv options, const char *word);

struct proc_mounts {
	struct proc_mount *p;
	size_t n, cap;
};

/* What is made while a process is read. */
struct process {
	struct parts *p;
	struct arena *a;
	struct node *w, *c, *k; /* workload, container, kernel record */
	struct proc_mounts mounts;
	bool has_mounts;
	struct proc_text mounts_text;
};

/* Each fills what its parts say. */
void process_status(struct process *r);
void process_namespaces(struct process *r);
void process_ids(struct process *r);
void process_label(struct process *r);
void process_limits(struct process *r);
void process_cgroup(struct process *r);
void process_resources(struct process *r);
void process_mounts(struct process *r);
void process_devices(struct process *r);
void process_files(struct process *r);
void process_missing(struct process *r);
/* Fields of a record. */
void process_say(struct node *record, unsigned field, enum node_kind kind, struct sv text,
		 const struct proc_text *t, struct sv piece);
void process_bool(struct node *record, unsigned field, bool value, const struct proc_text *t,
		  struct sv piece);
