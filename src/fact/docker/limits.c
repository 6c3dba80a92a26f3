/* Resources, devices, ulimits, what the kernel kills first, where logs go. */
#include "fact/docker/docker-int.h"

/* Bytes; 0 is no limit. */
static void bytes(struct docker *d, struct node *out, unsigned field, const char *key)
{
	int64_t value = docker_int(d->host, key);

	if (value > 0)
		fact_say(out, field, NODE_STRING, docker_get(d->host, key)->text,
			 docker_get(d->host, key));
}

/* Twice the memory where nothing is said; -1: without end. */
static void swap(struct docker *d, struct node *out)
{
	int64_t memory = docker_int(d->host, "Memory"), value = docker_int(d->host, "MemorySwap");

	if (value != 0)
		fact_say(out, RESOURCES_MEMORY_SWAP, NODE_STRING,
			 docker_get(d->host, "MemorySwap")->text,
			 docker_get(d->host, "MemorySwap"));
	else if (memory > 0 && memory <= INT64_MAX / 2)
		fact_default(out, RESOURCES_MEMORY_SWAP, NODE_STRING,
			     arena_fmt(d->a, "%lld", (long long)memory * 2));
}

/* In thousandths of a processor: NanoCpus, or the quota in each period (100 ms). */
static void processors(struct docker *d, struct node *out)
{
	int64_t nano = docker_int(d->host, "NanoCpus"), quota = docker_int(d->host, "CpuQuota");
	int64_t period = docker_int(d->host, "CpuPeriod");
	const struct node *at = docker_get(d->host, nano > 0 ? "NanoCpus" : "CpuQuota");
	int64_t milli = 0;

	if (period <= 0)
		period = 100000;
	if (nano > 0)
		milli = nano / 1000000;
	else if (quota > 0)
		milli = quota <= INT64_MAX / 1000 ? quota * 1000 / period : quota / period * 1000;
	if (nano <= 0 && quota <= 0)
		return;
	fact_say(out, RESOURCES_CPU_LIMIT, NODE_STRING,
		 milli % 1000 ? arena_fmt(d->a, "%lldm", (long long)milli)
			      : arena_fmt(d->a, "%lld", (long long)(milli / 1000)),
		 at);
}

static void number(struct docker *d, struct node *out, unsigned field, const char *key)
{
	if (docker_int(d->host, key) > 0)
		fact_set(out, field, docker_get(d->host, key));
}

static void resources(struct docker *d)
{
	struct node *out = fact_sub(d->a, d->c, CONTAINER_RESOURCES, &schema_resources, NULL);
	const struct node *size = node_get(docker_get(d->host, "StorageOpt"), "size");

	bytes(d, out, RESOURCES_MEMORY_LIMIT, "Memory");
	bytes(d, out, RESOURCES_MEMORY_REQUEST, "MemoryReservation");
	swap(d, out);
	processors(d, out);
	number(d, out, RESOURCES_PIDS_LIMIT, "PidsLimit");
	number(d, out, RESOURCES_CPU_SHARES, "CpuShares");
	fact_set(out, RESOURCES_CPU_SET, docker_text(d->host, "CpusetCpus"));
	fact_set(out, RESOURCES_STORAGE_LIMIT, size);
}

/* Podman's inspect leaves them out: they stand in the command that made it. */
static void made_rules(struct docker *d)
{
	const struct node *at = NULL;
	size_t n = 0;

	do {
		n += docker_made_with(d, "--device-cgroup-rule", &at).n > 0;
	} while (at);
	if (!n || fact_has(d->c, CONTAINER_DEVICE_RULES))
		return;
	struct node *list = fact_list(d->a, d->c, CONTAINER_DEVICE_RULES, n, NULL);
	list->n = 0;
	do {
		struct sv rule = docker_made_with(d, "--device-cgroup-rule", &at);
		if (!rule.n || list->n == n)
			continue;
		struct node *to = &list->items[list->n++];
		*to = *at;
		to->kind = NODE_STRING;
		to->text = rule;
	} while (at);
}

