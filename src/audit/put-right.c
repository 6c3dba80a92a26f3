#include "audit/put-right.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit-int.h"
#include "audit/diff.h"
#include "base/limits.h"
#include "sys/file.h"

struct writer {
	struct audit_options *o;
	const struct audit_targets *t;
	struct buf *diff;
	const struct collector *c;
};

/* The file itself, where the path is a link to it. Mode and owner stay. read: the file when its
 * text was taken; who wrote to it since must not lose that. */
static int write_file(const char *path, struct sv text, const struct file_result *read,
		      struct err *err)
{
	auto_free char *real = realpath(path, NULL);
	struct file_atomic f;
	struct stat st;

	if (!real || stat(real, &st) != 0)
		return err_sys(err, "cannot be written");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED, "cannot be written: it is no file");
	if (st.st_ino != read->inode || st.st_mtim.tv_sec != read->changed.tv_sec ||
	    st.st_mtim.tv_nsec != read->changed.tv_nsec) {
		(void)err_set(err, ERR_UNSUPPORTED,
			      "--fix left the file as it is: it was changed meanwhile");
		(void)err_code(err, "not-fixed");
		return err_hint(err, "run it again");
	}
	if (file_atomic_begin(real, st.st_mode & 07777, &f, err) < 0)
		return -(int)err->kind;
	/* root keeps the owner; others write only what is theirs, or replace what they may */
	(void)!fchown(fileno(f.to), st.st_uid, st.st_gid);
	(void)fwrite(text.p, 1, text.n, f.to);
	return file_atomic_commit(&f, err);
}

static int take(void *arg, size_t file, struct sv text, uint64_t fixes, struct err *err)
{
	struct writer *w = arg;
	const struct audit_item *f = &w->t->items.p[file];
	auto_done(buf_done) struct buf old = {0};
	int rc = 0;

	(void)fixes;
	if (w->diff) {
		if (!f->input)
			rc = file_read(f->path.p, limit_yaml_bytes, &old, err);
		if (rc == 0)
			diff_unified(w->diff, f->path,
				     f->input ? buf_view(w->o->input) : buf_view(&old), text);
		return rc;
	}
	if (f->input) {
		buf_clear(w->o->input);
		buf_sv(w->o->input, text);
		return 0;
	}
	rc = write_file(f->path.p, text, &w->c->results[file], err);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(sv_head(f->path, 250))) : 0;
}

/* The files of what can be put right, each once, and the fingerprints. */
static void choose(const struct report *r, struct audit_targets *t, struct map *fix)
{
	size_t last = INDEX_NONE;
	auto_free bool *seen = xcalloc(r->subjects.n + 1, sizeof *seen);

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		if (f->state != STATE_FAIL || !f->has_fix || f->subject >= r->subjects.n)
			continue;
		(void)map_put(fix, f->fingerprint, NULL);
		last = f->subject;
		seen[last] = true;
	}
	for (size_t i = 0; last != INDEX_NONE && i < r->subjects.n; i++) {
		struct sv path = r->subjects.p[i].name;
		if (seen[i])
			*VEC_PUSH(&t->items) =
				(struct audit_item){.path = path, .input = sv_is(path, "-")};
	}
}

int64_t audit_fix(struct report *r, struct audit_options *o, struct buf *diff, struct err *err)
{
	auto_done(audit_setup_done) struct audit_setup s = {0};
	auto_done(targets_done) struct audit_targets t = {0};
	auto_done(map_done) struct map fix = {0};
	struct writer w = {.o = o, .t = &t, .diff = diff};
	struct collector c;

	choose(r, &t, &fix);
	if (!t.items.n)
		return 0;
	int rc = audit_setup(&s, o, err);
	if (rc < 0)
		return rc;
	s.plan.fix = &fix;
	s.plan.set = false;
	collector_init(&c, r, &s.plan, &t);
	c.fixed = take;
	c.fixed_arg = &w;
	w.c = &c;
	uint64_t before = r->summary.fixed;
	rc = audit_pool_run(&c, &s.pool, err);
	collector_done(&c);
	return rc < 0 ? rc : (int64_t)(r->summary.fixed - before);
}
