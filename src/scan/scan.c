#include "scan/scan.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "fmt/stream.h"
#include "scan/analysis.h"
#include "scan/matching.h"
#include "scan/merge.h"
#include "scan/scan-int.h"
#include "sys/processors.h"
#include "sys/sandbox.h"

enum { CACHE_MAX = 1 << 30, CACHE_KEY = 128 };

/* A directory is walked as one layer, but it has none. */
static bool has_layers(const struct image *img)
{
	return !sv_is(img->kind, "filesystem") && !sv_is(img->kind, "host");
}

static size_t new_subject(struct report *r, const struct image *img)
{
	struct subject *s = VEC_PUSH(&r->subjects);
	struct arena *a = r->arena;

	s->kind = arena_sv(a, img->kind);
	s->name = arena_sv(a, img->name);
	s->scheme = arena_sv(a, img->scheme);
	s->platform = arena_sv(a, img->platform);
	s->digest = img->manifest.set ? digest_str(a, &img->manifest) : (struct sv){0};
	s->base_name = arena_sv(a, img->base_name);
	s->base_digest = arena_sv(a, img->base_digest);
	s->base_how = arena_sv(a, img->base_how);
	s->id = arena_fmt(a, "%.*s:%.*s%s%.*s", SV_ARG(s->scheme), SV_ARG(s->name),
			  s->digest.n ? "@" : "", SV_ARG(s->digest));
	for (size_t i = 0; i + 1 < r->subjects.n; i++)
		if (sv_eq(r->subjects.p[i].id, s->id)) {
			s->id = arena_fmt(a, "%.*s#%zu", SV_ARG(s->id), r->subjects.n);
			break;
		}
	for (size_t i = 0; has_layers(img) && i < img->layers.n; i++) {
		const struct image_layer *l = &img->layers.p[i];
		*VEC_PUSH(&s->layers) = (struct layer){
			.digest = l->digest.set ? digest_str(a, &l->digest) : (struct sv){0},
			.diff_id = l->diff_id.set ? digest_str(a, &l->diff_id) : (struct sv){0},
			.size = l->size == UINT64_MAX ? 0 : l->size,
			.instruction = arena_sv(a, l->instruction),
			.from_base = l->from_base,
		};
	}
	return r->subjects.n - 1;
}

static void cache_key(const struct subject_scan *ss, const struct digest *d, char key[CACHE_KEY])
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < 32; i++) {
		key[2 * i] = hex[d->bytes[i] >> 4];
		key[2 * i + 1] = hex[d->bytes[i] & 15];
	}
	(void)snprintf(key + 64, CACHE_KEY - 64, "-%s-f%d-%u", GABION_VERSION, FACTS_VERSION,
		       ss->flags & ~(unsigned)ANALYSIS_PROGRESS);
}

/* What is cached was checked against the digest of the blob, and nothing else. */
static const struct digest *cache_digest(const struct image_layer *l)
{
	return l->cacheable && l->verify_blob && !l->verify_diff && l->digest.set ? &l->digest
										  : NULL;
}

/* True when the layer's facts came from the cache, whole. */
static bool from_cache(struct subject_scan *ss, size_t layer)
{
	const struct digest *d = cache_digest(&ss->img->layers.p[layer]);
	struct layer_result *res = &ss->results[layer];
	char key[CACHE_KEY];
	struct err err;

	if (!ss->cache || !d)
		return false;
	cache_key(ss, d, key);
	if (!cache_get(ss->cache, key, &res->frames))
		return false;
	if (facts_decode(buf_view(&res->frames), &res->facts, &err) == 0 && res->facts.complete)
		return true;
	layer_result_done(res);
	*res = (struct layer_result){0};
	return false;
}

static void to_cache(struct subject_scan *ss, size_t layer)
{
	const struct digest *d = cache_digest(&ss->img->layers.p[layer]);
	const struct layer_result *res = &ss->results[layer];
	char key[CACHE_KEY];

	if (!ss->cache || !d || !res->wanted || !res->good)
		return;
	cache_key(ss, d, key);
	cache_put(ss->cache, key, buf_view(&res->frames));
}

static void layer_error(struct subject_scan *ss, size_t layer, enum error_weight weight,
			const struct err *why)
{
	struct err err = *why;
	const struct image_layer *l = &ss->img->layers.p[layer];
	struct sv name = l->digest.set ? sv_head(digest_str(ss->r->arena, &l->digest), 19)
				       : sv_head(l->name, 120);

	err.where[0] = '\0';
	if (!has_layers(ss->img))
		(void)err_where(&err, "%s", why->where);
	else if (why->where[0])
		(void)err_where(&err, "layer %zu (%.*s): %s", layer, SV_ARG(name), why->where);
	else
		(void)err_where(&err, "layer %zu (%.*s)", layer, SV_ARG(name));
	report_error_add(ss->r, weight, ss->subject, &err);
}

