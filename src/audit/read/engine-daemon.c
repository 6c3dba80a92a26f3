/* Units, command lines and configuration files of dockerd and containerd. */
#include "audit/read/engine-int.h"

#include <dirent.h>
#include <fcntl.h>

#include "base/glob.h"

static const char *const unit_folders[] = {
	"/etc/systemd/system.control", "/run/systemd/system.control",
	"/run/systemd/transient",      "/etc/systemd/system",
	"/run/systemd/system",         "/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",     "/lib/systemd/system",
};

static const char *const units[] = {"docker.service", "docker.socket", "containerd.service"};

/* A link to /dev/null masks a unit: a part without bytes, as an empty file. */
static bool is_masked(struct engine_reader *r, struct sv path)
{
	struct stat st;
	auto_close int fd = read_open_in(r->h->root, path, O_PATH);

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode);
}

static void read_config(struct engine_reader *r, struct sv path, struct sv folder)
{
	if (!sv_starts(path, SV("/")))
		path = arena_fmt(r->a, "%.*s/%.*s", SV_ARG(folder), SV_ARG(path));
	engine_stat(r, path);
	engine_stat_all(r, arena_sv(r->a, engine_read(r, "config", path)));
}

/* The files that it names are read and looked at too. folder: where it runs, without a / in the
 * end. */
static void follow(struct engine_reader *r, struct sv text, struct sv folder)
{
	text = arena_sv(r->a, text);
	struct sv rest = text, path;

	engine_stat_all(r, text);
	while ((path = engine_word_after(&rest, SV("EnvironmentFile="))).n) {
		struct sv env = arena_sv(r->a, engine_read(r, "env", path));
		engine_stat_all(r, env);
		path = engine_word_after(&env, SV("--config-file"));
		if (path.n)
			read_config(r, path, folder);
	}
	for (rest = text; (path = engine_word_after(&rest, SV("--config-file"))).n;)
		read_config(r, path, folder);
}

/* Of a daemon that the unit did not start only owner and mode of its files matter. */
static void read_unit(struct engine_reader *r, struct sv path, bool started)
{
	struct stat st;
	int fd = read_open_in(r->h->root, path, O_PATH);

	if (fd < 0)
		return;
	bool there = fstat(fd, &st) == 0;
	close(fd);
	if (there && started && is_masked(r, path)) {
		parts_write(r->out, SV("unit"), path, PART_HERE, (struct sv){0});
		return;
	}
	engine_stat(r, path);
	if (started)
		follow(r, engine_read(r, "unit", path), (struct sv){0});
}

static void read_drop_ins(struct engine_reader *r, struct sv folder, bool started)
{
	enum part_state state;
	struct sv_vec names = read_folder(r->h, r->a, folder, &state);

	for (size_t i = 0; i < names.n; i++)
		if (sv_ends(names.p[i], SV(".conf")))
			read_unit(r,
				  arena_fmt(r->a, "%.*s/%.*s", SV_ARG(folder), SV_ARG(names.p[i])),
				  started);
}

static void read_units_of(struct engine_reader *r, struct sv folder, bool started)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		struct sv path = arena_fmt(r->a, "%.*s/%s", SV_ARG(folder), units[i]);
		bool docker = strncmp(units[i], "docker.", 7) == 0;
		read_unit(r, path, started || !docker);
		read_drop_ins(r, arena_fmt(r->a, "%.*s.d", SV_ARG(path)), started || !docker);
	}
	read_drop_ins(r, arena_fmt(r->a, "%.*s/service.d", SV_ARG(folder)), started);
}

static void read_units(struct engine_reader *r, bool started)
{
	if (r->o->home.n)
		read_units_of(r, arena_fmt(r->a, "%.*s/.config/systemd/user", SV_ARG(r->o->home)),
			      started);
	else
		for (size_t i = 0; i < ARRAY_LEN(unit_folders); i++)
			read_units_of(r, sv_of(unit_folders[i]), started);
}

static void close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

