/* A signed bundle, from a URL or a directory. */
#include "advisory/update-int.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "advisory/bundle.h"
#include "advisory/feed.h"
#include "advisory/install.h"
#include "advisory/schema.h"
#include "base/limits.h"

static bool is_url(const char *v)
{
	return sv_find(sv_of(v), SV("://")) != SIZE_MAX;
}

/* The file in downloads/, or where it lies in a directory. */
static int fetch(struct update *u, struct sv name, uint64_t limit, char **path, struct err *err)
{
	auto_done(buf_done) struct buf url = {0};
	struct sv etag;
	int64_t date;
	bool unchanged;

	buf_fmt(&url, "%s/", u->o->url);
	for (size_t i = 0; i < name.n; i++) {
		if (is_url(u->o->url) && name.p[i] == '%')
			buf_str(&url, "%25");
		else
			buf_char(&url, name.p[i]);
	}
	if (!is_url(u->o->url)) {
		*path = arena_str(u->arena, buf_view(&url));
		return 0;
	}
	char *file = arena_str(u->arena, name);
	return update_fetch(u, buf_cstr(&url), file, (struct sv){0}, limit, path, &etag, &date,
			    &unchanged, err);
}

static int read_small(const char *path, struct buf *out, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_sys(err, "cannot open %s", path);
		return err_scope(err, SCOPE_DATABASE);
	}
	struct stream *s = stream_fd(fd, 0, UINT64_MAX);
	int rc = stream_all(s, limit_manifest_bytes, out, err);
	stream_free(s);
	return rc;
}

static int fetch_small(struct update *u, struct sv name, struct buf *out, struct err *err)
{
	char *path;
	int rc = fetch(u, name, limit_manifest_bytes, &path, err);

	if (rc >= 0)
		rc = read_small(path, out, err);
	return rc;
}

/* The installed bundle must not be newer: an old one with a good signature would hide what came
 * since. */
static int check_age(struct update *u, const struct bundle *b, struct err *err)
{
	auto_done(buf_done) struct buf path = {0}, text = {0};
	auto_done(bundle_done) struct bundle old = {0};
	struct err ignored;

	buf_fmt(&path, "%s/manifest.json", u->o->dir);
	if (u->o->allow_older || read_small(buf_cstr(&path), &text, &ignored) < 0 ||
	    bundle_parse(u->arena, buf_view(&text), &old, &ignored) < 0 || old.time <= b->time)
		return 0;
	err_set(err, ERR_DENIED, "the bundle is older than the installed one");
	err_hint(err, "if that is meant: --allow-older");
	return err_scope(err, SCOPE_DATABASE);
}

static bool wanted(const struct update *u, struct sv name)
{
	auto_done(buf_done) struct buf file = {0};

	if (u->o->only_n == 0 || sv_is(name, SCHEMA_CVE_FILE))
		return true;
	for (size_t i = 0; i < u->o->only_n; i++) {
		buf_clear(&file);
		ecosystem_file(sv_of(u->o->only[i]), &file);
		if (sv_eq(buf_view(&file), name))
			return true;
	}
	return false;
}

/* Size and digest of a file: 1 = as the manifest says. */
static int matches(struct update *u, const char *path, const struct bundle_file *f, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct sv sha256;

	if (fd < 0 || fstat(fd, &st) != 0 || (uint64_t)st.st_size != f->size)
		return 0;
	int rc = feed_sha256(fd, u->arena, &sha256, err);
	return rc < 0 ? rc : sv_eq(sha256, f->sha256);
}

static int differs(const char *path, struct err *err)
{
	err_set(err, ERR_CRYPTO, "the file differs from the signed manifest");
	err_scope(err, SCOPE_DATABASE);
	return err_where(err, "%s", path);
}

static int check_database(const char *path, struct sv name, struct err *err)
{
	sqlite3 *sql;
	int rc =
		sql_open(path, sv_is(name, SCHEMA_CVE_FILE) ? schema_cve : schema_shard, &sql, err);

	if (rc >= 0)
		sql_close(sql);
	return rc;
}

static int take(struct update *u, const struct bundle_file *f, struct err *err)
{
	char *name = arena_str(u->arena, f->name), *path;
	char *to = arena_str(u->arena, arena_fmt(u->arena, "%s/%s", u->work, name));
	int rc = fetch(u, f->name, f->size, &path, err);

	/* copied first: what is checked is what is installed */
	if (rc >= 0 && is_url(u->o->url))
		rc = rename(path, to) == 0 ? 0 : err_sys(err, "cannot move %s", path);
	else if (rc >= 0)
		rc = install_copy(path, to, err);
	if (rc >= 0)
		rc = matches(u, to, f, err);
	if (rc == 0)
		rc = differs(path, err);
	if (rc >= 0)
		rc = check_database(to, f->name, err);
	u->out->changed += rc >= 0;
	return rc < 0 ? rc : 0;
}

static int one_file(struct update *u, const struct bundle_file *f, struct err *err)
{
	char *name = arena_str(u->arena, f->name);
	char *old = arena_str(u->arena, arena_fmt(u->arena, "%s/%s", u->o->dir, name));
	int rc = matches(u, old, f, err);

	if (rc == 1) {
		u->out->unchanged++;
		return install_keep(u->o->dir, u->work, name, err);
	}
	return rc < 0 ? rc : take(u, f, err);
}

static int write_small(struct update *u, const char *name, struct sv text, struct err *err)
{
	char *path = arena_str(u->arena, arena_fmt(u->arena, "%s/%s", u->work, name));
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n)
		return 0;
	return err_sys(err, "cannot write %s", path);
}

int update_bundle(struct update *u, struct err *err)
{
	auto_done(buf_done) struct buf manifest = {0}, signature = {0};
	auto_done(bundle_done) struct bundle b = {0};
	int rc;

	if (!u->o->url)
		return err_set(err, ERR_USAGE,
			       "a key needs the URL or directory of a signed bundle");
	rc = fetch_small(u, SV("manifest.json"), &manifest, err);
	if (rc >= 0)
		rc = fetch_small(u, SV("manifest.json.sig"), &signature, err);
	if (rc >= 0)
		rc = bundle_check(buf_view(&manifest), buf_view(&signature), u->o->key, err);
	if (rc >= 0)
		rc = bundle_parse(u->arena, buf_view(&manifest), &b, err);
	if (rc >= 0)
		rc = check_age(u, &b, err);
	for (size_t i = 0; rc >= 0 && i < b.files.n; i++)
		if (wanted(u, b.files.p[i].name))
			rc = one_file(u, &b.files.p[i], err);
	if (rc >= 0)
		rc = write_small(u, "manifest.json", buf_view(&manifest), err);
	return rc < 0 ? rc : write_small(u, "manifest.json.sig", buf_view(&signature), err);
}
