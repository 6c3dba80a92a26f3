/*
 * An image as rules look at it: its configuration, where it comes from, what its layers hold that
 * somebody should know of. Of what a later layer hides, only that which can still be taken out of
 * the image and used is told: keys, passwords, caches.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "fact/capability.h"
#include "fact/parts.h"
#include "fmt/json-out.h"
#include "package/osrelease.h"
#include "scan/analysis.h"
#include "scan/scan-int.h"
#include "scan/visible.h"

static const struct {
	const char *name;
	bool deleted_too; /* it matters also where a later layer hides it */
} whys[FILE_WHYS] = {
	[FILE_SETUID] = {"setuid", false},
	[FILE_SETGID] = {"setgid", false},
	[FILE_WORLD_WRITABLE] = {"world_writable", false},
	[FILE_CAPABILITIES] = {"capabilities", false},
	[FILE_CREDENTIAL] = {"credential", true},
	[FILE_CACHE] = {"cache", true},
	[FILE_MANAGER] = {"manager", false}, /* has a list of its own */
};

struct picture {
	struct layer_facts **layers;
	size_t n;
	struct visible *visible;
	struct arena arena;
	struct map seen;
	struct json_out out;
	uint64_t told;
};

/* True for the first of its kind. */
static bool first(struct picture *p, unsigned kind, struct sv a, struct sv b)
{
	bool made;
	char number[8];
	char *key = arena_alloc(&p->arena, a.n + b.n + sizeof number);

	(void)snprintf(number, sizeof number, "%u", kind);
	memcpy(key, number, sizeof number);
	if (a.n)
		memcpy(key + sizeof number, a.p, a.n);
	if (b.n)
		memcpy(key + sizeof number + a.n, b.p, b.n);
	(void)map_put(&p->seen, sv_make(key, sizeof number + a.n + b.n), &made);
	return made;
}

static void say_path(struct picture *p, struct sv path)
{
	json_out_kv(&p->out, "path", arena_fmt(&p->arena, "/%.*s", SV_ARG(path)));
}

static void say_number(struct picture *p, const char *key, uint64_t n)
{
	json_out_key(&p->out, key);
	json_out_u64(&p->out, n);
}

static void say_bool(struct picture *p, const char *key, bool v)
{
	json_out_key(&p->out, key);
	json_out_bool(&p->out, v);
}

static void say_capabilities(struct picture *p, uint64_t set)
{
	json_out_key(&p->out, "capabilities");
	json_out_array(&p->out);
	for (unsigned i = 0; i < CAPABILITIES; i++)
		if (set >> i & 1)
			json_out_str(&p->out, sv_of(capability_name(i)));
	json_out_end(&p->out);
}

static void say_file(struct picture *p, const struct fact_file *f, size_t layer, bool deleted)
{
	char mode[8];

	(void)snprintf(mode, sizeof mode, "%o", f->mode);
	json_out_object(&p->out);
	say_path(p, f->whole);
	json_out_kv(&p->out, "why", sv_of(whys[f->why].name));
	json_out_kv(&p->out, "type",
		    f->folder || f->whole.n < f->path.n ? SV("folder") : SV("file"));
	if (f->whole.n == f->path.n) {
		json_out_kv(&p->out, "mode", sv_of(mode));
		say_number(p, "uid", f->uid);
		say_number(p, "gid", f->gid);
	}
	if (f->why == FILE_CAPABILITIES)
		say_capabilities(p, f->capabilities);
	if (f->detail.n)
		json_out_kv(&p->out, "detail", f->detail);
	say_number(p, "layer", layer);
	say_bool(p, "deleted", deleted);
	json_out_end(&p->out);
}

/* From the top layer down, so that of two versions the upper one counts. */
static void files_of(struct picture *p, bool deleted)
{
	for (size_t layer = p->n; layer-- > 0;) {
		const struct layer_facts *l = p->layers[layer];
		for (size_t i = 0; i < l->files.n && p->told < limit_layer_files; i++) {
			const struct fact_file *f = &l->files.p[i];
			if (f->why == FILE_MANAGER || (deleted && !whys[f->why].deleted_too) ||
			    visible_hidden(p->visible, layer, f->path) != deleted ||
			    !first(p, f->why, f->whole, (struct sv){0}))
				continue;
			say_file(p, f, layer, deleted);
			p->told++;
		}
	}
}

static void say_files(struct picture *p)
{
	json_out_key(&p->out, "files");
	json_out_array(&p->out);
	files_of(p, false);
	files_of(p, true);
	json_out_end(&p->out);
}

static void say_managers(struct picture *p)
{
	json_out_key(&p->out, "package_managers");
	json_out_array(&p->out);
	for (size_t layer = p->n; layer-- > 0;)
		for (size_t i = 0; i < p->layers[layer]->files.n; i++) {
			const struct fact_file *f = &p->layers[layer]->files.p[i];
			if (f->why == FILE_MANAGER && !visible_hidden(p->visible, layer, f->path) &&
			    first(p, FILE_MANAGER, f->detail, (struct sv){0}))
				json_out_str(&p->out, f->detail);
		}
	json_out_end(&p->out);
}

