/* An OSV record from anywhere: read, joined, packed, read back. */
#include <stdlib.h>

#include "advisory/flaw.h"
#include "advisory/pack.h"
#include "fmt/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was packed must come back as it was. */
static void round_trip(const struct record *r, struct err *err)
{
	auto_done(buf_done) struct buf b = {0};
	auto_done(entry_done) struct entry e = {0};

	for (size_t i = 0; i < r->affected.n; i++)
		pack_entry(&b, (uint32_t)i, &r->affected.p[i]);
	struct sv rest = buf_view(&b);
	for (size_t i = 0; i < r->affected.n; i++) {
		const struct affected *a = &r->affected.p[i];
		if (pack_next(&rest, &e, err) != 1 || e.record != i || e.ranges.n != a->ranges.n ||
		    e.versions.n != a->versions.n || e.has_severity != a->has_severity)
			abort();
	}
	if (pack_next(&rest, &e, err) != 0)
		abort();
}

static void match(const struct record *r)
{
	const struct version_scheme *s = version_scheme_find(SV("semver"));

	for (size_t i = 0; i < r->affected.n; i++)
		for (size_t k = 0; k < r->affected.p[i].ranges.n; k++) {
			const struct range *range = &r->affected.p[i].ranges.p[k];
			(void)range_affects(s, range->p, range->n, SV("1.2.3"), NULL);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_done(arena_done) struct arena a;
	auto_done(flaws_done) struct flaws f;
	auto_done(record_done) struct record r = {0};
	struct sv_vec named = {0};
	const struct node *root;
	struct err err;
	bool withdrawn;

	arena_init(&a, 64u << 20);
	flaws_init(&f);
	if (json_read(&a, SV("fuzz"), sv_make(data, size), DUP_REFUSE, &root, &err) < 0)
		return 0;
	static const char *const ecosystems_tried[] = {"npm", "Debian", "Rocky Linux", "no such"};
	for (size_t i = 0; i < ARRAY_LEN(ecosystems_tried); i++) {
		struct sv eco = sv_of(ecosystems_tried[i]);
		if (osv_record(root, eco, &r, &withdrawn, &err) < 0)
			break;
		flaws_named(&r, ecosystem_find(eco), &named);
		flaws_join(&f, &r, named.n);
		(void)flaws_of(&f, r.id);
		match(&r);
		round_trip(&r, &err);
	}
	vec_done(&named);
	return 0;
}
