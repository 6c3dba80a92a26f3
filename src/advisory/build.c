#include "advisory/build.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "advisory/bundle.h"
#include "advisory/cve-file.h"
#include "advisory/install.h"
#include "advisory/schema.h"
#include "advisory/shard.h"

/* What one process makes. */
struct job {
	struct sv ecosystem;
	const char *path; /* of the shard */
	struct {
		struct shard_input *p;
		size_t n, cap;
	} inputs;
	uint64_t bytes; /* of the inputs: the largest starts first */
	pid_t pid;
	int report; /* the child writes its struct err here when it fails */
};

struct build {
	const struct db_build_options *o;
	struct arena *arena;
	char *work;
	struct {
		struct job *p;
		size_t n, cap;
	} jobs;
};

static int one_input(struct shard *s, struct sv ecosystem, const struct shard_input *in,
		     struct arena *a, struct err *err)
{
	struct feed_info info = {
		.name = in->facts ? SV("facts") : SV("osv"),
		.source = in->source.n ? in->source : sv_of(in->path),
		.etag = in->etag,
		.bundled = in->bundled,
	};
	int rc = in->facts ? feed_facts(in->path, shard_sink(s), a, &info, err)
			   : feed_osv(in->path, ecosystem, shard_sink(s), a, &info, err);

	if (rc < 0)
		return rc;
	if (info.date == 0)
		info.date = in->date;
	return shard_feed(s, &info, err);
}

int db_build_shard(const char *path, struct sv ecosystem, const struct shard_input *in, size_t n,
		   struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct shard *s = NULL;
	int rc = shard_new(path, ecosystem, &s, err);

	arena_init(&a, 0);
	for (size_t i = 0; rc >= 0 && i < n; i++)
		rc = one_input(s, ecosystem, &in[i], &a, err);
	if (rc >= 0)
		rc = shard_finish(s, err);
	shard_free(s);
	return rc < 0 ? err_scope(err, SCOPE_DATABASE) : 0;
}

static bool wanted(const struct db_build_options *o, struct sv ecosystem)
{
	for (size_t i = 0; i < o->only_n; i++)
		if (sv_is(ecosystem, o->only[i]))
			return true;
	return o->only_n == 0;
}

static struct job *job_of(struct build *b, struct sv ecosystem)
{
	auto_done(buf_done) struct buf file = {0};

	for (size_t i = 0; i < b->jobs.n; i++)
		if (sv_eq(b->jobs.p[i].ecosystem, ecosystem))
			return &b->jobs.p[i];
	struct job *job = VEC_PUSH(&b->jobs);
	job->ecosystem = arena_sv(b->arena, ecosystem);
	ecosystem_file(ecosystem, &file);
	job->path = arena_str(b->arena, arena_fmt(b->arena, "%s/%s", b->work, buf_cstr(&file)));
	job->report = -1;
	return job;
}

static void add_input(struct build *b, struct sv ecosystem, const char *path, bool facts)
{
	struct stat st;

	/* "Debian:12" repeats what "Debian" has; "cve" would take the name of the shared file */
	if (!wanted(b->o, ecosystem) || sv_find_char(ecosystem, ':') != SIZE_MAX ||
	    sv_is(ecosystem, "cve") || stat(path, &st) != 0)
		return;
	struct job *job = job_of(b, ecosystem);
	job->bytes += (uint64_t)st.st_size;
	*VEC_PUSH(&job->inputs) = (struct shard_input){
		.path = arena_str(b->arena, sv_of(path)),
		.facts = facts,
		.bundled = b->o->bundled,
		.date = st.st_mtime,
	};
}

static int add_folder(struct build *b, const char *folder, struct err *err)
{
	auto_done(buf_done) struct buf path = {0};
	DIR *d = opendir(folder);

	if (!d) {
		err_sys(err, "cannot read the folder of feeds %s", folder);
		return err_scope(err, SCOPE_DATABASE);
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		buf_clear(&path);
		buf_fmt(&path, "%s/%s/all.zip", folder, e->d_name);
		if (access(buf_cstr(&path), R_OK) == 0)
			add_input(b, sv_of(e->d_name), buf_cstr(&path), false);
	}
	(void)closedir(d);
	return 0;
}

