/* One rule of a pack: fields to struct rule. Its expressions are rule/pack-compile.c's. */
#include "rule/pack-int.h"

#include "base/limits.h"
#include "base/suggest.h"
#include "fact/source.h"
#include "fmt/json-out.h"

static const struct pack_field rule_fields[] = {
	{"id", KIND_STRING, true},
	{"title", KIND_STRING, true},
	{"family", KIND_STRING, false},
	{"severity", KIND_STRING, true},
	{"why", KIND_STRING, false},
	{"kind", KIND_STRING, false},
	{"fact", KIND_STRING, true},
	{"each", KIND_STRING, false},
	{"platforms", KIND_LIST, false},
	{"when", KIND_STRING | KIND_BOOL, false},
	{"assert", KIND_STRING | KIND_BOOL, true},
	{"message", KIND_STRING, true},
	{"evidence", KIND_LIST, false},
	{"remedy", KIND_STRING, true},
	{"remedies", KIND_MAP, false},
	{"params", KIND_MAP, false},
	{"default", KIND_BOOL, false},
	{"needs", KIND_STRING, false},
	{"redact", KIND_BOOL, false},
	{"covers", KIND_LIST, false},
	{"fix", KIND_LIST, false},
	{"references", KIND_LIST, false},
	{"aliases", KIND_LIST, false},
	{"good", KIND_LIST, false},
	{"bad", KIND_LIST, false},
};

static const struct pack_field fix_fields[] = {
	{"platform", KIND_STRING, true},
	{"at", KIND_STRING, true},
	{"path", KIND_STRING, true},
	{"value", KIND_ANY, false},
};

static const struct pack_field reference_fields[] = {
	{"scheme", KIND_STRING, false},
	{"id", KIND_STRING, false},
	{"url", KIND_STRING, false},
};

static struct sv text_of(const struct node *n, const char *field)
{
	return sv_trim(node_get_str(n, field));
}

static bool is_word(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= 'A' && v.p[i] <= 'Z') ||
		      (v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '-'))
			return false;
	/* gabion.dev/ignore.ID: the name of an annotation has 63 characters at most */
	return v.n > 0 && v.n <= 56;
}

static int read_id(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *id = node_get(n, "id");

	if (!is_word(id->text)) {
		int rc = pack_fail(p, id->start, "'%.*s' is no id of a rule",
				   SV_ARG(sv_head(id->text, 80)));
		(void)err_hint(p->err, "letters, digits, dashes; 56 at most");
		return rc;
	}
	const struct map_entry *e = map_find(p->ids, id->text);
	const struct rule *other = e ? e->ptr : NULL;
	if (other && other->load == p->r->loads)
		return pack_fail(p, id->start, "the id '%.*s' stands twice: first at %.*s:%u",
				 SV_ARG(id->text), SV_ARG(other->file), other->line);
	out->text.id = id->text;
	return 0;
}

static int read_severity(struct pack_reader *p, const struct node *n, struct rule *out)
{
	static const char *const words[] = {"critical", "high", "medium", "low", "negligible"};
	const struct node *s = node_get(n, "severity");

	out->text.severity = severity_parse(s->text);
	if (out->text.severity != SEVERITIES && out->text.severity != SEV_UNKNOWN)
		return 0;
	int rc = pack_fail(p, s->start, "'%.*s' is no severity", SV_ARG(s->text));
	pack_suggest(p->err, s->text, words, ARRAY_LEN(words));
	return rc;
}

static int read_kind(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *kind = node_get(n, "kind");
	const char *words[FINDING_KINDS];

	out->kind = FINDING_MISCONFIGURATION;
	for (size_t i = 0; kind && i < FINDING_KINDS; i++) {
		words[i] = finding_kind_name((enum finding_kind)i);
		if (sv_is(kind->text, words[i])) {
			out->kind = (enum finding_kind)i;
			return 0;
		}
	}
	if (!kind)
		return 0;
	int rc = pack_fail(p, kind->start, "'%.*s' is no kind of finding", SV_ARG(kind->text));
	pack_suggest(p->err, kind->text, words, FINDING_KINDS);
	return rc;
}