/* The program of a process; of those of others only its short name can be read. */
static bool is_program(const struct read_host *h, const char *pid, const char *program)
{
	char name[64], text[4096];
	ssize_t n;

	(void)snprintf(name, sizeof name, "%s/exe", pid);
	n = readlinkat(h->proc, name, text, sizeof text);
	if (n > 0) {
		struct sv path = sv_make(text, (size_t)n);
		if (sv_ends(path, SV(" (deleted)")))
			path.n -= 10;
		return sv_is(sv_basename(path), program);
	}
	(void)snprintf(name, sizeof name, "%s/comm", pid);
	auto_close int fd = openat(h->proc, name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text);
	return n > 0 && sv_is(sv_trim(sv_make(text, (size_t)n)), program);
}

static bool read_command(const struct read_host *h, struct sv pid, struct buf *out)
{
	char name[64];

	(void)snprintf(name, sizeof name, "%.*s/cmdline", SV_ARG(sv_head(pid, 32)));
	auto_close int fd = openat(h->proc, name, O_RDONLY | O_CLOEXEC);
	buf_clear(out);
	return fd >= 0 && read_fd(fd, ENGINE_FILE_MAX, out);
}

static const struct sv usual = {"/run/docker.sock", 16};

static bool is_usual(struct sv socket)
{
	return sv_eq(sv_starts(socket, SV("/var")) ? sv_from(socket, 4) : socket, usual);
}

/* Is this the daemon that was asked? Its socket stands in its command line; the usual one also is
 * that of a daemon which names none, or takes what systemd hands over. */
static bool is_asked(struct sv socket, struct sv command)
{
	if (!socket.n || sv_find(command, socket) != SIZE_MAX)
		return true;
	if (!is_usual(socket))
		return false;
	return sv_find(command, usual) != SIZE_MAX || sv_find(command, SV("fd://")) != SIZE_MAX ||
	       sv_find(command, SV("unix://")) == SIZE_MAX;
}

/* Started by its unit, as its cgroup says: only then the unit's flags are its. */
static bool is_of_unit(struct engine_reader *r, struct sv pid)
{
	auto_done(buf_done) struct buf text = {0};
	char name[64];

	(void)snprintf(name, sizeof name, "%.*s/cgroup", SV_ARG(sv_head(pid, 32)));
	auto_close int fd = openat(r->h->proc, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 || !read_fd(fd, ENGINE_FILE_MAX, &text) ||
	       sv_find(buf_view(&text), SV("/docker.service")) != SIZE_MAX;
}

/* The daemon itself has made the socket that was asked, unless systemd has. */
static struct sv find_listener(struct engine_reader *r, const char *program, struct sv *pid)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv number = arena_fmt(r->a, "%lld", (long long)r->o->listener);

	if (r->o->listener <= 0 || r->h->proc < 0 || !is_program(r->h, number.p, program) ||
	    !read_command(r->h, number, &text))
		return (struct sv){0};
	*pid = number;
	return arena_sv(r->a, buf_view(&text));
}

/* The command line of the daemon, of several the one with the lowest number. Empty: none runs here
 * that is asked for. */
static struct sv search_daemon(struct engine_reader *r, const char *program, struct sv socket,
			       struct sv *pid)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv found = {0};
	int fd = r->h->proc < 0 ? -1 : openat(r->h->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_done(close_folder) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	uint64_t number, lowest = UINT64_MAX;

	while (d && (e = readdir(d))) {
		if (!sv_u64(sv_of(e->d_name), &number) || number >= lowest ||
		    !is_program(r->h, e->d_name, program) ||
		    !read_command(r->h, sv_of(e->d_name), &text) ||
		    !is_asked(socket, buf_view(&text)))
			continue;
		lowest = number;
		found = arena_sv(r->a, buf_view(&text));
		*pid = arena_sv(r->a, sv_of(e->d_name));
	}
	return found;
}

static struct sv find_daemon(struct engine_reader *r, const char *program, struct sv socket,
			     struct sv *pid)
{
	struct sv found;

