/*
 * docker://NAME, podman://NAME, containers-storage:NAME and bare image names: images by name,
 * digest or id, containers by name or id. Where the engine keeps the layers as directories that can
 * be read here, they are read in place; else the engine is asked for an archive, which is kept in
 * memory or an unlinked file while it is read (spool.h).
 */
#include "oci/engine.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "oci/archive.h"
#include "oci/containers-store.h"
#include "oci/docker-store.h"
#include "oci/spool.h"

struct engine {
	struct archive ar; /* first: archive.c reads layers of it; fd -1 without one */
	bool is_export;    /* ar.fd is the tar of a container's files, not an archive of layers */
	struct engine_api api;
};

static const char *const docker_system[] = {"/var/run/docker.sock", NULL};
static const char *const docker_user[] = {"/docker.sock", NULL};
static const char *const docker_home[] = {"/.docker/run/docker.sock",
					  "/.docker/desktop/docker.sock", NULL};
static const char *const podman_system[] = {"/run/podman/podman.sock", NULL};
static const char *const podman_user[] = {"/podman/podman.sock", NULL};

static const struct engine_kind docker_kind = {
	.name = "docker",
	.environment = "DOCKER_HOST",
	.system = docker_system,
	.user = docker_user,
	.home = docker_home,
	.start = "start dockerd, or set DOCKER_HOST=unix:///path/to/docker.sock",
};

static const struct engine_kind podman_kind = {
	.name = "podman",
	.environment = "CONTAINER_HOST",
	.system = podman_system,
	.user = podman_user,
	.start = "start podman.socket, or set CONTAINER_HOST=unix:///path/to/podman.sock",
};

