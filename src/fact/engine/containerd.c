/*
 * containerd's config.toml (versions 1, 2 and 3) with what it imports, and certs.d/.../hosts.toml.
 * The CRI plugin has another name in each version; when it is disabled what stands in it is
 * nothing.
 */
#include "fact/engine/work.h"

#include "base/vec.h"

/* In its name the settings of images (registries) are apart from version 3 on. */
static const char *const cri_names[] = {
	"cri",
	"io.containerd.grpc.v1.cri",
	"io.containerd.cri.v1.runtime",
	"io.containerd.cri.v1.images",
};

static const struct node *table(const struct node *n)
{
	return node_is(n, NODE_OBJECT) ? n : NULL;
}

static bool cri_disabled(const struct node *root)
{
	NODE_EACH (it, node_get(root, "disabled_plugins"))
		for (size_t i = 0; i < ARRAY_LEN(cri_names) - 1; i++)
			if (sv_is(node_str(it), cri_names[i]))
				return true;
	return false;
}

static void scalar(struct engine_work *w, const struct node *in, const char *key, unsigned field)
{
	const struct node *n = node_get(in, key);
	bool text = schema_engine.fields[field].kind == FACT_STRING;

	if (n && n->kind == (text ? NODE_STRING : NODE_BOOL))
		work_say(w, field, n, (struct sv){0});
}

static void listen_at(struct engine_work *w, const struct node *address, const char *purpose,
		      bool tls, bool verify)
{
	if (!address || address->kind != NODE_STRING || !address->text.n)
		return;
	struct node *n = work_listener(w, address->text, purpose, address);
	if (!sv_is(n->items[LISTENER_PROTOCOL].text, "tcp"))
		return;
	fact_say(n, LISTENER_TLS, NODE_BOOL, tls ? SV("true") : SV("false"), address);
	fact_say(n, LISTENER_VERIFY, NODE_BOOL, verify ? SV("true") : SV("false"), address);
}

static void listeners(struct engine_work *w, const struct node *root)
{
	const struct node *grpc = node_get(root, "grpc");
	bool tls = node_get_str(grpc, "tcp_tls_cert").n && node_get_str(grpc, "tcp_tls_key").n;

	listen_at(w, node_get(grpc, "address"), "api", false, false);
	listen_at(w, node_get(grpc, "tcp_address"), "api", tls,
		  tls && node_get_str(grpc, "tcp_tls_ca").n);
	listen_at(w, node_path(root, "debug", "address", NULL), "debug", false, false);
	listen_at(w, node_path(root, "metrics", "address", NULL), "metrics", false, false);
	scalar(w, node_get(root, "debug"), "level", ENGINE_LOG_LEVEL);
	scalar(w, root, "root", ENGINE_DATA_ROOT);
}

static void stream(struct engine_work *w, const struct node *cri)
{
	const struct node *address = node_get(cri, "stream_server_address");
	const struct node *port = node_get(cri, "stream_server_port");
	bool tls = node_true(node_get(cri, "enable_tls_streaming"));

	if (!address || address->kind != NODE_STRING)
		return;
	struct node joined = *address;
	joined.text = arena_fmt(w->a, "tcp://%.*s:%.*s", SV_ARG(address->text),
				SV_ARG(port ? port->text : SV("0")));
	listen_at(w, &joined, "stream", tls, false);
}

static void annotations(struct engine_work *w, struct node *runtime, const struct node *said)
{
	static const char *const keys[] = {"pod_annotations", "container_annotations"};
	struct node_vec all = {0};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		NODE_EACH (it, node_get(said, keys[i]))
			if (it->kind == NODE_STRING)
				*VEC_PUSH(&all) = *it;
	struct node *list =
		fact_list(w->a, runtime, OCI_RUNTIME_ANNOTATIONS, all.n, all.n ? &all.p[0] : NULL);
	if (all.n)
		memcpy(list->items, all.p, all.n * sizeof *all.p);
	vec_done(&all);
}

static void runtime(struct engine_work *w, const struct node *said)
{
	const struct node *program = node_path(said, "options", "BinaryName", NULL);
	const struct node *type = node_get(said, "runtime_type");
	const struct node *bare = node_get(said, "privileged_without_host_devices");
	struct node *n = work_runtime(w, said->key, said);

	fact_set(n, OCI_RUNTIME_PATH, node_str(program).n ? program : type);
	if (node_is(bare, NODE_BOOL))
		fact_set(n, OCI_RUNTIME_PRIVILEGED_WITHOUT_DEVICES, bare);
	else
		fact_default(n, OCI_RUNTIME_PRIVILEGED_WITHOUT_DEVICES, NODE_BOOL, SV("false"));
	annotations(w, n, said);
}

static bool has_text(const struct node *in, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (node_get_str(in, keys[i]).n)
			return true;
	return false;
}

static void mirrors(struct engine_work *w, struct node *n, const struct node *endpoints)
{
	struct node_vec all = {0};

	NODE_EACH (it, endpoints) {
		if (it->kind != NODE_STRING)
			continue;
		*VEC_PUSH(&all) = *it;
		if (sv_starts(it->text, SV("http://")))
			fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), it);
	}
	if (all.n) {
		struct node *list = fact_list(w->a, n, REGISTRY_MIRRORS, all.n, endpoints);
		memcpy(list->items, all.p, all.n * sizeof *all.p);
	}
	vec_done(&all);
}

