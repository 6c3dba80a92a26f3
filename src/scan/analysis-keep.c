/* What was found in a layer, until its end: who owns it, what replaced it, and sending it. */
#include <stdlib.h>

#include "base/limits.h"
#include "scan/analysis-int.h"

static struct analysis *of(struct catalog_sink *s)
{
	return (struct analysis *)s;
}

static struct sv keep(struct analysis *an, struct sv v)
{
	return v.n ? arena_sv(&an->keep, sv_head(v, limit_field_bytes)) : (struct sv){0};
}

void analysis_error(struct analysis *an, enum error_weight weight, struct err *err, struct sv path,
		    bool in_file)
{
	if (path.n)
		(void)err_where(err, "%.*s", SV_ARG(sv_head(path, 255)));
	if (an->errors.n >= limit_layer_errors) {
		an->errors_dropped++;
		an->fatal_dropped |= weight == WEIGHT_FATAL;
		return;
	}
	*VEC_PUSH(&an->errors) = (struct kept_error){
		.e = {.err = *err, .weight = weight, .path = keep(an, path)},
		.file = in_file ? an->file : 0,
	};
}

void analysis_fault(struct analysis *an, struct err *err)
{
	analysis_error(an, WEIGHT_FATAL, err, (struct sv){0}, false);
}

/* A nested archive names itself behind the file: "app.war!WEB-INF/lib/x.jar". A '!' may also stand
 * in the file's own name. */
static struct location own_location(struct analysis *an, const struct package *p)
{
	struct location l = {.path = an->path, .file = an->path};

	if (p->locations.n) {
		l.path = keep(an, p->locations.p[0].path);
		l.line = p->locations.p[0].line;
	}
	if (!sv_starts(l.path, an->path))
		l.file = l.path;
	return l;
}

static void copy_package(struct analysis *an, struct package *q, const struct package *p,
			 struct location at)
{
	struct sv *to[] = {&q->ns,          &q->name,           &q->version, &q->arch,
			   &q->source_name, &q->source_version, &q->module,  &q->owner_name};

	*q = *p;
	for (size_t i = 0; i < ARRAY_LEN(to); i++)
		*to[i] = keep(an, *to[i]);
	q->licenses.p = NULL;
	q->licenses.n = q->licenses.cap = 0;
	for (size_t i = 0; i < p->licenses.n && i < 64; i++)
		*VEC_PUSH(&q->licenses) = keep(an, p->licenses.p[i]);
	q->locations.p = NULL;
	q->locations.n = q->locations.cap = 0;
	*VEC_PUSH(&q->locations) = at;
}

static struct kept_package *new_package(struct analysis *an)
{
	if (an->packages.n >= limit_packages)
		budget_exhausted("packages of one layer", limit_packages);
	struct kept_package *k = VEC_PUSH(&an->packages);
	k->file = an->file;
	return k;
}

static void on_package(struct catalog_sink *s, const struct package *p)
{
	struct analysis *an = of(s);

	if (p->name.n == 0)
		return;
	struct kept_package *k = new_package(an);
	copy_package(an, &k->p, p, own_location(an, p));
	k->p.cataloger = an->row ? sv_of(an->row->id) : SV("elf");
}

/* /bin is a link to /usr/bin on merged systems: both spellings are one path to an owner. */
static uint64_t owner_key(struct sv path)
{
	static const char *const merged[] = {"usr/bin/",   "usr/sbin/",  "usr/lib/",
					     "usr/lib32/", "usr/lib64/", "usr/libx32/"};

	for (size_t i = 0; i < ARRAY_LEN(merged); i++)
		if (sv_starts(path, sv_of(merged[i])))
			return path_key(sv_from(path, 4), false);
	return path_key(path, false);
}

static void on_owns(struct catalog_sink *s, struct sv owner, struct sv path)
{
	struct analysis *an = of(s);

	if (!sv_eq(an->last_owner, owner))
		an->last_owner = keep(an, owner);
	*VEC_PUSH(&an->owned) = (struct owned){owner_key(path), an->last_owner, an->file};
}

