/*
 * Programs that run containers, by what they say of themselves. What distributions append to a
 * version (Debian's +ds1-1+deb12u1) is not upstream's, and may mean that flaws are fixed in it
 * which upstream fixed later.
 */
#include "fact/engine/component.h"

#include "fact/engine/work.h"

/* Digits at the start of the view, which then begins behind them. */
static struct sv digits(struct sv *v)
{
	size_t n = 0;

	while (n < v->n && v->p[n] >= '0' && v->p[n] <= '9')
		n++;
	struct sv out = sv_head(*v, n);
	*v = sv_from(*v, n);
	while (out.n > 1 && out.p[0] == '0')
		out = sv_from(out, 1);
	return out;
}

/* ~rc93, -rc93, -rc.3, -beta.1: the word and its number. */
static struct sv before_release(struct arena *a, struct sv rest)
{
	static const struct sv words[] = {{"rc", 2}, {"beta", 4}, {"alpha", 5}};

	if (!rest.n || (rest.p[0] != '-' && rest.p[0] != '~'))
		return (struct sv){0};
	rest = sv_from(rest, 1);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!sv_starts(rest, words[i]))
			continue;
		rest = sv_from(rest, words[i].n);
		if (rest.n && (rest.p[0] == '.' || rest.p[0] == '-'))
			rest = sv_from(rest, 1);
		struct sv number = digits(&rest);
		return arena_fmt(a, "-%.*s.%.*s", SV_ARG(words[i]),
				 SV_ARG(number.n ? number : SV("0")));
	}
	return (struct sv){0};
}

struct sv component_version(struct arena *a, struct sv said)
{
	struct sv numbers[3] = {SV("0"), SV("0"), SV("0")}, rest = sv_trim(said);
	size_t n = 0;

	if (rest.n && (rest.p[0] == 'v' || rest.p[0] == 'V'))
		rest = sv_from(rest, 1);
	while (n < ARRAY_LEN(numbers)) {
		struct sv number = digits(&rest);
		if (!number.n || number.n > 9)
			break;
		numbers[n++] = number;
		if (n < ARRAY_LEN(numbers) && rest.n && rest.p[0] == '.')
			rest = sv_from(rest, 1);
		else
			break;
	}
	if (!n)
		return (struct sv){0};
	return arena_fmt(a, "%.*s.%.*s.%.*s%.*s", SV_ARG(numbers[0]), SV_ARG(numbers[1]),
			 SV_ARG(numbers[2]), SV_ARG(before_release(a, rest)));
}

struct components {
	struct parts *b;
	const struct fact_sink *sink;
	const struct node *advisories;
};

static const struct {
	const char *said, *name;
} names[] = {
	{"Engine", "docker"},
	{"containerd", "containerd"},
	{"runc", "runc"},
	{"crun", "crun"},
	{"buildkit", "buildkit"},
	{"BuildKit", "buildkit"},
	{"podman", "podman"},
	{"cri-o", "crio"},
	{"crio", "crio"},
	{"rootlesskit", "rootlesskit"},
	{"nvidia-container-toolkit", "nvidia-container-toolkit"},
};

static void paths(struct components *c, struct node *record, const char *name)
{
	for (size_t i = 0; i < c->b->all.n; i++) {
		const struct part *part = &c->b->all.p[i];
		const char *program = strcmp(name, "docker") == 0 ? "dockerd" : name;
		if (sv_is(part->role, "stat") && part->state == PART_HERE &&
		    sv_is(sv_basename(part->name), program))
			fact_say(record, COMPONENT_PATH, NODE_STRING, part->name, NULL);
	}
}

/* Of another version than the package has is a program that somebody else put there. */
static bool is_of_package(struct components *c, const struct node *record, const struct node *of)
{
	struct sv version = node_get_str(of, "version");
	size_t epoch = sv_find_char(version, ':');

	if (epoch != SIZE_MAX)
		version = sv_from(version, epoch + 1);
	return !version.n || sv_eq(component_version(c->b->arena, version),
				   record->items[COMPONENT_VERSION].text);
}

