/* gabion explain RULE TARGET...: what a rule found in manifests, and how it came to that. */
#include "cmd/explain_rule.h"

#include "audit/explain.h"
#include "base/log.h"
#include "base/text.h"
#include "fmt/json-out.h"

static void put_escaped(struct sv text)
{
	auto_done(buf_done) struct buf b = {0};

	text_escape(&b, text);
	(void)fwrite(b.p, 1, b.n, stdout);
}

static struct sv file_of(const struct report *r, const struct finding *f)
{
	return f->subject < r->subjects.n ? r->subjects.p[f->subject].name : SV("the set");
}

static bool same_object(const struct finding *a, const struct finding *b)
{
	return a && sv_eq(a->id, b->id) && a->subject == b->subject &&
	       sv_eq(a->resource_kind, b->resource_kind) && sv_eq(a->resource_ns, b->resource_ns) &&
	       sv_eq(a->resource_name, b->resource_name);
}

static void put_object(const struct report *r, const struct finding *f)
{
	(void)putchar('\n');
	put_escaped(file_of(r, f));
	(void)fputs(": ", stdout);
	put_escaped(f->resource_kind);
	(void)putchar(' ');
	if (f->resource_ns.n) {
		put_escaped(f->resource_ns);
		(void)putchar('/');
	}
	put_escaped(f->resource_name);
	(void)putchar('\n');
}

static void put_part(const struct report *r, const struct finding *f, const struct finding_part *p)
{
	(void)fputs("      ", stdout);
	put_escaped(p->expression);
	(void)fputs(p->fault ? ": " : " = ", stdout);
	put_escaped(p->value);
	if (p->standard)
		(void)fputs(" (not written: the default)", stdout);
	if (p->decides)
		(void)fputs(" decides", stdout);
	if (p->line) {
		(void)fputs("  [", stdout);
		put_escaped(file_of(r, f));
		(void)printf(":%u", p->line);
		if (p->path.n)
			(void)putchar(' ');
		put_escaped(p->path);
		(void)putchar(']');
	}
	(void)putchar('\n');
}

static const struct rule *rule_of(const struct rules *rules, const struct finding *f)
{
	return rules_find(rules, f->id);
}

/* What the verdict itself says, where the rule's message does not. */
static void put_message(const struct rule *rule, const struct finding *f)
{
	if (f->message.n) {
		(void)fputs(": ", stdout);
		put_escaped(f->message);
	} else if (f->state == STATE_NOT_APPLICABLE && !f->parts_n && rule && rule->each >= 0) {
		(void)printf(": there is no %.*s", SV_ARG(rule->fact->scopes[rule->each].name));
	} else if (f->state == STATE_NOT_APPLICABLE) {
		(void)fputs(": 'when' is false", stdout);
	}
}

static void put_finding(const struct report *r, const struct rules *rules, const struct finding *f)
{
	(void)printf("  %s", finding_state_name(f->state));
	if (f->scope.n) {
		(void)fputs(" ", stdout);
		put_escaped(f->scope);
	}
	put_message(rule_of(rules, f), f);
	(void)putchar('\n');
	if (f->in_source) {
		(void)fputs("      excepted in the manifest: ", stdout);
		put_escaped(f->waiver_reason);
		(void)putchar('\n');
	}
	for (size_t i = 0; i < f->parts_n; i++)
		put_part(r, f, &f->parts[i]);
}

/* Where one of these fails, gabion audit tells it alone. */
static void put_covering(const struct rules *rules, const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < rules->all.n; i++) {
		const struct rule *other = rules->all.p[i];
		for (size_t k = 0; k < other->covers.n && !other->opt_in && !other->disabled; k++)
			if (sv_eq(other->covers.p[k], rule->text.id))
				buf_fmt(&b, "%s%.*s", b.n ? ", " : "by ", SV_ARG(other->text.id));
	}
	if (b.n)
		buf_str(&b, ": where both fail, gabion audit tells that alone");
	field_print("covered", buf_view(&b));
}

