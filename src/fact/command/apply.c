/* What a flag says, as the field of a service. */
#include "fact/command/command-int.h"

#include "fact/engine-strings.h"

enum { OPTIONS_MAX = 1000 };

/* The next field of comma separated values, as Go's encoding/csv cuts them: quotes around a whole
 * field, doubled inside. */
static struct sv next_field(struct command *c, struct sv *rest)
{
	auto_done(buf_done) struct buf out = {0};
	size_t i = 1;

	if (rest->n == 0 || rest->p[0] != '"')
		return sv_cut(rest, ',');
	for (; i < rest->n; i++) {
		if (rest->p[i] == '"' && (i + 1 >= rest->n || rest->p[i + 1] != '"'))
			break;
		i += rest->p[i] == '"';
		buf_char(&out, rest->p[i]);
	}
	*rest = sv_from(*rest, i + 1);
	if (rest->n && rest->p[0] == ',')
		*rest = sv_from(*rest, 1);
	return arena_sv(c->a, buf_view(&out));
}

static void mount_text(struct command *c, struct node *mount, const char *in, const char *key,
		       struct sv value)
{
	struct node *at =
		in ? command_open(c, mount, in, NODE_OBJECT, mount->start, mount->end) : mount;

	command_text(command_child(c, at, sv_of(key), mount->start, mount->end), value);
}

static void mount_read_only(struct command *c, struct node *mount, struct sv value, bool when)
{
	bool on = true;

	if (value.n)
		(void)engine_bool(value, &on);
	struct node *n = command_child(c, mount, SV("read_only"), mount->start, mount->end);
	n->kind = NODE_BOOL;
	n->text = on == when ? SV("true") : SV("false");
}

static void mount_option(struct command *c, struct node *mount, struct sv value)
{
	struct sv text = value, key = sv_cut(&text, '=');
	struct node *volume =
		command_open(c, mount, "volume", NODE_OBJECT, mount->start, mount->end);
	struct node *options =
		command_open(c, volume, "driver_opts", NODE_OBJECT, mount->start, mount->end);

	if (options->n == OPTIONS_MAX)
		tell_fault(&c->tell, mount, "more than %d options of a volume", OPTIONS_MAX);
	else if (options->n < OPTIONS_MAX)
		command_text(command_child(c, options, key, mount->start, mount->end), text);
}

