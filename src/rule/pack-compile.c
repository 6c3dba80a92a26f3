/* The expressions of a rule: compiled, checked against the rule's scope and parameters. */
#include "rule/pack-int.h"

#include "base/limits.h"
#include "base/suggest.h"

struct compiler {
	struct rules *r;
	struct rule *rule;
	struct cel_env *env;
	struct err *err;
	/* the expression at hand: bytes from on of the scalar's text */
	const struct node *scalar;
	size_t from;
};

static struct pack_reader reader_of(struct compiler *c)
{
	struct pack_reader p = {.r = c->r, .d = c->rule->doc, .err = c->err, .file = c->rule->file};

	if (!sv_eq(c->rule->doc->name, c->rule->file))
		p.line = c->rule->line;
	return p;
}

static int fail_at(struct compiler *c, size_t offset, struct err *err)
{
	struct pack_reader p = reader_of(c);

	return pack_at(&p, pack_place(c->rule->doc, c->scalar, c->from + offset), err);
}

/* Byte of "line:column" (characters from 1). */
static size_t offset_of(struct sv source, const char *where)
{
	struct sv column = sv_of(where), line = sv_cut(&column, ':');
	uint64_t l = 0, k = 0;
	size_t at = 0;

	if (!sv_u64(line, &l) || !sv_u64(column, &k))
		return 0;
	for (; l > 1 && at < source.n; at++)
		l -= source.p[at] == '\n';
	for (; k > 1 && at < source.n; k--)
		for (at++; at < source.n && ((unsigned char)source.p[at] & 0xC0) == 0x80;)
			at++;
	return at;
}

static bool in_scope(const struct rule *rule, int scope)
{
	for (int i = rule->each; i >= 0; i = rule->fact->scopes[i].around)
		if (i == scope)
			return true;
	return false;
}

static int check_ident(struct compiler *c, const struct cel_expr *x)
{
	uint32_t slot = x->ident.slot;

	if (slot == SLOT_PARAMS && !c->rule->params) {
		(void)err_set(c->err, ERR_PARSE, "the rule has no params");
		return fail_at(c, x->start, c->err);
	}
	if (slot < SLOT_SCOPES || in_scope(c->rule, (int)(slot - SLOT_SCOPES)))
		return 0;
	(void)err_set(c->err, ERR_PARSE, "'%.*s' is not known in this rule", SV_ARG(x->ident.name));
	(void)err_hint(c->err, "each: %.*s", SV_ARG(x->ident.name));
	return fail_at(c, x->start, c->err);
}

static int check_param(struct compiler *c, const struct cel_expr *x)
{
	const struct cel_expr *of = x->select.operand;
	struct suggest s = {.word = x->select.field};

	if (of->kind != CEL_X_IDENT || of->ident.local || of->ident.slot != SLOT_PARAMS)
		return 0;
	if (!c->rule->params || node_get_sv(c->rule->params, x->select.field))
		return 0;
	NODE_EACH (n, c->rule->params)
		suggest_offer(&s, n->key);
	(void)err_set(c->err, ERR_PARSE, "the rule has no parameter '%.*s'",
		      SV_ARG(x->select.field));
	pack_hint(c->err, &s);
	return fail_at(c, of->start, c->err);
}

static int check_tree(struct compiler *c, const struct cel_expr *x);

static int check_all(struct compiler *c, struct cel_expr *const *p, uint32_t n)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < n; i++)
		rc = check_tree(c, p[i]);
	return rc;
}

static int check_fold(struct compiler *c, const struct cel_expr *x)
{
	int rc = check_tree(c, x->fold.range);

	if (rc == 0 && x->fold.filter)
		rc = check_tree(c, x->fold.filter);
	if (rc == 0 && x->fold.value)
		rc = check_tree(c, x->fold.value);
	return rc;
}

/* As deep as limit_cel_depth lets the parser go. */
static int check_tree(struct compiler *c, const struct cel_expr *x)
{
	int rc;

	if (!x)
		return 0;
	switch ((enum cel_expr_kind)x->kind) {
	case CEL_X_IDENT:
		return x->ident.local ? 0 : check_ident(c, x);
	case CEL_X_SELECT:
		rc = check_param(c, x);
		return rc ? rc : check_tree(c, x->select.operand);
	case CEL_X_CALL:
		return check_all(c, x->call.args, x->call.n);
	case CEL_X_LIST:
		return check_all(c, x->list.items, x->list.n);
	case CEL_X_MAP:
	case CEL_X_MESSAGE:
		rc = check_all(c, x->map.keys, x->map.n);
		return rc ? rc : check_all(c, x->map.values, x->map.n);
	case CEL_X_FOLD:
		return check_fold(c, x);
	case CEL_X_LITERAL:
	case CEL_X_EXPR_KINDS:
		break;
	}
	return 0;
}

static int make_program(struct compiler *c, struct sv text, struct cel_program *out,
			struct err *err)
{
	struct arena *a = &c->r->arena;
	struct cel_program p = {.source = text};
	struct cel_expr *root = NULL;
	int rc = cel_parse(a, text, c->env->parse_flags, &root, err);

	if (rc < 0)
		return rc;
	rule_inline_params(c->rule, root);
	rc = cel_check(c->env, a, text, root, &p.locals, err);
	p.root = root;
	*out = p;
	return rc;
}