static void absent_layer(struct subject_scan *ss, size_t layer)
{
	const struct image_layer *l = &ss->img->layers.p[layer];
	struct err err;

	if (l->broken) {
		layer_error(ss, layer, WEIGHT_FATAL, l->broken);
		return;
	}
	(void)err_set(&err, ERR_NOTFOUND,
		      "a foreign layer is not part of this image and was not read");
	(void)err_code(&err, "foreign-layer");
	layer_error(ss, layer, WEIGHT_FATAL, &err);
}

void subject_errors(struct subject_scan *ss)
{
	for (size_t i = 0; i < ss->img->layers.n; i++) {
		const struct layer_result *res = &ss->results[i];
		if (ss->img->layers.p[i].kind == LAYER_ABSENT)
			absent_layer(ss, i);
		if (res->failed)
			layer_error(ss, i, WEIGHT_FATAL, &res->err);
		for (size_t k = 0; k < res->facts.errors.n; k++) {
			const struct fact_error *e = &res->facts.errors.p[k];
			if (!e->hidden)
				layer_error(ss, i, e->weight, &e->err);
		}
	}
}

static int read_layers(struct subject_scan *ss, struct err *err)
{
	const struct scan_options *o = ss->o;
	struct pool_options po = {
		.jobs = o->jobs ? o->jobs : sys_processors(),
		.memory = o->memory,
		.flags = ss->flags | (o->watch ? (unsigned)ANALYSIS_PROGRESS : 0),
		.deadline = ss->deadline,
		.watch = o->watch,
		.exclude = o->exclude.p,
		.exclude_n = o->exclude.n,
		.full = o->source.full,
	};
	bool any = false;

	for (size_t i = 0; i < ss->img->layers.n; i++) {
		struct layer_result *res = &ss->results[i];
		res->wanted = ss->img->layers.p[i].kind != LAYER_ABSENT && !from_cache(ss, i);
		any |= res->wanted;
	}
	if (!any)
		return 0;
	stream_digest_prepare();
	return pool_run(ss->src, ss->img, &po, ss->results, err);
}

/* In images and root file systems installed evidence counts, in source trees lock files do too. */
static bool locks_count(const struct subject_scan *ss)
{
	if (!(ss->flags & ANALYSIS_LOCK))
		return false;
	for (size_t i = 0; i < ss->img->layers.n; i++)
		if (ss->results[i].facts.systems.n)
			return false;
	return true;
}

int64_t scan_deadline(const struct scan_options *o)
{
	return o->timeout ? clock_mono_ns() + o->timeout * 1000000000 : 0;
}

/* Findings of one subject. That they cannot be had leaves the other subjects theirs. */
static void match(struct report *r, size_t subject, const struct scan_options *o, int64_t deadline,
		  bool *os_uncovered)
{
	struct matching_options m = {
		.db_dir = o->db_dir, .memory = o->memory, .deadline = deadline};
	struct err err;

	if (o->db_dir && matching_run(&m, r, subject, os_uncovered, &err) < 0)
		report_error_add(r, WEIGHT_FATAL, subject, &err);
}

