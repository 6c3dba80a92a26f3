/* Security options of engines: what is concluded from them and from "privileged". */
#include "fact/engine-strings.h"
#include "fact/seccomp.h"

static const struct sv masked[] = {
	{"/proc/asound", 12},     {"/proc/acpi", 10},        {"/proc/interrupts", 16},
	{"/proc/kcore", 11},      {"/proc/keys", 10},        {"/proc/latency_stats", 19},
	{"/proc/timer_list", 16}, {"/proc/timer_stats", 17}, {"/proc/sched_debug", 17},
	{"/proc/scsi", 10},       {"/sys/firmware", 13},     {"/sys/devices/virtual/powercap", 29},
};
static const struct sv readonly[] = {
	{"/proc/bus", 9},
	{"/proc/fs", 8},
	{"/proc/irq", 9},
	{"/proc/sys", 9},
	{"/proc/sysrq-trigger", 19},
};

void engine_option_split(struct sv text, struct sv *key, struct sv *value)
{
	size_t at = sv_find_char(text, '=');

	if (at == SIZE_MAX)
		at = sv_find_char(text, ':');
	if (at == SIZE_MAX) {
		*key = text;
		*value = (struct sv){0};
		return;
	}
	*key = sv_head(text, at);
	*value = sv_from(text, at + 1);
}

static void paths_default(struct arena *a, struct node *c, unsigned field, const struct sv *paths,
			  size_t n)
{
	struct node *list = fact_list(a, c, field, n, NULL);

	list->flags |= NODE_DEFAULT;
	for (size_t i = 0; i < n; i++) {
		struct node *item = &list->items[i];
		*item = (struct node){.kind = NODE_STRING, .flags = NODE_DEFAULT, .text = paths[i]};
		item->doc = list->doc;
		item->start = list->start;
		item->end = list->end;
	}
}

static void no_paths(struct arena *a, struct node *c, const struct node *at)
{
	(void)fact_list(a, c, CONTAINER_MASKED_PATHS, 0, at);
	(void)fact_list(a, c, CONTAINER_READONLY_PATHS, 0, at);
}

static void profile(struct arena *a, struct node *c, unsigned field, const char *type,
		    const struct node *at)
{
	struct node *p = fact_sub(a, c, field, &schema_profile, at);

	if (at) {
		fact_say(p, PROFILE_TYPE, NODE_STRING, sv_of(type), at);
		return;
	}
	p->flags |= NODE_DEFAULT;
	fact_default(p, PROFILE_TYPE, NODE_STRING, sv_of(type));
}

/* own: what the engine calls its own profile. */
static void profile_said(struct arena *a, struct node *c, unsigned field, struct sv value,
			 const char *own, const struct node *at)
{
	if (sv_is(value, "unconfined") ||
	    (sv_starts(value, SV("{")) && seccomp_text_is_open(a, value))) {
		profile(a, c, field, "Unconfined", at);
	} else if (sv_is(value, own)) {
		profile(a, c, field, "RuntimeDefault", at);
	} else {
		profile(a, c, field, "Localhost", at);
		fact_say(&c->items[field], PROFILE_LOCALHOST, NODE_STRING, value, at);
	}
}

static void label(struct arena *a, struct node *c, struct sv value, const struct node *at)
{
	static const struct {
		struct sv name;
		unsigned field;
	} rows[] = {
		{{"type", 4}, SELINUX_TYPE},
		{{"user", 4}, SELINUX_USER},
		{{"role", 4}, SELINUX_ROLE},
		{{"level", 5}, SELINUX_LEVEL},
	};
	struct sv rest = value, key = sv_cut(&rest, ':');

	if (!fact_has(c, CONTAINER_SELINUX))
		(void)fact_sub(a, c, CONTAINER_SELINUX, &schema_selinux, at);
	struct node *s = &c->items[CONTAINER_SELINUX];
	/* without labels a process runs in the domain that may do all */
	if (sv_is(value, "disable"))
		fact_say(s, SELINUX_TYPE, NODE_STRING, SV("spc_t"), at);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (sv_eq(key, rows[i].name))
			fact_say(s, rows[i].field, NODE_STRING, rest, at);
}

