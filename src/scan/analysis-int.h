/* Shared by the files of the analysis only. */
#pragma once

#include "base/map.h"
#include "package/elfscan.h"
#include "scan/analysis.h"

/*
 * What was found is kept until the end of the layer: a later entry of the same path replaces the
 * earlier one with all that was found in it, and owners are only known when the whole layer has
 * been seen. `file` is the number of the version of the file that it was found in; 0: no file.
 */
struct kept_package {
	struct package p;
	uint64_t file;
};

struct kept_os {
	struct os os;
	uint64_t file;
};

struct kept_unread {
	struct fact_unread u;
	struct sv owner;
	uint64_t file;
};

struct kept_error {
	struct fact_error e;
	uint64_t file;
};

/* A hard link whose data is taken in a second pass. */
struct later_link {
	struct sv target, path;
	uint64_t file; /* version of the evidence that stands for it; 0 = read */
	size_t next;   /* with the same target */
};

struct owned {
	uint64_t key; /* of the path, see owner_key() */
	struct sv owner;
	uint64_t file; /* the database that said so */
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
		struct kept_os *p;
		size_t n, cap;
	} systems;
	struct {
		struct kept_unread *p;
		size_t n, cap;
	} unread;
	struct {
		struct kept_error *p;
		size_t n, cap;
	} errors;
	uint64_t errors_dropped;
	bool fatal_dropped;
	struct {
		struct owned *p;
		size_t n, cap;
	} owned;
	struct {
		uint64_t *p;
		size_t n, cap;
	} paths;
	struct {
		struct later_link *p;
		size_t n, cap;
	} links;
	struct map link_paths; /* path of a later link -> its index */
	struct buf folder;     /* of the entry before, and its path_key(): most entries stand in the
				  same one */
	uint64_t folder_key;
	struct map files; /* path of evidence -> number of its newest version in this layer, 0 =
			     gone */
	struct {
		bool *p;
		size_t n, cap;
	} replaced;     /* by number of the version */
	uint64_t file;  /* number of the file that is being read */
	struct sv path; /* its path */
	const struct cataloger *row;
	struct sv last_owner; /* interned in keep */
	struct buf content;
	struct elf_scan *programs;    /* made at the first executable */
	struct analysis_audit *audit; /* with ANALYSIS_AUDIT */
	struct facts_end end;
	uint64_t stored; /* bytes read so far, for progress */
	uint64_t told;
	/* cleaned paths of the entry that is being read; not on the stack, where they would be
	 * zeroed each time */
	char path_text[32768], link_text[32768];
};

/* analysis-audit.c */
struct analysis_audit *audit_new(struct analysis *an);
void audit_free(struct analysis_audit *u);
/* The data of a file, looked at as it passes. Takes it over; as it is without ANALYSIS_AUDIT. */
struct stream *audit_begin(struct analysis *an, struct sv path, struct stream *data);
/* When the catalogers are done with it: reads on as far as it is wanted. */
int audit_end(struct analysis *an, struct err *err) must_check;
void audit_send(struct analysis *an);

/* analysis-keep.c */
void analysis_sink_init(struct analysis *an);
void analysis_keep_done(struct analysis *an);
/* An error about an entry (or with an empty path the layer); it goes with the file that is being
 * read when in_file. */
void analysis_error(struct analysis *an, enum error_weight weight, struct err *err, struct sv path,
		    bool in_file);
/* Starts a new version of the evidence at path; what was found in an older version is void. */
void analysis_evidence(struct analysis *an, struct sv path);
/* Any other entry of that path voids it too. */
void analysis_shadow(struct analysis *an, struct sv path);
/* What was found at one path stands at another one too (hard link). False when it is no evidence.
 */
bool analysis_same(struct analysis *an, struct sv target, struct sv path);

/* Evidence at path that is a hard link to what was not kept. */
void analysis_unreadable_link(struct analysis *an, struct sv path);
/* The same, when the layer can be read again. */
void analysis_link_later(struct analysis *an, struct sv target, struct sv path);
/* Offers an->content (size bytes, or cut when that is too much) to the catalogers of an->path. */
void analysis_content(struct analysis *an, uint64_t size);
