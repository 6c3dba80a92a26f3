/* Facts from the changelogs of a Debian root file system: for those who have no feed (air-gapped).
 */
#pragma once

#include "base/base.h"

struct changelog_root {
	char release[32];  /* "12" */
	size_t changelogs; /* that were read */
	size_t facts;
	struct buf tsv; /* the file data/debian-RELEASE.tsv; the caller frees it */
};

/*
 * Reads usr/share/doc/<package>/changelog.Debian.gz (and changelog.gz of native packages) below
 * root; the release is that of its os-release. Links are followed inside root only. A changelog
 * that cannot be read is an error: facts that are missing look like flaws that are not there.
 * ERR_NOTFOUND when there is none.
 */
int changelog_root_read(const char *root, struct changelog_root *out, struct err *err) must_check;
