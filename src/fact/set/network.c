/* Services, what they are reached through, and network policies. */
#include "fact/set/record.h"

/* Services: which workloads, and whether these have the ports. */
struct service_scan {
	struct relate *r;
	struct set_object *service;
	uint32_t selected;
	bool external, declares; /* some selected workload declares ports */
	const struct set_item *ports;
	bool *matched;
	size_t n;
};

static struct sv target_of(struct sv port)
{
	struct sv target = set_find(port, SET_TARGET);

	return target.n > 0 ? target : set_find(port, SET_PORT);
}

static struct sv protocol_of(struct sv port)
{
	struct sv protocol = set_find(port, SET_PROTOCOL);

	return protocol.n > 0 ? protocol : SV("TCP");
}

static bool port_meets(struct sv wanted, struct sv has)
{
	struct sv target = target_of(wanted);
	uint64_t number;

	if (!sv_eq(protocol_of(wanted), protocol_of(has)))
		return false;
	return sv_eq(target, set_find(has, sv_u64(target, &number) ? SET_PORT : SET_NAME));
}

static void on_service_pod(void *arg, struct set_object *o)
{
	struct service_scan *s = arg;
	struct sv rest = o->pod;
	struct set_item item;

	s->selected++;
	o->services++;
	o->exposed |= s->external || s->service->ingresses > 0;
	while (set_next(&rest, &item)) {
		if (item.tag != SET_PORTS || !relate_work(s->r, s->n))
			continue;
		s->declares = true;
		for (size_t i = 0; i < s->n; i++)
			s->matched[i] = s->matched[i] || port_meets(s->ports[i].text, item.text);
	}
}

static struct set_item *ports_of(struct relate *r, struct sv body, size_t *n)
{
	struct set_item *ports, item;

	*n = 0;
	ports = ARENA_ARRAY(r->facts, count_items(body, SET_PORTS), struct set_item);
	while (set_next(&body, &item))
		if (item.tag == SET_PORTS)
			ports[(*n)++] = item;
	return ports;
}

static void service_ports(struct relate *r, struct node *f, const struct service_scan *s)
{
	struct node *list = say_records(r, f, SERVICE_PORTS, s->n);
	struct node *unmatched = say_records(r, f, SERVICE_UNMATCHED_PORTS, s->n);

	for (size_t i = 0; i < s->n; i++) {
		struct sv port = s->ports[i].text, target = target_of(port);
		uint64_t number;
		struct node *p = &list->items[list->n++];
		fact_fill(r->facts, p, &schema_service_port, NULL);
		say_text(p, SERVICE_PORT_NAME, set_find(port, SET_NAME));
		say_number(p, SERVICE_PORT_PORT, set_find(port, SET_PORT));
		say_text(p, SERVICE_PORT_TARGET, target);
		say_text(p, SERVICE_PORT_PROTOCOL, protocol_of(port));
		say_number(p, SERVICE_PORT_NODE_PORT, set_find(port, SET_NODE_PORT));
		/* a port that is not declared is open all the same: only a workload that
		 * declares others says that it means them */
		bool known =
			s->selected > 0 && !r->cut && (s->declares || !sv_u64(target, &number));
		if (!known)
			continue;
		say_bool(p, SERVICE_PORT_MATCHED, s->matched[i]);
		if (!s->matched[i])
			list_text(unmatched, target);
	}
}

void facts_service(struct relate *r, struct set_object *o)
{
	struct sv selector = set_find(o->body, SET_SELECTOR), type = set_find(o->body, SET_TYPE);
	struct service_scan s = {.r = r, .service = o};
	bool selects = set_has(o->body, SET_SELECTOR);

	s.external = sv_is(type, "NodePort") || sv_is(type, "LoadBalancer") ||
		     set_has(o->body, SET_ADDRESS);
	s.ports = ports_of(r, o->body, &s.n);
	s.matched = ARENA_ARRAY(r->facts, s.n, bool);
	if (selects)
		relate_select(r, &r->pods, o->ns, selector, on_service_pod, &s);
	struct node *f = record_of(r, &schema_service);
	say_name(f, SERVICE_NAME, SERVICE_NAMESPACE, o);
	say_text(f, SERVICE_TYPE, type.n > 0 ? type : SV("ClusterIP"));
	say_bool(f, SERVICE_HEADLESS, set_has(o->body, SET_HEADLESS));
	say_bool(f, SERVICE_SELECTS, selects);
	say_labels(r, f, SERVICE_SELECTOR, selector);
	if (!r->cut)
		say_int(r, f, SERVICE_SELECTED, s.selected);
	service_ports(r, f, &s);
	say_bool(f, SERVICE_EXTERNAL, s.external);
	say_texts(r, f, SERVICE_EXTERNAL_IPS, o->body, SET_ADDRESS);
	say_int(r, f, SERVICE_INGRESSES, o->ingresses);
	tell_fact(r, &schema_service, f, o);
}

static struct set_object *backend_service(struct relate *r, const struct set_object *o,
					  struct sv backend)
{
	return relate_find(r, (struct sv){0}, SV("Service"), o->ns, set_find(backend, SET_SERVICE));
}

