/*
 * Which packages of the distribution the programs of engines belong to, into parts: owner (name: a
 * component, "runc"; bytes: the package), dpkg (its status file), os-release. For whoever asks
 * advisories about them.
 */
#pragma once

#include "audit/read/host.h"

/* False: none that is known. */
bool read_packages(const struct read_host *h, struct buf *out);
