/* Privileges, profiles and paths: HostConfig.SecurityOpt as daemon.parseSecurityOpt reads it. */
#include "fact/docker/docker-int.h"
#include "fact/engine-strings.h"
#include "fact/seccomp.h"

struct said {
	const struct node *seccomp, *apparmor, *escalation, *label, *unmask;
	struct sv seccomp_value, apparmor_value;
	bool no_new, disable;
	struct sv labels[4]; /* user, role, type, level */
};

static void label(struct said *s, struct sv value, const struct node *at)
{
	static const char *const parts[] = {"user", "role", "type", "level"};
	struct sv rest = value, name = sv_cut(&rest, ':');

	s->label = at;
	if (sv_is(value, "disable"))
		s->disable = true;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (sv_is(name, parts[i]))
			s->labels[i] = rest;
}

static void no_new(struct docker *d, struct said *s, struct sv value, const struct node *at)
{
	bool on = false;

	if (!engine_bool(value, &on))
		go_tell(d->go, at, "no-new-privileges=true or false", NULL);
	s->escalation = at;
	s->no_new = on;
}

static void option(struct docker *d, struct said *s, const struct node *at)
{
	struct sv name, value;

	if (sv_is(at->text, "disable")) {
		label(s, at->text, at);
		return;
	}
	engine_option_split(at->text, &name, &value);
	if (sv_is(name, "no-new-privileges")) {
		no_new(d, s, value.p ? value : SV("true"), at);
	} else if (sv_is(name, "label")) {
		label(s, value, at);
	} else if (sv_is(name, "seccomp")) {
		s->seccomp = at;
		s->seccomp_value = value;
	} else if (sv_is(name, "apparmor")) {
		s->apparmor = at;
		s->apparmor_value = value;
	} else if (sv_is(name, "systempaths") || sv_is(name, "unmask")) {
		s->unmask = at;
		if (!d->podman)
			go_tell(d->go, at, NULL,
				"only clients know this option: the body has empty MaskedPaths "
				"and ReadonlyPaths instead");
	} else if (!d->podman && !sv_is(name, "writable-cgroups")) {
		go_tell(d->go, at, "a security option", NULL);
	}
}

static void profile(struct docker *d, unsigned field, struct sv type, struct sv localhost,
		    const struct node *at, bool is_default)
{
	struct node *out = fact_sub(d->a, d->c, field, &schema_profile, at);

	if (is_default) {
		out->flags |= NODE_DEFAULT;
		fact_default(out, PROFILE_TYPE, NODE_STRING, type);
	} else {
		fact_say(out, PROFILE_TYPE, NODE_STRING, type, at);
	}
	if (localhost.n)
		fact_say(out, PROFILE_LOCALHOST, NODE_STRING, localhost, at);
}

static void unconfined(struct docker *d, unsigned field, const struct node *at)
{
	profile(d, field, SV("Unconfined"), (struct sv){0}, at, false);
}

/* name=seccomp,profile=builtin (default before 20.10.?), a path, or unconfined */
static void seccomp_of_engine(struct docker *d)
{
	const struct node *on = docker_option(d, "seccomp");

	if (!d->info || d->podman) {
		profile(d, CONTAINER_SECCOMP, SV("RuntimeDefault"), (struct sv){0}, NULL, true);
		return;
	}
	if (!on) { /* a kernel or an engine without it */
		unconfined(d, CONTAINER_SECCOMP, d->options);
		return;
	}
	size_t at = sv_find(on->text, SV("profile="));
	struct sv name = at == SIZE_MAX ? SV("default") : sv_from(on->text, at + 8);
	if (sv_is(name, "default") || sv_is(name, "builtin"))
		profile(d, CONTAINER_SECCOMP, SV("RuntimeDefault"), (struct sv){0}, NULL, true);
	else if (sv_is(name, "unconfined"))
		unconfined(d, CONTAINER_SECCOMP, on);
	else
		profile(d, CONTAINER_SECCOMP, SV("Localhost"), name, on, false);
}

