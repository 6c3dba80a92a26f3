#include "fact/container/isolation.h"

#include "base/text.h"
#include "fact/capability.h"
#include "fact/effective.h"

struct view {
	struct arena *a;
	const struct node *w, *c;
	uint64_t caps;
	bool caps_known;
	bool own_users; /* its root is nobody on the host */
	bool root;      /* it runs as root, or setuid programs can make it root */
};

/* Things that are said in one clause, with commas between. */
struct clause {
	struct buf items;
	unsigned n, most, more;
};

enum { ITEMS = 3, HELD_ITEMS = 10, PATH_SHOWN = 40 };

static void item(struct clause *cl, struct sv text)
{
	if (cl->n == cl->most) {
		cl->more++;
		return;
	}
	buf_str(&cl->items, cl->n++ ? ", " : "");
	buf_sv(&cl->items, text);
}

static struct sv shown(const struct view *v, struct sv path)
{
	struct sv safe = text_safe(v->a, path);

	return safe.n <= PATH_SHOWN
		       ? safe
		       : arena_fmt(v->a, "%.*s...", SV_ARG(text_fit(safe, PATH_SHOWN - 3)));
}

static bool yes(const struct node *record, unsigned field)
{
	return fact_has(record, field) && node_true(&record->items[field]);
}

static bool no(const struct node *record, unsigned field)
{
	return fact_has(record, field) && !node_true(&record->items[field]);
}

static bool has_cap(const struct view *v, const char *name)
{
	return !v->own_users && v->root && v->caps >> capability_number(sv_of(name)) & 1;
}

static struct sv profile(const struct node *c, unsigned field)
{
	const struct node *p = &c->items[field];

	return fact_has(c, field) && p->n ? node_str(&p->items[PROFILE_TYPE]) : (struct sv){0};
}

static bool confined(const struct node *c, unsigned field)
{
	struct sv type = profile(c, field);

	return type.n > 0 && !sv_is(type, "Unconfined") && !sv_is(type, "Undefined");
}

static void is_root(const struct view *v, struct clause *cl)
{
	if (yes(v->c, CONTAINER_PRIVILEGED) && !v->own_users)
		item(cl, SV("privileged"));
	if (yes(v->c, CONTAINER_HOST_PROCESS))
		item(cl, SV("a host process"));
}

static const struct {
	const char *engine, *text;
} engines[] = {
	{"docker", "Docker's socket"},     {"containerd", "containerd's socket"},
	{"crio", "CRI-O's socket"},        {"podman", "Podman's socket"},
	{"buildkit", "BuildKit's socket"},
};

/* Whoever may talk to an engine may start what he likes; that the mount is read-only does not
 * matter to a socket. */
static void sockets(const struct view *v, struct clause *cl)
{
	NODE_EACH (it, &v->c->items[CONTAINER_MOUNTS]) {
		struct sv engine = node_str(&it->items[MOUNT_ENGINE]);
		struct sv target = node_str(&it->items[MOUNT_TARGET]);
		for (size_t i = 0; engine.n && i < ARRAY_LEN(engines); i++)
			if (sv_is(engine, engines[i].engine))
				item(cl, arena_fmt(v->a, "%s at %.*s", engines[i].text,
						   SV_ARG(shown(v, target))));
	}
}

/* Each of these is a way out by itself. */
static void capabilities(const struct view *v, struct clause *cl)
{
	static const char *const caps[] = {"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO",
					   "DAC_READ_SEARCH", "SYS_BOOT"};
	bool open = sv_is(profile(v->c, CONTAINER_SECCOMP), "Unconfined");

	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (has_cap(v, caps[i]))
			item(cl,
			     arena_fmt(v->a, "CAP_%s%s", caps[i], open ? " without seccomp" : ""));
	if (yes(v->w, WORKLOAD_HOST_PID) && has_cap(v, "SYS_PTRACE"))
		item(cl, SV("CAP_SYS_PTRACE among the host's processes"));
}

/* Folders of the host whose content decides who is who, or what runs there. below: what lies in
 * them too. */
static const struct {
	const char *path;
	bool below;
} sensitive[] = {
	{"/", false},
	{"/etc", true},
	{"/root", true},
	{"/home", false},
	{"/usr", true},
	{"/bin", true},
	{"/sbin", true},
	{"/lib", true},
	{"/lib64", true},
	{"/boot", true},
	{"/dev", false},
	{"/proc", true},
	{"/sys", true},
	{"/run", false},
	{"/var", false},
	{"/var/lib", false},
	{"/var/lib/docker", true},
	{"/var/lib/kubelet", true},
	{"/var/lib/containers", true},
	{"/var/lib/containerd", true},
	{"/var/spool/cron", true},
	{"/var/log", true},
	{"/opt", false},
	{"/srv", false},
};

static bool is_sensitive(struct sv path)
{
	for (size_t i = 0; i < ARRAY_LEN(sensitive); i++) {
		struct sv at = sv_of(sensitive[i].path);
		if (sv_eq(path, at) || (sensitive[i].below && sv_starts(path, at) &&
					path.n > at.n && path.p[at.n] == '/'))
			return true;
	}
	return false;
}

