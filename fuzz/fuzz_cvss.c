/* Any vector that is accepted has a score from 0 to 10 and a severity. */
#include <stdint.h>
#include <stdlib.h>

#include "advisory/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double score = -1;
	struct sv version;
	struct err err;

	if (cvss_score(sv_make(data, size), &score, &version, &err) != 0)
		return 0;
	if (score < 0 || score > 10 || cvss_severity(score, version) == SEV_UNKNOWN)
		abort();
	return 0;
}
