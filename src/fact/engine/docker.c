/*
 * dockerd's effective configuration: built-in default < daemon.json < flags < what runs.
 *
 * dockerd refuses to start when a key stands in the file and as a flag: such a contradiction, and
 * any between the unit, the running process and its answers, is told.
 */
#include "fact/engine/docker.h"

#include "base/vec.h"
#include "fact/engine-strings.h"

const struct said_vec *docker_flags(const struct docker *d)
{
	return d->process ? &d->of_process : &d->of_unit;
}

static bool is_many(const struct setting *s)
{
	return s->kind == SETTING_LIST || s->kind == SETTING_MAP;
}

static void of_flags(const struct said_vec *flags, const struct setting *s, struct node_vec *out)
{
	for (size_t i = 0; i < flags->n; i++) {
		if (flags->p[i].setting != s)
			continue;
		if (!is_many(s))
			out->n = 0;
		struct node *n = VEC_PUSH(out);
		*n = flags->p[i].value;
		if (s->kind == SETTING_MAP)
			n->key = sv_cut(&n->text, '=');
	}
}

/* The last of its name counts, and null is nothing. */
static const struct node *of_config(const struct docker *d, const struct setting *s)
{
	const struct node *n = s->key ? node_get(d->config, s->key) : NULL;

	return n && n->kind != NODE_NULL ? n : NULL;
}

static bool same_texts(const struct node_vec *a, const struct node_vec *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!sv_eq(a->p[i].text, b->p[i].text) || !sv_eq(a->p[i].key, b->p[i].key))
			return false;
	return true;
}

static void values(struct docker *d, const struct setting *s, struct node_vec *out)
{
	struct node_vec unit = {0};
	const struct node *said;

	of_flags(docker_flags(d), s, out);
	of_flags(&d->of_unit, s, &unit);
	/* the same in the unit: that has a file and a line */
	if (d->process && out->n && same_texts(out, &unit)) {
		vec_done(out);
		*out = unit;
		return;
	}
	vec_done(&unit);
	if (out->n)
		return;
	said = of_config(d, s);
	if (!said)
		return;
	if (is_many(s) && (said->kind == NODE_ARRAY || said->kind == NODE_OBJECT))
		NODE_EACH (it, said)
			*VEC_PUSH(out) = *it;
	else
		*VEC_PUSH(out) = *said;
}

static const struct setting *find(const char *key)
{
	const struct setting *s = setting_of_key(sv_of(key));

	for (size_t i = 0; !s && i < docker_settings_n; i++)
		if (docker_settings[i].flag && strcmp(docker_settings[i].flag, key) == 0)
			s = &docker_settings[i];
	return s;
}

void docker_values(struct docker *d, const char *key, struct node_vec *out)
{
	values(d, find(key), out);
}

const struct node *docker_value(struct docker *d, const char *key)
{
	struct node_vec v = {0};
	struct node *n = NULL;

	docker_values(d, key, &v);
	if (v.n) {
		n = ARENA_NEW(d->w.a, struct node);
		*n = v.p[v.n - 1];
	}
	vec_done(&v);
	return n;
}

struct sv docker_place(struct docker *d, const struct setting *s, const struct node *value)
{
	const struct part *part = part_of_node(d->w.b, value);
	struct sv place = work_place(&d->w, value);

	if (!part || sv_is(part->role, "config") || !s->flag)
		return place;
	return arena_fmt(d->w.a, "flag --%s (%.*s)", s->flag, SV_ARG(place));
}

/* "true, /etc/docker/daemon.json:3" */
static struct sv shown(struct docker *d, const struct setting *s, const struct node_vec *v)
{
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < v->n && b.n < 400; i++)
		buf_fmt(&b, "%s%.*s", i ? " " : "", SV_ARG(work_value(&d->w, &v->p[i])));
	if (!v->n)
		return SV("nothing");
	return arena_fmt(d->w.a, "%.*s (%.*s)", SV_ARG(buf_view(&b)),
			 SV_ARG(docker_place(d, s, &v->p[0])));
}

