/*
 * Podman: containers.conf(5), storage.conf(5), registries.conf(5), policy.json(5). Of each key the
 * last file counts that has it; the parts come in that order.
 */
#include "fact/engine/work.h"

#include "base/vec.h"

enum { SECTIONS_MAX = 64 };

/* All files of a role as one object: the last one that has a key counts. */
static struct node *merged(struct parts *b, const struct fact_sink *sink, const char *role)
{
	struct node *out = ARENA_NEW(b->arena, struct node);
	struct node_vec sections[SECTIONS_MAX] = {0};
	struct node heads[SECTIONS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < b->all.n; i++) {
		if (!sv_is(b->all.p[i].role, role))
			continue;
		NODE_EACH (section, engine_toml(b, sink, &b->all.p[i])) {
			size_t at = 0;
			while (at < n && !sv_eq(heads[at].key, section->key))
				at++;
			if (at == SECTIONS_MAX)
				continue;
			n += at == n;
			heads[at] = *section;
			if (section->kind == NODE_OBJECT)
				NODE_EACH (it, section)
					*VEC_PUSH(&sections[at]) = *it;
		}
	}
	out->kind = NODE_OBJECT;
	out->items = ARENA_ARRAY(b->arena, n, struct node);
	for (size_t i = 0; i < n; i++) {
		struct node *to = &out->items[i];
		*to = heads[i];
		if (to->kind == NODE_OBJECT && sections[i].n) {
			/* the last of its name first: that is what node_get() finds */
			to->n = (uint32_t)sections[i].n;
			to->items = ARENA_ARRAY(b->arena, to->n, struct node);
			for (uint32_t k = 0; k < to->n; k++)
				to->items[k] = sections[i].p[to->n - 1 - k];
			to->flags &= (uint8_t)~NODE_DUP_LAST;
		}
		vec_done(&sections[i]);
	}
	out->n = (uint32_t)n;
	if (n) {
		out->doc = heads[0].doc;
		out->start = heads[0].start;
		out->end = heads[0].end;
	}
	return n ? out : NULL;
}

static void text(struct engine_work *w, const struct node *in, const char *key, unsigned field)
{
	const struct node *n = node_get(in, key);

	if (n && n->kind == NODE_STRING)
		work_say(w, field, n, (struct sv){0});
}

static void texts(struct engine_work *w, const struct node *list, unsigned field)
{
	struct node_vec v = {0};

	if (!node_is(list, NODE_ARRAY))
		return;
	NODE_EACH (it, list)
		if (it->kind == NODE_STRING)
			*VEC_PUSH(&v) = *it;
	work_strings(w, field, &v, list);
	vec_done(&v);
}

static void host_namespaces(struct engine_work *w, const struct node *containers)
{
	static const char *const keys[] = {"netns", "ipcns",    "pidns",
					   "utsns", "cgroupns", "userns"};
	struct node_vec v = {0};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct node *n = node_get(containers, keys[i]);
		/* without a user namespace of their own is the default */
		if (!sv_is(node_str(n), "host") || strcmp(keys[i], "userns") == 0)
			continue;
		struct node *name = VEC_PUSH(&v);
		*name = *n;
		name->text = sv_head(sv_of(keys[i]), strlen(keys[i]) - 2);
	}
	if (v.n)
		work_strings(w, ENGINE_DEFAULT_HOST_NAMESPACES, &v, &v.p[0]);
	else
		work_default(w, ENGINE_DEFAULT_HOST_NAMESPACES, (struct sv){0});
	vec_done(&v);
}

static const char *const default_capabilities[] = {
	"CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",       "NET_BIND_SERVICE",
	"SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT",
};

