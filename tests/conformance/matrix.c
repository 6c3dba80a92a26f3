/*
 * Rule by source: which rules about workloads hold for which way to say what a container may do.
 * For each source the folder has fixtures (good-*, bad-*; a folder of parts, or one text); every
 * rule is asked of all of them. The table is docs/rule-matrix.md; --write makes it anew.
 */
#include "base/base.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "fact/kube/kube.h"
#include "fact/source.h"
#include "fmt/yaml.h"
#include "rule/engine.h"
#include "runner.h"
#include "sys/file.h"

/* Columns: Kubernetes, then the sources that give workloads. */
static const char *const columns[] = {
	"kubernetes",     "compose", "command", "docker-create", "docker-inspect",
	"podman-inspect", "oci",     "process", "image",         "dockerfile"};
enum { COLUMNS = 10 };

static const char head[] =
	"# Which rule holds for which source\n\n"
	"Made by `build/tests/conformance-matrix --write` from the examples in `tests/conformance/matrix/`; a test\n"
	"fails when it is not up to date.\n\n"
	"- `yes`: the examples of the source have one that fails and one that passes;\n"
	"- `fails`, `passes`: only such an example is there;\n"
	"- `unknown`: asked, but the source does not say what the rule needs (not-observed, never a pass);\n"
	"- `-`: asked, and it does not apply to the examples;\n"
	"- empty: not asked of this platform.\n\n";

struct matrix {
	struct rules rules;
	struct engine engine;
	struct arena arena;
	bool (*seen)[COLUMNS][STATES]; /* by number of the rule */
	bool asked[COLUMNS];
	size_t column, objects;
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct matrix *m = arg;

	m->seen[v->rule->number][m->column][v->state] = true;
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct matrix *m = arg;

	m->objects++;
	engine_object(&m->engine, o, on_verdict, m);
}

static void judge_manifest(struct matrix *m, struct sv name, struct sv bytes)
{
	const struct fact_sink sink = {.arg = m, .object = on_object};
	struct doc d = {.arena = &m->arena, .name = name, .bytes = bytes, .dup = DUP_LAST};
	struct yaml_docs docs = {0};
	struct err err;

	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0)
		return;
	for (size_t i = 0; i < docs.n; i++)
		if (docs.p[i].root && docs.p[i].root->kind != NODE_NULL)
			kube_objects(&m->arena, &d, docs.p[i].root, &sink);
}

static bool read_text(struct matrix *m, struct sv path, struct sv *out)
{
	auto_done(buf_done) struct buf b = {0};
	struct err err;

	if (file_read(arena_str(&m->arena, path), 1 << 20, &b, &err) < 0)
		return false;
	*out = arena_sv(&m->arena, buf_view(&b));
	return true;
}

/* A folder is parts: the files' names are the roles, "role@name". */
static void add_parts(struct matrix *m, struct parts *p, struct sv folder)
{
	DIR *dir = opendir(arena_str(&m->arena, folder));
	const struct dirent *d;

	while (dir && (d = readdir(dir))) {
		struct sv text, name = sv_of(d->d_name);
		struct sv path = arena_fmt(&m->arena, "%.*s/%s", SV_ARG(folder), d->d_name);
		if (d->d_name[0] == '.' || !read_text(m, path, &text))
			continue;
		name = arena_sv(&m->arena, name);
		(void)parts_add(p, name, name, text);
	}
	if (dir)
		(void)closedir(dir);
}

static bool judge_fixture(struct matrix *m, const char *source, struct sv path)
{
	const struct fact_sink sink = {.arg = m, .object = on_object};
	const struct fact_source *s = fact_source_find(sv_of(source));
	auto_done(parts_done) struct parts p = {.arena = &m->arena};
	struct sv text = {0};
	size_t before = m->objects;

	bool one = read_text(m, path, &text);
	if (!s && one)
		judge_manifest(m, path, text);
	if (!s)
		return m->objects > before;
	if (one)
		(void)parts_add(&p, (struct sv){0}, path, text);
	else
		add_parts(m, &p, path);
	s->objects(&p, &sink);
	return m->objects > before;
}

static void judge_column(struct matrix *m, struct runner *r, size_t column)
{
	struct sv folder = arena_fmt(&m->arena, "%s/%s", r->path, columns[column]);
	DIR *dir = opendir(folder.p);
	const struct dirent *d;

	m->column = column;
	if (!dir || (column > 0 && !fact_source_find(sv_of(columns[column])))) {
		runner_fail(r, "%s: no examples, or no such source", columns[column]);
		if (dir)
			(void)closedir(dir);
		return;
	}
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		if (judge_fixture(m, columns[column],
				  arena_fmt(&m->arena, "%.*s/%s", SV_ARG(folder), d->d_name)))
			runner_pass(r);
		else
			runner_fail(r, "%s/%s: no object in it", columns[column], d->d_name);
	}
	(void)closedir(dir);
}

