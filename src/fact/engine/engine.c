#include "fact/engine/engine.h"

#include "fact/engine/work.h"

/* A configuration file alone is given without a role. */
static void name_role(struct parts *b)
{
	static const struct {
		const char *ending, *role;
	} roles[] = {
		{"daemon.json", "config"},
		{"config.toml", "containerd_config"},
		{"containers.conf", "containers_conf"},
		{"registries.conf", "registries_conf"},
		{"storage.conf", "storage_conf"},
		{"policy.json", "policy"},
	};

	for (size_t i = 0; i < b->all.n; i++)
		for (size_t k = 0; !b->all.p[i].role.n && k < ARRAY_LEN(roles); k++)
			if (sv_ends(b->all.p[i].name, sv_of(roles[k].ending)))
				b->all.p[i].role = sv_of(roles[k].role);
}

static void objects(struct parts *b, const struct fact_sink *sink)
{
	struct engine_roles roles = {0};

	name_role(b);
	engine_docker(b, sink, &roles);
	engine_containerd(b, sink);
	engine_podman(b, sink);
	engine_host(b, sink);
	engine_files(b, sink, &roles);
	engine_components(b, sink);
}

const struct fact_source source_engine = {
	.name = "engine",
	.about = "container engines: configuration, units, flags, files, versions, the host",
	.objects = objects,
};
