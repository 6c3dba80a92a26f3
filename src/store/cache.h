/*
 * A cache of small files by key: written atomically, checked when read, capped in size, safe with
 * many processes. Losing it costs time only; so nothing here is an error that a user has to act on.
 */
#pragma once

#include "base/base.h"

struct cache;

/* dir: made when missing; NULL or "": the user's ($XDG_CACHE_HOME/gabion, ~/.cache/gabion). A
 * directory that others can write is refused, since what lies in it is believed. */
int cache_open(const char *dir, uint64_t max_bytes, struct cache **out, struct err *err) must_check;
void cache_close(struct cache *c);
/* Appends the value. False: not there, or damaged (then it is removed). */
bool cache_get(struct cache *c, const char *key, struct buf *out);
/* The key is a name of letters, digits, '-' and '.'. Failures are silent (disk full). */
void cache_put(struct cache *c, const char *key, struct sv value);