static void capabilities(struct engine_work *w, const struct node *list)
{
	struct node_vec v = {0};

	NODE_EACH (it, list) {
		struct node *n = VEC_PUSH(&v);
		*n = *it;
		n->kind = NODE_STRING;
		if (sv_ieq(sv_head(n->text, 4), SV("CAP_")))
			n->text = sv_from(n->text, 4);
	}
	if (!list)
		for (size_t i = 0; i < ARRAY_LEN(default_capabilities); i++)
			*VEC_PUSH(&v) = (struct node){.kind = NODE_STRING,
						      .flags = NODE_DEFAULT,
						      .text = sv_of(default_capabilities[i])};
	work_strings(w, ENGINE_DEFAULT_CAPABILITIES, &v, list);
	if (!list)
		work_from(w, SV("default_capabilities"), SV("default"), w->record);
	vec_done(&v);
}

static void containers_conf(struct engine_work *w, const struct node *conf)
{
	const struct node *containers = node_get(conf, "containers");
	const struct node *engine = node_get(conf, "engine");
	const struct node *label = node_get(containers, "label");
	const struct node *pids = node_get(containers, "pids_limit");
	const struct node *list = node_get(containers, "default_capabilities");

	if (conf)
		fact_set(w->record, ENGINE_CONFIG, conf);
	host_namespaces(w, containers);
	capabilities(w, node_is(list, NODE_ARRAY) ? list : NULL);
	text(w, containers, "seccomp_profile", ENGINE_SECCOMP_PROFILE);
	text(w, containers, "log_driver", ENGINE_LOG_DRIVER);
	text(w, containers, "ipcns", ENGINE_IPC_MODE);
	text(w, containers, "cgroupns", ENGINE_CGROUPNS_MODE);
	text(w, engine, "runtime", ENGINE_DEFAULT_RUNTIME);
	if (node_is(label, NODE_BOOL))
		work_say(w, ENGINE_SELINUX, label, (struct sv){0});
	if (node_is(pids, NODE_NUMBER))
		work_say(w, ENGINE_PIDS_LIMIT, pids, (struct sv){0});
	work_default(w, ENGINE_SECCOMP_PROFILE, SV("builtin"));
	work_default(w, ENGINE_PIDS_LIMIT, SV("2048"));
	NODE_EACH (it, node_get(engine, "runtimes")) {
		struct node *n = work_runtime(w, it->key, it);
		if (it->kind == NODE_ARRAY && it->n)
			fact_set(n, OCI_RUNTIME_PATH, &it->items[0]);
		fact_lists(n, &schema_oci_runtime);
	}
}

static void flag(struct node *n, unsigned field, const struct node *said)
{
	if (node_is(said, NODE_BOOL))
		fact_set(n, field, said);
}

static void registry(struct engine_work *w, const struct node *said)
{
	const struct node *prefix = node_get(said, "prefix"),
			  *location = node_get(said, "location");
	const struct node *list = node_get(said, "mirror");
	struct sv name = node_str(prefix).n ? node_str(prefix) : node_str(location);
	struct node *n = work_registry(w, name, said);
	struct node_vec mirrors = {0};

	flag(n, REGISTRY_INSECURE, node_get(said, "insecure"));
	/* insecure is plain HTTP as well (containers-registries.conf(5)) */
	flag(n, REGISTRY_PLAIN, node_get(said, "insecure"));
	flag(n, REGISTRY_BLOCKED, node_get(said, "blocked"));
	NODE_EACH (it, list) {
		const struct node *at = node_get(it, "location");
		if (node_is(at, NODE_STRING))
			*VEC_PUSH(&mirrors) = *at;
		if (node_true(node_get(it, "insecure")))
			flag(n, REGISTRY_INSECURE, node_get(it, "insecure"));
	}
	if (mirrors.n) {
		struct node *to = fact_list(w->a, n, REGISTRY_MIRRORS, mirrors.n, list);
		memcpy(to->items, mirrors.p, mirrors.n * sizeof *mirrors.p);
	}
	vec_done(&mirrors);
}

