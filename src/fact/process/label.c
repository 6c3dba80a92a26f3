/* Label of a security module, limits of the process, its cgroup and the limits of that. */
#include "fact/process/process-int.h"

/* "user:role:type:level", the level may have colons */
static bool selinux_parts(struct sv label, struct sv out[4])
{
	for (int i = 0; i < 3; i++) {
		if (sv_find_char(label, ':') == SIZE_MAX)
			return false;
		out[i] = sv_cut(&label, ':');
	}
	out[3] = label;
	return out[0].n > 0 && out[1].n > 0 && out[2].n > 0;
}

static bool is_selinux(struct process *r, struct sv label, const struct proc_text *t)
{
	static const uint8_t fields[] = {SELINUX_USER, SELINUX_ROLE, SELINUX_TYPE, SELINUX_LEVEL};
	struct node at = proc_at(t, label);
	struct sv part[4];

	if (sv_find_char(label, ' ') != SIZE_MAX || !selinux_parts(label, part))
		return false;
	struct node *out = fact_sub(r->a, r->c, CONTAINER_SELINUX, &schema_selinux, &at);
	for (size_t i = 0; i < 4; i++)
		process_say(out, fields[i], NODE_STRING, part[i], t, part[i]);
	return true;
}

/* Profiles that engines load themselves. */
static bool is_runtime_default(struct sv name)
{
	return sv_is(name, "docker-default") || sv_is(name, "cri-containerd.apparmor.d") ||
	       sv_starts(name, SV("containers-default-")) || sv_starts(name, SV("crio-default")) ||
	       sv_is(name, "nerdctl-default") || sv_starts(name, SV("lxc-container-default"));
}

/* "docker-default (enforce)"; a profile that only complains confines nothing. */
static void apparmor(struct process *r, struct sv label, const struct proc_text *t)
{
	struct node at = proc_at(t, label);
	struct sv name = label, mode = {0};

	if (sv_ends(label, SV(")")) && sv_rcut(label, '(', &name, &mode))
		name = sv_trim(name);
	bool open = sv_is(name, "unconfined") || sv_is(mode, "complain)");
	struct node *out = fact_sub(r->a, r->c, CONTAINER_APPARMOR, &schema_profile, &at);
	fact_say(out, PROFILE_TYPE, NODE_STRING,
		 open                       ? SV("Unconfined")
		 : is_runtime_default(name) ? SV("RuntimeDefault")
					    : SV("Localhost"),
		 &at);
	if (!sv_is(name, "unconfined"))
		fact_say(out, PROFILE_LOCALHOST, NODE_STRING, name, &at);
}

void process_label(struct process *r)
{
	struct proc_text t;

	if (!proc_text_open(r->p, "label", &t))
		return;
	struct sv label = t.bytes;
	while (label.n && (label.p[label.n - 1] == '\0' || label.p[label.n - 1] == '\n'))
		label.n--;
	if (label.n == 0)
		return;
	process_say(r->k, KERNEL_LSM, NODE_STRING, label, &t, label);
	if (!is_selinux(r, label, &t))
		apparmor(r, label, &t);
}

/* proc_pid_limits(5): the names stand in 26 columns. */
static const struct {
	const char *line, *name;
} limits[] = {
	{"Max cpu time", "cpu"},
	{"Max file size", "fsize"},
	{"Max data size", "data"},
	{"Max stack size", "stack"},
	{"Max core file size", "core"},
	{"Max resident set", "rss"},
	{"Max processes", "nproc"},
	{"Max open files", "nofile"},
	{"Max locked memory", "memlock"},
	{"Max address space", "as"},
	{"Max file locks", "locks"},
	{"Max pending signals", "sigpending"},
	{"Max msgqueue size", "msgqueue"},
	{"Max nice priority", "nice"},
	{"Max realtime priority", "rtprio"},
	{"Max realtime timeout", "rttime"},
};

static bool limit_value(struct sv word, struct sv *out)
{
	uint64_t number;

	*out = sv_is(word, "unlimited") ? SV("-1") : word;
	return sv_is(word, "unlimited") || sv_u64(word, &number);
}

static bool limit_line(struct process *r, struct sv line, const struct proc_text *t,
		       struct node *out)
{
	struct node at = proc_at(t, line);
	struct sv soft, hard;

	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct sv name = sv_of(limits[i].line), rest = sv_from(line, name.n);
		if (!sv_starts(line, name) || rest.n == 0 || rest.p[0] != ' ')
			continue;
		if (!limit_value(proc_word(&rest), &soft) || !limit_value(proc_word(&rest), &hard))
			return false;
		fact_fill(r->a, out, &schema_ulimit, &at);
		fact_say(out, ULIMIT_NAME, NODE_STRING, sv_of(limits[i].name), &at);
		fact_say(out, ULIMIT_SOFT, NODE_NUMBER, soft, &at);
		fact_say(out, ULIMIT_HARD, NODE_NUMBER, hard, &at);
		return true;
	}
	return false;
}

void process_limits(struct process *r)
{
	struct proc_text t;
	struct sv rest, line;

	if (!proc_text_open(r->p, "limits", &t))
		return;
	struct node at = proc_at(&t, t.bytes);
	struct node *list = fact_list(r->a, r->c, CONTAINER_ULIMITS, ARRAY_LEN(limits), &at);
	list->n = 0;
	for (rest = t.bytes; list->n < ARRAY_LEN(limits) && sv_line(&rest, &line);)
		list->n += limit_line(r, line, &t, &list->items[list->n]);
}

/* cgroups(7): v2's path, or that of a controller that limits. */
void process_cgroup(struct process *r)
{
	struct proc_text t;
	struct sv rest, line, best = {0};

	if (!proc_text_open(r->p, "cgroup", &t))
		return;
	for (rest = t.bytes; sv_line(&rest, &line);) {
		(void)sv_cut(&line, ':');
		struct sv list = sv_cut(&line, ':');
		bool limiting = sv_find(list, SV("memory")) != SIZE_MAX ||
				sv_find(list, SV("pids")) != SIZE_MAX;
		if (!best.p || (best.n <= 1 && line.n > 1) || (limiting && line.n > 1))
			best = line;
	}
	if (best.p)
		process_say(r->k, KERNEL_CGROUP, NODE_STRING, best, &t, best);
}
