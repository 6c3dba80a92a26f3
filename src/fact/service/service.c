#include "fact/service/service-int.h"

#include "base/suggest.h"
#include "fact/image-name.h"

static const char *const keys[SERVICE_KEYS] = {
	[KEY_ANNOTATIONS] = "annotations",
	[KEY_CAP_ADD] = "cap_add",
	[KEY_CAP_DROP] = "cap_drop",
	[KEY_CGROUP] = "cgroup",
	[KEY_CGROUP_PARENT] = "cgroup_parent",
	[KEY_COMMAND] = "command",
	[KEY_CONFIGS] = "configs",
	[KEY_CPU_SHARES] = "cpu_shares",
	[KEY_CPUS] = "cpus",
	[KEY_CPUSET] = "cpuset",
	[KEY_DEPLOY] = "deploy",
	[KEY_DEVICE_RULES] = "device_cgroup_rules",
	[KEY_DEVICES] = "devices",
	[KEY_ENTRYPOINT] = "entrypoint",
	[KEY_ENV_FILE] = "env_file",
	[KEY_ENVIRONMENT] = "environment",
	[KEY_EXPOSE] = "expose",
	[KEY_EXTRA_HOSTS] = "extra_hosts",
	[KEY_GPUS] = "gpus",
	[KEY_GROUP_ADD] = "group_add",
	[KEY_HEALTHCHECK] = "healthcheck",
	[KEY_IMAGE] = "image",
	[KEY_IPC] = "ipc",
	[KEY_LABELS] = "labels",
	[KEY_LOGGING] = "logging",
	[KEY_MEM_LIMIT] = "mem_limit",
	[KEY_MEM_RESERVATION] = "mem_reservation",
	[KEY_MEMSWAP_LIMIT] = "memswap_limit",
	[KEY_NETWORK_MODE] = "network_mode",
	[KEY_NETWORKS] = "networks",
	[KEY_OOM_KILL_DISABLE] = "oom_kill_disable",
	[KEY_OOM_SCORE_ADJ] = "oom_score_adj",
	[KEY_PID] = "pid",
	[KEY_PIDS_LIMIT] = "pids_limit",
	[KEY_PLATFORM] = "platform",
	[KEY_PORTS] = "ports",
	[KEY_PRIVILEGED] = "privileged",
	[KEY_PULL_POLICY] = "pull_policy",
	[KEY_READ_ONLY] = "read_only",
	[KEY_RESTART] = "restart",
	[KEY_RUNTIME] = "runtime",
	[KEY_SCALE] = "scale",
	[KEY_SECRETS] = "secrets",
	[KEY_SECURITY_OPT] = "security_opt",
	[KEY_SYSCTLS] = "sysctls",
	[KEY_TMPFS] = "tmpfs",
	[KEY_ULIMITS] = "ulimits",
	[KEY_USE_API_SOCKET] = "use_api_socket",
	[KEY_USER] = "user",
	[KEY_USERNS_MODE] = "userns_mode",
	[KEY_UTS] = "uts",
	[KEY_VOLUMES] = "volumes",
	[KEY_VOLUME_DRIVER] = "volume_driver",
	[KEY_VOLUMES_FROM] = "volumes_from",
	[KEY_WORKING_DIR] = "working_dir",
};

/* Of the specification too, and without a say in what a container may do. */
static const char *const others[] = {
	"attach",
	"blkio_config",
	"build",
	"container_name",
	"cpu_count",
	"cpu_percent",
	"cpu_period",
	"cpu_quota",
	"cpu_rt_period",
	"cpu_rt_runtime",
	"credential_spec",
	"depends_on",
	"develop",
	"dns",
	"dns_opt",
	"dns_search",
	"domainname",
	"extends",
	"external_links",
	"hostname",
	"init",
	"isolation",
	"label_file",
	"links",
	"mac_address",
	"mem_swappiness",
	"models",
	"post_start",
	"pre_stop",
	"profiles",
	"provider",
	"pull_refresh_after",
	"shm_size",
	"stdin_open",
	"stop_grace_period",
	"stop_signal",
	"storage_opt",
	"tty",
};

