/* The environment: of files first, then what the service itself says. */
#include "fact/service/service-int.h"

struct env {
	struct build *b;
	struct records r;
	struct map names; /* index + 1 */
};

static void set_variable(struct env *e, struct sv name, const struct node *value, const char *from,
			 const struct node *at)
{
	bool made;
	struct map_entry *entry = map_put(&e->names, name, &made);

	if (made) {
		if (!service_record(e->b, &e->r, &schema_env, at))
			return;
		entry->num = e->r.n;
	}
	if (entry->num == 0)
		return;
	struct node *record = &e->r.p[entry->num - 1];
	if (!made)
		fact_fill(e->b->a, record, &schema_env, at);
	fact_say(record, ENV_NAME, NODE_STRING, name, at);
	fact_say(record, ENV_FROM, NODE_STRING, sv_of(from), at);
	if (value)
		fact_say(record, ENV_VALUE, NODE_STRING, value->text, value);
}

static void of_file(void *to, struct sv name, const struct node *value)
{
	set_variable(to, name, value, "file", value);
}

static void one_file(struct env *e, const struct node *it)
{
	struct build *b = e->b;
	bool object = it->kind == NODE_OBJECT;
	const struct node *path = service_text(b, object ? node_get(it, "path") : it);
	const struct node *required = object ? service_bool(b, node_get(it, "required")) : NULL;

	if (path && path->text.n && b->s->env_file)
		b->s->env_file(b->s->arg, path, !required || node_true(required), of_file, e);
}

static void of_files(struct env *e)
{
	const struct node *said = e->b->in[KEY_ENV_FILE];

	if (node_is(said, NODE_ARRAY)) {
		NODE_EACH (it, said)
			one_file(e, it);
	} else if (said) {
		one_file(e, said);
	}
}

/* Without a value it is that of whoever starts the container: of the project's file, maybe. */
static void said_variable(struct env *e, struct sv name, const struct node *value,
			  const struct node *at)
{
	const struct service *s = e->b->s;
	const char *from = "value";

	if (name.n == 0)
		return;
	if (!value) {
		value = s->variable ? s->variable(s->arg, name) : NULL;
		from = value ? "file" : "environment";
	}
	set_variable(e, name, value, from, at);
}

/* {A: 1} or [A=1]; a value that is null is like one that is not written. */
static void of_service(struct env *e)
{
	const struct node *said = e->b->in[KEY_ENVIRONMENT];

	if (said && said->kind != NODE_OBJECT && said->kind != NODE_ARRAY)
		tell_type(e->b->s->tell, said, "mapping or list");
	NODE_EACH (it, said) {
		const struct node *text = service_text(e->b, it);
		struct node *copy;
		if (said->kind == NODE_OBJECT) {
			said_variable(e, it->key, text, it);
			continue;
		}
		if (!text)
			continue;
		struct sv value = text->text, name = sv_cut(&value, '=');
		copy = ARENA_NEW(e->b->a, struct node);
		*copy = *text;
		copy->text = value;
		said_variable(e, name, name.n == text->text.n ? NULL : copy, it);
	}
}

/* Podman's secrets of the type env. */
static void of_secrets(struct env *e)
{
	const struct node *list = e->b->in[KEY_SECRETS];

	if (!node_is(list, NODE_ARRAY))
		return;
	NODE_EACH (it, list) {
		struct sv name = node_get_str(it, "target");
		if (!sv_is(node_get_str(it, "type"), "env"))
			continue;
		set_variable(e, name.n ? name : node_get_str(it, "source"), NULL, "secret", it);
	}
}

void service_env(struct build *b)
{
	struct env e = {.b = b};

	of_files(&e);
	of_service(&e);
	of_secrets(&e);
	service_list(b, b->c, CONTAINER_ENV, &e.r, b->in[KEY_ENVIRONMENT]);
	map_done(&e.names);
}
