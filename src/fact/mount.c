#include "fact/mount.h"

const char *const mount_guarded[MOUNT_GUARDED] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/bus",
	"/proc/fs",
	"/proc/interrupts",
	"/proc/irq",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/sys",
	"/proc/sysrq-trigger",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/dev/block",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
	"/sys/fs/selinux",
};

enum { PIECES = 256 /* of a path; longer ones are not resolved */ };

struct path {
	struct sv piece[PIECES];
	size_t n;
	bool too_long;
};

static bool is_number(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n > 0;
}

/* Links of /proc to the host's root folder: through the engine itself, which follows them, and
 * through the first process. Its working folder is / as well. */
static size_t proc_root(const struct path *p)
{
	size_t at = 2;

	if (p->n < 3 || !sv_is(p->piece[0], "proc"))
		return 0;
	if (!sv_is(p->piece[1], "self") && !sv_is(p->piece[1], "1") &&
	    !sv_is(p->piece[1], "thread-self"))
		return 0;
	if (p->n >= 5 && sv_is(p->piece[2], "task") && is_number(p->piece[3]))
		at = 4;
	return sv_is(p->piece[at], "root") || sv_is(p->piece[at], "cwd") ? at + 1 : 0;
}

static void take(struct path *p, size_t n)
{
	for (size_t i = n; i < p->n; i++)
		p->piece[i - n] = p->piece[i];
	p->n -= n;
}

/* /var/run is /run, /var/lock is /run/lock on all systems of today. */
static void links(struct path *p)
{
	size_t n;

	while ((n = proc_root(p)) > 0)
		take(p, n);
	if (p->n < 2 || !sv_is(p->piece[0], "var"))
		return;
	if (sv_is(p->piece[1], "run"))
		take(p, 1);
	else if (sv_is(p->piece[1], "lock"))
		p->piece[0] = SV("run");
}

/* As filepath.Clean does: the engines clean a source before the kernel sees it, so .. goes back
 * over links too. */
static void add_pieces(struct path *p, struct sv text)
{
	while (text.n) {
		struct sv piece = sv_cut(&text, '/');
		if (piece.n == 0 || sv_is(piece, "."))
			continue;
		if (sv_is(piece, "..")) {
			p->n -= p->n > 0;
			continue;
		}
		if (p->n == PIECES) {
			p->too_long = true;
			return;
		}
		p->piece[p->n++] = piece;
	}
}

static struct sv joined(struct arena *a, const struct path *p)
{
	size_t n = 1, at = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->piece[i].n + 1;
	char *out = arena_alloc(a, n);
	if (p->n == 0)
		out[at++] = '/';
	for (size_t i = 0; i < p->n; i++) {
		out[at++] = '/';
		memcpy(out + at, p->piece[i].p, p->piece[i].n);
		at += p->piece[i].n;
	}
	return sv_make(out, at);
}

struct sv mount_clean(struct arena *a, struct sv path)
{
	struct path p = {.n = 0};

	if (path.n == 0 || path.p[0] != '/')
		return path;
	add_pieces(&p, path);
	return p.too_long ? path : joined(a, &p);
}

void mount_conclude(struct arena *a, struct node *mount)
{
	const struct node *source = &mount->items[MOUNT_SOURCE];
	struct path p = {.n = 0};

	if (source->kind != NODE_STRING || source->text.n == 0 || source->text.p[0] != '/')
		return;
	add_pieces(&p, source->text);
	links(&p);
	add_pieces(&p, node_str(&mount->items[MOUNT_SUB_PATH]));
	if (p.too_long)
		return;
	struct sv resolved = joined(a, &p), engine = mount_engine_of(resolved);
	fact_say(mount, MOUNT_RESOLVED, NODE_STRING, resolved, source);
	if (engine.n)
		fact_say(mount, MOUNT_ENGINE, NODE_STRING, engine, source);
}

/* Where sockets lie; folders above them too. */
static const struct {
	const char *path, *engine;
} places[] = {
	{"/", "docker"},
	{"/run", "docker"},
	{"/run/containerd", "containerd"},
	{"/run/docker", "containerd"}, /* dockerd's own one: /run/docker/containerd */
	{"/run/docker/containerd", "containerd"},
	{"/run/k3s", "containerd"},
	{"/run/k3s/containerd", "containerd"},
	{"/run/crio", "crio"},
	{"/run/podman", "podman"},
	{"/run/buildkit", "buildkit"},
};

/* A socket is known by its name wherever it lies: rootless engines, snaps and desktops have theirs
 * in folders of their own. */
static const struct {
	const char *name, *engine;
} sockets[] = {
	{"docker.sock", "docker"},
	{"docker-cli.sock", "docker"},
	{"docker.raw.sock", "docker"},
	{"dockershim.sock", "docker"},
	{"cri-dockerd.sock", "docker"},
	{"containerd.sock", "containerd"},
	{"containerd.sock.ttrpc", "containerd"},
	{"docker-containerd.sock", "containerd"},
	{"firecracker-containerd.sock", "containerd"},
	{"crio.sock", "crio"},
	{"podman.sock", "podman"},
	{"buildkitd.sock", "buildkit"},
};

/* /run/user/1000/podman and its kin. */
static struct sv of_user(struct sv path)
{
	static const char *const folders[] = {"podman", "buildkit"};
	struct sv user, rest = path;

	if (!sv_starts(path, SV("/run/user/")))
		return (struct sv){0};
	rest = sv_from(path, 10);
	user = sv_cut(&rest, '/');
	for (size_t i = 0; is_number(user) && i < ARRAY_LEN(folders); i++)
		if (sv_is(rest, folders[i]))
			return sv_of(folders[i]);
	return (struct sv){0};
}

struct sv mount_engine_of(struct sv path)
{
	struct sv name = sv_basename(path);

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (sv_is(path, places[i].path))
			return sv_of(places[i].engine);
	for (size_t i = 0; i < ARRAY_LEN(sockets); i++)
		if (sv_is(name, sockets[i].name))
			return sv_of(sockets[i].engine);
	return of_user(path);
}

void mount_volume(struct arena *a, struct node *mount, struct node *out)
{
	static const uint8_t same[][2] = {
		{VOLUME_NAME, MOUNT_TARGET},   {VOLUME_TYPE, MOUNT_TYPE},
		{VOLUME_PATH, MOUNT_SOURCE},   {VOLUME_RESOLVED, MOUNT_RESOLVED},
		{VOLUME_ENGINE, MOUNT_ENGINE}, {VOLUME_SOURCE_KIND, MOUNT_SOURCE_KIND},
		{VOLUME_SOURCE, MOUNT_SAID},
	};

	fact_fill(a, out, &schema_volume, mount);
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (fact_has(mount, same[i][1]))
			fact_set(out, same[i][0], &mount->items[same[i][1]]);
	fact_lists(out, &schema_volume);
	if (fact_has(out, VOLUME_NAME))
		fact_set(mount, MOUNT_VOLUME, &out->items[VOLUME_NAME]);
}
