/* Namespaces, and users as they are inside of them (user_namespaces(7)). */
#include "fact/process/process-int.h"

static const struct {
	const char *name;
	int shared, mode; /* fields of the workload; -1 = none */
} spaces[] = {
	{"net", WORKLOAD_HOST_NETWORK, WORKLOAD_NETWORK_MODE},
	{"pid", WORKLOAD_HOST_PID, WORKLOAD_PID_MODE},
	{"ipc", WORKLOAD_HOST_IPC, WORKLOAD_IPC_MODE},
	{"uts", WORKLOAD_HOST_UTS, WORKLOAD_UTS_MODE},
	{"mnt", -1, -1},
	{"user", WORKLOAD_HOST_USERS, WORKLOAD_USERNS_MODE},
	{"cgroup", WORKLOAD_HOST_CGROUP, WORKLOAD_CGROUP_MODE},
	{"time", -1, -1},
};

void process_namespaces(struct process *r)
{
	struct proc_text t;
	struct sv rest, line;
	bool known = true;

	if (!proc_text_open(r->p, "namespaces", &t))
		return;
	struct node at = proc_at(&t, t.bytes);
	struct node *list = fact_list(r->a, r->k, KERNEL_HOST_NAMESPACES, ARRAY_LEN(spaces), &at);
	list->n = 0;
	for (rest = t.bytes; sv_line(&rest, &line);) {
		struct sv words = line, name = proc_word(&words), own = proc_word(&words),
			  host = proc_word(&words);
		/* kernels without time namespaces have no number for it */
		bool one = own.n > 0 && host.n > 0 && !sv_is(own, "-") && !sv_is(host, "-");
		bool shared = one && sv_eq(own, host);
		known &= one || sv_is(name, "time") || sv_is(name, "cgroup");
		for (size_t i = 0; one && i < ARRAY_LEN(spaces); i++) {
			if (!sv_is(name, spaces[i].name))
				continue;
			if (spaces[i].shared >= 0)
				process_bool(r->w, (unsigned)spaces[i].shared, shared, &t, line);
			if (spaces[i].mode >= 0)
				process_say(r->w, (unsigned)spaces[i].mode, NODE_STRING,
					    shared ? SV("host") : SV("private"), &t, line);
			if (!shared || list->n == ARRAY_LEN(spaces))
				continue;
			list->items[list->n] = proc_at(&t, line);
			list->items[list->n].kind = NODE_STRING;
			list->items[list->n++].text = sv_of(spaces[i].name);
		}
	}
	if (!known)
		list->flags |= NODE_ABSENT;
}

enum { ID_RANGES = 340 /* the kernel's own limit */, WHOLE = UINT32_MAX };

struct ranges {
	struct {
		uint64_t inside, outside, count;
	} r[ID_RANGES];
	size_t n;
};

static bool ranges_of(struct parts *p, const char *role, struct proc_text *t, struct ranges *out)
{
	struct sv rest, line;

	out->n = 0;
	if (!proc_text_open(p, role, t))
		return false;
	for (rest = t->bytes; out->n < ID_RANGES && sv_line(&rest, &line);) {
		uint64_t v[3];
		if (proc_numbers(line, v, 3) != 3)
			continue;
		out->r[out->n].inside = v[0];
		out->r[out->n].outside = v[1];
		out->r[out->n++].count = v[2];
	}
	return true;
}

/* The number inside of a number outside. */
static bool inside(const struct ranges *map, uint64_t outside, uint64_t *out)
{
	for (size_t i = 0; i < map->n; i++) {
		if (outside < map->r[i].outside || outside - map->r[i].outside >= map->r[i].count)
			continue;
		*out = map->r[i].inside + (outside - map->r[i].outside);
		return true;
	}
	return false;
}

static void say_number(struct process *r, struct node *record, unsigned field, uint64_t value,
		       const struct proc_text *t, struct sv piece)
{
	process_say(record, field, NODE_NUMBER, arena_fmt(r->a, "%llu", (unsigned long long)value),
		    t, piece);
}

/* status has real, effective, saved and file system's: run_as is the real one, which a setuid
 * program keeps. */
static void ids(struct process *r, const struct proc_text *t, struct sv text,
		const struct ranges *map, unsigned run_as, unsigned effective)
{
	uint64_t v[4], in;

	if (proc_numbers(text, v, 4) != 4)
		return;
	if (inside(map, v[0], &in))
		say_number(r, r->c, run_as, in, t, text);
	if (inside(map, v[1], &in))
		say_number(r, r->k, effective, in, t, text);
	if (effective == KERNEL_UID)
		say_number(r, r->k, KERNEL_HOST_UID, v[1], t, text);
}

static void groups(struct process *r, const struct proc_text *t, struct sv text,
		   const struct ranges *map)
{
	size_t n = 0;
	struct sv rest = text;

	if (!text.p)
		return;
	while (proc_word(&rest).n)
		n++;
	struct node at = proc_at(t, text);
	struct node *list = fact_list(r->a, r->c, CONTAINER_GROUPS, n, &at);
	rest = text;
	for (list->n = 0; n--;) {
		uint64_t outside, in;
		struct sv word = proc_word(&rest);
		if (!sv_u64(word, &outside) || !inside(map, outside, &in))
			continue;
		struct node *item = &list->items[list->n++];
		*item = proc_at(t, word);
		item->kind = NODE_STRING;
		item->text = arena_fmt(r->a, "%llu", (unsigned long long)in);
	}
}

static void root_is_root(struct process *r, const struct proc_text *t, const struct ranges *map)
{
	struct sv piece = t->bytes;
	bool is = false, whole = false;

	for (size_t i = 0; i < map->n; i++) {
		if (map->r[i].inside != 0 || map->r[i].outside != 0)
			continue;
		is = map->r[i].count > 0;
		whole = map->r[i].count == WHOLE;
	}
	process_bool(r->k, KERNEL_ROOT_IS_ROOT, is, t, piece);
	/* a namespace of its own that maps everyone to himself separates nothing */
	if (whole || !fact_has(r->w, WORKLOAD_HOST_USERS))
		process_bool(r->w, WORKLOAD_HOST_USERS, whole, t, piece);
}

void process_ids(struct process *r)
{
	struct proc_text status, uid_text, gid_text;
	struct ranges *map = ARENA_NEW(r->a, struct ranges);
	struct proc_status s = {0};

	bool has_status = proc_text_open(r->p, "status", &status);
	if (has_status)
		proc_status_read(status.bytes, &s);
	if (ranges_of(r->p, "uid_map", &uid_text, map)) {
		root_is_root(r, &uid_text, map);
		if (has_status)
			ids(r, &status, s.value[STATUS_UID], map, CONTAINER_RUN_AS_USER,
			    KERNEL_UID);
	}
	if (ranges_of(r->p, "gid_map", &gid_text, map) && has_status) {
		ids(r, &status, s.value[STATUS_GID], map, CONTAINER_RUN_AS_GROUP, KERNEL_GID);
		groups(r, &status, s.value[STATUS_GROUPS], map);
	}
}
