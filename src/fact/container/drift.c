#include "fact/container/drift.h"

#include "fact/capability.h"
#include "fact/effective.h"
#include "fact/mount.h"

enum { TEXT_MAX = 200, DIFFERENCES = 64 };

struct drift {
	struct arena *a;
	const struct node *w, *c;   /* configured */
	const struct node *kw, *kc; /* the kernel's */
	struct node *list;
};

/* The field, if both know it. */
static bool both(const struct drift *d, unsigned field, const struct node **said,
		 const struct node **kernel)
{
	*said = &d->c->items[field];
	*kernel = &d->kc->items[field];
	return fact_has(d->c, field) && fact_has(d->kc, field);
}

static void differ(struct drift *d, const char *setting, const struct node *said,
		   struct sv configured, const struct node *at, struct sv kernel, bool weaker)
{
	if (d->list->n == DIFFERENCES)
		return;
	struct node *out = &d->list->items[d->list->n++];
	fact_fill(d->a, out, &schema_difference, at);
	fact_say(out, DIFFERENCE_SETTING, NODE_STRING, sv_of(setting), at);
	fact_say(out, DIFFERENCE_CONFIGURED, NODE_STRING, sv_head(configured, TEXT_MAX), said);
	fact_say(out, DIFFERENCE_KERNEL, NODE_STRING, sv_head(kernel, TEXT_MAX), at);
	fact_say(out, DIFFERENCE_WEAKER, NODE_BOOL, weaker ? SV("true") : SV("false"), at);
}

static struct sv set_text(struct arena *a, uint64_t set)
{
	auto_done(buf_done) struct buf out = {0};

	if ((set & capability_all_set) == capability_all_set)
		return SV("ALL");
	for (unsigned i = 0; i < CAPABILITIES; i++)
		if (set >> i & 1) {
			buf_str(&out, out.n ? ", " : "");
			buf_str(&out, capability_name(i));
		}
	return out.n ? arena_sv(a, buf_view(&out)) : SV("none");
}

static void privileged(struct drift *d)
{
	const struct node *said, *kernel;

	if (both(d, CONTAINER_PRIVILEGED, &said, &kernel) && !node_true(said) && node_true(kernel))
		differ(d, "privileged", said, SV("false"), kernel, SV("true"), true);
}

/* A program may give up what it has: only more counts. */
static void capabilities(struct drift *d)
{
	const struct node *said, *kernel;

	if (!both(d, CONTAINER_CAPABILITIES, &said, &kernel))
		return;
	uint64_t more = capability_set(kernel) & ~capability_set(said);
	if (more)
		differ(d, "capabilities", said, set_text(d->a, capability_set(said)), kernel,
		       arena_fmt(d->a, "also %.*s", SV_ARG(set_text(d->a, more))), true);
}

static struct sv profile_type(const struct node *profile)
{
	return profile->n ? node_str(&profile->items[PROFILE_TYPE]) : (struct sv){0};
}

static bool confines(struct sv type)
{
	return type.n > 0 && !sv_is(type, "Unconfined") && !sv_is(type, "Undefined");
}

static void seccomp(struct drift *d)
{
	const struct node *said, *kernel;

	if (both(d, CONTAINER_SECCOMP, &said, &kernel) && confines(profile_type(said)) &&
	    !confines(profile_type(kernel)))
		differ(d, "seccomp", said, profile_type(said), kernel, SV("no filter"), true);
}

static void apparmor(struct drift *d)
{
	const struct node *said, *kernel;

	if (!both(d, CONTAINER_APPARMOR, &said, &kernel) || !confines(profile_type(said)))
		return;
	struct sv name = node_str(&said->items[PROFILE_LOCALHOST]);
	struct sv label = node_str(&kernel->items[PROFILE_LOCALHOST]);
	struct sv text = name.n ? name : profile_type(said);
	if (!confines(profile_type(kernel)))
		differ(d, "apparmor", said, text, kernel, label.n ? label : SV("unconfined"), true);
	else if (name.n && label.n && !sv_starts(label, name))
		/* another profile, which nobody here can weigh */
		differ(d, "apparmor", said, text, kernel, label, false);
}

static void escalation(struct drift *d)
{
	const struct node *said, *kernel;

	if (both(d, CONTAINER_ALLOW_ESCALATION, &said, &kernel) && !node_true(said) &&
	    node_true(kernel))
		differ(d, "allow_escalation", said, SV("false"), kernel,
		       SV("true: no_new_privs is not set"), true);
}

