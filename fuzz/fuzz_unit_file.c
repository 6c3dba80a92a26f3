/* A unit, its environment file and drop-in (apart by NUL), and TOML files of engines. */
#include <stdlib.h>

#include "fact/engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_object(void *arg, const struct fact_object *o)
{
	(void)arg;
	if (!o->object || !o->more_n || !o->more[0].record)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[][2] = {
		{"unit", "/usr/lib/systemd/system/docker.service"},
		{"env", "/etc/default/docker"},
		{"unit", "/etc/systemd/system/docker.service.d/1.conf"},
		{"unit", "/usr/lib/systemd/system/docker.socket"},
		{"containerd_config", "/etc/containerd/config.toml"},
		{"hosts_toml", "/etc/containerd/certs.d/a/hosts.toml"},
		{"containers_conf", "/etc/containers/containers.conf"},
		{"registries_conf", "/etc/containers/registries.conf"},
		{"group", "/etc/group"},
		{"passwd", "/etc/passwd"},
		{"audit", "/etc/audit/audit.rules"},
		{"mountinfo", "/proc/1/mountinfo"},
		{"os-release", "/etc/os-release"},
		{"component", "runc"},
	};
	const struct fact_sink sink = {.object = on_object};
	auto_done(arena_done) struct arena a = {0};
	struct parts b = {.arena = &a};
	struct sv rest = sv_make(data, size), text = {0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		/* the last text stands for all that follow */
		if (rest.n)
			text = sv_cut(&rest, '\0');
		(void)parts_add(&b, sv_of(names[i][0]), sv_of(names[i][1]), text);
	}
	fact_source_find(SV("engine"))->objects(&b, &sink);
	parts_done(&b);
	return 0;
}
