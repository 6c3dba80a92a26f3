#include "audit/read/engine-int.h"

#include "base/glob.h"

enum { STATS_MAX = 512, FOLDER_MAX = 256, PATH_SHOWN = 4096 };

struct sv engine_read(struct engine_reader *r, const char *role, struct sv path)
{
	struct parts parts = {.arena = r->a};
	struct sv bytes = {0};
	struct err err;
	size_t start = r->out->n;
	bool made;

	path = arena_sv(r->a, path);
	(void)map_put(&r->seen, arena_fmt(r->a, "%s %.*s", role, SV_ARG(path)), &made);
	if (!made)
		return bytes;
	read_file(r->h, sv_of(role), path, ENGINE_FILE_MAX, r->out);
	if (parts_read(&parts, sv_from(buf_view(r->out), start), &err) == 0 && parts.all.n &&
	    parts.all.p[0].state == PART_HERE)
		bytes = parts.all.p[0].bytes;
	parts_done(&parts);
	return bytes;
}

void engine_read_folder(struct engine_reader *r, const char *role, const char *folder,
			const char *ending)
{
	enum part_state state;
	struct sv_vec names = read_folder(r->h, r->a, sv_of(folder), &state);

	for (size_t i = 0; i < names.n && i < FOLDER_MAX; i++)
		if (sv_ends(names.p[i], sv_of(ending)))
			(void)engine_read(r, role,
					  arena_fmt(r->a, "%s/%.*s", folder, SV_ARG(names.p[i])));
}

static void add_stat(struct engine_reader *r, struct sv path)
{
	bool made;

	if (r->stats.n >= STATS_MAX || !path.n || path.n > PATH_SHOWN)
		return;
	path = arena_sv(r->a, path);
	(void)map_put(&r->seen, arena_fmt(r->a, "stat %.*s", SV_ARG(path)), &made);
	if (made)
		*VEC_PUSH(&r->stats) = path;
}

void engine_stat(struct engine_reader *r, struct sv path)
{
	struct sv folder, pattern;
	enum part_state state;

	if (sv_find_char(path, '*') == SIZE_MAX || !sv_rcut(path, '/', &folder, &pattern)) {
		add_stat(r, path);
		return;
	}
	struct sv_vec names = read_folder(r->h, r->a, folder, &state);
	for (size_t i = 0; i < names.n && i < FOLDER_MAX; i++)
		if (glob_match_name(pattern, names.p[i]))
			add_stat(r,
				 arena_fmt(r->a, "%.*s/%.*s", SV_ARG(folder), SV_ARG(names.p[i])));
}

static bool ends_path(char c)
{
	return c <= ' ' || strchr("\"'<>|;,()[]{}$\\", c) != NULL;
}

/* The way of the path at the text's start. */
static struct sv path_at(struct sv text)
{
	size_t n = 0;

	while (n < text.n && !ends_path(text.p[n]))
		n++;
	return sv_head(text, n);
}

void engine_stat_all(struct engine_reader *r, struct sv text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '/')
			continue;
		/* /a, "/a", =/a, unix:///a; not http://a */
		char before = i ? text.p[i - 1] : ' ';
		bool url = before == '/' && i >= 2 && text.p[i - 2] == '/';
		if (!ends_path(before) && before != '=' && !url)
			continue;
		struct sv path = path_at(sv_from(text, i));
		if (path.n > 1 && path.p[1] != '/')
			add_stat(r, path);
		i += path.n ? path.n - 1 : 0;
	}
}

struct sv engine_word_after(struct sv *rest, struct sv word)
{
	size_t at = sv_find(*rest, word);

	if (at == SIZE_MAX) {
		*rest = (struct sv){0};
		return *rest;
	}
	*rest = sv_from(*rest, at + word.n);
	while (rest->n && (rest->p[0] == '=' || rest->p[0] == ' ' || rest->p[0] == '\0' ||
			   rest->p[0] == '"' || rest->p[0] == '-'))
		*rest = sv_from(*rest, 1);
	return path_at(*rest);
}

