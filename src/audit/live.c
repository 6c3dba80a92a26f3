#include "audit/live-int.h"

#include "audit/held.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "fmt/json.h"
#include "fmt/stream.h"

/* What differs between the engines. libpod's paths carry the oldest version that all its servers of
 * today speak. */
static const struct {
	const char *info, *version, *list, *scheme;
} apis[] = {
	{"/info", "/version", "/containers/json?all=1", "docker"},
	{"/v4.0.0/libpod/info", "/v4.0.0/libpod/version", "/v4.0.0/libpod/containers/json?all=true",
	 "podman"},
};

void live_free(struct live *l)
{
	while (l) {
		struct live *next = l->next;
		engine_client_close(&l->client);
		if (l->has_host)
			read_host_close(&l->host);
		vec_done(&l->containers);
		vec_done(&l->images);
		map_done(&l->image_by_id);
		map_done(&l->sources);
		map_done(&l->container_by_id);
		arena_done(&l->arena);
		free(l->items);
		free(l);
		l = next;
	}
}

/* An id or a name becomes part of a path and of the report. */
static bool is_name(struct sv v)
{
	if (!v.n || v.n > 256)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("._-", c))))
			return false;
	}
	return true;
}

static bool is_id(struct sv v)
{
	if (sv_starts(v, SV("sha256:")))
		v = sv_from(v, 7);
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f')))
			return false;
	return v.n == 64;
}

/* "/web" as Docker has it, behind names of old links "/other/alias"; "web" as Podman has it. */
static struct sv name_of(const struct node *container)
{
	const struct node *names = node_get(container, "Names");

	NODE_EACH (it, names) {
		struct sv name = node_str(it);
		if (sv_starts(name, SV("/")))
			name = sv_from(name, 1);
		if (is_name(name))
			return name;
	}
	return (struct sv){0};
}

static size_t add_image(struct live *l, struct sv id, struct sv name)
{
	bool made;
	struct map_entry *e = map_put(&l->image_by_id, id, &made);

	if (made) {
		e->num = l->images.n;
		*VEC_PUSH(&l->images) =
			(struct live_image){.id = id, .name = arena_sv(&l->arena, name)};
	}
	return (size_t)e->num;
}

static int on_container(void *arg, const struct node *c, struct err *err)
{
	struct live *l = arg;
	struct sv id = node_get_str(c, "Id"), name = name_of(c), image = node_get_str(c, "ImageID"),
		  tag = node_get_str(c, "Image");
	bool made;

	if (!is_id(id))
		return err_set(err, ERR_PROTO, "a container without an id");
	if (l->containers.n >= limit_live_containers)
		return err_set(err, ERR_LIMIT, "more than %llu containers",
			       (unsigned long long)limit_live_containers);
	id = arena_sv(&l->arena, id);
	(void)map_put(&l->container_by_id, id, &made);
	if (!made)
		return 0;
	struct live_container *new = VEC_PUSH(&l->containers);
	new->id = id;
	new->name = name.n ? arena_sv(&l->arena, name) : sv_head(new->id, 12);
	if (!is_id(image))
		return 0;
	new->image = sv_starts(image, SV("sha256:"))
			     ? arena_sv(&l->arena, image)
			     : arena_fmt(&l->arena, "sha256:%.*s", SV_ARG(image));
	(void)add_image(l, new->image, tag.n && !is_id(tag) ? tag : (struct sv){0});
	return 0;
}

/* What is missing is said; what is there is judged all the same. */
static void refuse(struct live *l, struct report *r, const char *path, struct err *err)
{
	(void)err_where(err, "%.*s: GET %s", SV_ARG(sv_head(l->client.at.shown, 200)), path);
	err->scope = SCOPE_CONTENT;
	report_error_add(r, WEIGHT_FATAL, INDEX_NONE, err);
}

static struct sv ask(struct live *l, struct report *r, const char *path)
{
	auto_done(arena_done) struct arena a;
	auto_done(buf_done) struct buf body = {0};
	const struct node *root;
	struct err err;

	arena_init(&a, 0);
	int rc = engine_client_ok(&l->client, sv_of(path), limit_answer_bytes, &body, &err);
	if (rc == 0)
		rc = json_read(&a, SV("its answer"), buf_view(&body), DUP_LAST, &root, &err);
	if (rc == 0 && !node_is(root, NODE_OBJECT))
		rc = err_set(&err, ERR_PROTO, "the answer is no object");
	if (rc == 0)
		return arena_sv(&l->arena, buf_view(&body));
	err.where[0] = '\0';
	refuse(l, r, path, &err);
	return (struct sv){0};
}

static void list_containers(struct live *l, struct report *r, const char *path)
{
	auto_done(buf_done) struct buf body = {0};
	struct err err;
	int rc = engine_client_ok(&l->client, sv_of(path), limit_list_bytes, &body, &err);

	if (rc == 0) {
		struct stream *s = stream_mem(buf_view(&body));
		rc = json_each(s, SV("the list of containers"), (struct sv){0}, on_container, l,
			       &err);
		stream_free(s);
	}
	if (rc < 0) {
		err.where[0] = '\0';
		refuse(l, r, path, &err);
	}
}