static int unknown_fact(struct pack_reader *p, const struct node *n)
{
	struct suggest s = {.word = n->text};
	const struct facts *f = &p->r->facts;

	for (size_t i = 0; i < f->n; i++)
		suggest_offer(&s, f->p[i].name);
	int rc = pack_fail(p, n->start, "'%.*s' is no type of fact", SV_ARG(n->text));
	pack_hint(p->err, &s);
	return rc;
}

static int read_scope(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *fact = node_get(n, "fact"), *each = node_get(n, "each");
	const struct node *needs = node_get(n, "needs");

	out->fact = facts_find(&p->r->facts, fact->text);
	if (!out->fact)
		return unknown_fact(p, fact);
	out->each = each ? fact_scope_find(out->fact, each->text) : -1;
	if (each && out->each < 0) {
		struct suggest s = {.word = each->text};
		for (unsigned i = 0; i < out->fact->scopes_n; i++)
			suggest_offer(&s, out->fact->scopes[i].name);
		int rc = pack_fail(p, each->start, "a %.*s has no '%.*s' to judge each of",
				   SV_ARG(fact->text), SV_ARG(each->text));
		pack_hint(p->err, &s);
		return rc;
	}
	if (needs && !sv_is(needs->text, "set")) {
		int rc = pack_fail(p, needs->start, "'needs' is 'set' or left out");
		return rc;
	}
	out->set = needs || out->fact->set;
	return 0;
}

/* Words that stand for several platforms. */
static const struct {
	const char *word;
	uint16_t bits;
} platform_words[] = {
	{"engines", 1U << PLATFORM_COMPOSE | 1U << PLATFORM_DOCKER | 1U << PLATFORM_PODMAN},
	{"containers", 1U << PLATFORM_COMPOSE | 1U << PLATFORM_DOCKER | 1U << PLATFORM_PODMAN |
			       1U << PLATFORM_OCI | 1U << PLATFORM_PROCESS},
	{"images", 1U << PLATFORM_IMAGE | 1U << PLATFORM_DOCKERFILE},
};

static uint16_t platform_bits(struct sv word)
{
	enum platform_id p = platform_find(word);

	for (size_t i = 0; i < ARRAY_LEN(platform_words); i++)
		if (sv_is(word, platform_words[i].word))
			return platform_words[i].bits;
	return p == PLATFORMS ? 0 : (uint16_t)(1U << p);
}

/* What runs, where nothing is said. */
static int read_platforms(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *list = node_get(n, "platforms");
	struct sv_vec words = {0};

	out->platforms = platform_bits(SV("kubernetes")) | platform_bits(SV("containers"));
	int rc = pack_texts(p, list, &words);
	if (rc || !list)
		return rc;
	out->platforms = 0;
	for (size_t i = 0; i < words.n; i++) {
		uint16_t bits = platform_bits(words.p[i]);
		if (!bits)
			return pack_fail(p, list->items[i].start, "'%.*s' is no platform",
					 SV_ARG(words.p[i]));
		out->platforms |= bits;
	}
	return 0;
}

static int read_remedies(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *map = node_get(n, "remedies");

	if (!map)
		return 0;
	out->remedies.p = ARENA_ARRAY(&p->r->arena, map->n, struct rule_remedy);
	NODE_EACH (text, map) {
		struct rule_remedy *r = &out->remedies.p[out->remedies.n];
		*r = (struct rule_remedy){platform_bits(text->key), text->key, text->text};
		if (!r->platforms)
			return pack_fail(p, text->start, "'%.*s' is no platform",
					 SV_ARG(text->key));
		if (!node_is(text, NODE_STRING) || !text->text.n)
			return pack_fail(p, text->start, "a remedy is a text");
		out->remedies.n++;
	}
	out->remedies.cap = out->remedies.n;
	return 0;
}

