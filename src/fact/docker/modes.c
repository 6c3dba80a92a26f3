/* Namespaces, networks and cgroups. */
#include "fact/docker/docker-int.h"

/* The mode as written; empty: what the engine takes. */
static struct sv mode_of(const struct docker *d, const char *key, const struct node **at)
{
	*at = docker_text(d->host, key);
	return node_str(*at);
}

static void say_bool(struct node *w, unsigned field, bool value, const struct node *at)
{
	if (at)
		fact_say(w, field, NODE_BOOL, value ? SV("true") : SV("false"), at);
	else
		fact_default(w, field, NODE_BOOL, value ? SV("true") : SV("false"));
}

static void say(struct node *w, unsigned field, struct sv value, const struct node *at)
{
	if (at)
		fact_say(w, field, NODE_STRING, value, at);
	else
		fact_default(w, field, NODE_STRING, value);
}

/* host, a word of its own, or private where nothing is written */
static void namespace(struct docker *d, const char *key, unsigned mode_field, unsigned host_field)
{
	const struct node *at;
	struct sv mode = mode_of(d, key, &at);

	say(d->w, mode_field, at ? mode : SV("private"), at);
	say_bool(d->w, host_field, sv_is(mode, "host"), at);
}

static void network(struct docker *d)
{
	const struct node *at;
	struct sv mode = mode_of(d, "NetworkMode", &at);

	if (sv_is(mode, "default"))
		mode = SV("bridge");
	say(d->w, WORKLOAD_NETWORK_MODE, at ? mode : SV("bridge"), at);
	say_bool(d->w, WORKLOAD_HOST_NETWORK, sv_is(mode, "host"), at);
}

static void name_of_network(struct node *out, struct sv name, const struct node *at)
{
	struct node *n = &out->items[out->n++];

	*n = (struct node){.kind = NODE_STRING, .doc = at->doc, .flags = at->flags & NODE_DEFAULT};
	n->start = at->start;
	n->end = at->end;
	n->text = name;
}

/* The mode's own network and those of the endpoints, whose names are all different. An inspect
 * document lists the mode's too. */
static void networks(struct docker *d)
{
	const struct node *mode = &d->w->items[WORKLOAD_NETWORK_MODE];
	const struct node *ends = d->endpoints;
	struct node *out = fact_list(d->a, d->w, WORKLOAD_NETWORKS, ends ? (size_t)ends->n + 1 : 1,
				     ends ? ends : mode);
	bool listed = d->inspect && ends && ends->n > 0;
	struct sv own = {0};

	out->n = 0;
	if (!listed && !sv_starts(mode->text, SV("container:"))) {
		own = mode->text;
		name_of_network(out, own, mode);
	}
	NODE_EACH (it, ends) {
		struct sv name = sv_is(it->key, "default") ? SV("bridge") : it->key;
		if (!sv_eq(name, own))
			name_of_network(out, name, it);
	}
}

/* The engine's own remapping holds for all containers that do not ask for the host's; a rootless
 * engine has one user namespace, its user's. */
static void users(struct docker *d)
{
	const struct node *at, *remap = docker_option(d, "userns");
	const struct node *rootless = docker_option(d, "rootless");
	const struct node *maps = docker_get(docker_get(d->host, "IDMappings"), "UidMap");
	struct sv mode = mode_of(d, "UsernsMode", &at);
	bool host = sv_is(mode, "host") || (!at && !remap);

	if (d->podman && !at && maps && maps->n)
		at = maps, mode = SV("private"), host = false;
	if (rootless)
		at = rootless, host = false;
	else if (!at)
		at = remap;
	if (mode.n || !host)
		say(d->w, WORKLOAD_USERNS_MODE, mode.n ? mode : SV("private"), at);
	say_bool(d->w, WORKLOAD_HOST_USERS, host, at);
}

