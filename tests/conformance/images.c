/*
 * The set "images": language-fixtures.tar.gz has lock files and installed trees with the golden
 * results of another scanner. Of each golden result in JSON, what it says about packages must come
 * out of the catalogers: name, version, purl, and the line where a lock file is concerned.
 *
 * Its findings, from the fixture database in the archive (fixture-db.h), must be ours: id, package,
 * version and fix. Differences that are accepted stand in images-accepted.tsv, each with its
 * reason; any other fails, and so does one that is listed but no longer there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "advisory/install.h"
#include "advisory/match.h"
#include "advisory/shard.h"
#include "base/map.h"
#include "fixture-db.h"
#include "fmt/json.h"
#include "fmt/tar.h"
#include "package/cataloger.h"
#include "runner.h"

/* The golden results' word for a kind of file, and which of our rows reads it. */
static const struct {
	const char *type, *cataloger;
	bool lines; /* a lock file: the first line of each entry counts */
} types[] = {
	{"cargo", "cargo-lock", true},
	{"gomod", "gomod", false},
	{"npm", "npm-lock", true},
	{"node-pkg", "npm", false},
	{"pip", "requirements", true},
	{"python-pkg", "python-dist", false},
	{"gobinary", "go-binary", false},
	{"rustbinary", "cargo-audit", false},
	{"jar", "java", false},
	/* its lock file is not read, but the fixture has the installed tree too */
	{"pnpm", "npm", false},
};

/* What cannot come out, and why. */
static const struct {
	const char *fixture, *target, *why;
} unreachable[] = {
	{"repo/gomod", "submod2/go.mod",
	 "go.mod before Go 1.17 does not list indirect dependencies and go.sum is not read; a note "
	 "says so"},
};

/* Packages that we list beyond the golden result, and why. */
static const struct {
	const char *fixture, *name, *why;
} beyond[] = {
	{"repo/cargo", "winapi",
	 "a development dependency: only Cargo.toml says so, Cargo.lock is read alone"},
	{"repo/cargo", "winapi-i686-pc-windows-gnu", "the same"},
	{"repo/cargo", "winapi-x86_64-pc-windows-gnu", "the same"},
};

struct file {
	struct sv path, bytes;
};

struct found {
	struct sv name, version, purl, path, cataloger;
	uint32_t line;
};

struct images {
	struct runner *r;
	struct arena arena;
	struct {
		struct file *p;
		size_t n, cap;
	} files;
	struct map by_path;
	/* of the fixture that is looked at */
	struct {
		struct found *p;
		size_t n, cap;
	} found;
	struct sv current;
	const char *cataloger;
	struct sv golden;
	/* what its findings are looked up in, and the differences that are accepted */
	struct db *db;
	struct map accepted;
};

struct collect {
	struct catalog_sink sink;
	struct images *im;
};

static void on_package(struct catalog_sink *s, const struct package *p)
{
	struct images *im = ((struct collect *)s)->im;
	auto_done(buf_done) struct buf purl = {0};

	purl_write(&purl, p, NULL);
	*VEC_PUSH(&im->found) = (struct found){
		.name = arena_sv(&im->arena, p->name),
		.version = arena_sv(&im->arena, p->version),
		.purl = arena_sv(&im->arena, buf_view(&purl)),
		.path = im->current,
		.cataloger = sv_of(im->cataloger),
		.line = p->locations.p[0].line,
	};
}

static void on_note(struct catalog_sink *s, const struct err *err)
{
	(void)s;
	printf("note %s: %s\n", err->where, err->msg);
}

