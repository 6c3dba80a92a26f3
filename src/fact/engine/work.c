#include "fact/engine/work.h"

#include "base/vec.h"

void work_begin(struct engine_work *w, struct parts *b, const struct fact_sink *sink,
		const char *name, const struct node *at)
{
	*w = (struct engine_work){.b = b, .a = b->arena, .sink = sink};
	w->record = fact_record(w->a, &schema_engine, at);
	fact_say(w->record, ENGINE_NAME, NODE_STRING, sv_of(name), at);
}

static void put(struct engine_work *w, unsigned field, struct node_vec *v)
{
	if (v->n) {
		struct node *list = fact_list(w->a, w->record, field, v->n, NULL);
		memcpy(list->items, v->p, v->n * sizeof *v->p);
		list->start = v->p->start;
		list->end = v->p->end;
		list->doc = v->p->doc;
	}
	vec_done(v);
}

void work_end(struct engine_work *w, const struct node *at)
{
	put(w, ENGINE_FROM, &w->from);
	w->record->items[ENGINE_FROM].kind = NODE_OBJECT;
	put(w, ENGINE_CONFLICTS, &w->conflicts);
	put(w, ENGINE_UNKNOWN_SETTINGS, &w->unknown);
	put(w, ENGINE_LISTENERS, &w->listeners);
	put(w, ENGINE_REGISTRIES, &w->registries);
	put(w, ENGINE_RUNTIMES, &w->runtimes);
	engine_tell(w->b, w->sink, at ? at : w->record, "Engine",
		    w->record->items[ENGINE_NAME].text, "engine", w->record);
}

struct node work_whole(struct parts *b, struct part *part)
{
	(void)parts_text(b, part);
	return (struct node){.kind = NODE_STRING,
			     .doc = (uint16_t)(part - b->all.p),
			     .end = (uint32_t)part->bytes.n};
}

struct sv work_place(struct engine_work *w, const struct node *at)
{
	struct part *part = part_of_node(w->b, at);
	uint32_t line = 1, column;

	if (!part)
		return (struct sv){0};
	if (sv_is(part->role, "info") || sv_is(part->role, "version"))
		return arena_fmt(w->a, "running (%.*s)", SV_ARG(part->name));
	if (sv_ends(part->name, SV("/cmdline")))
		return arena_fmt(w->a, "running (%.*s)", SV_ARG(part->name));
	doc_line_col(parts_text(w->b, part), at->start, &line, &column);
	return arena_fmt(w->a, "%.*s:%u", SV_ARG(part->name), line);
}

void work_from(struct engine_work *w, struct sv setting, struct sv place, const struct node *at)
{
	struct node *n = NULL;

	for (size_t i = 0; i < w->from.n && !n; i++)
		if (sv_eq(w->from.p[i].key, setting))
			n = &w->from.p[i];
	if (!n)
		n = VEC_PUSH(&w->from);
	*n = at ? *at : (struct node){0};
	n->kind = NODE_STRING;
	n->flags = 0;
	n->n = 0;
	n->items = NULL;
	n->key = setting;
	n->text = place;
}

static void came_from(struct engine_work *w, unsigned field, struct sv place, const struct node *at)
{
	work_from(w, sv_of(schema_engine.fields[field].name), place.n ? place : work_place(w, at),
		  at);
}

void work_say(struct engine_work *w, unsigned field, const struct node *value, struct sv place)
{
	fact_set(w->record, field, value);
	came_from(w, field, place, value);
}

void work_text(struct engine_work *w, unsigned field, struct sv text, const struct node *at)
{
	fact_say(w->record, field, NODE_STRING, text, at);
	came_from(w, field, (struct sv){0}, at);
}

void work_bool(struct engine_work *w, unsigned field, bool value, const struct node *at)
{
	fact_say(w->record, field, NODE_BOOL, value ? SV("true") : SV("false"), at);
	came_from(w, field, (struct sv){0}, at);
}

void work_default(struct engine_work *w, unsigned field, struct sv text)
{
	static const enum node_kind kinds[] = {[FACT_BOOL] = NODE_BOOL,
					       [FACT_INT] = NODE_NUMBER,
					       [FACT_STRING] = NODE_STRING,
					       [FACT_LIST] = NODE_ARRAY,
					       [FACT_MAP] = NODE_OBJECT};

	if (fact_has(w->record, field))
		return;
	fact_default(w->record, field, kinds[schema_engine.fields[field].kind], text);
	work_from(w, sv_of(schema_engine.fields[field].name), SV("default"), w->record);
}

