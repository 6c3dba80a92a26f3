#include "audit/held.h"

struct held {
	struct held *next;
	struct audit_live live;
	struct buf parts;
};

void held_free(struct held *h)
{
	while (h) {
		struct held *next = h->next;
		buf_done(&h->parts);
		free(h);
		h = next;
	}
}

static int gather(void *arg, size_t which, struct buf *parts, struct err *err)
{
	const struct held *h = arg;

	(void)which;
	(void)err;
	buf_sv(parts, buf_view(&h->parts));
	return 0;
}

static struct held *add(struct audit_targets *t, const char *source, struct sv name)
{
	struct held *h = xcalloc(1, sizeof *h);

	h->next = t->held;
	t->held = h;
	h->live = (struct audit_live){.gather = gather, .arg = h};
	*VEC_PUSH(&t->items) = (struct audit_item){
		.path = name, .source = fact_source_find(sv_of(source)), .live = &h->live};
	return h;
}

struct images {
	struct audit_targets *t;
	struct report *r;
};

/* What could not be read of it goes along: numbers of items become subjects. */
static void take_errors(struct images *in, const struct report *from, size_t item)
{
	struct report *r = in->r;

	for (size_t i = 0; i < from->errors.n; i++) {
		const struct report_error *e = &from->errors.p[i];
		struct report_error *own = VEC_PUSH(&r->errors);
		*own = *e;
		own->code = arena_sv(r->arena, e->code);
		own->message = arena_sv(r->arena, e->message);
		own->where = arena_sv(r->arena, e->where);
		own->hint = arena_sv(r->arena, e->hint);
		own->subject = item;
		r->complete &= e->weight != WEIGHT_FATAL;
	}
}

static void on_image(void *arg, const struct audit_image *image)
{
	struct images *in = arg;
	struct arena *a = in->r->arena;
	struct sv name = arena_sv(a, image->subject->name);
	struct held *h = add(in->t, "image", name);

	h->live.kind = arena_sv(a, image->subject->kind);
	h->live.scheme = arena_sv(a, image->subject->scheme);
	h->live.digest = arena_sv(a, image->subject->digest);
	buf_sv(&h->parts, image->parts);
	if (image->report)
		take_errors(in, image->report, in->t->items.n - 1);
	/* broken: that is told, and there is nothing to judge */
	if (!image->parts.n)
		h->live.gather = NULL;
}

int held_images(struct audit_targets *t, struct sv target, struct sv engine,
		const struct audit_options *o, struct report *r, struct err *err)
{
	struct images in = {t, r};

	return o->images(o->images_arg, target, engine, on_image, &in, err);
}

void held_command(struct audit_targets *t, struct sv line, size_t number, struct report *r)
{
	struct sv name = arena_fmt(r->arena, "--command %zu", number + 1);
	struct held *h = add(t, "command", name);

	h->live.kind = SV("workload");
	h->live.scheme = SV("command");
	parts_write(&h->parts, (struct sv){0}, name, PART_HERE, line);
}