/* Every row that takes a file of the fixture. */
static void catalog_fixture(struct images *im, struct sv fixture)
{
	struct collect c = {.sink = {.package = on_package, .note = on_note}, .im = im};

	im->found.n = 0;
	for (size_t i = 0; i < im->files.n; i++) {
		struct sv path = im->files.p[i].path;

		if (!sv_starts(path, fixture) || path.n <= fixture.n || path.p[fixture.n] != '/')
			continue;
		im->current = sv_from(path, fixture.n + 1);
		for (size_t row = 0; (row = cataloger_route(im->current, row)) < catalogers_n;
		     row++) {
			struct catalog_file f = {im->current, im->files.p[i].bytes};
			struct err err = {0};
			struct arena a;

			if (!catalogers[row].fn)
				continue;
			im->cataloger = catalogers[row].id;
			arena_init(&a, 0);
			if (catalogers[row].fn(&f, &a, &c.sink, &err) < 0)
				runner_fail(im->r, "%.*s: %s", SV_ARG(path), err.msg);
			arena_done(&a);
		}
	}
}

/* The package of the golden result among ours, or NULL. line 0: any. */
static const struct found *find(const struct images *im, const char *cataloger, struct sv path,
				struct sv name, struct sv version, uint32_t line)
{
	for (size_t i = 0; i < im->found.n; i++) {
		const struct found *f = &im->found.p[i];

		if (sv_is(f->cataloger, cataloger) && (path.n == 0 || sv_eq(f->path, path)) &&
		    sv_eq(f->name, name) && sv_eq(f->version, version) &&
		    (line == 0 || f->line == line))
			return f;
	}
	return NULL;
}

static void check_package(struct images *im, const char *where, size_t type, struct sv path,
			  struct sv name, struct sv version, struct sv purl, uint32_t line)
{
	const struct found *f = find(im, types[type].cataloger, path, name, version, line);

	if (!f)
		runner_fail(im->r, "%s: expected %.*s %.*s at line %u, not found", where,
			    SV_ARG(name), SV_ARG(version), line);
	else if (purl.n && !sv_eq(f->purl, purl))
		runner_fail(im->r, "%s: expected %.*s, found %.*s", where, SV_ARG(purl),
			    SV_ARG(f->purl));
	else
		runner_pass(im->r);
}

static bool is_beyond(struct images *im, const char *where, struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(beyond); i++)
		if (sv_is(name, beyond[i].name) &&
		    sv_starts(sv_of(where), sv_of(beyond[i].fixture))) {
			runner_skip(im->r, "%s: %s is beyond the golden result: %s", where,
				    beyond[i].name, beyond[i].why);
			return true;
		}
	return false;
}

/* Packages are listed whole or not at all; then those with findings are. */
static void check_packages(struct images *im, const char *where, size_t type, struct sv path,
			   const struct node *result)
{
	const struct node *packages = node_get(result, "Packages");
	size_t ours = 0;

	NODE_EACH (it, packages) {
		const struct node *at = node_get(it, "Locations");
		int64_t line = 0;

		if (types[type].lines && at && at->n)
			(void)node_i64(node_get(at->items, "StartLine"), &line);
		check_package(im, where, type, path, node_get_str(it, "Name"),
			      node_get_str(it, "Version"),
			      node_str(node_path(it, "Identifier", "PURL", NULL)), (uint32_t)line);
	}
	for (size_t i = 0; i < im->found.n; i++) {
		const struct found *f = &im->found.p[i];

		if (sv_is(f->cataloger, types[type].cataloger) &&
		    (path.n == 0 || sv_eq(f->path, path)) && !is_beyond(im, where, f->name))
			ours++;
	}
	if (packages && ours != packages->n)
		runner_fail(im->r, "%s: expected %u packages, found %zu", where, packages->n, ours);
	if (packages)
		return;
	NODE_EACH (it, node_get(result, "Vulnerabilities"))
		check_package(im, where, type, path, node_get_str(it, "PkgName"),
			      node_get_str(it, "InstalledVersion"),
			      node_str(node_path(it, "PkgIdentifier", "PURL", NULL)), 0);
}

/* "CVE-2019-11358 jquery 3.3.1" with the fix, of the golden result or of ours. */
struct flaw {
	struct sv text, fix;
	bool seen;
};

struct flaws {
	struct flaw *p;
	size_t n, cap;
};

