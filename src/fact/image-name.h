/* The record of an image from what somebody wrote: a reference or an id. */
#pragma once

#include "fact/workload.h"

/* Sets the field to a record of schema_image, with the parts of `written`, a string: none of them
 * of an id ("sha256:" and 64 digits, or these alone), which is IMAGE_ID. What is not written and
 * filled in (docker.io) is a default. */
struct node *image_name(struct arena *a, struct node *record, unsigned field,
			const struct node *written);
/* IMAGE_ID, if the text is an id. */
bool image_id(struct arena *a, struct node *image, const struct node *id);
