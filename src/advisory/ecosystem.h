/*
 * Ecosystems as OSV names them: one row each says how versions compare, which name a package is
 * looked up by, and which operating system has it. A name without a row is kept and can be
 * searched, but not matched.
 */
#pragma once

#include "advisory/version.h"
#include "model/package.h"

enum eco_kind {
	ECO_LANGUAGE,
	ECO_SOURCE, /* an operating system whose advisories name source packages */
	ECO_BINARY, /* ... binary packages */
};

/* How names are written in the database and looked up. */
enum eco_names {
	NAMES_EXACT,
	NAMES_LOWER,
	NAMES_PEP503, /* runs of - _ . are one -, lower case */
};

/* How the release of an advisory ("22.04:LTS") follows from the version of the system ("22.04"). */
enum eco_release {
	RELEASE_NONE,   /* rolling: the empty release */
	RELEASE_MAJOR,  /* 12.5 -> 12 */
	RELEASE_ALPINE, /* 3.10.4 -> v3.10 */
	RELEASE_WHOLE,  /* 2023 */
	RELEASE_UBUNTU, /* 22.04 -> 22.04:LTS or 22.04; never Pro, FIPS */
	RELEASE_LEAP,   /* 15.5 -> Leap 15.5 */
	RELEASE_REDHAT, /* 9.3 -> enterprise_linux:9::baseos ... */
	RELEASE_SUSE,   /* 15.5 -> Linux Enterprise Server 15 SP5 and the modules of 15 SP5 */
};

struct ecosystem {
	const char *name;   /* "Debian" */
	const char *scheme; /* "deb" */
	enum eco_kind kind;
	enum eco_names names;
	enum eco_release release;
	enum pkg_type type; /* what may be matched */
	const char *os;     /* ids of struct os, separated by spaces; "" for languages */
	bool related;       /* `related` names the flaws of a notice that names them nowhere else */
};

extern const struct ecosystem ecosystems[];
extern const size_t ecosystems_n;

/* NULL when there is no row. */
const struct ecosystem *ecosystem_find(struct sv name);
/* The ecosystem of this operating system, or NULL. */
const struct ecosystem *ecosystem_of_os(const struct os *os);
/* The ecosystem of a language package, or NULL. */
const struct ecosystem *ecosystem_of_type(enum pkg_type type);
/* True when advisories of this release hold for a system of this version. */
bool ecosystem_release_is(const struct ecosystem *e, struct sv release, const struct os *os);
/* Splits "Debian:12" into "Debian" and "12". */
void ecosystem_split(struct sv whole, struct sv *name, struct sv *release);
/* The name as the database has it; e may be NULL. */
void ecosystem_name(const struct ecosystem *e, struct sv name, struct buf *out);
/* File name of its shard: bytes other than letters, digits, '.', '-', '_' as %XX; then ".db". */
void ecosystem_file(struct sv name, struct buf *out);
