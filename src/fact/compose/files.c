/* The files of a project: which part a path means, what stands in it. */
#include "fact/compose/compose-int.h"

#include "base/limits.h"

enum { FILES_MAX = 200, PATH_SHOWN = 200, NESTED_KEYS = 64 };

bool compose_spend(struct compose *c, const struct node *at, uint64_t nodes, uint64_t text)
{
	if (c->over)
		return false;
	if (nodes > c->left || text > c->text) {
		c->over = true;
		tell_fault(&c->tell, at, "larger than a project can be once all is put together");
		return false;
	}
	c->left -= nodes;
	c->text -= text;
	return true;
}

struct sv compose_folder(const struct part *part)
{
	size_t slash = sv_rfind_char(part->name, '/');

	return slash == SIZE_MAX ? (struct sv){0} : sv_head(part->name, slash + 1);
}

/* Without ".", "x/.." and double slashes. */
static struct sv clean_path(struct arena *a, struct sv path)
{
	auto_done(buf_done) struct buf out = {0};
	bool rooted = path.n && path.p[0] == '/';

	while (path.n) {
		struct sv piece = sv_cut(&path, '/');
		size_t slash = out.n ? sv_rfind_char(buf_view(&out), '/') : SIZE_MAX;
		struct sv last =
			slash == SIZE_MAX ? buf_view(&out) : sv_from(buf_view(&out), slash + 1);
		if (piece.n == 0 || sv_is(piece, "."))
			continue;
		if (sv_is(piece, "..") && last.n && !sv_is(last, "..")) {
			out.n = slash == SIZE_MAX ? 0 : slash;
			continue;
		}
		if (sv_is(piece, "..") && rooted)
			continue;
		if (out.n || rooted)
			buf_char(&out, '/');
		buf_sv(&out, piece);
	}
	return arena_sv(a, buf_view(&out));
}

static struct sv join(struct compose *c, const struct part *from, struct sv path)
{
	struct sv folder =
		from && !(path.n && path.p[0] == '/') ? compose_folder(from) : (struct sv){0};

	return clean_path(c->a, arena_fmt(c->a, "%.*s%.*s", SV_ARG(folder), SV_ARG(path)));
}

void compose_index(struct compose *c)
{
	for (size_t i = 0; i < c->parts->all.n; i++) {
		bool made;
		struct map_entry *e =
			map_put(&c->names, clean_path(c->a, c->parts->all.p[i].name), &made);
		if (made)
			e->num = i;
	}
}

static struct part *find_part(struct compose *c, struct sv name)
{
	const struct map_entry *e = map_find(&c->names, name);

	return e ? &c->parts->all.p[e->num] : NULL;
}

struct node *compose_place(struct compose *c, const struct part *part)
{
	struct node *n = ARENA_NEW(c->a, struct node);

	n->doc = (uint16_t)(part - c->parts->all.p);
	return n;
}

struct part *compose_part(struct compose *c, struct sv path, const struct node *at, bool required)
{
	struct part *part;

	if (path.n == 0 || path.n > limit_field_bytes || !compose_spend(c, at, 1, path.n))
		return NULL;
	part = find_part(c, join(c, part_of_node(c->parts, at), path));
	if (part && part->state == PART_HERE)
		return part;
	if (!part && c->sink->want) {
		c->sink->want(c->sink->arg, path, at);
		return NULL;
	}
	if (part && part->state == PART_UNREADABLE)
		tell_fault(&c->tell, at, "the file %.*s cannot be read: %.*s",
			   SV_ARG(sv_head(path, PATH_SHOWN)),
			   SV_ARG(sv_head(part->bytes, PATH_SHOWN)));
	else if (required)
		tell_fault(&c->tell, at, "the file %.*s is not there",
			   SV_ARG(sv_head(path, PATH_SHOWN)));
	return NULL;
}

/* compose refuses a key that stands twice. */
static void walk_keys(struct compose *c, const struct node *n, unsigned depth)
{
	if ((n->kind != NODE_OBJECT && n->kind != NODE_ARRAY) || depth == NESTED_KEYS)
		return;
	NODE_EACH (it, n) {
		/* what an alias stands for was looked at where its anchor is */
		if (it->flags & NODE_ALIAS)
			continue;
		if (n->kind == NODE_OBJECT && it->flags & NODE_DUPLICATE)
			tell_fault(&c->tell, it, "the key '%.*s' stands twice",
				   SV_ARG(sv_head(it->key, PATH_SHOWN)));
		walk_keys(c, it, depth + 1);
	}
}

static const struct node *parse(struct compose *c, struct part *part)
{
	const struct node *root = NULL;
	struct err err;
	bool made;

	(void)map_put(&c->walked, part->name, &made);
	if (parts_yaml(c->parts, part, &root, &err) < 0) {
		if (made)
			tell_fault(&c->tell, compose_place(c, part), "%s%s%s", err.where,
				   err.where[0] ? ": " : "", err.msg);
		return NULL;
	}
	if (made)
		walk_keys(c, root, 0);
	if (root->kind == NODE_OBJECT)
		return root;
	if (made)
		tell_fault(&c->tell, compose_place(c, part), "no compose file: no mapping");
	return NULL;
}

struct compose_file *compose_open(struct compose *c, struct part *part, const struct variables *v)
{
	for (struct compose_file *f = c->files; f; f = f->next)
		if (f->part == part && f->variables == v)
			return f;
	if (c->files_n++ == FILES_MAX) {
		tell_fault(&c->tell, compose_place(c, part), "more than %d files", FILES_MAX);
		c->over = true;
	}
	struct compose_file *f = ARENA_NEW(c->a, struct compose_file);
	f->part = part;
	f->variables = v;
	f->next = c->files;
	c->files = f;
	const struct node *root = c->over ? NULL : parse(c, part);
	if (!root)
		return f;
	f->root = interpolate_tree(c, v, root);
	NODE_EACH (it, node_get(f->root, "services"))
		map_put(&f->index, it->key, NULL)->ptr = (void *)(uintptr_t)it;
	return f;
}
