/* gabion rules eval: a CEL expression over variables from the command line. */
#include "base/base.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/records.h"
#include "fmt/json.h"
#include "fmt/yaml.h"
#include "rule/cel/env.h"
#include "sys/file.h"

struct eval_own {
	struct sv_vec vars;
	bool type;
};

#define OWN(field) offsetof(struct eval_own, field)

static const struct option_row rows[] = {
	{"var", 0, "NAME=JSON|@FILE", OPTION_VALUES, OWN(vars), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "A variable: a JSON value, or @FILE for a JSON or YAML file (@- is standard input); may be given several times"},
	{"type", 0, NULL, OPTION_FLAG, OWN(type), NULL, NULL, NULL, OPTION_LINE_ONLY,
	 "Print the type of the expression, do not evaluate it"},
};

static const struct option_group eval_options = {
	.title = "Variables", .rows = rows, .n = ARRAY_LEN(rows), .own = true};

/* All that one run needs. */
struct eval_run {
	struct arena *arena;
	struct cel_env env;
	struct {
		struct cel_value *p;
		size_t n, cap;
	} values; /* by slot */
	bool stdin_used;
};

static int read_source(struct eval_run *run, struct sv path, struct sv *out, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	int rc;

	if (sv_is(path, "-")) {
		if (run->stdin_used)
			return err_set(err, ERR_USAGE, "standard input is read by one --var only");
		run->stdin_used = true;
		rc = file_read_fd(STDIN_FILENO, limit_yaml_bytes, &bytes, err);
	} else {
		rc = file_read(arena_str(run->arena, path), limit_yaml_bytes, &bytes, err);
	}
	if (rc < 0)
		return err_where(err, "%.*s", SV_ARG(path));
	*out = arena_sv(run->arena, buf_view(&bytes));
	return 0;
}

/* By its content: what is not JSON is YAML. */
static int read_file(struct eval_run *run, struct sv path, const struct node **out, struct err *err)
{
	struct sv bytes = {0}, start;
	struct err json_err = {0}, yaml_err = {0};
	bool maybe_json;
	int rc = read_source(run, path, &bytes, err);

	if (rc < 0)
		return rc;
	start = sv_head(sv_trim(bytes), 1);
	maybe_json = sv_is(start, "{") || sv_is(start, "[") || sv_is(start, "\"");
	if (maybe_json && json_read(run->arena, path, bytes, DUP_REFUSE, out, &json_err) == 0)
		return 0;
	if (yaml_read(run->arena, path, bytes, YAML_KUBERNETES, DUP_REFUSE, out, &yaml_err) == 0)
		return 0;
	*err = maybe_json ? json_err : yaml_err;
	return -(int)err->kind;
}

static bool is_name(struct sv v)
{
	bool start = true;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		bool digit = c >= '0' && c <= '9';
		if (c == '.' ? start : !letter && (start || !digit))
			return false;
		start = c == '.';
	}
	return !start;
}

static int add_variable(struct eval_run *run, struct sv arg, struct err *err)
{
	struct sv text = arg, name = sv_cut(&text, '=');
	const struct node *n = NULL;
	int rc;

	if (name.n == arg.n || !is_name(name))
		return err_set(err, ERR_USAGE, "--var wants NAME=JSON or NAME=@FILE, not '%.*s'",
			       SV_ARG(sv_head(arg, 100)));
	for (size_t i = 0; i < run->env.variables.n; i++)
		if (sv_eq(run->env.variables.p[i].name, name))
			return err_set(err, ERR_USAGE, "--var %.*s is given twice", SV_ARG(name));
	if (sv_is(text, "-") || sv_starts(text, SV("@")))
		rc = read_file(run, sv_is(text, "-") ? text : sv_from(text, 1), &n, err);
	else
		rc = json_read(run->arena, arena_fmt(run->arena, "--var %.*s", SV_ARG(name)), text,
			       DUP_REFUSE, &n, err);
	if (rc < 0)
		return rc;
	(void)cel_env_variable(&run->env, name, &cel_types[CEL_T_DYN]);
	*VEC_PUSH(&run->values) = cel_of_node(n);
	return 0;
}

/* "3:14" to the line and the bytes before the place in it. */
static bool find_place(struct sv source, const char *where, struct sv *line, struct sv *head)
{
	struct sv column_text = sv_of(where), line_text = sv_cut(&column_text, ':');
	uint64_t line_no, column;
	size_t at = 0;

	if (!sv_u64(line_text, &line_no) || !sv_u64(column_text, &column))
		return false;
	for (; line_no > 0; line_no--)
		*line = sv_cut(&source, '\n');
	for (; column > 1 && at < line->n; column--) {
		uint32_t cp;
		size_t n = utf8_decode(sv_from(*line, at), &cp);
		at += n ? n : 1;
	}
	*head = sv_head(*line, at);
	return true;
}

enum { BEFORE = 60, AFTER = 40 };

