#include "advisory/update.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "advisory/download.h"
#include "advisory/install.h"
#include "advisory/update-int.h"
#include "base/limits.h"

/* What most images hold; a user names others, or fewer, with --ecosystem. */
const char *const update_defaults[] = {
	"Alpine",    "Debian",     "Ubuntu",   "Rocky Linux", "AlmaLinux",
	"Wolfi",     "Chainguard", "PyPI",     "Go",          "npm",
	"crates.io", "Maven",      "RubyGems", "Packagist",   "NuGet",
};
const size_t update_defaults_n = ARRAY_LEN(update_defaults);

int update_fetch(struct update *u, const char *url, const char *name, struct sv etag,
		 uint64_t limit, char **path, struct sv *new_etag, int64_t *date, bool *unchanged,
		 struct err *err)
{
	*path = arena_str(u->arena, arena_fmt(u->arena, "%s/%s", u->downloads, name));
	struct download d = {
		.url = url,
		.path = *path,
		.ca_file = u->o->ca_file,
		.etag = etag,
		.limit = limit,
		.progress = u->o->progress,
		.progress_arg = u->o->progress_arg,
	};
	int rc = download(&d, u->arena, err);
	if (rc < 0) {
		err_hint(err,
			 "without a network: gabion db build FOLDER, with ECOSYSTEM/all.zip in it");
		return err_scope(err, SCOPE_DATABASE);
	}
	u->out->bytes += d.bytes;
	*new_etag = d.new_etag;
	*date = d.date;
	*unchanged = d.unchanged;
	return 0;
}

/* A directory that is there but damaged or foreign is replaced, not kept. */
static int open_old(struct update *u, struct err *err)
{
	struct err ignored;

	if (db_open(u->o->dir, &u->old, &ignored) >= 0 && db_open_all(u->old, &ignored) < 0) {
		db_close(u->old);
		u->old = NULL;
	}
	if (mkdir(u->downloads, 0755) != 0 && errno != EEXIST) {
		err_sys(err, "cannot make the directory %s", u->downloads);
		return err_scope(err, SCOPE_DATABASE);
	}
	/* two at once would write into the same half-done files */
	char *path = arena_str(u->arena, arena_fmt(u->arena, "%s/lock", u->downloads));
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	u->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (u->lock < 0 || fcntl(u->lock, F_OFD_SETLK, &whole) != 0) {
		err_set(err, ERR_CONFLICT, "another update of this database is running");
		err_scope(err, SCOPE_DATABASE);
		return err_where(err, "%s", path);
	}
	return 0;
}

int db_update(const struct db_update_options *options, struct db_updated *out, struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct db_updated done = {0};
	struct db_update_options o = *options;
	struct update u = {.o = &o, .arena = &a, .out = &done, .lock = -1};

	arena_init(&a, 0);
	o.dir = install_path(&a, options->dir);
	u.downloads = arena_str(&a, arena_fmt(&a, "%s.download", o.dir));
	int rc = install_begin(o.dir, &a, &u.work, err);
	if (rc >= 0)
		rc = open_old(&u, err);
	if (rc >= 0)
		rc = o.key ? update_bundle(&u, err) : update_osv(&u, err);
	if (rc >= 0)
		rc = install_commit(o.dir, u.work, err);
	if (rc < 0 && u.work)
		install_abort(u.work);
	if (rc >= 0)
		install_abort(u.downloads); /* nothing in it is needed again */
	if (u.lock >= 0)
		(void)close(u.lock); /* and with it the lock */
	db_close(u.old);
	if (rc >= 0 && out)
		*out = done;
	return rc < 0 && err->scope == SCOPE_CONTENT ? err_scope(err, SCOPE_DATABASE) : rc;
}
