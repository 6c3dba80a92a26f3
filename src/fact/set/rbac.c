/* Bindings with the rules of their roles, and service accounts. */
#include "fact/set/record.h"

static const struct sv rbac = {"rbac.authorization.k8s.io", 25};

/* The user-facing roles and those of the cluster's own parts are in no manifest. */
static bool built_in_role(struct sv kind, struct sv name)
{
	static const char *const names[] = {"cluster-admin", "admin", "edit", "view"};

	if (sv_starts(name, SV("system:")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(kind, "ClusterRole") && sv_is(name, names[i]))
			return true;
	return false;
}

static bool has_text(struct sv items, enum set_tag tag, const char *text)
{
	struct set_item item;

	while (set_next(&items, &item))
		if (item.tag == tag && sv_is(item.text, text))
			return true;
	return false;
}

static bool all_verbs(struct sv rule)
{
	static const char *const verbs[] = {"get",    "list",  "watch", "create",
					    "update", "patch", "delete"};

	if (has_text(rule, SET_VERB, "*"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (!has_text(rule, SET_VERB, verbs[i]))
			return false;
	return true;
}

/* A rule is copied for each binding: as much work as so many comparisons. */
enum { RULE_WORK = 50 };

struct rules {
	struct relate *r;
	struct node *list; /* NULL: only counting */
	size_t n;
	bool admin;
};

static void add_rules(struct rules *out, const struct set_object *role)
{
	static const uint8_t fields[][2] = {
		{ROLE_RULE_VERBS, SET_VERB},         {ROLE_RULE_API_GROUPS, SET_GROUP},
		{ROLE_RULE_RESOURCES, SET_RESOURCE}, {ROLE_RULE_RESOURCE_NAMES, SET_RESOURCE_NAME},
		{ROLE_RULE_URLS, SET_URL},
	};
	struct sv rest = role->body;
	struct set_item item;

	while (set_next(&rest, &item)) {
		if (item.tag != SET_RULE || !relate_work(out->r, RULE_WORK))
			continue;
		out->n++;
		if (!out->list)
			continue;
		struct node *rule = &out->list->items[out->list->n++];
		fact_fill(out->r->facts, rule, &schema_role_rule, NULL);
		for (size_t i = 0; i < ARRAY_LEN(fields); i++)
			say_texts(out->r, rule, fields[i][0], item.text,
				  (enum set_tag)fields[i][1]);
		out->admin |= all_verbs(item.text) && has_text(item.text, SET_GROUP, "*") &&
			      has_text(item.text, SET_RESOURCE, "*");
	}
}

/* The controller fills an aggregated role with the rules of those that its selectors match. */
static void role_rules(struct rules *out, const struct set_object *role)
{
	struct relate *r = out->r;
	struct sv rest = role->body;
	struct set_item item;

	add_rules(out, role);
	while (set_next(&rest, &item)) {
		if (item.tag != SET_SELECTOR)
			continue;
		for (size_t i = 0; i < r->n && relate_work(r, 1); i++) {
			const struct set_object *o = &r->objects[i];
			if (o->class == CLASS_CLUSTER_ROLE && o != role &&
			    relate_matches(r, item.text, set_find(o->body, SET_LABELS)))
				add_rules(out, o);
		}
	}
}

static bool rules_of(struct relate *r, struct node *f, const struct set_object *role)
{
	struct rules count = {.r = r}, fill = {.r = r};

	if (role)
		role_rules(&count, role);
	fill.list = say_records(r, f, ROLE_BINDING_RULES, count.n);
	/* the second walk does the same work, and may not add what the first did not count */
	if (role && !r->cut) {
		uint64_t before = r->work;
		r->work = 0;
		role_rules(&fill, role);
		r->work = before;
	}
	return fill.admin;
}

static uint32_t subjects(struct relate *r, struct node *f, const struct set_object *o)
{
	struct node *list =
		say_records(r, f, ROLE_BINDING_SUBJECTS, count_items(o->body, SET_SUBJECT));
	struct sv rest = o->body;
	struct set_item item;
	uint32_t workloads = 0;

	while (set_next(&rest, &item)) {
		if (item.tag != SET_SUBJECT)
			continue;
		struct sv kind = set_find(item.text, SET_KIND);
		struct sv name = set_find(item.text, SET_NAME);
		struct sv ns = set_find(item.text, SET_NAMESPACE);
		struct node *s = &list->items[list->n++];
		fact_fill(r->facts, s, &schema_bound_subject, NULL);
		say_text(s, BOUND_SUBJECT_KIND, kind);
		say_text(s, BOUND_SUBJECT_NAME, name);
		say_text(s, BOUND_SUBJECT_NAMESPACE, ns);
		if (!sv_is(kind, "ServiceAccount"))
			continue;
		workloads += relate_users(r, ns, name);
		say_bool(s, BOUND_SUBJECT_EXISTS,
			 sv_is(name, "default") ||
				 relate_find(r, (struct sv){0}, SV("ServiceAccount"), ns, name));
	}
	return workloads;
}

void facts_binding(struct relate *r, struct set_object *o)
{
	struct sv kind = set_find(o->body, SET_TYPE), name = set_find(o->body, SET_TARGET);
	const struct set_object *role = relate_find(r, rbac, kind, o->ns, name);
	struct node *f = record_of(r, &schema_role_binding);

	say_name(f, ROLE_BINDING_NAME, ROLE_BINDING_NAMESPACE, o);
	say_bool(f, ROLE_BINDING_CLUSTER, o->class == CLASS_CLUSTER_BINDING);
	say_bool(f, ROLE_BINDING_BUILT_IN, set_has(o->body, SET_BUILT_IN));
	say_text(f, ROLE_BINDING_ROLE_KIND, kind);
	say_text(f, ROLE_BINDING_ROLE_NAME, name);
	say_bool(f, ROLE_BINDING_ROLE_EXISTS, role || built_in_role(kind, name));
	bool admin = rules_of(r, f, role);
	admin |= sv_is(kind, "ClusterRole") && sv_is(name, "cluster-admin");
	if (admin || !r->cut)
		say_bool(f, ROLE_BINDING_CLUSTER_ADMIN, admin);
	say_int(r, f, ROLE_BINDING_WORKLOADS, subjects(r, f, o));
	tell_fact(r, &schema_role_binding, f, o);
}

void facts_account(struct relate *r, struct set_object *o)
{
	struct node *f = record_of(r, &schema_service_account);

	say_name(f, SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_NAMESPACE, o);
	say_bool(f, SERVICE_ACCOUNT_AUTOMOUNT, !sv_is(set_find(o->body, SET_TOKEN), "false"));
	say_int(r, f, SERVICE_ACCOUNT_WORKLOADS, relate_users(r, o->ns, o->name));
	say_int(r, f, SERVICE_ACCOUNT_BINDINGS, relate_bindings(r, o->ns, o->name));
	tell_fact(r, &schema_service_account, f, o);
}
