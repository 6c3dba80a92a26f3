/* Shared by the files of fact/set/set.h. */
#pragma once

#include "base/map.h"
#include "fact/set/set.h"

/*
 * An entry is bytes, in memory as on its way between processes: items, each a tag and a text
 * (its length in LEB128 before it), or a tag and items up to SET_END. What a kind needs, and in
 * this order the same part of all first.
 */
enum set_tag {
	SET_END,
	/* texts */
	SET_API_VERSION,
	SET_KIND,
	SET_NAME,
	SET_NAMESPACE,
	SET_FILE,
	SET_LINE,
	SET_KEY, /* of labels and expressions */
	SET_VALUE,
	SET_OPERATOR,
	SET_REPLICAS,
	SET_REPLICAS_SAID, /* the same, where the object says it */
	SET_ACCOUNT,
	SET_TOKEN,
	SET_CONFIG_MAP,
	SET_SECRET,
	SET_CLAIM,
	SET_SERVICE,
	SET_TYPE,
	SET_HEADLESS,
	SET_ADDRESS,
	SET_PORT,
	SET_TARGET,
	SET_PROTOCOL,
	SET_NODE_PORT,
	SET_MIN,
	SET_MAX,
	SET_POLICY,
	SET_CLASS,
	SET_HOST,
	SET_PATH,
	SET_VERB,
	SET_GROUP,
	SET_RESOURCE,
	SET_RESOURCE_NAME,
	SET_URL,
	SET_ANY, /* every namespace */
	SET_DIRECTION,
	SET_OPEN, /* a rule without peers, and without ports when the text is "all" */
	SET_BUILT_IN,
	SET_AGAIN, /* one more template of the same object */
	SET_TEXTS,
	/* groups */
	SET_LABELS = 64,
	SET_SELECTOR,
	SET_SELECTOR_NAMESPACES,
	SET_EXPRESSION,
	SET_PORTS,
	SET_RULE,
	SET_PEER,
	SET_BACKEND,
	SET_TLS,
	SET_SUBJECT,
	SET_TARGET_REF,
	SET_WORKLOAD,
	SET_GROUPS,
};

/* What an object is for the relations. */
enum set_class {
	CLASS_OTHER,
	CLASS_SERVICE,
	CLASS_NETWORK_POLICY,
	CLASS_BUDGET,
	CLASS_AUTOSCALER,
	CLASS_INGRESS,
	CLASS_MONITOR,
	CLASS_ROLE,
	CLASS_CLUSTER_ROLE,
	CLASS_BINDING,
	CLASS_CLUSTER_BINDING,
	CLASS_ACCOUNT,
	CLASS_NAMESPACE,
	CLASS_CONFIG_MAP,
	CLASS_SECRET,
	CLASS_CLAIM,
	CLASS_LIMIT_RANGE,
	CLASS_QUOTA,
	CLASSES,
};
enum set_class set_class_of(struct sv api_version, struct sv kind);

struct set_entry {
	const char *p;
	uint32_t n;
	bool cut; /* its object is too large: only its name is known */
};

struct set {
	struct arena arena;
	struct {
		struct set_entry *p;
		size_t n, cap;
	} entries;
	struct buf scratch;
};

/* Writing (code.c). */
void set_text(struct buf *out, enum set_tag tag, struct sv text);
void set_open(struct buf *out, enum set_tag tag);
void set_close(struct buf *out);
/* Reading: false at the end (or where bytes are no items: set_read has refused those). */
struct set_item {
	uint8_t tag;
	struct sv text; /* of a group: its items */
};
bool set_next(struct sv *rest, struct set_item *item);
/* The first text or group of the tag; empty. */
struct sv set_find(struct sv items, enum set_tag tag);
bool set_has(struct sv items, enum set_tag tag);
/* All bytes are items with known tags, groups closed and not nested too deep. */
bool set_valid(struct sv items);

/* The part of an object that its kind needs (add.c). */
void set_encode(struct buf *out, const struct fact_object *o);