void work_strings(struct engine_work *w, unsigned field, const struct node_vec *v,
		  const struct node *at)
{
	struct node *list = fact_list(w->a, w->record, field, v->n, at);

	if (v->n)
		memcpy(list->items, v->p, v->n * sizeof *v->p);
	came_from(w, field, (struct sv){0}, at ? at : w->record);
}

void work_conflict(struct engine_work *w, struct sv setting, struct sv said, struct sv other,
		   const struct node *at)
{
	struct node *n = VEC_PUSH(&w->conflicts);

	fact_fill(w->a, n, &schema_conflict, at);
	fact_say(n, CONFLICT_SETTING, NODE_STRING, setting, at);
	fact_say(n, CONFLICT_SAID, NODE_STRING, said, at);
	fact_say(n, CONFLICT_OTHER, NODE_STRING, other, at);
}

void work_unknown(struct engine_work *w, struct sv key, const struct node *at)
{
	struct node *n = VEC_PUSH(&w->unknown);

	*n = *at;
	n->kind = NODE_STRING;
	n->flags = 0;
	n->n = 0;
	n->items = NULL;
	n->text = key;
	/* the key is what is wrong */
	if (at->key_end > at->key_start) {
		n->start = at->key_start;
		n->end = at->key_end;
	}
}

static bool is_loopback(struct sv host)
{
	return sv_starts(host, SV("127.")) || sv_is(host, "localhost") || sv_is(host, "::1");
}

/* [::1]:2376, host:2375/path, :2375 */
static void host_and_port(struct node *n, struct sv rest, const struct node *at)
{
	struct sv host = rest, port = {0};
	uint64_t number;
	size_t slash = sv_find_char(rest, '/');

	rest = sv_head(rest, slash);
	if (rest.n && rest.p[0] == '[') {
		host = sv_from(rest, 1);
		struct sv tail = host;
		host = sv_cut(&tail, ']');
		port = tail.n && tail.p[0] == ':' ? sv_from(tail, 1) : (struct sv){0};
	} else if (!sv_rcut(rest, ':', &host, &port)) {
		host = rest;
	}
	if (!host.n)
		host = SV("0.0.0.0");
	fact_say(n, LISTENER_HOST, NODE_STRING, host, at);
	if (sv_u64(port, &number) && number < 65536)
		fact_say(n, LISTENER_PORT, NODE_NUMBER, port, at);
	fact_say(n, LISTENER_LOOPBACK, NODE_BOOL, is_loopback(host) ? SV("true") : SV("false"), at);
}

struct node *work_listener(struct engine_work *w, struct sv address, const char *purpose,
			   const struct node *at)
{
	struct node *n = VEC_PUSH(&w->listeners);
	struct sv protocol = address, rest = {0};
	size_t colon = sv_find(address, SV("://"));

	if (colon != SIZE_MAX) {
		protocol = sv_head(address, colon);
		rest = sv_from(address, colon + 3);
	} else {
		protocol = address.n && address.p[0] == '/' ? SV("unix") : SV("tcp");
		rest = address;
		address = arena_fmt(w->a, "%.*s://%.*s", SV_ARG(protocol), SV_ARG(address));
	}
	fact_fill(w->a, n, &schema_listener, at);
	fact_say(n, LISTENER_ADDRESS, NODE_STRING, address, at);
	fact_say(n, LISTENER_PROTOCOL, NODE_STRING, protocol, at);
	fact_say(n, LISTENER_PURPOSE, NODE_STRING, sv_of(purpose), at);
	fact_say(n, LISTENER_FROM, NODE_STRING, work_place(w, at), at);
	if (sv_is(protocol, "tcp"))
		host_and_port(n, rest, at);
	else
		fact_say(n, LISTENER_LOOPBACK, NODE_BOOL, SV("true"), at);
	return n;
}

enum { NAMES_MAX = 4096 }; /* what is beyond is left out: names are looked for one by one */

static struct node *named(struct engine_work *w, struct node_vec *v,
			  const struct fact_schema *schema, unsigned field, struct sv name,
			  const struct node *at)
{
	for (size_t i = 0; i < v->n; i++)
		if (sv_eq(v->p[i].items[field].text, name))
			return &v->p[i];
	struct node *n = v->n < NAMES_MAX ? VEC_PUSH(v) : ARENA_NEW(w->a, struct node);
	fact_fill(w->a, n, schema, at);
	fact_say(n, field, NODE_STRING, name, at);
	return n;
}