static void seccomp(struct docker *d, const struct said *s)
{
	if (d->privileged)
		unconfined(d, CONTAINER_SECCOMP, d->privileged);
	else if (!s->seccomp || s->seccomp_value.n == 0)
		seccomp_of_engine(d);
	else if (sv_is(s->seccomp_value, "unconfined") ||
		 (s->seccomp_value.p[0] == '{' && seccomp_text_is_open(d->a, s->seccomp_value)))
		unconfined(d, CONTAINER_SECCOMP, s->seccomp);
	else if (sv_is(s->seccomp_value, "builtin"))
		profile(d, CONTAINER_SECCOMP, SV("RuntimeDefault"), (struct sv){0}, s->seccomp,
			false);
	else
		profile(d, CONTAINER_SECCOMP, SV("Localhost"),
			s->seccomp_value.p[0] == '{' ? SV("inline") : s->seccomp_value, s->seccomp,
			false);
}

static bool is_default_profile(const struct docker *d, struct sv name)
{
	return sv_is(name, "docker-default") ||
	       (d->podman && sv_starts(name, SV("containers-default")));
}

/* What the container is given where nothing is written: no profile at all without AppArmor. */
static void apparmor_of_engine(struct docker *d)
{
	const struct node *state = docker_get(d->inspect, "State");
	bool off = d->info && !d->podman && !docker_option(d, "apparmor");

	if (d->inspect && docker_int(state, "Pid") > 0 &&
	    !docker_text(d->inspect, "AppArmorProfile"))
		off = true;
	profile(d, CONTAINER_APPARMOR, off ? SV("Undefined") : SV("RuntimeDefault"), (struct sv){0},
		NULL, true);
}

static void apparmor(struct docker *d, const struct said *s)
{
	const struct node *at = docker_text(d->inspect, "AppArmorProfile");
	struct sv name = at ? at->text : s->apparmor_value;

	at = at ? at : s->apparmor;
	if (!at || name.n == 0) {
		if (d->privileged)
			unconfined(d, CONTAINER_APPARMOR, d->privileged);
		else
			apparmor_of_engine(d);
	} else if (sv_is(name, "unconfined")) {
		unconfined(d, CONTAINER_APPARMOR, at);
	} else if (is_default_profile(d, name)) {
		profile(d, CONTAINER_APPARMOR, SV("RuntimeDefault"), (struct sv){0}, at, false);
	} else {
		profile(d, CONTAINER_APPARMOR, SV("Localhost"), name, at, false);
	}
}

/* Labels are taken off for privileged containers and those in the host's process or IPC namespace:
 * spc_t is the type that says so. */
static void selinux(struct docker *d, const struct said *s)
{
	static const uint8_t fields[] = {SELINUX_USER, SELINUX_ROLE, SELINUX_TYPE, SELINUX_LEVEL};
	const struct node *pid = docker_get(d->host, "PidMode");
	const struct node *ipc = docker_get(d->host, "IpcMode");
	const struct node *at = s->label;

	if (!at)
		at = d->privileged                  ? d->privileged
		     : sv_is(node_str(pid), "host") ? pid
		     : sv_is(node_str(ipc), "host") ? ipc
						    : NULL;
	if (!at)
		return;
	struct node *out = fact_sub(d->a, d->c, CONTAINER_SELINUX, &schema_selinux, at);
	for (size_t i = 0; s->label && !s->disable && i < ARRAY_LEN(fields); i++)
		if (s->labels[i].n)
			fact_say(out, fields[i], NODE_STRING, s->labels[i], at);
	if (s->disable || !s->label)
		fact_say(out, SELINUX_TYPE, NODE_STRING, SV("spc_t"), at);
}

/* Paths that the engine hides and protects, with the version that brought them. */
static const struct path {
	struct sv path;
	unsigned since;
} masked[] =
	{
		{{"/proc/acpi", 10}, 0},
		{{"/proc/asound", 12}, 0},
		{{"/proc/interrupts", 16}, 28},
		{{"/proc/kcore", 11}, 0},
		{{"/proc/keys", 10}, 0},
		{{"/proc/latency_stats", 19}, 0},
		{{"/proc/sched_debug", 17}, 0},
		{{"/proc/scsi", 10}, 0},
		{{"/proc/timer_list", 16}, 0},
		{{"/proc/timer_stats", 17}, 0},
		{{"/sys/devices/virtual/powercap", 29}, 25},
		{{"/sys/firmware", 13}, 0},
},
  readonly[] = {
	  {{"/proc/bus", 9}, 0},
	  {{"/proc/fs", 8}, 0},
	  {{"/proc/irq", 9}, 0},
	  {{"/proc/sys", 9}, 0},
	  {{"/proc/sysrq-trigger", 19}, 0},
};

