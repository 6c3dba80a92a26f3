/* Shared by the files of the analysis only. */
#pragma once

#include "base/map.h"
#include "package/elfscan.h"
#include "scan/analysis.h"

/* A package that was found, and which version of its file it was found in. */
struct kept_package {
	struct package p;
	uint64_t file;
};

struct owned {
	uint64_t key; /* of the path, see owner_key() */
	struct sv owner;
};

struct analysis {
	struct catalog_sink sink; /* first: catalogers hand it back to us */
	struct frame_writer *out;
	unsigned flags;
	struct arena keep, scratch;
	struct {
		struct kept_package *p;
		size_t n, cap;
	} packages;
	struct {
		struct owned *p;
		size_t n, cap;
	} owned;
	struct {
		uint64_t *p;
		size_t n, cap;
	} paths;
	struct map files; /* path of evidence -> number of its newest version in this layer */
	uint64_t file;    /* number of the file that is being read */
	struct sv path;   /* its path */
	const struct cataloger *row;
	struct sv last_owner; /* interned in keep */
	struct buf content;
	struct elf_scan *programs; /* made at the first executable */
	struct facts_end end;
	uint64_t stored; /* bytes read so far, for progress */
	uint64_t told;
	/* cleaned paths of the entry that is being read; not on the stack, where they would be zeroed each time */
	char path_text[32768], link_text[32768];
};

/* An error about the file or entry that is being read. */
void analysis_error(struct analysis *an, enum error_weight weight, struct err *err, struct sv where);
/* Starts a new version of the evidence at path; packages of an older version are void. */
void analysis_evidence(struct analysis *an, struct sv path);
/* Any other entry of that path voids them too. */
void analysis_shadow(struct analysis *an, struct sv path);
/* The packages found at one path stand at another one too (hard link). False when there are none. */
bool analysis_same(struct analysis *an, struct sv target, struct sv path);