static void keep_os(struct analysis *an, const struct os *os)
{
	struct os copy = *os;
	struct sv *texts[] = {&copy.id, &copy.version, &copy.name, &copy.codename, &copy.eol};

	if (an->systems.n >= limit_layer_systems)
		budget_exhausted("operating system release files of one layer",
				 limit_layer_systems);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = keep(an, *texts[i]);
	copy.path = an->path;
	*VEC_PUSH(&an->systems) = (struct kept_os){copy, an->file};
}

static void on_os(struct catalog_sink *s, const struct os *os)
{
	keep_os(of(s), os);
}

static void on_note(struct catalog_sink *s, const struct err *err)
{
	struct err copy = *err;

	analysis_error(of(s), WEIGHT_NOTE, &copy, of(s)->path, true);
}

static void on_fault(struct catalog_sink *s, const struct err *err)
{
	struct err copy = *err;

	analysis_error(of(s), WEIGHT_FATAL, &copy, of(s)->path, true);
}

static void on_unread(struct catalog_sink *s, struct sv type, struct sv path)
{
	struct analysis *an = of(s);

	if (an->unread.n >= limit_layer_unread)
		budget_exhausted("files that nothing reads", limit_layer_unread);
	struct sv where = sv_eq(path, an->path) ? an->path : keep(an, path);
	*VEC_PUSH(&an->unread) =
		(struct kept_unread){.u = {keep(an, type), where}, .file = an->file};
}

void analysis_sink_init(struct analysis *an)
{
	an->sink = (struct catalog_sink){.package = on_package,
					 .owns = on_owns,
					 .os = on_os,
					 .note = on_note,
					 .fault = on_fault,
					 .unread = on_unread};
	*VEC_PUSH(&an->replaced) = false; /* 0: no file */
}

void analysis_keep_done(struct analysis *an)
{
	vec_done(&an->links);
	map_done(&an->link_paths);
	for (size_t i = 0; i < an->packages.n; i++) {
		vec_done(&an->packages.p[i].p.licenses);
		vec_done(&an->packages.p[i].p.locations);
	}
	vec_done(&an->packages);
	vec_done(&an->systems);
	vec_done(&an->unread);
	vec_done(&an->errors);
	vec_done(&an->owned);
	vec_done(&an->replaced);
	map_done(&an->files);
	buf_done(&an->folder);
}

void analysis_shadow(struct analysis *an, struct sv path)
{
	struct map_entry *e = an->files.n ? map_find(&an->files, path) : NULL;

	if (!e)
		return;
	an->replaced.p[e->num] = e->num != 0;
	e->num = 0;
}

void analysis_evidence(struct analysis *an, struct sv path)
{
	analysis_shadow(an, path);
	an->file = an->replaced.n;
	*VEC_PUSH(&an->replaced) = false;
	an->path = keep(an, path);
	map_put(&an->files, an->path, NULL)->num = an->file;
}