/* Podman's inspect says no more of it than where conmon's files are. */
static void rootless(struct docker *d)
{
	const struct node *at = docker_option(d, "rootless");
	const struct node *file = docker_text(d->inspect, "ConmonPidFile");

	if (at)
		fact_say(d->w, WORKLOAD_ROOTLESS, NODE_BOOL, SV("true"), at);
	else if (d->info && !d->podman)
		fact_say(d->w, WORKLOAD_ROOTLESS, NODE_BOOL, SV("false"), d->info);
	else if (d->podman && file)
		say_bool(d->w, WORKLOAD_ROOTLESS,
			 !sv_starts(file->text, SV("/run/containers/")) &&
				 !sv_starts(file->text, SV("/var/run/containers/")),
			 file);
}

/* Not written: the engine's default, private with cgroup v2 and host with v1. */
static void cgroup(struct docker *d)
{
	const struct node *at, *version = docker_text(d->info, "CgroupVersion");
	struct sv mode = mode_of(d, d->podman ? "CgroupMode" : "CgroupnsMode", &at);

	if (!at && version)
		mode = sv_is(version->text, "2") ? SV("private") : SV("host");
	if (mode.n) {
		say(d->w, WORKLOAD_CGROUP_MODE, mode, at ? at : version);
		say_bool(d->w, WORKLOAD_HOST_CGROUP, sv_is(mode, "host"), at ? at : version);
	}
	fact_set(d->w, WORKLOAD_CGROUP_PARENT, docker_text(d->host, "CgroupParent"));
}

static void runtime(struct docker *d)
{
	const struct node *at = docker_text(d->inspect, "OCIRuntime");

	at = at ? at : docker_text(d->host, "Runtime");
	at = at ? at : docker_text(d->info, "DefaultRuntime");
	fact_set(d->w, WORKLOAD_RUNTIME, at);
}

static void sysctls(struct docker *d)
{
	const struct node *map = docker_get(d->host, "Sysctls");

	if (!map)
		return;
	struct node *out = fact_list(d->a, d->w, WORKLOAD_SYSCTLS, map->n, map);
	for (uint32_t i = 0; i < map->n; i++) {
		const struct node *it = &map->items[i];
		fact_fill(d->a, &out->items[i], &schema_sysctl, it);
		fact_say(&out->items[i], SYSCTL_NAME, NODE_STRING, it->key, it);
		fact_set(&out->items[i], SYSCTL_VALUE, it);
	}
}

static void restart(struct docker *d)
{
	const struct node *policy = docker_get(d->host, "RestartPolicy");
	const struct node *name = docker_text(policy, "Name");
	int64_t most = docker_int(policy, "MaximumRetryCount");

	if (!name)
		fact_default(d->w, WORKLOAD_RESTART_POLICY, NODE_STRING, SV("no"));
	else if (sv_is(name->text, "on-failure") && most > 0)
		fact_say(d->w, WORKLOAD_RESTART_POLICY, NODE_STRING,
			 arena_fmt(d->a, "on-failure:%lld", (long long)most), name);
	else
		fact_set(d->w, WORKLOAD_RESTART_POLICY, name);
}

/* Podman 4 tells "shareable" of the host's as well. */
static void ipc(struct docker *d)
{
	const struct node *at = NULL;

	namespace(d, "IpcMode", WORKLOAD_IPC_MODE, WORKLOAD_HOST_IPC);
	if (!sv_is(docker_made_with(d, "--ipc", &at), "host"))
		return;
	say(d->w, WORKLOAD_IPC_MODE, SV("host"), at);
	say_bool(d->w, WORKLOAD_HOST_IPC, true, at);
}

void docker_modes(struct docker *d)
{
	network(d);
	networks(d);
	namespace(d, "PidMode", WORKLOAD_PID_MODE, WORKLOAD_HOST_PID);
	ipc(d);
	namespace(d, "UTSMode", WORKLOAD_UTS_MODE, WORKLOAD_HOST_UTS);
	users(d);
	rootless(d);
	cgroup(d);
	runtime(d);
	sysctls(d);
	restart(d);
}
