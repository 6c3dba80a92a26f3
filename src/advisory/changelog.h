/*
 * Debian changelogs (deb-changelog(5)), and what they say about fixed vulnerabilities in a stable
 * release.
 *
 * The first stable update that names a CVE is taken for its fix. A stable update is an entry for
 * one of the release's suites (bookworm, bookworm-security …) or with +debNuM or ~debNuM in its
 * version. Entries of other suites do not count: those from before the release match no installed
 * version, and those that came with a newer upstream version may have been fixed in the release
 * before, by an update that this changelog lost.
 *
 * A changelog cannot tell these apart, so some facts are wrong: a CVE that is named because the
 * package is not affected; a fix that is reverted or completed later; a fix that does not name its
 * CVE (no fact).
 */
#pragma once

#include "base/base.h"

struct changelog_entry {
	struct sv source, version;
	struct sv suites; /* separated by spaces */
	struct sv body;   /* the lines between header and trailer */
	struct sv date;   /* "Tue, 24 Nov 2026 08:00:00 +0000", empty when the trailer is missing */
};

/* The next entry; false at the end. Lines outside of entries are skipped. */
bool changelog_next(struct sv *rest, struct changelog_entry *e);
/* "2026-11-24" of such a date, as days since 1970; false when it is none. */
bool changelog_date(struct sv date, int64_t *days);

struct changelog_release {
	struct sv codename; /* "bookworm" */
	struct sv number;   /* "12" */
};

struct changelog_fact {
	struct sv source, version; /* the first version that has the fix */
	int64_t days;  /* of that version, since 1970; INT64_MIN when its entry has no date */
	struct sv cve; /* "CVE-2026-1234", in the arena */
};

struct changelog_facts {
	struct changelog_fact *p;
	size_t n, cap;
};

/* Appends the facts of one changelog, sorted by CVE. ERR_PARSE when it has no entry at all. */
int changelog_facts(struct arena *a, struct sv text, const struct changelog_release *r,
		    struct changelog_facts *out, struct err *err) must_check;