/* Packages of one file stand together, in the order of files. */
static size_t first_of(const struct analysis *an, uint64_t file)
{
	size_t lo = 0, hi = an->packages.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (an->packages.p[mid].file < file)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void same_packages(struct analysis *an, uint64_t from)
{
	for (size_t i = first_of(an, from); i < an->packages.n && an->packages.p[i].file == from;
	     i++) {
		struct kept_package *k = new_package(an); /* what we copy may have moved */
		const struct package *p = &an->packages.p[i].p;
		copy_package(an, &k->p, p,
			     (struct location){an->path, an->path, .line = p->locations.p[0].line});
	}
}

bool analysis_same(struct analysis *an, struct sv target, struct sv path)
{
	struct map_entry *e = map_find(&an->files, target);
	uint64_t from = e ? e->num : 0;

	if (from == 0)
		return false;
	if (sv_eq(target, path)) /* a link to itself is the same file */
		return true;
	size_t systems = an->systems.n;
	analysis_evidence(an, path);
	same_packages(an, from);
	for (size_t i = 0; i < systems; i++)
		if (an->systems.p[i].file == from) {
			struct os os = an->systems.p[i].os;
			keep_os(an, &os);
		}
	return true;
}

void analysis_path(struct analysis *an, struct sv path, bool dir)
{
	struct sv name = sv_basename(path), folder = sv_head(path, path.n - name.n);

	if (folder.n)
		folder.n--;
	if (an->paths.n == 0 || !sv_eq(folder, buf_view(&an->folder))) {
		buf_clear(&an->folder);
		buf_sv(&an->folder, folder);
		an->folder_key = path_key(folder, false);
	}
	*VEC_PUSH(&an->paths) = path_step(an->folder_key, name) | dir;
}

void analysis_whiteout(struct analysis *an, struct sv path, bool opaque)
{
	fact_path(an->out, opaque ? FACT_OPAQUE : FACT_WHITEOUT, path);
	if (opaque)
		an->end.opaques++;
	else
		an->end.whiteouts++;
}

static int key_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void send_paths(struct analysis *an)
{
	size_t n = 0;

	if (an->paths.n)
		qsort(an->paths.p, an->paths.n, sizeof *an->paths.p, key_cmp);
	for (size_t i = 0; i < an->paths.n; i++)
		if (n == 0 || an->paths.p[i] != an->paths.p[n - 1])
			an->paths.p[n++] = an->paths.p[i];
	fact_paths(an->out, an->paths.p, n);
	an->end.paths = n;
	vec_done(&an->paths);
}

/* Something at a path that may have an owner, by the sorted keys of such paths. */
struct claim {
	uint64_t key;
	struct sv *owner;
};

struct claims {
	struct claim *p;
	size_t n, cap;
};

static int claim_cmp(const void *a, const void *b)
{
	return key_cmp(&((const struct claim *)a)->key, &((const struct claim *)b)->key);
}

static void claim_all(const struct claims *c, const struct owned *o)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (c->p[mid].key < o->key)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->n && c->p[lo].key == o->key; lo++)
		*c->p[lo].owner = o->owner;
}

static void find_owners(struct analysis *an)
{
	struct claims c = {0};

	for (size_t i = 0; i < an->packages.n; i++) {
		struct package *p = &an->packages.p[i].p;
		if (!pkg_types[p->type].os)
			*VEC_PUSH(&c) =
				(struct claim){owner_key(p->locations.p[0].file), &p->owner_name};
	}
	for (size_t i = 0; i < an->unread.n; i++)
		*VEC_PUSH(&c) =
			(struct claim){owner_key(an->unread.p[i].u.path), &an->unread.p[i].owner};
	if (c.n)
		qsort(c.p, c.n, sizeof *c.p, claim_cmp);
	for (size_t i = 0; c.n && i < an->owned.n; i++)
		if (!an->replaced.p[an->owned.p[i].file])
			claim_all(&c, &an->owned.p[i]);
	vec_done(&c);
}

static void send_error(struct analysis *an, const struct fact_error *e)
{
	fact_error(an->out, e->weight, &e->err, e->path);
	an->end.errors++;
}

static void send_errors(struct analysis *an)
{
	for (size_t i = 0; i < an->errors.n; i++)
		if (!an->replaced.p[an->errors.p[i].file])
			send_error(an, &an->errors.p[i].e);
	if (!an->errors_dropped)
		return;
	struct fact_error more = {.weight = an->fatal_dropped ? WEIGHT_FATAL : WEIGHT_NOTE};
	(void)err_set(&more.err, ERR_PARSE, "%llu more faults are not listed",
		      (unsigned long long)an->errors_dropped);
	send_error(an, &more);
}

/* What an OS package owns is covered by its feed: it is not unread. */
static void send_unread(struct analysis *an)
{
	for (size_t i = 0; i < an->unread.n; i++) {
		const struct kept_unread *k = &an->unread.p[i];
		if (k->owner.n || an->replaced.p[k->file])
			continue;
		fact_unread(an->out, k->u.type, k->u.path);
		an->end.unread++;
	}
}

void analysis_finish(struct analysis *an)
{
	find_owners(an);
	for (size_t i = 0; i < an->systems.n; i++) {
		if (an->replaced.p[an->systems.p[i].file])
			continue;
		fact_os(an->out, &an->systems.p[i].os);
		an->end.systems++;
	}
	for (size_t i = 0; i < an->packages.n; i++) {
		if (an->replaced.p[an->packages.p[i].file])
			continue;
		fact_package(an->out, &an->packages.p[i].p);
		an->end.packages++;
	}
	audit_send(an);
	send_errors(an);
	send_unread(an);
	send_paths(an);
	fact_end(an->out, &an->end);
	frame_flush(an->out);
}
