/* What the set says of each workload and namespace, and the way over all objects. */
#include "fact/set/record.h"

/* A name stands once in the list: of so many at its end. */
enum { RECENT = 64 };

static bool listed(const struct node *list, struct sv name)
{
	for (uint32_t i = list->n; i > 0 && list->n - i < RECENT; i--)
		if (sv_eq(list->items[i - 1].text, name))
			return true;
	return false;
}

static void missing(struct relate *r, struct node *f, unsigned field, const struct set_object *o,
		    enum set_tag tag, struct sv kind)
{
	struct node *list = say_records(r, f, field, count_items(o->pod, tag));
	struct sv rest = o->pod;
	struct set_item item;

	while (set_next(&rest, &item))
		if (item.tag == tag && !listed(list, item.text) &&
		    !relate_find(r, (struct sv){0}, kind, o->ns, item.text))
			list_text(list, item.text);
}

static bool automount(struct sv pod, const struct set_object *account)
{
	struct sv said = set_find(pod, SET_TOKEN);

	if (said.n == 0 && account)
		said = set_find(account->body, SET_TOKEN);
	return !sv_is(said, "false");
}

static void account_of(struct relate *r, struct node *f, const struct set_object *o)
{
	struct sv name = set_find(o->pod, SET_ACCOUNT);
	const struct set_object *account =
		relate_find(r, (struct sv){0}, SV("ServiceAccount"), o->ns, name);

	say_text(f, WORKLOAD_SET_SERVICE_ACCOUNT, name);
	say_bool(f, WORKLOAD_SET_ACCOUNT_EXISTS, account || sv_is(name, "default"));
	say_bool(f, WORKLOAD_SET_AUTOMOUNT, automount(o->pod, account));
	say_int(r, f, WORKLOAD_SET_BINDINGS, relate_bindings(r, o->ns, name));
}

static void covered(struct relate *r, struct node *f, const struct set_object *o)
{
	if (r->cut)
		return;
	say_bool(f, WORKLOAD_SET_COVERED_INGRESS, o->covered_ingress);
	say_bool(f, WORKLOAD_SET_COVERED_EGRESS, o->covered_egress);
	say_int(r, f, WORKLOAD_SET_BUDGETS, o->budgets);
	say_int(r, f, WORKLOAD_SET_SERVICES, o->services);
	say_bool(f, WORKLOAD_SET_EXPOSED, o->exposed);
}

static void facts_workload(struct relate *r, struct set_object *o)
{
	struct node *f = record_of(r, &schema_workload_set);
	struct sv service = set_find(o->pod, SET_SERVICE);

	say_text(f, WORKLOAD_SET_KIND, o->kind);
	say_name(f, WORKLOAD_SET_NAME, WORKLOAD_SET_NAMESPACE, o);
	say_number(f, WORKLOAD_SET_REPLICAS, set_find(o->pod, SET_REPLICAS));
	covered(r, f, o);
	say_bool(f, WORKLOAD_SET_AUTOSCALED, o->autoscaled);
	if (o->autoscaled)
		say_int(r, f, WORKLOAD_SET_AUTOSCALER_MIN, o->autoscaler_min);
	account_of(r, f, o);
	missing(r, f, WORKLOAD_SET_CONFIG_MAPS, o, SET_CONFIG_MAP, SV("ConfigMap"));
	missing(r, f, WORKLOAD_SET_SECRETS, o, SET_SECRET, SV("Secret"));
	missing(r, f, WORKLOAD_SET_CLAIMS, o, SET_CLAIM, SV("PersistentVolumeClaim"));
	say_text(f, WORKLOAD_SET_SERVICE_NAME, service);
	if (service.n > 0)
		say_bool(f, WORKLOAD_SET_SERVICE_EXISTS,
			 relate_find(r, (struct sv){0}, SV("Service"), o->ns, service));
	if (set_has(o->pod, SET_SELECTOR))
		say_bool(f, WORKLOAD_SET_SELECTOR_MATCHES,
			 relate_matches(r, set_find(o->pod, SET_SELECTOR),
					set_find(o->pod, SET_LABELS)));
	say_bool(f, WORKLOAD_SET_DUPLICATE, &r->objects[o->first] != o);
	tell_fact(r, &schema_workload_set, f, o);
}

