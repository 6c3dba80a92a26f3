#include "advisory/severity.h"

#include "advisory/cvss.h"

bool severity_vector(struct sv vectors, struct sv source, struct cvss *out)
{
	bool found = false;

	while (vectors.n) {
		struct sv v = sv_cut(&vectors, ' ');
		struct cvss one = {.source = source, .vector = v};
		struct err ignored; /* a vector that cannot be read is no vector */
		if (cvss_score(v, &one.score, &one.version, &ignored) < 0 ||
		    (found && sv_cmp(one.version, out->version) <= 0))
			continue;
		*out = one;
		found = true;
	}
	return found;
}

static void say(struct judged *out, enum severity s, struct sv source)
{
	out->severity = s;
	out->source = source;
}

void severity_judge(const struct shard_db *s, bool has_word, enum severity word,
		    const struct record_row *r, const struct cve_row *known, struct judged *out)
{
	struct sv rest = r->id, prefix = sv_cut(&rest, '-'),
		  origin = is_cve(r->id) ? s->name : prefix;

	*out = (struct judged){0};
	out->has_cvss = severity_vector(r->cvss, origin, &out->cvss);
	if (!out->has_cvss && known)
		out->has_cvss = severity_vector(known->cvss, known->cvss_source, &out->cvss);
	if (r->kind == RECORD_MALICIOUS)
		say(out, SEV_CRITICAL, origin);
	else if (r->kind == RECORD_UNMAINTAINED)
		say(out, SEV_NEGLIGIBLE, origin);
	else if (has_word)
		say(out, word, s->name);
	else if (r->has_severity)
		say(out, r->severity, r->severity_source);
	else if (known && known->has_severity)
		say(out, known->severity, known->severity_source);
	else if (out->has_cvss)
		say(out, cvss_severity(out->cvss.score, out->cvss.version), out->cvss.source);
	else if (r->score >= 0)
		say(out, cvss_severity(r->score, SV("3.1")), origin);
	else if (known && known->score >= 0)
		say(out, cvss_severity(known->score, SV("3.1")), SV("CVSS"));
}
