/* proc_pid_status(5): rights of the process. */
#include "fact/capability.h"
#include "fact/process/process-int.h"

static const char *const keys[STATUS_KEYS] = {
	[STATUS_NAME] = "Name",
	[STATUS_STATE] = "State",
	[STATUS_PID] = "Pid",
	[STATUS_UID] = "Uid",
	[STATUS_GID] = "Gid",
	[STATUS_GROUPS] = "Groups",
	[STATUS_NSPID] = "NSpid",
	[STATUS_CAP_PERMITTED] = "CapPrm",
	[STATUS_CAP_EFFECTIVE] = "CapEff",
	[STATUS_CAP_BOUNDING] = "CapBnd",
	[STATUS_CAP_AMBIENT] = "CapAmb",
	[STATUS_NO_NEW_PRIVS] = "NoNewPrivs",
	[STATUS_SECCOMP] = "Seccomp",
	[STATUS_SECCOMP_FILTERS] = "Seccomp_filters",
};

void proc_status_read(struct sv bytes, struct proc_status *out)
{
	struct sv line;

	*out = (struct proc_status){0};
	while (sv_line(&bytes, &line)) {
		struct sv key = sv_cut(&line, ':');
		for (size_t i = 0; i < STATUS_KEYS; i++)
			/* the name of a process cannot hold a line break: it is escaped */
			if (!out->value[i].p && sv_is(key, keys[i]))
				out->value[i] = sv_trim(line);
	}
}

bool proc_hex(struct sv text, uint64_t *out)
{
	uint64_t value = 0;

	if (text.n == 0 || text.n > 16)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
							: 16;
		if (digit > 15)
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

static const struct {
	uint8_t key, field;
} caps[] = {
	{STATUS_CAP_EFFECTIVE, KERNEL_CAP_EFFECTIVE},
	{STATUS_CAP_PERMITTED, KERNEL_CAP_PERMITTED},
	{STATUS_CAP_BOUNDING, KERNEL_CAP_BOUNDING},
	{STATUS_CAP_AMBIENT, KERNEL_CAP_AMBIENT},
};

static void capabilities(struct process *r, const struct proc_status *s, const struct proc_text *t)
{
	uint64_t set;

	for (size_t i = 0; i < ARRAY_LEN(caps); i++) {
		struct sv text = s->value[caps[i].key];
		struct node at = proc_at(t, text);
		if (!proc_hex(text, &set))
			continue;
		capability_list(r->a, r->k, caps[i].field, set, &at);
		if (caps[i].key == STATUS_CAP_BOUNDING)
			capability_list(r->a, r->c, CONTAINER_CAPABILITIES, set, &at);
	}
}

/* Modes 0, 1, 2 of seccomp(2). */
static void seccomp(struct process *r, const struct proc_status *s, const struct proc_text *t)
{
	static const char *const modes[] = {"none", "strict", "filter"};
	struct sv text = s->value[STATUS_SECCOMP], filters = s->value[STATUS_SECCOMP_FILTERS];
	struct node at = proc_at(t, text);
	uint64_t mode, number;

	if (!sv_u64(text, &mode) || mode >= ARRAY_LEN(modes))
		return;
	process_say(r->k, KERNEL_SECCOMP, NODE_STRING, sv_of(modes[mode]), t, text);
	struct node *profile = fact_sub(r->a, r->c, CONTAINER_SECCOMP, &schema_profile, &at);
	fact_say(profile, PROFILE_TYPE, NODE_STRING, mode ? SV("Filter") : SV("Unconfined"), &at);
	if (sv_u64(filters, &number))
		process_say(r->k, KERNEL_SECCOMP_FILTERS, NODE_NUMBER, filters, t, filters);
}

static void command(struct process *r)
{
	struct proc_text t;
	size_t n = 0;

	if (!proc_text_open(r->p, "cmdline", &t))
		return;
	for (size_t i = 0; i < t.bytes.n; i++)
		n += t.bytes.p[i] == '\0';
	struct node at = proc_at(&t, t.bytes);
	struct sv rest = t.bytes;
	struct node *list = fact_list(r->a, r->c, CONTAINER_ARGS, n, &at);
	for (size_t i = 0; i < n; i++) {
		struct sv word = sv_cut(&rest, '\0');
		list->items[i] = proc_at(&t, word);
		list->items[i].kind = NODE_STRING;
		list->items[i].text = word;
	}
}

void process_status(struct process *r)
{
	struct proc_status s;
	struct proc_text t;
	uint64_t value;

	command(r);
	if (!proc_text_open(r->p, "status", &t))
		return;
	proc_status_read(t.bytes, &s);
	if (sv_u64(s.value[STATUS_PID], &value))
		process_say(r->k, KERNEL_PID, NODE_NUMBER, s.value[STATUS_PID], &t,
			    s.value[STATUS_PID]);
	if (s.value[STATUS_STATE].p)
		process_say(r->w, WORKLOAD_STATE, NODE_STRING,
			    s.value[STATUS_STATE].n && s.value[STATUS_STATE].p[0] == 'Z'
				    ? SV("exited")
				    : SV("running"),
			    &t, s.value[STATUS_STATE]);
	capabilities(r, &s, &t);
	seccomp(r, &s, &t);
	if (sv_u64(s.value[STATUS_NO_NEW_PRIVS], &value)) {
		struct sv text = s.value[STATUS_NO_NEW_PRIVS];
		process_bool(r->k, KERNEL_NO_NEW_PRIVILEGES, value != 0, &t, text);
		process_bool(r->c, CONTAINER_ALLOW_ESCALATION, value == 0, &t, text);
	}
}
