#include "fact/container/container.h"

#include "fact/docker/docker.h"
#include "fact/container/drift.h"
#include "fact/container/isolation.h"
#include "fact/mount.h"
#include "fact/process/process.h"

/* A part that is JSON; NULL where it is not here. What is no JSON is told. */
static const struct node *tree(struct parts *p, const char *role, const struct fact_sink *sink)
{
	struct part *part = parts_find(p, sv_of(role));
	const struct node *root = NULL;
	struct err err;

	if (!part || part->state != PART_HERE)
		return NULL;
	if (parts_json(p, part, &root, &err) == 0)
		return root;
	struct node at = {.doc = (uint16_t)(part - p->all.p)};
	struct sv why = arena_fmt(p->arena, "%s: %s", err.where, err.msg);
	if (sink->fault)
		sink->fault(sink->arg, &(struct fact_fault){.at = &at,
							    .why = arena_str(p->arena, why),
							    .who = "gabion"});
	return NULL;
}

/* A socket by device and inode: whatever its name is by now. */
static struct sv engine_by_number(struct parts *p, const struct node *stat)
{
	struct sv rest = parts_bytes(p, SV("engines")), line;
	struct sv dev = {0}, ino = {0};
	const struct node *n;

	if ((n = node_get(stat, "dev")))
		dev = n->text;
	if ((n = node_get(stat, "ino")))
		ino = n->text;
	while (dev.n && ino.n && sv_line(&rest, &line)) {
		struct sv engine = sv_cut(&line, ' '), number = sv_cut(&line, ' ');
		if (sv_eq(sv_cut(&number, ':'), dev) && sv_eq(number, ino))
			return engine;
	}
	return (struct sv){0};
}

/* A folder that has the socket of an engine below it, also at an unusual place. The root is told as
 * what it is. */
static struct sv engine_below(struct parts *p, struct sv folder)
{
	struct sv rest = parts_bytes(p, SV("engines")), line;

	while (folder.n > 1 && sv_line(&rest, &line)) {
		struct sv engine = sv_cut(&line, ' ');
		for (unsigned skip = 0; skip < 3; skip++)
			(void)sv_cut(&line, ' ');
		if (line.n > folder.n && sv_starts(line, folder) && line.p[folder.n] == '/')
			return engine;
	}
	return (struct sv){0};
}

static const struct node *stat_of(struct parts *p, struct sv source, enum part_state *state)
{
	static const struct sv roles[] = {{"source", 6}, {"mounts", 6}};
	const struct node *root;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		struct part *part = parts_named(p, roles[i], source);
		if (!part)
			continue;
		*state = part->state;
		if (part->state == PART_HERE && parts_json(p, part, &root, &err) == 0)
			return root;
		return NULL;
	}
	*state = PART_UNREADABLE;
	return NULL;
}

/* Where a source really leads on this host. */
static bool look_at(struct parts *p, struct node *m)
{
	const struct node *source = &m->items[MOUNT_SOURCE];
	enum part_state state;
	const struct node *stat;

	if (!node_is(source, NODE_STRING) || !fact_has(m, MOUNT_SOURCE))
		return false;
	stat = stat_of(p, source->text, &state);
	if (state == PART_ABSENT)
		fact_say(m, MOUNT_SOURCE_KIND, NODE_STRING, SV("missing"), source);
	if (!stat)
		return state == PART_ABSENT;
	struct sv resolved = node_get_str(stat, "resolved"), kind = node_get_str(stat, "type");
	if (resolved.n) {
		struct sv engine = mount_engine_of(resolved);
		fact_say(m, MOUNT_RESOLVED, NODE_STRING, resolved, source);
		if (engine.n)
			fact_say(m, MOUNT_ENGINE, NODE_STRING, engine, source);
	}
	if (kind.n)
		fact_say(m, MOUNT_SOURCE_KIND, NODE_STRING, kind, source);
	struct sv engine = engine_by_number(p, stat);
	if (!engine.n && sv_is(kind, "folder"))
		engine = engine_below(p, resolved);
	if (engine.n)
		fact_say(m, MOUNT_ENGINE, NODE_STRING, engine, source);
	return true;
}

/* The volumes of the binds say the same (mount_volume()). */
static void volumes(struct node *w, const struct node *m)
{
	static const uint8_t same[][2] = {
		{VOLUME_RESOLVED, MOUNT_RESOLVED},
		{VOLUME_ENGINE, MOUNT_ENGINE},
		{VOLUME_SOURCE_KIND, MOUNT_SOURCE_KIND},
	};
	struct node *list = &w->items[WORKLOAD_VOLUMES];

	for (uint32_t v = 0; v < list->n; v++)
		if (sv_eq(node_str(&list->items[v].items[VOLUME_NAME]),
			  node_str(&m->items[MOUNT_VOLUME])))
			for (size_t i = 0; i < ARRAY_LEN(same); i++)
				if (fact_has(m, same[i][1]))
					fact_set(&list->items[v], same[i][0],
						 &m->items[same[i][1]]);
}

static void sources(struct parts *p, struct node *w, struct node *c)
{
	struct node *mounts = &c->items[CONTAINER_MOUNTS];

	for (uint32_t i = 0; i < mounts->n; i++)
		if (look_at(p, &mounts->items[i]) &&
		    node_str(&mounts->items[i].items[MOUNT_VOLUME]).n)
			volumes(w, &mounts->items[i]);
}

static void kernel_side(struct parts *p, struct node *w, struct node *c, struct fact_object *o)
{
	struct node *kernel = process_workload(p);

	if (!kernel)
		return;
	const struct node *its = &kernel->items[WORKLOAD_CONTAINERS].items[0];
	fact_set(c, CONTAINER_KERNEL, &its->items[CONTAINER_KERNEL]);
	o->more[o->more_n++] = (struct fact_more){"drift", drift_find(p->arena, w, kernel)};
}

static void objects(struct parts *p, const struct fact_sink *sink)
{
	const struct node *inspect = tree(p, "inspect", sink);
	const struct node *info = tree(p, "info", sink);
	const struct node *image = tree(p, "image", sink);

	/* `docker inspect` prints a list */
	if (node_is(inspect, NODE_ARRAY) && inspect->n > 0)
		inspect = &inspect->items[0];
	if (node_is(image, NODE_ARRAY) && image->n > 0)
		image = &image->items[0];
	struct node *w = inspect ? docker_workload(p, inspect, info, image, sink) : NULL;
	if (!w || w->items[WORKLOAD_CONTAINERS].n == 0)
		return;
	struct node *c = &w->items[WORKLOAD_CONTAINERS].items[0];
	struct fact_object o = {
		.doc = parts_find(p, SV("inspect"))->doc,
		.object = inspect,
		.kind = SV("Container"),
		.name = node_str(&w->items[WORKLOAD_NAME]),
		.workload = w,
	};
	sources(p, w, c);
	kernel_side(p, w, c, &o);
	o.isolation = isolation_line(p->arena, w);
	sink->object(sink->arg, &o);
}

const struct fact_source source_container = {
	.name = "container",
	.about = "a container of Docker or Podman with the kernel's view of it",
	.objects = objects,
};
