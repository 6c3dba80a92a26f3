/*
 * A package: what a cataloger finds, what is matched, what the report shows.
 *
 * Catalogers fill what they see (type to dev) with one location; scan/ merges equal packages, adds
 * layers, owners and purl. Texts are views into the arena of whoever holds the package.
 */
#pragma once

#include "base/base.h"
#include "model/os.h"

#define INDEX_NONE SIZE_MAX

/* The purl types gabion knows; the table in model/package.c names ecosystem and version scheme. */
enum pkg_type {
	PKG_GENERIC,
	PKG_DEB,
	PKG_APK,
	PKG_RPM,
	PKG_NPM,
	PKG_PYPI,
	PKG_GOLANG,
	PKG_CARGO,
	PKG_MAVEN,
	PKG_GEM,
	PKG_COMPOSER,
	PKG_NUGET,
	PKG_HEX,
	PKG_PUB,
	PKG_SWIFT,
	PKG_CRAN,
	PKG_HACKAGE,
	PKG_K8S,
	PKG_TYPES,
};

struct pkg_type_row {
	const char *purl;      /* "deb" */
	const char *ecosystem; /* OSV's name: "PyPI"; NULL when the operating system decides */
	const char *scheme;    /* advisory/version.h: "pypi" */
	bool os;               /* a package of the operating system */
};

extern const struct pkg_type_row pkg_types[PKG_TYPES];
/* PKG_TYPES when unknown. */
enum pkg_type pkg_type_find(struct sv purl_type);

enum tri { TRI_UNKNOWN, TRI_FALSE, TRI_TRUE };

struct location {
	struct sv path; /* in the image, without leading '/'; nested archives: "app.ear!lib.jar" */
	struct sv file; /* the file of the image itself: path without what is nested in it */
	size_t layer;   /* index in the subject's layers, or INDEX_NONE */
	enum tri from_base;
	uint32_t line; /* in a lock file; 0 = none */
};

enum evidence_kind {
	EVIDENCE_INSTALLED, /* a package database, an installed tree, a binary */
	EVIDENCE_LOCK,      /* a lock file or requirements: what would be installed */
};

struct package {
	enum pkg_type type;
	enum evidence_kind evidence;
	struct sv ns;   /* purl namespace where it is part of the identity: maven group, golang path
			   prefix stays in name, npm scope stays in name ("@a/b"); distro for OS */
	struct sv name; /* as the ecosystem writes it: "@scope/x", "group:artifact" for maven,
			   normalized (PEP 503) for pypi, whole module path for golang */
	struct sv version; /* whole, with epoch ("1:2.3-4") and release */
	struct sv arch;
	struct sv source_name, source_version; /* empty: the same as name and version */
	struct sv module;                      /* rpm modularity label "nodejs:12" */
	struct sv cataloger;
	struct {
		struct sv *p;
		size_t n, cap;
	} licenses;
	struct {
		struct location *p;
		size_t n, cap;
	} locations;
	struct sv owner_name; /* the OS package that owns the file, by name; from the cataloger
				 stage */
	bool dev;
	bool main_module; /* golang: the program itself */

	/* set by scan/ */
	struct sv purl;
	struct sv id;   /* unique in the report, stable: hash of subject, purl, owner */
	size_t subject; /* index in report->subjects */
	size_t owner;   /* index in report->packages or INDEX_NONE */
	size_t layer;   /* of the first location */
	enum tri from_base;
};

/* The purl, percent-encoded as the specification says: distro, arch, epoch, upstream qualifiers for
 * OS packages. os may be NULL. model/purl.c */
void purl_write(struct buf *b, const struct package *p, const struct os *os);
/* Parses a purl into a package (type, ns, name, version, arch, source) and an os from ?distro=.
 * Views live in the arena. ERR_USAGE when it is none. */
int purl_parse(struct arena *a, struct sv purl, struct package *out, struct os *os,
	       struct err *err) must_check;
