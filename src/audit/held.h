/* Items whose parts are there before they are asked for: images that scan/ has read, commands. */
#pragma once

#include "audit/audit.h"
#include "audit/targets.h"

struct held;

void held_free(struct held *h);
/* The images of a target: an item each. */
int held_images(struct audit_targets *t, struct sv target, struct sv engine,
		const struct audit_options *o, struct report *r, struct err *err) must_check;
/* A command line of docker or podman; number from 0. */
void held_command(struct audit_targets *t, struct sv line, size_t number, struct report *r);
