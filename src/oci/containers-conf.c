/* containers-storage.conf(5), as far as it says where the store is. */
#include "base/base.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "fmt/toml.h"
#include "oci/containers-store.h"
#include "sys/file.h"

/* graphroot of this file; false when there is no such file. */
static bool read_conf(struct arena *a, struct sv path, struct sv *root)
{
	auto_done(buf_done) struct buf b = {0};
	const struct node *doc;
	struct err err;

	int rc = file_read(path.p, limit_config_bytes, &b, &err);
	if (rc == -ERR_NOTFOUND)
		return false;
	if (rc < 0 || toml_read(a, path, arena_sv(a, buf_view(&b)), &doc, &err) < 0) {
		log_info("%s: %s", path.p, err.msg);
		return true;
	}
	struct sv v = node_get_str(node_get(doc, "storage"), "graphroot");
	if (v.n > 0 && v.p[0] == '/')
		*root = arena_sv(a, v);
	return true;
}

/* $VARIABLE, or below the home folder. */
static struct sv user_folder(struct arena *a, const char *variable, const char *below)
{
	const char *v = getenv(variable), *home = getenv("HOME");

	if (v && v[0] == '/')
		return sv_of(v);
	return arena_fmt(a, "%s/%s", home ? home : "", below);
}

struct sv containers_store_root(struct arena *a)
{
	const char *file = getenv("CONTAINERS_STORAGE_CONF");
	struct sv root = {0};

	if (file && *file) {
		(void)read_conf(a, sv_of(file), &root);
	} else if (geteuid() == 0) {
		if (!read_conf(a, SV("/etc/containers/storage.conf"), &root))
			(void)read_conf(a, SV("/usr/share/containers/storage.conf"), &root);
	} else {
		struct sv config = user_folder(a, "XDG_CONFIG_HOME", ".config");
		(void)read_conf(a, arena_fmt(a, "%.*s/containers/storage.conf", SV_ARG(config)),
				&root);
	}
	if (root.n > 0)
		return root;
	if (geteuid() == 0)
		return SV("/var/lib/containers/storage");
	struct sv data = user_folder(a, "XDG_DATA_HOME", ".local/share");
	return arena_fmt(a, "%.*s/containers/storage", SV_ARG(data));
}
