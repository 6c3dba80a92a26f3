/* Frames of findings: a worker can add to its own subject only. */
#include <stddef.h>
#include <stdint.h>

#include "scan/finding-frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool os_uncovered = false, complete = false;
	struct report r;
	struct arena a;
	struct err err = {0};

	arena_init(&a, 0);
	report_init(&r, &a, "scan");
	for (size_t i = 0; i < 2; i++) {
		struct package *p = VEC_PUSH(&r.packages);
		(void)VEC_PUSH(&r.subjects);
		p->subject = i;
		*VEC_PUSH(&p->locations) = (struct location){.path = SV("a")};
	}
	int rc = findings_decode(sv_make(data, size), &r, 1, &os_uncovered, &complete, &err);
	if (rc < 0 && (err.kind == ERR_NONE || complete))
		__builtin_trap();
	for (size_t i = 0; i < r.findings.n; i++)
		if (r.findings.p[i].vuln->package != 1 || r.findings.p[i].severity >= SEVERITIES)
			__builtin_trap();
	report_done(&r);
	arena_done(&a);
	return 0;
}
