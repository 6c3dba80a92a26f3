/* What a file declares, with what it includes. */
#include "fact/compose/compose-int.h"

enum { INCLUDE_DEPTH = 16, NAME_SHOWN = 100 };

static const char *const section_names[SECTIONS] = {"services", "volumes", "networks", "secrets",
						    "configs"};

static bool known_key(struct sv key)
{
	static const char *const others[] = {"name", "version", "include", "models"};

	for (size_t i = 0; i < SECTIONS; i++)
		if (sv_is(key, section_names[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (sv_is(key, others[i]))
			return true;
	return sv_starts(key, SV("x-"));
}

/* All services with what they extend. */
static const struct node *services_of(struct compose *c, struct compose_file *f,
				      const struct node *services)
{
	struct node *out = ARENA_NEW(c->a, struct node);

	*out = *services;
	if (!compose_spend(c, services, services->n, 0))
		return out;
	out->items = ARENA_ARRAY(c->a, services->n, struct node);
	out->n = 0;
	NODE_EACH (own, services) {
		const struct node *whole = NULL;
		/* its name was seen: the first look-up found the last one already */
		if (own->flags & NODE_DUPLICATE)
			continue;
		if (own->kind != NODE_OBJECT)
			tell_type(&c->tell, own, "object");
		else
			whole = extended_service(c, f, own->key, own);
		if (whole)
			out->items[out->n++] = *whole;
	}
	return out;
}

static void own_sections(struct compose *c, struct compose_file *f, struct model *out)
{
	NODE_EACH (it, f->root)
		if (!known_key(it->key))
			tell_fault(&c->tell, it, "a compose file has no field '%.*s'",
				   SV_ARG(sv_head(it->key, NAME_SHOWN)));
	for (size_t i = 0; i < SECTIONS; i++) {
		const struct node *section = node_get(f->root, section_names[i]);
		if (!section || section->kind == NODE_NULL)
			continue;
		if (section->kind != NODE_OBJECT)
			tell_type(&c->tell, section, "object");
		else if (i == SECTION_SERVICES)
			out->section[i] = services_of(c, f, section);
		else
			out->section[i] = section;
	}
}

/* Names that both have are refused by compose: the includer's counts. */
static void import(struct compose *c, struct model *into, const struct model *from)
{
	auto_done(map_done) struct map own = {0};

	NODE_EACH (it, into->section[SECTION_SERVICES])
		(void)map_put(&own, it->key, NULL);
	NODE_EACH (it, from->section[SECTION_SERVICES])
		if (map_find(&own, it->key))
			tell_fault(&c->tell, it,
				   "the service '%.*s' stands in the file that includes it too",
				   SV_ARG(sv_head(it->key, NAME_SHOWN)));
	for (size_t i = 0; i < SECTIONS; i++)
		into->section[i] =
			merge_section(c, (enum section)i, from->section[i], into->section[i]);
}

static void env_files(struct compose *c, const struct node *said, struct variables *v)
{
	bool list = node_is(said, NODE_ARRAY);

	for (uint32_t i = 0; said && i < (list ? said->n : 1); i++) {
		const struct node *path = list ? &said->items[i] : said;
		struct part *part = compose_part(c, node_str(path), path, true);
		if (part)
			variables_read(c, v, part);
	}
}

/* Variables of an include: the includer's, below them those of its own files. */
static struct variables *include_variables(struct compose *c, struct compose_file *f,
					   const struct node *env, const struct part *first)
{
	struct variables *v = variables_new(c, f->variables);

	if (env) {
		env_files(c, env, v);
		return v;
	}
	struct part *usual = compose_part(c, SV(".env"), compose_place(c, first), false);
	if (usual)
		variables_read(c, v, usual);
	return v;
}

/* One entry: its files are one project. */
static void include_entry(struct compose *c, struct compose_file *f, const struct node *entry,
			  struct model *out)
{
	bool object = entry->kind == NODE_OBJECT;
	const struct node *path = object ? node_get(entry, "path") : entry;
	const struct node *env = object ? node_get(entry, "env_file") : NULL;
	bool list = node_is(path, NODE_ARRAY);
	struct model whole = {0};
	struct variables *v = NULL;

	for (uint32_t i = 0; path && i < (list ? path->n : 1); i++) {
		const struct node *one = list ? &path->items[i] : path;
		struct part *part = compose_part(c, node_str(one), one, true);
		struct model m = {0};
		if (!part)
			continue;
		if (!v)
			v = include_variables(c, f, env, part);
		model_of_file(c, compose_open(c, part, v), &m);
		for (size_t s = 0; s < SECTIONS; s++)
			whole.section[s] =
				merge_section(c, (enum section)s, whole.section[s], m.section[s]);
	}
	import(c, out, &whole);
}

/* The file is being read, maybe with other variables. */
static bool is_open(const struct compose *c, const struct part *part)
{
	for (const struct compose_file *f = c->files; f; f = f->next)
		if (f->open && f->part == part)
			return true;
	return false;
}

void model_of_file(struct compose *c, struct compose_file *f, struct model *out)
{
	const struct node *include = node_get(f->root, "include");

	if (!f->root || c->over)
		return;
	own_sections(c, f, out);
	if (!include || include->kind == NODE_NULL)
		return;
	if (include->kind != NODE_ARRAY) {
		tell_type(&c->tell, include, "list");
		return;
	}
	if (is_open(c, f->part) || c->include_depth == INCLUDE_DEPTH) {
		tell_fault(&c->tell, include, "files that include each other");
		return;
	}
	f->open = true;
	c->include_depth++;
	NODE_EACH (it, include)
		include_entry(c, f, it, out);
	c->include_depth--;
	f->open = false;
}
