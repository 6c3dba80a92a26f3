#include "advisory/record.h"

static void affected_reset(struct affected *a)
{
	for (size_t i = 0; i < a->ranges.n; i++)
		vec_done(&a->ranges.p[i]);
	vec_done(&a->ranges);
	vec_done(&a->versions);
}

void record_reset(struct record *r)
{
	for (size_t i = 0; i < r->affected.n; i++)
		affected_reset(&r->affected.p[i]);
	r->affected.n = 0;
	r->aliases.n = r->upstream.n = r->related.n = r->cwes.n = r->cvss.n = r->references.n = 0;
	r->id = r->summary = r->published = r->modified = r->severity_source = (struct sv){0};
	r->kind = RECORD_VULNERABILITY;
	r->has_severity = false;
	r->severity = SEV_UNKNOWN;
	r->score = -1;
}

void record_done(struct record *r)
{
	record_reset(r);
	vec_done(&r->affected);
	vec_done(&r->aliases);
	vec_done(&r->upstream);
	vec_done(&r->related);
	vec_done(&r->cwes);
	vec_done(&r->cvss);
	vec_done(&r->references);
}

uint64_t cve_number(struct sv id)
{
	uint64_t year, number;

	if (!sv_starts(id, SV("CVE-")))
		return 0;
	struct sv rest = sv_from(id, 4), y = sv_cut(&rest, '-');
	if (y.n != 4 || rest.n < 4 || rest.n > 8 || !sv_u64(y, &year) || !sv_u64(rest, &number))
		return 0;
	return year * 100000000 + number;
}

bool is_cve(struct sv id)
{
	return cve_number(id) != 0;
}