static int add_facts(struct build *b, const char *path, struct err *err)
{
	struct sv ecosystem, release;

	if (access(path, R_OK) != 0)
		return err_sys(err, "cannot read the facts %s", path);
	if (!facts_file(sv_of(path), &ecosystem, &release))
		return err_set(err, ERR_USAGE, "%s: facts must be named SYSTEM-RELEASE.tsv", path);
	add_input(b, ecosystem, path, true);
	return 0;
}

/* The largest first, so that the last process to end is a short one. */
static int job_cmp(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return sv_cmp(x->ecosystem, y->ecosystem);
}

static int start(struct build *b, struct job *job, struct err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_sys(err, "cannot make a pipe");
	if (b->o->progress)
		b->o->progress(b->o->progress_arg, job->path);
	job->pid = fork();
	if (job->pid < 0) {
		(void)close(fds[0]);
		(void)close(fds[1]);
		return err_sys(err, "cannot start a process");
	}
	if (job->pid == 0) {
		struct err e = {0};
		(void)prctl(PR_SET_PDEATHSIG,
			    SIGKILL); /* half a database is of no use to anybody */
		int rc =
			db_build_shard(job->path, job->ecosystem, job->inputs.p, job->inputs.n, &e);
		if (rc < 0 && write(fds[1], &e, sizeof e) != (ssize_t)sizeof e)
			_exit(2);
		_exit(rc < 0);
	}
	(void)close(fds[1]);
	job->report = fds[0];
	return 0;
}

