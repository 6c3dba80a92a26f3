/* The parts of the pack reader. */
#pragma once

#include "rule/pack.h"

/* A document with rules in it, being read. */
struct pack_reader {
	struct rules *r;
	struct doc *d;
	struct err *err;
	struct sv file;
	const struct node *lines; /* of a built-in pack: the line of each rule; else NULL */
	uint32_t line;            /* of the rule that is read, for built-in packs */
	struct map *ids;          /* id -> rule: all that there are */
	struct pack *pack;
};

/* A field of a mapping: kinds is a set of 1 << enum node_kind. */
struct pack_field {
	const char *name;
	unsigned kinds;
	bool required;
};

enum {
	KIND_STRING = 1u << NODE_STRING,
	KIND_BOOL = 1u << NODE_BOOL,
	KIND_NUMBER = 1u << NODE_NUMBER,
	KIND_LIST = 1u << NODE_ARRAY,
	KIND_MAP = 1u << NODE_OBJECT,
	KIND_ANY = 63,
};

/* "file:line:column" of a byte, SCOPE_CONFIG; returns -kind. */
int pack_at(struct pack_reader *p, uint32_t offset, struct err *err);
int pack_fail(struct pack_reader *p, uint32_t offset, const char *fmt, ...) printf_like(3, 4);
/* The node is a mapping of these fields, what is required is there. what: "a rule". */
int pack_fields(struct pack_reader *p, const struct node *n, const char *what,
		const struct pack_field *fields, size_t count) must_check;
/* Every element is text that is not empty; copies them. NULL is an empty list. */
int pack_texts(struct pack_reader *p, const struct node *list, struct sv_vec *out) must_check;
/* "did you mean": err is set already. */
void pack_suggest(struct err *err, struct sv word, const char *const *known, size_t n);
struct suggest;
void pack_hint(struct err *err, const struct suggest *s);

/* One rule (pack-rule.c), the tune section (pack-tune.c). */
int pack_rule(struct pack_reader *p, const struct node *n, struct rule **out) must_check;
void pack_mark_params(const struct node *params);
int pack_tune(struct pack_reader *p, const struct node *list) must_check;
/* A benchmark (benchmark.c). */
int pack_benchmark(struct pack_reader *p, const struct node *root) must_check;

/* The expressions of a rule (pack-compile.c). */
int rule_compile(struct rules *r, struct rule *rule, struct err *err) must_check;
/* Puts scalar parameters into the tree (pack-params.c). */
void rule_inline_params(const struct rule *rule, struct cel_expr *x);
/* Byte of the file where byte `at` of a scalar's text stands (pack-place.c). */
uint32_t pack_place(const struct doc *d, const struct node *scalar, size_t at);

/* The built-in packs as JSON, made at build time (tools/pack-embed.c):
 * [{"file": "rules/x.yaml", "lines": [2, 30], "root": {...}}] */
extern const char pack_builtin[];
extern const size_t pack_builtin_n;