/* The line with a caret under the place; of a long line what stands around it. */
static void print_place(struct sv source, const char *where)
{
	struct sv line = {0}, head = {0};
	auto_done(buf_done) struct buf before = {0}, after = {0};

	if (!find_place(source, where, &line, &head))
		return;
	struct sv tail = sv_head(sv_from(line, head.n), 4096);
	text_escape(&before, head.n > 4096 ? sv_from(head, head.n - 4096) : head);
	text_escape(&after, tail);
	struct sv shown = buf_view(&before), end = text_fit(buf_view(&after), AFTER);
	bool cut = false;
	while (text_width(shown) > BEFORE) {
		uint32_t cp;
		size_t n = utf8_decode(shown, &cp);
		shown = sv_from(shown, n ? n : 1);
		cut = true;
	}
	(void)fprintf(stderr, "  %s%.*s%.*s%s\n", cut ? "..." : "", SV_ARG(shown), SV_ARG(end),
		      end.n < after.n || tail.n < line.n - head.n ? "..." : "");
	(void)fprintf(stderr, "  %*s^\n", (int)text_width(shown) + (cut ? 3 : 0), "");
}

/* Says what is wrong and where; the exit code is the caller's. */
static int tell(struct sv source, struct err *e, int code)
{
	char where[32];

	(void)snprintf(where, sizeof where, "%.31s", e->where);
	(void)snprintf(e->where, sizeof e->where, "<expr>%s%s", where[0] ? ":" : "", where);
	err_print(stderr, e);
	print_place(source, where);
	return code;
}

/* Values share their parts: what takes a few bytes of memory can be endless when it is written out.
 */
static bool may_print(const struct cel_value *v, uint64_t *left)
{
	if (*left == 0)
		return false;
	--*left;
	if (v->kind == CEL_OPTIONAL)
		return !v->inner || may_print(v->inner, left);
	if (v->kind != CEL_LIST && v->kind != CEL_MAP)
		return true;
	for (size_t i = 0, n = cel_size(v); i < n; i++) {
		struct cel_value key, item;
		if (v->kind == CEL_MAP)
			cel_entry_at(v, i, &key, &item);
		else
			item = cel_at(v, i);
		if (!may_print(&item, left))
			return false;
	}
	return true;
}

static int print_value(const struct cel_value *v, struct err *err)
{
	struct json_out w;

	json_out_init(&w, stdout, NULL, 0);
	cel_json(&w, v);
	return json_out_done(&w, err);
}

static void print_type(const struct cel_type *t)
{
	auto_done(buf_done) struct buf name = {0}, safe = {0};

	cel_type_text(&name, t);
	text_escape(&safe, buf_view(&name));
	(void)printf("%s\n", buf_cstr(&safe));
}

static int evaluate(struct eval_run *run, struct sv source, bool type, struct err *err)
{
	struct cel_program program;
	struct err why = {0};

	if (cel_compile(&run->env, run->arena, source, &program, &why) < 0)
		return tell(source, &why, 2);
	if (type) {
		print_type(program.root->type);
		return 0;
	}
	auto_done(cel_eval_done) struct cel_eval e = {.arena = run->arena, .vars = run->values.p};
	struct cel_value v = cel_run(&program, &e);
	if (v.kind == CEL_ERROR && cel_fault_err(&program, &v, &why) < 0)
		return tell(source, &why, 1);
	uint64_t left = limit_cel_cost;
	if (!may_print(&v, &left)) {
		(void)err_set(&why, ERR_LIMIT, "the value is too large to print");
		return tell(source, &why, 1);
	}
	return print_value(&v, err);
}

static int run_eval(struct invocation *in, struct err *err)
{
	struct eval_own *own = in->own;
	struct eval_run run = {.arena = &in->arena};
	bool json;
	int rc = wants_json(in, &json, err);

	cel_env_init(&run.env, run.arena);
	for (size_t i = 0; rc == 0 && i < own->vars.n; i++) {
		rc = add_variable(&run, own->vars.p[i], err);
		if (rc < 0)
			(void)err_scope(err, SCOPE_USAGE);
	}
	if (rc == 0)
		rc = evaluate(&run, in->args.p[0], own->type, err);
	cel_env_done(&run.env);
	vec_done(&run.values);
	return rc;
}

static const struct option_group *const groups[] = {&eval_options, &record_options, NULL};

static const char *const examples[] = {
	"gabion rules eval '1 + 1'",
	"2",
	"gabion rules eval 'pod.spec.containers.filter(c, !has(c.resources)).map(c, c.name)' --var pod=@pod.yaml",
	"the containers of a manifest that have no resources",
	"kubectl get pod web -o json | gabion rules eval 'has(pod.spec.hostNetwork)' --var pod=@-",
	"the value of a variable from standard input",
	"gabion rules eval 'x > 3u' --var x=4",
	"numbers compare across int, uint and double",
	NULL,
};

const struct command cmd_rules_eval = {
	.name = "rules eval",
	.group = "Rules",
	.summary = "evaluate a CEL expression",
	.usage = "[OPTIONS] EXPR",
	.about =
		"Prints the value of the expression as JSON. EXPR may use everything that the expressions of rules may: the "
		"standard library of CEL and the extensions that Kubernetes offers.\n\n"
		"Exit codes: 0 the value was printed; 1 the evaluation failed; 2 the expression or an argument is wrong.",
	.examples = examples,
	.groups = groups,
	.own_size = sizeof(struct eval_own),
	.args_min = 1,
	.args_max = 1,
	.run = run_eval,
};
