#include "cmd/audit_images.h"

struct call {
	void (*found)(void *arg, const struct audit_image *image);
	void *arg;
};

static void pass_on(void *arg, const struct image_parts *p)
{
	struct call *c = arg;

	c->found(c->arg, &(struct audit_image){&p->report->subjects.p[0], p->parts, p->report});
}

int audit_images_find(void *arg, struct sv target, struct sv engine,
		      void (*found)(void *found_arg, const struct audit_image *image),
		      void *found_arg, struct err *err)
{
	struct audit_images *images = arg;
	struct call call = {found, found_arg};

	images->o.source.engine = engine;
	int rc = scan_image_parts(images->arena, target, &images->o, pass_on, &call, err);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(sv_head(target, 255))) : 0;
}