/* A difference that is not in the list of accepted ones. */
static void differ(struct images *im, const char *where, const char *what, const struct flaw *f)
{
	struct sv key = arena_fmt(&im->arena, "%.*s\t%s\t%s\t%.*s", SV_ARG(im->golden), where, what,
				  SV_ARG(f->text));
	struct map_entry *e = map_find(&im->accepted, key);

	if (!e) {
		runner_fail(im->r, "%.*s (fix %.*s)", SV_ARG(key), SV_ARG(f->fix));
		return;
	}
	e->num++;
	runner_pass(im->r);
}

/* The golden result lists the fixes of all branches, we the one for the installed version. */
static bool has_fix(struct sv list, struct sv fix)
{
	if (fix.n == 0)
		return list.n == 0;
	while (list.n) {
		struct sv one = sv_trim(sv_cut(&list, ','));
		if (sv_starts(one, SV(">=")))
			one = sv_trim(sv_from(one, 2));
		if (sv_eq(one, fix))
			return true;
	}
	return false;
}

static void compare(struct images *im, const char *where, struct flaws *theirs, struct flaws *ours)
{
	for (size_t i = 0; i < theirs->n; i++) {
		struct flaw *t = &theirs->p[i], *o = NULL;
		for (size_t k = 0; k < ours->n && !o; k++)
			if (sv_eq(ours->p[k].text, t->text))
				o = &ours->p[k];
		if (o)
			o->seen = true;
		if (!o)
			differ(im, where, "missing", t);
		else if (!has_fix(t->fix, o->fix))
			differ(im, where, "fix", o);
		else
			runner_pass(im->r);
	}
	for (size_t k = 0; k < ours->n; k++)
		if (!ours->p[k].seen)
			differ(im, where, "beyond", &ours->p[k]);
}

/* Matches the packages of r, and names what was found. */
static int match(struct images *im, struct report *r, struct flaws *out, struct err *err)
{
	bool uncovered;
	int rc = match_subject(im->db, r, 0, &uncovered, err);

	for (size_t i = 0; rc >= 0 && i < r->findings.n; i++) {
		const struct finding *f = &r->findings.p[i];
		const struct package *p = &r->packages.p[f->vuln->package];
		const struct sv_vec *fix = &f->vuln->fix_versions;
		*VEC_PUSH(out) = (struct flaw){
			.text = arena_fmt(&im->arena, "%.*s %.*s %.*s", SV_ARG(f->id),
					  SV_ARG(p->name), SV_ARG(p->version)),
			.fix = fix->n ? arena_sv(&im->arena, fix->p[0]) : (struct sv){0},
		};
	}
	return rc;
}

/* Once each: the golden result repeats a package for each of its findings. */
static int add_package(struct report *r, struct sv purl, struct err *err)
{
	struct os os = {0};

	for (size_t i = 0; i < r->packages.n; i++)
		if (sv_eq(r->packages.p[i].purl, purl))
			return 0;
	struct package *p = VEC_PUSH(&r->packages);
	int rc = purl_parse(r->arena, purl, p, &os, err);
	p->purl = purl;
	p->owner = INDEX_NONE;
	return rc;
}

/* Ours where a cataloger read them, else those of the golden result: matching alone is judged. */
static int add_packages(struct images *im, struct report *r, const char *cataloger, struct sv path,
			const struct node *result, struct err *err)
{
	const struct node *list = node_get(result, "Packages");
	const char *id = list ? "Identifier" : "PkgIdentifier";
	int rc = 0;

	for (size_t i = 0; cataloger && rc >= 0 && i < im->found.n; i++) {
		const struct found *f = &im->found.p[i];
		if (sv_is(f->cataloger, cataloger) && (path.n == 0 || sv_eq(f->path, path)))
			rc = add_package(r, f->purl, err);
	}
	if (cataloger)
		return rc;
	NODE_EACH (it, list ? list : node_get(result, "Vulnerabilities")) {
		struct sv purl = node_str(node_path(it, id, "PURL", NULL));
		if (rc >= 0 && purl.n)
			rc = add_package(r, purl, err);
	}
	return rc;
}

