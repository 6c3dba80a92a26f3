/* Files that engines hang on: owner, mode, and who else could replace them on their whole way. */
#include "fact/engine/work.h"

#include "base/glob.h"
#include "base/vec.h"

/* What is where unless the configuration says otherwise. The first pattern counts. */
static const struct {
	const char *pattern, *role;
} usual[] = {
	{"*/docker.service", "docker_service"},
	{"*/docker.service.d/*", "docker_service"},
	{"*/docker.socket", "docker_socket_unit"},
	{"*/docker.socket.d/*", "docker_socket_unit"},
	{"*/containerd.service", "containerd_unit"},
	{"*/containerd.service.d/*", "containerd_unit"},
	{"/etc/docker", "docker_config_dir"},
	{"/etc/docker/daemon.json", "daemon_config"},
	{"*/.config/docker/daemon.json", "daemon_config"},
	{"/etc/docker/certs.d*", "registry_certs"},
	{"/etc/default/docker", "default_docker"},
	{"/etc/sysconfig/docker", "sysconfig_docker"},
	{"/var/run/docker.sock", "docker_socket"},
	{"/run/docker.sock", "docker_socket"},
	{"/run/user/*/docker.sock", "docker_socket"},
	{"/var/lib/docker", "docker_data_root"},
	{"/run/containerd/containerd.sock", "containerd_socket"},
	{"/run/containerd", "containerd_dir"},
	{"/etc/containerd", "containerd_config_dir"},
	{"/etc/containerd/*", "containerd_config"},
	{"*bin/dockerd", "dockerd"},
	{"*bin/containerd", "containerd"},
	{"*bin/containerd-shim*", "containerd_shim"},
	{"*bin/runc", "runc"},
	{"*bin/crun", "crun"},
	{"*bin/podman", "podman"},
	{"*/podman.sock", "podman_socket"},
	{"/etc/containers/registries.conf*", "registries_conf"},
	{"/etc/containers/policy.json", "policy_json"},
	{"/etc/containers/*.conf*", "containers_conf"},
	{"/usr/share/containers/*", "containers_conf"},
};

static const char *role_of(const struct engine_roles *roles, struct sv path)
{
	for (size_t i = 0; i < roles->n; i++)
		if (sv_eq(roles->p[i].path, path))
			return roles->p[i].role;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (glob_match_name(sv_of(usual[i].pattern), path))
			return usual[i].role;
	return NULL;
}

struct reach {
	struct node_vec found;
	struct arena *a;
	int64_t trusted; /* beside root: whose engine it is */
};

enum { REACH_MAX = 32 };

static void reach_add(struct reach *r, const struct node *at, struct sv path, struct sv who)
{
	for (size_t i = 0; i < r->found.n; i++)
		if (sv_eq(r->found.p[i].items[REACH_WHO].text, who) &&
		    sv_eq(r->found.p[i].items[REACH_PATH].text, path))
			return;
	if (r->found.n == REACH_MAX)
		return;
	struct node *n = VEC_PUSH(&r->found);
	fact_fill(r->a, n, &schema_reach, at);
	fact_say(n, REACH_PATH, NODE_STRING, path, at);
	fact_say(n, REACH_WHO, NODE_STRING, who, at);
}

static int64_t number(const struct node *in, const char *key)
{
	int64_t v = 0;

	return node_i64(node_get(in, key), &v) ? v : 0;
}

enum { MODE_STICKY = 01000, MODE_GROUP_WRITE = 020, MODE_OTHERS_WRITE = 02 };

/* Who but root may put something else there. In a sticky folder only the owner may. */
static void step(struct reach *r, const struct node *at)
{
	int64_t mode = number(at, "mode"), uid = number(at, "uid"), gid = number(at, "gid");
	struct sv path = node_get_str(at, "path");

	if (uid != 0 && uid != r->trusted)
		reach_add(r, at, path,
			  arena_fmt(r->a, "user %.*s", SV_ARG(node_get_str(at, "owner"))));
	if (mode & MODE_STICKY)
		return;
	if ((mode & MODE_GROUP_WRITE) && gid != 0)
		reach_add(r, at, path,
			  arena_fmt(r->a, "group %.*s", SV_ARG(node_get_str(at, "group"))));
	if (mode & MODE_OTHERS_WRITE)
		reach_add(r, at, path, SV("everybody"));
}

