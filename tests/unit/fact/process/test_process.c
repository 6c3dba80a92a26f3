/* The kernel's texts of a container of Docker's default kind, and what is different in others. */
#include "unit/test.h"

#include "fact/container/drift.h"
#include "fact/container/isolation.h"
#include "fact/process/process-int.h"
#include "fact/process/process.h"

/* As the kernel writes them; numbers of a host with 231072 as first subordinate user. */
#define STATUS_LINES(UID, BND, NNP, SECCOMP)                                                       \
	"Name:\tnginx\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4242\nPid:\t4242\nPPid:\t4200\n" \
	"Uid:\t" UID "\t" UID "\t" UID "\t" UID "\nGid:\t0\t0\t0\t0\nGroups:\t0 27 \n"             \
	"NSpid:\t4242\t1\nCapInh:\t0000000000000000\nCapPrm:\t" BND "\nCapEff:\t" BND              \
	"\nCapBnd:\t" BND "\nCapAmb:\t0000000000000000\nNoNewPrivs:\t" NNP "\nSeccomp:\t" SECCOMP  \
	"\nSeccomp_filters:\t" SECCOMP "\n"

static const char status_text[] = STATUS_LINES("0", "00000000a80425fb", "0", "2");

static const char mounts_text[] =
	"500 400 0:51 / / rw,relatime master:200 - overlay overlay rw,lowerdir=/l\n"
	"501 500 0:54 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n"
	"502 500 0:55 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755\n"
	"503 502 0:56 / /dev/pts rw,nosuid,noexec,relatime - devpts devpts rw\n"
	"504 500 0:57 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro\n"
	"505 504 0:29 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n"
	"506 500 8:1 /srv/my\\040data /data rw,relatime - ext4 /dev/sda1 rw\n"
	"507 500 8:1 /etc/conf.d /conf ro,relatime master:1 - ext4 /dev/sda1 rw\n"
	"508 500 0:25 /docker.sock /tmp/s rw,nosuid - tmpfs tmpfs rw,size=1g\n"
	"509 500 8:1 /var/lib/docker/containers/ab/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
	"510 500 8:1 /var/lib/docker/volumes/db/_data /db rw shared:9 - ext4 /dev/sda1 rw\n"
	"511 500 8:1 /srv/both /both rw shared:7 - ext4 /dev/sda1 rw\n"
	"512 500 0:60 / /tmp rw - tmpfs tmpfs rw,size=4k\n"
	"520 501 0:54 /bus /proc/bus ro,relatime - proc proc rw\n"
	"521 501 0:54 /fs /proc/fs ro,relatime - proc proc rw\n"
	"522 501 0:54 /irq /proc/irq ro,relatime - proc proc rw\n"
	"523 501 0:54 /sys /proc/sys ro,relatime - proc proc rw\n"
	"524 501 0:58 / /proc/acpi ro,relatime - tmpfs tmpfs ro\n"
	"525 501 0:55 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755\n"
	"526 504 0:59 / /sys/firmware ro,relatime - tmpfs tmpfs ro\n";

struct text {
	const char *role, *bytes;
};

static const struct text usual[] = {
	{"status", status_text},
	{"mountinfo", mounts_text},
	{"cgroup", "0::/system.slice/docker-ab.scope\n"},
	{"uid_map", "         0          0 4294967295\n"},
	{"gid_map", "         0          0 4294967295\n"},
	{"cmdline", "nginx"},
	{"limits",
	 "Limit                     Soft Limit           Hard Limit           Units     \n"
	 "Max open files            1048576              unlimited            files     \n"
	 "Max processes             unlimited            unlimited            processes \n"},
	{"label", "docker-default (enforce)\n"},
	{"namespaces", "net 4026532001 4026531840\npid 4026532002 4026531836\n"
		       "ipc 4026532003 4026531839\nuts 4026532004 4026531838\n"
		       "mnt 4026532005 4026531841\nuser 4026531837 4026531837\n"
		       "cgroup 4026532006 4026531835\ntime - -\n"},
	{"files", "cwd d 500 /\nroot d 500 /\nfd/3 f 506 /data/x\nfd/4 d 27 /sys/fs/cgroup\n"
		  "fd/5 f 0 /unknown\nfd/6 f 18 /memfd:x (deleted)\n"},
	{"devices", "/dev/null c 1 3 666\n/dev/tty c 5 0 666\n/dev/kmsg c 1 11 600\n"
		    "/dev/sda b 8 0 660\n/dev/null2 b 1 3 600\n"},
	{"cgroup_limits", "memory.max max\ncpu.max 150000 100000\npids.max 100\ncpu.weight 100\n"
			  "memory.max 1073741824\nmemory.swap.max 0\npids.max 200\n"},
	{"engines", "docker 25:1234 0:25 /docker.sock /run/docker.sock\n"},
	{"host_mounts", "8:1 / / 1\n0:25 / /run 5\n8:1 /srv/both /srv/both 7\n"},
};

