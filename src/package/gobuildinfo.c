#include "package/gobuildinfo.h"

#include "base/limits.h"

struct module {
	struct sv path, version;
	bool is_main, set;
};

static size_t digits(struct sv v)
{
	size_t n = 0;

	while (n < v.n && v.p[n] >= '0' && v.p[n] <= '9')
		n++;
	return n;
}

/* Length of "1.22.3" at the start of v; *parts = how many numbers. */
static size_t numbers(struct sv v, unsigned *parts)
{
	size_t n = digits(v);

	*parts = n > 0;
	while (n > 0 && *parts < 3 && n < v.n && v.p[n] == '.') {
		size_t more = digits(sv_from(v, n + 1));

		if (more == 0)
			break;
		n += 1 + more;
		++*parts;
	}
	return n;
}

struct sv go_release(struct arena *a, struct sv version)
{
	bool devel = sv_starts(version, SV("devel "));
	unsigned parts;

	if (devel)
		version = sv_from(version, 6);
	if (!sv_starts(version, SV("go")))
		return (struct sv){0};
	version = sv_from(version, 2);
	size_t n = numbers(version, &parts);
	struct sv number = sv_head(version, n), rest = sv_from(version, n);
	const char *zero = parts == 2 ? ".0" : parts == 1 ? ".0.0" : "";
	if (n == 0)
		return number;
	if (devel)
		return arena_fmt(a, "%.*s%s-devel", SV_ARG(number), zero);
	for (size_t i = 0; i < 2; i++) {
		static const char *const words[] = {"rc", "beta"};
		struct sv word = sv_of(words[i]);
		size_t count = sv_starts(rest, word) ? digits(sv_from(rest, word.n)) : 0;

		if (count)
			return arena_fmt(a, "%.*s%s-%s.%.*s", SV_ARG(number), zero, words[i],
					 SV_ARG(sv_head(sv_from(rest, word.n), count)));
	}
	return arena_sv(a, number);
}

/* A varint length and as many bytes. */
static int inline_string(struct sv *rest, uint64_t limit, struct sv *out)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 5; i++) {
		if (i >= rest->n)
			return 0;
		uint8_t b = (uint8_t)rest->p[i];
		n |= (uint64_t)(b & 0x7f) << (7 * i);
		if (b & 0x80)
			continue;
		if (n > limit)
			return -1;
		if (n > rest->n - i - 1)
			return 0;
		*out = sv_head(sv_from(*rest, i + 1), (size_t)n);
		*rest = sv_from(*rest, i + 1 + (size_t)n);
		return 1;
	}
	return -1;
}

int go_build_inline(struct sv bytes, struct go_build *out)
{
	struct go_build build = {0};

	if (bytes.n < go_build_header + 1)
		return 0;
	if (memcmp(bytes.p, GO_BUILD_MAGIC, go_build_magic_n) != 0 || !(bytes.p[15] & 2))
		return -1;
	bytes = sv_from(bytes, go_build_header);
	int rc = inline_string(&bytes, go_build_version_max, &build.version);
	if (rc <= 0)
		return rc;
	if (!sv_starts(build.version, SV("go")) && !sv_starts(build.version, SV("devel")))
		return -1;
	rc = inline_string(&bytes, limit_buildinfo_bytes, &build.modules);
	if (rc <= 0)
		return rc;
	build.modules = go_build_modules(build.modules);
	*out = build;
	return 1;
}

struct sv go_build_modules(struct sv text)
{
	if (text.n < 33 || text.p[text.n - 17] != '\n')
		return (struct sv){0};
	return sv_head(sv_from(text, 16), text.n - 32);
}

/* A version that a build from a work tree has none of. */
static struct sv known(struct sv version)
{
	return sv_is(version, "(devel)") ? SV("") : version;
}

static void flush(struct emit *e, struct module *m)
{
	struct package p = {
		.name = m->path, .version = known(m->version), .main_module = m->is_main};

	if (m->set)
		emit_package(e, &p, 0);
	m->set = false;
}

/* "=>": the module is replaced. By a directory: its own name stays and its version is not known. */
static void replace(struct module *m, struct sv path, struct sv version)
{
	version = known(version);
	if (version.n)
		m->path = path;
	m->version = version;
}

void go_build_emit(struct emit *e, struct arena *a, const struct go_build *build)
{
	struct module m = {0};
	struct sv rest = build->modules, line, release = go_release(a, build->version);

	if (release.n)
		emit_name_version(e, SV("stdlib"), release, 0);
	while (sv_line(&rest, &line)) {
		struct sv verb = sv_cut(&line, '\t');
		struct sv path = sv_cut(&line, '\t');
		struct sv version = sv_cut(&line, '\t');

		if (sv_is(verb, "mod") || sv_is(verb, "dep")) {
			flush(e, &m);
			m = (struct module){path, version, sv_is(verb, "mod"), true};
		} else if (sv_is(verb, "=>") && m.set) {
			replace(&m, path, version);
		}
	}
	flush(e, &m);
}
