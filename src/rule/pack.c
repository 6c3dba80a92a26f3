#include "rule/pack.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/suggest.h"
#include "fmt/json.h"
#include "fmt/yaml.h"
#include "rule/pack-int.h"
#include "sys/file.h"

void rules_init(struct rules *r)
{
	*r = (struct rules){0};
	arena_init(&r->arena, 0);
	facts_init(&r->facts);
	r->envs = ARENA_ARRAY(&r->arena, r->facts.n, struct cel_env);
}

void rules_done(struct rules *r)
{
	for (size_t i = 0; i < r->facts.n; i++)
		if (r->envs[i].arena)
			cel_env_done(&r->envs[i]);
	facts_done(&r->facts);
	vec_done(&r->all);
	map_done(&r->by_name);
	vec_done(&r->packs);
	vec_done(&r->benchmarks);
	arena_done(&r->arena);
}

static const struct pack_field pack_top[] = {
	{"pack", KIND_STRING, true},
	{"version", KIND_STRING | KIND_NUMBER, false},
	{"rules", KIND_LIST, false},
	{"tune", KIND_LIST, false},
};

/* Puts the rule in the place of one with its id, or behind the others. */
static void place_rule(struct pack_reader *p, struct rule *rule)
{
	struct rules *r = p->r;
	bool made;
	struct map_entry *e = map_put(p->ids, rule->text.id, &made);

	for (size_t i = 0; !made && i < r->all.n; i++) {
		if (r->all.p[i] == e->ptr) {
			r->all.p[i] = rule;
			e->key = rule->text.id;
			e->ptr = rule;
			return;
		}
	}
	e->ptr = rule;
	*VEC_PUSH(&r->all) = rule;
}

static int read_rules(struct pack_reader *p, const struct node *list)
{
	size_t i = 0;

	NODE_EACH (n, list) {
		struct rule *rule = NULL;
		uint64_t line = 0;
		if (p->lines && i < p->lines->n)
			(void)node_u64(&p->lines->items[i], &line);
		i++;
		p->line = (uint32_t)line;
		int rc = pack_rule(p, n, &rule);
		if (rc == 0 && p->r->all.n >= limit_rules)
			rc = pack_fail(p, n->start, "more rules than limit rules allows");
		if (rc == 0 && !p->lines)
			rc = rule_compile(p->r, rule, p->err);
		if (rc == -ERR_PARSE && p->r->fault) {
			p->r->fault(p->r->fault_arg, p->err);
			*p->err = (struct err){0};
			continue;
		}
		if (rc)
			return rc;
		place_rule(p, rule);
		p->r->packs.p[p->r->packs.n - 1].rules++;
	}
	return 0;
}

static int by_family(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;
	int c = sv_cmp(x->family, y->family);

	return c ? c : sv_cmp(x->text.id, y->text.id);
}

/* Order and names, after packs have come in. An id hides an alias; an alias of several rules is
 * nobody's. */
static void make_index(struct rules *r)
{
	bool made;

	if (r->all.n)
		qsort(r->all.p, r->all.n, sizeof *r->all.p, by_family);
	map_done(&r->by_name);
	r->by_name = (struct map){0};
	for (size_t i = 0; i < r->all.n; i++) {
		r->all.p[i]->number = i;
		map_put(&r->by_name, r->all.p[i]->text.id, &made)->ptr = r->all.p[i];
	}
	for (size_t i = 0; i < r->all.n; i++) {
		struct rule *rule = r->all.p[i];
		for (size_t k = 0; k < rule->text.aliases.n; k++) {
			struct sv name = rule->text.aliases.p[k];
			struct map_entry *e = map_put(&r->by_name, name, &made);
			const struct rule *other = e->ptr;
			if (made)
				e->ptr = rule;
			else if (other && !sv_eq(other->text.id, name) && other != rule)
				e->ptr = NULL;
		}
	}
}

static int check_covers(struct pack_reader *p)
{
	const struct rules *r = p->r;

	for (size_t i = 0; i < r->all.n; i++) {
		const struct rule *rule = r->all.p[i];
		if (rule->load != r->loads)
			continue;
		for (size_t k = 0; k < rule->covers.n; k++) {
			struct pack_reader at = {.r = p->r,
						 .d = rule->doc,
						 .err = p->err,
						 .file = rule->file,
						 .lines = p->lines,
						 .line = p->lines ? rule->line : 0};
			const struct rule *other = rules_find(r, rule->covers.p[k]);
			if (other && other != rule && sv_eq(other->text.id, rule->covers.p[k]))
				continue;
			struct err unknown = {0};
			(void)!rules_unknown(r, "covers", rule->covers.p[k], &unknown);
			int rc = pack_fail(&at, node_get(rule->source, "covers")->start,
					   "'covers' of %.*s: '%.*s' is the id of no other rule",
					   SV_ARG(rule->text.id), SV_ARG(rule->covers.p[k]));
			if (unknown.hint[0])
				(void)err_hint(p->err, "%s", unknown.hint);
			return rc;
		}
	}
	return 0;
}

