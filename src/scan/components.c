#include "scan/components.h"

#include "advisory/match.h"
#include "base/map.h"
#include "fact/parts.h"
#include "package/catalog.h"
#include "package/osrelease.h"
#include "scan/db-worker.h"

enum { FRAME_COMPONENT = 1, FRAME_END, FLAWS_MAX = 10000, NAME_MAX_BYTES = 200 };

/* In the worker: packages whose names are asked for. */
struct wanted {
	struct catalog_sink sink; /* first: it is how we are called back */
	struct parts parts;
	struct report r;
};

static void keep(struct catalog_sink *s, const struct package *p)
{
	struct wanted *w = (struct wanted *)(void *)s;
	struct arena *a = w->r.arena;
	bool asked = false;

	for (size_t i = 0; i < w->parts.all.n; i++)
		asked |= sv_is(w->parts.all.p[i].role, "owner") &&
			 sv_eq(w->parts.all.p[i].bytes, p->name);
	if (!asked)
		return;
	*VEC_PUSH(&w->r.packages) = (struct package){
		.type = PKG_DEB,
		.name = arena_sv(a, p->name),
		.version = arena_sv(a, p->version),
		.source_name = arena_sv(a, p->source_name),
		.source_version = arena_sv(a, p->source_version),
		.owner = INDEX_NONE,
	};
}

static void owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	(void)s;
	(void)owner;
	(void)path;
}

static void fault(struct catalog_sink *s, const struct err *err)
{
	(void)s;
	(void)err;
}

struct flaws {
	struct map *map; /* by name: is one of the records open? */
	struct arena *a;
};

static void on_flaw(void *arg, struct sv flaw, bool open)
{
	struct flaws *f = arg;
	bool made;

	if (f->map->n >= FLAWS_MAX)
		return;
	struct map_entry *e = map_find(f->map, flaw);
	if (!e)
		e = map_put(f->map, arena_sv(f->a, flaw), &made);
	e->num |= open;
}

static int by_name(const void *a, const void *b)
{
	const struct map_entry *const *x = a, *const *y = b;

	return sv_cmp((*x)->key, (*y)->key);
}

static void send(struct frame_writer *w, struct arena *a, struct sv component,
		 const struct package *p, const struct map *flaws)
{
	struct map_entry **all = ARENA_ARRAY(a, flaws->n, struct map_entry *), *e;
	size_t n = 0;

	for (size_t at = 0; (e = map_next(flaws, &at));)
		all[n++] = e;
	qsort(all, n, sizeof(struct map_entry *), by_name);
	frame_begin(w, FRAME_COMPONENT);
	frame_sv(w, component);
	frame_sv(w, p->name);
	frame_sv(w, p->version);
	frame_u64(w, n);
	for (size_t i = 0; i < n; i++) {
		frame_sv(w, all[i]->key);
		frame_u64(w, all[i]->num);
	}
	frame_end(w);
}

static int one(struct frame_writer *w, struct db *db, struct wanted *own, struct sv component,
	       size_t package, struct err *err)
{
	auto_done(map_done) struct map flaws = {0};
	struct flaws arg = {&flaws, own->r.arena};
	int rc = match_flaws(db, &own->r, package, on_flaw, &arg, err);

	if (rc >= 0 && flaws.n)
		send(w, own->r.arena, component, &own->r.packages.p[package], &flaws);
	return rc;
}

static int identify(struct wanted *w, struct err *err)
{
	struct subject *s = VEC_PUSH(&w->r.subjects);

	*s = (struct subject){.kind = SV("host")};
	for (size_t i = 0; i < w->parts.all.n && !s->has_os; i++) {
		const struct part *p = &w->parts.all.p[i];
		if (!sv_is(p->role, "os-release") || p->state != PART_HERE)
			continue;
		int rc = os_identify(sv_from(p->name, 1), p->bytes, w->r.arena, &s->os, err);
		if (rc < 0)
			return rc;
		s->has_os = rc == 1;
	}
	return 0;
}

