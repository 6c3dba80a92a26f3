#include "package/emit.h"

#include "base/limits.h"
#include "base/text.h"

enum { license_max = 200 };

bool emit_text_ok(struct sv v)
{
	if (v.n > limit_field_bytes)
		return false;
	while (v.n > 0) {
		uint32_t cp;
		size_t n = utf8_decode(v, &cp);

		if (n == 0 || text_is_control(cp))
			return false;
		v = sv_from(v, n);
	}
	return true;
}

struct sv emit_skip_bom(struct sv v)
{
	return sv_starts(v, SV("\xef\xbb\xbf")) ? sv_from(v, 3) : v;
}

void emit_fault(struct emit *e, struct err *err)
{
	if (e->notes >= emit_notes_max)
		return;
	e->notes++;
	err_where(err, "%.*s", SV_ARG(e->path));
	if (e->notes == emit_notes_max)
		err_hint(err, "further faults of this file are not listed");
	e->sink->note(e->sink, err);
}

void emit_note(struct emit *e, enum err_kind kind, uint32_t line, const char *fmt, ...)
{
	struct err err = {0};
	char msg[sizeof err.msg];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	err_set(&err, kind, "%s", msg);
	if (line)
		err_where(&err, "%.*s:%u", SV_ARG(e->path), line);
	emit_fault(e, &err);
}

void emit_license(struct package *p, struct sv *license)
{
	*license = sv_trim(*license);
	if (license->n == 0 || license->n > license_max || !emit_text_ok(*license))
		return;
	p->licenses.p = license;
	p->licenses.n = p->licenses.cap = 1;
}

void emit_package(struct emit *e, struct package *p, uint32_t line)
{
	struct location at = {.path = e->path, .layer = INDEX_NONE, .line = line};

	if (p->name.n == 0 || !emit_text_ok(p->name) || !emit_text_ok(p->version) ||
	    !emit_text_ok(p->ns)) {
		emit_note(e, ERR_PARSE, line, "a package whose name or version is %s",
			  p->name.n == 0 ? "empty" : "too long or not plain text");
		return;
	}
	p->type = e->type;
	p->evidence = e->evidence;
	p->cataloger = sv_of(e->cataloger);
	p->owner = p->layer = INDEX_NONE;
	p->locations.p = &at;
	p->locations.n = p->locations.cap = 1;
	e->sink->package(e->sink, p);
	p->locations.p = NULL;
	p->locations.n = p->locations.cap = 0;
}

void emit_name_version(struct emit *e, struct sv name, struct sv version, uint32_t line)
{
	struct package p = {.name = name, .version = version};

	emit_package(e, &p, line);
}
