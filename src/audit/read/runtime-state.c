/*
 * What runtimes and engines leave on the host while a container runs. Their files are JSON; they
 * are not parsed here: the few values that are needed are searched for, and whatever they say is
 * held against /proc.
 */
#include "audit/read/containers-int.h"
#include "audit/read/host-int.h"
#include "base/limits.h"

enum { STATE_BYTES = 4 << 20 };

/* Where containerd's second shim protocol keeps bundles: NAMESPACE/ID/{config.json,init.pid}. */
static const char tasks[] = "/run/containerd/io.containerd.runtime.v2.task";
/* runc's roots: ID/state.json. */
static const struct {
	const char *folder, *engine;
} runc_roots[] = {
	{"/run/runc", "runc"},
	{"/run/docker/runtime-runc/moby", "docker"},
	{"/run/containerd/runc/k8s.io", "containerd"},
	{"/run/containerd/runc/default", "containerd"},
};
/* containers/storage: ID/userdata/{config.json,pidfile}. */
static const char *const storages[] = {"/run/containers/storage/overlay-containers",
				       "/run/containers/storage/vfs-containers",
				       "/var/lib/containers/storage/overlay-containers",
				       "/var/lib/containers/storage/vfs-containers"};

static bool text_of(struct finder *f, struct sv path, struct buf *out)
{
	auto_done(buf_done) struct buf part = {0};
	struct parts all = {0};
	struct err err;

	buf_clear(out);
	read_file(f->h, (struct sv){0}, path, STATE_BYTES, &part);
	if (parts_read(&all, buf_view(&part), &err) == 0)
		buf_sv(out, parts_bytes(&all, (struct sv){0}));
	parts_done(&all);
	return out->n > 0;
}

/* The number behind "key": */
static uint64_t number_after(struct sv json, const char *key)
{
	size_t at = sv_find(json, sv_of(key)), n = 0;
	uint64_t value;

	if (at == SIZE_MAX)
		return 0;
	struct sv rest = sv_from(json, at + strlen(key));
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '"'))
		rest = sv_from(rest, 1);
	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	return sv_u64(sv_head(rest, n), &value) ? value : 0;
}

/* The text behind the opening of a string; none when it has escapes. */
static struct sv text_after(struct sv json, const char *opening)
{
	size_t at = sv_find(json, sv_of(opening));

	if (at == SIZE_MAX)
		return (struct sv){0};
	struct sv rest = sv_from(json, at + strlen(opening)), text = sv_cut(&rest, '"');
	return sv_find_char(text, '\\') == SIZE_MAX ? text : (struct sv){0};
}

static pid_t pid_of(uint64_t number)
{
	return number <= INT32_MAX ? (pid_t)number : 0;
}

static void tell(struct finder *f, struct sv id, pid_t pid, uint64_t start, struct sv engine,
		 struct sv config)
{
	struct found *x = container_at(f, id, pid, start);

	if (!x)
		return;
	if (x->c.engine.n == 0 || sv_is(x->c.engine, "kubernetes"))
		x->c.engine = engine;
	if (config.n && !x->c.config.n)
		x->c.config = config;
}

static void containerd(struct finder *f)
{
	auto_done(buf_done) struct buf text = {0};
	enum part_state state;
	struct sv_vec spaces = read_folder(f->h, f->a, sv_of(tasks), &state);

	for (size_t s = 0; s < spaces.n; s++) {
		struct sv folder = arena_fmt(f->a, "%s/%.*s", tasks, SV_ARG(spaces.p[s]));
		struct sv_vec ids = read_folder(f->h, f->a, folder, &state);
		bool docker = sv_is(spaces.p[s], "moby");
		for (size_t i = 0; i < ids.n; i++) {
			struct sv at =
				arena_fmt(f->a, "%.*s/%.*s", SV_ARG(folder), SV_ARG(ids.p[i]));
			uint64_t pid = 0;
			if (text_of(f, arena_fmt(f->a, "%.*s/init.pid", SV_ARG(at)), &text))
				(void)sv_u64(sv_trim(buf_view(&text)), &pid);
			tell(f, ids.p[i], pid_of(pid), 0, docker ? SV("docker") : SV("containerd"),
			     arena_fmt(f->a, "%.*s/config.json", SV_ARG(at)));
		}
	}
}

static void runc(struct finder *f, struct sv folder, struct sv engine)
{
	auto_done(buf_done) struct buf text = {0};
	enum part_state state;
	struct sv_vec ids = read_folder(f->h, f->a, folder, &state);

	for (size_t i = 0; i < ids.n; i++) {
		struct sv path =
			arena_fmt(f->a, "%.*s/%.*s/state.json", SV_ARG(folder), SV_ARG(ids.p[i]));
		if (!text_of(f, path, &text))
			continue;
		struct sv json = buf_view(&text), bundle = text_after(json, "\"bundle=");
		tell(f, ids.p[i], pid_of(number_after(json, "\"init_process_pid\":")),
		     number_after(json, "\"init_process_start\":"), engine,
		     bundle.n ? arena_fmt(f->a, "%.*s/config.json", SV_ARG(bundle))
			      : (struct sv){0});
	}
}