static int wait_for(struct job *job, struct err *err)
{
	struct err e;
	int status;
	ssize_t n = read(job->report, &e, sizeof e); /* returns when the child ends */

	(void)close(job->report);
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->report = -1;
	if (n == (ssize_t)sizeof e) {
		*err = e;
		return -(int)e.kind;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	err_set(err, ERR_IO, "the process that made %.*s ended early", SV_ARG(job->ecosystem));
	return err_scope(err, SCOPE_DATABASE);
}

/* The first of those that run to end: its end of the pipe is closed. */
static struct job *next_done(struct build *b, size_t started)
{
	auto_free struct pollfd *fds = xcalloc(started, sizeof *fds);

	for (size_t i = 0; i < started; i++) /* poll() passes over -1 */
		fds[i] = (struct pollfd){.fd = b->jobs.p[i].report, .events = POLLIN};
	while (poll(fds, started, -1) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < started; i++)
		if (fds[i].revents)
			return &b->jobs.p[i];
	for (size_t i = 0; i < started; i++) /* poll() failed: wait in order */
		if (fds[i].fd >= 0)
			return &b->jobs.p[i];
	return NULL;
}

/* Keeps `jobs` processes going. */
static int run_jobs(struct build *b, struct err *err)
{
	unsigned jobs = b->o->jobs;
	size_t started = 0, running = 0;
	int rc = 0;

	if (jobs == 0) {
		long n = sysconf(_SC_NPROCESSORS_ONLN);
		jobs = n > 0 ? (unsigned)n : 1;
	}
	while (running || (rc >= 0 && started < b->jobs.n)) {
		while (rc >= 0 && started < b->jobs.n && running < jobs) {
			rc = start(b, &b->jobs.p[started], err);
			started += rc >= 0;
			running += rc >= 0;
		}
		struct job *job = running ? next_done(b, started) : NULL;
		if (!job)
			break;
		struct err e;
		int one = wait_for(job, &e);
		running--;
		if (one < 0 && rc >= 0) {
			*err = e;
			rc = one;
		}
	}
	return rc;
}

typedef int (*cve_feed_fn)(const char *path, struct cve_sink *sink, struct arena *a,
			   struct feed_info *info, struct err *err);

static int cve_feeds(struct build *b, struct cve_file *f, struct err *err)
{
	const struct {
		struct sv name;
		cve_feed_fn fn;
		const char *const *paths;
		size_t n;
	} rows[] = {
		{SV("nvd"), feed_nvd, b->o->nvd, b->o->nvd_n},
		{SV("cve"), feed_cve, b->o->cve, b->o->cve_n},
		{SV("kev"), feed_kev, b->o->kev, b->o->kev_n},
		{SV("epss"), feed_epss, b->o->epss, b->o->epss_n},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t k = 0; k < rows[i].n; k++) {
			struct feed_info info = {.name = rows[i].name,
						 .source = sv_of(rows[i].paths[k]),
						 .bundled = b->o->bundled};
			int rc = rows[i].fn(rows[i].paths[k], cve_file_sink(f), b->arena, &info,
					    err);
			if (rc >= 0)
				rc = cve_file_feed(f, &info, err);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int shared_file(struct build *b, struct err *err)
{
	char *path = arena_str(b->arena, arena_fmt(b->arena, "%s/" SCHEMA_CVE_FILE, b->work));
	struct cve_file *f = NULL;
	int rc = cve_file_new(path, &f, err);

	for (size_t i = 0; rc >= 0 && i < b->jobs.n; i++)
		rc = cve_file_shard(f, b->jobs.p[i].path, err);
	if (rc >= 0)
		rc = cve_feeds(b, f, err);
	if (rc >= 0)
		rc = cve_file_finish(f, err);
	cve_file_free(f);
	return rc;
}

static int find_inputs(struct build *b, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < b->o->osv_n; i++)
		rc = add_folder(b, b->o->osv[i], err);
	for (size_t i = 0; rc >= 0 && i < b->o->facts_n; i++)
		rc = add_facts(b, b->o->facts[i], err);
	if (rc >= 0 && b->jobs.n == 0) {
		err_set(err, ERR_NOTFOUND, "no advisory feed to build from");
		err_hint(err, "name a folder that has ECOSYSTEM/all.zip");
		return err_scope(err, SCOPE_DATABASE);
	}
	if (b->jobs.n)
		qsort(b->jobs.p, b->jobs.n, sizeof *b->jobs.p, job_cmp);
	return rc;
}

static void totals(const struct build *b, struct db_built *out)
{
	struct stat st;

	*out = (struct db_built){.ecosystems = b->jobs.n};
	for (size_t i = 0; i < b->jobs.n; i++)
		if (stat(b->jobs.p[i].path, &st) == 0)
			out->bytes += (uint64_t)st.st_size;
}

int db_build(const struct db_build_options *options, struct db_built *out, struct err *err)
{
	auto_done(arena_done) struct arena a;
	struct db_build_options o = *options;
	struct build b = {.o = &o, .arena = &a};
	struct db_built built;

	arena_init(&a, 0);
	o.out = install_path(&a, options->out);
	int rc = install_begin(o.out, &a, &b.work, err);
	if (rc >= 0)
		rc = find_inputs(&b, err);
	if (rc >= 0)
		rc = run_jobs(&b, err);
	if (rc >= 0)
		rc = shared_file(&b, err);
	if (rc >= 0) {
		totals(&b, &built);
		if (o.sign_key)
			rc = bundle_sign(b.work, o.sign_key, err);
	}
	if (rc >= 0)
		rc = install_commit(o.out, b.work, err);
	if (rc < 0 && b.work)
		install_abort(b.work);
	for (size_t i = 0; i < b.jobs.n; i++)
		vec_done(&b.jobs.p[i].inputs);
	vec_done(&b.jobs);
	if (rc >= 0 && out)
		*out = built;
	return rc < 0 && err->scope == SCOPE_CONTENT ? err_scope(err, SCOPE_DATABASE) : rc;
}