/* A namespace of its own where the host's is configured is a program's own doing, or a rootless
 * engine's: no difference. */
static void namespaces(struct drift *d)
{
	static const struct {
		const char *name;
		unsigned field;
	} spaces[] = {
		{"host_network", WORKLOAD_HOST_NETWORK}, {"host_pid", WORKLOAD_HOST_PID},
		{"host_ipc", WORKLOAD_HOST_IPC},         {"host_uts", WORKLOAD_HOST_UTS},
		{"host_users", WORKLOAD_HOST_USERS},     {"host_cgroup", WORKLOAD_HOST_CGROUP},
	};

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		unsigned f = spaces[i].field;
		if (fact_has(d->w, f) && fact_has(d->kw, f) && !node_true(&d->w->items[f]) &&
		    node_true(&d->kw->items[f]))
			differ(d, spaces[i].name, &d->w->items[f], SV("false"), &d->kw->items[f],
			       SV("true"), true);
	}
}

static bool holds(const struct node *list, struct sv text)
{
	NODE_EACH (it, list)
		if (sv_eq(node_str(it), text))
			return true;
	return false;
}

static const struct node *mount_at(const struct node *mounts, struct sv target)
{
	NODE_EACH (it, mounts)
		if (sv_eq(node_str(&it->items[MOUNT_TARGET]), target))
			return it;
	return NULL;
}

/* Is the path there without anything over it? Runtimes pass over what this kernel does not have. */
static bool is_open(const struct drift *d, struct sv path)
{
	const struct node *missing = &d->kc->items[CONTAINER_KERNEL].items[KERNEL_MISSING];
	bool guarded = false;

	if (!fact_has(d->kc, CONTAINER_KERNEL) ||
	    !fact_has(&d->kc->items[CONTAINER_KERNEL], KERNEL_MISSING) ||
	    !sv_starts(path, SV("/proc/")))
		return false;
	for (size_t i = 0; i < MOUNT_GUARDED; i++)
		guarded |= sv_is(path, mount_guarded[i]);
	return guarded && !holds(missing, path) &&
	       !holds(&d->kc->items[CONTAINER_MASKED_PATHS], path) &&
	       !holds(&d->kc->items[CONTAINER_READONLY_PATHS], path);
}

/* A path counts when the kernel shows it, when something else lies there, or when nothing at all
 * is hidden. */
static void masked_paths(struct drift *d)
{
	const struct node *said, *kernel, *mount;

	if (!both(d, CONTAINER_MASKED_PATHS, &said, &kernel))
		return;
	if (said->n > 0 && kernel->n == 0) {
		differ(d, "masked_paths", said, node_str(&said->items[0]), kernel,
		       SV("nothing is hidden"), true);
		return;
	}
	NODE_EACH (it, said) {
		struct sv path = node_str(it);
		mount = mount_at(&d->kc->items[CONTAINER_MOUNTS], path);
		if (mount && !holds(kernel, path))
			differ(d, "masked_paths", it, path, mount, SV("something else lies there"),
			       true);
		else if (!mount && is_open(d, path))
			differ(d, "masked_paths", it, path, kernel, SV("nothing lies over it"),
			       true);
	}
}

static void readonly_paths(struct drift *d)
{
	const struct node *said, *kernel;

	if (!both(d, CONTAINER_READONLY_PATHS, &said, &kernel))
		return;
	NODE_EACH (it, said)
		if (is_open(d, node_str(it)) ||
		    (sv_is(node_str(it), "/proc/sys") && !holds(kernel, SV("/proc/sys"))))
			differ(d, "readonly_paths", it, node_str(it), kernel,
			       SV("it can be written"), true);
}

static void read_only_root(struct drift *d)
{
	const struct node *said, *kernel;

	if (both(d, CONTAINER_READ_ONLY_ROOT, &said, &kernel) && node_true(said) &&
	    !node_true(kernel))
		differ(d, "read_only_root", said, SV("true"), kernel, SV("false"), true);
}

/* A program that starts as root may become somebody else, not the other way. */
static void user(struct drift *d)
{
	const struct node *kernel = &d->kc->items[CONTAINER_RUN_AS_USER];
	const struct node *said = &d->c->items[CONTAINER_RUN_AS_USER];
	const struct node *name = &d->c->items[CONTAINER_RUN_AS_USER_NAME];
	int64_t is, want;

	if (!node_i64(kernel, &is) || is != 0)
		return;
	if (fact_has(d->c, CONTAINER_RUN_AS_USER) && node_i64(said, &want)) {
		if (want != 0)
			differ(d, "run_as_user", said, said->text, kernel, SV("0"), true);
	} else if (fact_has(d->c, CONTAINER_RUN_AS_USER_NAME) && name->text.n &&
		   !sv_is(name->text, "root")) {
		differ(d, "run_as_user", name, name->text, kernel, SV("0"), true);
	}
}