/* The findings of one result, from the fixture database. */
static void check_findings(struct images *im, const char *where, const char *cataloger,
			   struct sv path, const struct node *result)
{
	struct flaws theirs = {0}, ours = {0};
	struct report r;
	struct err err;

	report_init(&r, &im->arena, "scan");
	(void)VEC_PUSH(&r.subjects);
	NODE_EACH (it, node_get(result, "Vulnerabilities")) {
		struct sv id = node_get_str(it, "VulnerabilityID"),
			  name = node_get_str(it, "PkgName"),
			  version = node_get_str(it, "InstalledVersion");
		*VEC_PUSH(&theirs) = (struct flaw){
			.text = arena_fmt(&im->arena, "%.*s %.*s %.*s", SV_ARG(id), SV_ARG(name),
					  SV_ARG(version)),
			.fix = node_get_str(it, "FixedVersion"),
		};
	}
	if (add_packages(im, &r, cataloger, path, result, &err) < 0 ||
	    match(im, &r, &ours, &err) < 0)
		runner_fail(im->r, "%s: %s", where, err.msg);
	else
		compare(im, where, &theirs, &ours);
	vec_done(&theirs);
	vec_done(&ours);
	report_done(&r);
}

static void check_result(struct images *im, struct sv fixture, const struct node *result)
{
	struct sv target = node_get_str(result, "Target"), type = node_get_str(result, "Type");
	char where[512];

	(void)snprintf(where, sizeof where, "%.*s/%.*s", SV_ARG(fixture), SV_ARG(target));
	for (size_t i = 0; i < ARRAY_LEN(unreachable); i++)
		if (sv_is(fixture, unreachable[i].fixture) &&
		    sv_is(target, unreachable[i].target)) {
			runner_skip(im->r, "%s: %s", where, unreachable[i].why);
			return;
		}
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (sv_is(type, types[i].type)) {
			bool tree = sv_is(type, "pnpm");
			check_packages(im, where, i, tree ? (struct sv){0} : target, result);
			check_findings(im, where, types[i].cataloger,
				       tree ? (struct sv){0} : target, result);
			return;
		}
	runner_skip(im->r, "%s: no cataloger reads files of type %.*s yet", where, SV_ARG(type));
	if (!sv_is(type, "conan")) /* a type of package that is not matched at all */
		check_findings(im, where, NULL, target, result);
}

static void check_row(struct images *im, struct sv row)
{
	struct sv fixture = sv_cut(&row, '\t'), scan = sv_cut(&row, '\t'),
		  format = sv_cut(&row, '\t');
	struct sv options = sv_cut(&row, '\t'), golden = sv_cut(&row, '\t');
	const struct map_entry *e = map_find(&im->by_path, golden);
	const struct node *root;
	struct err err = {0};

	(void)options;
	if (!sv_is(format, "json") || !sv_is(scan, "vulnerability")) {
		runner_skip(im->r, "%.*s: %.*s as %.*s is not what catalogers answer",
			    SV_ARG(fixture), SV_ARG(scan), SV_ARG(format));
		return;
	}
	const struct file *file = e ? e->ptr : NULL;
	if (!file || json_read(&im->arena, golden, file->bytes, DUP_LAST, &root, &err) < 0) {
		runner_fail(im->r, "%.*s: %s", SV_ARG(golden),
			    file ? err.msg : "not in the archive");
		return;
	}
	im->golden = sv_basename(golden);
	catalog_fixture(im, fixture);
	NODE_EACH (it, node_get(root, "Results"))
		check_result(im, fixture, it);
}

