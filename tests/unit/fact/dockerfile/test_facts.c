#include "unit/test.h"

#include "fact/dockerfile/schema.h"
#include "fact/source.h"
#include "fmt/json-out.h"

struct asked {
	const char *path; /* "stages.0.user", in front "w." the workload's container */
	struct buf out;
	unsigned faults;
	const char *why;
};

static const struct node *walk(const struct node *n, struct sv path)
{
	uint64_t i;

	while (path.n && n) {
		struct sv step = sv_cut(&path, '.');
		if (n->kind == NODE_ARRAY)
			n = sv_u64(step, &i) && i < n->n ? &n->items[i] : NULL;
		else
			n = node_get_sv(n, step);
	}
	return n;
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct asked *q = arg;
	struct sv path = sv_of(q->path);
	const struct node *n = o->more[0].record;
	struct json_out w;

	assert_string_equal(o->more[0].type, "dockerfile");
	assert_sv(o->kind, "Dockerfile");
	assert_sv(o->name, "Dockerfile");
	if (sv_starts(path, SV("w."))) {
		path = sv_from(path, 2);
		n = o->workload ? &o->workload->items[WORKLOAD_CONTAINERS].items[0] : NULL;
	}
	n = walk(n, path);
	json_out_init(&w, NULL, &q->out, 0);
	if (n)
		json_out_node(&w, n);
	else
		buf_str(&q->out, "nothing");
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct asked *q = arg;

	q->faults++;
	q->why = f->why;
	assert_non_null(f->at);
}

#define S0 "stages.0."
#define I1 "stages.0.instructions.1."

