/* config.json and what a helper answers: a helper's name never leads to another folder. */
#include <stdlib.h>

#include "oci/docker-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(struct arena *a, struct sv bytes, struct sv domain, struct sv path)
{
	struct config_match m = {0};
	struct err err = {0};

	if (docker_config_match(a, SV("config.json"), bytes, domain, path, &m, &err) < 0)
		return;
	for (size_t i = 0; i < m.helper.n; i++)
		if (m.helper.p[i] == '/' || m.helper.p[i] == '\0')
			abort();
	if (m.helper.n && m.helper.p[0] == '.')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv bytes = sv_make(data, size);
	struct credentials c = {0};
	struct err err = {0};
	struct arena a;

	arena_init(&a, 256u << 20);
	if (size < (1u << 20)) {
		match(&a, bytes, SV("docker.io"), SV("library/alpine"));
		match(&a, bytes, SV("r.io:5000"), SV("org/team/image"));
		(void)!helper_answer(&a, bytes, 0, &c, &err);
	}
	arena_done(&a);
	return 0;
}