static void say_secret(struct picture *p, const struct fact_secret *s, size_t layer, bool deleted)
{
	json_out_object(&p->out);
	json_out_kv(&p->out, "type", s->type);
	json_out_kv(&p->out, "title", s->title);
	json_out_kv(&p->out, "place", SV("file"));
	say_path(p, s->path);
	say_number(p, "line", s->line);
	say_number(p, "layer", layer);
	say_bool(p, "deleted", deleted);
	json_out_kv(&p->out, "value", s->value);
	json_out_kv(&p->out, "confidence", s->high ? SV("high") : SV("medium"));
	json_out_end(&p->out);
}

static void secrets_of(struct picture *p, bool deleted)
{
	for (size_t layer = p->n; layer-- > 0;) {
		const struct layer_facts *l = p->layers[layer];
		for (size_t i = 0; i < l->secrets.n && p->told < limit_layer_secrets; i++) {
			const struct fact_secret *s = &l->secrets.p[i];
			struct sv what = arena_fmt(&p->arena, "\n%.*s\n%.*s\n%llu", SV_ARG(s->type),
						   SV_ARG(s->value),
						   deleted ? 0 : (unsigned long long)s->line);
			struct sv any = arena_fmt(&p->arena, "\n%.*s\n%.*s\n0", SV_ARG(s->type),
						  SV_ARG(s->value));
			if (visible_hidden(p->visible, layer, s->path) != deleted ||
			    !first(p, FILE_WHYS, s->path, what))
				continue;
			(void)first(p, FILE_WHYS, s->path, any);
			say_secret(p, s, layer, deleted);
			p->told++;
		}
	}
}

static void say_secrets(struct picture *p)
{
	p->told = 0;
	json_out_key(&p->out, "secrets");
	json_out_array(&p->out);
	secrets_of(p, false);
	secrets_of(p, true);
	json_out_end(&p->out);
}

struct account_row {
	const struct fact_account *a;
	enum account_password password;
	bool repeated;
};

struct account_rows {
	struct account_row *p;
	size_t n, cap;
};

/* The lines of the files that are seen: of each file the highest layer has it. */
static void gather(struct picture *p, bool shadow, struct account_rows *out)
{
	for (size_t layer = 0; layer < p->n; layer++) {
		const struct layer_facts *l = p->layers[layer];
		for (size_t i = 0; i < l->accounts.n; i++) {
			const struct fact_account *a = &l->accounts.p[i];
			if (a->shadow == shadow && !visible_hidden(p->visible, layer, a->path))
				*VEC_PUSH(out) = (struct account_row){a, a->password, false};
		}
	}
}

/* Two with one name or one number: the first that had it is told as well. */
static void mark_repeated(struct picture *p, struct account_rows *rows)
{
	struct map names = {0};

	for (size_t i = 0; i < 2 * rows->n; i++) {
		struct account_row *r = &rows->p[i / 2];
		struct sv key = i % 2 ? arena_fmt(&p->arena, ":%llu", (unsigned long long)r->a->uid)
				      : r->a->name;
		bool made;
		if (i % 2 && !r->a->numbered)
			continue;
		struct map_entry *e = map_put(&names, key, &made);
		if (made)
			e->num = i / 2;
		else
			r->repeated = rows->p[e->num].repeated = true;
	}
	map_done(&names);
}

/* The shadow file's word, where passwd(5) leaves it to it; an account that it has not is locked. */
static void join_shadow(struct picture *p, struct account_rows *rows)
{
	struct account_rows shadow = {0};
	struct map names = {0};

	gather(p, true, &shadow);
	for (size_t i = 0; i < shadow.n; i++)
		map_put(&names, shadow.p[i].a->name, NULL)->num = shadow.p[i].password;
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->p[i].password != ACCOUNT_SHADOWED)
			continue;
		struct map_entry *e = map_find(&names, rows->p[i].a->name);
		rows->p[i].password = e ? (enum account_password)e->num : ACCOUNT_LOCKED;
	}
	map_done(&names);
	vec_done(&shadow);
}

static void say_accounts(struct picture *p)
{
	struct account_rows rows = {0};

	gather(p, false, &rows);
	join_shadow(p, &rows);
	mark_repeated(p, &rows);
	json_out_key(&p->out, "accounts");
	json_out_array(&p->out);
	for (size_t i = 0; i < rows.n && i < limit_layer_accounts; i++) {
		const struct account_row *r = &rows.p[i];
		json_out_object(&p->out);
		json_out_kv(&p->out, "name", r->a->name);
		if (r->a->numbered && r->a->uid <= INT64_MAX)
			say_number(p, "uid", r->a->uid);
		say_bool(p, "empty_password", r->password == ACCOUNT_EMPTY);
		say_bool(p, "password", r->password == ACCOUNT_SET);
		json_out_kv(&p->out, "shell", r->a->shell);
		say_bool(p, "repeated", r->repeated);
		json_out_end(&p->out);
	}
	json_out_end(&p->out);
	vec_done(&rows);
}

