/*
 * The known ways out of a container, each said in every way that can say it: the rule that must
 * fail does, and does not fail on the same text without the dangerous part. escapes.txt has one
 * vector a line; docs/escapes.md is made of it with --write.
 *
 *     == ROW title
 *     ROW FRAME RULE[,RULE] text            every rule fails
 *     ROW FRAME !RULE text                  the rule does not
 *     ROW FRAME ?RULE text                  the rule is not observed: the text does not say
 *     ROW FRAME fault text                  the reader refuses, or says that something is wrong
 *     ROW - why no source can show it
 */
#include "base/base.h"

#include "base/text.h"
#include "fact/source.h"
#include "rule/engine.h"
#include "runner.h"
#include "sys/file.h"

#define OCI_LINUX                                                                                  \
	"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},"                    \
	"{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"},{\"type\":\"cgroup\"}],"       \
	"\"maskedPaths\":[\"/proc/acpi\",\"/proc/asound\",\"/proc/interrupts\",\"/proc/kcore\","   \
	"\"/proc/keys\",\"/proc/latency_stats\",\"/proc/sched_debug\",\"/proc/scsi\","             \
	"\"/proc/timer_list\",\"/proc/timer_stats\",\"/sys/devices/virtual/powercap\","            \
	"\"/sys/firmware\"],\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\","          \
	"\"/proc/sys\",\"/proc/sysrq-trigger\"],\"seccomp\":{\"defaultAction\":"                   \
	"\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}," \
	"\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]}"
#define OCI_PROCESS                                                                           \
	"\"process\":{\"user\":{\"uid\":20000,\"gid\":20000},\"cwd\":\"/\",\"args\":[\"x\"]," \
	"\"noNewPrivileges\":true,\"capabilities\":{\"bounding\":[\"CAP_CHOWN\"]}"

/* What stands around the text of a vector; the names of sources are frames without anything. */
static const struct frame {
	const char *name, *source, *before, *after, *about;
} frames[] = {
	{"create", "docker-create", NULL, NULL, "create"},
	{"host", "docker-create", "{\"Image\":\"a:1\",\"HostConfig\":{", "}}", "create"},
	{"inspect", "docker-inspect",
	 "[{\"Id\":\"a\",\"Config\":{\"Image\":\"a:1\"},\"HostConfig\":{\"NetworkMode\":\"web\"},",
	 "}]", "inspect"},
	{"inspect-host", "docker-inspect",
	 "[{\"Id\":\"a\",\"Config\":{\"Image\":\"a:1\"},\"HostConfig\":{", "}}]", "inspect"},
	{"podman-host", "podman-inspect",
	 "[{\"Id\":\"a\",\"OCIRuntime\":\"crun\",\"Config\":{\"Image\":\"a:1\"},\"HostConfig\":{",
	 "}}]", "podman inspect"},
	{"podman-inspect", "podman-inspect",
	 "[{\"Id\":\"a\",\"OCIRuntime\":\"crun\",\"Config\":{\"Image\":\"a:1\"},\"HostConfig\":{},",
	 "}]", "podman inspect"},
	{"run", "command", "docker run ", " debian:12", "docker run"},
	{"podman", "command", "podman run ", " debian:12", "podman run"},
	{"service", "compose", "services: {a: {image: 'a:1', ", "}}", "compose"},
	{"compose", "compose", NULL, NULL, "compose"},
	{"oci-linux", "oci", "{\"ociVersion\":\"1.0.2\"," OCI_PROCESS "}," OCI_LINUX ",", "}}",
	 "OCI"},
	{"oci-process", "oci", "{\"ociVersion\":\"1.0.2\"," OCI_LINUX "}," OCI_PROCESS ",", "}}",
	 "OCI"},
	{"oci", "oci", "{\"ociVersion\":\"1.0.2\"," OCI_LINUX "}," OCI_PROCESS "},", "}", "OCI"},
	{"dockerfile", "dockerfile", NULL, NULL, "Dockerfile"},
	{"image", "image", NULL, NULL, "image"},
};

struct row {
	struct sv id, title, why;
	struct buf found[ARRAY_LEN(frames)]; /* rules, by frame */
	size_t vectors;
};

struct escapes {
	struct rules rules;
	struct engine engine;
	struct arena arena;
	struct runner *r;
	struct {
		struct row *p;
		size_t n, cap;
	} rows;
	uint8_t *states; /* by number of the rule: bits of what was seen */
	size_t objects, faults;
	uint32_t line;
};

static void on_verdict(void *arg, const struct verdict *v)
{
	struct escapes *e = arg;

	e->states[v->rule->number] |= (uint8_t)(1U << v->state);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct escapes *e = arg;

	e->objects++;
	engine_object(&e->engine, o, on_verdict, e);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct escapes *e = arg;

	(void)f;
	e->faults++;
}

static void judge(struct escapes *e, const struct frame *f, struct sv text)
{
	const struct fact_sink sink = {.arg = e, .object = on_object, .fault = on_fault};
	auto_done(parts_done) struct parts p = {.arena = &e->arena};
	struct sv whole =
		f->before ? arena_fmt(&e->arena, "%s%.*s%s", f->before, SV_ARG(text), f->after)
			  : text;

	memset(e->states, 0, e->rules.all.n);
	e->objects = e->faults = 0;
	(void)parts_add(&p, (struct sv){0}, sv_of(f->name), whole);
	fact_source_find(sv_of(f->source))->objects(&p, &sink);
}

static const struct rule *rule_of(const struct escapes *e, struct sv id)
{
	for (size_t i = 0; i < e->rules.all.n; i++)
		if (sv_eq(e->rules.all.p[i]->text.id, id))
			return e->rules.all.p[i];
	return NULL;
}

static const struct frame *frame_of(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(frames); i++)
		if (sv_is(name, frames[i].name))
			return &frames[i];
	return NULL;
}