static void devices(struct docker *d)
{
	const struct node *list = docker_get(d->host, "Devices");
	const struct node *requests = docker_get(d->host, "DeviceRequests");

	fact_set(d->c, CONTAINER_DEVICE_RULES, docker_get(d->host, "DeviceCgroupRules"));
	made_rules(d);
	if (requests && requests->n)
		fact_set(d->c, CONTAINER_DEVICE_REQUESTS, docker_said(d->a, requests));
	if (!list)
		return;
	struct node *out = fact_list(d->a, d->c, CONTAINER_DEVICES, list->n, list);
	for (uint32_t i = 0; i < list->n; i++) {
		const struct node *it = &list->items[i];
		fact_fill(d->a, &out->items[i], &schema_device, it);
		for (unsigned f = 0; f < schema_device.n; f++)
			fact_default(&out->items[i], f, NODE_STRING, (struct sv){0});
		fact_set(&out->items[i], DEVICE_SOURCE, docker_get(it, "PathOnHost"));
		fact_set(&out->items[i], DEVICE_TARGET, docker_get(it, "PathInContainer"));
		fact_set(&out->items[i], DEVICE_PERMISSIONS, docker_get(it, "CgroupPermissions"));
	}
}

/* Podman writes RLIMIT_NOFILE. */
static void ulimit_name(struct docker *d, struct node *out, const struct node *name)
{
	fact_default(out, ULIMIT_NAME, NODE_STRING, (struct sv){0});
	fact_set(out, ULIMIT_NAME, name);
	if (!d->podman || !name || !sv_starts(name->text, SV("RLIMIT_")))
		return;
	struct sv rest = sv_from(name->text, 7);
	char *p = arena_alloc(d->a, rest.n);
	for (size_t i = 0; i < rest.n; i++)
		p[i] = rest.p[i] >= 'A' && rest.p[i] <= 'Z' ? (char)(rest.p[i] + 32) : rest.p[i];
	fact_say(out, ULIMIT_NAME, NODE_STRING, sv_make(p, rest.n), name);
}

static void ulimits(struct docker *d)
{
	const struct node *list = docker_get(d->host, "Ulimits");

	if (!list)
		return;
	struct node *out = fact_list(d->a, d->c, CONTAINER_ULIMITS, list->n, list);
	out->n = 0;
	NODE_EACH (it, list) {
		if (it->kind != NODE_OBJECT)
			continue;
		struct node *one = &out->items[out->n++];
		fact_fill(d->a, one, &schema_ulimit, it);
		ulimit_name(d, one, docker_get(it, "Name"));
		fact_default(one, ULIMIT_SOFT, NODE_NUMBER, SV("0"));
		fact_default(one, ULIMIT_HARD, NODE_NUMBER, SV("0"));
		fact_set(one, ULIMIT_SOFT, docker_get(it, "Soft"));
		fact_set(one, ULIMIT_HARD, docker_get(it, "Hard"));
	}
}

static void log_driver(struct docker *d)
{
	const struct node *config = docker_get(d->host, "LogConfig");
	const struct node *type = docker_text(config, "Type");

	fact_set(d->c, CONTAINER_LOG_DRIVER, type ? type : docker_text(d->info, "LoggingDriver"));
	fact_set(d->c, CONTAINER_LOG_OPTIONS, docker_get(config, "Config"));
}

void docker_limits(struct docker *d)
{
	resources(d);
	devices(d);
	ulimits(d);
	log_driver(d);
	fact_default(d->c, CONTAINER_OOM_SCORE, NODE_NUMBER, SV("0"));
	fact_set(d->c, CONTAINER_OOM_SCORE, docker_get(d->host, "OomScoreAdj"));
	fact_default(d->c, CONTAINER_OOM_KILL_DISABLE, NODE_BOOL, SV("false"));
	fact_set(d->c, CONTAINER_OOM_KILL_DISABLE, docker_get(d->host, "OomKillDisable"));
	fact_set(d->c, CONTAINER_EXTRA_HOSTS, docker_get(d->host, "ExtraHosts"));
}