static const struct {
	const char *text, *path, *expected;
} cases[] = {
	/* stages */
	{"FROM a:1 AS Base\nFROM base\n", "stages.0.name", "\"base\""},
	{"FROM a:1 AS Base\nFROM BASE\n", "stages.1.base_stage", "\"base\""},
	{"FROM a:1 AS b\nFROM b\n", "stages.1.image", "null"},
	{"FROM a:1 AS b\nFROM b\n", "stages.1.name", "\"1\""},
	{"FROM a AS b\nFROM c AS B\n", "stages.1.repeated", "true"},
	{"FROM scratch\n", S0 "scratch", "true"},
	{"FROM scratch\n", S0 "image", "null"},
	{"FROM x.io/a/b:1\n", S0 "image.registry", "\"x.io\""},
	{"FROM a@sha256:00\n", S0 "image.tag", "null"},
	{"FROM a\n", S0 "image.repository", "\"library/a\""},
	{"FROM a AS x\nFROM b AS y\nFROM c\nCOPY --from=x / /\n", "stages.0.used", "true"},
	{"FROM a AS x\nFROM b AS y\nFROM c\nCOPY --from=x / /\n", "stages.1.used", "false"},
	{"FROM a AS x\nFROM x AS y\nFROM c\nRUN --mount=from=y,target=/m z\n", "stages.0.used",
	 "true"},
	{"FROM a\nUSER 5\nFROM b\nUSER 6\nUSER 7:8\n", "stages.1.user", "\"7:8\""},
	{"FROM a AS b\nUSER 5\nFROM b\n", "stages.1.user", "\"5\""},
	{"FROM a\n", S0 "user", "null"},
	{"FROM a AS b\nLABEL x=1 y=2\nFROM b\nLABEL y=3\n", "stages.1.labels",
	 "{\"x\":\"1\",\"y\":\"3\"}"},
	{"FROM a AS b\nLABEL x=1 y=2\nFROM b\nLABEL y=3\n", "stages.0.labels",
	 "{\"x\":\"1\",\"y\":\"2\"}"},
	{"FROM --platform=linux/amd64 a\n", S0 "platform", "\"linux/amd64\""},
	{"FROM mcr.microsoft.com/windows/nanoserver:1\n", S0 "system", "\"windows\""},
	{"FROM --platform=windows/amd64 a\n", S0 "system", "\"windows\""},
	{"FROM a\n", S0 "final", "true"},
	/* variables */
	{"ARG V=1\nFROM a:$V\n", S0 "image.tag", "\"1\""},
	{"ARG V\nFROM a:$V\n", S0 "unknown", "true"},
	{"ARG V\nFROM a:$V\n", S0 "image.reference", "\"a:$V\""},
	{"ARG V\nFROM a:${V:-2}\n", S0 "image.tag", "\"2\""},
	{"ARG V\nFROM a:${V:-2}\n", S0 "unknown", "false"},
	{"FROM a:$V\n", S0 "unknown", "true"},
	{"ARG V=1\nFROM a\nUSER $V\n", S0 "user", "\"$V\""},
	{"ARG V=1\nFROM a\nARG V\nUSER $V\n", S0 "user", "\"1\""},
	{"ARG V=1\nFROM a\nARG V=2\nUSER $V\n", S0 "user", "\"2\""},
	{"FROM a\nENV V=1\nARG V=2\nUSER $V\n", S0 "user", "\"1\""},
	{"FROM a\nARG V=2\nENV V=1\nUSER $V\n", S0 "user", "\"1\""},
	{"FROM a AS b\nARG V=2\nFROM b\nUSER $V\n", "stages.1.user", "\"2\""},
	{"FROM a\nARG V=2\nFROM b\nUSER $V\n", "stages.1.user", "\"$V\""},
	{"FROM a\nENV a=1\nENV a=2 b=$a\nUSER $b\n", S0 "user", "\"1\""},
	{"FROM a\nENV a=1\nUSER \\$a'$a'\"$a\"\n", S0 "user", "\"$a$a1\""},
	{"FROM a\nENV a=1\nUSER ${a:+x}${b:+y}${b-z}${a-z}\n", S0 "user", "\"xz1\""},
	{"FROM a\nENV a=1\nUSER ${b:-${a}${c:-d}}\n", S0 "user", "\"1d\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a%.*}\n", S0 "user", "\"x.y\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a%%.*}\n", S0 "user", "\"x\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a#*.}\n", S0 "user", "\"y.z\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a##*.}\n", S0 "user", "\"z\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a/./-}\n", S0 "user", "\"x-y.z\""},
	{"FROM a\nENV a=x.y.z\nUSER ${a//./-}\n", S0 "user", "\"x-y-z\""},
	{"FROM a\nUSER ${a%.*}\n", S0 "user", "\"${a%.*}\""},
	{"FROM a\nUSER ${a\n", S0 "user", "\"${a\""},
	{"ARG A=1\nARG B=$A$C D\nFROM a\n", "args",
	 "[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"1$C\"},"
	 "{\"name\":\"D\",\"value\":null}]"},
	/* instructions */
	{"FROM a\nENV a b c\n", I1 "pairs", "[{\"name\":\"a\",\"value\":\"b c\"}]"},
	{"FROM a\nENV a=\"b c\" d=\n", I1 "pairs",
	 "[{\"name\":\"a\",\"value\":\"b c\"},{\"name\":\"d\",\"value\":\"\"}]"},
	{"FROM a\nARG x\n", I1 "pairs", "[{\"name\":\"x\",\"value\":null}]"},
	{"FROM a\nCOPY --from=b c d e\n", I1 "sources", "[\"c\",\"d\"]"},
	{"FROM a\nCOPY --from=b c d e\n", I1 "target", "\"e\""},
	{"FROM a\nCOPY --from=b c d e\n", I1 "stage", "null"},
	{"FROM a\nCOPY <<E b c\nx\nE\n", I1 "sources", "[\"b\"]"},
	{"FROM a\nCOPY <<E b\nx\nE\n", I1 "heredocs",
	 "[{\"name\":\"E\",\"content\":\"x\\n\",\"expand\":true}]"},
	{"FROM a\nFROM b\nCOPY --from=0 c d\n", "stages.1.instructions.1.stage", "\"0\""},
	{"FROM a\nFROM b\nCOPY --from=1 c d\n", "stages.1.instructions.1.stage", "null"},
	{"FROM a\n\nRUN a \\\n b\n", I1 "line", "3"},
	{"FROM a\nRUN --network=none a  b\n", I1 "text", "\"--network=none a  b\""},
	{"FROM a\nRUN a  b $c\n", I1 "args", "[\"a  b $c\"]"},
	{"FROM a\nRUN [\"a\",\"b\"]\n", I1 "args", "[\"a\",\"b\"]"},
	{"FROM a\nONBUILD USER x\n", I1 "trigger", "true"},
	{"FROM a\nONBUILD USER x\n", S0 "user", "null"},
	{"FROM a\nUSER x\nRUN y\n", S0 "instructions.2.user", "\"x\""},
	{"FROM a\nUSER x\n", I1 "user", "null"},
	{"FROM a\nRUN x\n", I1 "shell", "[\"/bin/sh\",\"-c\"]"},
	{"FROM a\nSHELL [\"bash\",\"-c\"]\nRUN x\n", S0 "instructions.2.shell",
	 "[\"bash\",\"-c\"]"},
	{"FROM a\nWORKDIR /x\nWORKDIR y\nRUN z\n", S0 "instructions.3.workdir", "\"/x/y\""},
	{"FROM a\nRUN --mount=type=secret,id=s,dst=/k x\n", I1 "mounts.0.target", "\"/k\""},
	{"FROM a\nRUN --mount=target=/k x\n", I1 "mounts.0.type", "\"bind\""},
	/* commands, where there is a shell for them */
	{"FROM a\nRUN a b\n", I1 "commands.0.program", "\"a\""},
	{"FROM a\nRUN [\"sh\",\"-c\",\"a b; c\"]\n", I1 "commands.2.program", "\"c\""},
	{"FROM a\nHEALTHCHECK CMD a b\n", I1 "commands.0.program", "\"a\""},
	{"FROM a\nRUN <<E\na\nb\nE\n", I1 "commands.1.program", "\"b\""},
	{"FROM a\nRUN <<E\n#!/usr/bin/env bash\na\nE\n", I1 "commands.0.program", "\"a\""},
	{"FROM a\nRUN <<E\n#!/usr/bin/python3\na\nE\n", I1 "commands", "[]"},
	{"FROM a\nRUN python3 <<E\na\nE\n", I1 "commands.1", "nothing"},
	{"FROM a\nRUN bash <<E\na\nE\n", I1 "commands.1.program", "\"a\""},
	{"FROM a\nSHELL [\"powershell\",\"-Command\"]\nRUN a\n", S0 "instructions.2.commands",
	 "[]"},
	{"FROM mcr.microsoft.com/windows/x\nRUN a\n", I1 "commands", "[]"},
	/* the workload */
	{"FROM a AS b\nFROM b\nUSER app\n", "w.run_as_user_name", "\"app\""},
	{"FROM a AS b\nFROM b\nUSER app\n", "w.image.reference", "\"a\""},
	{"FROM a\nUSER root\n", "w.run_as_user", "0"},
	{"FROM a\nUSER 10:20\n", "w.run_as_group", "20"},
	{"FROM a\n", "w.user", "null"},
	{"FROM a\nENV a=b\nENV a=c\n", "w.env",
	 "[{\"name\":\"a\",\"value\":\"c\",\"from\":\"value\"}]"},
	{"FROM a\nCMD b c\n", "w.args", "[\"/bin/sh\",\"-c\",\"b c\"]"},
	{"FROM a\nENTRYPOINT [\"b\"]\nCMD [\"c\"]\n", "w.command", "[\"b\"]"},
	{"FROM a AS x\nCMD b\nFROM x\nENTRYPOINT [\"c\"]\n", "w.args", "[]"},
	{"FROM a\nEXPOSE 80/udp\n", "w.ports.0.protocol", "\"UDP\""},
	{"FROM a\nEXPOSE 80-82\n", "w.ports.2.port", "82"},
	{"FROM a\nEXPOSE 80-\nEXPOSE 9-8 x 70000\n", "w.ports.1", "nothing"},
	{"FROM a\nVOLUME [\"/a\"]\nVOLUME /b\n", "w.mounts.1.target", "\"/b\""},
	{"FROM a\nHEALTHCHECK NONE\n", "w.healthcheck", "null"},
	{"FROM a\nHEALTHCHECK CMD x\n", "w.healthcheck", "\"CMD x\""},
	{"FROM a\nWORKDIR /a\n", "w.working_dir", "\"/a\""},
	{"ARG x\n", "w.name", "nothing"},
	/* the file */
	{"# syntax=a/b:1\nFROM a\n", "syntax", "\"a/b:1\""},
	{"# escape=`\nFROM a\n", "escape", "\"`\""},
	{"FROM a\n", "ignored", "[\".git\",\"*.key\"]"},
};

