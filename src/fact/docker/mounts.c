/* Binds, Mounts, Tmpfs and volumes, with moby's volume/mounts/linux_parser.go as the measure. */
#include "fact/mount.h"

#include "base/map.h"
#include "fact/docker/docker-int.h"
#include "fact/engine-strings.h"

static bool is_option(struct sv word)
{
	static const char *const words[] = {"ro",     "rw",     "z",         "Z",
					    "nocopy", "cached", "delegated", "consistent"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_is(word, words[i]))
			return true;
	return engine_propagation(word).n > 0;
}

static bool all_options(struct sv text)
{
	while (text.n)
		if (!is_option(sv_cut(&text, ',')))
			return false;
	return true;
}

/* Why dockerd refuses it; NULL. */
static const char *bind_fault(struct sv text, struct engine_bind *out)
{
	bool split = engine_bind_split(text, out), parts = sv_find_char(text, ':') != SIZE_MAX;

	if (text.n == 0 || (parts && out->source.n == 0) ||
	    sv_find_char(out->source, ':') != SIZE_MAX) /* C:\ is none to it */
		return "not source:target:options";
	if (parts && out->target.n && all_options(out->target))
		return "a volume of a target alone has no options";
	if (!all_options(out->options))
		return "an option of a mount that is not known";
	return split && out->target.p[0] == '/' ? NULL : "the target is no absolute path";
}

/* The lists grow as they are filled; both have room for all that could be. */
struct mounts {
	struct docker *d;
	struct node *mounts, *volumes;
	struct map targets; /* of an inspect document: to their node in HostConfig.Mounts; else
			       those that are taken */
};

static struct node *new_mount(struct mounts *m, const struct node *said)
{
	struct node *out = &m->mounts->items[m->mounts->n++];

	fact_fill(m->d->a, out, &schema_mount, said);
	fact_default(out, MOUNT_READ_ONLY, NODE_BOOL, SV("false"));
	fact_default(out, MOUNT_PROPAGATION, NODE_STRING, SV("None"));
	fact_set(out, MOUNT_SAID, docker_said(m->d->a, said));
	return out;
}

static void say(struct node *out, unsigned field, struct sv text, const struct node *at)
{
	if (text.n)
		fact_say(out, field, NODE_STRING, text, at);
}

static void read_only(struct node *out, const struct node *at)
{
	fact_say(out, MOUNT_READ_ONLY, NODE_BOOL, SV("true"), at);
}

static void options(struct mounts *m, struct node *out, struct sv text, const struct node *at)
{
	struct sv rest = text;

	docker_words(m->d->a, out, MOUNT_OPTIONS, text, at);
	while (rest.n) {
		struct sv word = sv_cut(&rest, ',');
		if (sv_is(word, "ro"))
			read_only(out, at);
		say(out, MOUNT_PROPAGATION, engine_propagation(word), at);
	}
}

/* Mounts that hold the engine's own folder, or lie in it, follow the host's unless something else
 * is written. */
static void engine_folder(struct mounts *m, struct node *out, struct sv path)
{
	const struct node *said = docker_text(m->d->info, "DockerRootDir");
	struct sv root = said ? said->text : SV("/var/lib/docker");

	if (m->d->podman || !(out->items[MOUNT_PROPAGATION].flags & NODE_DEFAULT))
		return;
	if (sv_starts(path, root) || sv_starts(root, path))
		fact_default(out, MOUNT_PROPAGATION, NODE_STRING, SV("HostToContainer"));
}

/* A path of the host. */
static void host_path(struct mounts *m, struct node *out, struct sv source, const struct node *at,
		      const struct node *driver)
{
	struct docker *d = m->d;
	struct node *volume = &m->volumes->items[m->volumes->n++];

	say(out, MOUNT_TYPE, SV("bind"), at);
	say(out, MOUNT_SOURCE, mount_clean(d->a, source), at);
	engine_folder(m, out, source); /* as written: moby looks before it cleans */
	mount_conclude(d->a, out);
	mount_volume(d->a, out, volume);
	fact_set(volume, VOLUME_DRIVER, docker_text(driver, "Name"));
	fact_set(volume, VOLUME_OPTIONS, docker_get(driver, "Options"));
}

/* The device of a local volume that is a bind mount in truth. */
static const struct node *bound(const struct node *driver)
{
	const struct node *opts = docker_get(driver, "Options");
	struct sv rest = node_get_str(opts, "o"), name = node_str(docker_get(driver, "Name"));
	const struct node *device = node_get(opts, "device");

	if ((name.n && !sv_is(name, "local")) || !node_str(device).n || device->text.p[0] != '/')
		return NULL;
	while (rest.n) {
		struct sv word = sv_cut(&rest, ',');
		if (sv_is(word, "bind") || sv_is(word, "rbind"))
			return device;
	}
	return NULL;
}