/* The bit that read_platforms() gives: of command, docker-create and docker-inspect the same. */
static unsigned platform_bit(const char *column)
{
	struct sv name = sv_of(column);
	struct sv word = sv_head(name, sv_find_char(name, '-'));

	if (sv_is(word, "command"))
		word = SV("docker");
	return 1U << platform_find(word);
}

static const char *cell(const struct matrix *m, const struct rule *rule, size_t column)
{
	const bool *seen = m->seen[rule->number][column];

	if (!(rule->platforms & platform_bit(columns[column])))
		return "";
	if (seen[STATE_FAIL] && seen[STATE_PASS])
		return "yes";
	if (seen[STATE_FAIL] || seen[STATE_PASS])
		return seen[STATE_FAIL] ? "fails" : "passes";
	return seen[STATE_NOT_OBSERVED] ? "unknown" : "-";
}

static void write_table(const struct matrix *m, struct buf *out)
{
	buf_str(out, head);
	buf_str(out, "| rule |");
	for (size_t c = 0; c < COLUMNS; c++)
		buf_fmt(out, " %s |", columns[c]);
	buf_str(out, "\n|---|");
	for (size_t c = 0; c < COLUMNS; c++)
		buf_str(out, "---|");
	buf_char(out, '\n');
	for (size_t i = 0; i < m->rules.all.n; i++) {
		const struct rule *rule = m->rules.all.p[i];
		if (!sv_is(rule->fact->name, "workload"))
			continue;
		buf_fmt(out, "| %.*s |", SV_ARG(rule->text.id));
		for (size_t c = 0; c < COLUMNS; c++)
			buf_fmt(out, " %s |", cell(m, rule, c));
		buf_char(out, '\n');
	}
}

/* A rule that is asked of a platform and decided by no example of it would be a promise. */
static void check_cells(const struct matrix *m, struct runner *r)
{
	for (size_t i = 0; i < m->rules.all.n; i++) {
		const struct rule *rule = m->rules.all.p[i];
		bool any = false;
		if (!sv_is(rule->fact->name, "workload"))
			continue;
		for (size_t c = 0; c < COLUMNS; c++)
			any |= strcmp(cell(m, rule, c), "yes") == 0 ||
			       strcmp(cell(m, rule, c), "fails") == 0;
		if (any)
			runner_pass(r);
		else
			runner_fail(r, "%.*s fails on no example of any source",
				    SV_ARG(rule->text.id));
	}
}

static void compare(struct matrix *m, struct runner *r, bool write)
{
	static const char path[] = GABION_SOURCE_ROOT "/docs/rule-matrix.md";
	auto_done(buf_done) struct buf table = {0};
	struct sv there = {0};
	struct err err;

	write_table(m, &table);
	if (write && file_write_atomic(path, buf_view(&table), 0644, &err) < 0)
		runner_fail(r, "%s: %s", path, err.msg);
	if (read_text(m, sv_of(path), &there) && sv_eq(there, buf_view(&table)))
		runner_pass(r);
	else
		runner_fail(r, "docs/rule-matrix.md is not up to date: "
			       "build/tests/conformance-matrix --write");
}

int main(int argc, char **argv)
{
	bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
	char folder[] = GABION_SOURCE_ROOT "/tests/conformance/matrix";
	char *args[] = {argv[0], argc > 1 && !write ? argv[1] : folder, NULL};
	struct matrix m = {0};
	struct runner r;
	struct err err;

	if (!runner_init(&r, "matrix", 2, args))
		return 77;
	arena_init(&m.arena, 0);
	rules_init(&m.rules);
	if (rules_load_builtin(&m.rules, &err) < 0 || rules_compile(&m.rules, NULL, &err) < 0) {
		runner_fail(&r, "%s: %s", err.where, err.msg);
		return runner_end(&r);
	}
	engine_init(&m.engine, &m.rules);
	bool *all = ARENA_ARRAY(&m.arena, m.rules.all.n, bool);
	memset(all, 1, m.rules.all.n);
	m.engine.selected = all;
	m.engine.all = m.engine.uncovered = true;
	m.seen = xcalloc(m.rules.all.n, sizeof *m.seen);
	for (size_t c = 0; c < COLUMNS; c++)
		judge_column(&m, &r, c);
	check_cells(&m, &r);
	compare(&m, &r, write);
	engine_done(&m.engine);
	rules_done(&m.rules);
	arena_done(&m.arena);
	free(m.seen);
	return runner_end(&r);
}
