/* From a node to where it stands: pointer, line and column, snippet, fingerprint. */
#include "audit/judge.h"

#include "base/hash.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 160, MANY = 64 };

static bool is_container(const struct node *n)
{
	return n->kind == NODE_OBJECT || n->kind == NODE_ARRAY;
}

/* Of a block that begins below its key, the key is the place; of a list's element its first line.
 */
static void span_of(struct sv text, const struct node *n, struct place *p)
{
	bool key = n->key_end > n->key_start && n->key_end <= n->start;
	uint32_t limit = (uint32_t)text.n;

	p->start = n->start;
	p->end = n->end;
	if (is_container(n) && key) {
		p->start = n->key_start;
		p->end = n->key_end;
	}
	if (p->start > limit)
		p->start = limit;
	if (p->end < p->start || p->end > limit)
		p->end = p->start;
	if (!is_container(n) || key)
		return;
	for (uint32_t i = p->start; i < p->end; i++)
		if (text.p[i] == '\n')
			p->end = i;
}

struct doc *place_doc(struct judge_work *w, const struct node *n)
{
	if (!w->parts)
		return &w->doc;
	struct part *part = part_of_node(w->parts, n);
	return part ? part->doc : NULL;
}

const struct node *place_root(const struct judge_work *w, const struct place *p)
{
	if (!p->part)
		return w->parts ? NULL : w->root;
	return p->part->doc ? p->part->doc->root : NULL;
}

/* In a part: lines only where a person can look at them. */
static void place_in_part(struct judge_work *w, const struct verdict_place *from, struct place *p)
{
	struct part *part = part_of_node(w->parts, from->node);
	const struct node *root = part && part->doc ? part->doc->root : NULL;

	if (!part)
		return;
	p->part = part;
	if (part->role.n)
		p->file = part->name;
	if (part->doc && part->state == PART_HERE) {
		span_of(part->doc->bytes, from->node, p);
		if (!part_is_answer(part)) {
			doc_line_col(part->doc, p->start, &p->line, &p->column);
			doc_line_col(part->doc, p->end, &p->end_line, &p->end_column);
		}
	}
	if (root)
		p->pointer = node_pointer(&w->arena, root, from->node->start, from->node->end);
}

void place_of(struct judge_work *w, const struct verdict_place *from, struct place *p)
{
	*p = (struct place){0};
	if (w->set_fact) {
		p->line = w->set_fact->line;
		p->column = p->line ? 1 : 0;
		return;
	}
	if (!from->node || !w->object)
		return;
	if (w->parts) {
		place_in_part(w, from, p);
		return;
	}
	span_of(w->doc.bytes, from->node, p);
	doc_line_col(&w->doc, p->start, &p->line, &p->column);
	doc_line_col(&w->doc, p->end, &p->end_line, &p->end_column);
	p->pointer = node_pointer(&w->arena, w->object->object, from->node->start, from->node->end);
	if (from->field.n)
		p->pointer =
			arena_fmt(&w->arena, "%.*s%.*s", SV_ARG(p->pointer), SV_ARG(from->field));
}

static struct sv line_at(const struct doc *d, uint32_t line)
{
	if (line == 0 || line > d->lines_n)
		return (struct sv){0};
	struct sv rest = sv_head(sv_from(d->bytes, d->lines[line - 1]), LINE_MAX_BYTES), text = {0};
	(void)sv_line(&rest, &text);
	return text;
}

/* Tabs are a blank each, so that the mark stands below what it marks. */
static void put_safe(struct buf *b, struct sv text)
{
	auto_done(buf_done) struct buf plain = {0};

	buf_sv(&plain, text);
	for (size_t i = 0; i < plain.n; i++)
		if (plain.p[i] == '\t')
			plain.p[i] = ' ';
	text_escape(b, buf_view(&plain));
}

static size_t width_of(struct sv text)
{
	auto_done(buf_done) struct buf b = {0};

	put_safe(&b, text);
	return text_width(buf_view(&b));
}

struct sv place_snippet(struct judge_work *w, const struct place *p)
{
	auto_done(buf_done) struct buf b = {0};
	const struct doc *d = p->part ? p->part->doc : &w->doc;
	char number[16];

