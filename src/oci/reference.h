/*
 * Image references, as github.com/distribution/reference defines the grammar:
 *
 *     [domain/]path[:tag][@digest]      "alpine" is docker.io/library/alpine:latest
 *
 * The first component is a domain only with a '.', a ':' or an upper-case letter in it, or as
 * "localhost".
 */
#pragma once

#include "oci/source.h"

struct reference {
	struct sv domain; /* "docker.io", "localhost:5000", "[::1]:5000" */
	struct sv path;   /* "library/alpine" */
	struct sv tag;    /* "latest" when neither tag nor digest was written; empty with a digest
			     alone */
	struct digest digest;
	bool tagged; /* the tag was written */
};

/* Views live in the arena. ERR_USAGE, SCOPE_TARGET, with the rule that was broken; a sha512 digest
 * is ERR_UNSUPPORTED. */
int reference_parse(struct arena *a, struct sv text, struct reference *out,
		    struct err *err) must_check;
/* A reference taken apart and not judged: what stands in a manifest may be no reference at all
 * (${IMAGE}:1). Empty parts are not written; library/ is added. Views of text or in the arena. */
struct reference_parts {
	struct sv domain, path, tag, digest;
	bool domain_written, tagged;
};
void reference_split(struct arena *a, struct sv text, struct reference_parts *out);
/* "docker.io/library/alpine:3.10@sha256:..." */
struct sv reference_str(struct arena *a, const struct reference *r);
/* As people write it: "alpine:3.10". */
struct sv reference_familiar(struct arena *a, const struct reference *r);
/* The same repository and tag, and the same digest where both have one. */
bool reference_eq(const struct reference *a, const struct reference *b);
