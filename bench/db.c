/*
 * bench-db WORKDIR: figures of the advisory database, a line each: what,
 * figure, note (with tabs).
 *
 * WORKDIR/db is a database of real feeds (bench/run builds it); the build
 * directory's own is used where it is missing. Packages are drawn from the
 * feeds themselves, always the same: two of three names are in them, of these
 * every fourth has an old version. A second database is built from made-up
 * feeds of OSV's real size (osv-generate.h). Times are of the processor, the
 * best of several runs; a build's is that of the clock.
 */
#include "base/base.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "advisory/build.h"
#include "advisory/db-int.h"
#include "advisory/match-int.h"
#include "base/clock.h"
#include "osv-generate.h"

enum { RUNS = 9, PACKAGES = 1000, RECORDS = 500000 };

/* What an image holds, in thousandths. */
struct share {
	const char *ecosystem, *release;
	size_t n;
};
static const struct share image[] = {
	{"Debian", "12", 400}, {"npm", "", 250},  {"PyPI", "", 150},
	{"Go", "", 100},       {"Maven", "", 50}, {"crates.io", "", 50},
};
static const struct share node_app[] = {{"npm", "", 1000}};

static void must(int rc, const struct err *err)
{
	if (rc >= 0)
		return;
	err_print(stderr, err);
	exit(1);
}

static double ms_since(int64_t start)
{
	return (double)(clock_mono_ns() - start) / 1e6;
}

/* Of the processor: what is measured waits for nothing, and others may use the
 * machine. */
static double cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* An old version, or the newest that the records of the package name. */
static struct sv version_of(struct arena *a, struct sv packed, bool old)
{
	struct entry e = {0};
	struct sv v = SV("1.0");
	struct err err;

	while (pack_next(&packed, &e, &err) == 1) {
		for (size_t i = 0; i < e.ranges.n; i++)
			for (size_t k = 0; k < e.ranges.p[i].n; k++)
				if (!sv_is(e.ranges.p[i].p[k].version, "0"))
					v = e.ranges.p[i].p[k].version;
		if (e.versions.n)
			v = e.versions.p[0];
	}
	v = old ? SV("0.0.1") : arena_sv(a, v);
	entry_done(&e);
	return v;
}

static sqlite3_stmt *of_release(const struct shard_db *shard, const char *text, const char *release)
{
	sqlite3_stmt *q;
	struct err err;

	must(sql_prepare(shard->sql, text, &q, &err), &err);
	(void)sqlite3_bind_int64(q, 1, (sqlite3_int64)shard_release(shard, sv_of(release)));
	if (sql_step(q, &err) != 1) {
		(void)fprintf(stderr, "bench-db: %s has no package\n", shard->path);
		exit(1);
	}
	return q;
}

static void draw(struct report *r, struct db *db, const struct share *s)
{
	auto_done(sql_final) sqlite3_stmt *q = NULL, *count = NULL;
	const struct ecosystem *eco = ecosystem_find(sv_of(s->ecosystem));
	struct shard_db *shard;
	struct err err;
	size_t drawn = 0;

	must(db_shard(db, eco, &shard, &err), &err);
	if (!shard)
		return;
	count = of_release(shard, "SELECT count(*) FROM package WHERE release=?", s->release);
	q = of_release(shard, "SELECT name,data FROM package WHERE release=?", s->release);
	size_t rows = (size_t)sqlite3_column_int64(count, 0);
	for (size_t i = 0; drawn < s->n; i++) {
		if (rows <= s->n || i % (rows / s->n) == 0) {
			struct package *p = VEC_PUSH(&r->packages);
			p->type = eco->type;
			p->owner = INDEX_NONE;
			p->name = arena_sv(r->arena, sql_text(q, 0));
			p->version = version_of(r->arena, sql_blob(q, 1), drawn % 6 == 0);
			/* few names: again, as other packages */
			if (drawn % 3 == 2 || i >= rows)
				p->name = arena_fmt(r->arena, "%.*s-x", SV_ARG(p->name));
			drawn++;
		}
		if (sql_step(q, &err) != 1) {
			(void)sqlite3_reset(q);
			must(sql_step(q, &err), &err);
		}
	}
}

static void fill(struct report *r, struct arena *a, struct db *db, const struct share *s, size_t n)
{
	report_init(r, a, "scan");
	struct subject *subject = VEC_PUSH(&r->subjects);
	subject->has_os = true;
	subject->os.id = SV("debian");
	subject->os.version = SV("12");
	for (size_t i = 0; i < n; i++)
		draw(r, db, &s[i]);
}

