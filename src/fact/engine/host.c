/* The host that engines run on. */
#include "fact/engine/mounts.h"
#include "fact/engine/work.h"

#include "base/vec.h"

struct host_work {
	struct parts *b;
	struct node *record;
};

/* A node over a piece of a part's text. */
static struct node piece(struct parts *b, struct part *part, struct sv text)
{
	struct node n = work_whole(b, part);

	n.text = text;
	n.start = text.p ? (uint32_t)(text.p - part->bytes.p) : 0;
	n.end = n.start + (uint32_t)text.n;
	return n;
}

static void text_of(struct host_work *w, unsigned field, const char *role, const char *name)
{
	struct part *part = parts_named(w->b, sv_of(role), sv_of(name));

	if (!part_here(part) || !sv_trim(part->bytes).n)
		return;
	struct node n = piece(w->b, part, sv_trim(part->bytes));
	fact_set(w->record, field, &n);
}

static void system_id(struct host_work *w)
{
	struct part *part = part_first(w->b, "os-release");
	struct sv rest = part ? part->bytes : (struct sv){0}, line;

	while (sv_line(&rest, &line)) {
		if (!sv_starts(line, SV("ID=")))
			continue;
		struct sv id = sv_from(line, 3);
		if (id.n > 1 && (id.p[0] == '"' || id.p[0] == '\''))
			id = sv_make(id.p + 1, id.n - 2);
		struct node n = piece(w->b, part, id);
		fact_set(w->record, HOST_SYSTEM, &n);
	}
}

static void put(struct host_work *w, unsigned field, struct node_vec *v, bool map)
{
	struct node *list = fact_list(w->b->arena, w->record, field, v->n, v->n ? v->p : NULL);

	if (v->n)
		memcpy(list->items, v->p, v->n * sizeof *v->p);
	list->kind = map ? NODE_OBJECT : NODE_ARRAY;
	vec_done(v);
}

static bool holds(const struct node_vec *v, struct sv text)
{
	for (size_t i = 0; i < v->n; i++)
		if (sv_eq(v->p[i].text, text))
			return true;
	return false;
}

enum { MEMBERS_MAX = 1000 };

static void member(struct host_work *w, struct node_vec *v, struct part *part, struct sv name)
{
	if (name.n && v->n < MEMBERS_MAX && !sv_is(name, "root") && !holds(v, name))
		*VEC_PUSH(v) = piece(w->b, part, name);
}

/* name:password:number:members in group(5), name:password:number:group:... in passwd(5). */
static void docker_group(struct host_work *w)
{
	struct part *groups = part_first(w->b, "group"), *users = part_first(w->b, "passwd");
	struct sv rest = groups ? groups->bytes : (struct sv){0}, line, number = {0};
	struct node_vec v = {0};

	if (!groups)
		return;
	while (sv_line(&rest, &line)) {
		if (!sv_starts(line, SV("docker:")))
			continue;
		(void)sv_cut(&line, ':');
		(void)sv_cut(&line, ':');
		number = sv_cut(&line, ':');
		while (line.n)
			member(w, &v, groups, sv_trim(sv_cut(&line, ',')));
	}
	/* those whose primary group it is stand in no list */
	rest = users && number.n ? users->bytes : (struct sv){0};
	while (sv_line(&rest, &line)) {
		struct sv name = sv_cut(&line, ':');
		(void)sv_cut(&line, ':');
		(void)sv_cut(&line, ':');
		if (sv_eq(sv_cut(&line, ':'), number))
			member(w, &v, users, name);
	}
	put(w, HOST_DOCKER_GROUP, &v, false);
}

/* -w PATH, -F path=PATH, -F dir=PATH of auditctl(8) */
static void watches(struct host_work *w, struct part *part, struct node_vec *v)
{
	struct sv rest = part->bytes, line;

	while (sv_line(&rest, &line)) {
		struct sv path = {0}, before = {0};
		line = sv_trim(line);
		if (line.n && line.p[0] == '#')
			continue;
		while (line.n) {
			struct sv word = sv_cut(&line, ' ');
			if (sv_is(before, "-w"))
				path = word;
			else if (sv_is(before, "-F") && sv_starts(word, SV("path=")))
				path = sv_from(word, 5);
			else if (sv_is(before, "-F") && sv_starts(word, SV("dir=")))
				path = sv_from(word, 4);
			before = word.n ? word : before;
		}
		while (path.n > 1 && path.p[path.n - 1] == '/')
			path.n--;
		if (path.n)
			*VEC_PUSH(v) = piece(w->b, part, path);
	}
}

static void audit_rules(struct host_work *w)
{
	struct node_vec v = {0};
	bool known = false;

	for (size_t i = 0; i < w->b->all.n; i++) {
		struct part *part = &w->b->all.p[i];
		if (!sv_is(part->role, "audit"))
			continue;
		known |= part->state != PART_UNREADABLE;
		if (part_here(part))
			watches(w, part, &v);
	}
	if (known)
		put(w, HOST_AUDIT_RULES, &v, false);
	vec_done(&v);
}

static void sysctls(struct host_work *w)
{
	static const struct sv top = {"/proc/sys/", 10};
	struct node_vec v = {0};

	for (size_t i = 0; i < w->b->all.n; i++) {
		struct part *part = &w->b->all.p[i];
		if (!sv_is(part->role, "sysctl") || !part_here(part) || !sv_starts(part->name, top))
			continue;
		struct node n = piece(w->b, part, sv_trim(part->bytes));
		char *key = arena_str(w->b->arena, sv_from(part->name, top.n));
		n.key = sv_of(key);
		for (; *key; key++)
			if (*key == '/')
				*key = '.';
		*VEC_PUSH(&v) = n;
	}
	if (v.n)
		put(w, HOST_SYSCTLS, &v, true);
	vec_done(&v);
}

static void lsms(struct host_work *w)
{
	struct part *part = part_first(w->b, "lsm");
	struct sv rest = part ? sv_trim(part->bytes) : (struct sv){0};
	struct node_vec v = {0};

	if (!part)
		return;
	while (rest.n)
		*VEC_PUSH(&v) = piece(w->b, part, sv_cut(&rest, ','));
	put(w, HOST_LSMS, &v, false);
}

void engine_host(struct parts *b, const struct fact_sink *sink)
{
	struct host_work w = {.b = b};
	struct part *part = part_first(b, "group");
	unsigned version = mounts_cgroup(b);

	part = part ? part : part_first(b, "sysctl");
	part = part ? part : part_first(b, "audit");
	if (!part || parts_find(b, SV("remote")))
		return;
	struct node whole = work_whole(b, part);
	struct node *at = ARENA_NEW(b->arena, struct node);
	*at = whole;
	w.record = fact_record(b->arena, &schema_host, at);
	text_of(&w, HOST_NAME, "hostname", "/etc/hostname");
	text_of(&w, HOST_NAME, "sysctl", "/proc/sys/kernel/hostname");
	text_of(&w, HOST_KERNEL, "sysctl", "/proc/sys/kernel/osrelease");
	system_id(&w);
	docker_group(&w);
	audit_rules(&w);
	sysctls(&w);
	lsms(&w);
	if (version)
		fact_say(w.record, HOST_CGROUP_VERSION, NODE_NUMBER,
			 version == 2 ? SV("2") : SV("1"), NULL);
	engine_tell(b, sink, at, "Host",
		    fact_has(w.record, HOST_NAME) ? w.record->items[HOST_NAME].text : SV("host"),
		    "host", w.record);
}