static void reaches(struct parts *b, struct node *record, const struct node *stat, struct sv path)
{
	struct reach r = {.a = b->arena, .trusted = -1};
	bool home = sv_starts(path, SV("/home/")) || sv_starts(path, SV("/run/user/"));

	if (home)
		r.trusted = number(stat, "uid");
	NODE_EACH (it, node_get(stat, "above"))
		step(&r, it);
	/* to write to a socket is not to replace it */
	if (!sv_is(node_get_str(stat, "type"), "socket"))
		step(&r, stat);
	struct node *list = fact_list(b->arena, record, HOST_FILE_REACH, r.found.n, stat);
	if (r.found.n)
		memcpy(list->items, r.found.p, r.found.n * sizeof *r.found.p);
	vec_done(&r.found);
}

static void fields(struct parts *b, struct node *record, const struct node *stat)
{
	static const struct {
		const char *key;
		unsigned field;
	} copied[] = {
		{"type", HOST_FILE_TYPE}, {"owner", HOST_FILE_OWNER}, {"group", HOST_FILE_GROUP},
		{"uid", HOST_FILE_UID},   {"gid", HOST_FILE_GID},     {"acl", HOST_FILE_ACL},
	};
	const struct node *mode = node_get(stat, "mode"), *resolved = node_get(stat, "resolved");
	struct sv path = record->items[HOST_FILE_PATH].text;
	int64_t bits;

	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		fact_set(record, copied[i].field, node_get(stat, copied[i].key));
	if (node_i64(mode, &bits)) {
		fact_set(record, HOST_FILE_BITS, mode);
		fact_say(record, HOST_FILE_MODE, NODE_STRING,
			 arena_fmt(b->arena, "%04o", (unsigned)(bits & 07777)), mode);
	}
	if (node_str(resolved).n && !sv_eq(resolved->text, path))
		fact_set(record, HOST_FILE_LINK, resolved);
	reaches(b, record, stat, path);
}

/* The same file under two paths is one. */
static bool is_again(struct sv_vec *told, struct arena *a, const char *role,
		     const struct node *stat)
{
	struct sv key = arena_fmt(a, "%s %.*s", role, SV_ARG(node_get_str(stat, "resolved")));

	for (size_t i = 0; i < told->n; i++)
		if (sv_eq(told->p[i], key))
			return true;
	*VEC_PUSH(told) = key;
	return false;
}

enum { FILES_MAX = 2000 };

static void file(struct parts *b, const struct fact_sink *sink, struct part *part, const char *role,
		 struct sv_vec *told)
{
	const struct node *stat = engine_json(b, sink, part);

	if (part->state == PART_HERE &&
	    (!node_is(stat, NODE_OBJECT) || is_again(told, b->arena, role, stat)))
		return;
	struct node *whole = ARENA_NEW(b->arena, struct node);
	*whole = work_whole(b, part);
	struct node *record = fact_record(b->arena, &schema_host_file, stat ? stat : whole);
	fact_say(record, HOST_FILE_ROLE, NODE_STRING, sv_of(role), NULL);
	fact_say(record, HOST_FILE_PATH, NODE_STRING, part->name, NULL);
	if (stat) {
		fact_say(record, HOST_FILE_EXISTS, NODE_BOOL, SV("true"), NULL);
		fields(b, record, stat);
	}
	engine_tell(b, sink, stat ? stat : whole, "File", part->name, "host_file", record);
}

void engine_files(struct parts *b, const struct fact_sink *sink, const struct engine_roles *roles)
{
	struct sv_vec told = {0};

	for (size_t i = 0; i < b->all.n && told.n < FILES_MAX; i++) {
		struct part *part = &b->all.p[i];
		if (!sv_is(part->role, "stat") || part->state == PART_ABSENT)
			continue;
		const char *role = role_of(roles, part->name);
		if (role)
			file(b, sink, part, role, &told);
	}
	vec_done(&told);
}