static void crun(struct finder *f, struct sv folder)
{
	auto_done(buf_done) struct buf text = {0};
	enum part_state state;
	struct sv_vec ids = read_folder(f->h, f->a, folder, &state);

	for (size_t i = 0; i < ids.n; i++) {
		struct sv path =
			arena_fmt(f->a, "%.*s/%.*s/status", SV_ARG(folder), SV_ARG(ids.p[i]));
		if (!text_of(f, path, &text))
			continue;
		struct sv json = buf_view(&text), bundle = text_after(json, "\"bundle\":\"");
		if (!bundle.n)
			bundle = text_after(json, "\"bundle\": \"");
		tell(f, ids.p[i], pid_of(number_after(json, "\"pid\":")),
		     number_after(json, "\"process-start-time\":"), SV("crun"),
		     bundle.n ? arena_fmt(f->a, "%.*s/config.json", SV_ARG(bundle))
			      : (struct sv){0});
	}
}

static void storage(struct finder *f, struct sv folder)
{
	auto_done(buf_done) struct buf text = {0}, names = {0};
	enum part_state state;
	struct sv_vec ids = read_folder(f->h, f->a, folder, &state);

	(void)text_of(f, arena_fmt(f->a, "%.*s/containers.json", SV_ARG(folder)), &names);
	for (size_t i = 0; i < ids.n; i++) {
		struct sv at =
			arena_fmt(f->a, "%.*s/%.*s/userdata", SV_ARG(folder), SV_ARG(ids.p[i]));
		uint64_t pid = 0;
		if (text_of(f, arena_fmt(f->a, "%.*s/pidfile", SV_ARG(at)), &text))
			(void)sv_u64(sv_trim(buf_view(&text)), &pid);
		struct sv config = arena_fmt(f->a, "%.*s/config.json", SV_ARG(at));
		if (text_of(f, config, &text))
			tell(f, ids.p[i], pid_of(pid), 0, SV("podman"), config);
		struct map_entry *e = map_find(&f->by_id, ids.p[i]);
		struct sv key = arena_fmt(f->a, "\"id\":\"%.*s\",\"names\":[\"", SV_ARG(ids.p[i]));
		if (e && names.n && !f->all.p[e->num].c.name.n)
			f->all.p[e->num].c.name =
				arena_sv(f->a, text_after(buf_view(&names), arena_str(f->a, key)));
	}
}

/* The folder of Docker's data, by the configuration's mounts of files from it; before: where that
 * of the last one was. A container in another one's network has that one's files. */
static struct sv docker_data(struct finder *f, const struct read_container *c, struct sv before,
			     struct buf *text)
{
	struct sv file = arena_fmt(f->a, "/containers/%.*s/hostname\"", SV_ARG(c->id));
	struct sv head, tail;

	if (c->config.n && text_of(f, c->config, text)) {
		size_t at = sv_find(buf_view(text), file);
		if (at != SIZE_MAX && sv_rcut(sv_head(buf_view(text), at), '"', &head, &tail) &&
		    sv_starts(tail, SV("/")) && sv_find_char(tail, '\\') == SIZE_MAX)
			return arena_sv(f->a, tail);
	}
	return before;
}

/* Docker's own record: "Name":"/web". A quote inside of a JSON text has a backslash before it, so
 * nothing that a container chose can look like that. */
static void docker_names(struct finder *f)
{
	auto_done(buf_done) struct buf text = {0};
	struct sv data = SV("/var/lib/docker");

	for (size_t i = 0; i < f->all.n; i++) {
		struct read_container *c = &f->all.p[i].c;
		if (!sv_is(c->engine, "docker") || c->name.n)
			continue;
		data = docker_data(f, c, data, &text);
		struct sv path = arena_fmt(f->a, "%.*s/containers/%.*s/config.v2.json",
					   SV_ARG(data), SV_ARG(c->id));
		if (text_of(f, path, &text))
			c->name = arena_sv(f->a, text_after(buf_view(&text), "\"Name\":\"/"));
	}
}

void containers_of_runtimes(struct finder *f)
{
	enum part_state state;

	containerd(f);
	for (size_t i = 0; i < ARRAY_LEN(storages); i++)
		storage(f, sv_of(storages[i]));
	struct sv_vec users = read_folder(f->h, f->a, SV("/run/user"), &state);
	for (size_t i = 0; i < users.n; i++) {
		struct sv at = arena_fmt(f->a, "/run/user/%.*s", SV_ARG(users.p[i]));
		storage(f, arena_fmt(f->a, "%.*s/containers/overlay-containers", SV_ARG(at)));
		runc(f, arena_fmt(f->a, "%.*s/runc", SV_ARG(at)), SV("runc"));
		crun(f, arena_fmt(f->a, "%.*s/crun", SV_ARG(at)));
	}
	for (size_t i = 0; i < ARRAY_LEN(runc_roots); i++)
		runc(f, sv_of(runc_roots[i].folder), sv_of(runc_roots[i].engine));
	crun(f, SV("/run/crun"));
	containers_of_shims(f);
	docker_names(f);
}
