#include "cmd/rules.h"

#include <sys/stat.h>

#include "base/text.h"
#include "fmt/json-out.h"

int rules_open(const struct invocation *in, struct rules *r, struct err *err)
{
	int rc = rules_load_builtin(r, err);

	if (rc == 0 && in->options.policy.n)
		rc = rules_load(r, in->options.policy, err);
	return rc;
}

static void on_mistake(void *arg, const struct err *err)
{
	size_t *mistakes = arg;

	++*mistakes;
	err_print(stderr, err);
}

int rules_open_named(struct invocation *in, struct rules *r, uint32_t *first, size_t *mistakes,
		     struct err *err)
{
	struct stat st;

	*mistakes = 0;
	r->samples = true;
	r->fault = on_mistake;
	r->fault_arg = mistakes;
	int rc = rules_load_builtin(r, err);
	*first = r->loads + 1;
	if (rc == 0 && in->args.n == 0 && stat("rules", &st) != 0) {
		(void)err_set(err, ERR_USAGE, "no pack is named, and there is no folder rules/");
		return err_hint(err, "gabion %s PACK.yaml", in->command->name);
	}
	if (rc == 0 && in->args.n == 0)
		return rules_load(r, SV("rules"), err);
	for (size_t i = 0; rc == 0 && i < in->args.n; i++)
		rc = rules_load(r, in->args.p[i], err);
	return rc;
}

static void put_line(const char *name, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};

	if (!text.n)
		return;
	text_escape(&safe, text);
	(void)printf("  %-11s %s\n", name, buf_cstr(&safe));
}

/* Several lines stay so; the first has the name. */
static void put_block(const char *name, struct sv text)
{
	struct sv line;

	while (sv_line(&text, &line)) {
		put_line(name, line);
		name = "";
	}
}

/* YAML's folded texts, wrapped at 88 columns. */
static void put_wrapped(const char *name, struct sv text)
{
	auto_done(buf_done) struct buf line = {0};

	while (text.n) {
		size_t n = 0;
		while (n < text.n && text.p[n] != ' ' && text.p[n] != '\n')
			n++;
		struct sv word = sv_head(text, n);
		text = sv_from(text, n + 1);
		if (line.n && line.n + 1 + word.n > 88) {
			put_line(name, buf_view(&line));
			name = "";
			buf_clear(&line);
		}
		if (line.n && word.n)
			buf_char(&line, ' ');
		buf_sv(&line, word);
	}
	put_line(name, buf_view(&line));
}

static void put_fact(const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};

	buf_sv(&b, rule->fact->name);
	if (rule->each >= 0)
		buf_fmt(&b, ", each %.*s", SV_ARG(rule->fact->scopes[rule->each].name));
	if (rule->set)
		buf_str(&b, ", over a whole set of objects");
	put_line("looks at", buf_view(&b));
}

static void put_lists(const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < rule->text.aliases.n; i++)
		buf_fmt(&b, "%s%.*s", i ? ", " : "", SV_ARG(rule->text.aliases.p[i]));
	put_line("aliases", buf_view(&b));
	buf_clear(&b);
	for (size_t i = 0; i < rule->covers.n; i++)
		buf_fmt(&b, "%s%.*s", i ? ", " : "", SV_ARG(rule->covers.p[i]));
	put_line("covers", buf_view(&b));
	for (size_t i = 0; i < rule->text.references.n; i++) {
		buf_clear(&b);
		buf_fmt(&b, "%.*s %.*s%.*s", SV_ARG(rule->text.references.p[i].scheme),
			SV_ARG(rule->text.references.p[i].id),
			SV_ARG(rule->text.references.p[i].url));
		put_line(i ? "" : "references", sv_trim(buf_view(&b)));
	}
}

static void put_params(const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};
	struct json_out w;
	struct err err;

	if (!rule->params)
		return;
	json_out_init(&w, NULL, &b, 0);
	json_out_node(&w, rule->params);
	(void)!json_out_done(&w, &err);
	put_line("params", buf_view(&b));
}

static const char *when_told(const struct rule *rule)
{
	return rule->disabled ? "disabled" : rule->opt_in ? "only when asked for" : "by default";
}

static void put_remedies(const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};

	put_wrapped("remedy", rule->text.remedy);
	for (size_t i = 0; i < rule->remedies.n; i++) {
		buf_clear(&b);
		buf_fmt(&b, "(%.*s) %.*s", SV_ARG(rule->remedies.p[i].word),
			SV_ARG(rule->remedies.p[i].text));
		put_wrapped("", buf_view(&b));
	}
}

