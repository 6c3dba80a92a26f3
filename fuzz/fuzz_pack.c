/* The packed ranges of a package, from a database that may be damaged. */
#include "advisory/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(entry_done) struct entry e = {0};
	struct sv rest = sv_make(data, size);
	const struct version_scheme *s = version_scheme_find(SV("deb"));
	struct err err;

	while (pack_next(&rest, &e, &err) == 1)
		for (size_t i = 0; i < e.ranges.n; i++)
			(void)range_affects(s, e.ranges.p[i].p, e.ranges.p[i].n, SV("1:2-3"), NULL);
	return 0;
}
