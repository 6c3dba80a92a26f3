/*
 * YAML 1.2.2, section 9.1: "---" and "..." at the start of a line, followed by white space, are
 * markers wherever they stand, also inside scalars. Directives and comments before "---" belong to
 * its document.
 */
#include "base/base.h"
#include "base/limits.h"
#include "fmt/yaml-int.h"

struct split {
	struct sv bytes;
	struct {
		struct yaml_span *p;
		size_t n, cap;
	} docs;
	size_t start; /* of the current document */
	bool body;    /* it has more than directives and comments */
	bool text;    /* and more than a marker */
	uint32_t directives;
};

/* End of the line at at: behind its LF, CR or CRLF. */
static size_t line_end(struct sv b, size_t at)
{
	while (at < b.n && b.p[at] != '\n' && b.p[at] != '\r')
		at++;
	if (at + 1 < b.n && b.p[at] == '\r' && b.p[at + 1] == '\n')
		return at + 2;
	return at < b.n ? at + 1 : at;
}

static bool is_marker(struct sv line, struct sv marker)
{
	if (!sv_starts(line, marker))
		return false;
	return line.n == 3 || line.p[3] == ' ' || line.p[3] == '\t' || line.p[3] == '\n' ||
	       line.p[3] == '\r';
}

static void finish(struct split *s, size_t end)
{
	if (s->body || s->directives)
		*VEC_PUSH(&s->docs) =
			(struct yaml_span){(uint32_t)s->start, (uint32_t)end, s->directives};
	s->start = end;
	s->body = s->text = false;
	s->directives = 0;
}

static void take_line(struct split *s, size_t at, size_t end)
{
	struct sv line = sv_make(s->bytes.p + at, end - at);

	/* files put behind each other: a byte order mark before a document is no part of it */
	if (sv_starts(line, SV("\xEF\xBB\xBF"))) {
		line = sv_from(line, 3);
		if (!s->text && !s->directives)
			s->start = at + 3;
	}
	if (is_marker(line, SV("---"))) {
		if (s->body)
			finish(s, at);
		s->body = true;
		s->text = sv_trim(sv_from(line, 3)).n > 0;
	} else if (is_marker(line, SV("..."))) {
		finish(s, end);
	} else if (!s->text) {
		struct sv text = sv_trim(line);
		bool directive = !s->body && line.n && line.p[0] == '%';
		s->directives += directive;
		s->text = text.n && text.p[0] != '#' && !directive;
		s->body |= s->text;
	}
}

bool yaml_split(struct sv bytes, struct yaml_span **out, size_t *n)
{
	struct split s = {.bytes = bytes};

	for (size_t at = 0, end; at < bytes.n && s.docs.n <= limit_yaml_documents; at = end) {
		end = line_end(bytes, at);
		take_line(&s, at, end);
	}
	finish(&s, bytes.n);
	if (s.docs.n > limit_yaml_documents) {
		vec_done(&s.docs);
		return false;
	}
	*out = s.docs.p;
	*n = s.docs.n;
	return true;
}
