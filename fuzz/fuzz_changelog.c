/* Facts of any text; every fact names a version and a CVE. */
#include <stdint.h>
#include <stdlib.h>

#include "advisory/changelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct changelog_release bookworm = {{"bookworm", 8}, {"12", 2}};
	struct changelog_facts facts = {0};
	struct arena a;
	struct err err;

	arena_init(&a, 64 << 20);
	if (changelog_facts(&a, sv_make(data, size), &bookworm, &facts, &err) == 0)
		for (size_t i = 0; i < facts.n; i++)
			if (facts.p[i].version.n == 0 || facts.p[i].source.n == 0 ||
			    facts.p[i].cve.n < 13)
				abort();
	vec_done(&facts);
	arena_done(&a);
	return 0;
}