static void named(struct mounts *m, struct node *out, struct sv name, const struct node *at,
		  const struct node *driver, const struct node *driver_name)
{
	const struct node *device = bound(driver);

	if (device) {
		host_path(m, out, device->text, device, driver);
		return;
	}
	say(out, MOUNT_TYPE, SV("volume"), at);
	if (name.n == 0 && !driver)
		return;
	struct node *volume = &m->volumes->items[m->volumes->n++];
	if (name.n == 0) /* the engine makes one up */
		name = node_str(&out->items[MOUNT_TARGET]);
	say(out, MOUNT_VOLUME, name, at);
	fact_fill(m->d->a, volume, &schema_volume, at);
	say(volume, VOLUME_NAME, name, at);
	say(volume, VOLUME_TYPE, SV("volume"), at);
	fact_set(volume, VOLUME_DRIVER, driver_name);
	fact_set(volume, VOLUME_OPTIONS, docker_get(driver, "Options"));
	fact_set(volume, VOLUME_SOURCE, &out->items[MOUNT_SAID]);
	fact_lists(volume, &schema_volume);
}

static void bind(struct mounts *m, const struct node *at)
{
	struct engine_bind b;
	const char *why = bind_fault(at->text, &b);
	struct node *out;

	if (why)
		go_tell(m->d->go, at, NULL, why);
	if (b.target.n == 0)
		return;
	out = new_mount(m, at);
	say(out, MOUNT_TARGET, mount_clean(m->d->a, b.target), at);
	options(m, out, b.options, at);
	if (b.source.n && b.source.p[0] == '/')
		host_path(m, out, b.source, at, NULL);
	else
		named(m, out, b.source, at, NULL, docker_text(m->d->host, "VolumeDriver"));
}

static void mount_options(struct mounts *m, struct node *out, const struct node *said)
{
	const struct node *bind_options = docker_get(said, "BindOptions");
	const struct node *word = docker_text(bind_options, "Propagation");
	const struct node *tmpfs = docker_get(said, "TmpfsOptions");
	const struct node *lists = docker_get(tmpfs, "Options");

	if (node_true(docker_get(said, "ReadOnly")))
		read_only(out, docker_get(said, "ReadOnly"));
	if (word) {
		say(out, MOUNT_PROPAGATION, engine_propagation(word->text), word);
		if (!engine_propagation(word->text).n)
			go_tell(m->d->go, word, "a propagation", NULL);
	}
	if (!lists)
		return;
	struct node *words = fact_list(m->d->a, out, MOUNT_OPTIONS, lists->n, lists);
	words->n = 0;
	NODE_EACH (it, lists)
		if (it->n == 1)
			words->items[words->n++] = it->items[0];
		else if (it->n == 2) {
			struct node *n = &words->items[words->n++];
			*n = it->items[0];
			n->text = arena_fmt(m->d->a, "%.*s=%.*s", SV_ARG(it->items[0].text),
					    SV_ARG(it->items[1].text));
		}
}

static void mount(struct mounts *m, const struct node *said)
{
	const struct node *type = docker_text(said, "Type"), *at = docker_get(said, "Source");
	const struct node *volume = docker_get(said, "VolumeOptions");
	const struct node *driver = docker_get(volume, "DriverConfig");
	struct node *out = new_mount(m, said);

	fact_set(out, MOUNT_TARGET, docker_text(said, "Target"));
	if (fact_has(out, MOUNT_TARGET))
		out->items[MOUNT_TARGET].text = mount_clean(m->d->a, out->items[MOUNT_TARGET].text);
	mount_options(m, out, said);
	if (sv_is(node_str(type), "bind")) {
		host_path(m, out, node_str(at), at ? at : said, NULL);
	} else if (sv_is(node_str(type), "volume")) {
		fact_set(out, MOUNT_SUB_PATH, docker_text(volume, "Subpath"));
		named(m, out, node_str(at), at ? at : said, driver, docker_text(driver, "Name"));
	} else if (type) {
		fact_set(out, MOUNT_TYPE, type);
	} else {
		say(out, MOUNT_TYPE, SV("unknown"), said);
		go_tell(m->d->go, said, NULL, "a mount without a type");
	}
}

static void tmpfs(struct mounts *m, const struct node *at)
{
	struct node *out = new_mount(m, at);

	say(out, MOUNT_TARGET, mount_clean(m->d->a, at->key), at);
	say(out, MOUNT_TYPE, SV("tmpfs"), at);
	options(m, out, at->text, at);
}

