/*
 * What rules about images ask of a layer: modes, capabilities, secrets, accounts, what package
 * managers leave. Kept until the end of the layer, since a later entry of the same path replaces
 * the earlier one.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "scan/analysis-int.h"
#include "scan/notable.h"
#include "secret/secret.h"

enum { ACCOUNTS_BYTES = 1 << 20, CACHE_FILES = 64 };

struct kept_file {
	struct fact_file f;
	uint64_t version;
};

struct kept_secret {
	struct fact_secret s;
	uint64_t version;
};

struct kept_account {
	struct fact_account a;
	uint64_t version;
};

/* The data of a file on its way to the catalogers. */
struct tee {
	struct stream s, *in;
	struct analysis_audit *audit;
};

struct analysis_audit {
	struct analysis *an;
	struct {
		struct kept_file *p;
		size_t n, cap;
	} files;
	struct {
		struct kept_secret *p;
		size_t n, cap;
	} secrets;
	struct {
		struct kept_account *p;
		size_t n, cap;
	} accounts;
	struct map versions; /* path -> number of its newest version, 0 = replaced */
	struct {
		bool *p;
		size_t n, cap;
	} replaced;
	struct map open;   /* folders that everybody may write: what is in them is not told */
	struct map caches; /* folder -> how many of its files were told */
	uint64_t dropped;
	struct secret_scanner *scanner;
	struct sv path; /* of the file that is read */
	bool wanted;
	bool shadow, accounts_wanted;
	struct buf text;
	struct tee tee;
};

struct analysis_audit *audit_new(struct analysis *an)
{
	struct analysis_audit *u = xcalloc(1, sizeof *u);

	u->an = an;
	u->scanner = secret_scanner_new();
	*VEC_PUSH(&u->replaced) = false; /* 0: no file */
	return u;
}

void audit_free(struct analysis_audit *u)
{
	if (!u)
		return;
	vec_done(&u->files);
	vec_done(&u->secrets);
	vec_done(&u->accounts);
	vec_done(&u->replaced);
	map_done(&u->versions);
	map_done(&u->open);
	map_done(&u->caches);
	secret_scanner_free(u->scanner);
	buf_done(&u->text);
	free(u);
}

static struct sv keep(struct analysis_audit *u, struct sv v)
{
	return v.n ? arena_sv(&u->an->keep, sv_head(v, limit_field_bytes)) : (struct sv){0};
}

/* The path's number in this layer, made when something is told of it for the first time. */
static uint64_t version_of(struct analysis_audit *u, struct sv path, struct sv *kept)
{
	struct map_entry *e = map_find(&u->versions, path);

	if (!e)
		e = map_put(&u->versions, keep(u, path), NULL);
	if (e->num == 0) {
		e->num = u->replaced.n;
		*VEC_PUSH(&u->replaced) = false;
	}
	*kept = e->key;
	return e->num;
}

static void replace(struct analysis_audit *u, struct sv path)
{
	struct map_entry *e = u->versions.n ? map_find(&u->versions, path) : NULL;

	if (!e)
		return;
	u->replaced.p[e->num] = e->num != 0;
	e->num = 0;
}

static void add_file(struct analysis_audit *u, const struct audit_entry *e, enum file_why why,
		     struct sv folder, const char *detail)
{
	if (u->files.n >= limit_layer_files) {
		u->dropped++;
		return;
	}
	struct fact_file f = {.why = why,
			      .folder = e->type == TAR_DIR,
			      .mode = e->mode & 07777,
			      .uid = e->uid,
			      .gid = e->gid,
			      .capabilities = why == FILE_CAPABILITIES ? e->capabilities : 0,
			      .detail = sv_of(detail)};
	uint64_t version = version_of(u, e->path, &f.path);
	f.whole = folder.n ? keep(u, folder) : f.path;
	*VEC_PUSH(&u->files) = (struct kept_file){f, version};
}

static struct sv folder_of(struct sv path)
{
	struct sv name = sv_basename(path);

	return sv_head(path, path.n == name.n ? 0 : path.n - name.n - 1);
}