static void ask(struct arena *a, struct sv text, struct asked *q)
{
	struct parts p = {.arena = a};
	const struct fact_sink sink = {.arg = q, .object = on_object, .fault = on_fault};

	parts_add(&p, (struct sv){0}, SV("Dockerfile"), text);
	parts_add(&p, SV("ignore"), SV(".dockerignore"), SV("# c\n.git\n\n *.key \n"));
	fact_source_find(SV("dockerfile"))->objects(&p, &sink);
	parts_done(&p);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_done(arena_done) struct arena a = {0};
		struct asked q = {.path = cases[i].path};
		ask(&a, sv_of(cases[i].text), &q);
		if (!sv_is(buf_view(&q.out), cases[i].expected))
			fail_msg("%s\n %s is %s\n   not %s", cases[i].text, cases[i].path,
				 buf_cstr(&q.out), cases[i].expected);
		buf_done(&q.out);
	}
}

/* Beyond a limit there is a fault, never silence. */
static void test_limits(void **state)
{
	static const struct {
		const char *piece;
		size_t n;
	} texts[] = {{"RUN a\n", 20000}, {"FROM a\n", 2000}, {"# comment\n", 200000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_done(arena_done) struct arena a = {0};
		auto_done(buf_done) struct buf text = {0};
		struct asked q = {.path = "escape"};
		buf_str(&text, "FROM a\n");
		for (size_t k = 0; k < texts[i].n; k++)
			buf_str(&text, texts[i].piece);
		ask(&a, buf_view(&text), &q);
		assert_int_not_equal(q.faults, 0);
		assert_non_null(strstr(q.why, "limit"));
		buf_done(&q.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
					   cmocka_unit_test(test_limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