/* Folders above a path, unless it is the path before: many packages stand in one file. */
static uint64_t folders(struct sv path, struct sv *before)
{
	uint64_t n = 1;

	if (sv_eq(path, *before))
		return 0;
	*before = path;
	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

static uint64_t all_folders(const struct layer_facts *f)
{
	struct sv before = {0};
	uint64_t n = 0;

	for (size_t i = 0; i < f->packages.n; i++)
		n += folders(f->packages.p[i].locations.p[0].file, &before);
	for (size_t i = 0; i < f->systems.n; i++)
		n += folders(f->systems.p[i].path, &before);
	for (size_t i = 0; i < f->unread.n; i++)
		n += folders(f->unread.p[i].path, &before);
	for (size_t i = 0; i < f->errors.n; i++)
		n += folders(f->errors.p[i].path, &before);
	for (size_t i = 0; i < f->files.n; i++)
		n += folders(f->files.p[i].path, &before);
	for (size_t i = 0; i < f->secrets.n; i++)
		n += folders(f->secrets.p[i].path, &before);
	return n;
}

/* Merging takes memory here, in the parent: by packages, and by all folders whose visibility is
 * asked. */
static void bound_facts(struct subject_scan *ss)
{
	uint64_t packages = 0, asked = 0;
	struct err err;

	for (size_t i = 0; i < ss->img->layers.n; i++) {
		struct layer_facts *f = &ss->results[i].facts;
		uint64_t p = f->packages.n, a = ss->img->layers.n > 1 ? all_folders(f) : 0;
		if (packages + p <= limit_packages && asked + a <= limit_subject_folders) {
			packages += p;
			asked += a;
			continue;
		}
		layer_facts_done(f);
		(void)err_set(&err, ERR_LIMIT,
			      "more than %llu packages, or %llu folders above them, in one subject",
			      (unsigned long long)limit_packages,
			      (unsigned long long)limit_subject_folders);
		(void)err_code(&err, "budget");
		layer_error(ss, i, WEIGHT_FATAL, &err);
	}
}

struct layer_facts **subject_facts(struct subject_scan *ss)
{
	size_t n = ss->img->layers.n;
	struct layer_facts **facts = xcalloc(n ? n : 1, sizeof *facts);

	bound_facts(ss);
	for (size_t i = 0; i < n; i++)
		facts[i] = &ss->results[i].facts;
	return facts;
}

int subject_read(struct subject_scan *ss, struct err *err)
{
	ss->subject = new_subject(ss->r, ss->img);
	if (ss->img->broken) {
		report_error_add(ss->r, WEIGHT_FATAL, ss->subject, ss->img->broken);
		return 0;
	}
	if (ss->base)
		base_mark(ss->base, ss->img, ss->r, ss->subject);
	ss->results = xcalloc(ss->img->layers.n ? ss->img->layers.n : 1, sizeof *ss->results);
	ss->deadline = scan_deadline(ss->o);
	int rc = read_layers(ss, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < ss->img->layers.n; i++)
		to_cache(ss, i);
	return 1;
}

void subject_done(struct subject_scan *ss)
{
	for (size_t i = 0; ss->results && i < ss->img->layers.n; i++)
		layer_result_done(&ss->results[i]);
	free(ss->results);
	ss->results = NULL;
}

static void merge(struct subject_scan *ss)
{
	struct layer_facts **facts = subject_facts(ss);

	merge_layers(ss->r, ss->subject, facts, ss->img->layers.n, locks_count(ss));
	free(facts);
}

static int scan_image(struct subject_scan *ss, bool *os_uncovered, struct err *err)
{
	bool tree = sv_is(ss->img->kind, "filesystem");

	ss->flags = ANALYSIS_INSTALLED | (tree ? ANALYSIS_LOCK : 0);
	int rc = subject_read(ss, err);
	if (rc > 0) {
		merge(ss);
		subject_errors(ss);
		match(ss->r, ss->subject, ss->o, ss->deadline, os_uncovered);
	}
	subject_done(ss);
	return rc < 0 ? rc : 0;
}

/* A purl is a subject of one package: the fastest answer to "am I affected?". */
static int scan_purl(struct report *r, struct sv target, const struct scan_options *o,
		     bool *os_uncovered, struct err *err)
{
	struct package p = {0};
	struct os os = {0};
	int rc = purl_parse(r->arena, target, &p, &os, err);

	if (rc < 0)
		return rc;
	if (!p.version.n) {
		(void)err_set(err, ERR_USAGE, "a package URL without a version cannot be judged");
		(void)err_hint(err,
			       "write pkg:...@VERSION; gabion db search '%.*s' lists what is known",
			       SV_ARG(text_safe(r->arena, target)));
		return err_scope(err, SCOPE_USAGE);
	}
	struct subject *s = VEC_PUSH(&r->subjects);
	s->id = s->name = arena_sv(r->arena, target);
	s->kind = SV("package");
	s->scheme = SV("pkg");
	s->os = os;
	s->has_os = os.id.n > 0;
	p.purl = s->name;
	p.id = arena_fmt(r->arena, "purl-%zu", r->subjects.n);
	p.subject = r->subjects.n - 1;
	p.owner = p.layer = INDEX_NONE;
	*VEC_PUSH(&r->packages) = p;
	match(r, r->subjects.n - 1, o, scan_deadline(o), os_uncovered);
	return 0;
}

struct cache *scan_cache(const struct scan_options *o)
{
	struct cache *c = NULL;
	struct err err;

	if (o->cache && strcmp(o->cache, "none") == 0)
		return NULL;
	if (cache_open(o->cache, CACHE_MAX, &c, &err) < 0) {
		log_info("no cache: %s", err.msg);
		return NULL;
	}
	return c;
}

static int scan_images(struct report *r, struct source *src, const struct scan_options *o,
		       const struct base_image *base, bool *os_uncovered, struct err *err)
{
	struct cache *cache = scan_cache(o);
	size_t n;
	const struct image *images = source_images(src, &n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct subject_scan ss = {.r = r,
					  .src = src,
					  .img = &images[i],
					  .o = o,
					  .cache = cache,
					  .base = base};
		rc = scan_image(&ss, os_uncovered, err);
	}
	cache_close(cache);
	return rc;
}

int scan_target(struct report *r, struct sv target, const struct scan_options *o,
		bool *os_uncovered, struct err *err)
{
	struct base_image base = {0};
	struct source *src;

	if (sv_starts(target, SV("pkg:")))
		return scan_purl(r, target, o, os_uncovered, err);
	int rc = source_open(r->arena, target, &o->source, &src, err);
	if (rc < 0)
		return rc;
	if (!sandbox_has_landlock())
		log_info("this kernel has no Landlock; workers are held by seccomp alone");
	if (o->base.n)
		rc = base_open(r->arena, o->base, &o->source, &base, err);
	if (rc == 0)
		rc = scan_images(r, src, o, &base, os_uncovered, err);
	base_close(&base);
	source_close(src);
	return rc;
}
