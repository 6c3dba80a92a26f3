/*
 * The format library of Kubernetes: format.<name>() and format.named(name) give a format,
 * <format>.validate(text) gives nothing when the text has it, else a list of what is wrong.
 * The messages are ours.
 */
#include "rule/cel/lib-format.h"

static bool same(const void *a, const void *b)
{
	return a == b;
}

static void show(const void *data, struct buf *out)
{
	buf_str(out, ((const struct text_format *)data)->name);
}

static const struct cel_opaque format_type = {"kubernetes.NamedFormat", same, show};

static struct cel_value named(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct text_format *f = text_format_find(args[0].s);
	struct cel_value v = lib_opaque(&format_type, f);

	(void)n;
	return f ? cel_optional_of(e, &v) : cel_none;
}

static struct cel_value validate(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const struct text_format *f = args[0].opaque.data;
	struct lib_list wrong = {.e = e};
	struct cel_value list = {0};

	(void)n;
	if (!cel_spend(e, args[1].s.n + 10))
		return lib_over(e);
	f->check(&wrong, args[1].s);
	if (!wrong.n && !wrong.over)
		return cel_none;
	list = lib_list_value(&wrong);
	return wrong.over ? list : cel_optional_of(e, &list);
}

/* One function for each format: the evaluator has no way to hand a name to a shared one. */
#define FORMAT(format)                                                                         \
	static struct cel_value format_##format(struct cel_eval *e, const struct cel_value *a, \
						size_t n)                                      \
	{                                                                                      \
		(void)e;                                                                       \
		(void)a;                                                                       \
		(void)n;                                                                       \
		return lib_opaque(&format_type, text_format_find(SV(#format)));                \
	}
#include "rule/cel/formats.def"
#undef FORMAT

static const struct cel_overload_row rows[] = {
#define FORMAT(format) {"format." #format, "()->kubernetes.NamedFormat", format_##format, NULL, 0},
#include "rule/cel/formats.def"
#undef FORMAT
	{"format.named", "(string)->optional_type(kubernetes.NamedFormat)", named, NULL, 0},
	{"validate", "kubernetes.NamedFormat.(string)->optional_type(list(string))", validate, NULL,
	 0},
};

const struct cel_library cel_library_format = {"format", rows, ARRAY_LEN(rows)};
