/*
 * What higher layers hide of lower ones (OCI image specification, layer.md): an entry hides what
 * lies below at its path; a file, link or whiteout hides all below it; an opaque directory hides
 * what lower layers hold in it.
 *
 * Evidence is little and paths are many, so the questions are collected first (every path of
 * evidence and its folders), then all layers' paths pass by once, and only the answers are kept.
 */
#pragma once

#include "scan/facts.h"

struct visible;

/* layers[i] may be NULL (not read). Borrowed until visible_free(). */
struct visible *visible_new(struct layer_facts *const *layers, size_t n);
void visible_free(struct visible *v);
/* Is this evidence of that layer hidden by a higher one? The path must be one of the layer's
 * packages, systems, unread files, faulty files, or of ANALYSIS_AUDIT. */
bool visible_hidden(const struct visible *v, size_t layer, struct sv path);
/* Does this layer hold something at the path? The same paths only. */
bool visible_holds(const struct visible *v, size_t layer, struct sv path);
/* The lowest layer whose version of the file may still be the one that this layer has: what lies
 * below was removed in between. The same paths only. */
size_t visible_floor(const struct visible *v, size_t layer, struct sv path);