/* A quantity in thousandths: 250m, 64Mi, 1.5, 1073741824, 1g. */
static bool quantity(struct sv text, uint64_t *out)
{
	static const struct {
		const char *suffix;
		uint64_t factor; /* of a thousandth */
	} units[] = {
		{"", 1000},
		{"m", 1},
		{"k", UINT64_C(1000) * 1000},
		{"M", UINT64_C(1000) * 1000000},
		{"G", UINT64_C(1000) * 1000000000},
		{"Ki", UINT64_C(1000) << 10},
		{"Mi", UINT64_C(1000) << 20},
		{"Gi", UINT64_C(1000) << 30},
		{"Ti", UINT64_C(1000) << 40},
	};
	size_t i = 0;
	uint64_t whole, part = 0, scale = 1;

	while (i < text.n && text.p[i] >= '0' && text.p[i] <= '9')
		i++;
	if (!sv_u64(sv_head(text, i), &whole) || whole > UINT64_C(1) << 62)
		return false;
	struct sv rest = sv_from(text, i);
	if (rest.n && rest.p[0] == '.')
		for (rest = sv_from(rest, 1); rest.n && rest.p[0] >= '0' && rest.p[0] <= '9';
		     rest = sv_from(rest, 1))
			if (scale < 1000) {
				scale *= 10;
				part = part * 10 + (uint64_t)(rest.p[0] - '0');
			}
	for (size_t u = 0; u < ARRAY_LEN(units); u++) {
		size_t value;
		if (!sv_is(rest, units[u].suffix))
			continue;
		if (!mul_ok(whole, units[u].factor, &value))
			return false;
		*out = value + part * units[u].factor / scale;
		return true;
	}
	return false;
}

/* Less than configured is the work of a cgroup above. */
static void limits(struct drift *d)
{
	static const struct {
		const char *name;
		unsigned field;
	} rows[] = {{"memory_limit", RESOURCES_MEMORY_LIMIT},
		    {"pids_limit", RESOURCES_PIDS_LIMIT},
		    {"cpu_limit", RESOURCES_CPU_LIMIT}};
	const struct node *said, *kernel;

	if (!both(d, CONTAINER_RESOURCES, &said, &kernel) || said->n == 0 || kernel->n == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *want = &said->items[rows[i].field];
		const struct node *is = &kernel->items[rows[i].field];
		uint64_t most, has;
		if (!fact_has(said, rows[i].field) || !quantity(want->text, &most) || most == 0)
			continue;
		if (!fact_has(kernel, rows[i].field))
			differ(d, rows[i].name, want, want->text, kernel, SV("no limit"), true);
		else if (quantity(is->text, &has) && has > most + most / 1000 + 1)
			differ(d, rows[i].name, want, want->text, is, is->text, true);
	}
}