void mark_ingress(struct relate *r, struct set_object *o)
{
	struct sv rest = o->body;
	struct set_item item;

	while (set_next(&rest, &item)) {
		struct set_object *service =
			item.tag == SET_BACKEND ? backend_service(r, o, item.text) : NULL;
		if (service)
			service->ingresses++;
	}
}

static bool has_port(struct relate *r, const struct set_object *service, struct sv port)
{
	struct sv rest = service->body;
	struct set_item item;
	uint64_t number;
	enum set_tag by = sv_u64(port, &number) ? SET_PORT : SET_NAME;

	while (relate_work(r, 1) && set_next(&rest, &item))
		if (item.tag == SET_PORTS && sv_eq(set_find(item.text, by), port))
			return true;
	return false;
}

static void backend(struct relate *r, struct node *out, const struct set_object *o, struct sv b)
{
	const struct set_object *service = backend_service(r, o, b);
	struct sv port = set_find(b, SET_PORT);

	fact_fill(r->facts, out, &schema_backend, NULL);
	say_text(out, BACKEND_HOST, set_find(b, SET_HOST));
	say_text(out, BACKEND_PATH, set_find(b, SET_PATH));
	say_text(out, BACKEND_SERVICE, set_find(b, SET_SERVICE));
	say_text(out, BACKEND_PORT, port);
	say_bool(out, BACKEND_EXISTS, service);
	if (port.n == 0)
		return;
	bool there = service && has_port(r, service, port);
	if (!r->cut)
		say_bool(out, BACKEND_PORT_EXISTS, there);
}

/* True when a TLS section names the host; a wildcard covers one label. */
static bool has_tls(struct relate *r, struct sv body, struct sv host)
{
	struct set_item item, name;
	struct sv parent = sv_from(host, sv_find_char(host, '.'));

	while (set_next(&body, &item)) {
		struct sv names = item.tag == SET_TLS ? item.text : (struct sv){0};
		while (set_next(&names, &name)) {
			bool wild = name.text.n > 1 && name.text.p[0] == '*' && parent.n > 0;
			if (!relate_work(r, 1) || sv_eq(name.text, host) ||
			    (wild && sv_eq(sv_from(name.text, 1), parent)))
				return true;
		}
	}
	return false;
}

void facts_ingress(struct relate *r, struct set_object *o)
{
	struct node *f = record_of(r, &schema_ingress);
	struct sv rest = o->body;
	struct set_item item;

	say_name(f, INGRESS_NAME, INGRESS_NAMESPACE, o);
	say_text(f, INGRESS_CLASS, set_find(o->body, SET_CLASS));
	say_bool(f, INGRESS_TLS, set_has(o->body, SET_TLS));
	say_texts(r, f, INGRESS_HOSTS, o->body, SET_HOST);
	struct node *open =
		say_records(r, f, INGRESS_HOSTS_WITHOUT_TLS, count_items(o->body, SET_HOST));
	struct node *list = say_records(r, f, INGRESS_BACKENDS, count_items(o->body, SET_BACKEND));
	while (set_next(&rest, &item)) {
		if (item.tag == SET_HOST && !has_tls(r, o->body, item.text))
			list_text(open, item.text);
		if (item.tag == SET_BACKEND)
			backend(r, &list->items[list->n++], o, item.text);
	}
	tell_fact(r, &schema_ingress, f, o);
}

static void count_one(void *arg, struct set_object *o)
{
	(void)o;
	++*(uint32_t *)arg;
}

static uint32_t monitored(struct relate *r, struct sv ns, struct sv selector)
{
	uint32_t n = 0;

	relate_select(r, &r->services, ns, selector, count_one, &n);
	return n;
}

static uint32_t monitored_anywhere(struct relate *r, struct sv selector)
{
	uint32_t n = 0;

	for (size_t i = 0; i < r->spaces.n && relate_work(r, 1); i++)
		n += monitored(r, r->spaces.p[i].name, selector);
	return n;
}

void facts_monitor(struct relate *r, struct set_object *o)
{
	struct node *f = record_of(r, &schema_service_monitor);
	struct sv selector = set_find(o->body, SET_SELECTOR), rest = o->body;
	bool any = set_has(o->body, SET_ANY), named = set_has(o->body, SET_NAMESPACE);
	struct set_item item;
	uint32_t n = 0;

	while (!any && set_next(&rest, &item))
		if (item.tag == SET_NAMESPACE)
			n += monitored(r, item.text, selector);
	uint32_t all = named && !any ? n : monitored_anywhere(r, selector);
	if (any)
		n = all;
	else if (!named)
		n = monitored(r, o->ns, selector);
	say_name(f, SERVICE_MONITOR_NAME, SERVICE_MONITOR_NAMESPACE, o);
	if (!r->cut) {
		say_int(r, f, SERVICE_MONITOR_SELECTED, n);
		say_int(r, f, SERVICE_MONITOR_SELECTED_ANYWHERE, all);
	}
	tell_fact(r, &schema_service_monitor, f, o);
}
