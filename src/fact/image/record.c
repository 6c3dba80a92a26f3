/* The fact `image`: configuration and what the layers hold. */
#include "fact/image/image-int.h"

static const uint8_t kinds[] = {
	[FACT_BOOL] = NODE_BOOL,  [FACT_INT] = NODE_NUMBER, [FACT_STRING] = NODE_STRING,
	[FACT_LIST] = NODE_ARRAY, [FACT_MAP] = NODE_OBJECT, [FACT_RECORD] = NODE_OBJECT,
};

static bool fits(const struct node *n, const struct fact_field *f)
{
	if (!n || n->kind != kinds[f->kind])
		return false;
	if (f->kind == FACT_LIST)
		NODE_EACH (it, n)
			if (it->kind != kinds[f->of])
				return false;
	return true;
}

/* The layers part has the records as they are: fields by their names. */
static void copy_records(struct image_reader *r, unsigned field, const struct fact_schema *s,
			 const char *key)
{
	const struct node *from = node_get(r->layers, key);

	if (!node_is(from, NODE_ARRAY))
		return;
	struct node *out = fact_list(r->a, r->record, field, from->n, from);
	out->n = 0;
	NODE_EACH (it, from) {
		if (!node_is(it, NODE_OBJECT))
			continue;
		struct node *record = &out->items[out->n++];
		fact_fill(r->a, record, s, it);
		for (unsigned i = 0; i < s->n; i++) {
			const struct node *value = node_get(it, s->fields[i].name);
			if (fits(value, &s->fields[i]))
				fact_set(record, i, value);
		}
		fact_lists(record, s);
	}
}

/* Labels that are no texts do not exist for an engine: it refuses the whole. */
static void labels(struct image_reader *r)
{
	const struct node *from = image_get(r->config, "Labels");

	if (!node_is(from, NODE_OBJECT))
		return;
	NODE_EACH (it, from)
		if (it->kind != NODE_STRING)
			return;
	fact_set(r->record, IMAGE_REPORT_LABELS, from);
}

static void configuration(struct image_reader *r)
{
	struct node *to = r->record;
	const struct node *id = r->inspect ? image_text(r->root, "Id") : image_text(r->about, "id");
	const struct node *check = image_healthcheck(r);
	const struct node *rootfs = image_get(r->root, "rootfs");
	const struct node *layers = image_get(rootfs, r->inspect ? "Layers" : "diff_ids");

	fact_set(to, IMAGE_REPORT_REFERENCE, r->reference_at);
	fact_set(to, IMAGE_REPORT_ID, id);
	fact_set(to, IMAGE_REPORT_CREATED, image_text(r->root, "created"));
	fact_set(to, IMAGE_REPORT_ARCHITECTURE, image_text(r->root, "architecture"));
	fact_set(to, IMAGE_REPORT_OS, image_text(r->root, "os"));
	fact_set(to, IMAGE_REPORT_USER, image_text(r->config, "User"));
	image_strings(r, to, IMAGE_REPORT_PORTS, image_get(r->config, "ExposedPorts"));
	image_strings(r, to, IMAGE_REPORT_VOLUMES, image_get(r->config, "Volumes"));
	labels(r);
	if (check)
		fact_say(to, IMAGE_REPORT_HEALTHCHECK, NODE_BOOL, SV("true"), check);
	else if (r->config)
		fact_say(to, IMAGE_REPORT_HEALTHCHECK, NODE_BOOL, SV("false"),
			 image_get(r->config, "Healthcheck"));
	if (node_is(layers, NODE_ARRAY))
		fact_say(to, IMAGE_REPORT_LAYERS, NODE_NUMBER, arena_fmt(r->a, "%u", layers->n),
			 layers);
}

/* What only layers can tell is not known without them: rules about it are not observed. */
static void unread(struct image_reader *r)
{
	static const struct {
		unsigned field;
		const char *key;
	} fields[] = {
		{IMAGE_REPORT_FILES, "files"},
		{IMAGE_REPORT_ACCOUNTS, "accounts"},
		{IMAGE_REPORT_PACKAGE_MANAGERS, "package_managers"},
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (!node_get(r->layers, fields[i].key))
			fact_unknown(r->record, fields[i].field);
}

void image_record(struct image_reader *r)
{
	const struct node *read = node_get(r->layers, "read");

	r->record = fact_record(r->a, &schema_image_report, r->root);
	configuration(r);
	fact_default(r->record, IMAGE_REPORT_READ, NODE_BOOL, SV("false"));
	if (node_is(read, NODE_BOOL))
		fact_set(r->record, IMAGE_REPORT_READ, read);
	if (node_get_str(r->layers, "system").n)
		fact_set(r->record, IMAGE_REPORT_SYSTEM, node_get(r->layers, "system"));
	copy_records(r, IMAGE_REPORT_FILES, &schema_image_file, "files");
	copy_records(r, IMAGE_REPORT_ACCOUNTS, &schema_account, "accounts");
	copy_records(r, IMAGE_REPORT_SECRETS, &schema_secret, "secrets");
	image_strings(r, r->record, IMAGE_REPORT_PACKAGE_MANAGERS,
		      node_get(r->layers, "package_managers"));
	image_history(r);
	image_secrets(r);
	fact_lists(r->record, &schema_image_report);
	unread(r);
}