static int compile(struct compiler *c, const char *field, struct sv text, struct cel_program *out)
{
	struct err err = {0};

	c->r->spent += text.n;
	if (c->r->spent > limit_rule_expressions) {
		(void)err_set(c->err, ERR_LIMIT,
			      "more expressions than limit rule_expressions allows");
		return fail_at(c, 0, c->err);
	}
	if (make_program(c, text, out, &err) < 0) {
		size_t at = offset_of(text, err.where);
		err.where[0] = 0;
		*c->err = err;
		(void)err_ctx(c->err, "%s of rule %.*s", field, SV_ARG(c->rule->text.id));
		return fail_at(c, at, c->err);
	}
	return check_tree(c, out->root);
}

static int compile_condition(struct compiler *c, const char *field, struct cel_program *out)
{
	const struct node *n = node_get(c->rule->source, field);

	if (!n)
		return 0;
	c->scalar = n;
	c->from = 0;
	int rc = compile(c, field, n->text, out);
	if (rc)
		return rc;
	enum cel_type_kind kind = out->root->type ? out->root->type->kind : CEL_T_DYN;
	if (kind == CEL_T_BOOL || kind == CEL_T_DYN)
		return 0;
	auto_done(buf_done) struct buf type = {0};
	cel_type_text(&type, out->root->type);
	(void)err_set(c->err, ERR_PARSE, "%s of rule %.*s gives %s, not bool", field,
		      SV_ARG(c->rule->text.id), buf_cstr(&type));
	return fail_at(c, out->root->start, c->err);
}

/* Where the expression that begins at `at` of the message ends: its closing brace, SIZE_MAX without
 * one. Braces in strings and of maps belong to the expression. */
static size_t closing(struct sv text, size_t at)
{
	size_t open = 0;
	char quote = 0;

	for (; at < text.n; at++) {
		char ch = text.p[at];
		if (quote && ch == '\\')
			at++;
		else if (quote)
			quote = ch == quote ? 0 : quote;
		else if (ch == '"' || ch == '\'')
			quote = ch;
		else if (ch == '{')
			open++;
		else if (ch == '}' && open-- == 0)
			return at;
	}
	return SIZE_MAX;
}

static struct rule_part *add_part(struct compiler *c, struct sv text)
{
	struct rule_part *part = &c->rule->message.p[c->rule->message.n++];

	*part = (struct rule_part){.text = text};
	return part;
}

/* Every part begins at a brace, or is what stands before the first. */
static size_t count_parts(struct sv text)
{
	size_t n = 2;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '{';
	return n;
}

static int compile_message(struct compiler *c)
{
	const struct node *n = node_get(c->rule->source, "message");
	struct sv text = n->text;
	size_t start = 0, most = count_parts(text);

	c->scalar = n;
	c->rule->message.p = ARENA_ARRAY(&c->r->arena, most, struct rule_part);
	for (size_t at = 0; at < text.n; at++) {
		if (text.p[at] != '{')
			continue;
		if (at + 1 < text.n && text.p[at + 1] == '{') {
			(void)add_part(c, sv_make(text.p + start, at + 1 - start));
			start = at + 2;
			at++;
			continue;
		}
		size_t end = closing(text, at + 1);
		c->from = at;
		if (end == SIZE_MAX) {
			(void)err_set(c->err, ERR_PARSE, "message: a brace that is not closed");
			(void)err_hint(c->err, "a brace itself is written {{");
			return fail_at(c, 0, c->err);
		}
		struct rule_part *part = add_part(c, sv_make(text.p + start, at - start));
		c->from = at + 1;
		int rc =
			compile(c, "message", sv_make(text.p + at + 1, end - at - 1), &part->value);
		if (rc)
			return rc;
		start = end + 1;
		at = end;
	}
	if (start < text.n)
		(void)add_part(c, sv_from(text, start));
	return 0;
}

static int compile_evidence(struct compiler *c)
{
	const struct node *list = node_get(c->rule->source, "evidence");

	if (!list || list->n == 0)
		return 0;
	c->rule->evidence.p = ARENA_ARRAY(&c->r->arena, list->n, struct cel_program);
	c->from = 0;
	NODE_EACH (n, list) {
		c->scalar = n;
		int rc = compile(c, "evidence", n->text, &c->rule->evidence.p[c->rule->evidence.n]);
		if (rc)
			return rc;
		c->rule->evidence.n++;
	}
	return 0;
}

static struct cel_env *env_of(struct rules *r, const struct fact_row *row)
{
	struct cel_env *env = &r->envs[row - r->facts.p];

	if (!env->arena) {
		cel_env_init(env, &r->arena);
		fact_declare(row, env);
	}
	return env;
}

int rule_compile(struct rules *r, struct rule *rule, struct err *err)
{
	struct compiler c = {.r = r, .rule = rule, .env = env_of(r, rule->fact), .err = err};

	if (rule->compiled)
		return 0;
	rule->message.n = rule->evidence.n = 0;
	int rc = compile_condition(&c, "when", &rule->when);
	if (rc == 0)
		rc = compile_condition(&c, "assert", &rule->assertion);
	if (rc == 0)
		rc = compile_message(&c);
	if (rc == 0)
		rc = compile_evidence(&c);
	rule->compiled = rc == 0;
	rule->broken = rc != 0;
	return rc;
}