static struct row *row_of(struct escapes *e, struct sv id)
{
	for (size_t i = 0; i < e->rows.n; i++)
		if (sv_eq(e->rows.p[i].id, id))
			return &e->rows.p[i];
	struct row row = {.id = id};
	*VEC_PUSH(&e->rows) = row;
	return &e->rows.p[e->rows.n - 1];
}

static bool fails(const struct escapes *e, const struct rule *rule)
{
	return e->states[rule->number] & 1U << STATE_FAIL;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xNN of the data file is a byte; JSON has no such escape. */
static struct sv bytes_of(struct escapes *e, struct sv text)
{
	char *p = arena_alloc(&e->arena, text.n);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		bool coded = text.n - i >= 4 && text.p[i] == '\\' && text.p[i + 1] == 'x' &&
			     hex(text.p[i + 2]) >= 0 && hex(text.p[i + 3]) >= 0;
		if (coded) {
			p[n++] = (char)(hex(text.p[i + 2]) * 16 + hex(text.p[i + 3]));
			i += 3;
		} else {
			p[n++] = text.p[i];
		}
	}
	return sv_make(p, n);
}

static void note(struct escapes *e, struct row *row, const struct frame *f, struct sv id)
{
	struct buf *b = &row->found[f - frames];

	(void)e;
	if (sv_find(buf_view(b), id) != SIZE_MAX)
		return;
	buf_fmt(b, "%s%.*s", b->n ? ", " : "", SV_ARG(id));
}

/* The same frame without the text must not fail, or the vector proves nothing. */
static void check_empty(struct escapes *e, const struct frame *f, const struct rule *rule)
{
	if (!f->before)
		return;
	judge(e, f, (struct sv){0});
	if (fails(e, rule))
		runner_fail(e->r, "line %u: %.*s fails on %s without the text too", e->line,
			    SV_ARG(rule->text.id), f->name);
}

static void one_rule(struct escapes *e, struct row *row, const struct frame *f, struct sv want,
		     struct sv text)
{
	bool not = sv_starts(want, SV("!")), unknown = sv_starts(want, SV("?"));
	struct sv id = not || unknown ? sv_from(want, 1) : want;
	const struct rule *rule = rule_of(e, id);

	judge(e, f, text);
	if (sv_is(want, "fault")) {
		if (e->faults)
			runner_pass(e->r);
		else
			runner_fail(e->r, "line %u: %s: nothing is said of it", e->line, f->name);
		return;
	}
	if (!rule || e->objects == 0) {
		runner_fail(e->r, "line %u: %.*s: %s", e->line, SV_ARG(id),
			    rule ? "no object" : "no such rule");
		return;
	}
	bool seen = unknown ? e->states[rule->number] & 1U << STATE_NOT_OBSERVED : fails(e, rule);
	if (seen == not ) {
		runner_fail(e->r, "line %u: %.*s %s: %s %.*s", e->line, SV_ARG(row->id), f->name,
			    not                                                  ? "fails"
			    : e->states[rule->number] & 1U << STATE_NOT_OBSERVED ? "is not observed"
										 : "does not fail",
			    SV_ARG(id));
		return;
	}
	runner_pass(e->r);
	if (not || unknown)
		return;
	note(e, row, f, id);
	check_empty(e, f, rule);
}

