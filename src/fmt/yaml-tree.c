/*
 * One document: libyaml's events onto a stack of nodes, as in json.c. libyaml's marks count
 * characters; a cursor walks the bytes along with them.
 */
#include <yaml.h>

#include "base/base.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "fmt/node-dup.h"
#include "fmt/yaml-int.h"
#include "fmt/yaml-merge.h"

/* An open container. */
struct frame {
	size_t at;             /* its node on the stack */
	size_t anchor;         /* index + 1, or 0 */
	uint64_t nodes, bytes; /* the budget's counters before it */
	uint32_t height;       /* levels below it so far */
	bool object, flow, merges, reset;
	bool keyed;      /* key is set: a value comes next */
	struct node key; /* text, flags and span of the key */
};

struct anchor {
	struct node node;
	uint64_t nodes, bytes; /* what it is when written out */
	uint32_t height;
	bool open;
};

struct reader {
	struct doc *d;
	struct yaml_span span;
	uint16_t number;
	enum yaml_schema schema;
	struct yaml_budget *budget;
	struct err *err;
	yaml_parser_t yaml;
	/* the character chars of the document is at the byte bytes */
	size_t chars, bytes;
	struct {
		struct node *p;
		size_t n, cap;
	} stack;
	struct {
		struct frame *p;
		size_t n, cap;
	} frames;
	struct {
		struct anchor *p;
		size_t n, cap;
	} anchors;
	struct map names; /* of anchors: index + 1 */
	struct node_dup dup;
};

static int fail(struct reader *r, uint32_t at, enum err_kind kind, const char *fmt, ...)
	printf_like(4, 5);

static int fail(struct reader *r, uint32_t at, enum err_kind kind, const char *fmt, ...)
{
	char msg[256];
	uint32_t line, column;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	doc_line_col(r->d, at, &line, &column);
	err_set(r->err, kind, "%s", msg);
	return err_where(r->err, "%.*s:%u:%u", SV_ARG(r->d->name), line, column);
}

static bool inside_char(const struct reader *r, size_t byte)
{
	return ((unsigned char)r->d->bytes.p[r->span.start + byte] & 0xC0) == 0x80;
}

/* Byte of the file where the character index of the document is. */
static uint32_t offset_of(struct reader *r, size_t index)
{
	size_t n = r->span.end - r->span.start;

	while (r->chars < index && r->bytes < n) {
		r->bytes++;
		while (r->bytes < n && inside_char(r, r->bytes))
			r->bytes++;
		r->chars++;
	}
	while (r->chars > index && r->bytes > 0) {
		r->bytes--;
		while (r->bytes > 0 && inside_char(r, r->bytes))
			r->bytes--;
		r->chars--;
	}
	return r->span.start + (uint32_t)r->bytes;
}

static int fail_yaml(struct reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	uint32_t at = y->error == YAML_READER_ERROR ? r->span.start + (uint32_t)y->problem_offset
						    : offset_of(r, y->problem_mark.index);

	if (y->error == YAML_MEMORY_ERROR)
		budget_exhausted("memory", 0);
	return fail(r, at, ERR_PARSE, "not YAML: %s%s%s", y->context ? y->context : "",
		    y->context ? ": " : "", y->problem ? y->problem : "wrong syntax");
}

static struct frame *top(struct reader *r)
{
	return r->frames.n ? &r->frames.p[r->frames.n - 1] : NULL;
}

static int spend(struct reader *r, uint32_t at, uint64_t nodes, uint64_t bytes)
{
	r->budget->nodes += nodes;
	r->budget->bytes += bytes;
	if (r->budget->nodes > limit_yaml_nodes)
		return fail(r, at, ERR_LIMIT,
			    "more nodes than limit yaml_nodes allows, aliases expanded");
	if (r->budget->bytes > limit_yaml_bytes)
		return fail(r, at, ERR_LIMIT,
			    "more text than limit yaml_bytes allows, aliases expanded");
	return 0;
}

/* Remembers the node under its name; a later anchor of the same name hides this one. */
static size_t add_anchor(struct reader *r, const yaml_char_t *name, const struct node *n, bool open)
{
	if (!name)
		return 0;
	*VEC_PUSH(&r->anchors) =
		(struct anchor){.node = *n, .open = open, .nodes = 1, .bytes = n->text.n};
	struct sv key = arena_sv(r->d->arena, sv_of((const char *)name));
	map_put(&r->names, key, NULL)->num = r->anchors.n;
	return r->anchors.n;
}

static struct anchor *find_anchor(const struct reader *r, const yaml_char_t *name)
{
	const struct map_entry *e = map_find(&r->names, sv_of((const char *)name));

	return e ? &r->anchors.p[e->num - 1] : NULL;
}

