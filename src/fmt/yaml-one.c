#include "base/base.h"

#include "fmt/yaml.h"

int yaml_parse(struct doc *d, enum yaml_schema schema, struct err *err)
{
	static struct node nothing = {.kind = NODE_NULL};
	struct yaml_docs docs;
	int rc = yaml_parse_all(d, schema, &docs, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < docs.n; i++) {
		if (!docs.p[i].err)
			continue;
		*err = *docs.p[i].err;
		return -(int)err->kind;
	}
	if (docs.n > 1) {
		(void)err_set(err, ERR_PARSE, "more than one document");
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	if (docs.n == 0)
		d->root = &nothing;
	return 0;
}
