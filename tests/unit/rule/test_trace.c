/* Conditions taken apart: what explain shows. */
#include "unit/test.h"

#include "unit/rule/engine.h"

#define RULE(fields)                                                                        \
	"pack: t\nrules:\n  - {id: a, title: t, severity: low, remedy: r, fact: workload, " \
	"message: m, " fields "}\n"

static const char pod[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {app: x}}\n"
	"spec:\n  hostNetwork: true\n  containers:\n"
	"    - name: web\n      image: docker.io/nginx:1\n"
	"      securityContext:\n        capabilities:\n          add: [CHOWN, KILL]\n"
	"    - {name: other, image: b}\n";

static struct buf *into;

/* "expression=value@line field" a line each. */
static void put_parts(struct judged *j, const struct verdict *v)
{
	buf_fmt(into, "%s\n", finding_state_name(v->state));
	for (size_t i = 0; i < v->parts_n; i++) {
		const struct verdict_part *p = &v->parts[i];
		uint32_t line = 0, column = 0;
		if (p->place.node)
			doc_line_col(&j->doc, p->place.node->start, &line, &column);
		buf_fmt(into, "%.*s%s%.*s%s%s", SV_ARG(p->expression), p->fault ? "!" : "=",
			SV_ARG(p->value), p->standard ? " default" : "",
			p->decides ? " decides" : "");
		if (line)
			buf_fmt(into, " @%u%.*s", line, SV_ARG(p->place.field));
		buf_char(into, '\n');
	}
}

static const char *trace(struct buf *out, const char *pack, bool on)
{
	auto_done(judged_done) struct judged j;

	judged_init(&j, pack);
	j.e.all = true;
	j.e.trace = on;
	j.each = put_parts;
	into = out;
	buf_clear(out);
	(void)judge(&j, pod);
	return buf_cstr(out);
}

static void test_parts(void **state)
{
	static const struct {
		const char *pack, *want;
	} cases[] = {
		{RULE("assert: '!workload.host_network'"), "fail\nworkload.host_network=true @5\n"},
		/* not written: what is there on the way to it, and what of the way is missing */
		{RULE("assert: '!workload.host_pid'"),
		 "pass\nworkload.host_pid=false default @5/hostPID\n"},
		/* a field that no source has */
		{RULE("assert: 'workload.os == \"linux\"'"),
		 "pass\nworkload.os=\"linux\" default\n"},
		/* what was not needed is no fault */
		{RULE("assert: '!has(workload.run_as_user) || workload.run_as_user > 0'"),
		 "pass\nhas(workload.run_as_user)=false @5/securityContext/runAsUser\n"},
		/* unless it is the reason */
		{RULE("assert: 'workload.run_as_user > 0'"),
		 "not-observed\nworkload.run_as_user!no such key: run_as_user @5/securityContext/runAsUser\n"},
		/* where it does not apply only why not */
		{RULE("when: 'workload.host_ipc', assert: 'workload.host_network'"),
		 "not-applicable\nworkload.host_ipc=false default @5/hostIPC\n"},
		/* calls with what they are given; parameters; the same part once */
		{RULE("params: {end: x}, assert: 'workload.name.endsWith(params.end) || "
		      "workload.name == params.end'"),
		 "fail\nworkload.name.endsWith(params.end)=false\nworkload.name=\"p\" @3\nparams.end=\"x\"\n"},
		{RULE("assert: 'workload.labels[\"app\"] == \"x\"'"),
		 "pass\nworkload.labels[\"app\"]=\"x\"\nworkload.labels={\"app\":\"x\"} @3\n"},
		/* elements that decide */
		{RULE("assert: 'workload.containers.all(c, c.name == \"web\")'"),
		 "fail\nworkload.containers=2 elements @7\nc={name: other, ...} decides @12\n"},
		{RULE("params: {bad: [KILL]}, each: container, "
		      "assert: '!container.cap_add.exists(c, c in params.bad)'"),
		 "fail\ncontainer.cap_add.exists(c, c in params.bad)=true\n"
		 "container.cap_add=[\"CHOWN\",\"KILL\"] @11\nc=\"KILL\" decides @11\n"
		 "pass\ncontainer.cap_add.exists(c, c in params.bad)=false\n"
		 "container.cap_add=[] default @12/securityContext/capabilities/add\n"},
		{RULE("redact: true, assert: 'workload.name == \"q\" && workload.host_network'"),
		 "fail\nworkload.name=(not shown) @3\nworkload.host_network=true @5\n"},
		/* no element: nothing was asked */
		{RULE("each: volume, assert: 'volume.name == \"\"'"), "not-applicable\n"},
		{RULE("needs: set, assert: 'workload.host_network'"), "not-observed\n"},
	};
	auto_done(buf_done) struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = trace(&out, cases[i].pack, true);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("case %zu:\n%sinstead of\n%s", i, got, cases[i].want);
	}
	assert_string_equal(trace(&out, cases[0].pack, false), "fail\n");
}

/* Many parts and elements, each of them work: an end is come to. */
static void test_bounds(void **state)
{
	auto_done(buf_done) struct buf pack = {0}, out = {0};
	size_t lines = 0;

	(void)state;
	buf_str(&pack, "pack: t\nrules:\n  - {id: a, title: t, severity: low, remedy: r, "
		       "fact: workload, message: m, assert: '");
	for (unsigned i = 0; i < 100; i++)
		buf_fmt(&pack, "%s\"a%u\".startsWith(workload.name)", i ? " || " : "", i);
	buf_str(&pack, "'}\n");
	const char *got = trace(&out, buf_cstr(&pack), true);
	for (const char *p = got; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 1 + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
