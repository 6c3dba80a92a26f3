/* Limits of cgroups: the least of a folder and those above it holds. */
#include "fact/process/process-int.h"

enum {
	NONE_FROM = 62, /* v1 writes the largest page-aligned number for "no limit" */
	SHARES_DEFAULT = 1024,
	WEIGHT_DEFAULT = 100,
	PERIOD_DEFAULT = 100000, /* microseconds */
};

struct amount {
	bool set;
	uint64_t value;
	struct sv at;
};

struct amounts {
	struct amount memory, memory_swap, swap, cpu, pids, shares;
	struct sv cpu_set, cpu_set_at;
	struct amount quota; /* of v1: its period stands in the next line */
};

static void least(struct amount *to, uint64_t value, struct sv at)
{
	if (!to->set || value < to->value)
		*to = (struct amount){true, value, at};
}

static void bytes(struct amount *to, struct sv value, struct sv line)
{
	uint64_t n;

	if (sv_u64(value, &n) && n < UINT64_C(1) << NONE_FROM)
		least(to, n, line);
}

static void cpu(struct amounts *out, uint64_t quota, uint64_t period, struct sv at)
{
	if (period > 0 && quota < UINT64_MAX / 1000)
		least(&out->cpu, quota * 1000 / period, at);
}

static void line_v1(struct amounts *out, struct sv key, struct sv value, struct sv line)
{
	uint64_t n;

	if (sv_is(key, "memory.limit_in_bytes"))
		bytes(&out->memory, value, line);
	else if (sv_is(key, "memory.memsw.limit_in_bytes"))
		bytes(&out->memory_swap, value, line);
	else if (sv_is(key, "cpu.cfs_quota_us"))
		out->quota = (struct amount){sv_u64(value, &n), n, line};
	else if (sv_is(key, "cpu.cfs_period_us") && out->quota.set && sv_u64(value, &n))
		cpu(out, out->quota.value, n, out->quota.at);
	else if (sv_is(key, "cpu.shares") && sv_u64(value, &n) && n != SHARES_DEFAULT)
		out->shares = (struct amount){true, n, line};
}

/* The runtimes' way from v1's shares (2 to 262144) to v2's weight (1 to 10000), backwards. */
static uint64_t shares_of(uint64_t weight)
{
	return weight == 0 || weight > 10000 ? 0 : 2 + (weight - 1) * 262142 / 9999;
}

static void line_v2(struct amounts *out, struct sv key, struct sv value, struct sv line)
{
	uint64_t n, period = PERIOD_DEFAULT;

	if (sv_is(key, "memory.max"))
		bytes(&out->memory, value, line);
	else if (sv_is(key, "memory.swap.max"))
		bytes(&out->swap, value, line);
	else if (sv_is(key, "pids.max") && sv_u64(value, &n))
		least(&out->pids, n, line);
	else if (sv_is(key, "cpu.weight") && sv_u64(value, &n) && n != WEIGHT_DEFAULT)
		out->shares = (struct amount){shares_of(n) != 0, shares_of(n), line};
	else if (sv_is(key, "cpuset.cpus") && value.n && !out->cpu_set.n)
		out->cpu_set = value, out->cpu_set_at = line;
	else if (sv_is(key, "cpu.max") && sv_u64(proc_word(&value), &n)) {
		(void)sv_u64(proc_word(&value), &period);
		cpu(out, n, period, line);
	}
}

static void say(struct process *r, struct node *record, unsigned field, enum node_kind kind,
		const struct amount *v, const struct proc_text *t)
{
	if (v->set)
		process_say(record, field, kind,
			    arena_fmt(r->a, "%llu", (unsigned long long)v->value), t, v->at);
}

void process_resources(struct process *r)
{
	struct amounts v = {0};
	struct proc_text t;
	struct sv rest, line;

	if (!proc_text_open(r->p, "cgroup_limits", &t))
		return;
	for (rest = t.bytes; sv_line(&rest, &line);) {
		struct sv value = line, key = sv_cut(&value, ' ');
		line_v1(&v, key, value, line);
		line_v2(&v, key, value, line);
	}
	struct node at = proc_at(&t, t.bytes);
	struct node *out = fact_sub(r->a, r->c, CONTAINER_RESOURCES, &schema_resources, &at);
	/* v2 limits swap alone */
	if (v.swap.set && v.memory.set && !v.memory_swap.set)
		v.memory_swap = (struct amount){true, v.memory.value + v.swap.value, v.swap.at};
	say(r, out, RESOURCES_MEMORY_LIMIT, NODE_STRING, &v.memory, &t);
	say(r, out, RESOURCES_MEMORY_SWAP, NODE_STRING, &v.memory_swap, &t);
	say(r, out, RESOURCES_PIDS_LIMIT, NODE_NUMBER, &v.pids, &t);
	say(r, out, RESOURCES_CPU_SHARES, NODE_NUMBER, &v.shares, &t);
	if (v.cpu_set.n)
		process_say(out, RESOURCES_CPU_SET, NODE_STRING, v.cpu_set, &t, v.cpu_set_at);
	if (!v.cpu.set)
		return;
	unsigned long long milli = v.cpu.value;
	process_say(out, RESOURCES_CPU_LIMIT, NODE_STRING,
		    milli % 1000 ? arena_fmt(r->a, "%llum", milli)
				 : arena_fmt(r->a, "%llu", milli / 1000),
		    &t, v.cpu.at);
}
