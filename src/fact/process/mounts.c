/* What is mounted in the process's file system: its root, what hides or protects parts of /proc and
 * /sys, and mounts proper with the place of the host that they show. */
#include "fact/mount.h"
#include "fact/process/process-int.h"

enum { HOST_MOUNTS = 1024, ENGINES = 256, TYPES = 12 };

struct host_mount {
	struct sv device, root, point, group;
};

struct engine_socket {
	struct sv engine, device, path;
};

struct host {
	struct host_mount mount[HOST_MOUNTS];
	size_t mounts;
	bool known;
	struct engine_socket socket[ENGINES];
	size_t sockets;
};

static void host_mounts(struct process *r, struct host *h)
{
	struct proc_text t;
	struct sv line;

	h->known = proc_text_open(r->p, "host_mounts", &t);
	for (struct sv rest = t.bytes;
	     h->known && h->mounts < HOST_MOUNTS && sv_line(&rest, &line);) {
		struct host_mount *m = &h->mount[h->mounts];
		m->device = sv_cut(&line, ' ');
		m->root = proc_unescape(r->a, sv_cut(&line, ' '));
		m->point = proc_unescape(r->a, sv_cut(&line, ' '));
		m->group = line;
		h->mounts += m->point.n > 0;
	}
}

static void host_sockets(struct process *r, struct host *h)
{
	struct proc_text t;
	struct sv rest = {0}, line;

	if (proc_text_open(r->p, "engines", &t))
		rest = t.bytes;
	while (h->sockets < ENGINES && sv_line(&rest, &line)) {
		struct engine_socket *s = &h->socket[h->sockets];
		s->engine = sv_cut(&line, ' ');
		(void)sv_cut(&line, ' ');
		s->device = sv_cut(&line, ' ');
		s->path = proc_unescape(r->a, sv_cut(&line, ' '));
		h->sockets += s->path.n > 0;
	}
}

/* Is the path the folder, or below it? *rest is what is behind, with its slash. */
static bool below(struct sv path, struct sv folder, struct sv *rest)
{
	if (sv_is(folder, "/")) {
		*rest = sv_is(path, "/") ? (struct sv){0} : path;
		return true;
	}
	*rest = sv_from(path, folder.n);
	return sv_starts(path, folder) && (rest->n == 0 || rest->p[0] == '/');
}

/* The host's mount that shows the same part of the file system. */
static const struct host_mount *mount_on_host(const struct host *h, const struct proc_mount *m,
					      struct sv *rest)
{
	const struct host_mount *best = NULL;
	struct sv behind;

	for (size_t i = 0; i < h->mounts; i++) {
		const struct host_mount *at = &h->mount[i];
		if (!sv_eq(at->device, m->device) || !below(m->root, at->root, &behind) ||
		    (best && best->root.n >= at->root.n))
			continue;
		best = at;
		*rest = behind;
	}
	return best;
}

static struct sv engine_of(const struct host *h, const struct proc_mount *m, bool *exact)
{
	struct sv rest;

	for (size_t i = 0; i < h->sockets; i++) {
		if (!sv_eq(h->socket[i].device, m->device) ||
		    !below(h->socket[i].path, m->root, &rest))
			continue;
		*exact = rest.n == 0;
		return h->socket[i].engine;
	}
	return (struct sv){0};
}

/* File systems of the kernel's own making: a part of them is no place of the host. */
static bool is_virtual(struct sv type)
{
	static const char *const types[TYPES] = {"proc",   "sysfs",   "cgroup",     "cgroup2",
						 "devpts", "mqueue",  "securityfs", "debugfs",
						 "bpf",    "tracefs", "devtmpfs",   "fuse.lxcfs"};

	for (size_t i = 0; i < TYPES; i++)
		if (sv_is(type, types[i]))
			return true;
	return false;
}

/* Files that the engine makes for the container and mounts into it: from a folder of its own for
 * each container, wherever its data lies. */