static void one_line(struct escapes *e, struct sv line)
{
	struct sv rest = line, id = sv_cut(&rest, ' '), where = sv_cut(&rest, ' ');

	if (line.n == 0 || line.p[0] == '#')
		return;
	if (sv_is(id, "==")) {
		row_of(e, arena_sv(&e->arena, where))->title = rest;
		return;
	}
	struct row *row = row_of(e, id);
	const struct frame *f = frame_of(where);
	if (sv_is(where, "-")) {
		row->why = rest;
		return;
	}
	struct sv wants = sv_cut(&rest, ' ');
	if (!f || !row->title.n || wants.n == 0) {
		runner_fail(e->r, "line %u: no frame, row or rule of this name", e->line);
		return;
	}
	struct sv text = bytes_of(e, rest);
	row->vectors++;
	while (wants.n)
		one_rule(e, row, f, sv_cut(&wants, ','), text);
}

static void cell(struct escapes *e, struct buf *out, const struct row *row, const char *about)
{
	auto_done(buf_done) struct buf text = {0};

	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		struct sv rest = buf_view(&row->found[i]);
		while (strcmp(frames[i].about, about) == 0 && rest.n) {
			struct sv one = sv_trim(sv_cut(&rest, ','));
			if (sv_find(buf_view(&text), one) == SIZE_MAX)
				buf_fmt(&text, "%s%.*s", text.n ? ", " : "", SV_ARG(one));
		}
	}
	(void)e;
	if (text.n)
		buf_fmt(out, "- %s: %.*s\n", about, SV_ARG(buf_view(&text)));
}

static void write_page(struct escapes *e, struct buf *out)
{
	static const char head[] =
		"# Ways out of a container, and the rules that see them\n\n"
		"Made by `build/tests/conformance-escapes --write` from `tests/conformance/escapes.txt`: each value of "
		"each row is judged through every source that can say it, and the test fails when its rule does not, or "
		"when the rule fails without the value too.\n";

	buf_str(out, head);
	for (size_t i = 0; i < e->rows.n; i++) {
		const struct row *row = &e->rows.p[i];
		buf_fmt(out, "\n## %.*s: %.*s\n\n", SV_ARG(row->id), SV_ARG(row->title));
		for (size_t f = 0; f < ARRAY_LEN(frames); f++)
			if (f == 0 || strcmp(frames[f].about, frames[f - 1].about) != 0)
				cell(e, out, row, frames[f].about);
		if (row->why.n)
			buf_fmt(out, "%s%.*s\n", row->vectors ? "\n" : "", SV_ARG(row->why));
	}
}

static void compare(struct escapes *e, bool write)
{
	static const char path[] = GABION_SOURCE_ROOT "/docs/escapes.md";
	auto_done(buf_done) struct buf page = {0};
	auto_done(buf_done) struct buf there = {0};
	struct err err;

	write_page(e, &page);
	if (write && file_write_atomic(path, buf_view(&page), 0644, &err) < 0)
		runner_fail(e->r, "%s: %s", path, err.msg);
	if (file_read(path, 1 << 20, &there, &err) >= 0 && sv_eq(buf_view(&there), buf_view(&page)))
		runner_pass(e->r);
	else
		runner_fail(e->r, "docs/escapes.md is not up to date: "
				  "build/tests/conformance-escapes --write");
}

static bool start(struct escapes *e)
{
	struct err err;

	arena_init(&e->arena, 0);
	rules_init(&e->rules);
	if (rules_load_builtin(&e->rules, &err) < 0 || rules_compile(&e->rules, NULL, &err) < 0) {
		runner_fail(e->r, "%s: %s", err.where, err.msg);
		return false;
	}
	engine_init(&e->engine, &e->rules);
	bool *all = ARENA_ARRAY(&e->arena, e->rules.all.n, bool);
	memset(all, 1, e->rules.all.n);
	e->engine.selected = all;
	e->engine.all = e->engine.uncovered = true;
	e->states = ARENA_ARRAY(&e->arena, e->rules.all.n, uint8_t);
	return true;
}

int main(int argc, char **argv)
{
	bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
	char folder[] = GABION_SOURCE_ROOT "/tests/conformance";
	char *args[] = {argv[0], folder, NULL};
	auto_done(buf_done) struct buf data = {0};
	struct runner r;
	struct escapes e = {.r = &r};
	struct err err;

	if (!runner_init(&r, "escapes", 2, args))
		return 77;
	if (file_read(GABION_SOURCE_ROOT "/tests/conformance/escapes.txt", 1 << 20, &data, &err) <
	    0) {
		runner_fail(&r, "%s", err.msg);
		return runner_end(&r);
	}
	if (start(&e)) {
		struct sv rest = buf_view(&data);
		while (rest.n) {
			e.line++;
			one_line(&e, sv_cut(&rest, '\n'));
		}
		compare(&e, write);
		engine_done(&e.engine);
	}
	for (size_t i = 0; i < e.rows.n; i++)
		for (size_t f = 0; f < ARRAY_LEN(frames); f++)
			buf_done(&e.rows.p[i].found[f]);
	vec_done(&e.rows);
	rules_done(&e.rules);
	arena_done(&e.arena);
	return runner_end(&r);
}