/* Files that nobody minds, and that many containers get. */
static bool is_harmless(struct sv path)
{
	static const char *const paths[] = {
		"/etc/localtime",      "/etc/timezone",    "/etc/ssl/certs", "/etc/machine-id",
		"/usr/share/zoneinfo", "/etc/resolv.conf", "/etc/hosts",     "/etc/hostname"};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (sv_is(path, paths[i]))
			return true;
	return sv_starts(path, SV("/usr/share/"));
}

static struct sv place_of(const struct node *mount)
{
	struct sv resolved = node_str(&mount->items[MOUNT_RESOLVED]);

	return resolved.n ? resolved : node_str(&mount->items[MOUNT_SOURCE]);
}

static void files(const struct view *v, struct clause *cl, bool writable)
{
	NODE_EACH (it, &v->c->items[CONTAINER_MOUNTS]) {
		struct sv path = place_of(it);
		if (!path.n || !is_sensitive(path) || is_harmless(path) ||
		    yes(it, MOUNT_READ_ONLY) == writable)
			continue;
		item(cl, writable ? shown(v, path)
				  : arena_fmt(v->a, "%.*s (read-only)", SV_ARG(shown(v, path))));
	}
}

static void writes(const struct view *v, struct clause *cl)
{
	files(v, cl, true);
}

static void reads(const struct view *v, struct clause *cl)
{
	files(v, cl, false);
}

/* Disks and memory of the host. */
static void devices(const struct view *v, struct clause *cl)
{
	static const struct sv starts[] = {
		{"/dev/sd", 7},   {"/dev/vd", 7},       {"/dev/xvd", 8}, {"/dev/nvme", 9},
		{"/dev/dm-", 8},  {"/dev/hd", 7},       {"/dev/mem", 8}, {"/dev/kmem", 9},
		{"/dev/port", 9}, {"/dev/mapper/", 12}, {"/dev/md", 7},  {"/dev/mmcblk", 11},
	};

	if (yes(v->c, CONTAINER_PRIVILEGED))
		return;
	NODE_EACH (it, &v->c->items[CONTAINER_DEVICES]) {
		struct sv path = node_str(&it->items[DEVICE_SOURCE]);
		bool match = sv_is(path, "/dev");
		for (size_t i = 0; i < ARRAY_LEN(starts); i++)
			match |= sv_starts(path, starts[i]);
		if (match)
			item(cl, shown(v, path));
	}
	NODE_EACH (it, &v->c->items[CONTAINER_DEVICE_RULES]) {
		struct sv rule = node_str(it);
		if (sv_starts(rule, SV("a ")) || sv_starts(rule, SV("b *:*")))
			item(cl, SV("any device"));
	}
}

/* core_pattern and its kin name programs that the host's kernel starts as root. */
static void kernel_settings(const struct view *v, struct clause *cl)
{
	const struct node *paths = &v->c->items[CONTAINER_READONLY_PATHS];
	bool protected = false;

	if (yes(v->c, CONTAINER_PRIVILEGED) || !fact_has(v->c, CONTAINER_READONLY_PATHS) ||
	    v->own_users || !v->root || confined(v->c, CONTAINER_APPARMOR))
		return;
	NODE_EACH (it, paths)
	protected |= sv_is(node_str(it), "/proc/sys") || sv_is(node_str(it), "/proc");
	/* a default that is not spelt out is the engine's own list */
	if (!protected && !(paths->flags & NODE_DEFAULT))
		item(cl, SV("/proc/sys can be written"));
}

static void leaked(const struct view *v, struct clause *cl)
{
	const struct node *kernel = &v->c->items[CONTAINER_KERNEL];

	if (!fact_has(v->c, CONTAINER_KERNEL) || kernel->n == 0)
		return;
	NODE_EACH (it, &kernel->items[KERNEL_LEAKED])
		item(cl, arena_fmt(v->a, "%.*s is open", SV_ARG(shown(v, node_str(it)))));
}

static void processes(const struct view *v, struct clause *cl)
{
	if (yes(v->w, WORKLOAD_HOST_PID))
		item(cl, SV("processes"));
	if (yes(v->w, WORKLOAD_HOST_NETWORK))
		item(cl, has_cap(v, "NET_ADMIN") ? SV("network (and change it)") : SV("network"));
	if (yes(v->w, WORKLOAD_HOST_IPC))
		item(cl, SV("shared memory"));
}

static void exhaust(const struct view *v, struct clause *cl)
{
	const struct node *r = &v->c->items[CONTAINER_RESOURCES];

	if (!fact_has(v->c, CONTAINER_RESOURCES) || r->n == 0)
		return;
	if (!fact_has(r, RESOURCES_MEMORY_LIMIT))
		item(cl, SV("memory"));
	/* the kubelet sets it for all pods of a node */
	if (!fact_has(r, RESOURCES_PIDS_LIMIT) &&
	    !sv_is(node_str(&v->w->items[WORKLOAD_PLATFORM]), "kubernetes"))
		item(cl, SV("processes"));
	if (!fact_has(r, RESOURCES_CPU_LIMIT))
		item(cl, SV("processors"));
}

