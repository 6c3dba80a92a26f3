/* Ports: those that are published and those that are only named. */
#include "fact/service/service-int.h"

struct ports {
	struct engine_ports said;
	const struct node *name, *at;
};

static void one_port(struct build *b, struct records *r, const struct ports *p, uint32_t i)
{
	struct node *record = service_record(b, r, &schema_port, p->at);
	uint32_t host = p->said.host_first;

	if (!record)
		return;
	/* one port for a range of the host: the engine takes any; the first stands for all */
	if (host && p->said.host_last - p->said.host_first == p->said.last - p->said.first)
		host += i;
	fact_say(record, PORT_PORT, NODE_NUMBER, arena_fmt(b->a, "%u", p->said.first + i), p->at);
	if (host)
		fact_say(record, PORT_HOST_PORT, NODE_NUMBER, arena_fmt(b->a, "%u", host), p->at);
	else
		fact_default(record, PORT_HOST_PORT, NODE_NUMBER, SV("0"));
	if (p->said.ip.n)
		fact_say(record, PORT_HOST_IP, NODE_STRING, p->said.ip, p->at);
	else if (p->said.publishes)
		fact_default(record, PORT_HOST_IP, NODE_STRING, SV("0.0.0.0"));
	if (p->said.protocol.n)
		fact_say(record, PORT_PROTOCOL, NODE_STRING, engine_protocol(p->said.protocol),
			 p->at);
	else
		fact_default(record, PORT_PROTOCOL, NODE_STRING, SV("TCP"));
	if (p->name && p->name->text.n)
		fact_set(record, PORT_NAME, p->name);
}

static void all_ports(struct build *b, struct records *r, const struct ports *p)
{
	for (uint32_t i = 0; i <= p->said.last - p->said.first && *b->s->left; i++)
		one_port(b, r, p, i);
}

static void short_ports(struct build *b, struct records *r, const struct node *it, bool publishes)
{
	const struct node *text = service_text(b, it);
	struct ports p = {.at = it};

	if (!text || text->text.n == 0)
		return;
	if (!engine_ports_split(text->text, &p.said)) {
		tell_fault(b->s->tell, it, "no port: it must be [[IP:]HOST:]PORT[/PROTOCOL]");
		return;
	}
	p.said.publishes = publishes;
	all_ports(b, r, &p);
}

static struct sv text_of(struct build *b, const struct node *object, const char *key)
{
	const struct node *text = service_text(b, node_get(object, key));

	return text ? text->text : (struct sv){0};
}

static void long_ports(struct build *b, struct records *r, const struct node *it)
{
	struct ports p = {.at = it, .said.publishes = true};
	struct sv target = text_of(b, it, "target"), host = text_of(b, it, "published");

	p.said.ip = text_of(b, it, "host_ip");
	p.said.protocol = text_of(b, it, "protocol");
	p.name = service_text(b, node_get(it, "name"));
	if (!engine_range(target, &p.said.first, &p.said.last) ||
	    (host.n && !engine_range(host, &p.said.host_first, &p.said.host_last))) {
		tell_fault(b->s->tell, it, "no port: target and published must be numbers");
		return;
	}
	all_ports(b, r, &p);
}

void service_ports(struct build *b)
{
	const struct node *ports = b->in[KEY_PORTS], *expose = b->in[KEY_EXPOSE];
	struct records r = {0};

	if (ports && ports->kind != NODE_ARRAY) {
		tell_type(b->s->tell, ports, "list");
		ports = NULL;
	}
	if (expose && expose->kind != NODE_ARRAY) {
		tell_type(b->s->tell, expose, "list");
		expose = NULL;
	}
	NODE_EACH (it, ports) {
		if (it->kind == NODE_OBJECT)
			long_ports(b, &r, it);
		else
			short_ports(b, &r, it, true);
	}
	NODE_EACH (it, expose)
		short_ports(b, &r, it, false);
	service_list(b, b->c, CONTAINER_PORTS, &r, ports ? ports : expose);
}