static void contradictions(struct docker *d, const struct setting *s)
{
	struct node_vec unit = {0}, process = {0}, file = {0};
	const struct node *said = of_config(d, s);
	const struct said_vec *flags = docker_flags(d);
	struct sv name = sv_of(s->key ? s->key : s->flag);

	of_flags(&d->of_unit, s, &unit);
	of_flags(&d->of_process, s, &process);
	const struct node_vec *flag = flags == &d->of_process ? &process : &unit;
	if (said && flag->n && !sv_is(name, "runtimes")) {
		*VEC_PUSH(&file) = *said;
		work_conflict(&d->w, name, shown(d, s, &file), shown(d, s, flag), said);
	}
	if (d->process && d->of_unit.n && !same_texts(&unit, &process))
		work_conflict(&d->w, name, shown(d, s, &unit), shown(d, s, &process),
			      unit.n ? &unit.p[0] : &process.p[0]);
	vec_done(&unit);
	vec_done(&process);
	vec_done(&file);
}

static void wrong(struct docker *d, const struct node *at, const char *key, const char *expected)
{
	const struct fact_fault fault = {.at = at,
					 .path = arena_fmt(d->w.a, "/%s", key),
					 .expected = expected,
					 .who = "dockerd"};

	if (d->w.sink->fault)
		d->w.sink->fault(d->w.sink->arg, &fault);
}

static bool is_text(const struct node *n)
{
	return n->kind != NODE_ARRAY && n->kind != NODE_OBJECT;
}

static void say_scalar(struct docker *d, const struct setting *s, const struct node *value)
{
	unsigned field = (unsigned)s->field;
	bool truth = value->kind == NODE_BOOL && node_true(value);

	if (s->kind == SETTING_BOOL) {
		if (value->kind != NODE_BOOL) {
			wrong(d, value, s->key ? s->key : s->flag, "boolean");
			if (!is_text(value) || !engine_bool(value->text, &truth))
				return;
		}
		fact_say(d->w.record, field, NODE_BOOL, truth ? SV("true") : SV("false"), value);
	} else if (is_text(value)) {
		if (value->kind != NODE_STRING)
			wrong(d, value, s->key ? s->key : s->flag, "string");
		fact_say(d->w.record, field, NODE_STRING, value->text, value);
	} else {
		wrong(d, value, s->key ? s->key : s->flag, "string");
		return;
	}
	work_from(&d->w, sv_of(schema_engine.fields[field].name), docker_place(d, s, value), value);
}

/* Elements that are no texts are refused by dockerd; they are left out. */
static void say_many(struct docker *d, const struct setting *s, const struct node_vec *v)
{
	struct node_vec texts = {0};

	for (size_t i = 0; i < v->n; i++) {
		if (!is_text(&v->p[i])) {
			wrong(d, &v->p[i], s->key, "string");
			continue;
		}
		struct node *n = VEC_PUSH(&texts);
		*n = v->p[i];
		n->kind = NODE_STRING;
	}
	if (texts.n) {
		work_strings(&d->w, (unsigned)s->field, &texts, &texts.p[0]);
		work_from(&d->w, sv_of(schema_engine.fields[s->field].name),
			  docker_place(d, s, &texts.p[0]), &texts.p[0]);
		if (s->kind == SETTING_MAP)
			d->w.record->items[s->field].kind = NODE_OBJECT;
	}
	vec_done(&texts);
}

static void setting(struct docker *d, const struct setting *s)
{
	struct node_vec v = {0};

	contradictions(d, s);
	if (s->field == NO_FIELD)
		return;
	values(d, s, &v);
	if (v.n && is_many(s))
		say_many(d, s, &v);
	else if (v.n)
		say_scalar(d, s, &v.p[v.n - 1]);
	else if (d->certain && s->preset && s->key)
		work_default(&d->w, (unsigned)s->field, sv_of(s->preset));
	vec_done(&v);
}

