/*
 * go.mod (go.dev/ref/mod#go-mod-file): require with its replacements, and the toolchain line as the
 * standard library. exclude, retract, tool, godebug and ignore add nothing. The go line is a
 * minimum that says little about what builds the program, so it makes no package. Modules that are
 * replaced by a directory are the project's own. go.mod of Go before 1.17 does not list indirect
 * dependencies: a note says so (go.sum lists every version that was ever looked at, not the one
 * that is built).
 */
#include "base/map.h"
#include "package/catalog.h"
#include "package/emit.h"
#include "package/gobuildinfo.h"

enum { words_max = 8 };

struct words {
	struct sv p[words_max];
	size_t n;
};

struct require {
	struct sv path, version;
	uint32_t line;
};

/* "old", or "old version" for a replacement of one version only */
struct replace {
	struct sv path, version;
};

struct gomod {
	struct emit emit;
	struct arena *arena;
	struct {
		struct require *p;
		size_t n, cap;
	} requires;
	struct map replaces;
	bool lists_all; /* go 1.17 or later */
};

/* The next word: bare, "quoted" or `raw`; false at the end of the line or a comment. */
static bool word(struct sv *line, struct sv *out)
{
	*line = sv_trim(*line);
	if (line->n == 0 || sv_starts(*line, SV("//")))
		return false;
	char quote = line->p[0];

	if (quote == '"' || quote == '`') {
		*line = sv_from(*line, 1);
		*out = sv_cut(line, quote);
		return true;
	}
	size_t n = 0;
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t' &&
	       !sv_starts(sv_from(*line, n), SV("//")))
		n++;
	*out = sv_head(*line, n);
	*line = sv_from(*line, n);
	return true;
}

static struct words split(struct sv line)
{
	struct words w = {0};

	while (w.n < words_max && word(&line, &w.p[w.n]))
		w.n++;
	return w;
}

static struct sv replace_key(struct gomod *g, struct sv path, struct sv version)
{
	return version.n ? arena_fmt(g->arena, "%.*s %.*s", SV_ARG(path), SV_ARG(version)) : path;
}

/* old [version] => new [version] */
static void add_replace(struct gomod *g, const struct words *w)
{
	size_t arrow = w->n > 1 && sv_is(w->p[1], "=>") ? 1 : 2;
	bool made;

	if (arrow + 1 >= w->n || !sv_is(w->p[arrow], "=>"))
		return;
	struct replace *r = ARENA_NEW(g->arena, struct replace);
	r->path = w->p[arrow + 1];
	r->version = arrow + 2 < w->n ? w->p[arrow + 2] : (struct sv){0};
	struct sv key = replace_key(g, w->p[0], arrow == 2 ? w->p[1] : (struct sv){0});
	map_put(&g->replaces, key, &made)->ptr = r;
}

/* "1.17", "1.21.0", "1.24rc1" */
static bool since_1_17(struct sv version)
{
	uint64_t major, minor;
	struct sv first = sv_cut(&version, '.');
	size_t n = 0;

	while (n < version.n && version.p[n] >= '0' && version.p[n] <= '9')
		n++;
	return sv_u64(first, &major) && sv_u64(sv_head(version, n), &minor) &&
	       (major > 1 || (major == 1 && minor >= 17));
}

static void directive(struct gomod *g, struct sv verb, const struct words *w, uint32_t line)
{
	if (sv_is(verb, "require")) {
		if (w->n >= 2)
			*VEC_PUSH(&g->requires) = (struct require){w->p[0], w->p[1], line};
		else
			emit_note(&g->emit, ERR_PARSE, line, "require without module and version");
	} else if (sv_is(verb, "replace")) {
		add_replace(g, w);
	} else if (sv_is(verb, "go") && w->n >= 1) {
		g->lists_all = since_1_17(w->p[0]);
	} else if (sv_is(verb, "toolchain") && w->n >= 1) {
		struct sv version = go_release(g->arena, w->p[0]);

		if (version.n)
			emit_name_version(&g->emit, SV("stdlib"), version, line);
	}
}

static void lines(struct gomod *g, struct sv rest)
{
	struct sv line, block = {0};

	for (uint32_t number = 1; sv_line(&rest, &line); number++) {
		struct words w = split(line);

		if (w.n == 0)
			continue;
		if (block.n && sv_is(w.p[0], ")")) {
			block = (struct sv){0};
		} else if (block.n) {
			directive(g, block, &w, number);
		} else if (w.n >= 2 && sv_is(w.p[1], "(")) {
			block = w.p[0];
		} else {
			struct words tail = {.n = w.n - 1};

			for (size_t i = 0; i < tail.n; i++)
				tail.p[i] = w.p[i + 1];
			directive(g, w.p[0], &tail, number);
		}
	}
}

static void emit_require(struct gomod *g, const struct require *r)
{
	struct map_entry *found = map_find(&g->replaces, replace_key(g, r->path, r->version));

	if (!found)
		found = map_find(&g->replaces, r->path);
	const struct replace *by = found ? found->ptr : NULL;
	if (!by)
		emit_name_version(&g->emit, r->path, r->version, r->line);
	else if (by->version.n)
		emit_name_version(&g->emit, by->path, by->version, r->line);
}

int gomod_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
	       struct err *err)
{
	struct gomod g = {.emit = {.sink = sink,
				   .path = f->path,
				   .cataloger = "gomod",
				   .type = PKG_GOLANG,
				   .evidence = EVIDENCE_LOCK},
			  .arena = a};

	if (sv_find_char(f->bytes, '\0') != SIZE_MAX) {
		err_set(err, ERR_PARSE, "not a go.mod file: it holds NUL bytes");
		return err_where(err, "%.*s", SV_ARG(f->path));
	}
	lines(&g, emit_skip_bom(f->bytes));
	for (size_t i = 0; i < g.requires.n; i++)
		emit_require(&g, &g.requires.p[i]);
	if (!g.lists_all && g.requires.n)
		emit_note(&g.emit, ERR_UNSUPPORTED, 0,
			  "written for Go before 1.17: indirect dependencies are not listed, so "
			  "not judged");
	vec_done(&g.requires);
	map_done(&g.replaces);
	return 0;
}
