/* Device nodes and open files that a container does not have by itself. */
#include "fact/mount.h"
#include "fact/process/process-int.h"

/* Linux's numbers (devices.txt) of those that every container gets. */
static const struct {
	unsigned major;
	int minor; /* -1 = all */
} usual[] = {
	{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}, {5, 2}, {136, -1},
};

struct device {
	struct sv path, line;
	bool block;
};

static bool device_read(struct arena *a, struct sv line, struct device *out)
{
	struct sv rest = line, path = sv_cut(&rest, ' '), type = sv_cut(&rest, ' ');
	uint64_t major, minor;

	*out = (struct device){proc_unescape(a, path), line, sv_is(type, "b")};
	if (!sv_u64(sv_cut(&rest, ' '), &major) || !sv_u64(sv_cut(&rest, ' '), &minor))
		return false;
	for (size_t i = 0; !out->block && i < ARRAY_LEN(usual); i++)
		if (major == usual[i].major &&
		    (usual[i].minor < 0 || minor == (uint64_t)usual[i].minor))
			return false;
	return out->path.n > 0;
}

void process_devices(struct process *r)
{
	struct proc_text t;
	struct sv rest, line;
	struct device d;
	size_t n = 0;

	if (!proc_text_open(r->p, "devices", &t))
		return;
	for (rest = t.bytes; sv_line(&rest, &line);)
		n++;
	struct node at = proc_at(&t, t.bytes);
	struct node *names = fact_list(r->a, r->k, KERNEL_DEVICES, n, &at);
	struct node *list = fact_list(r->a, r->c, CONTAINER_DEVICES, n, &at);
	list->n = names->n = 0;
	for (rest = t.bytes; sv_line(&rest, &line);) {
		if (!device_read(r->a, line, &d))
			continue;
		at = proc_at(&t, line);
		struct node *name = &names->items[names->n++], *out = &list->items[list->n++];
		*name = at;
		name->kind = NODE_STRING;
		name->text = d.path;
		fact_fill(r->a, out, &schema_device, &at);
		fact_say(out, DEVICE_SOURCE, NODE_STRING, d.path, &at);
		fact_say(out, DEVICE_TARGET, NODE_STRING, d.path, &at);
	}
}

/* Memory that the kernel shows as if it were a file. */
static bool is_memory(struct sv path)
{
	static const struct sv starts[] = {
		{"/memfd:", 7},
		{"/dmabuf:", 8},
		{"/SYSV", 5},
		{"/[", 2},
		{"/dev/zero (deleted)", 19},
		{"/anon_hugepage", 14},
	};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (sv_starts(path, starts[i]))
			return true;
	return false;
}

static bool is_mounted(const struct process *r, uint64_t mount)
{
	for (size_t i = 0; i < r->mounts.n; i++)
		if (r->mounts.p[i].id == mount)
			return true;
	return false;
}

/* What lies on a mount that the container does not have was opened outside of it. */
void process_files(struct process *r)
{
	struct proc_text t;
	struct sv rest, line;
	uint64_t mount;
	size_t n = 0;

	if (!r->has_mounts || !proc_text_open(r->p, "files", &t))
		return;
	for (rest = t.bytes; sv_line(&rest, &line);)
		n++;
	struct node at = proc_at(&t, t.bytes);
	struct node *list = fact_list(r->a, r->k, KERNEL_LEAKED, n, &at);
	for (list->n = 0, rest = t.bytes; sv_line(&rest, &line);) {
		struct sv words = line, name = sv_cut(&words, ' ');
		(void)sv_cut(&words, ' ');
		if (!sv_u64(sv_cut(&words, ' '), &mount) || mount == 0 || is_memory(words) ||
		    is_mounted(r, mount))
			continue;
		struct node *item = &list->items[list->n++];
		*item = proc_at(&t, line);
		item->kind = NODE_STRING;
		item->text = arena_fmt(r->a, "%.*s %.*s", SV_ARG(name),
				       SV_ARG(proc_unescape(r->a, words)));
	}
}

void process_missing(struct process *r)
{
	struct sv rest, line;
	struct proc_text t;

	if (!proc_text_open(r->p, "missing", &t))
		return;
	struct node at = proc_at(&t, t.bytes);
	struct node *list = fact_list(r->a, r->k, KERNEL_MISSING, MOUNT_GUARDED, &at);
	for (list->n = 0, rest = t.bytes; list->n < MOUNT_GUARDED && sv_line(&rest, &line);) {
		struct node *item = &list->items[list->n++];
		*item = proc_at(&t, line);
		item->kind = NODE_STRING;
		item->text = line;
	}
}
