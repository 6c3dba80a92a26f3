/* What commands with a report do at their end: errors, outputs, exit code. */
#include "cmd/finish.h"

#include <unistd.h>

#include "base/log.h"

static void tell_errors(const struct report *r)
{
	for (size_t i = 0; i < r->errors.n; i++) {
		const struct report_error *e = &r->errors.p[i];
		struct err err = {.kind = ERR_PARSE};
		(void)err_set(&err, ERR_PARSE, "%.*s", SV_ARG(e->message));
		(void)err_where(&err, "%.*s", SV_ARG(e->where));
		(void)err_hint(&err, "%.*s", SV_ARG(e->hint));
		if (e->weight == WEIGHT_FATAL)
			log_err(&err);
		else
			log_info("%.*s: %.*s", SV_ARG(e->where), SV_ARG(e->message));
	}
}

bool finish_on_terminal(const struct outputs *o)
{
	bool table = false;

	for (size_t i = 0; i < o->n; i++)
		table |= sv_is(sv_of(o->p[i].format->name), "table") && !o->p[i].file.n;
	return table && isatty(STDOUT_FILENO);
}

static bool system_uncovered(const struct report *r)
{
	for (size_t i = 0; i < r->summary.uncovered.n; i++) {
		enum pkg_type type = pkg_type_find(r->summary.uncovered.p[i].name);
		if (type != PKG_TYPES && pkg_types[type].os)
			return true;
	}
	return false;
}

/* Codes that no error of the report explains. */
static void tell_code(int code, const struct report *r)
{
	struct err err;

	for (size_t i = 0; i < r->errors.n; i++)
		if (r->errors.p[i].weight == WEIGHT_FATAL)
			return;
	if (code == 5) {
		(void)err_set(&err, ERR_NOTFOUND, "nothing to judge: %s",
			      sv_is(r->command, "audit") ? "no rule is about anything there"
			      : r->summary.packages      ? "packages, and no known operating system"
							 : "no packages");
	} else if (code == 4 && system_uncovered(r)) {
		(void)err_set(&err, ERR_NOTFOUND,
			      "no feed covers the release of the operating system");
		(void)err_hint(&err,
			       "gabion db status lists the feeds; --allow-uncovered accepts this");
	} else {
		return;
	}
	if (r->subjects.n == 1)
		(void)err_where(&err, "%.*s", SV_ARG(r->subjects.p[0].name));
	log_err(&err);
}

int finish_report(struct invocation *in, struct judge *j, const struct outputs *outputs,
		  struct report *r, struct err *err)
{
	struct report_style style = style_of(in->options.color);

	if (r->db_age_days > 5)
		log_warn("the advisories are %lld days old; run: gabion db update",
			 (long long)r->db_age_days);
	judge_apply(j, r);
	/* there the table says the errors itself, at its end */
	if (!finish_on_terminal(outputs) || !isatty(STDERR_FILENO))
		tell_errors(r);
	int code = judge_exit(j, r);
	tell_code(code, r);
	int rc = outputs_write(outputs, r, &style, err);
	if (rc < 0 && (code == 1 || code == 2)) {
		log_err(err);
		return code;
	}
	return rc < 0 ? rc : code;
}

/* "--fail-on: ...": where the value stands, if not on the command line. */
static int name_place(struct invocation *in, struct err *err)
{
	struct sv rest = sv_of(err->msg), name = sv_cut(&rest, ':');
	struct setting *s =
		sv_starts(name, SV("--")) ? invocation_setting(in, sv_from(name, 2)) : NULL;

	if (s && s->where.n)
		(void)err_where(err, "%.*s", SV_ARG(s->where));
	return -(int)err->kind;
}

int finish_prepare(struct invocation *in, const char *format, struct judge *j,
		   struct outputs *outputs, struct err *err)
{
	int rc = outputs_parse(&in->options.output, format, outputs, err);

	if (rc == 0)
		rc = judge_init(j, &in->options.judge, err) < 0 ? name_place(in, err) : 0;
	return rc;
}