/* Ids of this moment, so that an id that stands twice is seen. */
static void index_ids(const struct rules *r, struct map *ids)
{
	for (size_t i = 0; i < r->all.n; i++)
		map_put(ids, r->all.p[i]->text.id, NULL)->ptr = r->all.p[i];
}

/* What follows when all documents of a load are read: names, then tune sections, then checks. */
struct pack_load {
	struct map ids;
	struct {
		struct tune_section {
			struct pack_reader reader;
			const struct node *list;
		} * p;
		size_t n, cap;
	} tunes;
};

static void load_done(struct pack_load *l)
{
	map_done(&l->ids);
	vec_done(&l->tunes);
}

static void load_begin(struct rules *r, struct pack_load *l)
{
	*l = (struct pack_load){0};
	r->loads++;
	r->spent = 0;
	index_ids(r, &l->ids);
}

static int load_end(struct rules *r, struct pack_load *l, const struct node *lines, struct err *err)
{
	struct pack_reader p = {.r = r, .err = err, .lines = lines};
	int rc = 0;

	make_index(r);
	for (size_t i = 0; rc == 0 && i < l->tunes.n; i++)
		rc = pack_tune(&l->tunes.p[i].reader, l->tunes.p[i].list);
	/* what is left out is not there to be covered */
	return rc || r->fault ? rc : check_covers(&p);
}

static int read_pack(struct pack_reader *p, struct pack_load *l, const struct node *root)
{
	p->ids = &l->ids;
	if (node_get(root, "benchmark"))
		return pack_benchmark(p, root);
	int rc = pack_fields(p, root, "a pack", pack_top, ARRAY_LEN(pack_top));
	if (rc)
		return rc;
	struct pack *pack = VEC_PUSH(&p->r->packs);
	*pack = (struct pack){.name = node_get_str(root, "pack"), .file = p->file};
	const struct node *version = node_get(root, "version");
	pack->version = version ? version->text : (struct sv){0};
	struct pack copy = *pack;
	p->pack = &copy;
	rc = read_rules(p, node_get(root, "rules"));
	p->pack = NULL;
	p->line = 0;
	if (rc == 0 && node_get(root, "tune"))
		*VEC_PUSH(&l->tunes) =
			(struct tune_section){.reader = *p, .list = node_get(root, "tune")};
	return rc;
}

static int read_text(struct rules *r, struct pack_load *l, struct sv name, struct sv bytes,
		     struct err *err)
{
	struct doc *d = ARENA_NEW(&r->arena, struct doc);

	*d = (struct doc){.arena = &r->arena,
			  .name = arena_sv(&r->arena, name),
			  .bytes = arena_sv(&r->arena, bytes),
			  .dup = DUP_REFUSE};
	if (bytes.n > limit_pack_bytes) {
		(void)err_set(err, ERR_LIMIT, "larger than limit pack_bytes allows");
		(void)err_where(err, "%.*s", SV_ARG(name));
		return err_scope(err, SCOPE_CONFIG);
	}
	if (yaml_parse(d, YAML_12_CORE, err) < 0)
		return err_scope(err, SCOPE_CONFIG);
	struct pack_reader p = {.r = r, .d = d, .err = err, .file = d->name};
	if (!node_is(d->root, NODE_OBJECT))
		return pack_fail(&p, d->root->start, "a pack is a mapping with 'pack' and 'rules'");
	return read_pack(&p, l, d->root);
}

int rules_load_text(struct rules *r, struct sv name, struct sv bytes, struct err *err)
{
	auto_done(load_done) struct pack_load l;

	load_begin(r, &l);
	int rc = read_text(r, &l, name, bytes, err);
	return rc ? rc : load_end(r, &l, NULL, err);
}

int rules_load_builtin(struct rules *r, struct err *err)
{
	auto_done(load_done) struct pack_load l;
	struct doc *d = ARENA_NEW(&r->arena, struct doc);
	const struct node *lines = NULL;

	*d = (struct doc){.arena = &r->arena,
			  .name = SV("built-in packs"),
			  .bytes = sv_make(pack_builtin, pack_builtin_n),
			  .dup = DUP_REFUSE};
	load_begin(r, &l);
	int rc = json_parse(d, err);
	if (rc)
		return rc;
	NODE_EACH (n, d->root) {
		lines = node_get(n, "lines");
		struct pack_reader p = {.r = r,
					.d = d,
					.err = err,
					.file = node_get_str(n, "file"),
					.lines = lines};
		rc = read_pack(&p, &l, node_get(n, "root"));
		if (rc)
			return rc;
	}
	return load_end(r, &l, lines, err);
}

