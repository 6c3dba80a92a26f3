/*
 * From packages to findings.
 *
 * Packages of the operating system are looked up by source or binary name (advisory/ecosystem.h) in
 * the advisories of their release and never in those of a language. A language package that belongs
 * to an OS package (package.owner) follows the OS advisories where they cover the release, so it is
 * not matched itself.
 *
 * Fingerprint: the first 32 hex digits of SHA-256 over "gabion/vulnerability/1", flaw id, purl
 * type, namespace and name, each ended by a NUL. Neither version nor subject nor place is in it:
 * the flaw stays the same when the package moves, or is upgraded to a version that has it as well.
 *
 * Records of the life cycle (RustSec: unmaintained, notice) become findings of kind lifecycle,
 * negligible, with `vuln` set (for package and aliases); `unsound` ones stay vulnerabilities, of
 * unknown severity unless a feed has one. Malicious packages (MAL-...) are critical.
 *
 * Kernel flaws of packages that hold kernel headers, not the kernel (linux-libc-dev,
 * kernel-headers ...), are noise: unless options.kernel_headers is set they are left out, counted
 * in summary.hidden and in the filter "kernel-headers".
 *
 * A package without a usable version (Go's "(devel)") cannot be matched: it counts as uncovered.
 */
#pragma once

#include "advisory/db.h"

struct match_options {
	bool kernel_headers; /* report kernel flaws of header packages too */
};

/*
 * Matches the packages of the report that belong to subject s, appends findings (one per
 * flaw and package, worst record joined, aliases merged, fingerprint set), their texts to r->rules,
 * and counts uncovered packages in r->summary.uncovered. *os_uncovered: the subject's operating
 * system release has packages but no feed. Deterministic order: by package, then by id.
 */
int match_subject(struct db *db, struct report *r, size_t s, bool *os_uncovered,
		  struct err *err) must_check;
int match_subject_with(struct db *db, struct report *r, size_t s, const struct match_options *o,
		       bool *os_uncovered, struct err *err) must_check;

/* Why a record does or does not match a package. */
struct match_reason {
	struct sv ecosystem, release, name, version; /* as looked up */
	struct sv record, feed, flaws, aliases;
	struct sv ranges;   /* all of them */
	struct sv range;    /* the one that matched, or empty */
	const char *scheme; /* the comparator, or NULL */
	bool affected;
	const char *why; /* "in range", "listed", "not in any range", "no version", "no feed", "no
			    such record" ... */
};
/* Calls fn for each record of `id` (any id or alias) about the package; at least once, since the
 * reason may be that there is none. */
int match_explain(struct db *db, const struct report *r, size_t package, struct sv id,
		  void (*fn)(void *arg, const struct match_reason *why), void *arg,
		  struct err *err) must_check;
/* Calls fn for each flaw that a record of the package's release names, once for each record: a flaw
 * is open when one of them holds for this version, else it is not there or fixed. Never called:
 * nobody says anything about this package. */
int match_flaws(struct db *db, const struct report *r, size_t package,
		void (*fn)(void *arg, struct sv flaw, bool open), void *arg,
		struct err *err) must_check;
