/* gabion.yaml, as the working directory's and as a named file. */
#include "base/base.h"

#include "cmd/config.h"
#include "fmt/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum option_source sources[] = {SOURCE_DIR_FILE, SOURCE_NAMED_FILE};

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		struct invocation in;
		struct err err;
		invocation_init(&in, command_find(SV("config")));
		in.arena.budget = 256u << 20;
		struct doc d = {.arena = &in.arena,
				.name = SV("gabion.yaml"),
				.bytes = sv_make(data, size)};
		if (yaml_parse(&d, YAML_12_CORE, &err) == 0)
			(void)!config_document(&in, sources[i], &d, &err);
		invocation_done(&in);
	}
	return 0;
}
