/* The OSV bucket: ECOSYSTEM/all.zip, not signed. */
#include "advisory/update-int.h"

#include "advisory/build.h"
#include "advisory/feed.h"
#include "advisory/cve-file.h"
#include "advisory/install.h"
#include "advisory/schema.h"
#include "base/limits.h"

/* A path segment of a URL (RFC 3986, 2.3). */
static void url_part(struct buf *b, struct sv v)
{
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		if (letter || (c >= '0' && c <= '9') || strchr("-._~", c))
			buf_char(b, (char)c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

/* The ETag that the feed of this source had; of another source it means nothing. */
static int old_etag(struct update *u, sqlite3 *sql, struct sv source, struct sv *out,
		    struct err *err)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL;

	*out = (struct sv){0};
	int rc = sql_prepare(sql, "SELECT etag FROM feed WHERE source=?", &q, err);
	if (rc < 0)
		return rc;
	sql_bind(q, 1, source);
	rc = sql_step(q, err);
	if (rc == 1)
		*out = arena_sv(u->arena, sql_text(q, 0));
	return rc < 0 ? rc : 0;
}

static const struct shard_db *installed(const struct update *u, struct sv ecosystem)
{
	for (size_t i = 0; u->old && i < u->old->shards.n; i++)
		if (sv_eq(u->old->shards.p[i].name, ecosystem))
			return &u->old->shards.p[i];
	return NULL;
}

static bool is_wanted(const struct update *u, struct sv ecosystem)
{
	for (size_t i = 0; i < u->o->only_n; i++)
		if (sv_is(ecosystem, u->o->only[i]))
			return true;
	return u->o->only_n == 0;
}

static int build_shard(struct update *u, struct sv ecosystem, const struct shard_input *zip,
		       const char *path, struct err *err)
{
	struct {
		struct shard_input *p;
		size_t n, cap;
	} in = {0};

	*VEC_PUSH(&in) = *zip;
	for (size_t i = 0; i < u->o->facts_n; i++) {
		struct sv eco, release;
		if (facts_file(sv_of(u->o->facts[i]), &eco, &release) && sv_eq(eco, ecosystem))
			*VEC_PUSH(&in) = (struct shard_input){
				.path = u->o->facts[i], .facts = true, .bundled = true};
	}
	int rc = db_build_shard(path, ecosystem, in.p, in.n, err);
	vec_done(&in);
	return rc;
}

static int one_ecosystem(struct update *u, struct sv ecosystem, struct err *err)
{
	auto_done(buf_done) struct buf url = {0}, file = {0}, zip = {0};
	const struct shard_db *old = installed(u, ecosystem);
	struct sv etag = {0}, new_etag;
	struct shard_input in = {0};
	bool unchanged;
	char *path;
	int rc = 0;

	ecosystem_file(ecosystem, &file);
	buf_fmt(&url, "%s/", u->o->url ? u->o->url : DB_UPDATE_URL);
	url_part(&url, ecosystem);
	buf_str(&url, "/all.zip");
	buf_fmt(&zip, "%s.zip", buf_cstr(&file));
	if (old)
		rc = old_etag(u, old->sql, buf_view(&url), &etag, err);
	if (rc >= 0)
		rc = update_fetch(u, buf_cstr(&url), buf_cstr(&zip), etag, limit_database_bytes,
				  &path, &new_etag, &in.date, &unchanged, err);
	if (rc < 0)
		return rc;
	if (unchanged) {
		u->out->unchanged++;
		return install_keep(u->o->dir, u->work, buf_cstr(&file), err);
	}
	in.path = path;
	in.source = buf_view(&url);
	in.etag = new_etag;
	char *shard = arena_str(u->arena, arena_fmt(u->arena, "%s/%s", u->work, buf_cstr(&file)));
	rc = build_shard(u, ecosystem, &in, shard, err);
	(void)unlink(path);
	u->out->changed += rc >= 0;
	return rc;
}

/* What is installed and not asked for stays as it is. */
static int keep_others(struct update *u, struct err *err)
{
	auto_done(buf_done) struct buf file = {0};

	for (size_t i = 0; u->old && i < u->old->shards.n; i++) {
		if (is_wanted(u, u->old->shards.p[i].name))
			continue;
		buf_clear(&file);
		ecosystem_file(u->old->shards.p[i].name, &file);
		int rc = install_keep(u->o->dir, u->work, buf_cstr(&file), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int all_ecosystems(struct update *u, struct err *err)
{
	int rc = keep_others(u, err);

	for (size_t i = 0; rc >= 0 && i < u->o->only_n; i++)
		rc = one_ecosystem(u, sv_of(u->o->only[i]), err);
	if (u->o->only_n)
		return rc;
	for (size_t i = 0; rc >= 0 && u->old && i < u->old->shards.n; i++)
		rc = one_ecosystem(u, u->old->shards.p[i].name, err);
	for (size_t i = 0; rc >= 0 && !u->old && i < update_defaults_n; i++) {
		rc = one_ecosystem(u, sv_of(update_defaults[i]), err);
		/* nobody asked for this one: a mirror need not have it */
		if (rc < 0 && strcmp(err->code, "http-404") == 0)
			rc = 0;
	}
	return rc;
}

typedef int (*fact_feed_fn)(const char *path, struct cve_sink *sink, struct arena *a,
			    struct feed_info *info, struct err *err);

struct fact_feed {
	const char *name, *url;
	fact_feed_fn fn;
	char *path; /* what was downloaded; NULL: what is there stays */
	struct sv etag;
};

static int fetch_facts(struct update *u, struct fact_feed *feed, struct err *err)
{
	struct sv etag = {0};
	bool unchanged;
	int64_t date;
	char *path;
	int rc = 0;

	if (!feed->url)
		return 0;
	if (u->old && u->old->cve)
		rc = old_etag(u, u->old->cve, sv_of(feed->url), &etag, err);
	if (rc >= 0)
		rc = update_fetch(u, feed->url, feed->name, etag, limit_file_bytes, &path,
				  &feed->etag, &date, &unchanged, err);
	if (rc < 0)
		return rc;
	u->out->unchanged += unchanged;
	u->out->changed += !unchanged;
	if (!unchanged)
		feed->path = path;
	return 0;
}

/* Facts of the new shards, and of KEV, EPSS, NVD as they are or as they come. */
static int shared_file(struct update *u, struct fact_feed feeds[2], struct err *err)
{
	auto_done(buf_done) struct buf skip = {0}, file = {0};
	char *path = arena_str(u->arena, arena_fmt(u->arena, "%s/" SCHEMA_CVE_FILE, u->work));
	struct cve_file *f = NULL;
	int rc = cve_file_new(path, &f, err);

	for (size_t i = 0; i < 2; i++)
		if (feeds[i].path)
			buf_fmt(&skip, "%s%s", skip.n ? " " : "", feeds[i].name);
	if (rc >= 0 && u->old && u->old->cve) {
		buf_fmt(&file, "%s/" SCHEMA_CVE_FILE, u->o->dir);
		rc = cve_file_copy(f, buf_cstr(&file), buf_cstr(&skip), err);
	}
	for (size_t i = 0; rc >= 0 && i < 2; i++) {
		struct feed_info info = {.name = sv_of(feeds[i].name),
					 .source = sv_of(feeds[i].url),
					 .etag = feeds[i].etag};
		if (!feeds[i].path)
			continue;
		rc = feeds[i].fn(feeds[i].path, cve_file_sink(f), u->arena, &info, err);
		if (rc >= 0)
			rc = cve_file_feed(f, &info, err);
	}
	struct db *made = NULL;
	if (rc >= 0)
		rc = db_open(u->work, &made, err);
	for (size_t i = 0; rc >= 0 && i < made->shards.n; i++)
		rc = cve_file_shard(f, made->shards.p[i].path, err);
	db_close(made);
	if (rc >= 0)
		rc = cve_file_finish(f, err);
	cve_file_free(f);
	return rc;
}

int update_osv(struct update *u, struct err *err)
{
	struct fact_feed feeds[2] = {
		{.name = "kev", .url = u->o->kev_url, .fn = feed_kev},
		{.name = "epss", .url = u->o->epss_url, .fn = feed_epss},
	};
	int rc = all_ecosystems(u, err);

	for (size_t i = 0; rc >= 0 && i < 2; i++)
		rc = fetch_facts(u, &feeds[i], err);
	return rc < 0 ? rc : shared_file(u, feeds, err);
}