/* The span of an event and its text: a view where the source has it so, else a copy. */
static void set_span(struct reader *r, const yaml_event_t *e, struct node *n)
{
	n->start = offset_of(r, e->start_mark.index);
	n->end = offset_of(r, e->end_mark.index);
	n->doc = r->number;
}

static struct sv scalar_text(struct reader *r, const yaml_event_t *e, const struct node *n)
{
	struct sv value = {(const char *)e->data.scalar.value, e->data.scalar.length};
	size_t quotes = e->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
			e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	struct sv source = sv_make(r->d->bytes.p + n->start, n->end - n->start);

	if (source.n == value.n + 2 * quotes) {
		source = sv_make(source.p + quotes, value.n);
		if (sv_eq(source, value))
			return source;
	}
	return arena_sv(r->d->arena, value);
}

static const struct tag {
	const char *name;
	uint8_t kind;
} tags[] = {
	{"!", NODE_STRING},
	{"tag:yaml.org,2002:str", NODE_STRING},
	{"tag:yaml.org,2002:int", NODE_NUMBER},
	{"tag:yaml.org,2002:float", NODE_NUMBER},
	{"tag:yaml.org,2002:bool", NODE_BOOL},
	{"tag:yaml.org,2002:null", NODE_NULL},
	{"tag:yaml.org,2002:seq", NODE_ARRAY},
	{"tag:yaml.org,2002:map", NODE_OBJECT},
};

static const struct tag *find_tag(const yaml_char_t *name)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strcmp(tags[i].name, (const char *)name) == 0)
			return &tags[i];
	return NULL;
}

static int fail_tag(struct reader *r, const struct node *n, const yaml_char_t *name)
{
	if (find_tag(name))
		return fail(r, n->start, ERR_PARSE, "the value is not what its tag !!%s says",
			    strrchr((const char *)name, ':') ? strrchr((const char *)name, ':') + 1
							     : "");
	return fail(r, n->start, ERR_UNSUPPORTED, "the tag %.80s is not of the core schema", name);
}

/* compose's own tags, which say how a value is merged and nothing of its kind. */
static bool is_compose_tag(const struct reader *r, const yaml_char_t *name, bool *reset)
{
	if (!name || r->schema != YAML_COMPOSE)
		return false;
	*reset = strcmp((const char *)name, "!reset") == 0;
	return *reset || strcmp((const char *)name, "!override") == 0;
}

static int fill_scalar(struct reader *r, const yaml_event_t *e, struct node *n)
{
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	bool reset = false, ours = is_compose_tag(r, e->data.scalar.tag, &reset);
	const yaml_char_t *name = ours ? NULL : e->data.scalar.tag;
	const struct tag *tag = name ? find_tag(name) : NULL;

	set_span(r, e, n);
	if (name && !tag)
		return fail_tag(r, n, name);
	n->text = scalar_text(r, e, n);
	/* the mark of a block scalar's end stands behind its line breaks */
	while (!plain && n->end > n->start && r->d->bytes.p[n->end - 1] == '\n')
		n->end--;
	n->flags = plain && !(tag && tag->kind == NODE_STRING) ? 0 : NODE_QUOTED;
	n->kind = NODE_STRING;
	if (tag ? tag->kind != NODE_STRING : plain)
		n->kind = (uint8_t)yaml_plain(r->schema, n->text, r->d->arena, &n->text);
	if (tag && n->kind != tag->kind)
		return fail_tag(r, n, name);
	if (ours)
		n->flags |= NODE_OVERRIDE;
	if (reset)
		n->kind = NODE_NULL;
	return 0;
}

static int fill_alias(struct reader *r, const yaml_event_t *e, struct node *n,
		      const struct anchor **out)
{
	struct node site = {0};

	set_span(r, e, &site);
	const struct anchor *a = find_anchor(r, e->data.alias.anchor);
	if (!a)
		return fail(r, site.start, ERR_PARSE, "an alias without an anchor before it");
	if (a->open)
		return fail(r, site.start, ERR_PARSE,
			    "an alias inside the value that it stands for");
	if (r->frames.n + a->height > limit_yaml_depth)
		return fail(r, site.start, ERR_LIMIT, "nested deeper than limit yaml_depth allows");
	*n = a->node;
	n->flags |= NODE_ALIAS;
	n->start = site.start;
	n->end = site.end;
	*out = a;
	return spend(r, n->start, a->nodes, a->bytes);
}

static bool is_merge(const struct reader *r, const yaml_event_t *e)
{
	return r->schema != YAML_12_CORE && e->type == YAML_SCALAR_EVENT && !e->data.scalar.tag &&
	       e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && e->data.scalar.length == 2 &&
	       memcmp(e->data.scalar.value, "<<", 2) == 0;
}

