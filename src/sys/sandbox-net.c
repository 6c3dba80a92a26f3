/* For a process that speaks with the network and hands on what it hears. */
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/sandbox.h"

enum {
	READ_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
};

/* Name service and certificates. Homes are not among them. */
static const char *const readable[] = {
	"/etc",     "/usr",       "/lib",     "/lib64",       "/run",
	"/var/lib", "/nix/store", "/mnt/wsl", "/dev/urandom", "/proc/sys",
};

/* OpenSSL's own way to name certificates. */
static const char *const named[] = {"SSL_CERT_FILE", "SSL_CERT_DIR"};

static const int forbidden[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(bpf),
	SCMP_SYS(keyctl),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(kill),
	SCMP_SYS(listen),
	SCMP_SYS(chmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(chown),
	SCMP_SYS(fchownat),
	SCMP_SYS(truncate),
	SCMP_SYS(pidfd_getfd),
};

static void allow(int rules, const char *path)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = READ_RIGHTS};
	struct stat st;

	if (!path || !*path)
		return;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	(void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.parent_fd);
}

/* All rights over files of ABI 1 are handled; only reading is given back. */
static int landlock(const char *ca_file, struct err *err)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs =
						     (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};

	if (!sandbox_has_landlock())
		return 0;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (rules < 0)
		return err_sys(err, "cannot shut in a download");
	for (size_t i = 0; i < ARRAY_LEN(readable); i++)
		allow(rules, readable[i]);
	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		allow(rules, getenv(named[i]));
	allow(rules, ca_file);
	int rc = syscall(SYS_landlock_restrict_self, rules, 0) == 0
			 ? 0
			 : err_sys(err, "cannot shut in a download");
	(void)close(rules);
	return rc;
}

int sandbox_enter_network(const char *ca_file, struct err *err)
{
	int rc = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, "cannot give up new privileges");
	rc = landlock(ca_file, err);
	if (rc < 0)
		return rc;
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	if (!ctx)
		return err_set(err, ERR_IO, "cannot make a system call filter");
	for (size_t i = 0; i < ARRAY_LEN(forbidden) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0);
	rc = rc ? rc : seccomp_load(ctx);
	seccomp_release(ctx);
	return rc == 0 ? 0 : err_set(err, ERR_IO, "cannot load a system call filter");
}