static void mount_field(struct command *c, struct node *mount, struct sv key, struct sv value)
{
	static const struct {
		const char *name, *in, *key;
	} rows[] = {
		{"type", NULL, "type"},
		{"source", NULL, "source"},
		{"src", NULL, "source"},
		{"target", NULL, "target"},
		{"dst", NULL, "target"},
		{"destination", NULL, "target"},
		{"bind-propagation", "bind", "propagation"},
		{"volume-driver", "volume", "driver"},
		{"volume-subpath", "volume", "subpath"},
		{"subpath", "volume", "subpath"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (sv_ieq(key, sv_of(rows[i].name)))
			mount_text(c, mount, rows[i].in, rows[i].key, value);
	if (sv_ieq(key, SV("readonly")) || sv_ieq(key, SV("ro")))
		mount_read_only(c, mount, value, true);
	else if (sv_ieq(key, SV("rw")))
		mount_read_only(c, mount, value, false);
	else if (sv_ieq(key, SV("volume-opt")))
		mount_option(c, mount, value);
}

static void add_mount(struct command *c, struct sv value, size_t start, size_t end)
{
	struct node *list = command_open(c, c->service, "volumes", NODE_ARRAY, start, end);
	struct node *mount = command_push(c, list, start, end);

	mount->kind = NODE_OBJECT;
	while (value.n) {
		struct sv field = next_field(c, &value), key = sv_cut(&field, '=');
		mount_field(c, mount, key, field);
	}
}

/* NAME[,type=mount|env][,target=...] */
static void add_secret(struct command *c, struct sv value, size_t start, size_t end)
{
	struct node *list = command_open(c, c->service, "secrets", NODE_ARRAY, start, end);
	struct node *secret = command_push(c, list, start, end);

	secret->kind = NODE_OBJECT;
	command_text(command_child(c, secret, SV("source"), start, end), sv_cut(&value, ','));
	while (value.n) {
		struct sv field = sv_cut(&value, ','), key = sv_cut(&field, '=');
		if (sv_is(key, "type") || sv_is(key, "target"))
			command_text(command_child(c, secret, key, start, end), field);
	}
}

static bool is_mode(struct sv name)
{
	static const char *const words[] = {"host", "none", "private", "slirp4netns", "pasta"};
	struct sv rest = name, word = sv_cut(&rest, ':');

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_is(word, words[i]))
			return true;
	return sv_is(word, "container") || sv_is(word, "ns");
}

/* A mode, or the name of a network; docker's long form is name=...,alias=... */
static void add_network(struct command *c, struct sv value, size_t start, size_t end)
{
	struct node *service = c->service;

	if (sv_starts(value, SV("name=")) || sv_find(value, SV(",name=")) != SIZE_MAX) {
		struct sv rest = value;
		while (rest.n) {
			struct sv field = next_field(c, &rest), key = sv_cut(&field, '=');
			if (sv_is(key, "name"))
				value = field;
		}
	}
	if (is_mode(value)) {
		struct sv rest = value, word = sv_cut(&rest, ':');
		bool names = sv_is(word, "container") || sv_is(word, "ns");
		command_text(command_child(c, service, SV("network_mode"), start, end),
			     names ? value : word);
		return;
	}
	struct node *list = command_open(c, service, "networks", NODE_ARRAY, start, end);
	struct sv rest = value;
	command_text(command_push(c, list, start, end), sv_cut(&rest, ':'));
}

static void sub_field(struct command *c, const struct flag *f, struct sv value, size_t start,
		      size_t end)
{
	struct sv key = sv_of(f->key), object = sv_cut(&key, '.');
	struct node *of =
		command_open(c, c->service, arena_str(c->a, object), NODE_OBJECT, start, end);

	if (f->does == DOES_SUB_ADD)
		command_text(command_push(c,
					  command_open(c, of, arena_str(c->a, key), NODE_ARRAY,
						       start, end),
					  start, end),
			     value);
	else
		command_text(command_child(c, of, key, start, end), value);
}

static void add_value(struct command *c, const struct flag *f, struct sv value, size_t start,
		      size_t end)
{
	struct node *list = command_open(c, c->service, f->key, NODE_ARRAY, start, end);
	bool split = f->split && c->engine == ENGINE_PODMAN;

	do {
		struct sv one = split ? next_field(c, &value) : value;
		command_text(command_push(c, list, start, end), one);
	} while (split && value.n);
}

/* An entrypoint is one word, whatever is in it. */
static void set_value(struct command *c, const struct flag *f, struct sv value, size_t start,
		      size_t end)
{
	if (sv_is(sv_of(f->key), "entrypoint")) {
		struct node *list = command_child(c, c->service, SV("entrypoint"), start, end);
		list->kind = NODE_ARRAY;
		list->n = 0;
		if (value.n)
			command_text(command_push(c, list, start, end), value);
		return;
	}
	command_text(command_child(c, c->service, sv_of(f->key), start, end), value);
}

/* What the shell puts there decides. */
static bool decides(const struct flag *f)
{
	static const char *const keys[] = {"cap_add", "cgroup",      "device_cgroup_rules",
					   "devices", "ipc",         "pid",
					   "runtime", "uts",         "security_opt",
					   "sysctls", "userns_mode", "volumes_from"};

	if (f->does == DOES_NETWORK || f->does == DOES_USERS)
		return true;
	for (size_t i = 0; f->key && i < ARRAY_LEN(keys); i++)
		if (strcmp(f->key, keys[i]) == 0)
			return true;
	return false;
}

void command_unknown(struct command *c, const struct node *at, struct sv text)
{
	const char *who = c->tell.who;

	c->tell.who = NULL; /* nobody refuses it */
	tell_fault(&c->tell, at, "what the shell puts in for %.*s is not known", SV_ARG(text));
	c->tell.who = who;
}

static void set_users(struct command *c, struct sv value, size_t start, size_t end)
{
	struct sv rest = value, word = sv_cut(&rest, ':');

	/* keep-id:uid=1, auto:size=9; container:NAME and ns:PATH are whole */
	if (!sv_is(word, "container") && !sv_is(word, "ns"))
		value = word;
	command_text(command_child(c, c->service, SV("userns_mode"), start, end), value);
}

void command_apply(struct command *c, const struct flag *f, struct sv value, size_t start,
		   size_t end)
{
	const struct node at = {.doc = c->doc, .start = (uint32_t)start, .end = (uint32_t)end};

	if (value.n && value.p[0] == '$' && decides(f))
		command_unknown(c, &at, sv_head(value, 100));
	switch ((enum flag_does)f->does) {
	case DOES_NOTHING:
		break;
	case DOES_SET:
	case DOES_TRUE:
		set_value(c, f, value, start, end);
		break;
	case DOES_ADD:
		add_value(c, f, value, start, end);
		break;
	case DOES_SUB:
	case DOES_SUB_ADD:
		sub_field(c, f, value, start, end);
		break;
	case DOES_MOUNT:
		add_mount(c, value, start, end);
		break;
	case DOES_NETWORK:
		add_network(c, value, start, end);
		break;
	case DOES_SECRET:
		add_secret(c, value, start, end);
		break;
	case DOES_USERS:
		set_users(c, value, start, end);
		break;
	case DOES_OWN_USERS:
		set_users(c, SV("private"), start, end);
		break;
	case DOES_NOTE:
		tell_note(&c->tell, &at, "--%s: %s", f->name, f->key);
		break;
	}
}
