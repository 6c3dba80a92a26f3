#include "model/finding.h"

#include "base/glob.h"

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
	static const char *const wholes[] = {"container", "Container", "service", "process",
					     "Process"};
	struct sv name = f->scope, kind = sv_cut(&name, '/');

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (sv_is(kind, kinds[i]))
			return sv_cut(&name, '/');
	/* what is one container as a whole: its volumes and namespaces are the container's too */
	for (size_t i = 0; i < ARRAY_LEN(wholes); i++)
		if (sv_is(f->resource_kind, wholes[i]))
			return f->resource_name;
	return (struct sv){0};
}

enum { OLD_NAME = 16 };

/* The writing of today for an identifier of trivy: "AVD-DS-0002" and "DS002" to "DS-0002". What is
 * none comes back as it is. */
static struct sv written_now(struct sv name, char text[OLD_NAME])
{
	static const char *const kinds[] = {"KSV", "DS", "KCV"};
	struct sv rest = sv_ieq(sv_head(name, 4), SV("AVD-")) ? sv_from(name, 4) : name;
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct sv kind = sv_of(kinds[i]), digits = sv_from(rest, kind.n);
		if (!sv_ieq(sv_head(rest, kind.n), kind))
			continue;
		if (digits.n && digits.p[0] == '-')
			return rest;
		if ((digits.n == 3 || digits.n == 4) && sv_u64(digits, &number)) {
			(void)snprintf(text, OLD_NAME, "%s-%04u", kinds[i], (unsigned)number);
			return sv_of(text);
		}
	}
	return name;
}

/* "cis-docker-1.6:5.4"; docker-bench numbers its checks as that list does: "docker-bench-5.4". */
static bool is_reference(struct sv name, struct sv scheme, struct sv id)
{
	static const struct sv bench = {"docker-bench", 12};
	struct sv head, tail;

	if (!scheme.n)
		return false;
	if (sv_ieq(sv_head(name, bench.n), bench) && name.n > bench.n)
		return sv_starts(scheme, SV("cis-docker-")) &&
		       strchr("-: ", name.p[bench.n]) != NULL &&
		       sv_eq(sv_from(name, bench.n + 1), id);
	return sv_rcut(name, ':', &head, &tail) && glob_match_name(head, scheme) &&
	       glob_match_name(tail, id);
}

bool rule_text_is_named(const struct rule_text *t, struct sv name)
{
	char given[OLD_NAME], own[OLD_NAME];
	struct sv now = written_now(name, given);

	if (glob_match_name(name, t->id))
		return true;
	for (size_t i = 0; i < t->aliases.n; i++)
		if (glob_match_name(name, t->aliases.p[i]) ||
		    glob_match_name(now, written_now(t->aliases.p[i], own)))
			return true;
	for (size_t i = 0; i < t->references.n; i++)
		if (is_reference(name, t->references.p[i].scheme, t->references.p[i].id))
			return true;
	return false;
}
