#include "unit/test.h"

#include "net/challenge.h"

static void test_rows(void **state)
{
	static const struct {
		const char *header;
		bool ok, basic, bearer;
		const char *realm, *service, *scope;
	} rows[] = {
		{"", true, false, false, "", "", ""},
		{"Basic realm=\"x\"", true, true, false, "", "", ""},
		{"basic", true, true, false, "", "", ""},
		{"Bearer "
		 "realm=\"https://auth.example.org/token\",service=\"reg\",scope=\"repository:a/"
		 "b:pull,push\"",
		 true, false, true, "https://auth.example.org/token", "reg",
		 "repository:a/b:pull,push"},
		{"BEARER Realm = \"https://a/t\" , SERVICE=reg", true, false, true, "https://a/t",
		 "reg", ""},
		{"Bearer realm=https://a/t?x=1,service=s", true, false, true, "https://a/t?x=1",
		 "s", ""},
		{"Basic realm=\"x, Bearer realm=\\\"no\\\"\", Bearer realm=\"https://a\"", true,
		 true, true, "https://a", "", ""},
		{"Negotiate, Bearer realm=\"https://a\"", true, false, true, "https://a", "", ""},
		{"Negotiate YWJj=, Basic realm=\"r\"", true, true, false, "", "", ""},
		{"Negotiate YW+/Jj==, Bearer realm=\"https://a\"", true, false, true, "https://a",
		 "", ""},
		{"Bearer realm=\"https://one\", Bearer realm=\"https://two\"", true, false, true,
		 "https://one", "", ""},
		{"Bearer realm=\"a\\\\b\\\"c\"", true, false, true, "a\\b\"c", "", ""},
		{"Bearer", true, false, true, "", "", ""},
		{"Bearer realm=\"https://a\",realm=\"https://b\"", false, 0, 0, "", "", ""},
		{"Bearer realm=\"", false, 0, 0, "", "", ""},
		{"Bearer realm=\"x\\", false, 0, 0, "", "", ""},
		{"Bearer realm=\"x\r\nSet: y\"", false, 0, 0, "", "", ""},
		{"Bearer realm=\"x\ty\"", false, 0, 0, "", "", ""},
		{"Bearer \"x\"", false, 0, 0, "", "", ""},
		{"=x", false, 0, 0, "", "", ""},
		{"\x01", false, 0, 0, "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct challenge c = {0};
		struct err err;
		int rc = challenge_parse(&a, sv_of(rows[i].header), &c, &err);
		if ((rc == 0) != rows[i].ok || c.basic != rows[i].basic ||
		    c.bearer != rows[i].bearer || !sv_is(c.realm, rows[i].realm) ||
		    !sv_is(c.service, rows[i].service) || !sv_is(c.scope, rows[i].scope))
			fail_msg("'%s': %d basic %d bearer %d realm '%.*s' service '%.*s' scope "
				 "'%.*s'",
				 rows[i].header, rc, c.basic, c.bearer, SV_ARG(c.realm),
				 SV_ARG(c.service), SV_ARG(c.scope));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