struct fixture {
	struct arena arena;
	struct parts parts;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	arena_init(&f->arena, 0);
	f->parts.arena = &f->arena;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	parts_done(&f->parts);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* The usual texts, some of them others (bytes NULL: not there). */
static struct node *workload(struct fixture *f, const struct text *other, size_t n)
{
	parts_done(&f->parts);
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		const char *bytes = usual[i].bytes;
		for (size_t k = 0; k < n; k++)
			if (strcmp(other[k].role, usual[i].role) == 0)
				bytes = other[k].bytes;
		if (bytes)
			parts_add(&f->parts, sv_of(usual[i].role), sv_of(usual[i].role),
				  sv_make(bytes, strlen(bytes) + (i == 5)));
	}
	return process_workload(&f->parts);
}

static const struct node *container(const struct node *w)
{
	return &w->items[WORKLOAD_CONTAINERS].items[0];
}

static const char *text_of(struct arena *a, const struct node *n)
{
	struct buf out = {0};

	if (n->flags & NODE_ABSENT)
		return "?";
	if (n->kind != NODE_ARRAY)
		return arena_str(a, n->text);
	NODE_EACH (it, n)
		buf_fmt(&out, "%s%.*s", out.n ? " " : "", SV_ARG(it->text));
	const char *text = arena_str(a, buf_view(&out));
	buf_done(&out);
	return text;
}

static void usual_container(void **state)
{
	static const struct {
		unsigned field;
		const char *text;
	} of_workload
		[] =
			{
				{WORKLOAD_PLATFORM, "process"},     {WORKLOAD_NAME, "nginx"},
				{WORKLOAD_HOST_NETWORK, "false"},   {WORKLOAD_HOST_PID, "false"},
				{WORKLOAD_HOST_USERS, "true"},      {WORKLOAD_HOST_CGROUP, "false"},
				{WORKLOAD_NETWORK_MODE, "private"}, {WORKLOAD_STATE, "running"},
				{WORKLOAD_SERVICE_ACCOUNT, "?"},
			},
     of_container[] =
		{
			{CONTAINER_CAPABILITIES,
			 "CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE "
			 "NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP"},
			{CONTAINER_CAP_ADD, ""},
			{CONTAINER_CAP_DROP, ""},
			{CONTAINER_ALLOW_ESCALATION, "true"},
			{CONTAINER_PRIVILEGED, "false"},
			{CONTAINER_READ_ONLY_ROOT, "false"},
			{CONTAINER_RUN_AS_USER, "0"},
			{CONTAINER_GROUPS, "0 27"},
			{CONTAINER_ARGS, "nginx"},
			{CONTAINER_MASKED_PATHS, "/proc/acpi /proc/kcore /sys/firmware"},
			{CONTAINER_READONLY_PATHS, "/proc/bus /proc/fs /proc/irq /proc/sys"},
			{CONTAINER_PROC_MOUNT, "Default"},
			{CONTAINER_SECURITY_OPTIONS, "?"},
		},
     of_kernel[] = {
	     {KERNEL_PID, "4242"},
	     {KERNEL_HOST_UID, "0"},
	     {KERNEL_ROOT_IS_ROOT, "true"},
	     {KERNEL_SECCOMP, "filter"},
	     {KERNEL_SECCOMP_FILTERS, "2"},
	     {KERNEL_NO_NEW_PRIVILEGES, "false"},
	     {KERNEL_LSM, "docker-default (enforce)"},
	     {KERNEL_HOST_NAMESPACES, "user"},
	     {KERNEL_CGROUP, "/system.slice/docker-ab.scope"},
	     {KERNEL_DEVICES, "/dev/kmsg /dev/sda /dev/null2"},
	     {KERNEL_LEAKED, "fd/4 /sys/fs/cgroup"},
	     {KERNEL_CAP_AMBIENT, ""},
     };
	struct fixture *f = *state;
	const struct node *w = workload(f, NULL, 0), *c = container(w);
	const struct node *k = &c->items[CONTAINER_KERNEL];

	for (size_t i = 0; i < ARRAY_LEN(of_workload); i++)
		assert_string_equal(text_of(&f->arena, &w->items[of_workload[i].field]),
				    of_workload[i].text);
	for (size_t i = 0; i < ARRAY_LEN(of_container); i++)
		assert_string_equal(text_of(&f->arena, &c->items[of_container[i].field]),
				    of_container[i].text);
	for (size_t i = 0; i < ARRAY_LEN(of_kernel); i++)
		assert_string_equal(text_of(&f->arena, &k->items[of_kernel[i].field]),
				    of_kernel[i].text);
	assert_sv(c->items[CONTAINER_SECCOMP].items[PROFILE_TYPE].text, "Filter");
	assert_sv(c->items[CONTAINER_APPARMOR].items[PROFILE_TYPE].text, "RuntimeDefault");
	const struct node *r = &c->items[CONTAINER_RESOURCES];
	assert_sv(r->items[RESOURCES_MEMORY_LIMIT].text, "1073741824");
	assert_sv(r->items[RESOURCES_MEMORY_SWAP].text, "1073741824");
	assert_sv(r->items[RESOURCES_CPU_LIMIT].text, "1500m");
	assert_sv(r->items[RESOURCES_PIDS_LIMIT].text, "100");
	assert_false(fact_has(r, RESOURCES_CPU_SHARES));
	const struct node *u = &c->items[CONTAINER_ULIMITS];
	assert_int_equal(u->n, 2);
	assert_sv(u->items[0].items[ULIMIT_NAME].text, "nofile");
	assert_sv(u->items[0].items[ULIMIT_HARD].text, "-1");
}

