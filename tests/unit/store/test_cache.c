#include "unit/test.h"

#include <sys/stat.h>

#include "store/cache.h"

static char dir[] = "/tmp/gabion-test-cache-XXXXXX";

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

static struct cache *open_in(const char *name, uint64_t max)
{
	static char path[128];
	struct cache *c = NULL;
	struct err err;
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(cache_open(path, max, &c, &err), 0);
	return c;
}

static void test_round(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0};
	struct cache *c = open_in("a", 1 << 20);
	assert_false(cache_get(c, "abcd", &b));
	cache_put(c, "abcd", SV("value"));
	assert_true(cache_get(c, "abcd", &b));
	assert_string_equal(b.p, "value");
	cache_put(c, "abcd", SV("other"));
	buf_clear(&b);
	assert_true(cache_get(c, "abcd", &b));
	assert_sv(buf_view(&b), "other");
	cache_close(c);
}

/* Each byte changed, each length cut: never a wrong value. */
static void test_damage(void **state)
{
	(void)state;
	char path[160];
	struct cache *c = open_in("b", 1 << 20);
	(void)snprintf(path, sizeof path, "%s/b/ke/key", dir);
	for (int i = 0; i < 29; i++) {
		auto_done(buf_done) struct buf b = {0};
		cache_put(c, "key", SV("value"));
		FILE *f = fopen(path, "r+");
		assert_non_null(f);
		if (i % 2) {
			assert_int_equal(fseek(f, i, SEEK_SET), 0);
			int ch = fgetc(f);
			assert_int_equal(fseek(f, i, SEEK_SET), 0);
			(void)fputc(ch ^ 0x40, f);
		} else {
			assert_int_equal(ftruncate(fileno(f), i), 0);
		}
		(void)fclose(f);
		assert_false(cache_get(c, "key", &b));
		assert_int_equal(b.n, 0);
	}
	cache_close(c);
}

static void test_cap(void **state)
{
	(void)state;
	auto_done(buf_done) struct buf b = {0}, kb = {0};
	buf_fill(&kb, 'x', 1000);
	struct cache *c = open_in("c", 10000);
	for (int i = 0; i < 30; i++) {
		char key[16];
		(void)snprintf(key, sizeof key, "k%02d", i);
		cache_put(c, key, buf_view(&kb));
		(void)usleep(2000);
	}
	cache_close(c);
	c = open_in("c", 10000);
	assert_false(cache_get(c, "k00", &b));
	assert_true(cache_get(c, "k29", &b));
	cache_close(c);
}

static void test_shared_dir(void **state)
{
	(void)state;
	char path[128];
	struct cache *c = NULL;
	struct err err;
	(void)snprintf(path, sizeof path, "%s/open", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(cache_open(path, 1000, &c, &err), -ERR_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_shared_dir),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
