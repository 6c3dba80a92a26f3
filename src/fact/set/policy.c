/* Network policies: whom they select, what they limit, whom they name. */
#include "fact/set/record.h"

struct policy {
	bool ingress, egress;
	uint32_t selected;
};

static void on_policy_pod(void *arg, struct set_object *o)
{
	struct policy *p = arg;

	p->selected++;
	o->covered_ingress |= p->ingress;
	o->covered_egress |= p->egress;
}

static size_t rules_of(struct sv body, const char *direction)
{
	struct set_item item;
	size_t n = 0;

	while (set_next(&body, &item))
		n += item.tag == SET_RULE && sv_is(set_find(item.text, SET_DIRECTION), direction);
	return n;
}

/* Without policyTypes: Ingress, and Egress when there are rules for it. */
static void directions(struct sv body, struct policy *p)
{
	struct set_item item;
	bool named = set_has(body, SET_POLICY);

	p->ingress = !named;
	p->egress = !named && rules_of(body, "egress") > 0;
	while (named && set_next(&body, &item)) {
		p->ingress |= item.tag == SET_POLICY && sv_is(item.text, "Ingress");
		p->egress |= item.tag == SET_POLICY && sv_is(item.text, "Egress");
	}
}

static bool everywhere(struct sv peer)
{
	struct sv cidr = set_find(peer, SET_ADDRESS);
	bool pods = set_has(peer, SET_SELECTOR), spaces = set_has(peer, SET_SELECTOR_NAMESPACES);

	if (cidr.n > 0)
		return sv_is(cidr, "0.0.0.0/0") || sv_is(cidr, "::/0");
	return spaces && set_find(peer, SET_SELECTOR_NAMESPACES).n == 0 &&
	       (!pods || set_find(peer, SET_SELECTOR).n == 0);
}

static bool allows_all(struct sv body, const char *direction)
{
	struct set_item item, peer;

	while (set_next(&body, &item)) {
		struct sv rest = item.text;
		if (item.tag != SET_RULE || !sv_is(set_find(rest, SET_DIRECTION), direction))
			continue;
		if (sv_is(set_find(rest, SET_OPEN), "all"))
			return true;
		while (set_next(&rest, &peer))
			if (peer.tag == SET_PEER && everywhere(peer.text))
				return true;
	}
	return false;
}

static void count_one(void *arg, struct set_object *o)
{
	(void)o;
	++*(uint32_t *)arg;
}

static const struct sv name_label = {"kubernetes.io/metadata.name", 27};

/* True when nothing but the name of a namespace is asked for: that is known of all. */
static bool asks_name_only(struct sv selector)
{
	struct set_item item;

	while (set_next(&selector, &item)) {
		if (item.tag == SET_EXPRESSION && !sv_eq(set_find(item.text, SET_KEY), name_label))
			return false;
		if (item.tag == SET_KEY && !sv_eq(item.text, name_label))
			return false;
	}
	return true;
}

static bool space_matches(struct relate *r, const struct set_space *s, struct sv selector)
{
	auto_done(buf_done) struct buf labels = {0};

	set_text(&labels, SET_KEY, name_label);
	set_text(&labels, SET_VALUE, s->name);
	buf_sv(&labels, s->labels);
	return relate_matches(r, selector, buf_view(&labels));
}

/* Workloads that the peer selects; -1 when labels of a namespace decide that are not in the set. */
static int64_t peer_selects(struct relate *r, const struct set_object *o, struct sv peer)
{
	struct sv pods = set_find(peer, SET_SELECTOR);
	struct sv spaces = set_find(peer, SET_SELECTOR_NAMESPACES);
	uint32_t n = 0;

	if (!set_has(peer, SET_SELECTOR_NAMESPACES)) {
		relate_select(r, &r->pods, o->ns, pods, count_one, &n);
		return n;
	}
	bool names = asks_name_only(spaces), unknown = false;
	for (size_t i = 0; i < r->spaces.n && relate_work(r, 1); i++) {
		const struct set_space *s = &r->spaces.p[i];
		if (!s->declared && !names)
			unknown = true;
		else if (space_matches(r, s, spaces))
			relate_select(r, &r->pods, s->name, pods, count_one, &n);
	}
	return unknown && n == 0 ? -1 : (int64_t)n;
}

static void peer(struct relate *r, struct node *out, const struct set_object *o,
		 struct sv direction, struct sv p)
{
	struct sv cidr = set_find(p, SET_ADDRESS);

	fact_fill(r->facts, out, &schema_peer, NULL);
	say_text(out, PEER_DIRECTION, direction);
	say_bool(out, PEER_BY_PODS, set_has(p, SET_SELECTOR));
	say_bool(out, PEER_BY_NAMESPACES, set_has(p, SET_SELECTOR_NAMESPACES));
	say_text(out, PEER_CIDR, cidr);
	if (cidr.n > 0)
		return;
	int64_t n = peer_selects(r, o, p);
	if (n >= 0 && !r->cut)
		say_int(r, out, PEER_SELECTED, n);
}

static void peers(struct relate *r, struct node *f, const struct set_object *o)
{
	struct sv body = o->body;
	struct set_item item, p;
	size_t n = 0;

	while (set_next(&body, &item))
		n += item.tag == SET_RULE ? count_items(item.text, SET_PEER) : 0;
	struct node *list = say_records(r, f, NETWORK_POLICY_PEERS, n);
	body = o->body;
	while (set_next(&body, &item)) {
		struct sv rest = item.tag == SET_RULE ? item.text : (struct sv){0};
		struct sv direction = set_find(rest, SET_DIRECTION);
		while (set_next(&rest, &p))
			if (p.tag == SET_PEER)
				peer(r, &list->items[list->n++], o, direction, p.text);
	}
}

void facts_network_policy(struct relate *r, struct set_object *o)
{
	struct sv selector = set_find(o->body, SET_SELECTOR);
	struct policy p = {0};

	directions(o->body, &p);
	relate_select(r, &r->pods, o->ns, selector, on_policy_pod, &p);
	struct set_space *space = relate_space(r, o->ns);
	space->ingress |= selector.n == 0 && p.ingress;
	space->egress |= selector.n == 0 && p.egress;
	struct node *f = record_of(r, &schema_network_policy);
	say_name(f, NETWORK_POLICY_NAME, NETWORK_POLICY_NAMESPACE, o);
	say_bool(f, NETWORK_POLICY_SELECTS_ALL, selector.n == 0);
	if (!r->cut)
		say_int(r, f, NETWORK_POLICY_SELECTED, p.selected);
	say_bool(f, NETWORK_POLICY_INGRESS, p.ingress);
	say_bool(f, NETWORK_POLICY_EGRESS, p.egress);
	say_int(r, f, NETWORK_POLICY_INGRESS_RULES, (int64_t)rules_of(o->body, "ingress"));
	say_int(r, f, NETWORK_POLICY_EGRESS_RULES, (int64_t)rules_of(o->body, "egress"));
	say_bool(f, NETWORK_POLICY_ALLOWS_ALL_INGRESS, p.ingress && allows_all(o->body, "ingress"));
	say_bool(f, NETWORK_POLICY_ALLOWS_ALL_EGRESS, p.egress && allows_all(o->body, "egress"));
	peers(r, f, o);
	tell_fact(r, &schema_network_policy, f, o);
}