/* A mount point of an inspect document; what it does not say stands in HostConfig.Mounts. */
static void point(struct mounts *m, const struct node *said)
{
	const struct node *type = docker_text(said, "Type"), *rw = docker_get(said, "RW");
	const struct node *source = docker_text(said, "Source");
	const struct node *to = docker_text(said, "Destination"), *from = NULL;
	const struct node *word = docker_text(said, "Propagation");
	struct node *out = new_mount(m, said);

	struct map_entry *e = to ? map_find(&m->targets, to->text) : NULL;
	if (e)
		from = e->ptr;
	fact_set(out, MOUNT_TARGET, to);
	options(m, out, node_get_str(said, "Mode"), docker_get(said, "Mode"));
	if (docker_get(said, "Options"))
		fact_set(out, MOUNT_OPTIONS, docker_get(said, "Options"));
	if (from)
		mount_options(m, out, from);
	if (rw)
		fact_say(out, MOUNT_READ_ONLY, NODE_BOOL, node_true(rw) ? SV("false") : SV("true"),
			 rw);
	if (word)
		say(out, MOUNT_PROPAGATION, engine_propagation(word->text), word);
	const struct node *volume = docker_get(from, "VolumeOptions");
	const struct node *name = docker_text(said, "Name");
	if (sv_is(node_str(type), "bind") && source)
		host_path(m, out, source->text, source, NULL);
	else if (sv_is(node_str(type), "volume") || (!type && name))
		named(m, out, node_str(name), name ? name : said,
		      docker_get(volume, "DriverConfig"), docker_text(said, "Driver"));
	else
		fact_set(out, MOUNT_TYPE, type);
	fact_set(out, MOUNT_SUB_PATH, docker_text(volume, "Subpath"));
}

/* A volume that the image or the body names by its target alone, unless something is mounted there.
 */
static void anonymous(struct mounts *m, const struct node *at)
{
	struct sv target = mount_clean(m->d->a, at->key);

	bool made = false;

	(void)map_put(&m->targets, target, &made);
	if (!made)
		return;
	struct node *out = new_mount(m, at);
	say(out, MOUNT_TARGET, target, at);
	say(out, MOUNT_TYPE, SV("volume"), at);
}

static void each(struct mounts *m, const struct node *list,
		 void (*add)(struct mounts *m, const struct node *at))
{
	NODE_EACH (it, list)
		add(m, it);
}

static void remember(struct mounts *m, struct sv target, const struct node *at)
{
	bool made = false;
	struct map_entry *e = map_put(&m->targets, target, &made);

	e->ptr = (void *)at;
}

/* As the engine made them. */
static void of_inspect(struct mounts *m)
{
	NODE_EACH (it, docker_get(m->d->host, "Mounts"))
		remember(m, mount_clean(m->d->a, node_get_str(it, "Target")), it);
	each(m, docker_get(m->d->inspect, "Mounts"), point);
	each(m, docker_get(m->d->host, "Tmpfs"), tmpfs);
}

/* As they are asked for. */
static void of_create(struct mounts *m)
{
	each(m, docker_get(m->d->host, "Binds"), bind);
	each(m, docker_get(m->d->host, "Mounts"), mount);
	each(m, docker_get(m->d->host, "Tmpfs"), tmpfs);
	NODE_EACH (it, m->mounts)
		remember(m, it->items[MOUNT_TARGET].text, it);
	each(m, docker_get(m->d->config, "Volumes"), anonymous);
	each(m, docker_get(docker_get(m->d->image, "Config"), "Volumes"), anonymous);
}

static size_t count(const struct node *view, const char *key)
{
	const struct node *n = docker_get(view, key);

	return n ? n->n : 0;
}

void docker_mounts(struct docker *d)
{
	size_t n = count(d->inspect, "Mounts") + count(d->host, "Binds") +
		   count(d->host, "Mounts") + count(d->host, "Tmpfs") +
		   count(d->config, "Volumes") + count(docker_get(d->image, "Config"), "Volumes");
	struct mounts m = {
		.d = d,
		.mounts = fact_list(d->a, d->c, CONTAINER_MOUNTS, n, NULL),
		.volumes = fact_list(d->a, d->w, WORKLOAD_VOLUMES, n, NULL),
	};

	m.mounts->n = 0;
	m.volumes->n = 0;
	if (d->inspect)
		of_inspect(&m);
	else
		of_create(&m);
	map_done(&m.targets);
	for (uint32_t i = 0; i < m.mounts->n; i++)
		fact_lists(&m.mounts->items[i], &schema_mount);
	fact_set(d->c, CONTAINER_VOLUMES_FROM, docker_get(d->host, "VolumesFrom"));
}
