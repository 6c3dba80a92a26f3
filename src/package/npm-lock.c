/*
 * package-lock.json and npm-shrinkwrap.json, lockfileVersion 1 to 3 (docs.npmjs.com,
 * "package-lock.json").
 *
 * 1: "dependencies" nest by name. 2 and 3: "packages" is flat, keyed by place
 * ("node_modules/a/node_modules/b"). The root, links, and workspaces (places outside node_modules)
 * are the project's own and are skipped: a private name must not match a public advisory. A lock
 * file below node_modules is not read. A version 1 entry whose version is a URL has no version.
 */
#include "fmt/json.h"
#include "package/catalog.h"
#include "package/emit.h"

struct lock {
	struct emit emit;
	struct doc doc;
	size_t unversioned;
};

static void entry(struct lock *l, const struct node *at, struct sv name, struct sv version)
{
	struct package p = {.name = name, .version = sv_trim(version)};
	struct sv license = node_get_str(at, "license");
	uint32_t line, column;

	doc_line_col(&l->doc, at->key_start, &line, &column);
	p.dev = node_true(node_get(at, "dev")) || node_true(node_get(at, "devOptional"));
	emit_license(&p, &license);
	emit_package(&l->emit, &p, line);
}

/* Version 2 and 3: what stands behind the last "node_modules/" of the place; empty if there is
 * none. */
static struct sv name_of_place(struct sv place)
{
	static const char dir[] = "node_modules/";
	struct sv name = {0};

	for (size_t at; (at = sv_find(place, sv_of(dir))) != SIZE_MAX;) {
		bool whole = at == 0 || place.p[at - 1] == '/';

		place = sv_from(place, at + sizeof dir - 1);
		if (whole)
			name = place;
	}
	return name;
}

static void read_packages(struct lock *l, const struct node *packages)
{
	NODE_EACH (it, packages) {
		struct sv name = name_of_place(it->key);
		struct sv real = node_get_str(it, "name");
		struct sv version = node_get_str(it, "version");

		if (name.n == 0 || it->flags & NODE_DUPLICATE || node_true(node_get(it, "link")))
			continue;
		if (version.n)
			entry(l, it, real.n ? real : name, version);
		else
			l->unversioned++;
	}
}

/* Version 1: "1.2.3", "npm:real@1.2.3", or where it comes from ("git+ssh://", "file:",
 * "github:a/b"). */
static void entry_v1(struct lock *l, const struct node *it)
{
	struct sv name = it->key, version = sv_trim(node_get_str(it, "version"));
	struct sv real, number;

	if (sv_starts(version, SV("npm:")) && sv_rcut(sv_from(version, 4), '@', &real, &number) &&
	    real.n) {
		name = real;
		version = number;
	}
	if (sv_starts(version, SV("file:")) || sv_starts(version, SV("link:")))
		return;
	if (version.n == 0 || version.p[0] < '0' || version.p[0] > '9' ||
	    sv_find_char(version, ':') != SIZE_MAX || sv_find_char(version, '/') != SIZE_MAX)
		l->unversioned++;
	else
		entry(l, it, name, version);
}

static void read_dependencies(struct lock *l, const struct node *root)
{
	struct {
		const struct node **p;
		size_t n, cap;
	} stack = {0};

	*VEC_PUSH(&stack) = node_get(root, "dependencies");
	while (stack.n > 0) {
		const struct node *dependencies = stack.p[--stack.n];

		if (!node_is(dependencies, NODE_OBJECT))
			continue;
		NODE_EACH (it, dependencies) {
			const struct node *inner = node_get(it, "dependencies");

			if (!node_is(it, NODE_OBJECT) || it->flags & NODE_DUPLICATE)
				continue;
			entry_v1(l, it);
			if (inner)
				*VEC_PUSH(&stack) = inner;
		}
	}
	vec_done(&stack);
}

int npm_lock_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		  struct err *err)
{
	struct lock l = {.emit = {.sink = sink,
				  .path = f->path,
				  .cataloger = "npm-lock",
				  .type = PKG_NPM,
				  .evidence = EVIDENCE_LOCK},
			 .doc = {.arena = a,
				 .name = f->path,
				 .bytes = emit_skip_bom(f->bytes),
				 .dup = DUP_LAST}};

	/* what a package shipped with itself is not what is locked here */
	if (sv_starts(f->path, SV("node_modules/")) ||
	    sv_find(f->path, SV("/node_modules/")) != SIZE_MAX)
		return 0;
	int rc = json_parse(&l.doc, err);
	if (rc < 0)
		return rc;

	const struct node *packages = node_get(l.doc.root, "packages");
	if (node_is(packages, NODE_OBJECT))
		read_packages(&l, packages);
	else
		read_dependencies(&l, l.doc.root);
	if (l.unversioned)
		emit_note(&l.emit, ERR_UNSUPPORTED, 0,
			  "%zu dependencies that name a source instead of a version are not judged",
			  l.unversioned);
	return 0;
}
