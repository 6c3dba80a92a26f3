#include "oci/engine-address.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fmt/json.h"
#include "oci/digest.h"
#include "sys/file.h"

enum { CONFIG_BYTES = 1 << 20 };

/* Socket paths below the folder that a variable names; NULL: absolute. */
static const struct {
	bool podman;
	const char *variable, *path;
} usual[] = {
	{false, NULL, "/var/run/docker.sock"},
	{false, "XDG_RUNTIME_DIR", "/docker.sock"},
	{false, "HOME", "/.docker/run/docker.sock"},
	{false, "HOME", "/.docker/desktop/docker.sock"},
	{true, NULL, "/run/podman/podman.sock"},
	{true, "XDG_RUNTIME_DIR", "/podman/podman.sock"},
};

struct find {
	struct arena *a;
	struct engine_address *out;
	struct sv from;
	struct sv tls; /* folder with ca.pem, cert.pem, key.pem; empty: none */
	bool verify;
};

void engine_address_done(struct engine_address *at)
{
	vec_done(&at->sockets);
}

static const char *variable(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static struct sv config_folder(struct arena *a)
{
	const char *own = variable("DOCKER_CONFIG"), *home = variable("HOME");

	if (own)
		return sv_of(own);
	return home ? arena_fmt(a, "%s/.docker", home) : (struct sv){0};
}

static int refused(const struct find *f, struct sv address, const char *why, struct err *err)
{
	(void)err_set(err, ERR_UNSUPPORTED, "%.*s%s'%.*s' %s", SV_ARG(f->from),
		      f->from.n ? ": " : "", SV_ARG(text_safe(f->a, sv_head(address, 120))), why);
	(void)err_code(err, "engine-address");
	return err_scope(err, SCOPE_TARGET);
}

/* NULL when it is not there. */
static const char *file_in(const struct find *f, const char *name)
{
	struct sv path = arena_fmt(f->a, "%.*s/%s", SV_ARG(f->tls), name);

	return f->tls.n && access(path.p, R_OK) == 0 ? path.p : NULL;
}

/* HOST:PORT, [ADDRESS]:PORT; a path behind it is docker's habit and means nothing. */
static int read_tcp(struct find *f, struct sv address, struct sv rest, struct err *err)
{
	struct engine_address *out = f->out;
	struct sv host, port;
	uint64_t number;

	rest = sv_head(rest, sv_find_char(rest, '/'));
	if (!sv_rcut(rest, ':', &host, &port) || !host.n || !sv_u64(port, &number) || !number ||
	    number > 65535)
		return refused(f, address, "has no host and port", err);
	if (sv_starts(host, SV("[")) && sv_ends(host, SV("]")))
		host = sv_make(host.p + 1, host.n - 2);
	for (size_t i = 0; i < host.n; i++)
		if (!((host.p[i] >= 'a' && host.p[i] <= 'z') ||
		      (host.p[i] >= 'A' && host.p[i] <= 'Z') ||
		      (host.p[i] >= '0' && host.p[i] <= '9') ||
		      (host.p[i] && strchr(".-:%_", host.p[i]))))
			return refused(f, address, "has no host and port", err);
	out->host = arena_str(f->a, host);
	out->port = arena_str(f->a, port);
	out->way = f->tls.n ? ENGINE_TLS : ENGINE_TCP;
	out->verify = f->verify;
	out->ca = file_in(f, "ca.pem");
	out->cert = file_in(f, "cert.pem");
	out->key = file_in(f, "key.pem");
	return 0;
}

static int read_address(struct find *f, struct sv address, struct err *err)
{
	static const struct sv unix_scheme = {"unix://", 7}, tcp = {"tcp://", 6};

	f->out->shown = arena_sv(f->a, address);
	f->out->from = f->from;
	if (sv_starts(address, unix_scheme)) {
		struct sv path = sv_from(address, unix_scheme.n);
		if (!path.n || path.p[0] != '/' || sv_find_char(path, '\0') != SIZE_MAX)
			return refused(f, address, "is no absolute path of a socket", err);
		f->out->way = ENGINE_UNIX;
		*VEC_PUSH(&f->out->sockets) = arena_sv(f->a, path);
		return 0;
	}
	if (sv_starts(address, tcp))
		return read_tcp(f, address, sv_from(address, tcp.n), err);
	(void)refused(f, address, "is not spoken here: unix:// and tcp:// are", err);
	if (sv_starts(address, SV("ssh://")))
		(void)err_hint(err, "ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST & and "
				    "--host unix:///tmp/engine.sock");
	return -(int)err->kind;
}

/* DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH: for addresses without a context. */
static void environment_tls(struct find *f)
{
	const char *folder = variable("DOCKER_CERT_PATH");

	f->verify = variable("DOCKER_TLS_VERIFY") != NULL;
	if (f->verify || variable("DOCKER_TLS"))
		f->tls = folder ? sv_of(folder) : config_folder(f->a);
}

static int no_context(const struct find *f, struct sv name, const char *why, struct err *err)
{
	(void)err_set(err, ERR_NOTFOUND, "%.*s: the context '%.*s' %s", SV_ARG(f->from),
		      SV_ARG(text_safe(f->a, sv_head(name, 100))), why);
	(void)err_hint(err, "docker context ls shows them");
	return err_scope(err, SCOPE_TARGET);
}

/* contexts/meta/SHA-256 of the name/meta.json, and its certificates beside. */
static int read_context(struct find *f, struct sv name, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	const struct node *root, *endpoint;
	struct sv folder = config_folder(f->a);
	struct digest d;
	struct stat st;

	if (digest_of(name, &d, err) < 0)
		return -(int)err->kind;
	struct sv id = digest_hex(f->a, &d);
	struct sv path =
		arena_fmt(f->a, "%.*s/contexts/meta/%.*s/meta.json", SV_ARG(folder), SV_ARG(id));
	if (file_read(path.p, CONFIG_BYTES, &bytes, err) < 0)
		return err->kind == ERR_NOTFOUND ? no_context(f, name, "is none", err)
						 : err_scope(err, SCOPE_TARGET);
	struct sv kept = arena_sv(f->a, buf_view(&bytes));
	if (json_read(f->a, path, kept, DUP_LAST, &root, err) < 0)
		return err_scope(err, SCOPE_TARGET);
	endpoint = node_path(root, "Endpoints", "docker", NULL);
	struct sv host = node_get_str(endpoint, "Host");
	if (!host.n)
		return no_context(f, name, "names no engine", err);
	f->verify = !node_true(node_get(endpoint, "SkipTLSVerify"));
	f->tls = arena_fmt(f->a, "%.*s/contexts/tls/%.*s/docker", SV_ARG(folder), SV_ARG(id));
	if (stat(f->tls.p, &st) != 0 && f->verify)
		f->tls = (struct sv){0};
	f->from = arena_fmt(f->a, "the context %.*s", SV_ARG(text_safe(f->a, name)));
	return read_address(f, host, err);
}

/* "" without one. A configuration that cannot be read chooses none: docker warns and goes on. */
static struct sv configured_context(struct arena *a)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct sv folder = config_folder(a);
	const struct node *root;
	struct err unused;

	if (!folder.n)
		return folder;
	struct sv path = arena_fmt(a, "%.*s/config.json", SV_ARG(folder));
	if (file_read(path.p, CONFIG_BYTES, &bytes, &unused) < 0 ||
	    json_read(a, path, arena_sv(a, buf_view(&bytes)), DUP_LAST, &root, &unused) < 0)
		return (struct sv){0};
	return node_get_str(root, "currentContext");
}

