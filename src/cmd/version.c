/* gabion version: the program and what it knows. */
#include "cmd/command.h"

#include "fmt/json-out.h"

static int run_version(struct invocation *in, struct err *err)
{
	struct json_out w;
	struct sv format = in->options.output.n ? in->options.output.p[in->options.output.n - 1] : SV("table");

	if (sv_is(format, "table")) {
		(void)puts("gabion " GABION_VERSION);
		return 0;
	}
	if (!sv_is(format, "json"))
		return err_set(err, ERR_USAGE, "version prints table or json, not '%.*s'", SV_ARG(format));
	json_out_init(&w, stdout, NULL, 2);
	json_out_object(&w);
	json_out_kv(&w, "schema", SV("gabion.version/1"));
	json_out_kv(&w, "version", SV(GABION_VERSION));
	json_out_key(&w, "packs");
	json_out_array(&w);
	json_out_end(&w);
	json_out_end(&w);
	return json_out_done(&w, err);
}

static const struct option_group *const version_groups[] = {&output_options, NULL};
static const char *const version_examples[] = {
	"gabion version", "one line",
	"gabion version -o json", "for scripts",
	NULL,
};

const struct command cmd_version = {
	.name = "version",
	.group = "About gabion",
	.summary = "show the version",
	.usage = "[-o json]",
	.examples = version_examples,
	.groups = version_groups,
	.run = run_version,
};
