/* The parts of an engine, a container, an image, when a worker is free for them. */
#include "audit/live-int.h"

#include "audit/read/engine.h"
#include "audit/read/packages.h"
#include "audit/read/process.h"
#include "base/limits.h"
#include "base/log.h"
#include "fmt/json.h"

enum { SOURCES_MAX = 4096, IMAGES_BYTES = 32 << 20, SOURCES_BYTES = 4 << 20 };

static void put_answer(struct buf *parts, const char *role, struct sv path, struct sv answer)
{
	if (answer.n)
		parts_write(parts, sv_of(role), path, PART_HERE, answer);
	else
		parts_write(parts, sv_of(role), path, PART_UNREADABLE,
			    SV("the engine does not say"));
}

static struct sv container_path(const struct live *l, struct arena *a, size_t which)
{
	return arena_fmt(a, "%s/containers/%.*s/json", l->podman ? "/v4.0.0/libpod" : "",
			 SV_ARG(l->containers.p[which].id));
}

/* Podman names images without the algorithm. */
static struct sv bare(struct sv id)
{
	return sv_starts(id, SV("sha256:")) ? sv_from(id, 7) : id;
}

/* About what was asked for, and nothing else. */
static int read_answer(struct arena *a, struct sv name, struct sv bytes, struct sv id,
		       const struct node **out, struct err *err)
{
	if (json_read(a, name, bytes, DUP_LAST, out, err) < 0)
		return -(int)err->kind;
	if (!sv_eq(bare(node_get_str(*out, "Id")), bare(id)))
		return err_set(err, ERR_PROTO, "the answer is not about what was asked for");
	return 0;
}

static int ask_image(struct live *l, struct live_image *image, struct sv path, struct err *err)
{
	auto_done(buf_done) struct buf body = {0};
	auto_done(arena_done) struct arena a;
	const struct node *doc;

	arena_init(&a, 0);
	if (l->kept >= IMAGES_BYTES)
		return err_set(err, ERR_LIMIT, "answers about images of more than %d bytes",
			       IMAGES_BYTES);
	int rc = engine_client_ok(&l->client, path, limit_answer_bytes, &body, err);
	if (rc == 0)
		rc = read_answer(&a, image->path, buf_view(&body), image->id, &doc, err);
	if (rc < 0)
		return rc;
	image->inspect = arena_sv(&l->arena, buf_view(&body));
	l->kept += body.n;
	return 0;
}

/* Once for an image, however many containers it has. */
static struct live_image *image_of(struct live *l, struct sv id)
{
	struct map_entry *e = id.n ? map_find(&l->image_by_id, id) : NULL;
	struct live_image *image = e ? &l->images.p[e->num] : NULL;
	struct err err;

	if (!image || image->asked)
		return image;
	image->asked = true;
	struct sv path = arena_fmt(&l->arena, "%s/images/%.*s/json",
				   l->podman ? "/v4.0.0/libpod" : "", SV_ARG(id));
	image->path = arena_fmt(&l->arena, "GET %.*s", SV_ARG(path));
	if (ask_image(l, image, path, &err) < 0) {
		image->refused = err.kind;
		image->why = arena_sv(&l->arena, sv_of(err.msg));
	}
	return image;
}

/* Looked up once for all containers; NULL: more than is kept. */
static struct live_source *source_of(struct live *l, struct sv path)
{
	auto_done(buf_done) struct buf part = {0};
	struct map_entry *e = map_find(&l->sources, path);
	bool made;

	if (e)
		return e->ptr;
	if (l->sources_kept >= SOURCES_BYTES)
		return NULL;
	read_stat(&l->host, SV("source"), path, &part);
	struct live_source *s = ARENA_NEW(&l->arena, struct live_source);
	s->part = arena_sv(&l->arena, buf_view(&part));
	l->sources_kept += part.n + path.n;
	map_put(&l->sources, arena_sv(&l->arena, path), &made)->ptr = s;
	return s;
}

static void put_source(struct live *l, struct sv path, struct buf *parts, unsigned *n)
{
	if (!path.n || path.p[0] != '/' || *n > SOURCES_MAX)
		return;
	struct live_source *s = source_of(l, path);
	if (s && s->gathered == l->gathered)
		return;
	if (++*n > SOURCES_MAX)
		return;
	if (!s) {
		read_stat(&l->host, SV("source"), path, parts);
		return;
	}
	s->gathered = l->gathered;
	buf_sv(parts, s->part);
}

/* Of all binds, wherever the document has them. False: too many, and what hides behind the last is
 * not to be a pass. */
static bool put_sources(struct live *l, const struct node *inspect, struct buf *parts)
{
	const struct node *host = node_get(inspect, "HostConfig");
	unsigned n = 0;

	NODE_EACH (it, node_get(host, "Binds")) {
		struct sv rest = node_str(it);
		put_source(l, sv_cut(&rest, ':'), parts, &n);
	}
	NODE_EACH (it, node_get(host, "Mounts"))
		put_source(l, node_get_str(it, "Source"), parts, &n);
	NODE_EACH (it, node_get(inspect, "Mounts"))
		if (sv_is(node_get_str(it, "Type"), "bind"))
			put_source(l, node_get_str(it, "Source"), parts, &n);
	return n <= SOURCES_MAX;
}

/* The number may be of another process by now, or of another namespace: a container's cgroup has
 * its id in the path. */