/* Version 1 of the format: [registries.search] and its like. */
static void old_registries(struct engine_work *w, const struct node *root)
{
	const struct node *old = node_get(root, "registries");

	texts(w, node_path(old, "search", "registries", NULL), ENGINE_SEARCH_REGISTRIES);
	NODE_EACH (it, node_path(old, "insecure", "registries", NULL)) {
		struct node *n = work_registry(w, it->text, it);
		fact_say(n, REGISTRY_INSECURE, NODE_BOOL, SV("true"), it);
		fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), it);
	}
	NODE_EACH (it, node_path(old, "block", "registries", NULL))
		fact_say(work_registry(w, it->text, it), REGISTRY_BLOCKED, NODE_BOOL, SV("true"),
			 it);
}

static void registries_conf(struct engine_work *w)
{
	for (size_t i = 0; i < w->b->all.n; i++) {
		struct part *part = &w->b->all.p[i];
		if (!sv_is(part->role, "registries_conf"))
			continue;
		const struct node *root = engine_toml(w->b, w->sink, part);
		texts(w, node_get(root, "unqualified-search-registries"), ENGINE_SEARCH_REGISTRIES);
		text(w, root, "short-name-mode", ENGINE_SHORT_NAME_MODE);
		NODE_EACH (it, node_get(root, "registry"))
			if (it->kind == NODE_OBJECT)
				registry(w, it);
		old_registries(w, root);
	}
	work_default(w, ENGINE_SHORT_NAME_MODE, SV("enforcing"));
	work_default(w, ENGINE_SEARCH_REGISTRIES, (struct sv){0});
}

/* All requirements must hold: the strictest of them is what counts. */
static void policy(struct engine_work *w)
{
	const struct node *found = NULL;

	for (size_t i = 0; i < w->b->all.n; i++) {
		struct part *part = &w->b->all.p[i];
		if (!sv_is(part->role, "policy") || !part_here(part))
			continue;
		found = NULL;
		NODE_EACH (it, node_get(engine_json(w->b, w->sink, part), "default")) {
			const struct node *type = node_get(it, "type");
			bool weak = !found || sv_is(found->text, "insecureAcceptAnything");
			if (node_is(type, NODE_STRING) && (weak || sv_is(type->text, "reject")))
				found = type;
		}
	}
	if (found)
		work_say(w, ENGINE_DEFAULT_POLICY, found, (struct sv){0});
}

static void answered(struct engine_work *w)
{
	const struct node *info = engine_json(w->b, w->sink, parts_find(w->b, SV("podman_info")));
	const struct node *version = node_path(info, "version", "Version", NULL);
	const struct node *rootless = node_path(info, "host", "security", "rootless", NULL);

	if (!info)
		return;
	work_bool(w, ENGINE_RUNNING, true, info);
	if (node_is(version, NODE_STRING))
		fact_set(w->record, ENGINE_VERSION, version);
	if (node_is(rootless, NODE_BOOL))
		work_say(w, ENGINE_ROOTLESS, rootless, (struct sv){0});
	text(w, node_get(info, "store"), "graphRoot", ENGINE_DATA_ROOT);
	text(w, node_get(info, "store"), "graphDriverName", ENGINE_STORAGE_DRIVER);
}

/* Skopeo, Buildah and CRI-O have the same files: Podman is there when its program or its answer is,
 * or when somebody gave the files alone. */
static bool is_there(const struct parts *b)
{
	static const char *const roles[] = {"podman_info", "podman", "containers_conf",
					    "registries_conf", "policy"};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (part_first(b, roles[i]))
			return true;
	return false;
}

void engine_podman(struct parts *b, const struct fact_sink *sink)
{
	struct engine_work w;

	if (!is_there(b))
		return;
	work_begin(&w, b, sink, "podman", NULL);
	const struct node *conf = merged(b, sink, "containers_conf");
	const struct node *storage = node_get(merged(b, sink, "storage_conf"), "storage");
	containers_conf(&w, conf);
	text(&w, storage, "driver", ENGINE_STORAGE_DRIVER);
	text(&w, storage, "graphroot", ENGINE_DATA_ROOT);
	registries_conf(&w);
	policy(&w);
	answered(&w);
	fact_default(w.record, ENGINE_REMOTE, NODE_BOOL, SV("false"));
	fact_lists(w.record, &schema_engine);
	work_end(&w, conf);
}
