/* The exit code of a report: docs/contract.md, "exit". */
#include "report/judge.h"

bool judge_threshold_reached(const struct judge *j, const struct report *r)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (fail_on_match(&j->fail_on, &r->findings.p[i]))
			return true;
	return false;
}

static int exit_of_scope(enum err_scope scope)
{
	const struct err err = {.kind = ERR_IO, .scope = scope};

	return err_exit_code(&err);
}

static bool fatal_with(const struct judge *j, const struct report *r, int code)
{
	for (size_t i = 0; i < r->errors.n; i++) {
		const struct report_error *e = &r->errors.p[i];
		bool fatal = e->weight == WEIGHT_FATAL;
		/* notes are about content, whatever their scope: strict makes them incomplete, not
		 * wrong usage */
		if (fatal ? exit_of_scope(e->scope) == code : j->options->strict && code == 3)
			return true;
	}
	return false;
}

static bool has_fatal(const struct report *r)
{
	for (size_t i = 0; i < r->errors.n; i++)
		if (r->errors.p[i].weight == WEIGHT_FATAL)
			return true;
	return false;
}

static void mark_judged(bool *judged, const struct report *r, const struct finding *f)
{
	if (f->subject < r->subjects.n)
		judged[f->subject] = true;
}

/* A subject without packages and without findings, that no rule looked at: nothing of it was
 * judged. */
static bool nothing_judged(const struct report *r)
{
	auto_free bool *judged = xcalloc(r->subjects.n + 1, sizeof *judged);
	bool all = r->subjects.n > 0;

	for (size_t i = 0; i < r->packages.n; i++)
		if (r->packages.p[i].subject < r->subjects.n)
			judged[r->packages.p[i].subject] = true;
	for (size_t i = 0; i < r->findings.n; i++)
		mark_judged(judged, r, &r->findings.p[i]);
	for (size_t i = 0; i < r->waived.n; i++)
		mark_judged(judged, r, &r->waived.p[i]);
	for (size_t s = 0; s < r->subjects.n; s++)
		all &= judged[s] || r->subjects.p[s].judged || r->summary.hidden;
	return !all;
}

static bool os_uncovered(const struct report *r)
{
	for (size_t i = 0; i < r->summary.uncovered.n; i++) {
		enum pkg_type type = pkg_type_find(r->summary.uncovered.p[i].name);
		if (type != PKG_TYPES && pkg_types[type].os && r->summary.uncovered.p[i].n)
			return true;
	}
	return false;
}

/* Packages of a distribution, and nothing says which: the advisories of none can be asked. */
static bool unknown_system(const struct report *r)
{
	for (size_t i = 0; i < r->packages.n; i++) {
		const struct package *p = &r->packages.p[i];
		if (pkg_types[p->type].os && !r->subjects.p[p->subject].has_os)
			return true;
	}
	return false;
}

static bool data_too_old(const struct judge *j, const struct report *r)
{
	bool own = false;

	for (size_t i = 0; i < r->feeds.n; i++)
		own |= !r->feeds.p[i].bundled;
	return own && r->db_age_days > 0 && (uint64_t)r->db_age_days > j->options->max_db_age;
}

int judge_exit(const struct judge *j, const struct report *r)
{
	const struct judge_options *o = j->options;

	if (fatal_with(j, r, 2))
		return 2;
	if (judge_threshold_reached(j, r))
		return 1;
	if (fatal_with(j, r, 3) || (!r->complete && !has_fatal(r)))
		return 3;
	bool uncovered = o->needs_database && !o->allow_uncovered && os_uncovered(r);
	if (nothing_judged(r) || (uncovered && unknown_system(r)))
		return 5;
	if (fatal_with(j, r, 4))
		return 4;
	if (o->needs_database && (r->db_age_days < 0 || data_too_old(j, r)))
		return 4;
	return uncovered ? 4 : 0;
}