static bool is_of_container(struct sv parts, struct sv id)
{
	struct parts all = {0};
	struct err err;
	bool is = parts_read(&all, parts, &err) == 0 &&
		  sv_find(parts_bytes(&all, SV("cgroup")), sv_head(id, 64)) != SIZE_MAX;

	parts_done(&all);
	return is;
}

static bool put_process(const struct live *l, const struct live_container *c,
			const struct node *inspect, struct buf *parts)
{
	auto_done(buf_done) struct buf kernel = {0};
	const char *why = "the process is gone, or in another namespace of processes than gabion";
	int64_t pid;

	bool any = node_i64(node_path(inspect, "State", "Pid", NULL), &pid) && pid > 0 &&
		   pid <= INT32_MAX && l->host.proc >= 0;
	if (!any && !node_true(node_path(inspect, "State", "Running", NULL)))
		return false;
	if (any && read_process(&l->host, (pid_t)pid, 0, &kernel) &&
	    is_of_container(buf_view(&kernel), c->id)) {
		buf_sv(parts, buf_view(&kernel));
		return true;
	}
	parts_write(parts, SV("status"), SV("/proc"), PART_UNREADABLE, sv_of(why));
	return false;
}

static int put_kernel(struct live *l, const struct live_container *c, const struct node *inspect,
		      struct buf *parts, struct err *err)
{
	if (!l->has_host) {
		parts_write(parts, SV("remote"), l->client.at.shown, PART_HERE, l->client.at.shown);
		return 0;
	}
	if (!put_process(l, c, inspect, parts))
		read_sockets(&l->host, parts);
	l->gathered++;
	if (put_sources(l, inspect, parts))
		return 0;
	return err_set(err, ERR_LIMIT, "more than %d sources of binds", SOURCES_MAX);
}

int live_gather_container(void *arg, size_t which, struct buf *parts, struct err *err)
{
	struct live *l = arg;
	const struct live_container *c = &l->containers.p[which];
	auto_done(buf_done) struct buf body = {0};
	auto_done(arena_done) struct arena a;
	const struct node *inspect = NULL;

	arena_init(&a, 0);
	struct sv name = arena_fmt(&a, "GET /containers/%.*s/json", SV_ARG(c->name));
	int rc = engine_client_ok(&l->client, container_path(l, &a, which), limit_answer_bytes,
				  &body, err);
	bool gone = rc == -ERR_NOTFOUND;
	if (rc == 0)
		rc = read_answer(&a, name, buf_view(&body), c->id, &inspect, err);
	if (rc < 0) {
		if (gone)
			(void)err_code(err, "vanished");
		err->scope = SCOPE_CONTENT;
		return rc;
	}
	const struct live_image *image = image_of(l, c->image);
	if (which + 1 < l->containers.n)
		engine_client_ahead(&l->client, container_path(l, &l->arena, which + 1));
	parts_write(parts, SV("inspect"), name, PART_HERE, buf_view(&body));
	put_answer(parts, "info", l->info_path, l->info);
	put_answer(parts, "version", l->version_path, l->version);
	if (image)
		put_answer(parts, "image", image->path, image->inspect);
	return put_kernel(l, c, inspect, parts, err);
}

int live_gather_image(void *arg, size_t which, struct buf *parts, struct err *err)
{
	struct live *l = arg;
	const struct live_image *image = image_of(l, l->images.p[which].id);

	if (image->refused == ERR_NOTFOUND) {
		(void)err_set(err, ERR_NOTFOUND, "the engine has it no more");
		return err_code(err, "vanished");
	}
	if (image->refused)
		return err_set(err, image->refused, "%.*s", SV_ARG(image->why));
	parts_write(parts, SV("inspect"), image->path, PART_HERE, image->inspect);
	return 0;
}

/* Without them the flaws of programs are judged by their upstream's versions. */
static void put_advisories(const struct live *l, struct buf *parts)
{
	auto_done(buf_done) struct buf packages = {0}, json = {0};
	const struct live_options *o = &l->options;
	struct err err;

	if (!o->advisories || !read_packages(&l->host, &packages))
		return;
	if (o->advisories(o->advisories_arg, buf_view(&packages), o->deadline, &json, &err) < 0)
		log_info("the distribution's advisories are not asked: %s", err.msg);
	else if (json.n)
		parts_write(parts, SV("advisories"), SV("the advisory database"), PART_HERE,
			    buf_view(&json));
}

int live_gather_engine(void *arg, size_t which, struct buf *parts, struct err *err)
{
	struct live *l = arg;
	struct sv shown = l->client.at.shown;

	(void)which;
	(void)err;
	if (l->info.n)
		put_answer(parts, l->podman ? "podman_info" : "info", l->info_path, l->info);
	if (l->version.n && !l->podman)
		put_answer(parts, "version", l->version_path, l->version);
	if (!l->has_host) {
		read_engine_remote(shown, parts);
		return 0;
	}
	const struct read_engine_options o = {
		.docker = !l->podman,
		.podman = l->podman,
		.containerd = !l->podman,
		.listener = l->host.is_this ? l->client.peer : 0,
		.socket = l->client.socket ? sv_of(l->client.socket) : (struct sv){0},
		.home = getenv("HOME") && geteuid() != 0 ? sv_of(getenv("HOME")) : (struct sv){0},
	};
	read_engines(&l->host, &o, parts);
	put_advisories(l, parts);
	return 0;
}
