#include "base/base.h"

#include <sys/utsname.h>

#include "base/text.h"
#include "oci/platform.h"

/* Other names of an architecture, and the variant they imply. */
static const struct {
	const char *name, *arch, *variant;
} arch_names[] = {
	{"x86_64", "amd64", NULL}, {"x86-64", "amd64", NULL},
	{"amd64", "amd64", NULL},  {"aarch64", "arm64", NULL},
	{"arm64", "arm64", NULL},  {"armhf", "arm", "v7"},
	{"armel", "arm", "v6"},    {"armv7l", "arm", "v7"},
	{"armv6l", "arm", "v6"},   {"i386", "386", ""},
	{"i486", "386", ""},       {"i586", "386", ""},
	{"i686", "386", ""},       {"loongarch64", "loong64", NULL},
};

/* Variants that mean the same as another one, or as none. */
static const struct {
	const char *arch, *variant, *same;
} variant_names[] = {
	{"arm64", "8", ""}, {"arm64", "v8", ""},  {"arm64", "v8.0", ""}, {"amd64", "v1", ""},
	{"amd64", "1", ""}, {"amd64", "2", "v2"}, {"amd64", "3", "v3"},  {"amd64", "4", "v4"},
	{"arm", "", "v7"},  {"arm", "5", "v5"},   {"arm", "6", "v6"},    {"arm", "7", "v7"},
	{"arm", "8", "v8"},
};

static struct sv lower(struct arena *a, struct sv v)
{
	char *p = arena_str(a, v);

	for (size_t i = 0; i < v.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return sv_make(p, v.n);
}

struct platform platform_make(struct arena *a, struct sv os, struct sv arch, struct sv variant)
{
	struct platform p = {lower(a, os), lower(a, arch), lower(a, variant)};

	if (sv_is(p.os, "macos"))
		p.os = SV("darwin");
	for (size_t i = 0; i < ARRAY_LEN(arch_names); i++) {
		if (!sv_is(p.arch, arch_names[i].name))
			continue;
		p.arch = sv_of(arch_names[i].arch);
		if (arch_names[i].variant)
			p.variant = sv_of(arch_names[i].variant);
		break;
	}
	for (size_t i = 0; i < ARRAY_LEN(variant_names); i++) {
		if (!sv_is(p.arch, variant_names[i].arch) ||
		    !sv_is(p.variant, variant_names[i].variant))
			continue;
		p.variant = sv_of(variant_names[i].same);
		break;
	}
	return p;
}

static bool word(struct sv v)
{
	if (v.n == 0 || v.n > 64)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-' && c != '.')
			return false;
	}
	return true;
}

int platform_parse(struct arena *a, struct sv text, struct platform *out, struct err *err)
{
	struct sv part[3] = {0}, rest = text;
	size_t n = 0;
	bool ok = text.n > 0;

	while (ok) {
		bool last = sv_find_char(rest, '/') == SIZE_MAX;
		ok = n < ARRAY_LEN(part);
		if (ok)
			part[n] = sv_cut(&rest, '/');
		ok = ok && word(part[n++]);
		if (last)
			break;
	}
	if (!ok) {
		(void)err_set(err, ERR_USAGE, "'%.*s' is no platform", SV_ARG(text_safe(a, text)));
		return err_hint(err, "write OS/ARCHITECTURE[/VARIANT], for example linux/arm64");
	}
	/* one word alone is an architecture */
	*out = n == 1 ? platform_make(a, SV("linux"), part[0], SV(""))
		      : platform_make(a, part[0], part[1], part[2]);
	return 0;
}

struct platform platform_host(struct arena *a)
{
	struct utsname u;

	if (uname(&u) != 0)
		return (struct platform){0};
	return platform_make(a, SV("linux"), sv_of(u.machine), SV(""));
}

struct sv platform_str(struct arena *a, const struct platform *p)
{
	if (p->os.n == 0 && p->arch.n == 0)
		return SV("");
	if (p->variant.n == 0)
		return arena_fmt(a, "%.*s/%.*s", SV_ARG(p->os), SV_ARG(p->arch));
	return arena_fmt(a, "%.*s/%.*s/%.*s", SV_ARG(p->os), SV_ARG(p->arch), SV_ARG(p->variant));
}

bool platform_eq(const struct platform *a, const struct platform *b)
{
	return sv_eq(a->os, b->os) && sv_eq(a->arch, b->arch) && sv_eq(a->variant, b->variant);
}

bool platform_unknown(const struct platform *p)
{
	return sv_is(p->os, "unknown") && sv_is(p->arch, "unknown");
}

/* "v7" is 7; none is the first of its architecture. 0 = not a number. */
static unsigned version(struct sv arch, struct sv variant)
{
	uint64_t n;

	if (variant.n == 0)
		return sv_is(arch, "arm64") ? 8 : 1;
	if (variant.p[0] != 'v' || !sv_u64(sv_from(variant, 1), &n) || n == 0 || n > 99)
		return 0;
	return (unsigned)n;
}

unsigned platform_rank(const struct platform *want, const struct platform *have)
{
	if (!sv_eq(want->os, have->os) || !sv_eq(want->arch, have->arch))
		return 0;
	if (sv_eq(want->variant, have->variant))
		return 1000;
	unsigned w = version(want->arch, want->variant), h = version(have->arch, have->variant);
	return w != 0 && h != 0 && h < w ? h : 0;
}
