/* Waiver files: the first byte chooses the name. What was read is then asked about one finding. */
#include "base/base.h"

#include "report/waivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"w.yaml", ".trivyignore", "vex.json",
					    ".trivyignore.yaml"};
	struct arena a;
	struct report r;
	struct err err;
	struct waiver *expired = NULL;

	if (size == 0)
		return 0;
	arena_init(&a, 256u << 20);
	report_init(&r, &a, "scan");
	struct waivers w = {.arena = &a};
	struct vulnerability v = {0};
	struct finding f = {.id = SV("CVE-2026-1"), .vuln = &v};
	*VEC_PUSH(&r.subjects) = (struct subject){.name = SV("r/web:1"), .digest = SV("sha256:ab")};
	*VEC_PUSH(&r.packages) = (struct package){.purl = SV("pkg:npm/%40x/y@1?a=b")};
	(void)!waivers_parse(&w, sv_of(names[data[0] % 4]), sv_make(data + 1, size - 1), &err);
	(void)waivers_find(&w, &r, &f, 1800000000, &expired);
	waivers_done(&w);
	report_done(&r);
	arena_done(&a);
	return 0;
}
