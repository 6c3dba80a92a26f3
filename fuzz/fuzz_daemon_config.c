/* daemon.json and flags: the text up to the first NUL is the file, the rest the command line. */
#include <stdlib.h>

#include "fact/engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	if (!o->object || !o->more_n || !o->more[0].record)
		abort();
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	if (!f->at)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fact_sink sink = {.object = on_object, .fault = on_fault};
	auto_done(arena_done) struct arena a = {0};
	struct parts b = {.arena = &a};
	struct sv flags = sv_make(data, size), file = sv_cut(&flags, '\0');

	(void)parts_add(&b, SV("config"), SV("/etc/docker/daemon.json"), file);
	(void)parts_add(&b, SV("info"), SV("GET /info"), file);
	(void)parts_add(&b, SV("version"), SV("GET /version"), file);
	(void)parts_add(&b, SV("stat"), SV("/run/docker.sock"), file);
	(void)parts_add(&b, SV("policy"), SV("/etc/containers/policy.json"), file);
	if (flags.n)
		(void)parts_add(&b, SV("dockerd"), SV("/proc/7/cmdline"), flags);
	fact_source_find(SV("engine"))->objects(&b, &sink);
	parts_done(&b);
	return 0;
}
