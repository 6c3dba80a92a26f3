#include "model/finding.h"

static const char *const severity_names[SEVERITIES] = {
	[SEV_UNKNOWN] = "unknown", [SEV_NEGLIGIBLE] = "negligible",
	[SEV_LOW] = "low",         [SEV_MEDIUM] = "medium",
	[SEV_HIGH] = "high",       [SEV_CRITICAL] = "critical",
};

static const struct {
	const char *word;
	enum severity severity;
} severity_aliases[] = {
	{"moderate", SEV_MEDIUM},
	{"important", SEV_HIGH},
	{"none", SEV_NEGLIGIBLE},
	{"info", SEV_NEGLIGIBLE},
};

static const char *const kind_names[FINDING_KINDS] = {
	[FINDING_VULNERABILITY] = "vulnerability",
	[FINDING_MISCONFIGURATION] = "misconfiguration",
	[FINDING_SECRET] = "secret",
	[FINDING_SIGNATURE] = "signature",
	[FINDING_INTEGRITY] = "integrity",
	[FINDING_LEAK] = "leak",
	[FINDING_LIFECYCLE] = "lifecycle",
};

static const char *const state_names[STATES] = {
	[STATE_FAIL] = "fail",
	[STATE_PASS] = "pass",
	[STATE_NOT_APPLICABLE] = "not-applicable",
	[STATE_NOT_OBSERVED] = "not-observed",
	[STATE_NEEDS_HUMAN] = "needs-human",
};

static const char *const fix_names[FIX_STATES] = {
	[FIX_UNKNOWN] = "unknown",
	[FIX_FIXED] = "fixed",
	[FIX_NONE] = "none",
	[FIX_WILL_NOT_FIX] = "will-not-fix",
	[FIX_END_OF_LIFE] = "end-of-life",
};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

enum severity severity_parse(struct sv v)
{
	for (size_t i = 0; i < SEVERITIES; i++)
		if (sv_ieq(v, sv_of(severity_names[i])))
			return (enum severity)i;
	for (size_t i = 0; i < ARRAY_LEN(severity_aliases); i++)
		if (sv_ieq(v, sv_of(severity_aliases[i].word)))
			return severity_aliases[i].severity;
	return SEVERITIES;
}

const char *finding_kind_name(enum finding_kind k)
{
	return kind_names[k];
}

const char *finding_state_name(enum finding_state s)
{
	return state_names[s];
}

const char *fix_state_name(enum fix_state s)
{
	return fix_names[s];
}

void finding_done(struct finding *f)
{
	if (f->evidence.cap)
		vec_done(&f->evidence);
	if (!f->vuln)
		return;
	vec_done(&f->vuln->aliases);
	vec_done(&f->vuln->cwes);
	vec_done(&f->vuln->fix_versions);
}

struct sv finding_container(const struct finding *f)
{
	static const char *const kinds[] = {"container", "init", "sidecar", "ephemeral"};
	struct sv name = f->scope, kind = sv_cut(&name, '/');

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_is(kind, kinds[i]))
			return sv_cut(&name, '/');
	return (struct sv){0};
}
