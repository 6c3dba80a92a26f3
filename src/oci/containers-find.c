/* From what people type to an image or container of containers-storage. */
#include "base/base.h"

#include "base/text.h"
#include "oci/containers-json.h"
#include "oci/reference.h"

/* How a stored name may match, the best first. */
enum how { HOW_EXACT, HOW_LOCALHOST, HOW_HUB, HOW_ANY_REGISTRY, HOW_ID, HOW_KINDS };

struct query {
	struct arena *arena;
	struct sv text;
	struct reference ref, local;
	bool is_ref, domain; /* domain: it was written */
};

static bool is_hex(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!(v.p[i] >= '0' && v.p[i] <= '9') && !(v.p[i] >= 'a' && v.p[i] <= 'f'))
			return false;
	return v.n > 0;
}

static bool id_matches(struct sv text, struct sv id)
{
	if (sv_starts(text, SV("sha256:")))
		text = sv_from(text, 7);
	return is_hex(text) && sv_starts(id, text);
}

static void query_init(struct query *q, struct arena *a, struct sv text)
{
	struct err unused;
	struct sv first = sv_head(text, sv_find_char(text, '/'));

	*q = (struct query){.arena = a, .text = text};
	q->is_ref = reference_parse(a, text, &q->ref, &unused) == 0;
	q->domain = first.n < text.n &&
		    (sv_find_char(first, '.') != SIZE_MAX || sv_find_char(first, ':') != SIZE_MAX ||
		     sv_is(first, "localhost"));
	struct sv local = arena_fmt(a, "localhost/%.*s", SV_ARG(text));
	if (q->is_ref && !q->domain && reference_parse(a, local, &q->local, &unused) < 0)
		q->is_ref = false;
}

/* The same repository and tag; a digest means the image's manifest. */
static bool same(const struct reference *want, const struct reference *have,
		 const struct stored_image *img)
{
	struct reference w = *want, h = *have;

	if (w.digest.set && !digest_eq(&w.digest, &img->digest) && !digest_eq(&w.digest, &h.digest))
		return false;
	if (w.digest.set && !w.tagged)
		w.tag = h.tag;
	w.digest = h.digest = (struct digest){0};
	return reference_eq(&w, &h);
}

/* "tools/app" is the end of "quay.io/tools/app". */
static bool same_tail(const struct reference *local, struct reference have,
		      const struct stored_image *img)
{
	if (have.path.n > local->path.n && sv_ends(have.path, local->path) &&
	    have.path.p[have.path.n - local->path.n - 1] == '/')
		have.path = local->path;
	have.domain = local->domain;
	return same(local, &have, img);
}

static bool matches(const struct query *q, const struct stored_image *img, enum how how)
{
	if (how == HOW_ID)
		return id_matches(q->text, img->id);
	for (size_t i = 0; i < img->names_n; i++) {
		struct reference have;
		struct err unused;
		bool hit = false;
		if (!q->is_ref || reference_parse(q->arena, img->names[i], &have, &unused) < 0)
			continue;
		if (how == HOW_EXACT || how == HOW_HUB)
			hit = q->domain == (how == HOW_EXACT) && same(&q->ref, &have, img);
		else if (!q->domain)
			hit = how == HOW_LOCALHOST ? same(&q->local, &have, img)
						   : same_tail(&q->local, have, img);
		if (hit)
			return true;
	}
	return false;
}

static int not_found(struct arena *a, struct sv name, const char *what, struct err *err)
{
	(void)err_set(err, ERR_NOTFOUND, "no %s '%.*s' in containers-storage", what,
		      SV_ARG(text_safe(a, name)));
	return err_scope(err, SCOPE_TARGET);
}

static int several(struct arena *a, struct sv name, struct sv list, struct err *err)
{
	(void)err_set(err, ERR_USAGE, "'%.*s' means several: %.*s", SV_ARG(text_safe(a, name)),
		      SV_ARG(list));
	(void)err_hint(err, "write the whole name, or more digits of the id");
	(void)err_code(err, "ambiguous");
	return err_scope(err, SCOPE_TARGET);
}

static void list_add(struct buf *list, struct sv id, struct sv name)
{
	if (list->n > 300)
		return;
	buf_str(list, list->n ? ", " : "");
	text_escape(list, name.n ? name : sv_head(id, 12));
	if (name.n)
		buf_fmt(list, " (%.*s)", SV_ARG(sv_head(id, 12)));
}

int stored_image_find(struct arena *a, const struct stored_images *all, struct sv name,
		      const struct stored_image **out, struct err *err)
{
	auto_done(buf_done) struct buf list = {0};
	const struct stored_image *found = NULL;
	struct query q;
	size_t n = 0;

	query_init(&q, a, name);
	for (enum how how = HOW_EXACT; how < HOW_KINDS && n == 0; how++) {
		for (size_t i = 0; i < all->n; i++) {
			const struct stored_image *img = &all->p[i];
			if (!matches(&q, img, how) || (found && sv_eq(found->id, img->id)))
				continue;
			found = img;
			list_add(&list, img->id, img->names_n ? img->names[0] : (struct sv){0});
			n++;
		}
	}
	if (n == 0)
		return not_found(a, name, "image", err);
	if (n > 1)
		return several(a, name, buf_view(&list), err);
	*out = found;
	return 0;
}

static bool container_named(const struct stored_container *c, struct sv name)
{
	for (size_t i = 0; i < c->names_n; i++)
		if (sv_eq(c->names[i], name))
			return true;
	return sv_eq(c->id, name);
}

int stored_container_find(struct arena *a, const struct stored_containers *all, struct sv name,
			  const struct stored_container **out, struct err *err)
{
	auto_done(buf_done) struct buf list = {0};
	const struct stored_container *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct stored_container *c = &all->p[i];
		if (container_named(c, name)) {
			*out = c;
			return 0;
		}
		if (!is_hex(name) || !sv_starts(c->id, name))
			continue;
		found = c;
		list_add(&list, c->id, c->names_n ? c->names[0] : (struct sv){0});
		n++;
	}
	if (n == 0)
		return not_found(a, name, "container", err);
	if (n > 1)
		return several(a, name, buf_view(&list), err);
	*out = found;
	return 0;
}