static void facts_duplicate(struct relate *r, struct set_object *o)
{
	const struct set_object *first = &r->objects[o->first];
	struct node *f = record_of(r, &schema_duplicate);

	say_text(f, DUPLICATE_KIND, o->kind);
	say_name(f, DUPLICATE_NAME, DUPLICATE_NAMESPACE, o);
	say_text(f, DUPLICATE_FIRST_FILE, first->file);
	say_bool(f, DUPLICATE_SAME_FILE, sv_eq(first->file, o->file));
	say_int(r, f, DUPLICATE_FIRST_LINE, first->line);
	tell_fact(r, &schema_duplicate, f, o);
}

static void facts_space(struct relate *r, const struct set_space *s)
{
	struct node *f = record_of(r, &schema_namespace);
	struct set_object place = r->objects[s->place];
	struct sv labels = s->labels;
	struct set_item key, value;

	say_text(f, NAMESPACE_NAME, s->name);
	say_bool(f, NAMESPACE_DECLARED, s->declared);
	if (s->declared)
		say_labels(r, f, NAMESPACE_LABELS, s->labels);
	say_int(r, f, NAMESPACE_WORKLOADS, s->workloads);
	say_int(r, f, NAMESPACE_NETWORK_POLICIES, s->policies);
	say_bool(f, NAMESPACE_ISOLATED_INGRESS, s->ingress);
	say_bool(f, NAMESPACE_ISOLATED_EGRESS, s->egress);
	say_int(r, f, NAMESPACE_LIMIT_RANGES, s->limits);
	say_int(r, f, NAMESPACE_QUOTAS, s->quotas);
	while (set_next(&labels, &key) && set_next(&labels, &value))
		if (sv_is(key.text, "pod-security.kubernetes.io/enforce"))
			say_text(f, NAMESPACE_POD_SECURITY, value.text);
	place.api_version = SV("v1");
	place.kind = SV("Namespace");
	place.name = s->name;
	place.ns = (struct sv){0};
	tell_fact(r, &schema_namespace, f, &place);
}

typedef void object_fn(struct relate *r, struct set_object *o);

static object_fn *const markers[CLASSES] = {
	[CLASS_AUTOSCALER] = mark_autoscaler,
	[CLASS_INGRESS] = mark_ingress,
};

static object_fn *const makers[CLASSES] = {
	[CLASS_SERVICE] = facts_service, [CLASS_NETWORK_POLICY] = facts_network_policy,
	[CLASS_BUDGET] = facts_budget,   [CLASS_AUTOSCALER] = facts_autoscaler,
	[CLASS_INGRESS] = facts_ingress, [CLASS_MONITOR] = facts_monitor,
	[CLASS_BINDING] = facts_binding, [CLASS_CLUSTER_BINDING] = facts_binding,
	[CLASS_ACCOUNT] = facts_account,
};

static void each(struct relate *r, object_fn *const table[CLASSES])
{
	for (size_t i = 0; i < r->n; i++)
		if (table[r->objects[i].class])
			table[r->objects[i].class](r, &r->objects[i]);
}

void set_facts(struct set *s, struct arena *a, void (*fact)(void *arg, const struct set_fact *f),
	       void *arg)
{
	auto_done(relate_done) struct relate r;

	relate_init(&r, s);
	r.facts = a;
	r.tell = fact;
	r.arg = arg;
	each(&r, markers);
	each(&r, makers);
	for (size_t i = 0; i < r.n; i++) {
		struct set_object *o = &r.objects[i];
		if (o->workload)
			facts_workload(&r, o);
		if (&r.objects[o->first] != o)
			facts_duplicate(&r, o);
	}
	for (size_t i = 0; i < r.spaces.n; i++)
		facts_space(&r, &r.spaces.p[i]);
}
