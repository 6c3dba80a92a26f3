#include "scan/base.h"

int base_open(struct arena *a, struct sv ref, const struct source_options *o,
	      struct base_image *out, struct err *err)
{
	struct base_image b = {0};
	size_t n;
	int rc = source_open(a, ref, o, &b.src, err);

	if (rc < 0)
		return err_ctx(err, "--base");
	b.img = source_images(b.src, &n);
	if (n == 1 && !b.img->broken && b.img->layers.n > 0) {
		*out = b;
		return 0;
	}
	base_close(&b);
	(void)err_set(err, ERR_USAGE, "--base %.*s is not one image with layers", SV_ARG(ref));
	return err_hint(err, "name one of them: a tag, a digest, --platform");
}

void base_close(struct base_image *b)
{
	if (b->src)
		source_close(b->src);
	*b = (struct base_image){0};
}

static bool same_layer(const struct image_layer *x, const struct image_layer *y)
{
	if (x->diff_id.set && y->diff_id.set)
		return digest_eq(&x->diff_id, &y->diff_id);
	return x->digest.set && y->digest.set && digest_eq(&x->digest, &y->digest);
}

static size_t common_layers(const struct image *base, const struct image *img)
{
	size_t n = 0;

	while (n < base->layers.n && n < img->layers.n &&
	       same_layer(&base->layers.p[n], &img->layers.p[n]))
		n++;
	return n;
}

static void not_built_on(const struct base_image *b, size_t common, struct report *r,
			 size_t subject)
{
	struct err err;

	(void)err_set(&err, ERR_NOTFOUND, "not built on %.*s: %zu of its %zu layers are here",
		      SV_ARG(b->img->name), common, b->img->layers.n);
	(void)err_code(&err, "base-mismatch");
	(void)err_hint(&err, "name the version of the base that it was built on");
	report_error_add(r, WEIGHT_NOTE, subject, &err);
}

void base_mark(const struct base_image *b, const struct image *img, struct report *r,
	       size_t subject)
{
	struct subject *s = &r->subjects.p[subject];

	if (!b->img || s->layers.n == 0)
		return;
	size_t common = common_layers(b->img, img);
	if (common < b->img->layers.n) {
		not_built_on(b, common, r, subject);
		return;
	}
	for (size_t i = 0; i < s->layers.n; i++)
		s->layers.p[i].from_base = i < common ? TRI_TRUE : TRI_FALSE;
	s->base_name = arena_sv(r->arena, b->img->name);
	s->base_digest =
		b->img->manifest.set ? digest_str(r->arena, &b->img->manifest) : (struct sv){0};
	s->base_how = SV("flag");
}