/* The name becomes part of a request path: what is no name or id is refused, "a/../b" above all. */
static int check_name(struct source *s, struct sv name, struct err *err)
{
	bool ok = name.n > 0 && name.n <= 512 && name.p[0] != '/' &&
		  sv_find(name, SV("..")) == SIZE_MAX && sv_find(name, SV("//")) == SIZE_MAX;

	for (size_t i = 0; i < name.n && ok; i++) {
		char c = name.p[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		     (c && strchr("._-:/@", c));
	}
	if (ok)
		return 0;
	(void)err_set(err, ERR_USAGE, "'%.*s' is no name or id of an image or container",
		      SV_ARG(text_safe(s->arena, name)));
	return err_scope(err, SCOPE_TARGET);
}

static bool is_id(struct sv name, struct sv id)
{
	if (sv_starts(name, SV("sha256:")))
		name = sv_from(name, 7);
	return sv_starts(id, name);
}

/* The store of an engine whose driver is "overlay" is containers-storage, whichever engine it is.
 */
static int storage_in_place(struct source *s, struct sv root, struct sv name, struct err *err)
{
	struct containers_store c;
	size_t before = s->images.n;

	int rc = containers_store_open(s, root, &c, err);
	if (rc == 0)
		rc = containers_store_add(&c, name, true, err);
	containers_store_close(&c);
	while (rc < 0 && s->images.n > before) {
		s->images.n--;
		vec_done(&s->images.p[s->images.n].layers);
	}
	return rc < 0 && err->kind != ERR_CRYPTO ? 1 : rc;
}

/* Fetches a body into a descriptor that can be seeked in. */
static int fetch(struct engine *e, struct sv path, int *fd, uint64_t *length, struct err *err)
{
	struct stream *body;

	int rc = engine_get(&e->api, path, &body, err);
	if (rc < 0)
		return rc;
	if ((rc = spool(body, fd, length, err)) < 0)
		(void)err_ctx(err, "%s", e->api.kind->name);
	return rc;
}

static int stream_image(struct source *s, struct engine *e, const struct engine_image *ei,
			struct sv name, struct err *err)
{
	uint64_t length;
	int fd;

	/* by id: the tag may have moved since it was looked up */
	struct sv path = arena_fmt(s->arena, "/images/sha256:%.*s/get", SV_ARG(ei->id));
	int rc = fetch(e, path, &fd, &length, err);
	if (rc < 0 || (rc = archive_adopt(s, &e->ar, fd, length, name, err)) < 0)
		return rc;
	for (size_t i = 0; i < s->images.n; i++) {
		s->images.p[i].name = name;
		s->images.p[i].scheme = sv_of(s->ops->scheme);
	}
	return 0;
}

static int open_image(struct source *s, struct engine *e, struct sv name, struct err *err)
{
	const struct node *doc;
	struct engine_image ei;

	int rc = engine_get_json(&e->api, arena_fmt(s->arena, "/images/%.*s/json", SV_ARG(name)),
				 &doc, err);
	if (rc < 0 || (rc = engine_image_parse(s->arena, doc, &ei, err)) < 0)
		return rc;
	struct sv shown = is_id(name, ei.id) && ei.tagged.n > 0 ? ei.tagged : name;
	if (sv_is(ei.driver, "overlay") && ei.root.n > 0) {
		rc = storage_in_place(s, ei.root, ei.id, err);
	} else {
		rc = docker_store_image(s, &ei, source_image_add(s, shown), err);
		if (rc > 0)
			s->images.n = 0;
	}
	if (rc <= 0)
		return rc;
	log_info("%s: %s", e->api.kind->name, err->msg);
	return stream_image(s, e, &ei, shown, err);
}

/* The platform of a container is its image's, which may be gone. */
static struct sv platform_of(struct source *s, struct engine *e, struct sv image)
{
	const struct node *doc;
	struct engine_image ei;
	struct err unused;

	if (image.n == 0)
		return SV("");
	struct sv path = arena_fmt(s->arena, "/images/sha256:%.*s/json", SV_ARG(image));
	if (engine_get_json(&e->api, path, &doc, &unused) < 0 ||
	    engine_image_parse(s->arena, doc, &ei, &unused) < 0)
		return SV("");
	return platform_str(s->arena, &ei.platform);
}

/* All files of the container as one layer: what its image brought is not told apart. */
static int stream_container(struct source *s, struct engine *e, const struct engine_container *ec,
			    struct sv name, struct err *err)
{
	uint64_t length;
	int fd;

	struct sv path = arena_fmt(s->arena, "/containers/%.*s/export", SV_ARG(ec->id));
	int rc = fetch(e, path, &fd, &length, err);
	if (rc < 0)
		return rc;
	e->ar.fd = fd;
	e->ar.length = length;
	e->is_export = true;
	struct image *img = source_image_add(s, name);
	img->kind = SV("container");
	img->platform = platform_of(s, e, ec->image);
	*VEC_PUSH(&img->layers) = (struct image_layer){
		.kind = LAYER_BLOB, .size = length, .name = SV("export of the container")};
	return 0;
}

static int open_container(struct source *s, struct engine *e, struct sv name, struct err *err)
{
	const struct node *doc;
	struct engine_container ec;

	int rc = engine_get_json(
		&e->api, arena_fmt(s->arena, "/containers/%.*s/json", SV_ARG(name)), &doc, err);
	if (rc < 0 || (rc = engine_container_parse(s->arena, doc, &ec, err)) < 0)
		return rc;
	struct sv shown = ec.name.n > 0 ? ec.name : name;
	if (sv_is(ec.driver, "overlay") && ec.root.n > 0) {
		rc = storage_in_place(s, ec.root, ec.id, err);
	} else {
		struct image *img = source_image_add(s, shown);
		img->kind = SV("container");
		rc = docker_store_container(s, &ec, img, err);
		if (rc > 0)
			s->images.n = 0;
	}
	if (rc <= 0)
		return rc;
	log_info("%s: %s", e->api.kind->name, err->msg);
	return stream_container(s, e, &ec, shown, err);
}

static int open_name(struct source *s, struct engine *e, struct sv name, struct err *err)
{
	struct err none;

	if (!s->bare && sv_starts(name, SV("container:")))
		return open_container(s, e, sv_from(name, 10), err);
	int rc = open_image(s, e, name, err);
	if (rc != -ERR_NOTFOUND || s->bare || !e->api.socket)
		return rc;
	rc = open_container(s, e, name, &none);
	if (rc == -ERR_NOTFOUND) {
		(void)err_set(err, ERR_NOTFOUND, "%s has no image or container '%.*s'",
			      e->api.kind->name, SV_ARG(name));
		return err_scope(err, SCOPE_TARGET);
	}
	if (rc < 0)
		*err = none;
	return rc;
}

static int engine_open(struct source *s, const struct engine_kind *kind, struct sv name,
		       struct err *err)
{
	struct engine *e = ARENA_NEW(s->arena, struct engine);

	s->own = e;
	e->ar.fd = -1;
	e->api = (struct engine_api){.arena = s->arena, .kind = kind};
	if (s->opt.engine.n)
		e->api.host = arena_str(s->arena, s->opt.engine);
	if (s->opt.timeout_ns > 0)
		e->api.deadline = clock_mono_ns() + s->opt.timeout_ns;
	int rc = open_name(s, e, name, err);
	return rc < 0 ? err_where(err, "%s://%.*s", kind->name, SV_ARG(name)) : 0;
}

static int docker_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	(void)selection;
	int rc = check_name(s, rest, err);
	return rc < 0 ? rc : engine_open(s, &docker_kind, rest, err);
}