static void unknown(struct docker *d)
{
	const struct said_vec *flags = docker_flags(d);

	NODE_EACH (it, d->config)
		if (!setting_of_key(it->key) && !(it->flags & NODE_DUPLICATE))
			work_unknown(&d->w, it->key, it);
	for (size_t i = 0; i < flags->n; i++)
		if (!flags->p[i].setting)
			work_unknown(&d->w,
				     arena_fmt(d->w.a, "flag %.*s", SV_ARG(flags->p[i].name)),
				     &flags->p[i].value);
}

static bool is_dockerd(const struct node_vec *words)
{
	return words->n && sv_is(sv_basename(words->p[0].text), "dockerd");
}

static void read_flags(struct docker *d)
{
	struct node_vec commands = {0}, words = {0};

	unit_read(d->w.b, SV("docker.service"), &d->service);
	unit_read(d->w.b, SV("docker.socket"), &d->socket);
	unit_all(&d->service, "Service", "ExecStart", &commands);
	if (commands.n)
		unit_command(&d->service, &commands.p[commands.n - 1], &words);
	if (is_dockerd(&words))
		setting_flags(&words, 1, &d->of_unit);
	d->process = part_first(d->w.b, "dockerd");
	words.n = 0;
	if (d->process)
		engine_cmdline(d->w.b, d->process, &words);
	setting_flags(&words, 1, &d->of_process);
	vec_done(&commands);
	vec_done(&words);
}

static bool says_rootless(const struct docker *d)
{
	const struct node *options = node_get(d->info, "SecurityOptions");

	NODE_EACH (it, options)
		if (sv_is(node_str(it), "name=rootless"))
			return true;
	return false;
}

/* A relative path is seen from where the daemon runs. */
static struct part *config_named(const struct parts *b, struct sv path)
{
	if (sv_starts(path, SV("/")))
		return parts_named(b, SV("config"), path);
	for (size_t i = 0; i < b->all.n; i++) {
		struct sv name = b->all.p[i].name;
		if (sv_is(b->all.p[i].role, "config") && sv_ends(name, path) && name.n > path.n &&
		    name.p[name.n - path.n - 1] == '/')
			return &b->all.p[i];
	}
	return NULL;
}

/* That of --config-file; of a rootless daemon the one in its home. */
static struct part *config_part(struct docker *d)
{
	const struct node *named = docker_value(d, "config-file");
	const struct parts *b = d->w.b;
	struct part *part = NULL, *other = NULL;

	if (named)
		return config_named(b, named->text);
	for (size_t i = 0; i < b->all.n; i++) {
		struct part *p = &b->all.p[i];
		if (!sv_is(p->role, "config"))
			continue;
		bool home = sv_find(p->name, SV("/.config/")) != SIZE_MAX;
		if (!part && (home == says_rootless(d)))
			part = p;
		else if (!other)
			other = p;
	}
	return part ? part : says_rootless(d) ? NULL : other;
}

static const struct node *object(const struct node *n)
{
	return node_is(n, NODE_OBJECT) ? n : NULL;
}

static void read_config(struct docker *d)
{
	struct part *part = config_part(d);

	d->certain = part && part->state != PART_UNREADABLE;
	if (!part_here(part))
		return;
	/* dockerd takes an empty file for an empty object */
	if (!sv_trim(part->bytes).n)
		return;
	d->config = object(engine_json(d->w.b, d->w.sink, part));
	d->certain = d->config != NULL;
	if (d->config)
		fact_set(d->w.record, ENGINE_CONFIG, d->config);
}

static void content_trust(struct docker *d)
{
	const struct node *mode = node_path(d->config, "content-trust", "mode", NULL);

	if (mode)
		work_bool(&d->w, ENGINE_CONTENT_TRUST, sv_is(mode->text, "enforced"), mode);
	else if (d->certain)
		work_default(&d->w, ENGINE_CONTENT_TRUST, SV("false"));
}

static void group_of_socket(struct docker *d)
{
	const struct node *group = unit_last(&d->socket, "Socket", "SocketGroup");

	for (size_t i = 0; group && i < d->w.listeners.n; i++)
		if (sv_is(part_of_node(d->w.b, &d->w.listeners.p[i])->role, "unit"))
			work_text(&d->w, ENGINE_SOCKET_GROUP, group->text, group);
}

