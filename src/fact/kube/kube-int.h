/* Shared by the files of kube_objects(). */
#pragma once

#include "fact/kube/kube.h"

struct kube {
	struct arena *a;
	struct doc *d;
	const struct node *root;
	const struct fact_sink *sink;
	uint64_t faults;
	bool quiet; /* read before: faults are told */
};

/* Reading (read.c). A field of a wrong type is told once, here. */

/* The values of the keys in one walk over the object, in the order of keys; NULL where one is not
 * written or null. NULL object: all NULL. */
void kube_gather(const struct node *object, const struct sv *keys, size_t n,
		 const struct node **out);
const struct node *kube_get(const struct node *object, const char *key);
/* Each takes NULL and returns NULL where nothing can be read. A boolean in text is read only where
 * it says what is dangerous; a number in text is a number. */
const struct node *kube_bool(struct kube *k, const struct node *n, bool danger);
const struct node *kube_int(struct kube *k, const struct node *n);
const struct node *kube_str(struct kube *k, const struct node *n);
/* A string or a number, as a string. */
const struct node *kube_quantity(struct kube *k, const struct node *n);
const struct node *kube_map(struct kube *k, const struct node *n);
const struct node *kube_array(struct kube *k, const struct node *n);
/* An element of a list; null elements are NULL without a fault. */
const struct node *kube_element(struct kube *k, const struct node *n);
/* Fields of the platform's lists and maps of strings: shared when all elements are strings. */
void kube_strings(struct kube *k, struct node *record, unsigned field, const struct node *n);
void kube_string_map(struct kube *k, struct node *record, unsigned field, const struct node *n);
void kube_ints(struct kube *k, struct node *record, unsigned field, const struct node *n);
void kube_tell(struct kube *k, const struct node *at, const char *expected);
/* The same for an object that the platform refuses as a whole. */
void kube_refuse(struct kube *k, const struct node *at, const char *why);

/* Names to values, looked up for each container (names.c). */
struct kube_name {
	struct sv name;
	const struct node *value;
	uint32_t order;
};

struct kube_names {
	struct kube_name *p;
	size_t n;
};

void kube_names_add(struct kube_names *names, struct sv name, const struct node *value);
/* After the last addition. */
void kube_names_sort(struct kube_names *names);
/* The value that was added last under the name, or NULL. */
const struct node *kube_names_find(const struct kube_names *names, struct sv name);

/* A security context (security.c), of a pod or of a container. */
enum security_key {
	SECURITY_PRIVILEGED,
	SECURITY_ESCALATION,
	SECURITY_READ_ONLY,
	SECURITY_USER,
	SECURITY_GROUP,
	SECURITY_NON_ROOT,
	SECURITY_CAPABILITIES,
	SECURITY_SECCOMP,
	SECURITY_APPARMOR,
	SECURITY_SELINUX,
	SECURITY_PROC_MOUNT,
	SECURITY_WINDOWS,
	SECURITY_FS_GROUP,
	SECURITY_GROUPS,
	SECURITY_SYSCTLS,
	SECURITY_KEYS
};

/* What containers take over from their pod. */
struct kube_pod {
	struct kube *k;
	struct node *workload;
	const struct node *user, *group, *non_root, *user_name, *host_process;
	struct kube_names volumes, apparmor, seccomp;
	struct node *caps; /* the runtime's default set, shared by the containers without changes */
};

void kube_security_pod(struct kube_pod *pod, const struct node *security);
void kube_security_container(struct kube_pod *pod, struct node *c, const struct node *security);
/* Annotations that name profiles of the containers, and the pod's. */
void kube_profile_annotations(struct kube_pod *pod, const struct node *annotations);
void kube_capabilities(struct kube_pod *pod, struct node *c, const struct node *capabilities,
		       const struct node *privileged);
/* True when add has the capability (as written, any spelling). */
bool kube_adds(const struct node *capabilities, const char *name);

void kube_volumes(struct kube_pod *pod, const struct node *volumes, const struct node *claims);
void kube_mounts(struct kube_pod *pod, struct node *c, const struct node *mounts);
void kube_container(struct kube_pod *pod, struct node *into, const struct node *source,
		    const char *type);

/* The pod of a template or of a Pod, into a workload whose own fields are set; claims: a
 * StatefulSet's volumeClaimTemplates. */
void kube_pod(struct kube *k, struct node *workload, const struct node *meta,
	      const struct node *spec, const struct node *claims);

/* The pod templates of an object (template.c): calls back for each with the node that has
 * metadata and spec, and with what stands where one must be and is no object. */
typedef void kube_template_fn(void *arg, const struct node *pod);
void kube_templates(const struct node *object, struct sv kind, kube_template_fn *tell, void *arg);
/* True for kinds that run one pod where nothing is said about replicas. */
bool kube_replicated(struct sv kind);
/* "pod" is Pod, "list" List; empty for other kinds. */
struct sv kube_kind_meant(struct sv kind);

struct node *kube_role(struct kube *k, const struct fact_object *o);
struct node *kube_binding(struct kube *k, const struct fact_object *o);
