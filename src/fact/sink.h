/* What every source of facts hands out: objects with the facts about them, and what is wrong. */
#pragma once

#include "fact/workload.h"

enum { FACT_MORE = 8 };

struct fact_object {
	struct doc *doc;
	const struct node *object;             /* as written */
	struct sv api_version, kind, name, ns; /* kind: "Pod", "Service", "Container", "Dockerfile";
						  ns empty when none is written */
	struct node *workload;                 /* schema_workload, or NULL */
	/* of Kubernetes objects only */
	struct node *meta;    /* schema_meta */
	struct node *role;    /* schema_role: of Role and ClusterRole, else NULL */
	struct node *binding; /* schema_binding: of RoleBinding and ClusterRoleBinding */
	bool again; /* the same object once more, for another of its pod templates (JobSet): only
		       workload is new */
	/* other facts about it: the type as rule/facts.def has it */
	struct fact_more {
		const char *type;
		const struct node *record;
	} more[FACT_MORE];
	unsigned more_n;
	struct sv isolation; /* of a container: what it could do to the host, one line; or empty */
};

/* A field of a type that the platform does not accept (hostNetwork: "true"): path is its JSON
 * pointer in the document, expected "boolean". The fact then takes the dangerous reading where the
 * text allows one
 * ("true" is true); the caller reports the error: the platform would refuse the object. */
struct fact_fault {
	const struct node *at;
	struct sv path;
	const char *expected; /* or NULL: the object as a whole is refused because of why */
	const char *why;
	const char *who; /* that refuses it: "docker"; NULL: the API server */
	bool note;       /* worth knowing, refused by nobody: judged as it stands */
};

struct fact_sink {
	void *arg;
	/* Both borrow their argument for the call. object() may clear the arena: nothing that was
	 * made before is looked at after it. */
	void (*object)(void *arg, const struct fact_object *o);
	/* These may be NULL. */
	void (*fault)(void *arg, const struct fact_fault *f);
	/* Looks like a manifest in part only: what and why ("no kind"). */
	void (*other)(void *arg, const struct node *at, const char *why);
	/* Another file belongs to it (compose: include, extends, env_file): path as written,
	 * relative to the part `at` stands in (parts_file() did not find it). Whoever can read it
	 * gives the parts once more with that part; what is told without it is thrown away.
	 * NULL: there will be no others. */
	void (*want)(void *arg, struct sv path, const struct node *at);
};