/* The name stands before the first line. */
static void put_lines(const char *name, struct sv text)
{
	struct sv line;

	for (; sv_line(&text, &line); name = "")
		field_print(name, line);
}

static void put_rule(const struct rules *rules, const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};

	(void)printf("%.*s: ", SV_ARG(rule->text.id));
	put_escaped(rule->text.title);
	(void)putchar('\n');
	put_lines("when", rule->when_text);
	put_lines("assert", rule->assertion_text);
	field_print("remedy", rule->text.remedy);
	for (size_t i = 0; i < rule->remedies.n; i++) {
		buf_clear(&b);
		buf_fmt(&b, "(%.*s) %.*s", SV_ARG(rule->remedies.p[i].word),
			SV_ARG(rule->remedies.p[i].text));
		field_print("", buf_view(&b));
	}
	put_covering(rules, rule);
	if (rule->disabled)
		field_print("disabled", SV("a pack switches it off: it is asked of nothing"));
}

static void each_selected(void *arg, const struct rule *rule)
{
	put_rule(arg, rule);
}

static void put_end(const struct report *r, const struct explained *e)
{
	const char *before = "\n";

	if (!e->all.n && r->summary.objects)
		(void)printf("\nnothing in %llu objects is what the rule looks at\n",
			     (unsigned long long)r->summary.objects);
	for (size_t i = 0; i < STATES; i++) {
		if (!e->states[i])
			continue;
		(void)printf("%s%llu %s", before, (unsigned long long)e->states[i],
			     finding_state_name((enum finding_state)i));
		before = ", ";
	}
	if (e->excepted)
		(void)printf(" (%llu excepted in manifests)", (unsigned long long)e->excepted);
	if (e->all.n)
		(void)putchar('\n');
}

/* The first that fails, as an example. */
static void put_accept(const struct report *r, const struct explained *e)
{
	const struct finding *f = NULL;

	for (size_t i = 0; !f && i < e->all.n; i++)
		if (e->all.p[i]->state == STATE_FAIL && !e->all.p[i]->in_source)
			f = e->all.p[i];
	if (!f)
		return;
	struct sv container = finding_container(f);
	(void)printf("To accept one:\n  at its line or above it   # gabion:ignore %.*s REASON\n"
		     "  as an annotation          gabion.dev/ignore.%.*s: REASON\n"
		     "  in a file (--waivers)     - {id: %.*s, path: '",
		     SV_ARG(f->id), SV_ARG(f->id), SV_ARG(f->id));
	put_escaped(file_of(r, f));
	(void)putchar('\'');
	if (container.n) {
		(void)fputs(", container: ", stdout);
		put_escaped(container);
	}
	(void)fputs(", reason: REASON}\n", stdout);
}

static void explain_text(const struct report *r, const struct rules *rules, struct sv name,
			 const struct explained *e)
{
	const struct finding *last = NULL;

	(void)rules_select(rules, name, each_selected, (void *)(uintptr_t)rules);
	for (size_t i = 0; i < e->all.n; i++) {
		const struct finding *f = e->all.p[i];
		if (last && !sv_eq(last->id, f->id))
			(void)printf("\n%.*s", SV_ARG(f->id));
		if (!same_object(last, f))
			put_object(r, f);
		put_finding(r, rules, f);
		last = f;
	}
	put_end(r, e);
	put_accept(r, e);
}

static void json_part(struct json_out *w, const struct finding_part *p)
{
	json_out_object(w);
	json_out_kv(w, "expression", p->expression);
	json_out_kv(w, p->fault ? "fault" : "value", p->value);
	json_out_key(w, "default");
	json_out_bool(w, p->standard);
	json_out_key(w, "decides");
	json_out_bool(w, p->decides);
	json_out_kv_opt(w, "path", p->path);
	if (p->line) {
		json_out_key(w, "line");
		json_out_u64(w, p->line);
		json_out_key(w, "column");
		json_out_u64(w, p->column);
	}
	json_out_end(w);
}