/* Relating (index.c). */
struct set_object {
	struct sv api_version, kind, name, ns, file;
	struct sv body; /* items behind the common part */
	struct sv pod;  /* items of SET_WORKLOAD */
	uint32_t line;
	uint32_t first; /* the object that stands first under this kind and name */
	uint8_t class;  /* enum set_class */
	bool workload, again;
	/* gathered of workloads: */
	bool covered_ingress, covered_egress, exposed, autoscaled;
	uint32_t budgets, services;
	int64_t autoscaler_min;
	/* of services: */
	uint32_t ingresses;
};

/* Objects by hash, sorted: a look-up is a range of candidates, each compared in full. */
struct set_table {
	struct set_row {
		uint64_t hash;
		uint32_t object;
	} * p;
	size_t n, cap;
};

struct set_range {
	const struct set_row *p;
	size_t n;
};

void table_add(struct set_table *t, uint64_t hash, uint32_t object);
struct set_range table_find(const struct set_table *t, uint64_t hash);

struct set_space {
	struct sv name, labels; /* labels: items */
	uint32_t place;         /* the Namespace object, or the first object in it */
	bool declared;
	bool ingress, egress; /* a policy for all pods */
	uint32_t workloads, policies, limits, quotas;
};

struct relate {
	const struct set *set;
	struct arena *facts; /* the caller's: records */
	struct arena arena;  /* of the relating */
	struct set_object *objects;
	size_t n;
	struct set_table names;          /* group, kind, namespace, name */
	struct set_table users, bound;   /* namespace, account: workloads; bindings */
	struct set_table pods, services; /* namespace; namespace, label: workloads; services */
	struct {
		struct set_space *p;
		size_t n, cap;
	} spaces;
	struct map space_index; /* name to index */
	struct buf key;
	uint64_t work; /* comparisons so far */
	bool cut;      /* not all is known: counts are left out */
	void (*tell)(void *arg, const struct set_fact *f);
	void *arg;
};

void relate_init(struct relate *r, const struct set *s);
void relate_done(struct relate *r);
/* "default" for an empty namespace. */
struct sv set_space_of(struct sv ns);
/* Hash of the parts, which are told apart. */
uint64_t relate_hash(struct relate *r, const struct sv *parts, size_t n);
/* The first object of this name; NULL. */
struct set_object *relate_find(struct relate *r, struct sv group, struct sv kind, struct sv ns,
			       struct sv name);
struct set_space *relate_space(struct relate *r, struct sv ns);
/* How many workloads run under the account; how many bindings name it. */
uint32_t relate_users(struct relate *r, struct sv ns, struct sv account);
uint32_t relate_bindings(struct relate *r, struct sv ns, struct sv account);
/* Adds to the work; false and r->cut when there is too much. */
bool relate_work(struct relate *r, size_t n);

/* A selector's matches among the pods or services of one namespace (select.c). */
typedef void relate_fn(void *arg, struct set_object *o);
void relate_select(struct relate *r, const struct set_table *in, struct sv ns, struct sv selector,
		   relate_fn *tell, void *arg);
/* Makes an object findable by its namespace and labels. */
void relate_index(struct relate *r, struct set_table *in, uint32_t object, struct sv labels);
/* True when the selector (items of a SET_SELECTOR) selects the labels (items of SET_LABELS). */
bool relate_matches(struct relate *r, struct sv selector, struct sv labels);

/* Facts by kind: network.c, budget.c, rbac.c, workload.c. */
void facts_service(struct relate *r, struct set_object *o);
void facts_network_policy(struct relate *r, struct set_object *o);
void facts_ingress(struct relate *r, struct set_object *o);
void facts_monitor(struct relate *r, struct set_object *o);
void facts_budget(struct relate *r, struct set_object *o);
void facts_autoscaler(struct relate *r, struct set_object *o);
void facts_binding(struct relate *r, struct set_object *o);
void facts_account(struct relate *r, struct set_object *o);
/* Before the facts: what objects say of others. */
void mark_autoscaler(struct relate *r, struct set_object *o);
void mark_ingress(struct relate *r, struct set_object *o);
/* A count in text; fallback when it is none. */
int64_t set_number(struct sv text, int64_t fallback);
