/* Volumes, tmpfs, secrets and configs: all that is mounted. */
#include "fact/service/service-int.h"

#include "fact/mount.h"

/* The record for a target: a later mount takes the place of an earlier one. */
static struct node *new_mount(struct build *b, struct sv target, const struct node *at)
{
	bool made;
	struct map_entry *e = map_put(&b->targets, target, &made);

	if (made) {
		if (!service_record(b, &b->mounts, &schema_mount, at))
			return NULL;
		e->num = b->mounts.n;
	}
	if (e->num == 0)
		return NULL;
	struct node *mount = &b->mounts.p[e->num - 1];
	if (!made)
		fact_fill(b->a, mount, &schema_mount, at);
	fact_say(mount, MOUNT_TARGET, NODE_STRING, target, at);
	fact_default(mount, MOUNT_READ_ONLY, NODE_BOOL, SV("false"));
	fact_default(mount, MOUNT_PROPAGATION, NODE_STRING, SV("None"));
	fact_set(mount, MOUNT_SAID, at);
	return mount;
}

static bool is_path(struct sv source)
{
	/* a variable of a command line ($PWD) is a path, as a rule */
	return source.n &&
	       (source.p[0] == '/' || source.p[0] == '.' || source.p[0] == '~' ||
		source.p[0] == '$' || source.p[0] == '\\' || sv_find_char(source, ':') == 1);
}

static bool has_word(struct sv list, const char *word)
{
	bool found = false;

	while (list.n && !found) {
		struct sv one = sv_cut(&list, ',');
		found = sv_is(one, word) || (sv_is(one, "rbind") && strcmp(word, "bind") == 0);
	}
	return found;
}

/* A named volume whose driver only binds a folder of the host: the folder; NULL. */
static const struct node *bound_folder(struct build *b, const struct node *options)
{
	const struct node *o = service_text(b, node_get(options, "o"));
	const struct node *device = service_text(b, node_get(options, "device"));

	return o && device && device->text.n && has_word(o->text, "bind") ? device : NULL;
}

/* ./data stands in the folder of its file, which may be known as a whole. */
static struct sv whole_path(struct build *b, struct sv source, const struct node *at)
{
	if (b->s->platform != PLATFORM_COMPOSE || source.n == 0 || source.p[0] != '.')
		return source;
	struct sv joined = parts_file_name(b->s->tell->parts, source, at);

	return joined.n && joined.p[0] == '/' ? joined : source;
}

static void bind_at(struct build *b, struct node *mount, struct sv source, const struct node *at)
{
	source = whole_path(b, source, at);
	fact_say(mount, MOUNT_TYPE, NODE_STRING, SV("bind"), at);
	fact_say(mount, MOUNT_SOURCE, NODE_STRING, source, at);
	if (source.n && source.p[0] == '/')
		mount_conclude(b->a, mount);
}

/* The volume of a bind mount as a record of its own. */
static void bind_volume(struct build *b, struct node *mount)
{
	struct node *volume = service_record(b, &b->volumes, &schema_volume, mount);

	if (volume)
		mount_volume(b->a, mount, volume);
}

static void fill_volume(struct build *b, struct node *volume, struct sv name,
			const struct node *definition, const struct node *at)
{
	const struct node *driver = service_text(b, node_get(definition, "driver"));

	fact_say(volume, VOLUME_NAME, NODE_STRING, name, at);
	if (!fact_has(volume, VOLUME_TYPE))
		fact_say(volume, VOLUME_TYPE, NODE_STRING, SV("volume"), at);
	if (!driver) /* of all volumes that name none */
		driver = service_text(b, b->in[KEY_VOLUME_DRIVER]);
	if (driver && driver->text.n)
		fact_set(volume, VOLUME_DRIVER, driver);
	service_string_map(b, volume, VOLUME_OPTIONS, node_get(definition, "driver_opts"));
	fact_set(volume, VOLUME_SOURCE, definition);
	fact_lists(volume, &schema_volume);
}

