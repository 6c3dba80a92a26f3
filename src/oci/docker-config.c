#include "oci/docker-config.h"

#include "base/text.h"
#include "fmt/json.h"
#include "net/base64.h"

/* How Docker Hub is called in configurations, whatever the reference says. */
static const char *const hub_names[] = {"index.docker.io", "docker.io", "registry-1.docker.io",
					"registry.hub.docker.com"};
static const char hub_server[] = "https://index.docker.io/v1/";

static bool is_hub(struct sv host)
{
	for (size_t i = 0; i < ARRAY_LEN(hub_names); i++)
		if (sv_ieq(host, sv_of(hub_names[i])))
			return true;
	return false;
}

/*
 * How well a key fits: 0 not at all, else the longer the better. Keys are "host[:port]",
 * "host/some/repository" (containers-auth.json(5)), or addresses of old ("https://host/v1/").
 */
static size_t key_rank(struct sv key, struct sv domain, struct sv path)
{
	size_t scheme = sv_find(key, SV("://"));
	struct sv host = scheme == SIZE_MAX ? key : sv_from(key, scheme + 3), below = {0};
	size_t slash = sv_find_char(host, '/');

	if (slash != SIZE_MAX) {
		below = sv_from(host, slash + 1);
		host = sv_head(host, slash);
	}
	if (!sv_ieq(host, domain) && !(is_hub(host) && is_hub(domain)))
		return 0;
	while (sv_ends(below, SV("/")))
		below = sv_head(below, below.n - 1);
	if (scheme != SIZE_MAX || sv_is(below, "v1") || sv_is(below, "v2") || below.n == 0)
		return 1;
	if (!sv_starts(path, below) || (path.n > below.n && path.p[below.n] != '/'))
		return 0;
	return 1 + below.n;
}

static const struct node *best_key(const struct node *object, struct sv domain, struct sv path)
{
	const struct node *best = NULL;
	size_t rank = 0;

	if (!node_is(object, NODE_OBJECT))
		return NULL;
	NODE_EACH (it, object) {
		size_t is = key_rank(it->key, domain, path);
		if (is >= rank && is > 0) { /* the last of equals, as Go reads keys twice */
			best = it;
			rank = is;
		}
	}
	return best;
}

/* base64 of "user:password"; old writers padded with NUL. */
static int read_auth(struct arena *a, struct sv auth, struct credentials *out, struct err *err)
{
	auto_done(buf_done) struct buf plain = {0};
	struct sv user, secret;

	if (!base64_decode(&plain, sv_trim(auth)))
		return err_set(err, ERR_PARSE, "an 'auth' is no base64");
	secret = buf_view(&plain);
	if (sv_find_char(secret, ':') == SIZE_MAX)
		return err_set(err, ERR_PARSE, "an 'auth' has no ':' between user and password");
	user = sv_cut(&secret, ':');
	while (secret.n > 0 && secret.p[secret.n - 1] == '\0')
		secret.n--;
	out->user = arena_sv(a, user);
	out->secret = arena_sv(a, secret);
	return 0;
}

static int read_entry(struct arena *a, const struct node *entry, struct config_match *m,
		      struct err *err)
{
	struct credentials *c = &m->inline_;
	struct sv auth = node_get_str(entry, "auth");

	c->user = arena_sv(a, node_get_str(entry, "username"));
	c->secret = arena_sv(a, node_get_str(entry, "password"));
	c->identity_token = arena_sv(a, node_get_str(entry, "identitytoken"));
	c->registry_token = arena_sv(a, node_get_str(entry, "registrytoken"));
	if (auth.n > 0 && read_auth(a, auth, c, err) < 0)
		return -(int)err->kind;
	m->found = c->user.n > 0 || c->identity_token.n > 0 || c->registry_token.n > 0;
	return 0;
}

/* It becomes the name of a program that is looked for in PATH. */
static bool helper_name_valid(struct sv v)
{
	if (v.n == 0 || v.n > 128 || v.p[0] == '.' || v.p[0] == '-')
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}

int docker_config_match(struct arena *a, struct sv name, struct sv bytes, struct sv domain,
			struct sv path, struct config_match *out, struct err *err)
{
	const struct node *root, *entry, *helper;
	struct config_match m = {0};

	int rc = json_read(a, name, bytes, DUP_LAST, &root, err);
	if (rc < 0)
		return rc;
	if (!node_is(root, NODE_OBJECT)) {
		(void)err_set(err, ERR_PARSE, "it is no JSON object");
		return err_where(err, "%.*s", SV_ARG(text_safe(a, name)));
	}
	m.server = is_hub(domain) ? sv_of(hub_server) : arena_sv(a, domain);
	helper = best_key(node_get(root, "credHelpers"), domain, path);
	if (helper)
		m.server = arena_sv(a, helper->key);
	m.helper = arena_sv(a, helper ? node_str(helper) : node_get_str(root, "credsStore"));
	if (m.helper.n > 0 && !helper_name_valid(m.helper)) {
		(void)err_set(err, ERR_DENIED, "'%.*s' is no name of a credential helper",
			      SV_ARG(text_safe(a, sv_head(m.helper, 64))));
		return err_where(err, "%.*s", SV_ARG(text_safe(a, name)));
	}
	entry = best_key(node_get(root, "auths"), domain, path);
	if (entry && (rc = read_entry(a, entry, &m, err)) < 0)
		return err_where(err, "%.*s", SV_ARG(text_safe(a, name)));
	*out = m;
	return 0;
}

int helper_answer(struct arena *a, struct sv bytes, int status, struct credentials *out,
		  struct err *err)
{
	const struct node *root;
	struct credentials c = {0};

	if (status != 0) {
		/* the words of docker's own helpers library */
		if (sv_find(bytes, SV("credentials not found")) != SIZE_MAX)
			return err_set(err, ERR_NOTFOUND, "it has no credentials for the registry");
		return err_set(err, ERR_AUTH, "it ended with %d", status);
	}
	if (json_read(a, SV("answer"), bytes, DUP_LAST, &root, err) < 0)
		return err_set(err, ERR_PARSE, "its answer is no JSON"); /* without its bytes */
	struct sv user = node_get_str(root, "Username"), secret = node_get_str(root, "Secret");
	if (secret.n == 0)
		return err_set(err, ERR_NOTFOUND, "it has no credentials for the registry");
	if (sv_is(user, "<token>")) {
		c.identity_token = arena_sv(a, secret);
	} else {
		c.user = arena_sv(a, user);
		c.secret = arena_sv(a, secret);
	}
	*out = c;
	return 0;
}