static void mounts(void **state)
{
	static const struct {
		const char *target, *type, *source, *read_only, *propagation, *engine;
	} rows[] = {
		{"/proc", "proc", "?", "false", "None", "?"},
		{"/dev", "tmpfs", "?", "false", "None", "?"},
		{"/dev/pts", "devpts", "?", "false", "None", "?"},
		{"/sys", "sysfs", "?", "true", "None", "?"},
		{"/sys/fs/cgroup", "cgroup2", "?", "true", "None", "?"},
		{"/data", "bind", "/srv/my data", "false", "None", "?"},
		{"/conf", "bind", "/etc/conf.d", "true", "HostToContainer", "?"},
		{"/tmp/s", "bind", "/run/docker.sock", "false", "None", "docker"},
		{"/etc/hosts", "runtime", "?", "false", "None", "?"},
		{"/db", "volume", "?", "false", "None", "?"},
		{"/both", "bind", "/srv/both", "false", "Bidirectional", "?"},
		{"/tmp", "tmpfs", "?", "false", "None", "?"},
	};
	struct fixture *f = *state;
	const struct node *w = workload(f, NULL, 0);
	const struct node *list = &container(w)->items[CONTAINER_MOUNTS];

	assert_int_equal(list->n, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *m = &list->items[i];
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_TARGET]), rows[i].target);
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_TYPE]), rows[i].type);
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_SOURCE]), rows[i].source);
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_READ_ONLY]),
				    rows[i].read_only);
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_PROPAGATION]),
				    rows[i].propagation);
		assert_string_equal(text_of(&f->arena, &m->items[MOUNT_ENGINE]), rows[i].engine);
	}
	assert_int_equal(w->items[WORKLOAD_VOLUMES].n, 4);
	/* evidence: the line */
	uint32_t line, column;
	doc_line_col(parts_find(&f->parts, SV("mountinfo"))->doc, list->items[5].start, &line,
		     &column);
	assert_int_equal(line, 7);
}