	*pid = (struct sv){0};
	found = socket.n ? find_listener(r, program, pid) : (struct sv){0};
	if (!pid->n)
		found = search_daemon(r, program, socket, pid);
	if (pid->n)
		parts_write(r->out, sv_of(program),
			    arena_fmt(r->a, "/proc/%.*s/cmdline", SV_ARG(*pid)), PART_HERE, found);
	return found;
}

/* Texts of the list that follows the word "imports"; their last name may be a pattern. */
static void read_imports(struct engine_reader *r, struct sv text)
{
	size_t at = sv_find(text, SV("imports"));
	struct sv list = sv_from(text, at == SIZE_MAX ? text.n : at), word;

	list = sv_head(list, sv_find_char(list, ']'));
	while (list.n) {
		(void)sv_cut(&list, '"');
		word = sv_cut(&list, '"');
		struct sv folder, pattern;
		enum part_state state;
		if (!sv_starts(word, SV("/")) || !sv_rcut(word, '/', &folder, &pattern))
			continue;
		struct sv_vec names = read_folder(r->h, r->a, folder, &state);
		for (size_t i = 0; i < names.n; i++)
			if (glob_match_name(pattern, names.p[i]))
				(void)engine_read(r, "containerd_config",
						  arena_fmt(r->a, "%.*s/%.*s", SV_ARG(folder),
							    SV_ARG(names.p[i])));
	}
}

static void read_hosts(struct engine_reader *r, const char *folder)
{
	enum part_state state;
	struct sv_vec names = read_folder(r->h, r->a, sv_of(folder), &state);

	for (size_t i = 0; i < names.n; i++)
		(void)engine_read(
			r, "hosts_toml",
			arena_fmt(r->a, "%s/%.*s/hosts.toml", folder, SV_ARG(names.p[i])));
}

static void read_containerd(struct engine_reader *r)
{
	struct sv pid, command = find_daemon(r, "containerd", (struct sv){0}, &pid);
	struct sv rest = command, path = engine_word_after(&rest, SV("--config"));

	if (!path.n) {
		rest = command;
		path = engine_word_after(&rest, sv_make("\0-c\0", 4));
	}
	if (!path.n)
		path = SV("/etc/containerd/config.toml");
	struct sv text = arena_sv(r->a, engine_read(r, "containerd_config", path));
	engine_stat_all(r, text);
	read_imports(r, text);
	engine_read_folder(r, "containerd_config", "/etc/containerd/conf.d", ".toml");
	read_hosts(r, "/etc/containerd/certs.d");
}

/* Where a process works, without a / in the end. */
static struct sv folder_of(struct engine_reader *r, struct sv pid)
{
	char name[64], text[4096];

	(void)snprintf(name, sizeof name, "%.*s/cwd", SV_ARG(sv_head(pid, 32)));
	ssize_t n = pid.n ? readlinkat(r->h->proc, name, text, sizeof text) : 0;
	struct sv path = n > 0 ? sv_make(text, (size_t)n) : (struct sv){0};
	if (sv_ends(path, SV("/")))
		path.n--;
	return arena_sv(r->a, path);
}

void engine_read_daemons(struct engine_reader *r)
{
	static const char *const env[] = {"/etc/default/docker", "/etc/sysconfig/docker"};
	struct sv pid, command = find_daemon(r, "dockerd", r->o->socket, &pid);

	read_units(r, !pid.n || is_of_unit(r, pid));
	for (size_t i = 0; i < ARRAY_LEN(env); i++)
		engine_stat_all(r, arena_sv(r->a, engine_read(r, "env", sv_of(env[i]))));
	follow(r, command, folder_of(r, pid));
	/* an engine at a place of its own, whose process cannot be seen: nobody knows its files */
	bool unseen = r->o->socket.n && !pid.n && !r->o->home.n && !is_usual(r->o->socket);
	struct sv path = r->o->home.n ? arena_fmt(r->a, "%.*s/.config/docker/daemon.json",
						  SV_ARG(r->o->home))
				      : SV("/etc/docker/daemon.json");
	if (!unseen)
		engine_stat_all(r, arena_sv(r->a, engine_read(r, "config", path)));
	if (r->o->home.n)
		engine_stat(r, path);
	read_containerd(r);
}
