/* What runs: image, user, command, environment, health. Of a create body what it leaves open is the
 * image's, if that is known; an inspect document has both together. */
#include "base/map.h"
#include "fact/docker/docker-int.h"
#include "fact/engine-strings.h"
#include "fact/image-name.h"
#include "fact/mount.h"

/* The reference and the id of what runs. */
static void image(struct docker *d)
{
	const struct node *id = docker_text(d->inspect, "Image");
	const struct node *name = docker_text(d->config, "Image");
	struct node *out;

	id = id ? id : docker_text(d->image, "Id");
	name = name ? name : docker_text(d->inspect, "ImageName");
	if (!name && !id)
		return;
	out = name ? image_name(d->a, d->c, CONTAINER_IMAGE, name)
		   : fact_sub(d->a, d->c, CONTAINER_IMAGE, &schema_image, id);
	if (id && !fact_has(out, IMAGE_ID))
		(void)image_id(d->a, out, id);
}

static const struct node *image_config(const struct docker *d)
{
	return d->inspect ? NULL : docker_get(d->image, "Config");
}

/* The body's text, else the image's. */
static const struct node *own_or_image(const struct docker *d, const char *key)
{
	const struct node *own = docker_text(d->config, key);

	return own ? own : docker_text(image_config(d), key);
}

/* Nobody names one: root, unless the image is not known. */
static void user(struct docker *d)
{
	const struct node *said = own_or_image(d, "User");

	if (said)
		engine_user(d->c, said);
	else if (d->inspect || d->image)
		fact_default(d->c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"));
	fact_set(d->c, CONTAINER_GROUPS, docker_get(d->host, "GroupAdd"));
}

static bool filled(const struct node *list)
{
	return list && list->n > 0;
}

/* The image's command is not taken where the entry point is another (moby's daemon/commit.go). */
static void command(struct docker *d)
{
	const struct node *image = image_config(d);
	const struct node *entry = docker_get(d->config, "Entrypoint");
	const struct node *args = docker_get(d->config, "Cmd");

	if (!filled(entry) && !filled(args))
		args = docker_get(image, "Cmd");
	if (!entry)
		entry = docker_get(image, "Entrypoint");
	fact_set(d->c, CONTAINER_COMMAND, entry);
	fact_set(d->c, CONTAINER_ARGS, args);
}

static void variables(struct arena *a, struct node *out, const struct node *list, struct map *seen)
{
	NODE_EACH (it, list) {
		struct sv value = it->text, name = sv_cut(&value, '=');
		bool made = false;
		(void)map_put(seen, name, &made);
		if (!made || sv_find_char(it->text, '=') == SIZE_MAX)
			continue;
		struct node *record = &out->items[out->n++];
		fact_fill(a, record, &schema_env, it);
		fact_say(record, ENV_NAME, NODE_STRING, name, it);
		fact_say(record, ENV_VALUE, NODE_STRING, value, it);
		fact_say(record, ENV_FROM, NODE_STRING, SV("value"), it);
	}
}

static void env(struct arena *a, struct node *c, const struct node *env, const struct node *more)
{
	auto_done(map_done) struct map seen = {0};
	size_t n = (env ? env->n : 0) + (size_t)(more ? more->n : 0);
	struct node *out = fact_list(a, c, CONTAINER_ENV, n, env);

	if (!env)
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	variables(a, out, env, &seen);
	variables(a, out, more, &seen);
}

/* A map with what another has more. */
static void merged(struct docker *d, struct node *record, unsigned field, const struct node *own,
		   const struct node *image)
{
	auto_done(map_done) struct map seen = {0};
	bool made;

	fact_set(record, field, own ? own : image);
	if (!own || !filled(image))
		return;
	struct node *out = &record->items[field];
	out->items = ARENA_ARRAY(d->a, (size_t)own->n + image->n, struct node);
	out->n = 0;
	NODE_EACH (it, own) {
		(void)map_put(&seen, it->key, &made);
		out->items[out->n++] = *it;
	}
	NODE_EACH (it, image) {
		(void)map_put(&seen, it->key, &made);
		if (made)
			out->items[out->n++] = *it;
	}
}

static void labels(struct docker *d)
{
	const struct node *notes = docker_get(d->host, "Annotations");

	merged(d, d->w, WORKLOAD_LABELS, docker_get(d->config, "Labels"),
	       docker_get(image_config(d), "Labels"));
	fact_set(d->w, WORKLOAD_ANNOTATIONS, notes ? notes : docker_get(d->config, "Annotations"));
}

/* Test ["NONE"] switches it off; one without a test takes the image's test. */
static void health(struct docker *d)
{
	const struct node *own = docker_get(d->config, "Healthcheck");
	const struct node *image = docker_get(image_config(d), "Healthcheck");
	const struct node *test = docker_get(own, "Test");

	if (!filled(test)) {
		test = docker_get(image, "Test");
		own = filled(test) ? image : NULL;
	}
	if (filled(test) && !sv_is(test->items[0].text, "NONE") && test->items[0].text.n)
		fact_set(d->c, CONTAINER_HEALTHCHECK, docker_said(d->a, own));
}

void docker_process(struct docker *d)
{
	const struct node *folder = own_or_image(d, "WorkingDir");

	image(d);
	user(d);
	command(d);
	env(d->a, d->c, docker_get(d->config, "Env"), docker_get(image_config(d), "Env"));
	labels(d);
	health(d);
	if (folder)
		fact_say(d->c, CONTAINER_WORKING_DIR, NODE_STRING, mount_clean(d->a, folder->text),
			 folder);
}
