/*
 * An archive that cannot be seeked in (a pipe, a compressed file) made seekable: unpacked into
 * memory (memfd) up to limit_spool_memory, beyond that into a file without a name in $TMPDIR or
 * /var/tmp, which vanishes with its descriptor however the process ends. This is the only data
 * gabion writes without being asked for a cache.
 */
#pragma once

#include "fmt/stream.h"

/* Takes the stream over. A descriptor with all of its bytes, and how many. */
int spool(struct stream *in, int *out_fd, uint64_t *length, struct err *err) must_check;
