/* Packages that engines' programs belong to. Only dpkg's files are known. */
#include "audit/read/packages.h"

#include <fcntl.h>

#include "audit/read/host-int.h"

enum { LIST_MAX = 8 << 20, STATUS_MAX = 64 << 20 };

/* Programs by the names of facts (component.name), and who packages them. */
static const struct {
	const char *component, *program;
	const char *const packages[5];
} owners[] = {
	{"docker", "dockerd", {"docker.io", "docker-ce", "moby-engine", "docker-engine"}},
	{"containerd", "containerd", {"containerd", "containerd.io", "moby-containerd"}},
	{"runc", "runc", {"runc", "containerd.io", "moby-runc", "runc-stable"}},
	{"crun", "crun", {"crun"}},
	{"podman", "podman", {"podman"}},
	{"crio", "crio", {"cri-o"}},
	{"buildkit", "buildkitd", {"buildkit"}},
};

/* What stands before the package's in PATH is somebody else's. */
static bool is_hidden(const struct read_host *h, struct arena *a, const char *program)
{
	static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin"};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		auto_close int fd =
			read_open_in(h->root, arena_fmt(a, "%s/%s", folders[i], program), O_PATH);
		if (fd >= 0)
			return true;
	}
	return false;
}

/* A line of it is /usr/bin/PROGRAM or its like. */
static bool lists(struct sv list, const char *program)
{
	static const char *const folders[] = {"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"};
	struct sv line;

	while (sv_line(&list, &line))
		for (size_t i = 0; i < ARRAY_LEN(folders); i++)
			if (sv_starts(line, sv_of(folders[i])) &&
			    sv_is(sv_from(line, strlen(folders[i])), program))
				return true;
	return false;
}

static bool owns(const struct read_host *h, struct arena *a, const char *package,
		 const char *program)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct parts parts = {.arena = a};
	struct err err;

	read_file(h, SV("list"), arena_fmt(a, "/var/lib/dpkg/info/%s.list", package), LIST_MAX,
		  &bytes);
	bool is = parts_read(&parts, buf_view(&bytes), &err) == 0 &&
		  lists(parts_bytes(&parts, SV("list")), program);
	parts_done(&parts);
	return is;
}

bool read_packages(const struct read_host *h, struct buf *out)
{
	auto_done(arena_done) struct arena a = {0};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(owners); i++)
		for (size_t k = 0; owners[i].packages[k]; k++) {
			const char *package = owners[i].packages[k];
			if (!owns(h, &a, package, owners[i].program) ||
			    is_hidden(h, &a, owners[i].program))
				continue;
			parts_write(out, SV("owner"), sv_of(owners[i].component), PART_HERE,
				    sv_of(package));
			any = true;
			break;
		}
	if (!any)
		return false;
	read_file(h, SV("dpkg"), SV("/var/lib/dpkg/status"), STATUS_MAX, out);
	read_file(h, SV("os-release"), SV("/etc/os-release"), LIST_MAX, out);
	read_file(h, SV("os-release"), SV("/usr/lib/os-release"), LIST_MAX, out);
	return true;
}