static void held(const struct view *v, struct clause *cl)
{
	const struct node *user = &v->c->items[CONTAINER_RUN_AS_USER];
	const struct node *name = &v->c->items[CONTAINER_RUN_AS_USER_NAME];
	const struct node *selinux = &v->c->items[CONTAINER_SELINUX];

	if (fact_has(v->c, CONTAINER_RUN_AS_USER) && !sv_is(user->text, "0"))
		item(cl, arena_fmt(v->a, "user %.*s", SV_ARG(shown(v, user->text))));
	else if (node_str(name).n && !sv_is(name->text, "root"))
		item(cl, arena_fmt(v->a, "user %.*s", SV_ARG(shown(v, name->text))));
	else if (yes(v->c, CONTAINER_RUN_AS_NON_ROOT))
		item(cl, SV("not root"));
	if (v->own_users)
		item(cl, SV("users of its own"));
	if (v->caps_known)
		item(cl, v->caps == 0 ? SV("no capabilities")
				      : arena_fmt(v->a, "%d capabilities",
						  __builtin_popcountll(v->caps)));
	if (no(v->c, CONTAINER_ALLOW_ESCALATION))
		item(cl, SV("no new privileges"));
	if (confined(v->c, CONTAINER_SECCOMP))
		item(cl, SV("seccomp"));
	if (confined(v->c, CONTAINER_APPARMOR))
		item(cl, SV("AppArmor"));
	if (fact_has(v->c, CONTAINER_SELINUX) && selinux->n)
		item(cl, SV("SELinux"));
	if (yes(v->c, CONTAINER_READ_ONLY_ROOT))
		item(cl, SV("read-only root"));
	const struct node *r = &v->c->items[CONTAINER_RESOURCES];
	if (fact_has(v->c, CONTAINER_RESOURCES) && r->n && fact_has(r, RESOURCES_MEMORY_LIMIT))
		item(cl, SV("limits"));
}

/* The most severe first. */
static const struct {
	const char *before, *after;
	void (*say[6])(const struct view *v, struct clause *cl);
	bool minor; /* by itself it leaves the host alone: what holds it is told too */
} clauses[] = {
	{"is root on the host: ", "", {is_root}, false},
	{"can become root on the host: ",
	 "",
	 {sockets, capabilities, devices, kernel_settings, leaked},
	 false},
	{"can write the host's files: ", "", {writes}, false},
	{"can read the host's files: ", "", {reads}, false},
	{"can see the host's ", "", {processes}, false},
	{"can exhaust ", ": no limits", {exhaust}, true},
};

static void add(struct buf *out, const char *before, const struct clause *cl, const char *after)
{
	auto_done(buf_done) struct buf text = {0};

	buf_fmt(&text, "%s%s%.*s", out->n ? "; " : "", before, SV_ARG(buf_view(&cl->items)));
	if (cl->more)
		buf_fmt(&text, " and %u more", cl->more);
	buf_str(&text, after);
	if (out->n + text.n <= ISOLATION_MAX)
		buf_sv(out, buf_view(&text));
	else if (out->n == 0)
		buf_sv(out, text_fit(buf_view(&text), ISOLATION_MAX));
}

static void say_held(const struct view *v, struct buf *out)
{
	struct clause one = {.most = HELD_ITEMS};

	held(v, &one);
	add(out, "held by: ", &one, one.n ? "" : "nothing that is known");
	buf_done(&one.items);
}

struct sv isolation_of(struct arena *a, const struct node *workload, const struct node *c)
{
	struct view v = {.a = a, .w = workload, .c = c};
	auto_done(buf_done) struct buf out = {0};
	const struct node *user = &c->items[CONTAINER_RUN_AS_USER];
	bool minor = true;

	v.caps_known = fact_has(c, CONTAINER_CAPABILITIES);
	v.caps = capability_set(&c->items[CONTAINER_CAPABILITIES]);
	v.own_users = no(workload, WORKLOAD_HOST_USERS);
	bool other = (fact_has(c, CONTAINER_RUN_AS_USER) && !sv_is(user->text, "0")) ||
		     yes(c, CONTAINER_RUN_AS_NON_ROOT);
	v.root = !other || !no(c, CONTAINER_ALLOW_ESCALATION);
	for (size_t i = 0; i < ARRAY_LEN(clauses); i++) {
		struct clause cl = {.most = ITEMS};
		for (size_t k = 0; k < ARRAY_LEN(clauses[i].say) && clauses[i].say[k]; k++)
			clauses[i].say[k](&v, &cl);
		if (cl.n) {
			add(&out, clauses[i].before, &cl, clauses[i].after);
			minor &= clauses[i].minor;
		}
		buf_done(&cl.items);
	}
	if (minor)
		say_held(&v, &out);
	return arena_sv(a, buf_view(&out));
}

struct sv isolation_line(struct arena *a, const struct node *workload)
{
	const struct node *list = &workload->items[WORKLOAD_CONTAINERS];

	return list->n ? isolation_of(a, workload, &list->items[0]) : (struct sv){0};
}
