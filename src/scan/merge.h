/*
 * Layers on top of each other: what is visible, where it came from, one entry per package.
 *
 * Visibility as the OCI image specification says (layer.md): an entry hides what lower layers hold
 * at its path; a file or whiteout hides all below it; an opaque directory hides what lower layers
 * hold in it.
 */
#pragma once

#include "model/report.h"
#include "scan/facts.h"

/* Adds packages, os and counts of unread evidence of subject s to the report. layers[i] may be
 * empty (not read). Texts are copied into the report's arena. locks: lock files count too. Errors
 * about files that a higher layer replaced are marked hidden: nobody sees those files. */
void merge_layers(struct report *r, size_t s, struct layer_facts *const *layers, size_t n,
		  bool locks);