static void registries(struct engine_work *w, const struct node *registry)
{
	static const char *const secrets[] = {"password", "auth", "identitytoken"};

	NODE_EACH (it, node_get(registry, "mirrors"))
		mirrors(w, work_registry(w, it->key, it), node_get(it, "endpoint"));
	NODE_EACH (it, node_get(registry, "configs")) {
		const struct node *skip = node_path(it, "tls", "insecure_skip_verify", NULL);
		const struct node *auth = node_get(it, "auth");
		struct node *n = work_registry(w, it->key, it);
		if (node_is(skip, NODE_BOOL))
			fact_set(n, REGISTRY_INSECURE, skip);
		if (has_text(auth, secrets, ARRAY_LEN(secrets)))
			fact_say(n, REGISTRY_CREDENTIALS, NODE_BOOL, SV("true"), auth);
	}
	NODE_EACH (it, node_get(registry, "auths")) {
		struct node *n = work_registry(w, it->key, it);
		if (has_text(it, secrets, ARRAY_LEN(secrets)))
			fact_say(n, REGISTRY_CREDENTIALS, NODE_BOOL, SV("true"), it);
	}
}

static void cri(struct engine_work *w, const struct node *plugin)
{
	const struct node *disabled = node_get(plugin, "disable_apparmor");
	const struct node *containerd = node_get(plugin, "containerd");

	scalar(w, plugin, "enable_unprivileged_ports", ENGINE_UNPRIVILEGED_PORTS);
	scalar(w, plugin, "enable_selinux", ENGINE_SELINUX);
	if (node_is(disabled, NODE_BOOL))
		work_bool(w, ENGINE_APPARMOR, !node_true(disabled), disabled);
	stream(w, plugin);
	scalar(w, containerd, "default_runtime_name", ENGINE_DEFAULT_RUNTIME);
	NODE_EACH (it, node_get(containerd, "runtimes"))
		if (it->kind == NODE_OBJECT)
			runtime(w, it);
	registries(w, table(node_get(plugin, "registry")));
}

static void one(struct engine_work *w, const struct node *root)
{
	const struct node *plugins = table(node_get(root, "plugins"));

	listeners(w, root);
	for (size_t i = 0; i < ARRAY_LEN(cri_names) && !cri_disabled(root); i++)
		cri(w, table(node_get(plugins, cri_names[i])));
}

static bool names_password(const struct node *headers)
{
	NODE_EACH (it, headers)
		if (sv_ieq(it->key, SV("authorization")) && it->kind != NODE_NULL)
			return true;
	return false;
}

/* /etc/containerd/certs.d/docker.io/hosts.toml: the folder is the registry. */
static void hosts(struct engine_work *w, struct part *part)
{
	const struct node *root = engine_toml(w->b, w->sink, part);
	struct sv folder, file, above;

	if (!root || !sv_rcut(part->name, '/', &folder, &file))
		return;
	(void)sv_rcut(folder, '/', &above, &folder);
	NODE_EACH (it, node_get(root, "host")) {
		const struct node *skip = node_get(it, "skip_verify");
		const struct node *headers = node_get(it, "header");
		struct node *n = work_registry(w, folder, it);
		if (node_true(skip))
			fact_say(n, REGISTRY_INSECURE, NODE_BOOL, SV("true"), skip);
		if (sv_starts(it->key, SV("http://")))
			fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), it);
		if (names_password(headers))
			fact_say(n, REGISTRY_CREDENTIALS, NODE_BOOL, SV("true"), headers);
	}
	if (sv_starts(node_get_str(root, "server"), SV("http://")))
		fact_say(work_registry(w, folder, root), REGISTRY_PLAIN, NODE_BOOL, SV("true"),
			 node_get(root, "server"));
}

static void version(struct engine_work *w)
{
	const struct node *answer = engine_json(w->b, w->sink, parts_find(w->b, SV("version")));

	NODE_EACH (it, node_get(answer, "Components")) {
		const struct node *said = node_get(it, "Version");
		if (sv_is(node_get_str(it, "Name"), "containerd") && node_str(said).n)
			fact_set(w->record, ENGINE_VERSION, said);
	}
}

void engine_containerd(struct parts *b, const struct fact_sink *sink)
{
	const struct node *first = NULL;
	struct part *process = part_first(b, "containerd");
	struct engine_work w;

	if (!part_first(b, "containerd_config") && !process)
		return;
	work_begin(&w, b, sink, "containerd", NULL);
	for (size_t i = 0; i < b->all.n; i++) {
		struct part *part = &b->all.p[i];
		const struct node *root = NULL;
		if (sv_is(part->role, "containerd_config"))
			root = table(engine_toml(b, sink, part));
		else if (sv_is(part->role, "hosts_toml") && part_here(part))
			hosts(&w, part);
		if (!root)
			continue;
		if (!first)
			fact_set(w.record, ENGINE_CONFIG, root);
		first = first ? first : root;
		one(&w, root);
	}
	if (!w.listeners.n)
		fact_say(work_listener(&w, SV("unix:///run/containerd/containerd.sock"), "api",
				       first),
			 LISTENER_FROM, NODE_STRING, SV("default"), first);
	if (process)
		fact_say(w.record, ENGINE_RUNNING, NODE_BOOL, SV("true"), NULL);
	fact_default(w.record, ENGINE_REMOTE, NODE_BOOL, SV("false"));
	version(&w);
	fact_lists(w.record, &schema_engine);
	work_end(&w, first);
}