/* Everybody may write. In a folder of which that was said it goes without saying. */
static void world_writable(struct analysis_audit *u, const struct audit_entry *e)
{
	bool dir = e->type == TAR_DIR;

	if (!(e->mode & 0002) || (dir && (e->mode & 01000)))
		return;
	bool told = u->open.n && map_find(&u->open, folder_of(e->path));
	if (dir)
		map_put(&u->open, keep(u, e->path), NULL);
	if (!told)
		add_file(u, e, FILE_WORLD_WRITABLE, (struct sv){0}, NULL);
}

static void cache_file(struct analysis_audit *u, const struct audit_entry *e,
		       const struct notable *n)
{
	struct map_entry *m = map_find(&u->caches, n->folder);

	if (!m)
		m = map_put(&u->caches, keep(u, n->folder), NULL);
	if (m->num++ < CACHE_FILES)
		add_file(u, e, FILE_CACHE, n->folder, n->what);
}

static void by_path(struct analysis_audit *u, const struct audit_entry *e)
{
	struct notable n = notable_path(e->path);
	bool data = e->type == TAR_FILE && e->size > 0;
	bool program =
		e->type == TAR_SYMLINK || e->type == TAR_HARDLINK || (data && (e->mode & 0111));

	if (n.kind == NOTABLE_CACHE && data)
		cache_file(u, e, &n);
	else if (n.kind == NOTABLE_CREDENTIAL && data)
		add_file(u, e, FILE_CREDENTIAL, (struct sv){0}, n.what);
	else if (n.kind == NOTABLE_MANAGER && program)
		add_file(u, e, FILE_MANAGER, (struct sv){0}, n.what);
}

bool audit_wants(const struct audit_entry *e)
{
	return (e->mode & 06002 && (e->type == TAR_FILE || e->type == TAR_DIR)) ||
	       e->has_capabilities || notable_path(e->path).kind != NOTABLE_NONE;
}

void analysis_entry(struct analysis *an, const struct audit_entry *e)
{
	struct analysis_audit *u = an->audit;
	bool file = e->type == TAR_FILE || e->type == TAR_HARDLINK;

	if (!u)
		return;
	replace(u, e->path);
	if (file && (e->mode & 04000))
		add_file(u, e, FILE_SETUID, (struct sv){0}, NULL);
	if (file && (e->mode & 02010) == 02010) /* without x for the group it is a lock */
		add_file(u, e, FILE_SETGID, (struct sv){0}, NULL);
	if (e->type == TAR_FILE || e->type == TAR_DIR)
		world_writable(u, e);
	if (file && e->has_capabilities)
		add_file(u, e, FILE_CAPABILITIES, (struct sv){0}, NULL);
	if (e->type != TAR_DIR)
		by_path(u, e);
}

static void on_secret(void *arg, const struct secret_hit *hit)
{
	struct analysis_audit *u = arg;
	auto_done(buf_done) struct buf shown = {0};

	if (u->secrets.n >= limit_layer_secrets) {
		u->dropped++;
		return;
	}
	struct fact_secret s = {.type = sv_of(hit->type),
				.title = sv_of(hit->title),
				.line = hit->line,
				.high = hit->confidence == SECRET_HIGH};
	uint64_t version = version_of(u, u->path, &s.path);
	secret_redact(&shown, hit->value);
	s.value = keep(u, buf_view(&shown));
	*VEC_PUSH(&u->secrets) = (struct kept_secret){s, version};
}

/* passwd(5): 'x' = in the shadow file; shadow(5): "!" or "*" in front: locked. */
static enum account_password password_of(struct sv v, bool shadow)
{
	if (v.n == 0)
		return ACCOUNT_EMPTY;
	if (!shadow && sv_is(v, "x"))
		return ACCOUNT_SHADOWED;
	return v.p[0] == '!' || v.p[0] == '*' || v.n < 10 ? ACCOUNT_LOCKED : ACCOUNT_SET;
}