/* The event is the key of the next member of f. */
static int take_key(struct reader *r, const yaml_event_t *e, struct frame *f)
{
	struct node key = {0};
	const struct anchor *a;
	int rc;

	if (e->type == YAML_ALIAS_EVENT)
		rc = fill_alias(r, e, &key, &a);
	else if (e->type == YAML_SCALAR_EVENT)
		rc = fill_scalar(r, e, &key);
	else
		rc = fail(r, offset_of(r, e->start_mark.index), ERR_PARSE,
			  "a key that is not a scalar");
	if (rc)
		return rc;
	if (key.kind == NODE_ARRAY || key.kind == NODE_OBJECT)
		return fail(r, key.start, ERR_PARSE, "a key that is not a scalar");
	rc = spend(r, key.start, 0, key.text.n);
	if (rc)
		return rc;
	if (e->type == YAML_SCALAR_EVENT)
		add_anchor(r, e->data.scalar.anchor, &key, false);
	if (r->schema == YAML_KUBERNETES && key.kind == NODE_NULL)
		return fail(r, key.start, ERR_PARSE, "a key that is null");
	/* only Kubernetes makes "true" of yes; elsewhere a key is its text */
	if (r->schema != YAML_KUBERNETES && e->type == YAML_SCALAR_EVENT)
		key.text = scalar_text(r, e, &key);
	if (is_merge(r, e)) {
		key.flags |= YAML_MERGE;
		f->merges = true;
	}
	f->key = key;
	f->keyed = true;
	return 0;
}

/* A node on the stack for the value that the event starts, with its key. */
static struct node *push(struct reader *r)
{
	struct frame *f = top(r);
	struct node *n = VEC_PUSH(&r->stack);

	n->doc = r->number;
	if (f && f->object) {
		n->key = f->key.text;
		n->key_start = f->key.start;
		n->key_end = f->key.end;
		n->flags = f->key.flags & YAML_MERGE;
		f->keyed = false;
	}
	return n;
}

/* Fills n, which has its key, with a value. */
static void set_value(struct node *n, const struct node *value)
{
	n->kind = value->kind;
	n->flags |= value->flags;
	n->n = value->n;
	n->start = value->start;
	n->end = value->end;
	n->text = value->text;
	n->items = value->items;
}

static int take_scalar(struct reader *r, const yaml_event_t *e)
{
	struct node value = {0};

	int rc = fill_scalar(r, e, &value);
	if (rc == 0)
		rc = spend(r, value.start, 1, value.text.n);
	if (rc)
		return rc;
	set_value(push(r), &value);
	add_anchor(r, e->data.scalar.anchor, &value, false);
	return 0;
}

static int take_alias(struct reader *r, const yaml_event_t *e)
{
	struct node value = {0};
	const struct anchor *a;
	struct frame *f = top(r);

	int rc = fill_alias(r, e, &value, &a);
	if (rc)
		return rc;
	if (f && f->height < a->height)
		f->height = a->height;
	set_value(push(r), &value);
	return 0;
}

static int open_container(struct reader *r, const yaml_event_t *e, bool object)
{
	const yaml_char_t *name = object ? e->data.mapping_start.tag : e->data.sequence_start.tag;
	bool reset = false, ours = is_compose_tag(r, name, &reset);
	const yaml_char_t *anchor =
		object ? e->data.mapping_start.anchor : e->data.sequence_start.anchor;
	struct node value = {.kind = object ? NODE_OBJECT : NODE_ARRAY};
	const struct tag *tag = name ? find_tag(name) : NULL;

	set_span(r, e, &value);
	if (ours)
		value.flags = NODE_OVERRIDE;
	else if (name && strcmp((const char *)name, "!") != 0 && (!tag || tag->kind != value.kind))
		return fail_tag(r, &value, name);
	if (r->frames.n >= limit_yaml_depth)
		return fail(r, value.start, ERR_LIMIT,
			    "nested deeper than limit yaml_depth allows");
	struct frame f = {.object = object,
			  .reset = reset,
			  .nodes = r->budget->nodes,
			  .bytes = r->budget->bytes};
	f.flow = object ? e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
			: e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	int rc = spend(r, value.start, 1, 0);
	if (rc)
		return rc;
	struct node *n = push(r);
	set_value(n, &value);
	f.at = (size_t)(n - r->stack.p);
	f.anchor = add_anchor(r, anchor, &value, true);
	*VEC_PUSH(&r->frames) = f;
	return 0;
}

/* Marks duplicates among the children of an object, resolves its merge keys, and moves them to the
 * arena. */
