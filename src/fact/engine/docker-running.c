/* What the running dockerd says of itself (GET /info, GET /version): it wins, and what differs from
 * the configuration was changed since its start. */
#include "fact/engine/docker.h"

#include "fact/engine/mounts.h"

static const struct {
	const char *key;
	unsigned field;
	bool compared; /* a built-in default that differs is a contradiction too */
} answers[] = {
	{"LiveRestoreEnabled", ENGINE_LIVE_RESTORE, true},
	{"Debug", ENGINE_DEBUG, true},
	{"ExperimentalBuild", ENGINE_EXPERIMENTAL, true},
	{"LoggingDriver", ENGINE_LOG_DRIVER, true},
	{"DefaultRuntime", ENGINE_DEFAULT_RUNTIME, true},
	{"Driver", ENGINE_STORAGE_DRIVER, false},
	{"DockerRootDir", ENGINE_DATA_ROOT, false},
};

static bool differs(const struct node *was, const struct node *now)
{
	/* with user namespaces the data root has a folder for each map */
	return !sv_eq(was->text, now->text) &&
	       !(was->kind == NODE_STRING && was->text.n && sv_starts(now->text, was->text));
}

static struct sv from_of(struct docker *d, const char *setting)
{
	for (size_t i = 0; i < d->w.from.n; i++)
		if (sv_is(d->w.from.p[i].key, setting))
			return d->w.from.p[i].text;
	return (struct sv){0};
}

/* What runs takes the place of what is configured. */
static void runs(struct docker *d, unsigned field, const struct node *now, bool compared)
{
	const char *name = schema_engine.fields[field].name;
	const struct node *was = &d->w.record->items[field];
	bool told = fact_has(d->w.record, field) && (compared || !(was->flags & NODE_DEFAULT));

	if (told && differs(was, now))
		work_conflict(&d->w, sv_of(name),
			      arena_fmt(d->w.a, "%.*s (%.*s)", SV_ARG(work_value(&d->w, was)),
					SV_ARG(from_of(d, name))),
			      arena_fmt(d->w.a, "%.*s (%.*s)", SV_ARG(work_value(&d->w, now)),
					SV_ARG(work_place(&d->w, now))),
			      was->flags & NODE_DEFAULT ? now : was);
	/* the same: the file that says so is the better place */
	else if (told && !(was->flags & NODE_DEFAULT))
		return;
	work_say(&d->w, field, now, (struct sv){0});
}

static void say(struct docker *d, unsigned field, enum node_kind kind, struct sv text,
		const struct node *at, bool compared)
{
	struct node n = *at;

	n.kind = (uint8_t)kind;
	n.text = text;
	n.n = 0;
	n.items = NULL;
	runs(d, field, &n, compared);
}

/* /info names no-new-privileges since 24.0 (moby#45320, in April of 2023); before that its absence
 * means nothing. */
static bool tells_privileges(const struct docker *d)
{
	struct sv version = node_get_str(d->info, "ServerVersion");
	uint64_t major = 0;

	return sv_u64(sv_head(version, sv_find_char(version, '.')), &major) && major > 24;
}

/* "name=seccomp,profile=builtin" */
static void security(struct docker *d, const struct node *options)
{
	static const struct {
		const char *name;
		unsigned field;
	} flags[] = {
		{"apparmor", ENGINE_APPARMOR},
		{"selinux", ENGINE_SELINUX},
		{"rootless", ENGINE_ROOTLESS},
		{"no-new-privileges", ENGINE_NO_NEW_PRIVILEGES},
	};
	const struct node *found[ARRAY_LEN(flags)] = {0}, *seccomp = NULL, *userns = NULL;

	NODE_EACH (it, options) {
		struct sv rest = node_str(it), first = sv_cut(&rest, ',');
		struct sv name = sv_starts(first, SV("name=")) ? sv_from(first, 5) : first;
		for (size_t i = 0; i < ARRAY_LEN(flags); i++)
			if (sv_is(name, flags[i].name))
				found[i] = it;
		seccomp = sv_is(name, "seccomp") ? it : seccomp;
		userns = sv_is(name, "userns") ? it : userns;
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (flags[i].field == ENGINE_NO_NEW_PRIVILEGES && !found[i] && !tells_privileges(d))
			continue;
		say(d, flags[i].field, NODE_BOOL, found[i] ? SV("true") : SV("false"),
		    found[i] ? found[i] : options, true);
	}
	struct sv profile = seccomp ? seccomp->text : (struct sv){0};
	size_t at = sv_find(profile, SV("profile="));
	profile = seccomp && at != SIZE_MAX ? sv_from(profile, at + 8)
		  : seccomp                 ? SV("builtin")
					    : SV("none");
	/* so it was called before 23.0 */
	if (sv_is(profile, "default"))
		profile = SV("builtin");
	say(d, ENGINE_SECCOMP_PROFILE, NODE_STRING, profile, seccomp ? seccomp : options, true);
	/* its user is not told */
	const struct node *remap = &d->w.record->items[ENGINE_USERNS_REMAP];
	bool is_on = fact_has(d->w.record, ENGINE_USERNS_REMAP) && remap->text.n;
	if (!userns || !is_on)
		say(d, ENGINE_USERNS_REMAP, NODE_STRING, userns ? SV("enabled") : SV(""),
		    userns ? userns : options, true);
}

static void swarm(struct docker *d, const struct node *info)
{
	const struct node *state = node_path(info, "Swarm", "LocalNodeState", NULL);
	const struct node *manager = node_path(info, "Swarm", "ControlAvailable", NULL);

	if (!state || state->kind != NODE_STRING)
		return;
	work_bool(&d->w, ENGINE_SWARM, state->text.n && !sv_is(state->text, "inactive"), state);
	if (manager)
		work_bool(&d->w, ENGINE_SWARM_MANAGER, node_true(manager), manager);
}