/* For people. */
static void rule_print(const struct rule *rule)
{
	auto_done(buf_done) struct buf b = {0};
	const struct node *evidence = node_get(rule->source, "evidence");

	text_escape(&b, rule->text.title);
	(void)printf("%.*s: %s\n", SV_ARG(rule->text.id), buf_cstr(&b));
	put_line("severity", sv_of(severity_name(rule->text.severity)));
	put_line("family", rule->family);
	put_line("told", sv_of(when_told(rule)));
	put_wrapped("why", rule->text.why);
	put_remedies(rule);
	put_fact(rule);
	put_block("when", rule->when_text);
	put_block("assert", rule->assertion_text);
	put_wrapped("message", node_get_str(rule->source, "message"));
	NODE_EACH (n, evidence)
		put_line(n == evidence->items ? "evidence" : "", n->text);
	put_params(rule);
	put_lists(rule);
	for (size_t i = 0; i < rule->fixes.n; i++) {
		const struct rule_fix *f = &rule->fixes.p[i];
		buf_clear(&b);
		buf_fmt(&b, "%.*s: %.*s of the %.*s %s%.*s", SV_ARG(f->platform), SV_ARG(f->path),
			SV_ARG(f->at), f->value.n ? "= " : "is removed", SV_ARG(f->value));
		put_line("fix", buf_view(&b));
	}
	buf_clear(&b);
	buf_fmt(&b, "%.*s:%u (pack %.*s)", SV_ARG(rule->file), rule->line, SV_ARG(rule->pack));
	put_line("from", buf_view(&b));
}

static void put_texts(struct json_out *w, const char *key, const struct sv_vec *v)
{
	json_out_key(w, key);
	json_out_array(w);
	for (size_t i = 0; i < v->n; i++)
		json_out_str(w, v->p[i]);
	json_out_end(w);
}

static void put_references(struct json_out *w, const struct rule *rule)
{
	json_out_key(w, "references");
	json_out_array(w);
	for (size_t i = 0; i < rule->text.references.n; i++) {
		json_out_object(w);
		if (rule->text.references.p[i].url.n) {
			json_out_kv(w, "url", rule->text.references.p[i].url);
		} else {
			json_out_kv(w, "scheme", rule->text.references.p[i].scheme);
			json_out_kv(w, "id", rule->text.references.p[i].id);
		}
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_node(struct json_out *w, const char *key, const struct node *n)
{
	json_out_key(w, key);
	if (n)
		json_out_node(w, n);
	else
		json_out_null(w);
}

void rule_json(struct json_out *w, const struct rule *rule)
{
	json_out_object(w);
	json_out_kv(w, "id", rule->text.id);
	json_out_kv(w, "title", rule->text.title);
	json_out_kv(w, "family", rule->family);
	json_out_kv(w, "severity", sv_of(severity_name(rule->text.severity)));
	json_out_kv(w, "kind", sv_of(finding_kind_name(rule->kind)));
	json_out_key(w, "default");
	json_out_bool(w, !rule->opt_in && !rule->disabled);
	json_out_key(w, "enabled");
	json_out_bool(w, !rule->disabled);
	json_out_kv_opt(w, "why", rule->text.why);
	json_out_kv(w, "remedy", rule->text.remedy);
	put_node(w, "remedies", node_get(rule->source, "remedies"));
	json_out_kv(w, "fact", rule->fact->name);
	json_out_kv_opt(w, "each",
			rule->each < 0 ? (struct sv){0} : rule->fact->scopes[rule->each].name);
	json_out_key(w, "needs_set");
	json_out_bool(w, rule->set);
	json_out_kv_opt(w, "when", rule->when_text);
	json_out_kv(w, "assert", rule->assertion_text);
	json_out_kv(w, "message", sv_trim(node_get_str(rule->source, "message")));
	put_node(w, "evidence", node_get(rule->source, "evidence"));
	put_node(w, "params", rule->params);
	put_node(w, "fix", node_get(rule->source, "fix"));
	put_texts(w, "covers", &rule->covers);
	put_references(w, rule);
	put_texts(w, "aliases", &rule->text.aliases);
	json_out_kv(w, "pack", rule->pack);
	json_out_kv(w, "file", rule->file);
	json_out_key(w, "line");
	json_out_u64(w, rule->line);
	json_out_end(w);
}

struct shown {
	const struct rule **p;
	size_t n, cap;
};

static void show_one(void *arg, const struct rule *rule)
{
	struct shown *shown = arg;

	for (size_t i = 0; i < shown->n; i++)
		if (shown->p[i] == rule)
			return;
	*VEC_PUSH(shown) = rule;
}

int rules_print(const struct rules *r, const struct sv_vec *names, bool json, struct err *err)
{
	struct shown shown = {0};
	struct json_out w;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < names->n; i++) {
		const struct rule *exact = rules_find(r, names->p[i]);
		rc = rules_unknown(r, "rules", names->p[i], err);
		if (exact)
			show_one(&shown, exact);
		else if (rc == 0)
			(void)rules_select(r, names->p[i], show_one, &shown);
	}
	if (rc == 0 && json) {
		json_out_init(&w, stdout, NULL, 2);
		json_out_array(&w);
		for (size_t i = 0; i < shown.n; i++)
			rule_json(&w, shown.p[i]);
		json_out_end(&w);
		rc = json_out_done(&w, err);
	}
	for (size_t i = 0; rc == 0 && !json && i < shown.n; i++)
		rule_print(shown.p[i]);
	vec_done(&shown);
	return rc;
}
