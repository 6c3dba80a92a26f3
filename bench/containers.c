/*
 * Processes as those of containers, without an engine: N of them, each in namespaces and a cgroup
 * of its own whose name is the container's id, without privileges, user 10001, with a seccomp
 * filter. Prints their numbers, a line each, and stays until its input ends; then all end with it.
 *
 *     bench-containers N
 *
 * It needs root and a cgroup file system that can be written; says so and prints nothing otherwise.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/arena.h"
#include "base/sv.h"

static const struct {
	const char *folder, *limit, *value;
} groups[] = {
	{"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "536870912"},
	{"/sys/fs/cgroup/pids", "pids.max", "200"},
	{"/sys/fs/cgroup", "memory.max", "536870912"},
};
enum { GROUPS = ARRAY_LEN(groups) };

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* Makes the groups of a container and joins them, or (join false) removes them. */
static int group(int n, int join)
{
	char path[256];
	int joined = 0;

	for (int i = 0; i < GROUPS; i++) {
		(void)snprintf(path, sizeof path, "%s/cgroup.procs", groups[i].folder);
		if (access(path, W_OK) != 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/docker", groups[i].folder);
		(void)mkdir(path, 0755);
		int at = snprintf(
			path, sizeof path,
			"%s/docker/%08xee7d425898d88b630f42ce0a42bd291b08495e37bf6b0957ed1c"
			"9ae2",
			groups[i].folder, (unsigned)n);
		if (!join) {
			(void)rmdir(path);
			continue;
		}
		(void)mkdir(path, 0755);
		(void)snprintf(path + at, sizeof path - (size_t)at, "/%s", groups[i].limit);
		(void)put(path, groups[i].value);
		(void)snprintf(path + at, sizeof path - (size_t)at, "/cgroup.procs");
		joined += put(path, "0") == 0;
	}
	return joined ? 0 : -1;
}

/* As the documents of bench/docker say: all dropped but NET_BIND_SERVICE, no new privileges. */
static int give_up(void)
{
	struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {1, allow};
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};

	for (int i = 0; i <= 63; i++)
		if (i != CAP_NET_BIND_SERVICE)
			(void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	if (setgid(10001) != 0 || setuid(10001) != 0 || syscall(SYS_capset, &head, none) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* A root of its own as a runtime makes it, and what the documents of bench/docker mount there. */
static int make_root(void)
{
	static const char *const folders[] = {"proc", "sys", "dev",     "dev/shm",
					      "tmp",  "var", "var/lib", "var/lib/app"};
	static const char *const hidden[] = {"proc/kcore", "proc/keys",       "proc/latency_stats",
					     "proc/acpi",  "proc/timer_list", "proc/asound",
					     "proc/scsi",  "sys/firmware"};
	static const char *const fixed[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys"};
	const unsigned long guard = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	int rc = mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		 mount("overlay", "/mnt", "tmpfs", 0, "mode=755") || chdir("/mnt");

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		rc = rc || mkdir(folders[i], 0755);
	rc = rc || mount("proc", "proc", "proc", guard, NULL) ||
	     mount("sysfs", "sys", "sysfs", guard | MS_RDONLY, NULL) ||
	     mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "size=64k") ||
	     mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=64m") ||
	     mount("/srv", "var/lib/app", NULL, MS_BIND, NULL) ||
	     mknod("dev/null", S_IFCHR | 0666, makedev(1, 3)) ||
	     mknod("dev/zero", S_IFCHR | 0666, makedev(1, 5)) ||
	     mknod("dev/urandom", S_IFCHR | 0666, makedev(1, 9));
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (mount("dev/null", hidden[i], NULL, MS_BIND, NULL) != 0)
			(void)mount("tmpfs", hidden[i], "tmpfs", MS_RDONLY, NULL);
	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		rc = rc || mount(fixed[i], fixed[i], NULL, MS_BIND, NULL) ||
		     mount("", fixed[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | guard, NULL);
	return rc || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/") ||
	       mount("", "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
}

static void child(int n, int ready)
{
	char ok = group(n, 1) == 0 && unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET) == 0 &&
		  make_root() == 0 && give_up() == 0;

	if (!ok)
		perror("bench-containers");
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)!write(ready, &ok, 1);
	for (int fd = 0; fd < 16; fd++)
		(void)close(fd);
	while (ok)
		(void)pause();
	_exit(1);
}

int main(int argc, char **argv)
{
	uint64_t n = 0;
	int ready[2], made = 0;
	char ok = 1, end;

	if (argc != 2 || !sv_u64(sv_of(argv[1]), &n) || n > 32768 || pipe(ready) != 0)
		return 2;
	pid_t *pids = xcalloc(n + 1, sizeof *pids);
	for (; made < (int)n && ok; made++) {
		pids[made] =
			(pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
		if (pids[made] == 0)
			child(made, ready[1]);
		if (pids[made] < 0 || read(ready[0], &ok, 1) != 1)
			break;
		if (ok)
			(void)printf("%d\n", (int)pids[made]);
	}
	(void)fflush(stdout);
	(void)!read(0, &end, 1);
	for (int i = 0; i < made; i++) {
		(void)kill(pids[i], SIGKILL);
		(void)waitpid(pids[i], NULL, 0);
		(void)group(i, 0);
	}
	free(pids);
	return ok ? 0 : 1;
}
