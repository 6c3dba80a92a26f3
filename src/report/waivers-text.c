/* .trivyignore: an id a line, "exp:YYYY-MM-DD" behind it, '#' starts a comment. */
#include "report/waivers.h"

static int read_line(struct waivers *w, struct waiver *one, struct sv line, struct err *err)
{
	struct sv rest = sv_trim(sv_head(line, sv_find_char(line, '#')));

	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == '\t')
			return err_set(err, ERR_PARSE, "a tab between words; a blank is expected");
	one->id = arena_sv(w->arena, sv_cut(&rest, ' '));
	for (rest = sv_trim(rest); rest.n; rest = sv_trim(rest)) {
		struct sv word = sv_cut(&rest, ' ');
		if (!sv_starts(word, SV("exp:"))) {
			(void)err_set(err, ERR_PARSE, "'%.*s' is not expected behind an id",
				      SV_ARG(word));
			return err_hint(err, "one id a line; exp:YYYY-MM-DD; '#' for comments");
		}
		int rc = waivers_expiry(one, sv_from(word, 4), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int waivers_trivy_text(struct waivers *w, struct sv name, struct sv bytes, struct err *err)
{
	struct sv line;
	unsigned number = 0;

	while (sv_line(&bytes, &line)) {
		struct waiver one = {.reason = SV("listed in an ignore file")};
		number++;
		if (read_line(w, &one, line, err) < 0) {
			(void)err_scope(err, SCOPE_CONFIG);
			return err_where(err, "%.*s:%u", SV_ARG(name), number);
		}
		one.where = arena_fmt(w->arena, "%.*s:%u", SV_ARG(name), number);
		if (one.id.n)
			*VEC_PUSH(w) = one;
	}
	return 0;
}