/* "WARNING: API is accessible on http://0.0.0.0:2375 without encryption." */
static void warning(struct docker *d, const struct node *said)
{
	struct sv text = node_str(said);
	size_t at = sv_find(text, SV("API is accessible on http"));

	if (at == SIZE_MAX)
		return;
	text = sv_from(text, at + 21);
	bool tls = sv_starts(text, SV("https://"));
	size_t scheme = sv_find(text, SV("://"));
	if (scheme == SIZE_MAX)
		return;
	struct sv host = sv_from(text, scheme + 3);
	host = sv_cut(&host, ' ');
	struct sv address = arena_fmt(d->w.a, "tcp://%.*s", SV_ARG(host));
	for (size_t i = 0; i < d->w.listeners.n; i++)
		if (sv_eq(d->w.listeners.p[i].items[LISTENER_ADDRESS].text, address))
			return;
	struct node *n = work_listener(&d->w, address, "api", said);
	fact_say(n, LISTENER_TLS, NODE_BOOL, tls ? SV("true") : SV("false"), said);
	fact_say(n, LISTENER_VERIFY, NODE_BOOL, SV("false"), said);
}

static void registries(struct docker *d, const struct node *config)
{
	const struct node *cidrs = node_get(config, "InsecureRegistryCIDRs");

	NODE_EACH (it, node_get(config, "IndexConfigs")) {
		const struct node *secure = node_get(it, "Secure");
		const struct node *mirrors = node_get(it, "Mirrors");
		bool insecure = secure && secure->kind == NODE_BOOL && !node_true(secure);
		bool has_mirrors = mirrors && mirrors->kind == NODE_ARRAY && mirrors->n;
		if (!insecure && !has_mirrors)
			continue;
		struct node *n = work_registry(&d->w, it->key, it);
		if (insecure) {
			fact_say(n, REGISTRY_INSECURE, NODE_BOOL, SV("true"), secure);
			fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), secure);
		}
		if (has_mirrors)
			fact_set(n, REGISTRY_MIRRORS, mirrors);
	}
	/* those of the host itself are built in */
	NODE_EACH (it, cidrs) {
		if (it->kind != NODE_STRING || sv_starts(it->text, SV("127.")) ||
		    sv_starts(it->text, SV("::1")))
			continue;
		struct node *n = work_registry(&d->w, it->text, it);
		fact_say(n, REGISTRY_INSECURE, NODE_BOOL, SV("true"), it);
		fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), it);
	}
}

static void cgroups(struct docker *d)
{
	const struct node *said = node_get(d->info, "CgroupVersion");
	uint64_t version = 0;

	if (said && sv_u64(said->text, &version)) {
		fact_say(d->w.record, ENGINE_CGROUP_VERSION, NODE_NUMBER, said->text, said);
		work_from(&d->w, SV("cgroup_version"), work_place(&d->w, said), said);
	} else {
		version = mounts_cgroup(d->w.b);
		if (version)
			fact_say(d->w.record, ENGINE_CGROUP_VERSION, NODE_NUMBER,
				 version == 2 ? SV("2") : SV("1"), NULL);
	}
	if (version && d->certain)
		work_default(&d->w, ENGINE_CGROUPNS_MODE,
			     version == 2 ? SV("private") : SV("host"));
}

void docker_running(struct docker *d)
{
	const struct node *plugins = node_path(d->info, "Plugins", "Authorization", NULL);
	const struct node *version = node_get(d->version, "Version");

	cgroups(d);
	if (d->info || d->process)
		work_bool(&d->w, ENGINE_RUNNING, true, d->info);
	if (parts_find(d->w.b, SV("remote")))
		work_bool(&d->w, ENGINE_REMOTE, true, d->info);
	else
		fact_default(d->w.record, ENGINE_REMOTE, NODE_BOOL, SV("false"));
	if (!version)
		version = node_get(d->info, "ServerVersion");
	if (version && version->kind == NODE_STRING)
		fact_set(d->w.record, ENGINE_VERSION, version);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const struct node *now = node_get(d->info, answers[i].key);
		bool text = schema_engine.fields[answers[i].field].kind == FACT_STRING;
		if (now && now->kind == (text ? NODE_STRING : NODE_BOOL))
			runs(d, answers[i].field, now, answers[i].compared);
	}
	const struct node *options = node_get(d->info, "SecurityOptions");
	if (options && options->kind == NODE_ARRAY)
		security(d, options);
	if (plugins && plugins->kind == NODE_ARRAY && plugins->n)
		work_say(&d->w, ENGINE_AUTHORIZATION_PLUGINS, plugins, (struct sv){0});
	else if (plugins && !fact_has(d->w.record, ENGINE_AUTHORIZATION_PLUGINS))
		work_default(&d->w, ENGINE_AUTHORIZATION_PLUGINS, (struct sv){0});
	swarm(d, d->info);
	registries(d, node_get(d->info, "RegistryConfig"));
	NODE_EACH (it, node_get(d->info, "Warnings"))
		warning(d, it);
}

void docker_data_root(struct docker *d)
{
	const struct node *root = &d->w.record->items[ENGINE_DATA_ROOT];

	if (fact_has(d->w.record, ENGINE_DATA_ROOT) && part_first(d->w.b, "mountinfo"))
		work_bool(&d->w, ENGINE_DATA_ROOT_SEPARATE, mounts_has(d->w.b, root->text), root);
}
