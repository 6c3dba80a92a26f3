/* The texts of /proc about one process: parts one after the other, "@role" opens each. */
#include "fact/process/process.h"
#include "kernel_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fact_sink sink = {.object = on_object};
	struct sv rest = sv_make(data, size);
	struct parts parts = {0};
	struct arena a;

	arena_init(&a, 0);
	parts.arena = &a;
	while (rest.n && parts.all.n < 32) {
		struct sv role = sv_cut(&rest, '\n');
		size_t end = sv_find(rest, SV("\n@"));
		struct sv bytes = end == SIZE_MAX ? rest : sv_head(rest, end + 1);
		rest = sv_from(rest, bytes.n);
		if (role.n && role.p[0] == '@')
			role = sv_from(role, 1);
		parts_add(&parts, role, role, bytes);
	}
	source_process.objects(&parts, &sink);
	parts_done(&parts);
	arena_done(&a);
	return 0;
}