/* Links that images have: /var/run is /run. */
static struct sv plain_path(struct sv path)
{
	if (sv_starts(path, SV("/var/run/")))
		path = sv_from(path, 4);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

static bool is_or_below(struct sv path, struct sv folder)
{
	return folder.n > 0 && sv_starts(path, folder) &&
	       (path.n == folder.n || folder.n == 1 || path.p[folder.n] == '/');
}

/* The configured mount that a mount of the kernel comes from: by its place, the nearest; or by what
 * it shows, since links inside of the image move places. *moved: by that alone. */
static const struct node *mount_said(const struct drift *d, const struct node *m, bool *moved)
{
	struct sv target = plain_path(node_str(&m->items[MOUNT_TARGET]));
	struct sv source = node_str(&m->items[MOUNT_SOURCE]), nearest = {0};
	const struct node *by_place = NULL, *by_source = NULL;

	NODE_EACH (it, &d->c->items[CONTAINER_MOUNTS]) {
		struct sv at = plain_path(node_str(&it->items[MOUNT_TARGET]));
		struct sv from = node_str(&it->items[MOUNT_SOURCE]);
		struct sv resolved = node_str(&it->items[MOUNT_RESOLVED]);
		if (is_or_below(target, at) && at.n >= nearest.n) {
			by_place = it;
			nearest = at;
		}
		/* one that can be written excuses more */
		if (((from.n && is_or_below(source, from)) ||
		     (resolved.n && is_or_below(source, resolved))) &&
		    (!by_source || !node_true(&it->items[MOUNT_READ_ONLY])))
			by_source = it;
	}
	*moved = !by_place;
	return by_place ? by_place : by_source;
}

/* The host's shared memory comes with its namespace. */
static bool comes_with(const struct drift *d, struct sv target)
{
	return node_true(&d->w->items[WORKLOAD_HOST_IPC]) &&
	       (sv_is(target, "/dev/shm") || sv_is(target, "/dev/mqueue"));
}

static void mounts(struct drift *d)
{
	if (!fact_has(d->c, CONTAINER_MOUNTS))
		return;
	NODE_EACH (it, &d->kc->items[CONTAINER_MOUNTS]) {
		const struct node *source = &it->items[MOUNT_SOURCE];
		struct sv target = node_str(&it->items[MOUNT_TARGET]);
		/* a volume's inside, mounted again by the container itself */
		if (!node_is(source, NODE_STRING) || comes_with(d, target) ||
		    sv_find(source->text, SV("/_data/")) != SIZE_MAX)
			continue;
		bool moved;
		const struct node *said = mount_said(d, it, &moved);
		if (!said)
			differ(d, "mounts", &d->c->items[CONTAINER_MOUNTS], SV("not there"), it,
			       arena_fmt(d->a, "%.*s at %.*s", SV_ARG(source->text),
					 SV_ARG(target)),
			       true);
		else if (node_true(&said->items[MOUNT_READ_ONLY]) &&
			 (moved || sv_eq(plain_path(target),
					 plain_path(node_str(&said->items[MOUNT_TARGET])))) &&
			 !node_true(&it->items[MOUNT_READ_ONLY]))
			differ(d, "mounts", said, arena_fmt(d->a, "%.*s read-only", SV_ARG(target)),
			       it, arena_fmt(d->a, "%.*s can be written", SV_ARG(target)), true);
	}
}

static bool device_said(const struct drift *d, struct sv path)
{
	NODE_EACH (it, &d->c->items[CONTAINER_DEVICES]) {
		struct sv target = node_str(&it->items[DEVICE_TARGET]);
		struct sv source = node_str(&it->items[DEVICE_SOURCE]);
		if (is_or_below(path, target) || is_or_below(path, source))
			return true;
	}
	NODE_EACH (it, &d->c->items[CONTAINER_MOUNTS])
		if (is_or_below(path, node_str(&it->items[MOUNT_TARGET])) &&
		    node_str(&it->items[MOUNT_SOURCE]).n)
			return true;
	return false;
}

static void devices(struct drift *d)
{
	const struct node *said, *kernel;

	if (!both(d, CONTAINER_DEVICES, &said, &kernel) ||
	    node_true(&d->c->items[CONTAINER_PRIVILEGED]) ||
	    fact_has(d->c, CONTAINER_DEVICE_REQUESTS))
		return;
	NODE_EACH (it, kernel) {
		struct sv path = node_str(&it->items[DEVICE_TARGET]);
		if (!device_said(d, path))
			differ(d, "devices", said, SV("not there"), it, path, true);
	}
}

struct node *drift_find(struct arena *a, const struct node *configured, const struct node *kernel)
{
	static void (*const compare[])(struct drift * d) = {
		privileged, capabilities, seccomp,      apparmor,       escalation,
		namespaces, mounts,       masked_paths, readonly_paths, read_only_root,
		user,       devices,      limits,
	};
	const struct node *mine = &configured->items[WORKLOAD_CONTAINERS];
	const struct node *its = &kernel->items[WORKLOAD_CONTAINERS];
	struct node *out = fact_record(a, &schema_drift, kernel);
	struct drift d = {.a = a, .w = configured, .kw = kernel};

	if (mine->n > 0 && fact_has(mine->items, CONTAINER_NAME))
		fact_set(out, DRIFT_CONTAINER, &mine->items[0].items[CONTAINER_NAME]);
	d.list = fact_list(a, out, DRIFT_DIFFERENCES, DIFFERENCES, kernel);
	d.list->n = 0;
	if (mine->n == 0 || its->n == 0)
		return out;
	d.c = &mine->items[0];
	d.kc = &its->items[0];
	for (size_t i = 0; i < ARRAY_LEN(compare); i++)
		compare[i](&d);
	return out;
}