/* definition: its driver and options, or NULL. */
static void named_at(struct build *b, struct node *mount, struct sv name,
		     const struct node *definition, const struct node *at)
{
	const struct node *options = service_map(b, node_get(definition, "driver_opts"));
	const struct node *folder = bound_folder(b, options);
	bool made = true;

	fact_say(mount, MOUNT_TYPE, NODE_STRING, SV("volume"), at);
	if (name.n)
		fact_say(mount, MOUNT_VOLUME, NODE_STRING, name, at);
	if (folder)
		bind_at(b, mount, folder->text, folder);
	if (name.n)
		(void)map_put(&b->names, name, &made);
	if (!made || (name.n == 0 && !definition))
		return;
	struct node *volume = service_record(b, &b->volumes, &schema_volume, at);
	if (!volume)
		return;
	if (folder)
		mount_volume(b->a, mount, volume);
	fill_volume(b, volume, name.n ? name : mount->items[MOUNT_TARGET].text, definition, at);
	fact_set(mount, MOUNT_VOLUME, &volume->items[VOLUME_NAME]);
}

static const struct node *definition_of(struct build *b, struct sv name)
{
	return service_map(b, service_declared(b->s->volumes, name));
}

static void short_mount(struct build *b, const struct node *said)
{
	struct engine_bind parts;

	if (said->text.n == 0)
		return;
	if (!engine_bind_split(said->text, &parts)) {
		tell_fault(b->s->tell, said, "no volume: it must be [SOURCE:]TARGET[:OPTIONS]");
		return;
	}
	struct node *mount = new_mount(b, parts.target, said);
	if (!mount)
		return;
	engine_mount_options(b->a, mount, parts.options, said);
	if (is_path(parts.source)) {
		bind_at(b, mount, parts.source, said);
		bind_volume(b, mount);
		return;
	}
	const struct node *definition = definition_of(b, parts.source);
	if (b->s->platform == PLATFORM_COMPOSE && parts.source.n &&
	    !service_declared(b->s->volumes, parts.source))
		tell_fault(b->s->tell, said, "the volume '%.*s' is not declared",
			   SV_ARG(sv_head(parts.source, 100)));
	named_at(b, mount, parts.source, definition, said);
}

static void long_options(struct build *b, struct node *mount, const struct node *said)
{
	const struct node *bind = service_map(b, node_get(said, "bind"));
	const struct node *propagation = service_text(b, node_get(bind, "propagation"));
	const struct node *read_only = service_bool(b, node_get(said, "read_only"));
	const struct node *path =
		service_text(b, node_get(service_map(b, node_get(said, "volume")), "subpath"));

	if (propagation && engine_propagation(propagation->text).n)
		fact_say(mount, MOUNT_PROPAGATION, NODE_STRING,
			 engine_propagation(propagation->text), propagation);
	else if (propagation && propagation->text.n)
		tell_fault(b->s->tell, propagation, "no propagation of mounts");
	fact_set(mount, MOUNT_READ_ONLY, read_only);
	if (path && path->text.n)
		fact_set(mount, MOUNT_SUB_PATH, path);
}

static void long_mount(struct build *b, const struct node *said)
{
	const struct node *type = service_text(b, node_get(said, "type"));
	const struct node *source = service_text(b, node_get(said, "source"));
	const struct node *target = service_text(b, node_get(said, "target"));
	struct sv from = source ? source->text : (struct sv){0};

	if (!target || target->text.n == 0) {
		tell_fault(b->s->tell, said, "a volume needs a target");
		return;
	}
	struct node *mount = new_mount(b, target->text, said);
	if (!mount)
		return;
	fact_set(mount, MOUNT_TARGET, target);
	long_options(b, mount, said);
	struct sv kind = type ? type->text : SV("volume");
	if (sv_is(kind, "bind") && source) {
		bind_at(b, mount, from, source);
		bind_volume(b, mount);
	} else if (sv_is(kind, "volume")) {
		const struct node *own = service_map(b, node_get(said, "volume"));
		bool inline_driver = node_get(own, "driver") || node_get(own, "driver_opts");
		named_at(b, mount, from, inline_driver ? own : definition_of(b, from),
			 source ? source : said);
	} else {
		fact_say(mount, MOUNT_TYPE, NODE_STRING, kind, type ? type : said);
	}
}

