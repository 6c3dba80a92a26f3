/*
 * How bad a flaw is, and who says so: the vendor's word for the package, for the record, for the
 * CVE elsewhere; then the CVSS vector of the record, of the CVE; then a bare score.
 */
#pragma once

#include "advisory/db-int.h"

struct judged {
	enum severity severity;
	struct sv source; /* "Debian", "GHSA", "NVD", "CVSS" ...; empty when unknown */
	bool has_cvss;
	struct cvss cvss;
};

/* e: the ecosystem's entry that matched; known: facts of the CVE or NULL. Texts are views into
 * them. */
void severity_judge(const struct shard_db *s, bool has_word, enum severity word,
		    const struct record_row *r, const struct cve_row *known, struct judged *out);
/* The best vector of a list separated by spaces: 4.0 before 3.1, 3.0, 2. False when none can be
 * read. */
bool severity_vector(struct sv vectors, struct sv source, struct cvss *out);
