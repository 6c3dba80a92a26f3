#include "fmt/yaml.h"

#include "base/limits.h"
#include "fmt/yaml-int.h"

static void parse_documents(struct doc *d, enum yaml_schema schema, const struct yaml_span *spans,
			    size_t n, struct yaml_docs *out)
{
	struct yaml_budget budget = {0};

	out->p = ARENA_ARRAY(d->arena, n, struct yaml_doc);
	out->n = n;
	for (size_t i = 0; i < n; i++) {
		struct yaml_doc *y = &out->p[i];
		struct node *root = NULL;
		struct yaml_budget before = budget;
		struct err err;
		y->start = spans[i].start;
		y->end = spans[i].end;
		int rc = yaml_document(d, spans[i], (uint16_t)i, schema, &budget, &root, &err);
		y->root = root;
		if (i == 0)
			d->root = root;
		if (rc == 0)
			continue;
		/* a bomb does not take the budget of those behind it: nothing of it is kept */
		budget = before;
		struct err *kept = ARENA_NEW(d->arena, struct err);
		*kept = err;
		y->err = kept;
	}
}

int yaml_parse_all(struct doc *d, enum yaml_schema schema, struct yaml_docs *out, struct err *err)
{
	auto_free struct yaml_span *spans = NULL;
	size_t n = 0;

	if (d->bytes.n > limit_yaml_bytes) {
		err_set(err, ERR_LIMIT, "larger than limit yaml_bytes (%llu bytes)",
			(unsigned long long)limit_yaml_bytes);
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	if (!yaml_split(d->bytes, &spans, &n)) {
		err_set(err, ERR_LIMIT, "more documents than limit yaml_documents (%llu)",
			(unsigned long long)limit_yaml_documents);
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	parse_documents(d, schema, spans, n, out);
	return 0;
}

int yaml_read(struct arena *a, struct sv name, struct sv bytes, enum yaml_schema schema,
	      enum dup_keys dup, const struct node **out, struct err *err)
{
	struct doc *d = ARENA_NEW(a, struct doc);
	struct yaml_docs docs = {0};

	*d = (struct doc){.arena = a, .name = name, .bytes = bytes, .dup = dup};
	int rc = yaml_parse_all(d, schema, &docs, err);
	if (rc)
		return rc;
	if (docs.n > 1) {
		uint32_t line, column;
		doc_line_col(d, docs.p[1].start, &line, &column);
		err_set(err, ERR_PARSE, "more than one YAML document");
		return err_where(err, "%.*s:%u:%u", SV_ARG(name), line, column);
	}
	if (docs.n && docs.p[0].err) {
		*err = *docs.p[0].err;
		return -(int)err->kind;
	}
	*out = docs.n ? docs.p[0].root : ARENA_NEW(a, struct node);
	return 0;
}
