/* Containers by the names of their cgroups, as engines choose them with systemd and without. */
#include "audit/read/containers-int.h"

enum { ID_LENGTH = 64 };

/* Folders of systemd: PREFIX id .scope; the longer prefix first. */
static const struct {
	const char *prefix, *engine; /* NULL: not a container */
} scopes[] = {
	{"cri-containerd-", "containerd"}, {"crio-conmon-", NULL}, {"crio-", "crio"},
	{"libpod-conmon-", NULL},          {"libpod-", "podman"},  {"docker-", "docker"},
	{"nerdctl-", "containerd"},        {"lxc-", "lxc"},
};

/* Folders below one of that name. */
static const struct {
	const char *above, *engine;
} parents[] = {
	{"docker", "docker"},
	{"buildkit", "buildkit"},
	{"lxc", "lxc"},
	{"libpod_parent", "podman"},
};

static bool is_hex_id(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f')))
			return false;
	return v.n == ID_LENGTH;
}

/* systemd writes bytes that its names cannot have as \xHH. */
static struct sv unit_name(struct arena *a, struct sv v)
{
	static const char digits[] = "0123456789abcdef";
	char *out = arena_alloc(a, v.n);
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		const char *high = i + 3 < v.n && v.p[i] == '\\' && v.p[i + 1] == 'x' && v.p[i + 2]
					   ? strchr(digits, v.p[i + 2])
					   : NULL;
		const char *low = high && v.p[i + 3] ? strchr(digits, v.p[i + 3]) : NULL;
		if (low) {
			out[n++] = (char)((high - digits) * 16 + (low - digits));
			i += 3;
		} else {
			out[n++] = v.p[i];
		}
	}
	return sv_make(out, n);
}

struct match {
	struct sv id, name;
	const char *engine;
};

static bool of_scope(struct arena *a, struct sv folder, struct match *out)
{
	bool scope = sv_ends(folder, SV(".scope"));
	struct sv v = scope ? sv_head(folder, folder.n - 6) : folder;

	for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
		if (!sv_starts(v, sv_of(scopes[i].prefix)))
			continue;
		struct sv id = sv_from(v, strlen(scopes[i].prefix));
		if (!scopes[i].engine || (!is_hex_id(id) && !(scope && sv_is(id, "lxc"))))
			return false;
		*out = (struct match){id, {0}, scopes[i].engine};
		return true;
	}
	if (scope && sv_starts(v, SV("machine-"))) {
		struct sv name = unit_name(a, sv_from(v, 8));
		*out = (struct match){name, name, "systemd-nspawn"};
		return true;
	}
	return false;
}

static bool of_folder(struct arena *a, struct sv above, struct sv folder, bool kube,
		      struct match *out)
{
	if (of_scope(a, folder, out))
		return true;
	if (sv_starts(folder, SV("lxc.payload."))) {
		struct sv name = sv_from(folder, 12);
		*out = (struct match){name, name, "lxc"};
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(parents); i++)
		if (sv_is(above, parents[i].above) &&
		    (is_hex_id(folder) || sv_is(above, "lxc") || sv_is(above, "buildkit"))) {
			bool lxc = sv_is(above, "lxc");
			*out = (struct match){folder, lxc ? folder : (struct sv){0},
					      parents[i].engine};
			return true;
		}
	if (!is_hex_id(folder))
		return false;
	*out = (struct match){folder, {0}, kube ? "kubernetes" : ""};
	return true;
}

/* The innermost container of a path. */
static bool of_path(struct arena *a, struct sv path, struct match *out)
{
	bool kube = false, any = false;
	struct sv above = {0};

	while (path.n) {
		struct sv folder = sv_cut(&path, '/');
		kube |= sv_starts(folder, SV("kubepods"));
		any |= of_folder(a, above, folder, kube, out);
		above = folder;
	}
	return any;
}

bool container_of_cgroup(struct arena *a, struct sv cgroup, struct sv *id, struct sv *name,
			 struct sv *engine)
{
	struct match m = {0};
	struct sv line;

	while (sv_line(&cgroup, &line)) {
		(void)sv_cut(&line, ':');
		(void)sv_cut(&line, ':');
		if (!of_path(a, line, &m))
			continue;
		*id = arena_sv(a, m.id);
		*name = arena_sv(a, m.name);
		*engine = sv_of(m.engine);
		return true;
	}
	return false;
}