static int answer(struct frame_writer *w, struct db *db, struct wanted *own, struct err *err)
{
	const struct catalog_file status = {.path = SV("var/lib/dpkg/status"),
					    .bytes = parts_bytes(&own->parts, SV("dpkg"))};
	int rc = identify(own, err);

	if (rc >= 0)
		rc = dpkg_read(&status, own->r.arena, &own->sink, err);
	for (size_t i = 0; rc >= 0 && i < own->parts.all.n; i++) {
		const struct part *p = &own->parts.all.p[i];
		if (!sv_is(p->role, "owner"))
			continue;
		for (size_t k = 0; rc >= 0 && k < own->r.packages.n; k++)
			if (sv_eq(own->r.packages.p[k].name, p->bytes))
				rc = one(w, db, own, p->name, k, err);
	}
	return rc < 0 ? rc : 0;
}

static int serve(struct frame_writer *w, struct db *db, void *arg, struct err *err)
{
	const struct sv *parts = arg;
	auto_done(arena_done) struct arena a;
	struct wanted own = {.sink = {.package = keep, .owns = owns, .note = fault, .fault = fault},
			     .parts = {.arena = &a}};

	arena_init(&a, 0);
	report_init(&own.r, &a, "components");
	int rc = parts_read(&own.parts, *parts, err);
	if (rc >= 0)
		rc = answer(w, db, &own, err);
	if (rc >= 0) {
		frame_begin(w, FRAME_END);
		frame_end(w);
	}
	report_done(&own.r);
	parts_done(&own.parts);
	return rc;
}

/* What a worker says is checked: names and versions have no other bytes than these. */
static bool is_plain(struct sv v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(".+-~:_", c))))
			return false;
	}
	return v.n > 0 && v.n <= NAME_MAX_BYTES;
}

static bool put_list(struct buf *out, const char *key, struct sv flaws, uint64_t n, bool open)
{
	bool ok = true, first = true;

	buf_fmt(out, ", \"%s\": [", key);
	for (uint64_t i = 0; ok && i < n; i++) {
		struct sv flaw = frame_get_sv(&flaws, &ok);
		bool is = frame_get_u64(&flaws, &ok) != 0;
		if (!ok || is != open || !is_plain(flaw))
			continue;
		buf_fmt(out, "%s\"%.*s\"", first ? "" : ", ", SV_ARG(flaw));
		first = false;
	}
	buf_char(out, ']');
	return ok;
}

static bool put(struct buf *out, struct sv payload)
{
	bool ok = true;
	struct sv component = frame_get_sv(&payload, &ok), package = frame_get_sv(&payload, &ok),
		  version = frame_get_sv(&payload, &ok);
	uint64_t n = frame_get_u64(&payload, &ok);

	if (!ok || n > FLAWS_MAX || !is_plain(component) || !is_plain(package) ||
	    !is_plain(version))
		return false;
	buf_fmt(out, "%s\"%.*s\": {\"package\": \"%.*s\", \"version\": \"%.*s\"",
		out->n ? ",\n" : "{", SV_ARG(component), SV_ARG(package), SV_ARG(version));
	ok = put_list(out, "fixed", payload, n, false) && put_list(out, "open", payload, n, true);
	buf_char(out, '}');
	return ok;
}

int components_ask(const struct components_options *o, struct sv parts, struct buf *json,
		   struct err *err)
{
	const struct db_worker dw = {
		.dir = o->db_dir, .deadline = o->deadline, .serve = serve, .arg = &parts};
	auto_done(buf_done) struct buf frames = {0}, out = {0};
	char why[160] = "";
	struct frame f;

	int rc = db_worker_run(&dw, &frames, why, sizeof why, err);
	struct sv rest = buf_view(&frames);
	bool complete = false;
	while (rc >= 0 && (rc = frame_take(&rest, &f, err)) == 1) {
		complete = f.type == FRAME_END;
		if (!complete && (f.type != FRAME_COMPONENT || !put(&out, f.payload)))
			rc = err_set(err, ERR_PROTO, "a worker sent a bad frame of type %u",
				     f.type);
	}
	if (rc < 0)
		return rc;
	if (!complete)
		return db_worker_cut(why, err);
	if (out.n)
		buf_char(&out, '}');
	buf_sv(json, buf_view(&out));
	return 0;
}