static void advised(struct components *c, struct node *record, const char *name)
{
	static const struct {
		const char *key;
		unsigned field;
		enum node_kind kind;
	} keys[] = {
		{"package", COMPONENT_PACKAGE, NODE_STRING},
		{"version", COMPONENT_PACKAGE_VERSION, NODE_STRING},
		{"fixed", COMPONENT_FIXED, NODE_ARRAY},
		{"open", COMPONENT_OPEN, NODE_ARRAY},
	};
	const struct node *of = node_get(c->advisories, name);

	if (!is_of_package(c, record, of))
		of = NULL;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct node *n = node_get(of, keys[i].key);
		if (node_is(n, keys[i].kind))
			fact_set(record, keys[i].field, n);
	}
	fact_say(record, COMPONENT_EVIDENCE, NODE_STRING,
		 node_get(of, "fixed") || node_get(of, "open") ? SV("distribution-advisory")
							       : SV("upstream-range"),
		 NULL);
}

static void component(struct components *c, const char *name, const struct node *said)
{
	struct sv version = component_version(c->b->arena, node_str(said));
	struct node *record;

	if (!version.n)
		return;
	record = fact_record(c->b->arena, &schema_component, said);
	fact_say(record, COMPONENT_NAME, NODE_STRING, sv_of(name), NULL);
	fact_say(record, COMPONENT_VERSION, NODE_STRING, version, said);
	fact_set(record, COMPONENT_SAID, said);
	paths(c, record, name);
	advised(c, record, name);
	fact_lists(record, &schema_component);
	engine_tell(c->b, c->sink, said, "Component", sv_of(name), "component", record);
}

static const char *name_of(struct sv said)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(said, names[i].said))
			return names[i].name;
	return NULL;
}

/* GET /version: Components since API 1.35, before that only the engine's own. */
static void of_docker(struct components *c)
{
	const struct node *answer = engine_json(c->b, c->sink, parts_find(c->b, SV("version")));
	const struct node *list = node_get(answer, "Components");
	bool engine = false;

	if (!answer)
		answer = engine_json(c->b, c->sink, parts_find(c->b, SV("info")));
	NODE_EACH (it, list) {
		const char *name = name_of(node_get_str(it, "Name"));
		if (!name)
			continue;
		engine |= strcmp(name, "docker") == 0;
		component(c, name, node_get(it, "Version"));
	}
	const struct node *version = node_get(answer, "Version");
	if (!engine)
		component(c, "docker", version ? version : node_get(answer, "ServerVersion"));
}

/* "crun version 1.8.1\ncommit: ...", "runc version 1.1.5+ds1" */
static void of_podman(struct components *c)
{
	const struct node *info = engine_json(c->b, c->sink, parts_find(c->b, SV("podman_info")));
	const struct node *runtime = node_path(info, "host", "ociRuntime", NULL);
	struct sv rest = node_get_str(runtime, "version"), first;

	component(c, "podman", node_path(info, "version", "Version", NULL));
	if (!sv_line(&rest, &first))
		return;
	const char *name = name_of(node_get_str(runtime, "name"));
	size_t at = sv_find(first, SV("version "));
	if (!name || at == SIZE_MAX)
		return;
	struct node *said = ARENA_NEW(c->b->arena, struct node);
	*said = *node_get(runtime, "version");
	said->text = sv_from(first, at + 8);
	component(c, name, said);
}

/* A part "component NAME": what a program says, or somebody else knows. */
static void of_parts(struct components *c)
{
	for (size_t i = 0; i < c->b->all.n; i++) {
		struct part *part = &c->b->all.p[i];
		const char *name = sv_is(part->role, "component") ? name_of(part->name) : NULL;
		if (!name || !part_here(part))
			continue;
		struct node *said = ARENA_NEW(c->b->arena, struct node);
		*said = work_whole(c->b, part);
		said->text = sv_trim(part->bytes);
		component(c, name, said);
	}
}

void engine_components(struct parts *b, const struct fact_sink *sink)
{
	struct components c = {.b = b, .sink = sink};

	c.advisories = engine_json(b, sink, parts_find(b, SV("advisories")));
	of_docker(&c);
	of_podman(&c);
	of_parts(&c);
}
