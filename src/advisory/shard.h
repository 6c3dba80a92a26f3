/* Writes the file of one ecosystem: records of one or more feeds in, sorted tables out. */
#pragma once

#include "advisory/feed.h"

struct shard;

/* path must not exist. */
int shard_new(const char *path, struct sv ecosystem, struct shard **out,
	      struct err *err) must_check;
/* Where a feed's records go; of the feed that shard_feed() ends. */
struct record_sink *shard_sink(struct shard *s);
/* The records since the last call were this feed's. */
int shard_feed(struct shard *s, const struct feed_info *info, struct err *err) must_check;
/* Joins aliases, writes the sorted tables, closes the file. */
int shard_finish(struct shard *s, struct err *err) must_check;
void shard_free(struct shard *s);
