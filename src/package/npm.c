/*
 * Installed npm packages: package.json directly below node_modules/NAME or
 * node_modules/@SCOPE/NAME, at any depth. Other package.json files (the application's own, tests
 * and templates inside a package) are no evidence that a package is installed.
 * node_modules/.package-lock.json is npm's cache of the same tree and can be stale: it is not read.
 */
#include "fmt/json.h"
#include "package/catalog.h"
#include "package/emit.h"

/* Is this the package.json of an installed package? */
static bool installed(struct sv path)
{
	struct sv dir, name, parent;

	if (!sv_rcut(path, '/', &dir, &name) || !sv_rcut(dir, '/', &parent, &name))
		return false;
	if (name.n == 0 || name.p[0] == '.' || name.p[0] == '@')
		return false;
	if (sv_basename(parent).n && sv_basename(parent).p[0] == '@' &&
	    !sv_rcut(parent, '/', &parent, &name))
		return false;
	return sv_is(sv_basename(parent), "node_modules");
}

/* "MIT", {"type": "MIT"} or the old "licenses": [{"type": "MIT"}]. */
static struct sv license_of(const struct node *root)
{
	const struct node *license = node_get(root, "license");

	if (!license)
		license = node_get(root, "licenses");
	if (node_is(license, NODE_ARRAY) && license->n > 0)
		license = license->items;
	return node_is(license, NODE_OBJECT) ? node_get_str(license, "type") : node_str(license);
}

int npm_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
	     struct err *err)
{
	const struct node *root;
	struct emit e = {.sink = sink,
			 .path = f->path,
			 .cataloger = "npm",
			 .type = PKG_NPM,
			 .evidence = EVIDENCE_INSTALLED};

	if (!installed(f->path))
		return 0;
	int rc = json_read(a, f->path, emit_skip_bom(f->bytes), DUP_LAST, &root, err);
	if (rc < 0)
		return rc;

	struct package p = {.name = sv_trim(node_get_str(root, "name")),
			    .version = sv_trim(node_get_str(root, "version"))};
	/* private parts without name or version are no packages of the registry */
	if (p.name.n == 0 || p.version.n == 0)
		return 0;

	struct sv license = license_of(root);
	emit_license(&p, &license);
	emit_package(&e, &p, 0);
	return 0;
}
