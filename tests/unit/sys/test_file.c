#include "unit/test.h"

#include <sys/stat.h>

#include "sys/file.h"

#include "base/clock.h"

static char dir[] = "/tmp/gabion-test-file-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	char cmd[128];
	(void)snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	return system(cmd);
}

static void test_atomic(void **state)
{
	(void)state;
	struct err err;
	char path[128];
	(void)snprintf(path, sizeof path, "%s/a/b", dir);
	assert_int_equal(file_mkdirs(path, 0755, &err), 0);
	(void)snprintf(path, sizeof path, "%s/a/b/f", dir);
	assert_int_equal(file_write_atomic(path, SV("one"), 0600, &err), 0);
	assert_int_equal(file_write_atomic(path, SV("two"), 0600, &err), 0);
	auto_done(buf_done) struct buf b = {0};
	assert_int_equal(file_read(path, 100, &b, &err), 0);
	assert_string_equal(b.p, "two");
	buf_clear(&b);
	assert_int_equal(file_read(path, 2, &b, &err), -ERR_LIMIT);
	assert_true(file_is_private(path));
	assert_int_equal(chmod(path, 0622), 0);
	assert_false(file_is_private(path));
}

static void test_missing(void **state)
{
	(void)state;
	struct err err;
	auto_done(buf_done) struct buf b = {0};
	assert_int_equal(file_read("/nonexistent/x", 100, &b, &err), -ERR_NOTFOUND);
	assert_string_equal(err.where, "/nonexistent/x");
	struct file_atomic f;
	assert_true(file_atomic_begin("/nonexistent/x", 0600, &f, &err) < 0);
}

/* /dev/full: a write that fails is an error, and no temporary file is left. */
static void test_full(void **state)
{
	(void)state;
	struct err err;
	int fd = file_open("/dev/full", &err);
	assert_true(fd >= 0);
	close(fd);
	struct file_atomic f;
	char path[128];
	(void)snprintf(path, sizeof path, "%s/full", dir);
	assert_int_equal(file_atomic_begin(path, 0600, &f, &err), 0);
	(void)fclose(f.to);
	f.to = fopen("/dev/full", "w");
	fputs("x", f.to);
	assert_true(file_atomic_commit(&f, &err) < 0);
	assert_int_equal(err.scope, SCOPE_OUTPUT);
	assert_int_equal(access(path, F_OK), -1);
}

/* What came is kept; the end that does not come is told. */
static void test_stalled(void **state)
{
	auto_done(buf_done) struct buf out = {0};
	struct err err;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "ab", 2), 2);
	assert_int_equal(file_read_until(fds[0], clock_mono_ns() + 20000000, 100, &out, &err),
			 -ERR_TIMEOUT);
	assert_int_equal(out.n, 2);
	close(fds[1]);
	assert_int_equal(file_read_until(fds[0], clock_mono_ns() + 5000000000, 100, &out, &err), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_atomic),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