static int read_references(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *list = node_get(n, "references");
	size_t count = 0;

	if (!list)
		return 0;
	out->text.references.p = arena_array(&p->r->arena, list->n, sizeof *out->text.references.p);
	NODE_EACH (ref, list) {
		int rc = pack_fields(p, ref, "a reference", reference_fields,
				     ARRAY_LEN(reference_fields));
		if (rc)
			return rc;
		struct sv scheme = text_of(ref, "scheme"), id = text_of(ref, "id"),
			  url = text_of(ref, "url");
		if (url.n ? scheme.n || id.n : !scheme.n || !id.n)
			return pack_fail(p, ref->start,
					 "a reference has 'scheme' and 'id', or 'url'");
		out->text.references.p[count].scheme = scheme;
		out->text.references.p[count].id = id;
		out->text.references.p[count++].url = url;
	}
	out->text.references.n = out->text.references.cap = count;
	return 0;
}

static int read_fix(struct pack_reader *p, const struct node *n, struct rule_fix *out)
{
	static const char *const places[] = {"container", "pod", "object"};
	auto_done(buf_done) struct buf json = {0};
	const struct node *value = node_get(n, "value");
	struct json_out w;

	int rc = pack_fields(p, n, "a fix", fix_fields, ARRAY_LEN(fix_fields));
	if (rc)
		return rc;
	*out = (struct rule_fix){.platform = text_of(n, "platform"),
				 .at = text_of(n, "at"),
				 .path = text_of(n, "path")};
	size_t i = 0;
	while (i < ARRAY_LEN(places) && !sv_is(out->at, places[i]))
		i++;
	if (i == ARRAY_LEN(places)) {
		rc = pack_fail(p, node_get(n, "at")->start, "a fix is not at '%.*s'",
			       SV_ARG(out->at));
		pack_suggest(p->err, out->at, places, ARRAY_LEN(places));
		return rc;
	}
	if (out->path.p[0] != '/')
		return pack_fail(p, node_get(n, "path")->start,
				 "'path' of a fix is a JSON pointer: /securityContext/privileged");
	if (!value)
		return 0;
	json_out_init(&w, NULL, &json, 0);
	json_out_node(&w, value);
	if (json_out_done(&w, p->err) < 0)
		return pack_at(p, value->start, p->err);
	out->value = arena_sv(&p->r->arena, buf_view(&json));
	return 0;
}

static int read_fixes(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *list = node_get(n, "fix");

	if (!list || !list->n)
		return 0;
	out->fixes.p = ARENA_ARRAY(&p->r->arena, list->n, struct rule_fix);
	NODE_EACH (fix, list) {
		int rc = read_fix(p, fix, &out->fixes.p[out->fixes.n]);
		if (rc)
			return rc;
		out->fixes.n++;
	}
	return 0;
}

/* A text is a manifest; {SOURCE: text} and {SOURCE: {ROLE: text}} are for other sources. */
static int read_sample(struct pack_reader *p, const struct node *n, struct rule_sample *out)
{
	uint32_t line, column;

	doc_line_col(p->d, n->start, &line, &column);
	*out = (struct rule_sample){.source = SV("kubernetes"), .text = n->text, .line = line};
	if (n->kind == NODE_STRING)
		return 0;
	if (n->kind != NODE_OBJECT || n->n != 1)
		return pack_fail(p, n->start,
				 "a sample is a text, or one source with its text: {compose: ...}");
	const struct node *value = &n->items[0];
	out->source = value->key;
	out->text = value->text;
	out->parts = value->kind == NODE_OBJECT ? value : NULL;
	if (!sv_is(out->source, "kubernetes") && !fact_source_find(out->source))
		return pack_fail(p, n->start, "'%.*s' is no source of facts",
				 SV_ARG(sv_head(out->source, 80)));
	for (uint32_t i = 0; out->parts && i < value->n; i++)
		if (value->items[i].kind != NODE_STRING)
			return pack_fail(p, value->items[i].start, "a part of a sample is a text");
	if (value->kind != NODE_OBJECT && value->kind != NODE_STRING)
		return pack_fail(p, value->start, "a sample is a text");
	return 0;
}