static void say_system(struct picture *p)
{
	const struct os *best = NULL;
	int rank = 0;

	for (size_t layer = p->n; layer-- > 0;)
		for (size_t i = 0; i < p->layers[layer]->systems.n; i++) {
			const struct os *os = &p->layers[layer]->systems.p[i];
			int r = os_rank(os->path);
			if (os->id.n && !visible_hidden(p->visible, layer, os->path) &&
			    (!best || r < rank)) {
				best = os;
				rank = r;
			}
		}
	if (best)
		json_out_kv(&p->out, "system", best->id);
}

static bool all_read(const struct subject_scan *ss)
{
	for (size_t i = 0; i < ss->img->layers.n; i++) {
		const struct layer_result *r = &ss->results[i];
		if (ss->img->layers.p[i].kind == LAYER_ABSENT || r->failed || !r->facts.complete)
			return false;
	}
	return true;
}

static void write_layers(struct subject_scan *ss, struct buf *to)
{
	struct picture p = {.layers = subject_facts(ss), .n = ss->img->layers.n};

	arena_init(&p.arena, 0);
	p.visible = visible_new(p.layers, p.n);
	json_out_init(&p.out, NULL, to, 0);
	json_out_object(&p.out);
	say_bool(&p, "read", all_read(ss));
	say_system(&p);
	say_files(&p);
	say_managers(&p);
	say_secrets(&p);
	say_accounts(&p);
	json_out_end(&p.out);
	visible_free(p.visible);
	map_done(&p.seen);
	arena_done(&p.arena);
	free(p.layers);
}

static void write_about(const struct subject_scan *ss, struct buf *to)
{
	const struct subject *s = &ss->r->subjects.p[ss->subject];
	const struct image *img = ss->img;
	struct json_out w;

	json_out_init(&w, NULL, to, 0);
	json_out_object(&w);
	json_out_kv(&w, "reference", img->name);
	if (img->config.set)
		json_out_kv(&w, "id", digest_str(ss->r->arena, &img->config));
	if (s->digest.n)
		json_out_kv(&w, "digest", s->digest);
	json_out_kv(&w, "platform", img->platform);
	json_out_kv(&w, "scheme", img->scheme);
	json_out_kv(&w, "kind", img->kind);
	json_out_key(&w, "layers");
	json_out_array(&w);
	for (size_t i = 0; i < img->layers.n; i++) {
		const struct image_layer *l = &img->layers.p[i];
		json_out_object(&w);
		if (l->digest.set)
			json_out_kv(&w, "digest", digest_str(ss->r->arena, &l->digest));
		if (l->diff_id.set)
			json_out_kv(&w, "diff_id", digest_str(ss->r->arena, &l->diff_id));
		json_out_kv(&w, "instruction", l->instruction);
		json_out_end(&w);
	}
	json_out_end(&w);
	json_out_end(&w);
}

static void write_part(struct buf *to, const char *role, struct sv name, struct sv bytes)
{
	parts_write(to, sv_of(role), name, PART_HERE, bytes);
}

static void write_parts(struct subject_scan *ss, struct buf *to)
{
	auto_done(buf_done) struct buf about = {0}, layers = {0};
	struct sv name = ss->img->name;

	write_about(ss, &about);
	write_layers(ss, &layers);
	if (ss->img->config_json.n)
		write_part(to, "image_config", name, ss->img->config_json);
	write_part(to, "about", name, buf_view(&about));
	write_part(to, "layers", name, buf_view(&layers));
}

static int one_image(struct subject_scan *ss, void (*image)(void *arg, const struct image_parts *p),
		     void *arg, struct err *err)
{
	auto_done(buf_done) struct buf parts = {0};
	struct report *report = ARENA_NEW(ss->r->arena, struct report);

	report_init(report, ss->r->arena, "audit");
	ss->r = report;
	ss->flags = ANALYSIS_AUDIT;
	int rc = subject_read(ss, err);
	if (rc > 0) {
		write_parts(ss, &parts);
		subject_errors(ss);
	}
	if (rc >= 0)
		image(arg, &(struct image_parts){ss->img, buf_view(&parts), report});
	subject_done(ss);
	report_done(report);
	return rc < 0 ? rc : 0;
}

int scan_image_parts(struct arena *a, struct sv target, const struct scan_options *o,
		     void (*image)(void *arg, const struct image_parts *p), void *arg,
		     struct err *err)
{
	struct report report = {.arena = a};
	struct source *src;
	size_t n;

	int rc = source_open(a, target, &o->source, &src, err);
	if (rc < 0)
		return rc;
	struct cache *cache = scan_cache(o);
	const struct image *images = source_images(src, &n);
	for (size_t i = 0; i < n && rc >= 0; i++) {
		struct subject_scan ss = {
			.r = &report, .src = src, .img = &images[i], .o = o, .cache = cache};
		rc = one_image(&ss, image, arg, err);
	}
	cache_close(cache);
	source_close(src);
	return rc < 0 ? rc : 0;
}