	if (w->set_fact || !p->line || !d || !d->lines)
		return (struct sv){0};
	int digits = snprintf(number, sizeof number, "%u", p->line);
	uint32_t from = p->line > 1 ? p->line - 1 : 1;
	for (uint32_t i = from; i <= p->line; i++) {
		buf_fmt(&b, "%*u | ", digits, i);
		put_safe(&b, line_at(d, i));
		buf_char(&b, '\n');
	}
	struct sv text = line_at(d, p->line);
	size_t before = p->start - d->lines[p->line - 1];
	size_t marked = p->end > p->start ? p->end - p->start : 1;
	if (before >= text.n)
		return arena_sv(&w->arena, sv_head(buf_view(&b), b.n - 1));
	if (marked > text.n - before)
		marked = text.n - before;
	buf_fmt(&b, "%*s | ", digits, "");
	buf_fill(&b, ' ', width_of(sv_head(text, before)));
	size_t width = width_of(sv_head(sv_from(text, before), marked));
	buf_fill(&b, '^', width ? width : 1);
	return arena_sv(&w->arena, buf_view(&b));
}

/* The name of a list's element, where it has one: its place in the list may change. */
static void put_token(struct buf *b, const struct node *in, const struct node *child,
		      struct sv token)
{
	struct sv name =
		in && in->kind == NODE_ARRAY ? node_get_str(child, "name") : (struct sv){0};

	buf_char(b, '/');
	buf_sv(b, name.n ? name : token);
}

static const struct node *child_of(struct judge_work *w, const struct node *n, struct sv token)
{
	const struct node *child;
	uint64_t i;

	if (node_is(n, NODE_ARRAY))
		return sv_u64(token, &i) && i < n->n ? &n->items[i] : NULL;
	/* escaped tokens are not looked up: the text stands for itself below them */
	if (!n || n->n < MANY)
		return node_get_sv(n, token);
	if (w->near.in == n && sv_eq(w->near.child->key, token))
		return w->near.child;
	child = node_get_sv(n, token);
	if (child) {
		w->near.in = n;
		w->near.child = child;
	}
	return child;
}

static void put_pointer(struct judge_work *w, struct buf *b, const struct node *root,
			struct sv pointer)
{
	const struct node *at = root;
	struct sv rest = sv_from(pointer, 1);

	while (pointer.n && rest.p) {
		struct sv token = sv_cut(&rest, '/');
		const struct node *child = child_of(w, at, token);
		put_token(b, at, child, token);
		at = child;
		if (!rest.n)
			break;
	}
}

struct sv place_fingerprint(struct judge_work *w, const struct verdict *v, const struct place *p,
			    size_t n)
{
	/* fixed keys: the same in every run and version */
	static const struct hash_key keys[] = {{0x67616269, 0x6f6e2f31}, {0x72756c65, 0x73000001}};
	auto_done(buf_done) struct buf b = {0};
	struct sv kind = {0}, ns = {0}, name = {0}, api = {0};

	if (w->object) {
		api = w->object->api_version;
		kind = w->object->kind;
		ns = w->object->ns;
		name = w->object->name;
	} else if (w->set_fact) {
		api = w->set_fact->api_version;
		kind = w->set_fact->kind;
		ns = w->set_fact->ns;
		name = w->set_fact->name;
	}
	const struct sv parts[] = {
		v->rule->text.id, sv_head(api, sv_find_char(api, '/')), kind, ns, name, v->scope};
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		buf_sv(&b, parts[i]);
		buf_char(&b, '\0');
	}
	for (size_t i = 0; i < n && w->object; i++) {
		put_pointer(w, &b, w->parts ? place_root(w, &p[i]) : w->object->object,
			    p[i].pointer);
		buf_char(&b, '\0');
	}
	char *out = arena_alloc(&w->arena, 32);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		uint64_t h = hash_sip(keys[i], buf_view(&b));
		for (size_t k = 0; k < 16; k++)
			out[16 * i + k] = "0123456789abcdef"[h >> (60 - 4 * k) & 15];
	}
	return sv_make(out, 32);
}