static void add_volumes(struct build *b)
{
	const struct node *list = b->in[KEY_VOLUMES];

	if (list && list->kind != NODE_ARRAY) {
		tell_type(b->s->tell, list, "list");
		return;
	}
	NODE_EACH (it, list) {
		const struct node *text = NULL;
		if (it->kind == NODE_OBJECT)
			long_mount(b, it);
		else if ((text = service_text(b, it)) != NULL)
			short_mount(b, text);
	}
}

static void tmpfs_at(struct build *b, const struct node *said)
{
	const struct node *text = service_text(b, said);

	if (!text || text->text.n == 0)
		return;
	struct sv options = text->text, target = sv_cut(&options, ':');
	struct node *mount = new_mount(b, target, said);
	if (!mount)
		return;
	fact_say(mount, MOUNT_TYPE, NODE_STRING, SV("tmpfs"), said);
	engine_mount_options(b->a, mount, options, said);
}

static void add_tmpfs(struct build *b)
{
	const struct node *said = b->in[KEY_TMPFS];

	if (node_is(said, NODE_ARRAY)) {
		NODE_EACH (it, said)
			tmpfs_at(b, it);
	} else if (said) {
		tmpfs_at(b, said);
	}
}

/* A secret or config: a file of the project, mounted. */
static void file_mount(struct build *b, const struct node *said, const struct map *all,
		       const char *type, const char *folder)
{
	bool object = said->kind == NODE_OBJECT;
	const struct node *source = service_text(b, object ? node_get(said, "source") : said);
	const struct node *target = object ? service_text(b, node_get(said, "target")) : NULL;

	if (!source || source->text.n == 0 ||
	    sv_is(node_get_str(object ? said : NULL, "type"), "env"))
		return;
	const struct node *definition = service_map(b, service_declared(all, source->text));
	const struct node *file = service_text(b, node_get(definition, "file"));
	struct sv name = target && target->text.n ? target->text : source->text;
	if (b->s->platform == PLATFORM_COMPOSE && !service_declared(all, source->text))
		tell_fault(b->s->tell, said, "the %s '%.*s' is not declared", type,
			   SV_ARG(sv_head(source->text, 100)));
	if (name.p[0] != '/')
		name = arena_fmt(b->a, "%s%.*s", folder, SV_ARG(name));
	struct node *mount = new_mount(b, name, said);
	if (!mount)
		return;
	fact_say(mount, MOUNT_TYPE, NODE_STRING, sv_of(type), said);
	fact_say(mount, MOUNT_VOLUME, NODE_STRING, source->text, source);
	fact_default(mount, MOUNT_READ_ONLY, NODE_BOOL, SV("true"));
	if (!file || file->text.n == 0)
		return;
	fact_set(mount, MOUNT_SOURCE, file);
	if (file->text.p[0] == '/')
		mount_conclude(b->a, mount);
}

static void add_files(struct build *b, const struct node *list, const struct map *all,
		      const char *type, const char *folder)
{
	if (list && list->kind != NODE_ARRAY) {
		tell_type(b->s->tell, list, "list");
		return;
	}
	NODE_EACH (it, list)
		file_mount(b, it, all, type, folder);
}

/* The engine's own socket is given to the container (compose 2.37). */
static void add_socket(struct build *b)
{
	const struct node *said = service_bool(b, b->in[KEY_USE_API_SOCKET]);

	if (!node_true(said))
		return;
	struct node *mount = new_mount(b, SV("/var/run/docker.sock"), said);
	if (!mount)
		return;
	bind_at(b, mount, SV("/var/run/docker.sock"), said);
	bind_volume(b, mount);
}

void service_mounts(struct build *b)
{
	add_volumes(b);
	add_tmpfs(b);
	add_files(b, b->in[KEY_CONFIGS], b->s->configs, "config", "/");
	add_files(b, b->in[KEY_SECRETS], b->s->secrets, "secret", "/run/secrets/");
	add_socket(b);
	for (size_t i = 0; i < b->mounts.n; i++)
		fact_lists(&b->mounts.p[i], &schema_mount);
	service_list(b, b->c, CONTAINER_MOUNTS, &b->mounts, b->in[KEY_VOLUMES]);
	service_list(b, b->w, WORKLOAD_VOLUMES, &b->volumes, b->in[KEY_VOLUMES]);
}
