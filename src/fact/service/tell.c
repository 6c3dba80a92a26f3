#include "fact/service/tell.h"

#include <stdarg.h>

#include "base/limits.h"
#include "fact/kube/kube.h"

static bool enough(struct teller *t)
{
	return !t->sink->fault || t->told++ >= limit_kube_faults;
}

static void tell(struct teller *t, const struct node *at, struct fact_fault *f)
{
	const struct part *part = part_of_node(t->parts, at);

	f->at = at;
	f->who = t->who;
	if (part && part->doc && part->doc->root)
		f->path = node_pointer(t->parts->arena, part->doc->root, at->start, at->end);
	t->sink->fault(t->sink->arg, f);
}

/* A value that several look at is told once. */
static bool told_before(struct teller *t, const struct node *at)
{
	uint64_t place = ((uint64_t)at->doc << 32 | at->start) + 1;

	for (size_t i = 0; i < TELLER_LAST; i++)
		if (t->wrong[i] == place)
			return true;
	t->wrong[t->told % TELLER_LAST] = place;
	return false;
}

void tell_type(struct teller *t, const struct node *at, const char *expected)
{
	struct fact_fault f = {.expected = expected};

	if (!told_before(t, at) && !enough(t))
		tell(t, at, &f);
}

static printf_like(4, 0) void tell_text(struct teller *t, const struct node *at, bool note,
					const char *fmt, va_list ap)
{
	auto_done(buf_done) struct buf why = {0};

	if (enough(t))
		return;
	buf_vfmt(&why, fmt, ap);
	struct fact_fault f = {.why = buf_cstr(&why), .note = note};
	tell(t, at, &f);
}

void tell_fault(struct teller *t, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_text(t, at, false, fmt, ap);
	va_end(ap);
}

void tell_note(struct teller *t, const struct node *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell_text(t, at, true, fmt, ap);
	va_end(ap);
}
