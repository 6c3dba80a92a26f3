/*
 * Installed Python distributions: dist-info/METADATA, egg-info as directory or single file,
 * EGG-INFO. Core metadata (packaging.python.org, "Core metadata specifications"): headers as in
 * e-mail (RFC 5322), folded lines begin with white space, the headers end at the first empty line.
 */
#include "package/catalog.h"
#include "package/emit.h"
#include "package/python.h"

struct metadata {
	struct sv name, version, license, expression, classifier;
};

static void keep_first(struct sv *field, struct sv value)
{
	if (field->n == 0)
		*field = value;
}

static void header(struct metadata *m, struct sv line)
{
	struct sv value = line;
	struct sv key = sv_cut(&value, ':');
	static const char osi[] = "License :: OSI Approved :: ";

	value = sv_trim(value);
	if (sv_ieq(key, SV("Name")))
		keep_first(&m->name, value);
	else if (sv_ieq(key, SV("Version")))
		keep_first(&m->version, value);
	else if (sv_ieq(key, SV("License-Expression")))
		keep_first(&m->expression, value);
	else if (sv_ieq(key, SV("License")))
		keep_first(&m->license, value);
	else if (sv_ieq(key, SV("Classifier")) && sv_starts(value, sv_of(osi)))
		keep_first(&m->classifier, sv_from(value, sizeof osi - 1));
}

static struct metadata headers(struct sv bytes)
{
	struct metadata m = {0};
	struct sv line;

	while (sv_line(&bytes, &line) && sv_trim(line).n > 0)
		if (line.p[0] != ' ' && line.p[0] != '\t')
			header(&m, line);
	return m;
}

/* "lib/Foo-1.2.dist-info/METADATA" names what METADATA does not: Foo, 1.2 ("-py3.11" of eggs
 * dropped). */
static void from_path(struct metadata *m, struct sv path)
{
	struct sv dir, base, name, version;

	if (sv_is(sv_basename(path), "METADATA") || sv_is(sv_basename(path), "PKG-INFO")) {
		if (!sv_rcut(path, '/', &dir, &base))
			return;
		path = sv_is(sv_basename(dir), "EGG-INFO") && sv_rcut(dir, '/', &name, &base) ? name
											      : dir;
	}
	path = sv_basename(path);
	if (!sv_rcut(path, '.', &path, &base))
		return;
	version = path;
	name = sv_cut(&version, '-');
	version = sv_cut(&version, '-');
	if (!python_name_ok(name) || version.n == 0 || version.p[0] < '0' || version.p[0] > '9')
		return;
	keep_first(&m->name, name);
	keep_first(&m->version, version);
}

int python_dist_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		     struct err *err)
{
	struct metadata m = headers(emit_skip_bom(f->bytes));
	struct emit e = {.sink = sink,
			 .path = f->path,
			 .cataloger = "python-dist",
			 .type = PKG_PYPI,
			 .evidence = EVIDENCE_INSTALLED};

	if (m.name.n == 0 || m.version.n == 0)
		from_path(&m, f->path);
	if (!python_name_ok(m.name) || m.version.n == 0) {
		err_set(err, ERR_PARSE, "Python metadata without a %s",
			m.version.n == 0 ? "version" : "valid name");
		return err_where(err, "%.*s", SV_ARG(f->path));
	}

	struct package p = {.name = python_normal_name(a, m.name), .version = m.version};
	struct sv license = m.expression.n ? m.expression : m.license.n ? m.license : m.classifier;

	if (!sv_ieq(license, SV("UNKNOWN")))
		emit_license(&p, &license);
	emit_package(&e, &p, 0);
	return 0;
}