static void default_paths(struct docker *d, unsigned field, const struct path *paths, size_t n)
{
	struct node *out = fact_list(d->a, d->c, field, n, NULL);
	uint64_t major = docker_major(d);

	out->flags |= NODE_DEFAULT;
	out->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (paths[i].since > major)
			continue;
		struct node *it = &out->items[out->n++];
		*it = (struct node){.kind = NODE_STRING, .flags = NODE_DEFAULT, .doc = d->c->doc};
		it->start = d->c->start;
		it->end = d->c->end;
		it->text = paths[i].path;
	}
}

/* Any list replaces the engine's own. An inspect document has the list that holds; there null is
 * what a privileged container has. */
static void paths(struct docker *d, unsigned field, const char *key, const struct path *own,
		  size_t n, const struct said *s)
{
	const struct node *said = docker_get(d->host, key);

	if (d->privileged)
		(void)fact_list(d->a, d->c, field, 0, d->privileged);
	else if (said)
		fact_set(d->c, field, said);
	else if (s->unmask)
		(void)fact_list(d->a, d->c, field, 0, s->unmask);
	else
		default_paths(d, field, own, n);
}

/* Nothing is hidden and all is writable: what Kubernetes calls Unmasked. */
static void proc_mount(struct docker *d)
{
	bool open = !d->privileged && d->c->items[CONTAINER_MASKED_PATHS].n == 0 &&
		    d->c->items[CONTAINER_READONLY_PATHS].n == 0;

	if (open)
		fact_say(d->c, CONTAINER_PROC_MOUNT, NODE_STRING, SV("Unmasked"),
			 &d->c->items[CONTAINER_MASKED_PATHS]);
	else
		fact_default(d->c, CONTAINER_PROC_MOUNT, NODE_STRING, SV("Default"));
}

static void escalation(struct docker *d, const struct said *s)
{
	const struct node *engine = docker_option(d, "no-new-privileges");

	if (s->escalation)
		fact_say(d->c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL,
			 s->no_new ? SV("false") : SV("true"), s->escalation);
	else if (engine)
		fact_say(d->c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("false"), engine);
	else
		fact_default(d->c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("true"));
}

static void flag(struct docker *d, unsigned field, const char *key)
{
	fact_default(d->c, field, NODE_BOOL, SV("false"));
	fact_set(d->c, field, docker_get(d->host, key));
}

struct sv docker_made_with(const struct docker *d, const char *option, const struct node **word)
{
	const struct node *list = d->podman ? docker_get(d->config, "CreateCommand") : NULL;
	const struct node *end = list ? list->items + list->n : NULL;

	for (const struct node *it = *word  ? *word + 1
				     : list ? list->items
					    : NULL;
	     it < end; it++) {
		struct sv text = node_str(it), value = sv_from(text, strlen(option));
		*word = it;
		if (sv_is(text, option) && it + 1 < end)
			return node_str(it + 1);
		if (sv_starts(text, sv_of(option)) && sv_starts(value, SV("=")))
			return sv_from(value, 1);
	}
	*word = NULL;
	return (struct sv){0};
}

/* What one path is opened for can be wanted; ALL opens everything. */
static void unmasked(struct docker *d, struct said *s)
{
	const struct node *at = NULL;

	do {
		struct sv value = docker_made_with(d, "--security-opt", &at);
		if (sv_is(value, "unmask=ALL") || sv_is(value, "unmask=all"))
			s->unmask = at;
	} while (at);
}

void docker_security(struct docker *d)
{
	const struct node *options = docker_get(d->host, "SecurityOpt");
	struct said s = {0};

	NODE_EACH (it, options)
		option(d, &s, it);
	unmasked(d, &s);
	flag(d, CONTAINER_PRIVILEGED, "Privileged");
	flag(d, CONTAINER_READ_ONLY_ROOT, "ReadonlyRootfs");
	fact_set(d->c, CONTAINER_SECURITY_OPTIONS, options);
	escalation(d, &s);
	seccomp(d, &s);
	apparmor(d, &s);
	selinux(d, &s);
	paths(d, CONTAINER_MASKED_PATHS, "MaskedPaths", masked, ARRAY_LEN(masked), &s);
	paths(d, CONTAINER_READONLY_PATHS, "ReadonlyPaths", readonly, ARRAY_LEN(readonly), &s);
	proc_mount(d);
}
