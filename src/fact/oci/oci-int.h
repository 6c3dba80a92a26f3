#pragma once

#include "fact/oci/oci.h"

struct oci {
	struct arena *a;
	const struct fact_sink *sink;
	struct node *w, *c;
	const struct node *root, *process, *linux_; /* linux is a macro of the compiler */
};

/* The member, if it has the kind; else NULL, and a fault where it is something else but null. */
const struct node *oci_get(const struct oci *o, const struct node *object, const char *key,
			   enum node_kind kind);
/* A list of strings as it stands. */
void oci_strings(const struct oci *o, struct node *record, unsigned field,
		 const struct node *object, const char *key);
void oci_process(struct oci *o);
void oci_mounts(struct oci *o);
void oci_linux(struct oci *o);