/* One text is another; one field follows. */
static void others(void **state)
{
	static const struct {
		const char *role, *bytes;
		enum { W, C, K } of;
		unsigned field;
		const char *text;
	} rows[] = {
		{"uid_map", "0 231072 65536\n", K, KERNEL_ROOT_IS_ROOT, "false"},
		{"uid_map", "0 231072 65536\n", C, CONTAINER_RUN_AS_USER, "?"},
		{"uid_map", "0 1000 1\n1 0 5\n", C, CONTAINER_RUN_AS_USER, "1"},
		{"uid_map", "0 231072 65536\n", W, WORKLOAD_HOST_USERS, "true"},
		{"uid_map", NULL, C, CONTAINER_RUN_AS_USER, "?"},
		{"namespaces", "user 1 2\n", W, WORKLOAD_HOST_USERS, "true"},
		{"namespaces", "net 1 1\npid - -\n", W, WORKLOAD_HOST_NETWORK, "true"},
		{"namespaces", "net 1 1\npid - -\n", W, WORKLOAD_HOST_PID, "?"},
		{"namespaces", "net 1 1\npid - -\n", K, KERNEL_HOST_NAMESPACES, "?"},
		{"namespaces", "net 1 1\npid 2 2\n", K, KERNEL_HOST_NAMESPACES, "net pid"},
		{"status", STATUS_LINES("0", "000001ffffffffff", "0", "0"), C,
		 CONTAINER_CAPABILITIES, "ALL"},
		{"status", STATUS_LINES("0", "000001ffffffffff", "0", "0"), C, CONTAINER_CAP_ADD,
		 "ALL"},
		{"status", STATUS_LINES("0", "0000000000000400", "1", "0"), C, CONTAINER_CAP_DROP,
		 "ALL"},
		{"status", STATUS_LINES("0", "0000000000000400", "1", "0"), C, CONTAINER_CAP_ADD,
		 "NET_BIND_SERVICE"},
		{"status", STATUS_LINES("0", "0000000000000400", "1", "0"), C,
		 CONTAINER_ALLOW_ESCALATION, "false"},
		{"status", STATUS_LINES("0", "00000000a82425fb", "1", "0"), C, CONTAINER_CAP_ADD,
		 "SYS_ADMIN"},
		{"status", "Name:\tx\n", C, CONTAINER_CAPABILITIES, "?"},
		{"status", "Name:\tx\nCapBnd:\t00zz\n", C, CONTAINER_CAPABILITIES, "?"},
		{"label", "unconfined\n", K, KERNEL_LSM, "unconfined"},
		{"label", NULL, K, KERNEL_LSM, "?"},
		{"label", NULL, C, CONTAINER_APPARMOR, "?"},
		{"cgroup", "4:memory:/docker/ab\n1:name=systemd:/\n0::/\n", K, KERNEL_CGROUP,
		 "/docker/ab"},
		{"mountinfo", "1 0 0:5 / / ro - overlay o rw\n", C, CONTAINER_READ_ONLY_ROOT,
		 "true"},
		{"mountinfo", "1 0 0:5 / / rw - overlay o ro\n", C, CONTAINER_READ_ONLY_ROOT,
		 "true"},
		{"mountinfo", "1 0 0:5 / / rw - overlay o rw\n", C, CONTAINER_PROC_MOUNT,
		 "Unmasked"},
		{"mountinfo", NULL, C, CONTAINER_MOUNTS, "?"},
		{"mountinfo", NULL, K, KERNEL_LEAKED, "?"},
		{"devices", NULL, C, CONTAINER_DEVICES, "?"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct text other = {rows[i].role, rows[i].bytes};
		const struct node *w = workload(f, &other, 1), *c = container(w);
		const struct node *of[] = {w, c, &c->items[CONTAINER_KERNEL]};
		const char *got = text_of(&f->arena, &of[rows[i].of]->items[rows[i].field]);
		if (strcmp(got, rows[i].text) != 0)
			fail_msg("row %zu: %s", i, got);
	}
	const struct text none = {"status", NULL};
	assert_null(workload(f, &none, 1));
}

static void resources(void **state)
{
	static const struct {
		const char *lines;
		unsigned field;
		const char *text;
	} rows[] = {
		{"memory.limit_in_bytes 9223372036854771712\n", RESOURCES_MEMORY_LIMIT, "?"},
		{"memory.limit_in_bytes 4096\nmemory.limit_in_bytes 1024\n", RESOURCES_MEMORY_LIMIT,
		 "1024"},
		{"cpu.cfs_quota_us -1\ncpu.cfs_period_us 100000\n", RESOURCES_CPU_LIMIT, "?"},
		{"cpu.cfs_quota_us 50000\ncpu.cfs_period_us 100000\n", RESOURCES_CPU_LIMIT, "500m"},
		{"cpu.cfs_quota_us 50000\ncpu.cfs_period_us 0\n", RESOURCES_CPU_LIMIT, "?"},
		{"cpu.max max 100000\n", RESOURCES_CPU_LIMIT, "?"},
		{"cpu.max 200000 100000\n", RESOURCES_CPU_LIMIT, "2"},
		{"cpu.weight 39\n", RESOURCES_CPU_SHARES, "998"},
		{"cpu.shares 512\n", RESOURCES_CPU_SHARES, "512"},
		{"pids.max 18446744073709551616\n", RESOURCES_PIDS_LIMIT, "?"},
		{"cpuset.cpus 0-1\n", RESOURCES_CPU_SET, "0-1"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct text other = {"cgroup_limits", rows[i].lines};
		const struct node *c = container(workload(f, &other, 1));
		assert_string_equal(
			text_of(&f->arena, &c->items[CONTAINER_RESOURCES].items[rows[i].field]),
			rows[i].text);
	}
}

/* The configured side is the kernel's view of another container, or an absent field. */
static const char *differences(struct fixture *f, const struct node *said, const struct node *is)
{
	const struct node *d = drift_find(&f->arena, said, is);
	struct buf out = {0};

	NODE_EACH (it, &d->items[DRIFT_DIFFERENCES])
		buf_fmt(&out, "%s%.*s%s", out.n ? " " : "",
			SV_ARG(it->items[DIFFERENCE_SETTING].text),
			node_true(&it->items[DIFFERENCE_WEAKER]) ? "" : "(-)");
	const char *text = arena_str(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static void drift(void **state)
{
	static const struct {
		struct text said, is;
		const char *differences;
	} rows[] = {
		{{"", ""}, {"", ""}, ""},
		{{"status", STATUS_LINES("0", "0000000000000000", "1", "2")},
		 {"", ""},
		 "capabilities allow_escalation"},
		{{"", ""}, {"status", STATUS_LINES("0", "0000000000000000", "1", "2")}, ""},
		{{"", ""}, {"status", STATUS_LINES("0", "00000000a80425fb", "0", "0")}, "seccomp"},
		{{"", ""}, {"status", STATUS_LINES("33", "00000000a80425fb", "0", "2")}, ""},
		{{"status", STATUS_LINES("33", "00000000a80425fb", "0", "2")},
		 {"", ""},
		 "run_as_user"},
		{{"", ""}, {"label", "unconfined"}, "apparmor"},
		{{"", ""}, {"label", "other (enforce)"}, "apparmor(-)"},
		{{"", ""}, {"label", NULL}, ""},
		{{"", ""}, {"namespaces", "net 1 1\npid 2 2\nuser 1 1\n"}, "host_network host_pid"},
		{{"namespaces", "net 1 1\npid 2 2\nuser 1 1\n"}, {"", ""}, ""},
		{{"", ""}, {"cgroup_limits", ""}, "memory_limit pids_limit cpu_limit"},
		{{"", ""}, {"cgroup_limits", NULL}, ""},
		{{"", ""},
		 {"cgroup_limits", "memory.max 1073741825\npids.max 90\ncpu.max 160000 100000\n"},
		 "cpu_limit"},
		{{"devices", ""}, {"", ""}, "devices devices devices"},
		{{"mountinfo", "1 0 0:5 / / ro - overlay o rw\n"
			       "2 1 8:1 /srv /data ro - ext4 e rw\n"
			       "3 1 0:9 / /proc/kcore ro - tmpfs t ro\n"
			       "4 1 0:1 /sys /proc/sys ro - proc p ro\n"},
		 {"mountinfo",
		  "1 0 0:5 / / rw - overlay o rw\n"
		  "2 1 8:1 /srv /data rw - ext4 e rw\n"
		  "3 1 8:1 /boot /b ro - ext4 e rw\n"
		  "4 1 8:1 /var/lib/docker/containers/x/hosts /etc/hosts rw - ext4 e rw\n"},
		 "mounts mounts masked_paths readonly_paths read_only_root"},
		{{"", ""},
		 {"mountinfo", "1 0 0:5 / / rw - overlay o rw\n"
			       "2 1 0:1 /sys /proc/sys ro - proc p ro\n"
			       "3 1 0:1 /fs /proc/fs ro - proc p ro\n"
			       "4 1 0:1 /irq /proc/irq ro - proc p ro\n"
			       "5 1 0:9 / /proc/acpi ro - tmpfs t ro\n"
			       "6 1 0:1 /version /proc/kcore rw - proc p rw\n"},
		 "masked_paths"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *said = workload(f, &rows[i].said, 1);
		const struct node *is = workload(f, &rows[i].is, 1);
		const char *got = differences(f, said, is);
		if (strcmp(got, rows[i].differences) != 0)
			fail_msg("row %zu: %s", i, got);
	}
}

static void isolation(void **state)
{
	static const struct {
		struct text other[4];
		const char *line;
	} rows[] = {
		{{{"status", STATUS_LINES("0", "000001ffffffffff", "0", "0")},
		  {"mountinfo", "1 0 0:5 / / rw - overlay o rw\n"},
		  {"files", ""}},
		 "is root on the host: privileged; can become root on the host: CAP_SYS_ADMIN "
		 "without seccomp, CAP_SYS_MODULE without seccomp, CAP_SYS_RAWIO without seccomp "
		 "and 2 more"},
		{{{"files", ""}},
		 "can become root on the host: Docker's socket at /tmp/s, /dev/sda; can read the "
		 "host's files: /etc/conf.d (read-only)"},
		{{{"files", ""},
		  {"devices", ""},
		  {"mountinfo", "1 0 0:5 / / ro - overlay o rw\n"
				"2 1 0:1 /sys /proc/sys ro - proc p ro\n"}},
		 "held by: 14 capabilities, seccomp, AppArmor, read-only root, limits"},
		{{{"cgroup_limits", ""},
		  {"files", ""},
		  {"devices", ""},
		  {"mountinfo", "1 0 0:5 / / ro - overlay o rw\n"
				"2 1 0:1 /sys /proc/sys ro - proc p ro\n"}},
		 "can exhaust memory, processes, processors: no limits; held by: 14 capabilities, "
		 "seccomp, AppArmor, read-only root"},
		{{{"namespaces", "net 1 1\npid 2 2\n"},
		  {"files", ""},
		  {"devices", ""},
		  {"mountinfo", "1 0 0:5 / / ro - overlay o rw\n"
				"2 1 0:1 /sys /proc/sys ro - proc p ro\n"
				"3 1 8:1 / /host rw - ext4 e rw\n"}},
		 "can become root on the host: Docker's socket at /host; can write the host's "
		 "files: /; can see the host's processes, network"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text other[4];
		memcpy(other, rows[i].other, sizeof other);
		for (size_t k = 0; k < 4; k++)
			if (!other[k].role)
				other[k].role = "";
		struct sv line = isolation_line(&f->arena, workload(f, other, 4));
		assert_true(line.n <= ISOLATION_MAX);
		if (!sv_is(line, rows[i].line))
			fail_msg("row %zu: %.*s", i, SV_ARG(line));
	}
}

static void escapes(void **state)
{
	static const char *const rows[][2] = {
		{"plain", "plain"}, {"a\\040b", "a b"},      {"\\134", "\\"}, {"\\13", "\\13"},
		{"\\400", "\\400"}, {"\\01\\012", "\\01\n"}, {"x\\", "x\\"},  {"\\0400", " 0"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_sv(proc_unescape(&f->arena, sv_of(rows[i][0])), rows[i][1]);
}

/* Cut anywhere: never more than what is there. */
static void cut_texts(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		for (size_t n = 0; n < strlen(usual[i].bytes); n += 3) {
			struct text cut = {usual[i].role,
					   arena_str(&f->arena, sv_make(usual[i].bytes, n))};
			const struct node *w = workload(f, &cut, 1);
			assert_true(w || strcmp(cut.role, "status") == 0);
			if (w)
				assert_true(isolation_line(&f->arena, w).n > 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(usual_container, setup, teardown),
		cmocka_unit_test_setup_teardown(mounts, setup, teardown),
		cmocka_unit_test_setup_teardown(others, setup, teardown),
		cmocka_unit_test_setup_teardown(resources, setup, teardown),
		cmocka_unit_test_setup_teardown(drift, setup, teardown),
		cmocka_unit_test_setup_teardown(isolation, setup, teardown),
		cmocka_unit_test_setup_teardown(escapes, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_texts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
