/* Shared by the files of service_workload(). */
#pragma once

#include "fact/capability.h"
#include "fact/engine-strings.h"
#include "fact/service/service.h"

enum service_key {
	KEY_ANNOTATIONS,
	KEY_CAP_ADD,
	KEY_CAP_DROP,
	KEY_CGROUP,
	KEY_CGROUP_PARENT,
	KEY_COMMAND,
	KEY_CONFIGS,
	KEY_CPU_SHARES,
	KEY_CPUS,
	KEY_CPUSET,
	KEY_DEPLOY,
	KEY_DEVICE_RULES,
	KEY_DEVICES,
	KEY_ENTRYPOINT,
	KEY_ENV_FILE,
	KEY_ENVIRONMENT,
	KEY_EXPOSE,
	KEY_EXTRA_HOSTS,
	KEY_GPUS,
	KEY_GROUP_ADD,
	KEY_HEALTHCHECK,
	KEY_IMAGE,
	KEY_IPC,
	KEY_LABELS,
	KEY_LOGGING,
	KEY_MEM_LIMIT,
	KEY_MEM_RESERVATION,
	KEY_MEMSWAP_LIMIT,
	KEY_NETWORK_MODE,
	KEY_NETWORKS,
	KEY_OOM_KILL_DISABLE,
	KEY_OOM_SCORE_ADJ,
	KEY_PID,
	KEY_PIDS_LIMIT,
	KEY_PLATFORM,
	KEY_PORTS,
	KEY_PRIVILEGED,
	KEY_PULL_POLICY,
	KEY_READ_ONLY,
	KEY_RESTART,
	KEY_RUNTIME,
	KEY_SCALE,
	KEY_SECRETS,
	KEY_SECURITY_OPT,
	KEY_SYSCTLS,
	KEY_TMPFS,
	KEY_ULIMITS,
	KEY_USE_API_SOCKET,
	KEY_USER,
	KEY_USERNS_MODE,
	KEY_UTS,
	KEY_VOLUMES,
	KEY_VOLUME_DRIVER,
	KEY_VOLUMES_FROM,
	KEY_WORKING_DIR,
	SERVICE_KEYS
};

struct records {
	struct node *p;
	size_t n, cap;
};

struct build {
	struct service *s;
	struct arena *a;
	struct node *w, *c;
	const struct node *in[SERVICE_KEYS];
	struct records mounts, volumes;
	struct map targets, names; /* of mounts: index + 1; of volumes */
};

/* Typed reading (read.c): NULL where nothing is written or it is of another type, which is
 * told. Text is a bool or a number where one is asked for: variables give text. */
const struct node *service_text(struct build *b, const struct node *n);
const struct node *service_bool(struct build *b, const struct node *n);
const struct node *service_int(struct build *b, const struct node *n);
const struct node *service_map(struct build *b, const struct node *n);
/* An amount of bytes as a string of digits. */
const struct node *service_bytes(struct build *b, const struct node *n);
/* A string or a list of strings. */
void service_strings(struct build *b, struct node *record, unsigned field, const struct node *n);
/* A command: words of a string as a shell cuts it, or a list. */
void service_words(struct build *b, unsigned field, const struct node *n);
/* KEY: VALUE or a list of KEY=VALUE; value NULL where none is written. */
typedef void service_pair_fn(struct build *b, struct sv key, const struct node *value,
			     const struct node *at);
void service_pairs(struct build *b, const struct node *n, service_pair_fn *each);
/* The same into a field of a map of strings. */
void service_string_map(struct build *b, struct node *record, unsigned field, const struct node *n);
/* What the file declares under the name, or NULL. */
const struct node *service_declared(const struct map *declared, struct sv name);
/* A record more; NULL: the budget is used up, which is told. */
struct node *service_record(struct build *b, struct records *r, const struct fact_schema *schema,
			    const struct node *at);
/* The records as a field. */
void service_list(struct build *b, struct node *record, unsigned field, struct records *r,
		  const struct node *at);

void service_mounts(struct build *b);     /* mount.c */
void service_namespaces(struct build *b); /* names.c */
void service_resources(struct build *b);  /* limits.c */
void service_devices(struct build *b);
void service_ports(struct build *b); /* ports.c */
void service_env(struct build *b);   /* env.c */
