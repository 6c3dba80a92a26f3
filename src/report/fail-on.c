#include "base/base.h"

#include "base/suggest.h"
#include "report/fail-on.h"

static const struct {
	const char *word;
	size_t offset;
} flags[] = {
	{"none", offsetof(struct fail_term, none)},
	{"kev", offsetof(struct fail_term, kev)},
	{"fixable", offsetof(struct fail_term, fixable)},
	{"added", offsetof(struct fail_term, added)},
	{"base", offsetof(struct fail_term, base)},
	{"malicious", offsetof(struct fail_term, malicious)},
};

static int unknown_word(struct sv word, struct err *err)
{
	struct suggest s = {.word = word};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		suggest_offer(&s, sv_of(flags[i].word));
	for (size_t i = SEV_NEGLIGIBLE; i < SEVERITIES; i++)
		suggest_offer(&s, sv_of(severity_name((enum severity)i)));
	for (size_t i = 0; i < FINDING_KINDS; i++)
		suggest_offer(&s, sv_of(finding_kind_name((enum finding_kind)i)));
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_USAGE, "--fail-on: '%.*s' is no severity and no condition",
		      SV_ARG(word));
	if (best.n)
		return err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
	return err_hint(
		err,
		"critical, high, medium, low, negligible, kev, fixable, added, base, malicious, "
		"a kind of finding, none");
}

static int add_word(struct fail_term *t, struct sv word, struct err *err)
{
	enum severity level = severity_parse(word);

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (sv_ieq(word, sv_of(flags[i].word))) {
			*(bool *)((char *)t + flags[i].offset) = true;
			return 0;
		}
	}
	for (size_t i = 0; i < FINDING_KINDS; i++) {
		if (sv_ieq(word, sv_of(finding_kind_name((enum finding_kind)i)))) {
			t->kinds |= 1u << i;
			return 0;
		}
	}
	if (level == SEV_UNKNOWN) {
		(void)err_set(err, ERR_USAGE, "--fail-on: findings without severity have no level");
		return err_hint(err, "--unknown-as LEVEL says as what they count");
	}
	if (level == SEVERITIES)
		return unknown_word(word, err);
	if (t->has_severity)
		return err_set(err, ERR_USAGE,
			       "--fail-on: two severities in one condition; ',' means or");
	t->has_severity = true;
	t->least = level;
	return 0;
}

int fail_term_parse(struct sv text, struct fail_term *out, struct err *err)
{
	struct fail_term t = {0};
	struct sv rest = text;
	size_t words = 0;

	for (bool more = true; more; words++) {
		size_t plus = sv_find_char(rest, '+');
		struct sv word = sv_trim(sv_head(rest, plus));
		if (!word.n)
			return err_set(err, ERR_USAGE, "--fail-on: '%.*s' lacks a word",
				       SV_ARG(text));
		int rc = add_word(&t, word, err);
		if (rc < 0)
			return rc;
		more = plus != SIZE_MAX;
		rest = sv_from(rest, more ? plus + 1 : rest.n);
	}
	if (t.none && words > 1)
		return err_set(err, ERR_USAGE, "--fail-on: 'none' stands alone");
	*out = t;
	return 0;
}

int fail_on_parse(const struct sv_vec *list, struct sv unknown_as, struct fail_on *out,
		  struct err *err)
{
	enum severity unknown = unknown_as.n ? severity_parse(unknown_as) : SEV_UNKNOWN;

	out->n = 0;
	if (unknown == SEVERITIES)
		return err_set(err, ERR_USAGE, "--unknown-as: '%.*s' is no severity",
			       SV_ARG(unknown_as));
	out->unknown_as = unknown;
	for (size_t i = 0; i < list->n; i++) {
		if (out->n == FAIL_TERMS_MAX)
			return err_set(err, ERR_USAGE, "--fail-on: more than %d alternatives",
				       FAIL_TERMS_MAX);
		int rc = fail_term_parse(list->p[i], &out->terms[out->n], err);
		if (rc < 0)
			return rc;
		if (out->terms[out->n].none && list->n > 1)
			return err_set(err, ERR_USAGE, "--fail-on: 'none' stands alone");
		out->n += !out->terms[out->n].none;
	}
	return 0;
}

bool finding_is_fixable(const struct finding *f)
{
	return f->vuln ? f->vuln->fix_state == FIX_FIXED : f->has_fix;
}

/* A finding whose origin is not known counts as added: nobody else is known to be in charge of it.
 */
static bool term_match(const struct fail_term *t, const struct finding *f, enum severity level)
{
	if (t->has_severity && (level == SEV_UNKNOWN || level < t->least))
		return false;
	if (t->kinds && !(t->kinds & 1u << f->kind))
		return false;
	if (t->kev && !(f->vuln && f->vuln->has_kev))
		return false;
	if (t->malicious && !(f->vuln && f->vuln->malicious))
		return false;
	if (t->fixable && !finding_is_fixable(f))
		return false;
	return !(t->added && f->from_base == TRI_TRUE) && !(t->base && f->from_base != TRI_TRUE);
}

bool fail_on_match(const struct fail_on *fail_on, const struct finding *f)
{
	enum severity level = f->severity == SEV_UNKNOWN ? fail_on->unknown_as : f->severity;

	if (f->state != STATE_FAIL)
		return false;
	for (size_t i = 0; i < fail_on->n; i++)
		if (term_match(&fail_on->terms[i], f, level))
			return true;
	return false;
}