static void add_account(struct analysis_audit *u, struct sv line)
{
	struct sv field[7] = {{0}};
	size_t n = 0;

	for (struct sv rest = line; n < ARRAY_LEN(field) && (n == 0 || rest.p); n++) {
		size_t at = sv_find_char(rest, ':');
		field[n] = sv_head(rest, at);
		rest = at == SIZE_MAX ? (struct sv){0} : sv_from(rest, at + 1);
	}
	if (n < (u->shadow ? 2u : 7u) || field[0].n == 0 || field[0].p[0] == '#' ||
	    u->accounts.n >= limit_layer_accounts)
		return;
	struct fact_account a = {.shadow = u->shadow,
				 .name = keep(u, field[0]),
				 .password = password_of(field[1], u->shadow)};
	if (!u->shadow) {
		a.shell = keep(u, field[6]);
		a.numbered = sv_u64(field[2], &a.uid);
	}
	uint64_t version = version_of(u, u->path, &a.path);
	*VEC_PUSH(&u->accounts) = (struct kept_account){a, version};
}

static int tee_next(struct stream *s, struct sv *chunk, struct err *err)
{
	struct tee *t = (struct tee *)s;
	struct analysis_audit *u = t->audit;
	int rc = stream_next(t->in, chunk, err);

	if (rc <= 0) {
		u->wanted = false;
		return rc;
	}
	if (u->accounts_wanted && u->text.n < ACCOUNTS_BYTES)
		buf_sv(&u->text, sv_head(*chunk, ACCOUNTS_BYTES - u->text.n));
	u->wanted = secret_feed(u->scanner, *chunk) || u->accounts_wanted;
	return rc;
}

static void tee_free(struct stream *s)
{
	stream_free(((struct tee *)s)->in);
}

struct stream *audit_begin(struct analysis *an, struct sv path, struct stream *data)
{
	struct analysis_audit *u = an->audit;

	if (!u)
		return data;
	u->path = path;
	u->shadow = sv_is(path, "etc/shadow");
	u->accounts_wanted = u->shadow || sv_is(path, "etc/passwd");
	buf_clear(&u->text);
	secret_begin(u->scanner, path, on_secret, u);
	u->wanted = u->accounts_wanted || !secret_path_known(path);
	u->tee = (struct tee){{.next = tee_next, .free = tee_free}, data, u};
	return &u->tee.s;
}

int audit_end(struct analysis *an, struct err *err)
{
	struct analysis_audit *u = an->audit;
	struct sv chunk, line;
	int rc = 0;

	if (!u)
		return 0;
	while (u->wanted && (rc = stream_next(&u->tee.s, &chunk, err)) > 0)
		;
	if (rc < 0)
		return rc;
	secret_end(u->scanner);
	for (struct sv rest = buf_view(&u->text); sv_line(&rest, &line);)
		add_account(u, line);
	return 0;
}

static void tell_dropped(struct analysis_audit *u)
{
	struct err err;

	if (!u->dropped)
		return;
	(void)err_set(&err, ERR_LIMIT, "%llu more files or secrets of this layer are not listed",
		      (unsigned long long)u->dropped);
	(void)err_code(&err, "budget");
	analysis_error(u->an, WEIGHT_NOTE, &err, (struct sv){0}, false);
}

void audit_send(struct analysis *an)
{
	struct analysis_audit *u = an->audit;

	if (!u)
		return;
	tell_dropped(u);
	for (size_t i = 0; i < u->files.n; i++)
		if (!u->replaced.p[u->files.p[i].version]) {
			fact_file(an->out, &u->files.p[i].f);
			an->end.files++;
		}
	for (size_t i = 0; i < u->secrets.n; i++)
		if (!u->replaced.p[u->secrets.p[i].version]) {
			fact_secret(an->out, &u->secrets.p[i].s);
			an->end.secrets++;
		}
	for (size_t i = 0; i < u->accounts.n; i++)
		if (!u->replaced.p[u->accounts.p[i].version]) {
			fact_account(an->out, &u->accounts.p[i].a);
			an->end.accounts++;
		}
}
