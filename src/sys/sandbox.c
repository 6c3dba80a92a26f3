#include "sys/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sanitize.h"

/* Landlock ABI 1: every right over files; with no rule, nothing can be opened. */
static const uint64_t all_fs_rights =
	LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
	LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
	LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

bool sandbox_has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static bool landlock_enter(void)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = all_fs_rights};

	if (!sandbox_has_landlock())
		return false;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (fd < 0)
		return false;
	bool ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return ok;
}

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(pread64),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(recvmsg),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(fstat),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(sched_yield),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(fadvise64),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sysinfo),
};

/* Looking up a path is refused with an error, not with death: libraries try (time zones, CPU
 * counts). */
static const int refused[] = {
	SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(stat),   SCMP_SYS(lstat),
};

/* What a new thread of pthread_create() has, and what would make it more than a thread. */
static const uint64_t thread_flags =
	CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
static const uint64_t other_flags = CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT | CLONE_NEWNS |
				    CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
				    CLONE_NEWPID | CLONE_NEWNET | CLONE_IO | CLONE_PIDFD |
				    CLONE_UNTRACED;

enum { EXEC = 0x4, WRITE = 0x2, KIND = 0x3, PRIVATE = 0x2 }; /* PROT_*, MAP_TYPE, MAP_PRIVATE */

/* Memory, but never executable; a descriptor's bytes only as a private copy, so that a descriptor
 * that happens to be writable is not written to. mprotect cannot tell what is mapped: a shared
 * mapping is allowed only to those who opened their files themselves, for reading. */
static int add_memory(scmp_filter_ctx ctx, bool opened_files)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, EXEC, 0),
				  SCMP_A3(SCMP_CMP_MASKED_EQ, KIND, PRIVATE));

	if (rc == 0 && opened_files)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, EXEC | WRITE, 0));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, EXEC, 0));
	return rc;
}

static int add_rules(scmp_filter_ctx ctx, bool opened_files)
{
	int rc = add_memory(ctx, opened_files);

	for (size_t i = 0; i < ARRAY_LEN(allowed) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	/* threads, but no processes: clone3 hides its flags in memory, and glibc falls back to
	 * clone */
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (rc == 0)
		rc = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, thread_flags | other_flags, thread_flags));
	/* glibc's fstat() is this call with an empty path. A filter does not see the path, so who
	 * opened no files gets none of it: names of the host are not to be tried out. */
	if (rc == 0 && opened_files)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
				      SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
	if (rc == 0 && !opened_files)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 0);
	for (size_t i = 0; i < ARRAY_LEN(refused) && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
	return rc;
}

static int seccomp_enter(bool opened_files, struct err *err)
{
	/* A sanitizer's run time needs more calls than we can list: there the filter only forbids.
	 */
	scmp_filter_ctx ctx = seccomp_init(SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);

	if (!ctx)
		return err_set(err, ERR_UNSUPPORTED, "seccomp is not available");
	int rc = SANITIZED ? seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(execve), 0)
			   : add_rules(ctx, opened_files);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc == 0)
		return 0;
	(void)err_set(err, ERR_UNSUPPORTED, "the kernel refuses the seccomp filter: %s",
		      strerror(-rc));
	(void)err_scope(err, SCOPE_INTERNAL);
	return err_hint(
		err, "gabion parses hostile bytes only in a sandbox; run it where seccomp works");
}

int sandbox_enter(bool opened_files, struct err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, "cannot give up new privileges");
	int have = landlock_enter() ? SANDBOX_LANDLOCK : 0;
	int rc = seccomp_enter(opened_files, err);
	return rc < 0 ? rc : have | SANDBOX_SECCOMP;
}