static int read_samples(struct pack_reader *p, const struct node *n, struct rule *out)
{
	static const char *const fields[] = {"bad", "good"};

	for (size_t i = 0; p->r->samples && i < ARRAY_LEN(fields); i++) {
		const struct node *list = node_get(n, fields[i]);
		size_t had = out->samples.n, count = had + (list ? list->n : 0);
		struct rule_sample *all = ARENA_ARRAY(&p->r->arena, count, struct rule_sample);
		if (had)
			memcpy(all, out->samples.p, had * sizeof *all);
		out->samples.p = all;
		out->samples.n = count;
		for (size_t k = had; k < count; k++) {
			int rc = read_sample(p, &list->items[k - had], &all[k]);
			if (rc)
				return rc;
			all[k].good = i == 1;
		}
	}
	return 0;
}

/* "container.a in b" of a plain scalar, "true" of a boolean. */
static int read_expressions(struct pack_reader *p, const struct node *n, struct rule *out)
{
	const struct node *when = node_get(n, "when"), *evidence = node_get(n, "evidence");
	struct sv_vec unused = {0};

	out->assertion_text = sv_trim(node_get(n, "assert")->text);
	out->when_text = when ? sv_trim(when->text) : (struct sv){0};
	if (when && !when->text.n)
		return pack_fail(p, when->start, "'when' is empty");
	return pack_texts(p, evidence, &unused);
}

/* Values of parameters are no places in what is judged: the engine knows them by this number.
 * Nested as deep as the reader of the document allows. */
void pack_mark_params(const struct node *params)
{
	for (uint32_t i = 0; i < params->n; i++) {
		params->items[i].doc = PARAM_DOC;
		pack_mark_params(&params->items[i]);
	}
}

static void set_texts(const struct node *n, struct rule *out)
{
	const struct node *on = node_get(n, "default");

	out->text.title = text_of(n, "title");
	out->text.why = text_of(n, "why");
	out->text.remedy = text_of(n, "remedy");
	out->family = text_of(n, "family");
	if (!out->family.n)
		out->family = SV("custom");
	out->params = node_get(n, "params");
	if (out->params)
		pack_mark_params(out->params);
	out->opt_in = on && !node_true(on);
	out->redact = node_true(node_get(n, "redact"));
}

typedef int read_fn(struct pack_reader *p, const struct node *n, struct rule *out);

int pack_rule(struct pack_reader *p, const struct node *n, struct rule **out)
{
	static read_fn *const readers[] = {
		read_id,         read_severity, read_kind,  read_scope,   read_platforms,
		read_references, read_remedies, read_fixes, read_samples, read_expressions,
	};
	struct rule *rule = ARENA_NEW(&p->r->arena, struct rule);
	uint32_t line = p->line, column;

	int rc = pack_fields(p, n, "a rule", rule_fields, ARRAY_LEN(rule_fields));
	if (rc)
		return rc;
	if (!p->lines)
		doc_line_col(p->d, n->start, &line, &column);
	rule->pack = p->pack->name;
	rule->file = p->file;
	rule->line = line;
	rule->doc = p->d;
	rule->source = n;
	rule->load = p->r->loads;
	set_texts(n, rule);
	if (!is_word(rule->family))
		return pack_fail(p, node_get(n, "family")->start, "'%.*s' is no family",
				 SV_ARG(sv_head(rule->family, 80)));
	for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
		rc = readers[i](p, n, rule);
		if (rc)
			return rc;
	}
	rc = pack_texts(p, node_get(n, "aliases"), &rule->text.aliases);
	if (rc == 0)
		rc = pack_texts(p, node_get(n, "covers"), &rule->covers);
	*out = rule;
	return rc;
}