static int read_file(struct rules *r, struct pack_load *l, const char *path, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	int rc = file_read(path, limit_pack_bytes, &bytes, err);

	if (rc < 0)
		return err_scope(err, SCOPE_CONFIG);
	return read_text(r, l, sv_of(path), buf_view(&bytes), err);
}

static bool is_yaml(struct sv name)
{
	return name.n > 0 && name.p[0] != '.' &&
	       (sv_ends(name, SV(".yaml")) || sv_ends(name, SV(".yml")));
}

static int list_folder(struct rules *r, const char *path, struct sv_vec *out, struct err *err)
{
	DIR *dir = opendir(path);

	if (!dir) {
		(void)err_sys(err, "%s", path);
		return err_scope(err, SCOPE_CONFIG);
	}
	for (const struct dirent *e; (e = readdir(dir));)
		if (is_yaml(sv_of(e->d_name)))
			*VEC_PUSH(out) = arena_fmt(&r->arena, "%s/%s", path, e->d_name);
	(void)closedir(dir);
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, sv_cmp_qsort);
	return 0;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int read_folder(struct rules *r, struct pack_load *l, const char *path, struct err *err)
{
	struct sv_vec files = {0};
	int rc = list_folder(r, path, &files, err);

	for (size_t i = 0; rc == 0 && i < files.n; i++)
		rc = read_file(r, l, files.p[i].p, err);
	vec_done(&files);
	return rc;
}

int rules_load(struct rules *r, struct sv path, struct err *err)
{
	auto_done(load_done) struct pack_load l;
	size_t packs = r->packs.n + r->benchmarks.n;

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	const char *name = arena_str(&r->arena, path);
	load_begin(r, &l);
	int rc = is_folder(name) ? read_folder(r, &l, name, err) : read_file(r, &l, name, err);
	const char *below = arena_fmt(&r->arena, "%s/benchmarks", name).p;
	if (rc == 0 && is_folder(below))
		rc = read_folder(r, &l, below, err);
	if (rc == 0 && r->packs.n + r->benchmarks.n == packs) {
		(void)err_set(err, ERR_NOTFOUND, "no pack of rules (*.yaml) in %s", name);
		return err_scope(err, SCOPE_CONFIG);
	}
	return rc ? rc : load_end(r, &l, NULL, err);
}

int rules_compile(struct rules *r, const bool *selected, struct err *err)
{
	for (size_t i = 0; i < r->all.n; i++) {
		struct rule *rule = r->all.p[i];
		if (rule->compiled || (selected && !selected[i]))
			continue;
		int rc = rule_compile(r, rule, err);
		if (rc)
			return rc;
	}
	return 0;
}

int rules_compile_late(const struct rules *r, size_t index, struct err *err)
{
	/* what is compiled is the same for everybody: it only was not there yet */
	return rule_compile((struct rules *)(uintptr_t)r, r->all.p[index], err);
}

const struct rule *rules_find(const struct rules *r, struct sv id)
{
	const struct map_entry *e = map_find(&r->by_name, id);
	const struct rule *found = NULL;

	if (e)
		return e->ptr;
	if (sv_find_char(id, '*') != SIZE_MAX || sv_find_char(id, '?') != SIZE_MAX)
		return NULL;
	for (size_t i = 0; i < r->all.n; i++) {
		if (!rule_text_is_named(&r->all.p[i]->text, id))
			continue;
		if (found)
			return NULL;
		found = r->all.p[i];
	}
	return found;
}

bool rule_is_named(const struct rule *rule, struct sv name)
{
	return rule_text_is_named(&rule->text, name) || sv_ieq(name, rule->family);
}

size_t rules_select(const struct rules *r, struct sv name,
		    void (*found)(void *arg, const struct rule *rule), void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < r->all.n; i++) {
		if (!rule_is_named(r->all.p[i], name))
			continue;
		n++;
		if (found)
			found(arg, r->all.p[i]);
	}
	return n;
}

int rules_unknown(const struct rules *r, const char *option, struct sv name, struct err *err)
{
	struct suggest s = {.word = name};

	if (rules_select(r, name, NULL, NULL))
		return 0;
	for (size_t i = 0; i < r->all.n; i++) {
		const struct rule *rule = r->all.p[i];
		suggest_offer(&s, rule->text.id);
		suggest_offer(&s, rule->family);
		for (size_t k = 0; k < rule->text.aliases.n; k++)
			suggest_offer(&s, rule->text.aliases.p[k]);
	}
	(void)err_set(err, ERR_USAGE, "%s: no rule is called '%.*s'", option, SV_ARG(name));
	if (suggest_best(&s).n)
		pack_hint(err, &s);
	else
		(void)err_hint(err, "'gabion rules list' has them all");
	return -ERR_USAGE;
}

const struct rule_text *rule_text_of(const struct rule *rule)
{
	return &rule->text;
}