static void unknown_key(struct build *b, const struct node *it)
{
	struct suggest near = {.word = it->key};

	if (sv_starts(it->key, SV("x-")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (sv_is(it->key, others[i]))
			return;
		suggest_offer(&near, sv_of(others[i]));
	}
	for (size_t i = 0; i < SERVICE_KEYS; i++)
		suggest_offer(&near, sv_of(keys[i]));
	struct sv best = suggest_best(&near);
	tell_fault(b->s->tell, it, "a service has no field '%.*s'%s%.*s%s",
		   SV_ARG(sv_head(it->key, 100)), best.n ? "; did you mean '" : "", SV_ARG(best),
		   best.n ? "'?" : "");
}

static void gather(struct build *b, const struct node *service)
{
	bool last = service->flags & NODE_DUP_LAST;

	NODE_EACH (it, service) {
		size_t i = 0;
		while (i < SERVICE_KEYS && !sv_is(it->key, keys[i]))
			i++;
		if (i == SERVICE_KEYS)
			unknown_key(b, it);
		else if (last || !b->in[i])
			b->in[i] = it;
	}
	for (size_t i = 0; i < SERVICE_KEYS; i++)
		if (node_is(b->in[i], NODE_NULL))
			b->in[i] = NULL;
}

static void set_text(struct build *b, struct node *record, unsigned field, enum service_key key)
{
	const struct node *text = service_text(b, b->in[key]);

	if (text && text->text.n)
		fact_set(record, field, text);
}

static void set_bool(struct build *b, unsigned field, enum service_key key)
{
	fact_default(b->c, field, NODE_BOOL, SV("false"));
	fact_set(b->c, field, service_bool(b, b->in[key]));
}

static void add_image(struct build *b)
{
	static const struct {
		const char *said, *policy;
	} rows[] = {
		{"always", "Always"},        {"newer", "Always"},
		{"daily", "Always"},         {"weekly", "Always"},
		{"missing", "IfNotPresent"}, {"if_not_present", "IfNotPresent"},
		{"build", "IfNotPresent"},   {"never", "Never"},
	};
	const struct node *image = service_text(b, b->in[KEY_IMAGE]);
	const struct node *policy = service_text(b, b->in[KEY_PULL_POLICY]);

	if (!image || image->text.n == 0)
		return;
	struct node *out = image_name(b->a, b->c, CONTAINER_IMAGE, image);
	fact_default(out, IMAGE_PULL_POLICY, NODE_STRING, SV("IfNotPresent"));
	for (size_t i = 0; policy && i < ARRAY_LEN(rows); i++)
		if (sv_is(policy->text, rows[i].said))
			fact_say(out, IMAGE_PULL_POLICY, NODE_STRING, sv_of(rows[i].policy),
				 policy);
}

static void add_caps(struct build *b, unsigned field, enum service_key key)
{
	service_strings(b, b->c, field, b->in[key]);
	if (!fact_has(b->c, field))
		fact_default(b->c, field, NODE_ARRAY, (struct sv){0});
	struct node *list = &b->c->items[field];
	for (uint32_t i = 0; i < list->n; i++)
		list->items[i].text = capability_normal(b->a, list->items[i].text);
}

/* Engines set no SELinux label on what is privileged or in the host's process or IPC namespace. */
static const struct node *unlabelled(struct build *b, const struct node *privileged)
{
	const struct node *pid = b->in[KEY_PID], *ipc = b->in[KEY_IPC];

	return privileged                     ? privileged
	       : sv_is(node_str(pid), "host") ? pid
	       : sv_is(node_str(ipc), "host") ? ipc
					      : NULL;
}

static void add_security(struct build *b)
{
	const struct node *said = service_bool(b, b->in[KEY_PRIVILEGED]);
	const struct node *privileged = node_true(said) ? said : NULL;

	set_bool(b, CONTAINER_PRIVILEGED, KEY_PRIVILEGED);
	set_bool(b, CONTAINER_READ_ONLY_ROOT, KEY_READ_ONLY);
	set_bool(b, CONTAINER_OOM_KILL_DISABLE, KEY_OOM_KILL_DISABLE);
	fact_default(b->c, CONTAINER_HOST_PROCESS, NODE_BOOL, SV("false"));
	add_caps(b, CONTAINER_CAP_ADD, KEY_CAP_ADD);
	add_caps(b, CONTAINER_CAP_DROP, KEY_CAP_DROP);
	capability_apply(b->a, b->c, capability_default_of(b->s->platform), CAPABILITY_ADD_WINS,
			 privileged, NULL);
	service_strings(b, b->c, CONTAINER_SECURITY_OPTIONS, b->in[KEY_SECURITY_OPT]);
	if (!fact_has(b->c, CONTAINER_SECURITY_OPTIONS))
		fact_default(b->c, CONTAINER_SECURITY_OPTIONS, NODE_ARRAY, (struct sv){0});
	engine_security(b->a, b->c, privileged, unlabelled(b, privileged),
			b->s->platform != PLATFORM_PODMAN);
	const struct node *user = service_text(b, b->in[KEY_USER]);
	if (user)
		engine_user(b->c, user);
	service_strings(b, b->c, CONTAINER_GROUPS, b->in[KEY_GROUP_ADD]);
}

/* NONE as a test, or the switch: no check, also not the image's. */
static void add_healthcheck(struct build *b)
{
	const struct node *check = service_map(b, b->in[KEY_HEALTHCHECK]);
	const struct node *test = node_get(check, "test");

	if (node_is(test, NODE_ARRAY) && test->n)
		test = &test->items[0];
	if (!check || node_true(service_bool(b, node_get(check, "disable"))) ||
	    sv_is(node_str(test), "NONE"))
		return;
	fact_set(b->c, CONTAINER_HEALTHCHECK, check);
}

static void add_logging(struct build *b)
{
	const struct node *logging = service_map(b, b->in[KEY_LOGGING]);
	const struct node *driver = service_text(b, node_get(logging, "driver"));

	if (driver && driver->text.n)
		fact_set(b->c, CONTAINER_LOG_DRIVER, driver);
	service_string_map(b, b->c, CONTAINER_LOG_OPTIONS, node_get(logging, "options"));
}

static void set_host(struct build *b, struct sv name, const struct node *value,
		     const struct node *at)
{
	struct node *list = &b->c->items[CONTAINER_EXTRA_HOSTS];
	struct node *item = &list->items[list->n++];

	*item = *at;
	item->kind = NODE_STRING;
	item->n = 0;
	item->items = NULL;
	item->key = (struct sv){0};
	item->text = value ? arena_fmt(b->a, "%.*s:%.*s", SV_ARG(name), SV_ARG(value->text)) : name;
}

static void add_hosts(struct build *b)
{
	const struct node *hosts = b->in[KEY_EXTRA_HOSTS];

	if (!hosts)
		return;
	struct node *list = fact_list(b->a, b->c, CONTAINER_EXTRA_HOSTS, hosts->n, hosts);
	list->n = 0;
	service_pairs(b, hosts, set_host);
}

static void fill_container(struct build *b, const struct node *service)
{
	struct node *c = b->c;

	fact_say(c, CONTAINER_NAME, NODE_STRING, b->s->name, NULL);
	fact_say(c, CONTAINER_TYPE, NODE_STRING, SV("container"), NULL);
	add_image(b);
	service_words(b, CONTAINER_COMMAND, b->in[KEY_ENTRYPOINT]);
	service_words(b, CONTAINER_ARGS, b->in[KEY_COMMAND]);
	set_text(b, c, CONTAINER_WORKING_DIR, KEY_WORKING_DIR);
	add_security(b);
	service_env(b);
	service_ports(b);
	service_mounts(b);
	service_devices(b);
	service_resources(b);
	add_healthcheck(b);
	add_logging(b);
	add_hosts(b);
	service_strings(b, c, CONTAINER_VOLUMES_FROM, b->in[KEY_VOLUMES_FROM]);
	fact_default(c, CONTAINER_OOM_SCORE, NODE_NUMBER, SV("0"));
	fact_set(c, CONTAINER_OOM_SCORE, service_int(b, b->in[KEY_OOM_SCORE_ADJ]));
	fact_set(c, CONTAINER_SOURCE, service);
	fact_lists(c, &schema_container);
}

static const struct node *deploy(struct build *b, const char *key)
{
	return node_get(service_map(b, b->in[KEY_DEPLOY]), key);
}

static void add_restart(struct build *b)
{
	static const struct {
		const char *condition, *policy;
	} rows[] = {{"none", "no"}, {"on-failure", "on-failure"}, {"any", "always"}};
	const struct node *said = service_text(b, b->in[KEY_RESTART]);
	const struct node *condition =
		service_text(b, node_get(service_map(b, deploy(b, "restart_policy")), "condition"));

	fact_default(b->w, WORKLOAD_RESTART_POLICY, NODE_STRING, SV("no"));
	for (size_t i = 0; condition && i < ARRAY_LEN(rows); i++)
		if (sv_is(condition->text, rows[i].condition))
			fact_say(b->w, WORKLOAD_RESTART_POLICY, NODE_STRING, sv_of(rows[i].policy),
				 condition);
	if (said && said->text.n)
		fact_set(b->w, WORKLOAD_RESTART_POLICY, said);
}

static void fill_workload(struct build *b, const struct node *service)
{
	struct node *w = b->w;
	const struct node *platform = service_text(b, b->in[KEY_PLATFORM]);

	fact_say(w, WORKLOAD_PLATFORM, NODE_STRING, sv_of(platform_names[b->s->platform]), NULL);
	fact_say(w, WORKLOAD_KIND, NODE_STRING, sv_of(b->s->kind), NULL);
	fact_say(w, WORKLOAD_NAME, NODE_STRING, b->s->name, NULL);
	service_string_map(b, w, WORKLOAD_LABELS, b->in[KEY_LABELS]);
	service_string_map(b, w, WORKLOAD_ANNOTATIONS, b->in[KEY_ANNOTATIONS]);
	fact_default(w, WORKLOAD_REPLICAS, NODE_NUMBER, SV("1"));
	fact_set(w, WORKLOAD_REPLICAS, service_int(b, b->in[KEY_SCALE]));
	fact_set(w, WORKLOAD_REPLICAS, service_int(b, deploy(b, "replicas")));
	fact_default(w, WORKLOAD_OS, NODE_STRING, SV("linux"));
	if (platform && sv_starts(platform->text, SV("windows")))
		fact_say(w, WORKLOAD_OS, NODE_STRING, SV("windows"), platform);
	add_restart(b);
	set_text(b, w, WORKLOAD_RUNTIME, KEY_RUNTIME);
	service_namespaces(b);
	fact_set(w, WORKLOAD_OBJECT, service);
	fact_lists(w, &schema_workload);
}

struct node *service_workload(struct service *s, const struct node *service)
{
	struct build b = {.s = s, .a = s->a};

	if (!node_is(service, NODE_OBJECT))
		return NULL;
	b.w = fact_record(b.a, &schema_workload, service);
	gather(&b, service);
	struct node *containers = fact_list(b.a, b.w, WORKLOAD_CONTAINERS, 1, service);
	b.c = &containers->items[0];
	fact_fill(b.a, b.c, &schema_container, service);
	fill_container(&b, service);
	fill_workload(&b, service);
	vec_done(&b.mounts);
	vec_done(&b.volumes);
	map_done(&b.targets);
	map_done(&b.names);
	return b.w;
}
