/*
 * --fix: safe patches into the text of a file.
 *
 * In rounds: the text is judged, every finding that is to be put right gives an edit, edits that do
 * not touch each other are applied, and the text is judged again. The result counts only if nothing
 * new is found in it, no object is gone and no error came: else the file stays as it is.
 */
#include "audit/judge.h"

#include "audit/patch.h"
#include "base/limits.h"
#include "fmt/json.h"
#include "fmt/yaml-edit.h"

enum { ROUNDS = 32, PIECE = 512 * 1024, EDITS_MAX = 100000 };

struct fixer {
	struct arena arena;       /* of the file: fingerprints */
	struct map before, after; /* rules that fail, by object and scope */
	struct map *now;          /* where this round's go */
	struct map wanted;        /* fingerprints of this round that are to be put right */
	struct {
		struct yaml_edit *p;
		size_t n, cap;
	} edits;
	size_t errors, refused;
	struct err why; /* of the last edit that was refused */
};

void fixer_error(struct judge_work *w)
{
	w->fixer->errors++;
}

/* An alias stands for the text around this byte. The line behind it counts: there a key is added.
 */
static bool is_shared(struct sv text, const struct node *n, uint32_t at)
{
	NODE_EACH (it, n) {
		if (it->n && is_shared(text, it, at))
			return true;
		if (!(it->flags & NODE_ALIAS) || !it->n)
			continue;
		/* it has the span of the alias, what is in it that of the text it stands for */
		const struct node *first = it->items;
		if ((it->kind == NODE_OBJECT ? first->key_start : first->start) >= at)
			continue;
		uint32_t last = it->items[it->n - 1].end;
		size_t rest = sv_find_char(sv_from(text, last), '\n');
		if (rest == SIZE_MAX || at <= last + rest + 1)
			return true;
	}
	return false;
}

static void add_edit(struct judge_work *w, const struct verdict *v, const struct rule_fix *fix)
{
	struct fixer *f = w->fixer;
	const struct node *value = NULL;
	struct yaml_edit edit = {0};
	struct sv pointer;
	struct err err;
	int rc;

	if (f->edits.n >= EDITS_MAX || !patch_pointer(w, fix, v, &pointer))
		return;
	if (!fix->value.n)
		rc = yaml_edit_remove(&w->doc, w->root, pointer, &edit, &err);
	else if ((rc = json_read(&w->arena, SV("fix"), fix->value, DUP_LAST, &value, &err)) == 0)
		rc = yaml_edit_set(&w->doc, w->root, pointer, value, &edit, &err);
	if (rc == 1 && is_shared(w->doc.bytes, w->root, edit.at)) {
		f->refused++;
		(void)err_set(
			&f->why, ERR_UNSUPPORTED,
			"the text has an anchor, and what its aliases stand for would change too");
	} else if (rc == 1) {
		*VEC_PUSH(&f->edits) = edit;
	} else if (rc < 0) {
		f->refused++;
		f->why = err;
	}
}

void fixer_take(struct judge_work *w, const struct verdict *v, struct sv fingerprint)
{
	struct fixer *f = w->fixer;

	/* the place of a finding moves when what it says becomes explicit: it is not new for that
	 */
	struct sv rule = place_fingerprint(w, v, NULL, 0);
	if (!map_find(f->now, rule))
		(void)map_put(f->now, arena_sv(&f->arena, rule), NULL);
	const struct map_entry *e = map_find(w->plan->fix, fingerprint);
	if (e)
		(void)map_put(&f->wanted, e->key, NULL);
	/* with duplicate keys nobody knows which text counts */
	if (w->twice || !w->object || !e)
		return;
	for (size_t i = 0; i < v->rule->fixes.n; i++)
		add_edit(w, v, &v->rule->fixes.p[i]);
}

static bool is_subset(const struct map *set, const struct map *of)
{
	const struct map_entry *e;
	size_t at = 0;

	while ((e = map_next(set, &at)))
		if (!map_find(of, e->key))
			return false;
	return true;
}

static void clear(struct map *m)
{
	map_done(m);
	*m = (struct map){0};
}

/* One reading of the text; its edits are in f->edits. */
static void look(struct judge_work *w, struct sv name, struct sv text, struct map *into)
{
	w->fixer->now = into;
	w->fixer->edits.n = 0;
	clear(&w->fixer->wanted);
	w->fixer->errors = w->fixer->refused = 0;
	judge_bytes(w, name, text);
}

/* True when *text is new, and better than the bytes. */
static bool improve(struct judge_work *w, struct sv name, struct sv bytes, struct buf *text,
		    uint64_t *fixed)
{
	struct fixer *f = w->fixer;

	look(w, name, bytes, &f->before);
	size_t errors = f->errors;
	uint64_t objects = w->counts.objects, at_first = f->wanted.n;
	buf_sv(text, bytes);
	for (unsigned i = 0; i < ROUNDS && f->edits.n; i++) {
		struct buf next = {0};
		(void)yaml_edit_apply(buf_view(text), f->edits.p, f->edits.n, &next);
		buf_done(text);
		*text = next;
		clear(&f->after);
		look(w, name, buf_view(text), &f->after);
	}
	if (sv_eq(buf_view(text), bytes))
		return false;
	uint64_t left = f->wanted.n;
	*fixed = at_first - left;
	return left < at_first && f->errors == errors && w->counts.objects == objects &&
	       is_subset(&f->after, &f->before);
}

static void tell_failure(struct judge_work *w, struct sv name, const struct err *why)
{
	struct err err;

	(void)err_set(&err, ERR_UNSUPPORTED, "--fix left the file as it is: %s",
		      why ? why->msg : "the patches do not end what was found");
	(void)err_code(&err, "not-fixed");
	(void)err_where(&err, "%.*s", SV_ARG(sv_head(name, 250)));
	frame_begin(w->out, AUDIT_ERROR);
	frame_u64(w->out, WEIGHT_NOTE);
	frame_err(w->out, &err);
	frame_end(w->out);
}

static void tell_text(struct judge_work *w, struct sv text)
{
	while (text.n) {
		frame_begin(w->out, AUDIT_FIXED);
		frame_bytes(w->out, sv_head(text, PIECE));
		frame_end(w->out);
		text = sv_from(text, PIECE);
	}
}

void fix_file(struct judge_work *w, uint32_t index, struct sv name, struct sv bytes, struct sv mark)
{
	auto_done(buf_done) struct buf text = {0};
	struct fixer f = {0};
	uint64_t fixed = 0;

	frame_begin(w->out, AUDIT_FILE);
	frame_u64(w->out, index);
	frame_end(w->out);
	arena_init(&f.arena, 0);
	w->fixer = &f;
	/* what another finding covered is not new when that is gone */
	w->engine.uncovered = true;
	bool better = improve(w, name, bytes, &text, &fixed);
	w->fixer = NULL;
	w->engine.uncovered = false;
	if (better) {
		tell_text(w, mark);
		tell_text(w, buf_view(&text));
	} else {
		tell_failure(w, name, f.refused ? &f.why : NULL);
	}
	w->counts = (struct audit_counts){.fixed = better ? fixed : 0};
	frame_begin(w->out, AUDIT_FILE_END);
	frame_counts(w->out, &w->counts);
	frame_end(w->out);
	map_done(&f.before);
	map_done(&f.after);
	map_done(&f.wanted);
	vec_done(&f.edits);
	arena_done(&f.arena);
}