struct node *work_registry(struct engine_work *w, struct sv name, const struct node *at)
{
	struct node *n = named(w, &w->registries, &schema_registry, REGISTRY_NAME, name, at);
	static const unsigned bools[] = {REGISTRY_INSECURE, REGISTRY_PLAIN, REGISTRY_BLOCKED,
					 REGISTRY_CREDENTIALS};

	for (size_t i = 0; i < ARRAY_LEN(bools); i++)
		if (!fact_has(n, bools[i]))
			fact_default(n, bools[i], NODE_BOOL, SV("false"));
	fact_lists(n, &schema_registry);
	return n;
}

struct node *work_runtime(struct engine_work *w, struct sv name, const struct node *at)
{
	return named(w, &w->runtimes, &schema_oci_runtime, OCI_RUNTIME_NAME, name, at);
}

void engine_role(struct engine_roles *r, const char *role, struct sv path)
{
	if (r->n == ARRAY_LEN(r->p) || !path.n)
		return;
	r->p[r->n].role = role;
	r->p[r->n++].path = path;
}

enum { VALUE_SHOWN = 200 };

struct sv work_value(struct engine_work *w, const struct node *value)
{
	auto_done(buf_done) struct buf b = {0};

	if (value->kind != NODE_ARRAY && value->kind != NODE_OBJECT)
		return sv_head(value->text, VALUE_SHOWN);
	buf_char(&b, value->kind == NODE_ARRAY ? '[' : '{');
	for (uint32_t i = 0; i < value->n && b.n < VALUE_SHOWN; i++) {
		if (i)
			buf_str(&b, ", ");
		if (value->kind == NODE_OBJECT)
			buf_fmt(&b, "%.*s: ", SV_ARG(sv_head(value->items[i].key, VALUE_SHOWN)));
		buf_sv(&b, sv_head(value->items[i].text, VALUE_SHOWN));
	}
	buf_char(&b, value->kind == NODE_ARRAY ? ']' : '}');
	return arena_sv(w->a, buf_view(&b));
}

void engine_tell(struct parts *b, const struct fact_sink *sink, const struct node *at,
		 const char *kind, struct sv name, const char *type, const struct node *record)
{
	struct part *part = part_of_node(b, at);
	struct fact_object o = {.object = at,
				.kind = sv_of(kind),
				.name = name,
				.more = {{type, record}},
				.more_n = 1};

	if (part)
		o.doc = parts_text(b, part);
	sink->object(sink->arg, &o);
}

static const struct node *refused(struct parts *b, const struct fact_sink *sink, struct part *part,
				  const struct err *err)
{
	struct node at = work_whole(b, part);
	const struct fact_fault fault = {
		.at = &at,
		.why = arena_fmt(b->arena, "cannot be read: %s", err->msg).p,
		.who = "the engine"};

	if (sink->fault)
		sink->fault(sink->arg, &fault);
	part->state = PART_UNREADABLE; /* told once */
	return NULL;
}

const struct node *engine_json(struct parts *b, const struct fact_sink *sink, struct part *part)
{
	const struct node *root;
	struct err err;

	if (!part_here(part))
		return NULL;
	return parts_json(b, part, &root, &err) < 0 ? refused(b, sink, part, &err) : root;
}

const struct node *engine_toml(struct parts *b, const struct fact_sink *sink, struct part *part)
{
	const struct node *root;
	struct err err;

	if (!part_here(part))
		return NULL;
	return parts_toml(b, part, &root, &err) < 0 ? refused(b, sink, part, &err) : root;
}

void engine_cmdline(struct parts *b, struct part *part, struct node_vec *words)
{
	const struct sv bytes = part->bytes;
	struct sv rest = bytes;

	(void)parts_text(b, part);
	while (rest.n && words->n < 10000) {
		struct sv word = sv_cut(&rest, '\0');
		struct node *n = VEC_PUSH(words);
		*n = work_whole(b, part);
		n->text = word;
		n->start = (uint32_t)(word.p - bytes.p);
		n->end = n->start + (uint32_t)word.n;
	}
}

struct part *part_first(const struct parts *b, const char *role)
{
	for (size_t i = 0; i < b->all.n; i++)
		if (sv_is(b->all.p[i].role, role) && b->all.p[i].state == PART_HERE)
			return &b->all.p[i];
	return NULL;
}