static bool is_there(const struct parts *b)
{
	static const char *const roles[] = {"info", "version", "config", "dockerd"};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (part_first(b, roles[i]))
			return true;
	for (size_t i = 0; i < b->all.n; i++)
		if (sv_is(b->all.p[i].role, "unit") && b->all.p[i].state == PART_HERE &&
		    sv_ends(b->all.p[i].name, SV("/docker.service")))
			return true;
	return false;
}

static void judge(struct docker *d)
{
	for (size_t i = 0; i < docker_settings_n; i++)
		setting(d, &docker_settings[i]);
	unknown(d);
	content_trust(d);
	docker_listeners(d);
	docker_registries(d);
	docker_runtimes(d);
	docker_ulimits(d);
	group_of_socket(d);
	docker_running(d);
	docker_data_root(d);
	if (d->certain && !fact_has(d->w.record, ENGINE_ROOTLESS))
		work_default(&d->w, ENGINE_ROOTLESS, SV("false"));
}

/* Where the engine's own files are: roles of host files by path. */
static void roles(struct docker *d, struct engine_roles *out)
{
	static const struct {
		const char *key, *role;
	} of[] = {{"tlscacert", "tls_ca"},
		  {"tlscert", "tls_cert"},
		  {"tlskey", "tls_key"},
		  {"data-root", "docker_data_root"},
		  {"config-file", "daemon_config"}};

	for (size_t i = 0; i < ARRAY_LEN(of); i++) {
		const struct node *n = docker_value(d, of[i].key);
		if (n)
			engine_role(out, of[i].role, n->text);
	}
	for (size_t i = 0; i < d->w.listeners.n; i++) {
		struct sv address = d->w.listeners.p[i].items[LISTENER_ADDRESS].text;
		if (sv_starts(address, SV("unix://")))
			engine_role(out, "docker_socket", sv_from(address, 7));
	}
	for (size_t i = 0; i < d->w.runtimes.n; i++) {
		struct sv path = node_str(&d->w.runtimes.p[i].items[OCI_RUNTIME_PATH]);
		if (sv_starts(path, SV("/")))
			engine_role(out, "runc", path);
	}
	if (fact_has(d->w.record, ENGINE_DATA_ROOT))
		engine_role(out, "docker_data_root", d->w.record->items[ENGINE_DATA_ROOT].text);
}

/* Lists that are empty, as far as it is known that they are. */
static void empty_lists(struct docker *d)
{
	static const unsigned always[] = {ENGINE_FROM, ENGINE_CONFLICTS, ENGINE_UNKNOWN_SETTINGS};
	static const unsigned certain[] = {ENGINE_LISTENERS, ENGINE_REGISTRIES, ENGINE_RUNTIMES};

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		fact_default(d->w.record, always[i], NODE_ARRAY, (struct sv){0});
	for (size_t i = 0; i < ARRAY_LEN(certain) && (d->certain || d->info); i++)
		if (d->certain || certain[i] != ENGINE_LISTENERS)
			fact_default(d->w.record, certain[i], NODE_ARRAY, (struct sv){0});
}

void engine_docker(struct parts *b, const struct fact_sink *sink, struct engine_roles *out)
{
	struct docker d = {0};
	const struct node *at;

	if (!is_there(b))
		return;
	work_begin(&d.w, b, sink, "docker", NULL);
	d.info = object(engine_json(b, sink, parts_find(b, SV("info"))));
	d.version = object(engine_json(b, sink, parts_find(b, SV("version"))));
	read_flags(&d);
	read_config(&d);
	judge(&d);
	at = d.config ? d.config : d.info ? d.info : d.version;
	empty_lists(&d);
	roles(&d, out);
	work_end(&d.w, at);
	unit_done(&d.service);
	unit_done(&d.socket);
	vec_done(&d.of_unit);
	vec_done(&d.of_process);
}
