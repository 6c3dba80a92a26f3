/* From an image's history to Dockerfile instructions. */
#include "base/base.h"

#include "oci/manifest.h"

/* Words that start an instruction; the classic builder writes them behind "#(nop) ", BuildKit in
 * front. */
static const char *const words[] = {
	"ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
	"EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
	"RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR",
};

static bool is_instruction(struct sv v)
{
	struct sv first = sv_head(v, sv_find_char(v, ' '));

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_is(first, words[i]))
			return true;
	return false;
}

/* "|2 A=1 B=2 /bin/sh -c cmd": the classic builder puts build arguments in front of the shell. */
static struct sv without_arguments(struct sv v)
{
	struct sv shell = SV("/bin/sh -c ");
	size_t at = v.n > 1 && v.p[0] == '|' ? sv_find(v, shell) : SIZE_MAX;

	return at == SIZE_MAX ? v : sv_from(v, at);
}

static bool strip(struct sv *v, struct sv prefix)
{
	if (!sv_starts(*v, prefix))
		return false;
	*v = sv_trim(sv_from(*v, prefix.n));
	return true;
}

struct sv history_instruction(struct arena *a, struct sv created_by)
{
	struct sv v = sv_trim(created_by);
	struct sv mark = SV("# buildkit");

	if (sv_ends(v, mark))
		v = sv_trim(sv_head(v, v.n - mark.n));
	v = without_arguments(v);
	if (strip(&v, SV("/bin/sh -c #(nop)")) || strip(&v, SV("cmd /S /C #(nop)")))
		return v;
	if (strip(&v, SV("RUN "))) {
		v = without_arguments(v);
		(void)strip(&v, SV("/bin/sh -c "));
		return arena_fmt(a, "RUN %.*s", SV_ARG(v));
	}
	if (strip(&v, SV("/bin/sh -c ")))
		return arena_fmt(a, "RUN %.*s", SV_ARG(v));
	return is_instruction(v) ? v : sv_trim(created_by);
}

void history_apply(struct arena *a, const struct image_config *c, struct image *img)
{
	size_t full = 0, layer = 0;

	img->config_json = c->bytes;
	for (size_t i = 0; i < c->history_n; i++)
		full += !c->history[i].empty;
	if (full != img->layers.n)
		return;
	for (size_t i = 0; i < c->history_n; i++)
		if (!c->history[i].empty)
			img->layers.p[layer++].instruction =
				history_instruction(a, c->history[i].created_by);
}
