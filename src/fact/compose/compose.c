/*
 * Compose files (compose-spec.io) as docker compose v2 reads them: each service is a workload,
 * also those of profiles that are not active.
 */
#include "fact/compose/compose.h"

#include "base/limits.h"
#include "fact/compose/compose-int.h"

static bool is_compose(const struct node *root)
{
	const struct node *services = node_get(root, "services");

	if (!node_is(services, NODE_OBJECT) || node_get(root, "apiVersion") ||
	    node_get(root, "kind"))
		return false;
	NODE_EACH (it, services)
		if (it->kind != NODE_OBJECT)
			return false;
	return true;
}

/* The variables of the service's own files, in the project's words. */
struct each_variable {
	void (*each)(void *to, struct sv name, const struct node *value);
	void *to;
};

static void pass_on(void *arg, struct sv name, const struct node *value)
{
	const struct each_variable *e = arg;

	e->each(e->to, name, value);
}

struct project {
	struct compose *c;
	const struct variables *v;
	struct map declared[SECTIONS];
};

static void env_file(void *arg, const struct node *path, bool required,
		     void (*each)(void *to, struct sv name, const struct node *value), void *to)
{
	const struct project *p = arg;
	struct each_variable e = {each, to};
	struct part *part = compose_part(p->c, path->text, path, required);

	/* many services may read one large file */
	if (part && compose_spend(p->c, path, part->bytes.n / 64, 0))
		env_lines(p->c, part, p->v, pass_on, &e);
}

static const struct node *variable(void *arg, struct sv name)
{
	const struct project *p = arg;

	return variables_find(p->v, name);
}

static void tell_service(struct project *p, const struct node *service)
{
	auto_done(arena_done) struct arena facts = {0};
	struct part *part = part_of_node(p->c->parts, service);
	struct service s = {
		.a = &facts,
		.tell = &p->c->tell,
		.platform = PLATFORM_COMPOSE,
		.name = service->key,
		.kind = "service",
		.volumes = &p->declared[SECTION_VOLUMES],
		.networks = &p->declared[SECTION_NETWORKS],
		.secrets = &p->declared[SECTION_SECRETS],
		.configs = &p->declared[SECTION_CONFIGS],
		.variable = variable,
		.env_file = env_file,
		.arg = p,
		.left = &p->c->left,
	};

	arena_init(&facts, 0);
	struct node *workload = service_workload(&s, service);
	if (!workload || !part)
		return;
	const struct fact_object o = {
		.doc = part->doc,
		.object = service,
		.kind = SV("service"),
		.name = service->key,
		.workload = workload,
	};
	p->c->sink->object(p->c->sink->arg, &o);
}

/* compose.yaml is followed by compose.override.yaml, if there is one. */
static struct part *override_of(struct compose *c, struct part *main)
{
	static const struct {
		const char *name, *over[2];
	} rows[] = {
		{"compose.yaml", {"compose.override.yml", "compose.override.yaml"}},
		{"compose.yml", {"compose.override.yml", "compose.override.yaml"}},
		{"docker-compose.yaml",
		 {"docker-compose.override.yml", "docker-compose.override.yaml"}},
		{"docker-compose.yml",
		 {"docker-compose.override.yml", "docker-compose.override.yaml"}},
	};
	struct part *found = NULL;
	size_t number = (size_t)(main - c->parts->all.p);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!sv_is(sv_basename(c->parts->all.p[number].name), rows[i].name))
			continue;
		for (size_t k = 0; k < 2 && !found; k++)
			found = compose_part(c, sv_of(rows[i].over[k]),
					     compose_place(c, &c->parts->all.p[number]), false);
	}
	return found;
}

static void add_file(struct compose *c, struct part *part, const struct variables *v,
		     struct model *out)
{
	struct model m = {0};

	model_of_file(c, compose_open(c, part, v), &m);
	for (size_t i = 0; i < SECTIONS; i++)
		out->section[i] = merge_section(c, (enum section)i, out->section[i], m.section[i]);
}

static const struct variables *project_variables(struct compose *c, struct part *main)
{
	struct variables *v = variables_new(c, NULL);
	struct part *part = compose_part(c, SV(".env"), compose_place(c, main), false);

	if (!part)
		part = parts_find(c->parts, SV("env"));
	if (part)
		variables_read(c, v, part);
	return v;
}

static void tell_services(struct project *p, const struct model *m)
{
	for (size_t i = 0; i < SECTIONS; i++)
		NODE_EACH (it, m->section[i])
			map_put(&p->declared[i], it->key, NULL)->ptr = (void *)(uintptr_t)it;
	NODE_EACH (it, m->section[SECTION_SERVICES])
		tell_service(p, it);
	for (size_t i = 0; i < SECTIONS; i++)
		map_done(&p->declared[i]);
}

static void read_project(struct compose *c)
{
	struct part *main = parts_find(c->parts, (struct sv){0});
	struct model m = {0};
	size_t mains = 0;

	if (!main)
		return;
	compose_index(c);
	struct project p = {.c = c, .v = project_variables(c, main)};
	for (size_t i = 0; i < c->parts->all.n; i++) {
		struct part *part = &c->parts->all.p[i];
		if (part->role.n)
			continue;
		mains++;
		if (part->state == PART_HERE)
			add_file(c, part, p.v, &m);
		else
			tell_fault(&c->tell, compose_place(c, part), "the file is not there");
	}
	struct part *over = mains == 1 ? override_of(c, main) : NULL;
	if (over)
		add_file(c, over, p.v, &m);
	tell_services(&p, &m);
}

static void compose_objects(struct parts *parts, const struct fact_sink *sink)
{
	struct compose c = {
		.parts = parts,
		.a = parts->arena,
		.sink = sink,
		.tell = {.parts = parts, .sink = sink, .who = "docker compose"},
		.left = limit_yaml_nodes,
		.text = limit_yaml_bytes,
	};

	read_project(&c);
	for (struct variables *v = c.all; v; v = v->next)
		map_done(&v->own);
	for (struct compose_file *f = c.files; f; f = f->next) {
		map_done(&f->services);
		map_done(&f->index);
	}
	map_done(&c.unset);
	map_done(&c.names);
	map_done(&c.walked);
}

const struct fact_source source_compose = {"compose", "compose files", is_compose, compose_objects};
