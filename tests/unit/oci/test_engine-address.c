/* Which engine is asked: what docker's own client would ask. */
#include "oci/engine-address.h"

#include <stdlib.h>

#include "sys/file.h"
#include "unit/test.h"

static const char *const names[] = {"DOCKER_HOST",      "DOCKER_CONTEXT",  "DOCKER_CONFIG",
				    "DOCKER_CERT_PATH", "DOCKER_TLS",      "DOCKER_TLS_VERIFY",
				    "CONTAINER_HOST",   "XDG_RUNTIME_DIR", "HOME"};

/* SHA-256 of "work" */
#define CONTEXT_ID "00e13ed7af55b27622f1d6eab5bec0147e68efe28dc2b12461117afa1a5ed40e"

struct row {
	const char *environment[4]; /* "NAME=VALUE" */
	struct engine_choice choice;
	int rc;
	enum engine_way way;
	const char *first, *from; /* socket, or host and port */
	bool verify;
};

static const struct row rows[] = {
	{{0}, {0}, 0, ENGINE_UNIX, "/var/run/docker.sock", "", false},
	{{"DOCKER_HOST=unix:///a.sock"}, {0}, 0, ENGINE_UNIX, "/a.sock", "DOCKER_HOST", false},
	{{"DOCKER_HOST=unix:///a.sock", "DOCKER_CONTEXT=x"},
	 {0},
	 0,
	 ENGINE_UNIX,
	 "/a.sock",
	 "DOCKER_HOST",
	 false},
	{{"DOCKER_HOST=unix:///a.sock"},
	 {.host = {"unix:///b.sock", 14}},
	 0,
	 ENGINE_UNIX,
	 "/b.sock",
	 "--host",
	 false},
	{{0}, {.host = {"/b.sock", 7}}, 0, ENGINE_UNIX, "/b.sock", "--host", false},
	{{"DOCKER_HOST=tcp://10.0.0.1:2375"}, {0}, 0, ENGINE_TCP, "10.0.0.1", "DOCKER_HOST", false},
	{{"DOCKER_HOST=tcp://[::1]:2375/x"}, {0}, 0, ENGINE_TCP, "::1", "DOCKER_HOST", false},
	{{"DOCKER_HOST=tcp://h:2376", "DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=/c"},
	 {0},
	 0,
	 ENGINE_TLS,
	 "h",
	 "DOCKER_HOST",
	 true},
	{{"DOCKER_HOST=tcp://h:2376", "DOCKER_TLS=1", "DOCKER_CERT_PATH=/c"},
	 {0},
	 0,
	 ENGINE_TLS,
	 "h",
	 "DOCKER_HOST",
	 false},
	{{"DOCKER_HOST=ssh://u@h"}, {0}, -ERR_UNSUPPORTED, 0, NULL, NULL, false},
	{{"DOCKER_HOST=tcp://h"}, {0}, -ERR_UNSUPPORTED, 0, NULL, NULL, false},
	{{"DOCKER_HOST=tcp://h:0"}, {0}, -ERR_UNSUPPORTED, 0, NULL, NULL, false},
	{{"DOCKER_HOST=tcp://h\x1b[2J:1"}, {0}, -ERR_UNSUPPORTED, 0, NULL, NULL, false},
	{{"DOCKER_HOST=unix://a.sock"}, {0}, -ERR_UNSUPPORTED, 0, NULL, NULL, false},
	{{"DOCKER_CONTEXT=none"}, {0}, -ERR_NOTFOUND, 0, NULL, NULL, false},
	{{"DOCKER_CONTEXT=default"}, {0}, 0, ENGINE_UNIX, "/var/run/docker.sock", "", false},
	{{0}, {.context = {"none", 4}}, -ERR_NOTFOUND, 0, NULL, NULL, false},
	{{0}, {.host = {"/b.sock", 7}, .context = {"none", 4}}, -ERR_USAGE, 0, NULL, NULL, false},
	{{"CONTAINER_HOST=unix:///p.sock", "DOCKER_HOST=unix:///d.sock"},
	 {.podman = true},
	 0,
	 ENGINE_UNIX,
	 "/p.sock",
	 "CONTAINER_HOST",
	 false},
	{{"DOCKER_HOST=unix:///d.sock"},
	 {.podman = true},
	 0,
	 ENGINE_UNIX,
	 "/run/podman/podman.sock",
	 "",
	 false},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a;
		auto_done(engine_address_done) struct engine_address at = {0};
		struct err err = {0};
		arena_init(&a, 0);
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			(void)unsetenv(names[k]);
		for (size_t k = 0; k < 4 && rows[i].environment[k]; k++)
			assert_int_equal(putenv((char *)(uintptr_t)rows[i].environment[k]), 0);
		int rc = engine_address_find(&a, &rows[i].choice, &at, &err);
		if (rc != rows[i].rc)
			print_error("row %zu: %s\n", i, err.msg);
		assert_int_equal(rc, rows[i].rc);
		for (size_t k = 0; k < 4 && rows[i].environment[k]; k++) {
			struct sv rest = sv_of(rows[i].environment[k]), name = sv_cut(&rest, '=');
			(void)unsetenv(arena_str(&a, name));
		}
		if (rc < 0) {
			/* a message is one line that any terminal can show */
			assert_null(memchr(err.msg, 0x1b, strlen(err.msg)));
			continue;
		}
		assert_int_equal(at.way, rows[i].way);
		assert_sv(at.from, rows[i].from);
		if (at.way == ENGINE_UNIX)
			assert_sv(at.sockets.p[0], rows[i].first);
		else
			assert_string_equal(at.host, rows[i].first);
		assert_int_equal(at.verify, rows[i].verify);
	}
}

static void put(const char *home, const char *name, const char *text)
{
	auto_done(buf_done) struct buf path = {0};
	struct sv folder, base;
	struct err err;

	buf_fmt(&path, "%s/%s", home, name);
	assert_true(sv_rcut(buf_view(&path), '/', &folder, &base));
	auto_done(buf_done) struct buf only = {0};
	buf_sv(&only, folder);
	assert_int_equal(file_mkdirs(buf_cstr(&only), 0700, &err), 0);
	assert_int_equal(file_write_atomic(buf_cstr(&path), sv_of(text), 0600, &err), 0);
}

/* The configuration's context, with its certificates. */
static void test_context(void **state)
{
	auto_done(arena_done) struct arena a;
	auto_done(engine_address_done) struct engine_address at = {0};
	char home[] = "/tmp/gabion-address-XXXXXX";
	struct engine_choice none = {0};
	struct err err = {0};

	(void)state;
	arena_init(&a, 0);
	assert_non_null(mkdtemp(home));
	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		(void)unsetenv(names[k]);
	assert_int_equal(setenv("HOME", home, 1), 0);
	put(home, ".docker/config.json", "{\"currentContext\":\"work\"}");
	assert_int_equal(engine_address_find(&a, &none, &at, &err), -ERR_NOTFOUND);
	put(home, ".docker/contexts/meta/" CONTEXT_ID "/meta.json",
	    "{\"Name\":\"work\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h:2376\","
	    "\"SkipTLSVerify\":false}}}");
	put(home, ".docker/contexts/tls/" CONTEXT_ID "/docker/ca.pem", "x");
	assert_int_equal(engine_address_find(&a, &none, &at, &err), 0);
	assert_int_equal(at.way, ENGINE_TLS);
	assert_sv(at.from, "the context work");
	assert_non_null(at.ca);
	assert_null(at.cert);
	assert_true(at.verify);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_context),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