static void usual_sockets(struct find *f, bool podman)
{
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		const char *below = usual[i].variable ? variable(usual[i].variable) : "";
		if (usual[i].podman == podman && below)
			*VEC_PUSH(&f->out->sockets) = arena_fmt(f->a, "%s%s", below, usual[i].path);
	}
	f->out->way = ENGINE_UNIX;
	f->out->shown = arena_fmt(f->a, "unix://%.*s", SV_ARG(f->out->sockets.p[0]));
}

static int find_docker(struct find *f, const struct engine_choice *choice, struct err *err)
{
	const char *host = variable("DOCKER_HOST"), *context = variable("DOCKER_CONTEXT");
	struct sv name = choice->context;

	f->from = SV("--context");
	if (!name.n && host) {
		f->from = SV("DOCKER_HOST");
		environment_tls(f);
		return read_address(f, sv_of(host), err);
	}
	if (!name.n && context) {
		f->from = SV("DOCKER_CONTEXT");
		name = sv_of(context);
	}
	if (!name.n) {
		f->from = SV("config.json");
		name = configured_context(f->a);
	}
	if (name.n && !sv_is(name, "default"))
		return read_context(f, name, err);
	f->from = (struct sv){0};
	usual_sockets(f, false);
	return 0;
}

int engine_address_find(struct arena *a, const struct engine_choice *choice,
			struct engine_address *out, struct err *err)
{
	struct find f = {.a = a, .out = out};
	const char *podman = variable("CONTAINER_HOST");

	*out = (struct engine_address){0};
	if (choice->host.n && choice->context.n) {
		(void)err_set(err, ERR_USAGE, "--host and --context name an engine each");
		return err_scope(err, SCOPE_USAGE);
	}
	if (choice->host.n) {
		f.from = SV("--host");
		environment_tls(&f);
		/* a path alone is a socket */
		struct sv host = choice->host.p[0] == '/'
					 ? arena_fmt(a, "unix://%.*s", SV_ARG(choice->host))
					 : choice->host;
		return read_address(&f, host, err);
	}
	if (!choice->podman)
		return find_docker(&f, choice, err);
	f.from = SV("CONTAINER_HOST");
	if (podman)
		return read_address(&f, sv_of(podman), err);
	usual_sockets(&f, true);
	return 0;
}