static int load(struct images *im, const char *name, struct err *err)
{
	auto_close int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct tar_entry e;
	int rc;

	if (fd < 0)
		return err_sys(err, "cannot open %s", name);
	struct tar *t = tar_new(stream_gzip(stream_fd(fd, 0, UINT64_MAX)));
	while ((rc = tar_next(t, &e, err)) > 0) {
		auto_done(buf_done) struct buf bytes = {0};
		struct sv path = arena_sv(&im->arena, e.path), chunk;

		if (e.type != TAR_FILE)
			continue;
		while ((rc = tar_data(t, &chunk, err)) > 0)
			buf_sv(&bytes, chunk);
		if (rc < 0)
			break;
		*VEC_PUSH(&im->files) = (struct file){path, arena_sv(&im->arena, buf_view(&bytes))};
	}
	tar_free(t);
	for (size_t i = 0; i < im->files.n; i++)
		map_put(&im->by_path, im->files.p[i].path, NULL)->ptr = &im->files.p[i];
	return rc;
}

/* One file of the database, of all files db/NAME.yaml in the archive. */
static int build_one(struct images *im, const char *dir, const char *ecosystem, struct err *err)
{
	struct sv path = arena_fmt(&im->arena, "%s/%s.db", dir, ecosystem);
	struct shard *shard = NULL;
	int rc = shard_new(path.p, sv_of(ecosystem), &shard, err);

	for (size_t i = 0; rc >= 0 && i < im->files.n; i++) {
		const struct file *f = &im->files.p[i];
		if (sv_starts(f->path, SV("db/")))
			rc = fixture_db_read(&im->arena, f->path, f->bytes, sv_of(ecosystem),
					     shard_sink(shard), err);
	}
	if (rc >= 0)
		rc = shard_feed(shard, &(struct feed_info){.name = SV("osv")}, err);
	if (rc >= 0)
		rc = shard_finish(shard, err);
	shard_free(shard);
	return rc;
}

static int build_db(struct images *im, const char *dir, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && fixture_ecosystems[i]; i++)
		rc = build_one(im, dir, fixture_ecosystems[i], err);
	return rc < 0 ? rc : db_open(dir, &im->db, err);
}

/* Golden file, result, what, finding, behind the reason; '#' starts a comment. */
static void read_accepted(struct images *im)
{
	auto_fclose FILE *f =
		fopen(GABION_SOURCE_ROOT "/tests/conformance/images-accepted.tsv", "r");
	char text[4096];
	bool made;

	while (f && fgets(text, sizeof text, f)) {
		struct sv line = sv_trim(sv_of(text)), reason = sv_cut(&line, '\t');
		if (line.n && !sv_starts(reason, SV("#")))
			(void)map_put(&im->accepted, arena_sv(&im->arena, line), &made);
	}
}

static void check_rows(struct images *im)
{
	char name[4200], line[4096];
	bool header = true;

	(void)snprintf(name, sizeof name, "%s/language-fixtures.tsv", im->r->path);
	auto_fclose FILE *f = fopen(name, "r");
	if (!f)
		runner_fail(im->r, "%s: cannot open", name);
	for (; f && fgets(line, sizeof line, f); header = false)
		if (!header)
			check_row(im, sv_trim(sv_of(line)));
}

static void run(struct images *im)
{
	char name[4200], dir[] = "/tmp/gabion-images-XXXXXX";
	struct err err = {0};

	(void)snprintf(name, sizeof name, "%s/language-fixtures.tar.gz", im->r->path);
	if (!mkdtemp(dir) || load(im, name, &err) < 0 || build_db(im, dir, &err) < 0) {
		runner_fail(im->r, "%s: %s", name, err.msg);
		return;
	}
	read_accepted(im);
	check_rows(im);
	size_t at = 0;
	for (struct map_entry *e; (e = map_next(&im->accepted, &at));)
		if (e->num == 0)
			runner_fail(im->r, "accepted, but no longer different: %.*s",
				    SV_ARG(e->key));
	db_close(im->db);
	install_abort(dir);
}

int main(int argc, char **argv)
{
	struct runner r;
	struct images im = {.r = &r};

	if (!runner_init(&r, "images", argc, argv))
		return 77;
	arena_init(&im.arena, 0);
	run(&im);
	vec_done(&im.files);
	vec_done(&im.found);
	map_done(&im.by_path);
	map_done(&im.accepted);
	arena_done(&im.arena);
	return runner_end(&r);
}
