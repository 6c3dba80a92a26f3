/* Shared by the files of this folder only. */
#pragma once

#include "base/map.h"
#include "fact/image/schema.h"
#include "fact/image/image.h"

/* An image that is read. Nodes are NULL where nothing is said. */
struct image_reader {
	struct parts *parts;
	struct arena *a;
	const struct fact_sink *sink;
	const struct node *root;   /* configuration, or an element of inspect's answer */
	const struct node *config; /* of a container, in it */
	const struct node *about, *layers;
	bool inspect;
	struct sv reference;
	const struct node *reference_at;
	struct node *record; /* schema_image_report */
};

/* A member as Go's encoding/json finds it: letters without regard to case, the last one counts. */
const struct node *image_get(const struct node *object, const char *key);
/* The same, if it is a text that is not empty. */
const struct node *image_text(const struct node *object, const char *key);
/* The strings of an array, or the keys of an object, as a list of a record. */
void image_strings(struct image_reader *r, struct node *record, unsigned field,
		   const struct node *from);
/* The healthcheck, unless there is none or it is switched off. */
const struct node *image_healthcheck(const struct image_reader *r);

/* record.c, history.c, secrets.c */
void image_record(struct image_reader *r);
void image_history(struct image_reader *r);
/* All secrets: those of the layers part, then environment, labels, history. */
void image_secrets(struct image_reader *r);
/* workload.c */
struct node *image_workload(struct image_reader *r);