static void read_all(struct engine_reader *r)
{
	static const struct {
		const char *role, *path;
	} files[] = {
		{"passwd", "/etc/passwd"},
		{"group", "/etc/group"},
		{"os-release", "/etc/os-release"},
		{"os-release", "/usr/lib/os-release"},
		{"hostname", "/etc/hostname"},
		{"audit", "/etc/audit/audit.rules"},
		{"lsm", "/sys/kernel/security/lsm"},
		{"mountinfo", "/proc/1/mountinfo"},
		{"sysctl", "/proc/sys/kernel/osrelease"},
		{"sysctl", "/proc/sys/kernel/hostname"},
		{"sysctl", "/proc/sys/kernel/core_pattern"},
		{"sysctl", "/proc/sys/kernel/dmesg_restrict"},
		{"sysctl", "/proc/sys/kernel/kptr_restrict"},
		{"sysctl", "/proc/sys/kernel/unprivileged_bpf_disabled"},
		{"sysctl", "/proc/sys/kernel/perf_event_paranoid"},
		{"sysctl", "/proc/sys/kernel/io_uring_disabled"},
		{"sysctl", "/proc/sys/kernel/unprivileged_userns_clone"},
		{"sysctl", "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"},
		{"sysctl", "/proc/sys/kernel/randomize_va_space"},
		{"sysctl", "/proc/sys/kernel/modules_disabled"},
		{"sysctl", "/proc/sys/kernel/kexec_load_disabled"},
		{"sysctl", "/proc/sys/kernel/sysrq"},
		{"sysctl", "/proc/sys/kernel/yama/ptrace_scope"},
		{"sysctl", "/proc/sys/user/max_user_namespaces"},
		{"sysctl", "/proc/sys/vm/unprivileged_userfaultfd"},
		{"sysctl", "/proc/sys/vm/overcommit_memory"},
		{"sysctl", "/proc/sys/fs/suid_dumpable"},
		{"sysctl", "/proc/sys/net/ipv4/ip_forward"},
		{"sysctl", "/proc/sys/net/ipv4/ip_unprivileged_port_start"},
		{"sysctl", "/proc/sys/net/ipv4/conf/all/route_localnet"},
		{"sysctl", "/proc/sys/net/bridge/bridge-nf-call-iptables"},
		{"sysctl", "/proc/sys/net/bridge/bridge-nf-call-ip6tables"},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		(void)engine_read(r, files[i].role, sv_of(files[i].path));
	engine_read_folder(r, "audit", "/etc/audit/rules.d", ".rules");
}

static void read_podman(struct engine_reader *r)
{
	/* the later one wins (containers.conf(5), containers-registries.conf(5)) */
	static const struct {
		const char *role, *path, *folder;
	} files[] = {
		{"containers_conf", "/usr/share/containers/containers.conf",
		 "/usr/share/containers/containers.conf.d"},
		{"containers_conf", "/etc/containers/containers.conf",
		 "/etc/containers/containers.conf.d"},
		{"storage_conf", "/usr/share/containers/storage.conf", NULL},
		{"storage_conf", "/etc/containers/storage.conf", NULL},
		{"registries_conf", "/etc/containers/registries.conf",
		 "/etc/containers/registries.conf.d"},
		{"policy", "/etc/containers/policy.json", NULL},
	};
	static const struct {
		const char *role, *path;
	} of_user[] = {
		{"containers_conf", "containers.conf"},
		{"storage_conf", "storage.conf"},
		{"registries_conf", "registries.conf"},
		{"policy", "policy.json"},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		(void)engine_read(r, files[i].role, sv_of(files[i].path));
		engine_stat(r, sv_of(files[i].path));
		if (files[i].folder)
			engine_read_folder(r, files[i].role, files[i].folder, ".conf");
	}
	for (size_t i = 0; r->o->home.n && i < ARRAY_LEN(of_user); i++)
		(void)engine_read(r, of_user[i].role,
				  arena_fmt(r->a, "%.*s/.config/containers/%s", SV_ARG(r->o->home),
					    of_user[i].path));
	engine_stat(r, SV("/run/podman/podman.sock"));
	engine_stat(r, SV("/usr/bin/podman"));
}

static void look_at(struct engine_reader *r)
{
	static const char *const paths[] = {
		"/etc/docker",
		"/etc/docker/daemon.json",
		"/etc/docker/certs.d",
		"/etc/docker/certs.d/*",
		"/etc/default/docker",
		"/etc/sysconfig/docker",
		"/var/run/docker.sock",
		"/var/lib/docker",
		"/run/containerd",
		"/run/containerd/containerd.sock",
		"/etc/containerd",
		"/etc/containerd/config.toml",
		"/usr/bin/dockerd",
		"/usr/sbin/dockerd",
		"/usr/local/bin/dockerd",
		"/usr/bin/containerd",
		"/usr/local/bin/containerd",
		"/usr/bin/containerd-shim*",
		"/usr/local/bin/containerd-shim*",
		"/usr/bin/runc",
		"/usr/sbin/runc",
		"/usr/local/bin/runc",
		"/usr/local/sbin/runc",
		"/usr/bin/crun",
	};
	enum part_state state;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		engine_stat(r, sv_of(paths[i]));
	if (r->o->socket.n)
		engine_stat(r, r->o->socket);
	struct sv_vec registries = read_folder(r->h, r->a, SV("/etc/docker/certs.d"), &state);
	for (size_t i = 0; i < registries.n && i < FOLDER_MAX; i++)
		engine_stat(r,
			    arena_fmt(r->a, "/etc/docker/certs.d/%.*s/*", SV_ARG(registries.p[i])));
}

/* The socket of a rootless engine lies in the user's folders: only then the user's files are its.
 */
static bool is_rootless(const struct read_engine_options *o)
{
	return o->home.n && (!o->socket.n || sv_starts(o->socket, SV("/run/user/")) ||
			     sv_starts(o->socket, o->home));
}

void read_engines(const struct read_host *h, const struct read_engine_options *asked,
		  struct buf *out)
{
	auto_done(arena_done) struct arena a = {0};
	struct read_engine_options rooted = *asked;
	const struct read_engine_options *o = &rooted;
	struct engine_reader r = {.h = h, .o = o, .out = out, .a = &a};
	bool all = !o->docker && !o->podman && !o->containerd;

	if (!is_rootless(asked))
		rooted.home = (struct sv){0};
	read_all(&r);
	if (all || o->docker || o->containerd) {
		engine_read_daemons(&r);
		look_at(&r);
	}
	if (all || o->podman)
		read_podman(&r);
	for (size_t i = 0; i < r.stats.n; i++)
		read_stat(h, SV("stat"), r.stats.p[i], out);
	map_done(&r.seen);
	vec_done(&r.stats);
}

void read_engine_remote(struct sv where, struct buf *out)
{
	parts_write(out, SV("remote"), where, PART_HERE, (struct sv){0});
}
