/*
 * OpenVEX 0.2.0 as waivers: statements "not_affected" and "fixed" silence, "affected" and
 * "under_investigation" take back what an earlier statement of the document said.
 * A statement speaks about its products only: a purl of the package, or pkg:oci/... for the image
 * with the package among the subcomponents (without subcomponents: the whole image).
 */
#include "report/waivers.h"

#include "base/clock.h"

static const struct {
	const char *status;
	bool lifts;
} statuses[] = {
	{"not_affected", false},
	{"fixed", false},
	{"affected", true},
	{"under_investigation", true},
};

/* The purl of a component: identifiers.purl, or an @id that is one. */
static struct sv component_purl(const struct node *c)
{
	struct sv purl = node_get_str(node_get(c, "identifiers"), "purl");

	if (!purl.n)
		purl = node_is(c, NODE_STRING) ? node_str(c) : node_get_str(c, "@id");
	return sv_starts(purl, SV("pkg:")) ? purl : (struct sv){0};
}

/* One waiver for each (id, product, subcomponent). */
static void add(struct waivers *w, const struct waiver *base, struct sv id,
		const struct node *product)
{
	struct sv purl = component_purl(product);
	const struct node *parts = node_get(product, "subcomponents");
	struct waiver one = *base;

	if (!id.n || !purl.n)
		return;
	one.id = arena_sv(w->arena, id);
	if (!parts || parts->n == 0) {
		*(sv_starts(purl, SV("pkg:oci/")) ? &one.product : &one.purl) =
			arena_sv(w->arena, purl);
		*VEC_PUSH(w) = one;
		return;
	}
	one.product = arena_sv(w->arena, purl);
	NODE_EACH (part, parts) {
		struct sv inner = component_purl(part);
		if (!inner.n)
			continue;
		one.purl = arena_sv(w->arena, inner);
		*VEC_PUSH(w) = one;
	}
}

static void add_ids(struct waivers *w, const struct waiver *base, const struct node *statement)
{
	const struct node *vulnerability = node_get(statement, "vulnerability");
	const struct node *products = node_get(statement, "products"),
			  *aliases = node_get(vulnerability, "aliases");

	NODE_EACH (product, products) {
		if (node_is(vulnerability, NODE_STRING)) {
			add(w, base, node_str(vulnerability), product);
			continue;
		}
		add(w, base, node_get_str(vulnerability, "name"), product);
		NODE_EACH (alias, aliases) {
			add(w, base, node_str(alias), product);
		}
	}
}

static struct sv reason_of(struct waivers *w, const struct node *s, struct sv status)
{
	struct sv why = node_get_str(s, "justification"),
		  impact = node_get_str(s, "impact_statement");

	if (why.n && impact.n)
		return arena_fmt(w->arena, "VEX: %.*s (%.*s): %.*s", SV_ARG(status), SV_ARG(why),
				 SV_ARG(impact));
	if (!why.n)
		why = impact;
	return why.n ? arena_fmt(w->arena, "VEX: %.*s: %.*s", SV_ARG(status), SV_ARG(why))
		     : arena_fmt(w->arena, "VEX: %.*s", SV_ARG(status));
}

static int read_statement(struct waivers *w, struct doc *d, const struct node *s, struct err *err)
{
	struct sv status = node_get_str(s, "status"), time = node_get_str(s, "timestamp");
	struct waiver base = {
		.where = waivers_where(w, d, s->start),
		.document = w->documents,
		.reason = reason_of(w, s, status),
		.owner = arena_sv(w->arena, node_get_str(d->root, "author")),
	};
	size_t known = 0;

	if (!time.n)
		time = node_get_str(d->root, "timestamp");
	if (time.n && !clock_parse(time, &base.time)) {
		(void)err_set(err, ERR_PARSE, "'%.*s' is no time", SV_ARG(time));
		return waivers_at(d, s->start, err);
	}
	while (known < ARRAY_LEN(statuses) && !sv_is(status, statuses[known].status))
		known++;
	if (known == ARRAY_LEN(statuses)) {
		(void)err_set(err, ERR_PARSE, "'%.*s' is no VEX status", SV_ARG(status));
		return waivers_at(d, s->start, err);
	}
	base.lifts = statuses[known].lifts;
	add_ids(w, &base, s);
	return 0;
}

int waivers_openvex(struct waivers *w, struct doc *d, struct err *err)
{
	const struct node *statements = node_get(d->root, "statements");

	if (!node_is(statements, NODE_ARRAY) ||
	    sv_find(node_get_str(d->root, "@context"), SV("openvex")) == SIZE_MAX) {
		(void)err_set(err, ERR_PARSE,
			      "not an OpenVEX document: '@context' or 'statements' is missing");
		return waivers_at(d, 0, err);
	}
	w->documents++;
	NODE_EACH (s, statements) {
		int rc = read_statement(w, d, s, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
