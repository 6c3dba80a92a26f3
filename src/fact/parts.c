#include "fact/parts.h"

#include "base/limits.h"
#include "base/vec.h"
#include "fmt/json.h"
#include "fmt/toml.h"
#include "fmt/yaml.h"

enum { PARTS_MAX = 65000, PART_HEADER = 13 };

void parts_done(struct parts *b)
{
	vec_done(&b->all);
}

struct part *parts_add(struct parts *b, struct sv role, struct sv name, struct sv bytes)
{
	struct part *part = VEC_PUSH(&b->all);

	*part = (struct part){.role = role, .name = name, .bytes = bytes};
	return part;
}

struct part *parts_find(const struct parts *b, struct sv role)
{
	for (size_t i = 0; i < b->all.n; i++)
		if (sv_eq(b->all.p[i].role, role))
			return &b->all.p[i];
	return NULL;
}

struct part *parts_named(const struct parts *b, struct sv role, struct sv name)
{
	for (size_t i = 0; i < b->all.n; i++)
		if (sv_eq(b->all.p[i].role, role) && sv_eq(b->all.p[i].name, name))
			return &b->all.p[i];
	return NULL;
}

struct sv parts_bytes(const struct parts *b, struct sv role)
{
	const struct part *part = parts_find(b, role);

	return part && part->state == PART_HERE ? part->bytes : (struct sv){0};
}

struct doc *parts_text(struct parts *b, struct part *part)
{
	if (part->doc)
		return part->doc;
	part->doc = ARENA_NEW(b->arena, struct doc);
	*part->doc = (struct doc){
		.arena = b->arena, .name = part->name, .bytes = part->bytes, .dup = DUP_LAST};
	return part->doc;
}

/* Nested as deep as the readers allow. */
static void number(struct node *n, uint16_t doc)
{
	n->doc = doc;
	if (n->kind == NODE_OBJECT || n->kind == NODE_ARRAY)
		for (uint32_t i = 0; i < n->n; i++)
			number(&n->items[i], doc);
}

static int parse_yaml(struct doc *d, struct err *err)
{
	return yaml_parse(d, YAML_COMPOSE, err);
}

static int parse(struct parts *b, struct part *part, int (*reader)(struct doc *d, struct err *err),
		 const struct node **out, struct err *err)
{
	struct doc *d = parts_text(b, part);

	if (!d->root) {
		int rc = reader(d, err);
		if (rc < 0)
			return rc;
		number(d->root, (uint16_t)(part - b->all.p));
	}
	*out = d->root;
	return 0;
}

int parts_json(struct parts *b, struct part *part, const struct node **out, struct err *err)
{
	return parse(b, part, json_parse, out, err);
}

int parts_yaml(struct parts *b, struct part *part, const struct node **out, struct err *err)
{
	return parse(b, part, parse_yaml, out, err);
}

int parts_toml(struct parts *b, struct part *part, const struct node **out, struct err *err)
{
	return parse(b, part, toml_parse, out, err);
}

bool part_is_answer(const struct part *part)
{
	static const char *const roles[] = {"stat",         "source", "advisories",
					    "image_config", "about",  "layers"};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (sv_is(part->role, roles[i]))
			return true;
	return sv_starts(part->name, SV("GET "));
}

void parts_adopt(struct parts *b, struct part *part, struct doc *d)
{
	part->doc = d;
	number(d->root, (uint16_t)(part - b->all.p));
}

/* One more step of a path; "..", where it leads out of what stands there, stays. */
static void step(struct buf *out, struct sv name)
{
	struct sv done = buf_view(out), before = {0}, last = done;

	if (!name.n || sv_is(name, "."))
		return;
	if (sv_is(name, "..")) {
		if (sv_is(done, "/"))
			return;
		if (sv_rcut(done, '/', &before, &last) && !sv_is(last, "..")) {
			out->n = before.n ? before.n : 1; /* "/a/.." is "/" */
			return;
		}
		if (done.n && !sv_is(last, "..")) {
			out->n = 0;
			return;
		}
	}
	if (done.n && done.p[done.n - 1] != '/')
		buf_char(out, '/');
	buf_sv(out, name);
}

static void steps(struct buf *out, struct sv path)
{
	if (path.n && path.p[0] == '/') {
		out->n = 0;
		buf_char(out, '/');
	}
	while (path.n)
		step(out, sv_cut(&path, '/'));
}

struct sv parts_file_name(const struct parts *b, struct sv path, const struct node *at)
{
	auto_done(buf_done) struct buf name = {0};
	const struct part *from = part_of_node(b, at);
	struct sv folder = {0}, base;

	if (from && sv_rcut(from->name, '/', &folder, &base))
		steps(&name, folder.n ? folder : SV("/"));
	steps(&name, path);
	return arena_sv(b->arena, buf_view(&name));
}

struct part *parts_file(const struct parts *b, struct sv path, const struct node *at)
{
	return parts_named(b, SV("file"), parts_file_name(b, path, at));
}

struct part *part_of_node(const struct parts *b, const struct node *n)
{
	return n && n->doc < b->all.n ? &b->all.p[n->doc] : NULL;
}

/* u8 state, then the lengths of role, name and bytes (u32, little-endian), then these. */
void parts_write(struct buf *out, struct sv role, struct sv name, enum part_state state,
		 struct sv bytes)
{
	const struct sv texts[] = {role, name, bytes};
	char head[PART_HEADER] = {(char)state};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		for (size_t k = 0; k < 4; k++)
			head[1 + 4 * i + k] = (char)(texts[i].n >> 8 * k & 255);
	buf_sv(out, sv_make(head, sizeof head));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		buf_sv(out, texts[i]);
}

int parts_read(struct parts *b, struct sv bytes, struct err *err)
{
	while (bytes.n) {
		struct sv texts[3];
		if (bytes.n < PART_HEADER || b->all.n == PARTS_MAX ||
		    (unsigned char)bytes.p[0] > PART_UNREADABLE)
			return err_set(err, ERR_PROTO, "not parts");
		struct sv head = sv_head(bytes, PART_HEADER);
		bytes = sv_from(bytes, PART_HEADER);
		for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
			size_t n = le32(head.p + 1 + 4 * i);
			if (n > bytes.n)
				return err_set(err, ERR_PROTO, "not parts");
			texts[i] = sv_head(bytes, n);
			bytes = sv_from(bytes, n);
		}
		struct part *part = parts_add(b, texts[0], texts[1], texts[2]);
		part->state = (enum part_state)head.p[0];
	}
	return 0;
}
