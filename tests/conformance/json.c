/*
 * JSONTestSuite: test_parsing.tar.gz of the set, read with our own gzip and tar. A file y_* must be
 * read, n_* must be refused, i_* may be either.
 */
#include <fcntl.h>

#include "runner.h"

#include "base/base.h"
#include "fmt/json.h"
#include "fmt/tar.h"

static void run_case(struct runner *r, struct sv name, struct sv bytes)
{
	auto_done(arena_done) struct arena a = {0};
	const struct node *n;
	struct err err = {0};

	bool taken = json_read(&a, name, bytes, DUP_LAST, &n, &err) == 0;
	char want = name.n ? name.p[0] : '\0';
	if (want == 'i' || (want == 'y' && taken) || (want == 'n' && !taken))
		runner_pass(r);
	else if (want == 'y' || want == 'n')
		runner_fail(r, "%.*s: expected %s, found %s %s", SV_ARG(name),
			    want == 'y' ? "read" : "refused",
			    taken ? "read" : "refused: ", taken ? "" : err.msg);
	else
		runner_skip(r, "%.*s: the name does not say what is expected", SV_ARG(name));
}

static int run_entry(struct runner *r, struct tar *t, const struct tar_entry *e, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	/* the next call may take the entry's views away */
	auto_done(buf_done) struct buf name = {0};
	struct sv chunk;
	int rc;

	if (e->type != TAR_FILE || !sv_ends(e->path, SV(".json")))
		return 0;
	buf_sv(&name, sv_basename(e->path));
	while ((rc = tar_data(t, &chunk, err)) > 0)
		buf_sv(&bytes, chunk);
	if (rc == 0)
		run_case(r, buf_view(&name), buf_view(&bytes));
	return rc;
}

static int run_archive(struct runner *r, int fd, struct err *err)
{
	struct tar *t = tar_new(stream_gzip(stream_fd(fd, 0, UINT64_MAX)));
	struct tar_entry e;
	int rc;

	while ((rc = tar_next(t, &e, err)) > 0) {
		rc = run_entry(r, t, &e, err);
		if (rc < 0)
			break;
	}
	tar_free(t);
	return rc;
}

int main(int argc, char **argv)
{
	struct runner r;
	struct err err;
	char path[4200];

	if (!runner_init(&r, "json", argc, argv))
		return 77;
	(void)snprintf(path, sizeof path, "%s/test_parsing.tar.gz", r.path);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		runner_fail(&r, "%s: %s", path, strerror(errno));
	else if (run_archive(&r, fd, &err) < 0)
		runner_fail(&r, "%s: %s", path, err.msg);
	return runner_end(&r);
}
