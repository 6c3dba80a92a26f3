/* Where credentials are looked for: the files of docker and of podman, skopeo, buildah. */
#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/docker-config.h"
#include "sys/file.h"
#include "sys/run.h"

enum { HELPER_OUTPUT_MAX = 65536, HELPER_SECONDS = 30, PLACES_MAX = 5 };

struct places {
	struct sv path[PLACES_MAX];
	size_t n;
};

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static void add(struct places *p, struct sv path)
{
	p->path[p->n++] = path;
}

/* containers-auth.json(5), then docker's own; REGISTRY_AUTH_FILE stands for all of them. */
static void list(struct arena *a, struct places *p)
{
	const char *home = env("HOME"), *run = env("XDG_RUNTIME_DIR");
	const char *config = env("XDG_CONFIG_HOME"), *docker = env("DOCKER_CONFIG");
	const char *only = env("REGISTRY_AUTH_FILE");

	if (only) {
		add(p, arena_sv(a, sv_of(only)));
		return;
	}
	if (run)
		add(p, arena_fmt(a, "%s/containers/auth.json", run));
	else
		add(p, arena_fmt(a, "/run/containers/%u/auth.json", (unsigned)getuid()));
	if (config)
		add(p, arena_fmt(a, "%s/containers/auth.json", config));
	else if (home)
		add(p, arena_fmt(a, "%s/.config/containers/auth.json", home));
	if (docker)
		add(p, arena_fmt(a, "%s/config.json", docker));
	else if (home)
		add(p, arena_fmt(a, "%s/.docker/config.json", home));
}

/* docker-credential-helpers: "get", the server on standard input, JSON on standard output. */
static int ask_helper(struct arena *a, const struct config_match *m, struct credentials *out,
		      struct err *err)
{
	auto_done(buf_done) struct buf answer = {0};
	struct sv program = arena_fmt(a, "docker-credential-%.*s", SV_ARG(m->helper));
	const char *argv[] = {program.p, "get", NULL};
	struct run r = {argv, m->server, HELPER_OUTPUT_MAX, (int64_t)HELPER_SECONDS * 1000000000};
	int status = 0;

	int rc = run_program(&r, &answer, &status, err);
	if (rc == 0)
		rc = helper_answer(a, buf_view(&answer), status, out, err);
	if (answer.n > 0)
		explicit_bzero(answer.p, answer.n);
	return rc < 0 ? err_ctx(err, "%s", program.p) : 0;
}

/* 1 found, 0 nothing there. */
static int look_into(struct arena *a, struct sv file, struct sv domain, struct sv path,
		     struct credentials *out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct config_match m;

	int rc = file_read(file.p, limit_config_bytes, &bytes, err);
	if (rc == -ERR_NOTFOUND)
		return 0;
	if (rc == 0)
		rc = docker_config_match(a, file, buf_view(&bytes), domain, path, &m, err);
	if (bytes.n > 0)
		explicit_bzero(bytes.p, bytes.n);
	if (rc < 0)
		return err_where(err, "%.*s", SV_ARG(text_safe(a, file)));
	if (m.helper.n > 0) {
		rc = ask_helper(a, &m, out, err);
		if (rc == 0)
			return 1;
		bool unknown = rc == -ERR_NOTFOUND && err->sys_errno == 0;
		if (!unknown && !m.found)
			return err_where(err, "%.*s", SV_ARG(text_safe(a, file)));
	}
	if (m.found)
		*out = m.inline_;
	return m.found;
}

int credentials_find(struct arena *a, struct sv domain, struct sv path, struct credentials *out,
		     struct err *err)
{
	struct places p = {0};
	struct err first = {0}, now;

	list(a, &p);
	for (size_t i = 0; i < p.n; i++) {
		int rc = look_into(a, p.path[i], domain, path, out, &now);
		if (rc > 0)
			return rc;
		if (rc < 0 && first.kind == ERR_NONE)
			first = now;
	}
	if (first.kind == ERR_NONE)
		return 0;
	*err = first;
	return -(int)first.kind;
}
