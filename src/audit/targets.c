#include "audit/targets-int.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/held.h"
#include "audit/live.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"

enum { LEFT_LISTED = 10000 };

/* They mean this even where a path has the name. */
static const struct {
	const char *word;
	bool later; /* of later versions */
} keywords[] = {{"docker", false}, {"podman", false}, {"containers", false},
		{"host", true},    {"cluster", true}, {"mesh", true}};

struct find {
	struct audit_targets *t;
	struct report *r;
	const struct audit_options *o;
	int64_t deadline;
	struct map seen;
	struct sv folder; /* the target that is walked, or where the file lies */
	bool walks;
};

/* An entry of a folder. */
struct entry {
	struct sv name;
	unsigned char type; /* DT_* */
};

struct entries {
	struct entry *p;
	size_t n, cap;
};

void targets_done(struct audit_targets *t)
{
	vec_done(&t->items);
	live_free(t->live);
	t->live = NULL;
	held_free(t->held);
	t->held = NULL;
}

void targets_leave(struct report *r, struct sv path, enum left_reason why)
{
	r->summary.left_out[why]++;
	if (r->left_out.n < LEFT_LISTED)
		*VEC_PUSH(&r->left_out) = (struct left_out){path, why};
}

static void add_file(struct find *f, struct sv path, const struct fact_source *source, bool input)
{
	bool made;

	(void)map_put(&f->seen, path, &made);
	if (made)
		*VEC_PUSH(&f->t->items) = (struct audit_item){.path = path,
							      .folder = f->folder,
							      .source = source,
							      .input = input,
							      .walked = f->walks};
}

static bool is_excluded(const struct find *f, struct sv path)
{
	for (size_t i = 0; i < f->o->exclude.n; i++)
		if (glob_match_path(f->o->exclude.p[i], path))
			return true;
	return false;
}

static void tell(struct find *f, struct sv path, struct err *err)
{
	(void)err_where(err, "%.*s", SV_ARG(sv_head(path, 255)));
	report_error_add(f->r, WEIGHT_FATAL, INDEX_NONE, err);
}

static int by_name(const void *a, const void *b)
{
	return sv_cmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static unsigned char type_of(int dir, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type;
	if (fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return DT_UNKNOWN;
	return (unsigned char)IFTODT(st.st_mode);
}

static int list(struct arena *a, int fd, struct entries *out, struct err *err)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *d;

	if (!dir) {
		(void)err_sys(err, "cannot read the folder");
		close(fd);
		return -(int)err->kind;
	}
	while (errno = 0, (d = readdir(dir))) {
		struct sv name = sv_of(d->d_name);
		if (sv_is(name, ".") || sv_is(name, ".."))
			continue;
		*VEC_PUSH(out) = (struct entry){arena_sv(a, name), type_of(fd, d)};
	}
	int rc = errno ? err_sys(err, "cannot read the folder") : 0;
	(void)closedir(dir);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_name);
	return rc;
}

static bool has_chart(const struct entries *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (sv_is(e->p[i].name, "Chart.yaml"))
			return true;
	return false;
}

static void walk(struct find *f, int parent, const char *name, struct sv path, unsigned depth);

static void visit(struct find *f, int dir, const struct entry *e, struct sv path, bool chart,
		  unsigned depth)
{
	enum left_reason why = LEFT_SPECIAL;
	const struct fact_source *source = NULL;
	bool folder = e->type == DT_DIR;

	if (folder && guess_skips_folder(e->name))
		return;
	if (is_excluded(f, path))
		targets_leave(f->r, path, LEFT_EXCLUDED);
	else if (folder && chart && sv_is(e->name, "templates"))
		targets_leave(f->r, path, LEFT_HELM_TEMPLATES);
	else if (folder)
		walk(f, dir, e->name.p, path, depth + 1);
	else if (e->type == DT_LNK)
		targets_leave(f->r, path, LEFT_LINK);
	else if (e->type != DT_REG || guess_file(e->name, chart, &why, &source) == GUESS_LEAVE)
		targets_leave(f->r, path, why);
	else
		add_file(f, path, source, false);
}

/* "./x" is written "x", but "." itself stays. */
static struct sv join(struct arena *a, struct sv folder, struct sv name)
{
	if (sv_is(folder, ".") || !folder.n)
		return name;
	bool slash = folder.p[folder.n - 1] == '/';
	return arena_fmt(a, "%.*s%s%.*s", SV_ARG(folder), slash ? "" : "/", SV_ARG(name));
}

static void walk(struct find *f, int parent, const char *name, struct sv path, unsigned depth)
{
	struct entries all = {0};
	struct err err;

	if (depth > limit_walk_depth) {
		(void)err_set(&err, ERR_LIMIT, "folders nested deeper than %llu",
			      (unsigned long long)limit_walk_depth);
		tell(f, path, &err);
		return;
	}
	/* the target itself may be a link; nothing below it */
	int fd =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
	if (fd < 0) {
		(void)err_sys(&err, "cannot read the folder");
		tell(f, path, &err);
		return;
	}
	int own = dup(fd); /* list() closes the other */
	if (list(f->r->arena, fd, &all, &err) < 0)
		tell(f, path, &err);
	bool chart = has_chart(&all);
	for (size_t i = 0; i < all.n; i++) {
		if (f->t->items.n >= limit_audit_files) {
			(void)err_set(&err, ERR_LIMIT, "more than %llu manifests",
				      (unsigned long long)limit_audit_files);
			tell(f, path, &err);
			break;
		}
		visit(f, own, &all.p[i], join(f->r->arena, path, all.p[i].name), chart, depth);
	}
	if (own >= 0)
		close(own);
	vec_done(&all);
}

