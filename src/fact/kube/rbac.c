/* Roles and bindings (rbac.authorization.k8s.io). */
#include "fact/kube/kube-int.h"

static void rule(struct kube *k, struct node *out, const struct node *entry)
{
	static const struct sv keys[] = {
		{"verbs", 5},          {"apiGroups", 9},        {"resources", 9},
		{"resourceNames", 13}, {"nonResourceURLs", 15},
	};
	const struct node *in[ARRAY_LEN(keys)];

	fact_fill(k->a, out, &schema_role_rule, entry);
	kube_gather(entry, keys, ARRAY_LEN(keys), in);
	kube_strings(k, out, ROLE_RULE_VERBS, in[0]);
	kube_strings(k, out, ROLE_RULE_API_GROUPS, in[1]);
	kube_strings(k, out, ROLE_RULE_RESOURCES, in[2]);
	kube_strings(k, out, ROLE_RULE_RESOURCE_NAMES, in[3]);
	kube_strings(k, out, ROLE_RULE_URLS, in[4]);
}

typedef void entry_fn(struct kube *k, struct node *out, const struct node *entry);

static void records(struct kube *k, struct node *record, unsigned field, const struct node *value,
		    entry_fn *fill)
{
	const struct node *list = kube_array(k, value);
	struct node *out = fact_list(k->a, record, field, list ? list->n : 0, list);

	if (!list)
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	NODE_EACH (it, list)
		if (kube_element(k, it))
			fill(k, &out->items[out->n++], it);
}

/* Name, namespace, labels, annotations and the object as its meta record has them. */
static void common(struct node *out, const struct node *meta, const uint8_t fields[5])
{
	static const uint8_t from[5] = {META_NAME, META_NAMESPACE, META_LABELS, META_ANNOTATIONS,
					META_OBJECT};

	for (size_t i = 0; i < ARRAY_LEN(from); i++)
		fact_set(out, fields[i], &meta->items[from[i]]);
}

/* What the API server makes at its start (rbac-defaults), as it is read out of a cluster. A name or
 * a label alone is nothing: whoever writes a manifest chooses both. */
static bool built_in(const struct fact_object *o)
{
	static const char *const names[] = {"cluster-admin", "admin", "edit", "view"};
	bool known = sv_starts(o->name, SV("system:"));

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		known |= sv_is(o->name, names[i]);
	return known && node_path(o->object, "metadata", "uid", NULL) &&
	       sv_is(node_get_str(&o->meta->items[META_LABELS], "kubernetes.io/bootstrapping"),
		     "rbac-defaults");
}

/* Each of them binds the role of its own name; cluster-admin goes to system:masters alone. */
static bool built_in_binding(const struct fact_object *o, const struct node *binding)
{
	const struct node *subjects = &binding->items[BINDING_SUBJECTS];

	if (!built_in(o) || !sv_eq(binding->items[BINDING_ROLE_NAME].text, o->name))
		return false;
	return !sv_is(o->name, "cluster-admin") ||
	       (subjects->n == 1 && sv_is(subjects->items[0].items[SUBJECT_KIND].text, "Group") &&
		sv_is(subjects->items[0].items[SUBJECT_NAME].text, "system:masters"));
}

static void say_built_in(struct node *out, unsigned field, bool yes, const struct fact_object *o)
{
	fact_say(out, field, NODE_BOOL, yes ? SV("true") : SV("false"), &o->meta->items[META_NAME]);
}

struct node *kube_role(struct kube *k, const struct fact_object *o)
{
	static const uint8_t fields[5] = {ROLE_NAME, ROLE_NAMESPACE, ROLE_LABELS, ROLE_ANNOTATIONS,
					  ROLE_OBJECT};
	struct node *out = fact_record(k->a, &schema_role, o->object);
	const struct node *aggregation = kube_map(k, kube_get(o->object, "aggregationRule"));
	bool cluster = sv_is(o->kind, "ClusterRole");

	common(out, o->meta, fields);
	fact_say(out, ROLE_CLUSTER, NODE_BOOL, cluster ? SV("true") : SV("false"),
		 kube_get(o->object, "kind"));
	say_built_in(out, ROLE_BUILT_IN, built_in(o), o);
	fact_default(out, ROLE_AGGREGATED, NODE_BOOL, SV("false"));
	if (aggregation)
		fact_say(out, ROLE_AGGREGATED, NODE_BOOL, SV("true"), aggregation);
	records(k, out, ROLE_RULES, kube_get(o->object, "rules"), rule);
	return out;
}

static void subject(struct kube *k, struct node *out, const struct node *entry)
{
	static const struct sv keys[] = {{"kind", 4}, {"name", 4}, {"namespace", 9}};
	const struct node *in[ARRAY_LEN(keys)];

	fact_fill(k->a, out, &schema_subject, entry);
	kube_gather(entry, keys, ARRAY_LEN(keys), in);
	fact_set(out, SUBJECT_KIND, kube_str(k, in[0]));
	fact_set(out, SUBJECT_NAME, kube_str(k, in[1]));
	fact_set(out, SUBJECT_NAMESPACE, kube_str(k, in[2]));
}

struct node *kube_binding(struct kube *k, const struct fact_object *o)
{
	static const uint8_t fields[5] = {BINDING_NAME, BINDING_NAMESPACE, BINDING_LABELS,
					  BINDING_ANNOTATIONS, BINDING_OBJECT};
	struct node *out = fact_record(k->a, &schema_binding, o->object);
	const struct node *role = kube_map(k, kube_get(o->object, "roleRef"));
	bool cluster = sv_is(o->kind, "ClusterRoleBinding");

	common(out, o->meta, fields);
	fact_say(out, BINDING_CLUSTER, NODE_BOOL, cluster ? SV("true") : SV("false"),
		 kube_get(o->object, "kind"));
	fact_set(out, BINDING_ROLE_KIND, kube_str(k, kube_get(role, "kind")));
	fact_set(out, BINDING_ROLE_NAME, kube_str(k, kube_get(role, "name")));
	records(k, out, BINDING_SUBJECTS, kube_get(o->object, "subjects"), subject);
	say_built_in(out, BINDING_BUILT_IN, built_in_binding(o, out), o);
	if (!cluster && fact_has(out, BINDING_NAMESPACE))
		NODE_EACH (it, &out->items[BINDING_SUBJECTS])
			if (!fact_has(it, SUBJECT_NAMESPACE) &&
			    sv_is(it->items[SUBJECT_KIND].text, "ServiceAccount"))
				fact_set(&out->items[BINDING_SUBJECTS]
						  .items[it - out->items[BINDING_SUBJECTS].items],
					 SUBJECT_NAMESPACE, &out->items[BINDING_NAMESPACE]);
	return out;
}