static void json_finding(struct json_out *w, const struct report *r, const struct finding *f)
{
	json_out_object(w);
	json_out_kv(w, "id", f->id);
	json_out_kv(w, "state", sv_of(finding_state_name(f->state)));
	json_out_kv(w, "file", file_of(r, f));
	json_out_key(w, "resource");
	json_out_object(w);
	json_out_kv(w, "kind", f->resource_kind);
	json_out_kv_opt(w, "namespace", f->resource_ns);
	json_out_kv(w, "name", f->resource_name);
	json_out_end(w);
	json_out_kv(w, "scope", f->scope);
	json_out_kv_opt(w, "message", f->message);
	json_out_kv_opt(w, "excepted", f->waiver_reason);
	json_out_kv(w, "fingerprint", f->fingerprint);
	json_out_key(w, "parts");
	json_out_array(w);
	for (size_t i = 0; i < f->parts_n; i++)
		json_part(w, &f->parts[i]);
	json_out_end(w);
	json_out_end(w);
}

static void json_rule(void *arg, const struct rule *rule)
{
	rule_json(arg, rule);
}

static int explain_json(const struct report *r, const struct rules *rules, struct sv name,
			const struct explained *e, struct err *err)
{
	struct json_out w;

	json_out_init(&w, stdout, NULL, 2);
	json_out_object(&w);
	json_out_key(&w, "rules");
	json_out_array(&w);
	(void)rules_select(rules, name, json_rule, &w);
	json_out_end(&w);
	json_out_key(&w, "complete");
	json_out_bool(&w, r->complete);
	json_out_key(&w, "by_state");
	json_out_object(&w);
	for (size_t i = 0; i < STATES; i++) {
		json_out_key(&w, finding_state_name((enum finding_state)i));
		json_out_u64(&w, e->states[i]);
	}
	json_out_end(&w);
	json_out_key(&w, "results");
	json_out_array(&w);
	for (size_t i = 0; i < e->all.n; i++)
		json_finding(&w, r, e->all.p[i]);
	json_out_end(&w);
	json_out_end(&w);
	return json_out_done(&w, err);
}

static void tell_errors(const struct report *r)
{
	for (size_t i = 0; i < r->errors.n; i++) {
		const struct report_error *e = &r->errors.p[i];
		struct err err;
		(void)err_set(&err, ERR_PARSE, "%.*s", SV_ARG(e->message));
		(void)err_where(&err, "%.*s", SV_ARG(e->where));
		(void)err_hint(&err, "%.*s", SV_ARG(e->hint));
		log_err(&err);
	}
}

static int nothing(struct err *err)
{
	(void)err_set(err, ERR_NOTFOUND, "nothing to judge: no rule is about what is there");
	log_err(err);
	return 5;
}

int explain_rule_in(struct invocation *in, struct rules *rules, bool json, struct err *err)
{
	const struct options *opt = &in->options;
	const struct explain_own *own = in->own;
	struct sv_vec only = {.p = in->args.p, .n = 1};
	struct sv_vec targets = {.p = in->args.p + 1, .n = in->args.n - 1};
	auto_done(buf_done) struct buf input = {0};
	auto_done(report_done) struct report r;
	auto_done(explained_done) struct explained e = {0};
	struct audit_options o = {
		.jobs = (unsigned)opt->jobs,
		.memory = opt->max_memory,
		.timeout = (int64_t)opt->timeout,
		.rules = rules,
		.only = &only,
		.input = &input,
		.commands = own->commands,
		.host = own->host,
		.context = own->context,
		.root = own->root,
	};

	report_init(&r, &in->arena, "explain");
	int rc = audit_explain(&r, &targets, &o, &e, err);
	if (rc == 0 && json)
		rc = explain_json(&r, rules, in->args.p[0], &e, err);
	else if (rc == 0)
		explain_text(&r, rules, in->args.p[0], &e);
	if (rc < 0)
		return rc;
	tell_errors(&r);
	if (!r.complete)
		return 3;
	return r.summary.objects ? 0 : nothing(err);
}