static int later(const char *word, struct err *err)
{
	(void)err_set(err, ERR_UNSUPPORTED,
		      "this word stands for what runs here, which this version of gabion cannot "
		      "audit yet");
	if (access(word, F_OK) == 0)
		(void)err_hint(err, "the path of that name is ./%s", word);
	else
		(void)err_hint(err, "docker, podman and containers stand for what runs here; "
				    "files, folders and images are targets too");
	return err_scope(err, SCOPE_USAGE);
}

/* 1: it is one and its items are found. */
static int keyword(struct find *f, struct sv target, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		if (!sv_is(target, keywords[i].word))
			continue;
		if (keywords[i].later)
			return later(keywords[i].word, err);
		if (access(keywords[i].word, F_OK) == 0)
			log_warn("%s is taken for what runs here; the path of that name is ./%s",
				 keywords[i].word, keywords[i].word);
		const struct live_options live = {.host = f->o->host,
						  .context = f->o->context,
						  .root = f->o->root,
						  .advisories = f->o->advisories,
						  .advisories_arg = f->o->advisories_arg,
						  .layers = f->o->layers ? f->o : NULL,
						  .deadline = f->deadline};
		int rc = live_find(f->t, target, &live, f->r, err);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

/* A file that is named is read whatever it is called, but for what a later version will read. */
static void named_file(struct find *f, struct sv path)
{
	const struct fact_source *source;
	enum left_reason why;
	struct sv name;

	f->folder = SV(".");
	(void)sv_rcut(path, '/', &f->folder, &name);
	if (guess_file(sv_basename(path), false, &why, &source) == GUESS_LEAVE &&
	    why == LEFT_KUSTOMIZATION)
		targets_leave(f->r, path, why);
	else
		add_file(f, path, source, false);
}

/* Without slashes at the end, so that paths are joined with one. */
static struct sv tidy(struct sv path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	while (sv_starts(path, SV("./")) && path.n > 2)
		path = sv_from(path, 2);
	return path;
}

/* An archive of an image, or a layout as OCI has it: no text that rules could be asked about. */
static bool is_image(struct sv path, const struct stat *st)
{
	static const char *const archives[] = {".tar", ".tar.gz", ".tgz", ".tar.zst"};
	auto_done(buf_done) struct buf layout = {0};

	if (S_ISDIR(st->st_mode)) {
		buf_fmt(&layout, "%.*s/oci-layout", SV_ARG(path));
		return access(buf_cstr(&layout), F_OK) == 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(archives); i++)
		if (sv_ends(path, sv_of(archives[i])))
			return true;
	return false;
}

static int find_one(struct find *f, struct sv target, struct err *err)
{
	struct sv path = arena_sv(f->r->arena, target);
	struct stat st;
	int rc = keyword(f, target, err);

	if (rc > 0)
		return 0;
	if (rc < 0)
		return err_where(err, "%.*s", SV_ARG(sv_head(path, 255)));
	if (sv_is(path, "-")) {
		f->t->whole = true;
		f->folder = SV(".");
		add_file(f, path, NULL, true);
		return 0;
	}
	if (sv_starts(path, SV("dir:")))
		path = sv_from(path, 4);
	bool there = !memchr(path.p, '\0', path.n) && stat(path.p, &st) == 0;
	if (!sv_starts(target, SV("dir:")) && f->o->images && (!there || is_image(path, &st)))
		return held_images(f->t, target, (struct sv){0}, f->o, f->r, err);
	if (!there) {
		(void)err_sys(err, "cannot be read");
		(void)err_scope(err, SCOPE_TARGET);
		return err_where(err, "%.*s", SV_ARG(sv_head(path, 255)));
	}
	if (S_ISDIR(st.st_mode)) {
		f->t->whole = true;
		f->folder = arena_sv(f->r->arena, tidy(path));
		f->walks = true;
		walk(f, AT_FDCWD, path.p, f->folder, 0);
	} else {
		f->walks = false;
		named_file(f, arena_sv(f->r->arena, tidy(path)));
	}
	return 0;
}

int targets_find(struct audit_targets *t, const struct sv_vec *args, const struct audit_options *o,
		 int64_t deadline, struct report *r, struct err *err)
{
	struct find f = {.t = t, .r = r, .o = o, .deadline = deadline};
	int rc = 0;

	for (size_t i = 0; i < args->n && rc == 0; i++)
		rc = find_one(&f, args->p[i], err);
	for (size_t i = 0; i < o->commands.n && rc == 0; i++)
		held_command(t, o->commands.p[i], i, r);
	map_done(&f.seen);
	return rc;
}
