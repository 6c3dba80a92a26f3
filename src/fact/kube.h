/*
 * Kubernetes objects as facts.
 *
 * kube_objects() takes one document of a manifest apart (List kinds too) and calls back for each
 * object. Nothing is guessed: what is no Kubernetes object (no apiVersion and kind) is told as
 * such.
 */
#pragma once

#include "fact/workload.h"

/* The records of fact/object.def: schema_meta is the common part of every object. */
extern const struct fact_schema schema_meta, schema_role_rule, schema_role, schema_subject,
	schema_binding;

/* META_NAME, ROLE_RULES, BINDING_SUBJECTS ...: the index of each field. */
#define F(schema, FIELD, name, kind, of, record, about) FIELD,
#define RECORD(schema)      \
	enum schema##_field \
	{
#define END(schema) \
	}           \
	;
#include "fact/object.def"

struct kube_object {
	struct doc *doc;
	const struct node *object;             /* as written */
	struct sv api_version, kind, name, ns; /* ns empty when none is written */
	struct node *workload;                 /* schema_workload, or NULL: no pod template in it */
	struct node *meta;                     /* schema_meta */
	struct node *role;                     /* schema_role: of Role and ClusterRole, else NULL */
	struct node *binding; /* schema_binding: of RoleBinding and ClusterRoleBinding */
	bool again; /* the same object once more, for another of its pod templates (JobSet): only
		       workload is new */
};

/* A field of a type that the platform does not accept (hostNetwork: "true"): path is its JSON
 * pointer in the document, expected "boolean". The fact then takes the dangerous reading where the
 * text allows one
 * ("true" is true); the caller reports the error: the API server would refuse the object. */
struct kube_fault {
	const struct node *at;
	struct sv path;
	const char *expected; /* or NULL: the object as a whole is refused because of why */
	const char *why;
};

struct kube_sink {
	void *arg;
	/* Both borrow their argument for the call. object() may clear the arena: nothing that was
	 * made before is looked at after it. */
	void (*object)(void *arg, const struct kube_object *o);
	/* These two may be NULL. */
	void (*fault)(void *arg, const struct kube_fault *f);
	/* Looks like a manifest in part only: what and why ("no kind"). */
	void (*other)(void *arg, const struct node *at, const char *why);
};

/* Facts go to the arena. Never fails: faults are told to the sink. */
void kube_objects(struct arena *a, struct doc *d, const struct node *root,
		  const struct kube_sink *sink);

/* The JSON pointer (RFC 6901) of the smallest value of root that holds bytes start to end; "" for
 * the root. A field that a schema has and the source has not: the pointer of its object. */
struct sv node_pointer(struct arena *a, const struct node *root, uint32_t start, uint32_t end);