/* Podman needs no service: what it stores is looked at first. */
static int podman_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	const char *host = s->opt.engine.n ? s->opt.engine.p : getenv(podman_kind.environment);
	struct containers_store c;
	struct err first = {0};

	(void)selection;
	int rc = check_name(s, rest, err);
	if (rc < 0 || (host && *host))
		return rc < 0 ? rc : engine_open(s, &podman_kind, rest, err);
	rc = containers_store_open(s, containers_store_root(s->arena), &c, &first);
	bool readable = rc == 0;
	if (rc == 0)
		rc = containers_store_add(&c, rest, !s->bare, &first);
	containers_store_close(&c);
	if (rc == 0)
		return 0;
	if (readable && rc != -ERR_NOTFOUND) {
		*err = first;
		return rc;
	}
	rc = engine_open(s, &podman_kind, rest, err);
	if (rc < 0 && readable && strcmp(err->code, "engine-unreachable") == 0)
		*err = first;
	return rc < 0 ? -(int)err->kind : 0;
}

/* "[driver@graphroot+runroot]NAME" as skopeo writes it; the driver is found, the rest not needed.
 */
static int cut_root(struct sv *rest, struct sv *root, struct err *err)
{
	size_t end = sv_find_char(*rest, ']');

	if (!sv_starts(*rest, SV("[")))
		return 0;
	struct sv in = end == SIZE_MAX ? (struct sv){0} : sv_from(sv_head(*rest, end), 1);
	size_t at = sv_find_char(in, '@');
	if (at != SIZE_MAX)
		in = sv_from(in, at + 1);
	in = sv_head(in, sv_find_char(in, '+'));
	if (in.n == 0 || in.p[0] != '/')
		return err_set(err, ERR_USAGE,
			       "containers-storage: takes [DRIVER@/GRAPHROOT]NAME or NAME");
	*root = in;
	*rest = sv_from(*rest, end + 1);
	return 0;
}

static int storage_open(struct source *s, struct sv rest, bool selection, struct err *err)
{
	struct containers_store c;
	struct sv root = {0};

	(void)selection;
	int rc = cut_root(&rest, &root, err);
	if (rc < 0 || (rc = check_name(s, rest, err)) < 0)
		return rc;
	if (root.n == 0)
		root = containers_store_root(s->arena);
	rc = containers_store_open(s, arena_sv(s->arena, root), &c, err);
	if (rc == 0)
		rc = containers_store_add(&c, rest, true, err);
	containers_store_close(&c);
	return rc;
}

static int engine_layer_open(struct source *s, const struct image *img, size_t layer,
			     struct layer_input *out, struct err *err)
{
	struct engine *e = s->own;

	if (!e->is_export)
		return archive_layer_open(s, img, layer, out, err);
	int fd = fcntl(e->ar.fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return err_sys(err, "no descriptor");
	*out = (struct layer_input){.fd = fd, .length = e->ar.length};
	return 0;
}

const struct source_ops source_docker = {
	.scheme = "docker",
	.slashes = true,
	.names = true,
	.what = "an image or container of the Docker engine",
	.open = docker_open,
	.layer_open = engine_layer_open,
	.close = archive_close,
};

const struct source_ops source_podman = {
	.scheme = "podman",
	.slashes = true,
	.names = true,
	.what = "an image or container of podman",
	.open = podman_open,
	.layer_open = engine_layer_open,
	.close = archive_close,
};

const struct source_ops source_containers_storage = {
	.scheme = "containers-storage",
	.what = "an image or container that podman, buildah or CRI-O stored",
	.open = storage_open,
};