static void add_item(struct audit_targets *t, struct live *l, struct audit_live *live,
		     const char *source, struct sv name)
{
	live->arg = l;
	*VEC_PUSH(&t->items) = (struct audit_item){
		.path = name, .source = fact_source_find(sv_of(source)), .live = live};
}

/* With its layers; without them it is judged as the engine describes it, and that is told. */
static bool read_image(struct audit_targets *t, struct live *l, const struct live_image *image,
		       const struct live_options *o, struct report *r)
{
	struct sv id = sv_starts(image->id, SV("sha256:")) ? sv_from(image->id, 7) : image->id;
	struct sv target = arena_fmt(&l->arena, "%.*s://%.*s",
				     SV_ARG(sv_of(apis[l->podman].scheme)), SV_ARG(id));
	struct sv engine = arena_fmt(&l->arena, "unix://%s", l->client.socket);
	struct err err;

	if (held_images(t, target, engine, o->layers, r, &err) >= 0)
		return true;
	report_error_add(r, WEIGHT_FATAL, INDEX_NONE, &err);
	return false;
}

static void add_items(struct audit_targets *t, struct live *l, const struct live_options *o,
		      struct report *r)
{
	struct sv scheme = sv_of(apis[l->podman].scheme);
	size_t n = 0;

	l->items = xcalloc(l->containers.n + l->images.n + 1, sizeof *l->items);
	l->engine_item = (struct audit_live){
		.kind = SV("engine"), .scheme = scheme, .gather = live_gather_engine};
	add_item(t, l, &l->engine_item, "engine", l->client.at.shown);
	for (size_t i = 0; i < l->containers.n; i++) {
		struct live_container *c = &l->containers.p[i];
		l->items[n] = (struct audit_live){.kind = SV("container"),
						  .scheme = scheme,
						  .digest = c->id,
						  .gather = live_gather_container,
						  .which = i};
		add_item(t, l, &l->items[n++], "container", c->name);
	}
	for (size_t i = 0; i < l->images.n; i++) {
		struct live_image *image = &l->images.p[i];
		if (o->layers && read_image(t, l, image, o, r))
			continue;
		l->items[n] = (struct audit_live){.kind = SV("image"),
						  .scheme = scheme,
						  .digest = image->id,
						  .gather = live_gather_image,
						  .which = i};
		add_item(t, l, &l->items[n++], "image", image->name.n ? image->name : image->id);
	}
}

static int open_host(struct live *l, const struct live_options *o, struct err *err)
{
	int rc = read_host_open(&l->host, o->root.n ? arena_str(&l->arena, o->root) : NULL, err);

	l->has_host = rc == 0;
	if (rc == 0 && l->client.socket) {
		l->host.socket = sv_of(l->client.socket);
		l->host.engine = l->podman ? "podman" : "docker";
	}
	return rc < 0 ? err_scope(err, SCOPE_TARGET) : 0;
}

static int find_engine(struct audit_targets *t, struct live *l, const struct live_options *o,
		       struct report *r, struct err *err)
{
	const struct engine_choice choice = {
		.podman = l->podman, .host = o->host, .context = o->context};
	int rc = engine_client_open(&l->client, &l->arena, &choice, o->deadline, err);

	if (rc < 0)
		return rc;
	if (engine_client_is_local(&l->client)) {
		rc = open_host(l, o, err);
		if (rc < 0)
			return rc;
		if (l->client.socket)
			read_host_socket(&l->host, l->podman ? "podman" : "docker",
					 l->client.socket);
	}
	if (o->layers && !l->client.socket) {
		(void)err_set(err, ERR_UNSUPPORTED,
			      "layers are read from engines of this host only");
		(void)err_hint(err, "leave --layers out, or run gabion where the engine runs");
		return err_scope(err, SCOPE_USAGE);
	}
	l->info_path = arena_fmt(&l->arena, "GET %s", apis[l->podman].info);
	l->version_path = arena_fmt(&l->arena, "GET %s", apis[l->podman].version);
	l->version = ask(l, r, apis[l->podman].version);
	l->info = ask(l, r, apis[l->podman].info);
	list_containers(l, r, apis[l->podman].list);
	add_items(t, l, o, r);
	return 0;
}

int live_find(struct audit_targets *t, struct sv keyword, const struct live_options *o,
	      struct report *r, struct err *err)
{
	struct live *l = xcalloc(1, sizeof *l);

	arena_init(&l->arena, 0);
	l->next = t->live;
	t->live = l;
	l->options = *o;
	l->podman = sv_is(keyword, "podman");
	bool here = sv_is(keyword, "containers");
	int rc = here ? 0 : find_engine(t, l, o, r, err);
	/* Podman needs no service: its containers can be seen without asking it */
	bool no_service = rc < 0 && l->podman && !o->host.n &&
			  strcmp(err->code, "engine-unreachable") == 0 && !getenv("CONTAINER_HOST");
	if (!here && !no_service)
		return rc;
	if (no_service)
		log_info("podman: %s; its containers are judged by what the kernel says of them",
			 err->msg);
	rc = open_host(l, o, err);
	return rc < 0 ? rc : live_find_here(t, l, here ? (struct sv){0} : keyword, r);
}