static void no_new_privileges(struct node *c, struct sv value, const struct node *at)
{
	bool on = true;

	if (value.n && !engine_bool(value, &on))
		on = false;
	fact_say(c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, on ? SV("false") : SV("true"), at);
}

/* A path, or a pattern of the shell for what lies in a folder (all of /proc): * at the end. */
static bool names(struct sv pattern, struct sv path)
{
	size_t star = sv_find_char(pattern, '*');

	return star == SIZE_MAX ? sv_eq(pattern, path) : sv_starts(path, sv_head(pattern, star));
}

/* Podman: ALL, or paths with colons between; some are left hidden. */
static void unmask(struct arena *a, struct node *c, struct sv value, const struct node *at)
{
	static const unsigned fields[] = {CONTAINER_MASKED_PATHS, CONTAINER_READONLY_PATHS};

	if (sv_ieq(value, SV("all"))) {
		no_paths(a, c, at);
		return;
	}
	for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
		const struct node *old = &c->items[fields[f]];
		uint32_t n = old->n;
		const struct node *items = old->items;
		struct node *list = fact_list(a, c, fields[f], n, at);
		list->n = 0;
		for (uint32_t i = 0; i < n; i++) {
			struct sv rest = value;
			bool shown = false;
			while (rest.n && !shown)
				shown = names(sv_cut(&rest, ':'), items[i].text);
			if (!shown)
				list->items[list->n++] = items[i];
		}
	}
}

static void one_option(struct arena *a, struct node *c, const struct node *at, bool systempaths)
{
	struct sv key, value;

	engine_option_split(at->text, &key, &value);
	if (sv_is(at->text, "disable")) /* an old word for label=disable */
		label(a, c, at->text, at);
	else if (sv_is(key, "seccomp"))
		profile_said(a, c, CONTAINER_SECCOMP, value, "builtin", at);
	else if (sv_is(key, "apparmor"))
		profile_said(a, c, CONTAINER_APPARMOR, value, "docker-default", at);
	else if (sv_is(key, "label"))
		label(a, c, value, at);
	else if (sv_is(key, "no-new-privileges"))
		no_new_privileges(c, value, at);
	else if (systempaths && sv_is(key, "systempaths") && sv_is(value, "unconfined"))
		no_paths(a, c, at);
	else if (sv_is(key, "unmask"))
		unmask(a, c, value, at);
}

/* Nothing is hidden and all is writable: what Kubernetes calls Unmasked. */
static void proc_mount(struct node *c)
{
	const struct node *hidden = &c->items[CONTAINER_MASKED_PATHS];

	if (hidden->n == 0 && c->items[CONTAINER_READONLY_PATHS].n == 0)
		fact_say(c, CONTAINER_PROC_MOUNT, NODE_STRING, SV("Unmasked"), hidden);
}

void engine_security(struct arena *a, struct node *c, const struct node *privileged,
		     const struct node *unlabelled, bool systempaths)
{
	const char *type = privileged ? "Unconfined" : "RuntimeDefault";
	const struct node *options = &c->items[CONTAINER_SECURITY_OPTIONS];

	profile(a, c, CONTAINER_SECCOMP, type, privileged);
	profile(a, c, CONTAINER_APPARMOR, type, privileged);
	fact_default(c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("true"));
	paths_default(a, c, CONTAINER_MASKED_PATHS, masked, ARRAY_LEN(masked));
	paths_default(a, c, CONTAINER_READONLY_PATHS, readonly, ARRAY_LEN(readonly));
	fact_default(c, CONTAINER_PROC_MOUNT, NODE_STRING, SV("Default"));
	for (uint32_t i = 0; i < options->n; i++)
		one_option(a, c, &options->items[i], systempaths);
	if (unlabelled && !fact_has(c, CONTAINER_SELINUX))
		label(a, c, SV("disable"), unlabelled);
	if (!privileged) {
		proc_mount(c);
		return;
	}
	no_paths(a, c, privileged);
	/* engines differ in whether a profile that is written holds: it need not */
	profile(a, c, CONTAINER_SECCOMP, type, privileged);
}
