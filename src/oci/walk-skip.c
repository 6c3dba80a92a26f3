/* What a walk leaves out. Magic numbers: statfs(2). */
#include "base/base.h"

#include <sys/vfs.h>

#include "oci/walk-int.h"

/* Views of the kernel, not files of the system. */
static const uint32_t kernel_types[] = {
	0x9fa0,     /* proc */
	0x62656572, /* sysfs */
	0x27e0eb,   /* cgroup */
	0x63677270, /* cgroup2 */
	0x1cd1,     /* devpts */
	0x64626720, /* debugfs */
	0x74726163, /* tracefs */
	0x73636673, /* securityfs */
	0xcafe4a11, /* bpf */
	0x62656570, /* configfs */
	0x6165676c, /* pstore */
	0x19800202, /* mqueue */
	0x958458f6, /* hugetlbfs */
	0xde5e81e4, /* efivarfs */
	0x0187,     /* autofs */
	0x42494e4d, /* binfmt_misc */
	0x65735543, /* fusectl */
	0x6e736673, /* nsfs */
	0x67596969, /* rpc_pipefs */
	0xf97cff8c, /* selinux */
};

/* Others' disks, perhaps slow, large or gone. fuse is among them: sshfs and the like. */
static const uint32_t network_types[] = {
	0x6969,     /* nfs */
	0x517b,     /* smb */
	0xfe534d42, /* smb2 */
	0xff534d42, /* cifs */
	0x00c36400, /* ceph */
	0x5346414f, /* afs */
	0x6b414653, /* kafs */
	0x01021997, /* 9p */
	0x65735546, /* fuse */
	0x7461636f, /* ocfs2 */
	0x01161970, /* gfs2 */
	0x0bd00bd0, /* lustre */
	0x73757245, /* coda */
};

/* Paths of a host: what is in there is judged as images and containers, not as the host. */
static const struct {
	const char *path, *why;
	bool anywhere; /* at the end of any path: home directories */
} host_paths[] = {
	{"proc", "kernel file system", false},
	{"sys", "kernel file system", false},
	{"dev", "devices", false},
	{"var/lib/docker", "container store", false},
	{"var/lib/containers", "container store", false},
	{"var/lib/containerd", "container store", false},
	{"var/lib/nerdctl", "container store", false},
	{"var/lib/buildkit", "container store", false},
	{"var/lib/kubelet/pods", "container store", false},
	{"var/lib/kubelet/plugins", "container store", false},
	{"var/lib/rancher/k3s/agent/containerd", "container store", false},
	{"var/lib/rancher/rke2/agent/containerd", "container store", false},
	{"var/lib/lxc", "container store", false},
	{"var/lib/lxd", "container store", false},
	{"var/lib/incus", "container store", false},
	{"var/lib/machines", "container store", false},
	{"var/snap/docker/common/var-lib-docker", "container store", false},
	{"run/containerd", "container store", false},
	{"run/containers", "container store", false},
	{"run/docker", "container store", false},
	{".local/share/containers/storage", "container store", true},
	{".local/share/docker", "container store", true},
};

static bool among(uint32_t type, const uint32_t *types, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (types[i] == type)
			return true;
	return false;
}

const char *walk_skip_mount(int fd, bool full)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return NULL;
	uint32_t type = (uint32_t)fs.f_type;
	if (among(type, kernel_types, ARRAY_LEN(kernel_types)))
		return "kernel file system";
	if (!full && among(type, network_types, ARRAY_LEN(network_types)))
		return "network mount";
	return NULL;
}

const char *walk_skip_path(struct sv path)
{
	for (size_t i = 0; i < ARRAY_LEN(host_paths); i++) {
		struct sv p = sv_of(host_paths[i].path);
		if (sv_eq(path, p))
			return host_paths[i].why;
		if (host_paths[i].anywhere && path.n > p.n && sv_ends(path, p) &&
		    path.p[path.n - p.n - 1] == '/')
			return host_paths[i].why;
	}
	return NULL;
}