/* Only finding and reading the rows of packages. */
static double look_up(struct db *db, struct report *r)
{
	struct matcher m;
	struct err err;
	double start = cpu_ms();

	must(matcher_init(&m, db, r, 0, NULL, &err), &err);
	for (size_t i = 0; i < r->packages.n; i++) {
		struct lookup l;
		struct sv data;
		must(match_lookup(&m, &r->packages.p[i], &l, &err), &err);
		for (size_t k = 0; k < l.releases_n; k++)
			must(shard_package(l.shard, l.releases[k], l.name, &data, &err), &err);
	}
	matcher_done(&m);
	return cpu_ms() - start;
}

static void bench_match(const char *what, const char *dir, const struct share *s, size_t n)
{
	double lookups = 1e9, all = 1e9;
	size_t findings = 0, packages = 0;

	for (int i = 0; i < RUNS; i++) {
		struct db *db;
		struct report r;
		struct arena a;
		struct err err;
		bool uncovered;
		arena_init(&a, 0);
		must(db_open(dir, &db, &err), &err);
		must(db_open_all(db, &err), &err);
		fill(&r, &a, db, s, n);
		double t = look_up(db, &r);
		lookups = t < lookups ? t : lookups;
		double start = cpu_ms();
		must(match_subject(db, &r, 0, &uncovered, &err), &err);
		t = cpu_ms() - start;
		all = t < all ? t : all;
		findings = r.findings.n;
		packages = r.packages.n;
		report_done(&r);
		arena_done(&a);
		db_close(db);
	}
	printf("%s: looking up %zu packages\t%.2f ms\t\n", what, packages, lookups);
	printf("%s: matching them, with the look-ups\t%.2f ms\t%zu findings; target "
	       "3 ms more than "
	       "the look-ups\n",
	       what, all, findings);
}

static void bench_open(const char *dir)
{
	double best = 1e9;
	size_t files = 0;

	for (int i = 0; i < RUNS; i++) {
		struct db *db;
		struct err err;
		double start = cpu_ms();
		must(db_open(dir, &db, &err), &err);
		must(db_open_all(db, &err), &err);
		double t = cpu_ms() - start;
		best = t < best ? t : best;
		files = db->shards.n + 1;
		db_close(db);
	}
	printf("database: opening, per file\t%.2f ms\t%zu files; target 1 ms\n",
	       best / (double)files, files);
}

/* Runs in a process of its own, so that its memory is told. */
static struct rusage apart(int (*fn)(const char *dir, struct err *err), const char *dir, double *ms)
{
	struct rusage used;
	struct err err;
	int status;
	int64_t start = clock_mono_ns();
	pid_t pid = fork();

	if (pid == 0) {
		int rc = fn(dir, &err);
		if (rc < 0)
			err_print(stderr, &err);
		_exit(rc < 0);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		exit(1);
	*ms = ms_since(start);
	return used;
}

static int generate(const char *dir, struct err *err)
{
	return osv_generate(dir, RECORDS, err);
}

static int build(const char *dir, struct err *err)
{
	char out[4200];
	struct db_build_options o = {.osv = &dir, .osv_n = 1, .out = out};

	(void)snprintf(out, sizeof out, "%s-db", dir);
	return db_build(&o, NULL, err);
}

static uint64_t size_of(const char *dir, const char *name)
{
	char path[4200];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void bench_large(const char *work)
{
	char feeds[4200], db[4200];
	double ms;

	(void)snprintf(feeds, sizeof feeds, "%s/large", work);
	(void)snprintf(db, sizeof db, "%s/large-db", work);
	(void)apart(generate, feeds, &ms);
	struct rusage used = apart(build, feeds, &ms);
	double zip = (double)(size_of(feeds, "npm/all.zip") + size_of(feeds, "PyPI/all.zip"));
	double made =
		(double)(size_of(db, "npm.db") + size_of(db, "PyPI.db") + size_of(db, "cve.db"));
	double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	printf("500,000 records: building\t%.1f s\t%.1f s of processor time, feeds "
	       "of %.0f MB\n",
	       ms / 1e3, cpu, zip / 1e6);
	printf("500,000 records: memory of the largest process\t%.0f MiB\t\n",
	       (double)used.ru_maxrss / 1024);
	printf("500,000 records: size of the database\t%.0f MB\t\n", made / 1e6);
	bench_match("500,000 records", db, node_app, ARRAY_LEN(node_app));
}

int main(int argc, char **argv)
{
	char db[4200];
	auto_done(arena_done) struct arena a;
	const char *found;
	struct err err;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench-db WORKDIR\n");
		return 2;
	}
	arena_init(&a, 0);
	(void)snprintf(db, sizeof db, "%s/db", argv[1]);
	found = db;
	if (access(db, R_OK) != 0)
		must(db_find(&a, NULL, &found, &err), &err);
	bench_open(found);
	bench_match("database", found, image, ARRAY_LEN(image));
	(void)fflush(stdout);
	if (!getenv("SKIP"))
		bench_large(argv[1]);
	else
		bench_match("l", "/tmp/gates/b/large-db", node_app, 1);
	return 0;
}