static int close_items(struct reader *r, const struct frame *f, struct node *c)
{
	struct node *items = c + 1;
	size_t n = r->stack.n - f->at - 1;
	size_t at = f->object ? node_dup_mark(&r->dup, items, n) : n;

	if (at < n && r->d->dup == DUP_REFUSE)
		return fail(r, items[at].key_start, ERR_PARSE,
			    "a key that stands twice in one mapping");
	if (at < n && r->d->dup == DUP_LAST)
		c->flags |= NODE_DUP_LAST;
	if (f->merges) {
		const struct node *wrong = yaml_merge(r->d->arena, c, items, n);
		if (wrong)
			return fail(
				r, wrong->start, ERR_PARSE,
				"a merge key whose value is not a mapping or a list of mappings");
		return 0;
	}
	c->n = (uint32_t)n;
	if (n) {
		c->items = ARENA_ARRAY(r->d->arena, n, struct node);
		memcpy(c->items, items, n * sizeof *items);
	}
	return 0;
}

static int close_container(struct reader *r, const yaml_event_t *e)
{
	struct frame f = *top(r);
	struct node *c = &r->stack.p[f.at];
	size_t n = r->stack.n - f.at - 1;

	/* a block ends with its last child: libyaml's mark stands behind the comments that follow
	 */
	if (f.flow)
		c->end = offset_of(r, e->end_mark.index);
	else if (n)
		c->end = r->stack.p[r->stack.n - 1].end;
	int rc = close_items(r, &f, c);
	if (rc)
		return rc;
	r->stack.n = f.at + 1;
	r->frames.n--;
	if (f.reset) {
		c->kind = NODE_NULL;
		c->n = 0;
		c->items = NULL;
	}
	if (f.anchor) {
		struct anchor *a = &r->anchors.p[f.anchor - 1];
		struct node value = {0};
		set_value(&value, c);
		value.doc = r->number;
		value.flags &= (uint8_t)~YAML_MERGE;
		*a = (struct anchor){.node = value,
				     .nodes = r->budget->nodes - f.nodes,
				     .bytes = r->budget->bytes - f.bytes,
				     .height = f.height + 1};
	}
	struct frame *around = top(r);
	if (around && around->height < f.height + 1)
		around->height = f.height + 1;
	return 0;
}

static int take_event(struct reader *r, const yaml_event_t *e)
{
	struct frame *f = top(r);
	bool value = e->type == YAML_SCALAR_EVENT || e->type == YAML_ALIAS_EVENT ||
		     e->type == YAML_SEQUENCE_START_EVENT || e->type == YAML_MAPPING_START_EVENT;

	if (value && f && f->object && !f->keyed)
		return take_key(r, e, f);
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return take_scalar(r, e);
	case YAML_ALIAS_EVENT:
		return take_alias(r, e);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return open_container(r, e, e->type == YAML_MAPPING_START_EVENT);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_container(r, e);
	case YAML_DOCUMENT_START_EVENT:
		/* libyaml takes U+0085, U+2028 and U+2029 for line breaks; YAML 1.2 and we do not
		 */
		if (r->stack.n)
			return fail(
				r, offset_of(r, e->start_mark.index), ERR_PARSE,
				"not YAML: a document marker that is not at the start of a line");
		return 0;
	default:
		return 0;
	}
}

static int take_events(struct reader *r)
{
	yaml_event_t e;
	bool end = false;

	while (!end) {
		if (!yaml_parser_parse(&r->yaml, &e))
			return fail_yaml(r);
		end = e.type == YAML_STREAM_END_EVENT;
		int rc = take_event(r, &e);
		yaml_event_delete(&e);
		if (rc)
			return rc;
	}
	return 0;
}

static int read_document(struct reader *r)
{
	struct sv text = sv_make(r->d->bytes.p + r->span.start, r->span.end - r->span.start);
	size_t valid = utf8_valid(text);

	if (valid < text.n)
		return fail(r, r->span.start + (uint32_t)valid, ERR_PARSE,
			    "not YAML: bytes that are not UTF-8");
	/* libyaml compares each directive with all before it */
	if (r->span.directives > 64)
		return fail(r, r->span.start, ERR_LIMIT, "more than 64 YAML directives");
	if (!yaml_parser_initialize(&r->yaml))
		budget_exhausted("memory", 0);
	yaml_parser_set_encoding(&r->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->yaml, (const unsigned char *)text.p, text.n);
	int rc = take_events(r);
	yaml_parser_delete(&r->yaml);
	return rc;
}

int yaml_document(struct doc *d, struct yaml_span span, uint16_t number, enum yaml_schema schema,
		  struct yaml_budget *budget, struct node **root, struct err *err)
{
	struct reader r = {.d = d,
			   .span = span,
			   .number = number,
			   .schema = schema,
			   .budget = budget,
			   .err = err};

	int rc = read_document(&r);
	if (rc == 0) {
		struct node *n = ARENA_NEW(d->arena, struct node);
		if (r.stack.n)
			*n = r.stack.p[0];
		*root = n;
	}
	vec_done(&r.stack);
	vec_done(&r.frames);
	vec_done(&r.anchors);
	map_done(&r.names);
	node_dup_done(&r.dup);
	return rc;
}
