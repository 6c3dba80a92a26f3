/* What runs: image, user, command, environment, health. Of a create body what it leaves open is the
 * image's, if that is known; an inspect document has both together. */
#include "base/map.h"
#include "fact/docker/docker-int.h"
#include "fact/mount.h"
#include "oci/reference.h"

static bool is_hex(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f')))
			return false;
	return true;
}

/* sha256:..., or the 64 digits alone. */
static bool is_id(struct sv v)
{
	if (sv_starts(v, SV("sha256:")))
		v = sv_from(v, 7);
	return v.n == 64 && is_hex(v);
}

static void image_id(struct arena *a, struct node *out, const struct node *id)
{
	bool bare = !sv_starts(id->text, SV("sha256:"));

	fact_say(out, IMAGE_ID, NODE_STRING,
		 bare ? arena_fmt(a, "sha256:%.*s", SV_ARG(id->text)) : id->text, id);
}

void docker_image(struct arena *a, struct node *c, const struct node *reference,
		  const struct node *id)
{
	struct reference_parts p;

	if (!reference && !id)
		return;
	struct node *out =
		fact_sub(a, c, CONTAINER_IMAGE, &schema_image, reference ? reference : id);
	if (id && is_id(id->text))
		image_id(a, out, id);
	if (!reference)
		return;
	fact_set(out, IMAGE_REFERENCE, reference);
	if (is_id(reference->text)) {
		image_id(a, out, reference);
		return;
	}
	reference_split(a, reference->text, &p);
	if (p.domain_written)
		fact_say(out, IMAGE_REGISTRY, NODE_STRING, p.domain, reference);
	else
		fact_default(out, IMAGE_REGISTRY, NODE_STRING, p.domain);
	fact_say(out, IMAGE_EXPLICIT_REGISTRY, NODE_BOOL,
		 p.domain_written ? SV("true") : SV("false"), reference);
	fact_say(out, IMAGE_REPOSITORY, NODE_STRING, p.path, reference);
	if (p.tag.n > 0)
		fact_say(out, IMAGE_TAG, NODE_STRING, p.tag, reference);
	if (p.digest.n > 0)
		fact_say(out, IMAGE_DIGEST, NODE_STRING, p.digest, reference);
}

/* As strconv.Atoi takes it: with a sign, with zeros in front. */
static bool number(struct sv text, struct sv *out)
{
	uint64_t value = 0;
	struct sv digits = text;

	if (text.n && (text.p[0] == '+' || text.p[0] == '-'))
		digits = sv_from(text, 1);
	if (!sv_u64(digits, &value) || value > INT32_MAX || (value && text.p[0] == '-'))
		return false;
	while (digits.n > 1 && digits.p[0] == '0')
		digits = sv_from(digits, 1);
	*out = digits;
	return true;
}

void docker_user(struct node *c, const struct node *user)
{
	struct sv group = node_str(user), digits, name = sv_cut(&group, ':');

	if (!user || user->text.n == 0)
		return;
	fact_set(c, CONTAINER_USER, user);
	if (number(name, &digits)) {
		fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, digits, user);
	} else if (name.n) {
		fact_say(c, CONTAINER_RUN_AS_USER_NAME, NODE_STRING, name, user);
		if (sv_is(name, "root"))
			fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"), user);
	} else { /* ":group" */
		fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"), user);
	}
	if (number(group, &digits))
		fact_say(c, CONTAINER_RUN_AS_GROUP, NODE_NUMBER, digits, user);
	else if (sv_is(group, "root"))
		fact_say(c, CONTAINER_RUN_AS_GROUP, NODE_NUMBER, SV("0"), user);
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
		docker_user(d->c, said);
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

void docker_env(struct arena *a, struct node *c, const struct node *env, const struct node *more)
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
	const struct node *id = docker_text(d->inspect, "Image");
	const struct node *name = docker_text(d->config, "Image");
	const struct node *folder = own_or_image(d, "WorkingDir");

	if (!id)
		id = docker_text(d->image, "Id");
	docker_image(d->a, d->c, name ? name : docker_text(d->inspect, "ImageName"), id);
	user(d);
	command(d);
	docker_env(d->a, d->c, docker_get(d->config, "Env"), docker_get(image_config(d), "Env"));
	labels(d);
	health(d);
	if (folder)
		fact_say(d->c, CONTAINER_WORKING_DIR, NODE_STRING, mount_clean(d->a, folder->text),
			 folder);
}
