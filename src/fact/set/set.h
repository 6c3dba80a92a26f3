/*
 * A set of Kubernetes objects seen together: what rules over the whole set need, and nothing else,
 * so that the trees of the files can be freed.
 *
 * Objects are added one by one (in the worker that parsed them), written as frames, read back into
 * one set (in the worker that judges the set), related to each other in linear time, and handed out
 * as facts: workload_set, service, network_policy, disruption_budget, autoscaler, ingress,
 * role_binding ... (fact/set/set.def), whose fields already hold the answers ("selected": how many
 * workloads of the set a Service selects).
 */
#pragma once

#include "fact/kube/kube.h"

/* The records of fact/set/set.def, and SERVICE_NAME, BUDGET_BLOCKS ...: the index of each field. */
extern const struct fact_schema schema_service_port, schema_service, schema_peer,
	schema_network_policy, schema_disruption_budget, schema_autoscaler, schema_backend,
	schema_ingress, schema_service_monitor, schema_bound_subject, schema_role_binding,
	schema_service_account, schema_workload_set, schema_namespace, schema_duplicate;
#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/set/set.def"

struct set;
struct set *set_new(void) __attribute__((returns_nonnull));
void set_free(struct set *s);
/* Copies what it needs. file and line say where the object stands. */
void set_add(struct set *s, const struct fact_object *o, struct sv file, uint32_t line);
size_t set_size(const struct set *s);

/* Bytes of an entry on their way between processes: bounded, checked on arrival. */
void set_write(const struct set *s, size_t entry, struct buf *out);
int set_read(struct set *s, struct sv bytes, struct err *err) must_check;

struct set_fact {
	const struct fact_schema *schema; /* names the fact type: "service" */
	const struct node *record;
	struct sv api_version, kind, name, ns, file;
	uint32_t line;
};
/* Relates all to all, then calls back for each fact. Facts live in the arena until it is cleared:
 * which the callback may do. */
void set_facts(struct set *s, struct arena *a, void (*fact)(void *arg, const struct set_fact *f),
	       void *arg);