static bool is_engines_own(struct sv target, struct sv source)
{
	static const char *const files[] = {
		"/etc/hosts",   "/etc/hostname",      "/etc/resolv.conf",
		"/etc/mtab",    "/dev/shm",           "/dev/console",
		"/run/secrets", "/run/.containerenv", "/dev/termination-log",
	};
	static const char *const inits[] = {"/sbin/docker-init", "/dev/init", "/run/podman-init"};
	static const struct sv places[] = {
		{"/containers/", 12},   {"-containers/", 12}, {"/io.containerd.", 15},
		{"/kubelet/pods/", 14}, {"/nerdctl/", 9},
	};
	bool file = false, place = false;

	for (size_t i = 0; i < ARRAY_LEN(inits); i++)
		if (sv_is(target, inits[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		file |= sv_is(target, files[i]);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		place |= sv_find(source, places[i]) != SIZE_MAX;
	return file && place;
}

/* ".../volumes/NAME/_data": Docker's and Podman's named volumes. */
static struct sv volume_of(struct sv source)
{
	struct sv head, tail, name, base;

	if (!sv_rcut(source, '/', &head, &tail) || !sv_is(tail, "_data") ||
	    !sv_rcut(head, '/', &base, &name) || !sv_ends(base, SV("/volumes")))
		return (struct sv){0};
	return name;
}

/* ".../volumes/kubernetes.io~secret/NAME", as the kubelet makes them. */
static struct sv kube_volume(struct sv source, struct sv *type)
{
	static const struct {
		const char *kube, *type;
	} types[] = {{"secret", "secret"},
		     {"configmap", "config_map"},
		     {"empty-dir", "empty_dir"},
		     {"projected", "projected"},
		     {"downward-api", "downward_api"}};
	size_t at = sv_find(source, SV("/volumes/kubernetes.io~"));

	if (at == SIZE_MAX || sv_find(source, SV("/pods/")) == SIZE_MAX)
		return (struct sv){0};
	struct sv rest = sv_from(source, at + 23), kind = sv_cut(&rest, '/');
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (sv_is(kind, types[i].kube)) {
			*type = sv_of(types[i].type);
			return sv_cut(&rest, '/');
		}
	return (struct sv){0};
}

/* What it shows of the host: a place, a volume of the engine, its own files. */
static void say_source(struct process *r, const struct host *h, const struct proc_mount *m,
		       struct node *out, struct sv source, const struct node *at)
{
	struct sv type = SV("volume"), name = volume_of(source);
	bool exact = false;

	if (name.n == 0)
		name = kube_volume(source, &type);
	/* the host's shared memory comes with its namespace */
	bool shm = sv_is(m->target, "/dev/shm") && fact_has(r->w, WORKLOAD_HOST_IPC) &&
		   node_true(&r->w->items[WORKLOAD_HOST_IPC]);
	if (shm || is_engines_own(m->target, source)) {
		fact_say(out, MOUNT_TYPE, NODE_STRING, SV("runtime"), at);
		return;
	}
	if (name.n) {
		fact_say(out, MOUNT_TYPE, NODE_STRING, type, at);
		fact_say(out, MOUNT_VOLUME, NODE_STRING, name, at);
		return;
	}
	fact_say(out, MOUNT_TYPE, NODE_STRING, SV("bind"), at);
	if (source.n) {
		fact_say(out, MOUNT_SOURCE, NODE_STRING, source, at);
		mount_conclude(r->a, out);
	}
	struct sv engine = engine_of(h, m, &exact);
	if (engine.n)
		fact_say(out, MOUNT_ENGINE, NODE_STRING, engine, at);
	if (exact)
		fact_say(out, MOUNT_SOURCE_KIND, NODE_STRING, SV("socket"), at);
}

static bool is_device(const struct proc_mount *m)
{
	return sv_starts(m->target, SV("/dev/")) &&
	       (sv_is(m->type, "devtmpfs") || sv_is(m->type, "devpts")) && !sv_is(m->root, "/");
}

static void place(struct process *r, const struct host *h, const struct proc_mount *m,
		  struct node *out, const struct node *at)
{
	struct sv rest = {0}, source = {0};
	const struct host_mount *host = mount_on_host(h, m, &rest);

	if (is_device(m)) {
		fact_say(out, MOUNT_TYPE, NODE_STRING, SV("device"), at);
		return;
	}
	if (is_virtual(m->type) || (!host && sv_is(m->root, "/"))) {
		fact_say(out, MOUNT_TYPE, NODE_STRING, m->type, at);
		return;
	}
	if (host) {
		source = sv_is(host->point, "/") && rest.n
				 ? rest
				 : arena_fmt(r->a, "%.*s%.*s", SV_ARG(host->point), SV_ARG(rest));
		/* "/foo//deleted": the source is gone, the mount still shows it */
		if (sv_ends(source, SV("//deleted")))
			source.n -= 9;
	}
	say_source(r, h, m, out, source, at);
	if (host && sv_eq(host->group, m->shared) && m->shared.n)
		fact_say(out, MOUNT_PROPAGATION, NODE_STRING, SV("Bidirectional"), at);
}

static void options(struct process *r, struct node *out, const struct proc_mount *m,
		    const struct node *at)
{
	struct sv rest = m->options;
	size_t n = 0;

	while (rest.n) {
		(void)sv_cut(&rest, ',');
		n++;
	}
	struct node *list = fact_list(r->a, out, MOUNT_OPTIONS, n, at);
	rest = m->options;
	for (size_t i = 0; i < n; i++) {
		struct sv option = sv_cut(&rest, ',');
		list->items[i] = proc_at(&r->mounts_text, option);
		list->items[i].kind = NODE_STRING;
		list->items[i].text = option;
	}
}

static bool is_read_only(const struct proc_mount *m)
{
	return proc_option(m->options, "ro") || proc_option(m->super, "ro");
}

static void record(struct process *r, const struct host *h, const struct proc_mount *m,
		   struct node *out)
{
	struct node at = proc_at(&r->mounts_text, m->line);

	fact_fill(r->a, out, &schema_mount, &at);
	fact_say(out, MOUNT_TARGET, NODE_STRING, m->target, &at);
	process_bool(out, MOUNT_READ_ONLY, is_read_only(m), &r->mounts_text, m->line);
	fact_say(out, MOUNT_PROPAGATION, NODE_STRING,
		 m->master                  ? SV("HostToContainer")
		 : m->shared.n && !h->known ? SV("Bidirectional")
					    : SV("None"),
		 &at);
	fact_say(out, MOUNT_SAID, NODE_STRING, m->line, &at);
	place(r, h, m, out, &at);
	options(r, out, m, &at);
}

/* Nothing is seen below: an empty folder or the null device lies over it. */
static bool is_mask(const struct proc_mount *m)
{
	bool inside = sv_starts(m->target, SV("/proc/")) || sv_starts(m->target, SV("/sys/"));
	bool null = sv_ends(m->root, SV("/null")) &&
		    (sv_is(m->type, "tmpfs") || sv_is(m->type, "devtmpfs"));

	if (!inside || sv_starts(m->target, SV("/sys/fs/cgroup")))
		return false;
	return null || (sv_is(m->type, "tmpfs") && sv_is(m->root, "/"));
}

/* A part of /proc laid over itself, read-only. */
static bool is_protection(const struct proc_mount *m)
{
	return sv_starts(m->target, SV("/proc/")) && sv_is(m->type, "proc") &&
	       !sv_is(m->root, "/") && is_read_only(m);
}

static void paths(struct process *r, unsigned field, bool (*is)(const struct proc_mount *m))
{
	struct node at = proc_at(&r->mounts_text, r->mounts_text.bytes);
	struct node *list = fact_list(r->a, r->c, field, r->mounts.n, &at);

	list->n = 0;
	for (size_t i = 0; i < r->mounts.n; i++) {
		const struct proc_mount *m = &r->mounts.p[i];
		if (!is(m))
			continue;
		struct node *item = &list->items[list->n++];
		*item = proc_at(&r->mounts_text, m->line);
		item->kind = NODE_STRING;
		item->text = m->target;
	}
}

/* Another mount at the same place hides it; the last one is seen. */
static bool is_hidden(const struct process *r, const struct proc_mount *m)
{
	return m != r->mounts.p + r->mounts.n - 1 && sv_eq(m[1].target, m->target) &&
	       m[1].parent == m->id;
}

static void list_mounts(struct process *r, const struct host *h)
{
	struct node at = proc_at(&r->mounts_text, r->mounts_text.bytes);
	struct node *list = fact_list(r->a, r->c, CONTAINER_MOUNTS, r->mounts.n, &at);
	struct node *volumes = fact_list(r->a, r->w, WORKLOAD_VOLUMES, r->mounts.n, &at);

	list->n = volumes->n = 0;
	for (size_t i = 0; i < r->mounts.n; i++) {
		const struct proc_mount *m = &r->mounts.p[i];
		if (sv_is(m->target, "/") || is_mask(m) || is_protection(m) || is_hidden(r, m))
			continue;
		struct node *out = &list->items[list->n++];
		record(r, h, m, out);
		if (sv_is(out->items[MOUNT_TYPE].text, "bind"))
			mount_volume(r->a, out, &volumes->items[volumes->n++]);
	}
}

static void root(struct process *r)
{
	const struct proc_mount *found = NULL;

	for (size_t i = 0; i < r->mounts.n; i++)
		if (sv_is(r->mounts.p[i].target, "/"))
			found = &r->mounts.p[i];
	if (found)
		process_bool(r->c, CONTAINER_READ_ONLY_ROOT, is_read_only(found), &r->mounts_text,
			     found->line);
}

void process_mounts(struct process *r)
{
	struct host *h = ARENA_NEW(r->a, struct host);
	struct sv rest, line;
	struct proc_mount m;

	r->has_mounts = proc_text_open(r->p, "mountinfo", &r->mounts_text);
	if (!r->has_mounts)
		return;
	for (rest = r->mounts_text.bytes; sv_line(&rest, &line);)
		if (proc_mount_read(r->a, line, &m))
			*VEC_PUSH(&r->mounts) = m;
	if (r->mounts.n == 0) {
		r->has_mounts = false;
		return;
	}
	host_mounts(r, h);
	host_sockets(r, h);
	root(r);
	paths(r, CONTAINER_MASKED_PATHS, is_mask);
	paths(r, CONTAINER_READONLY_PATHS, is_protection);
	bool masked = r->c->items[CONTAINER_MASKED_PATHS].n > 0;
	fact_say(r->c, CONTAINER_PROC_MOUNT, NODE_STRING, masked ? SV("Default") : SV("Unmasked"),
		 &r->c->items[CONTAINER_MASKED_PATHS]);
	list_mounts(r, h);
}
