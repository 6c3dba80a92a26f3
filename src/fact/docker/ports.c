/* Ports: those that are published have an address of the host; those that are only exposed have
 * none. */
#include "base/map.h"
#include "fact/docker/docker-int.h"

/* "8080", the first of "8000-8010"; empty where it is none. */
static struct sv first_port(struct sv text)
{
	uint64_t value = 0;
	struct sv number = sv_cut(&text, '-');

	return sv_u64(number, &value) && value <= 65535 ? number : (struct sv){0};
}

static struct sv protocol_of(struct arena *a, struct sv text)
{
	char *p = arena_alloc(a, text.n);

	if (text.n == 0)
		return SV("TCP");
	for (size_t i = 0; i < text.n; i++)
		p[i] = text.p[i] >= 'a' && text.p[i] <= 'z' ? (char)(text.p[i] - 32) : text.p[i];
	return sv_make(p, text.n);
}

/* The key: "80/tcp". */
static struct node *port(struct docker *d, struct node *out, const struct node *at)
{
	struct sv protocol = at->key, number = sv_cut(&protocol, '/');
	struct node *record = &out->items[out->n++];

	fact_fill(d->a, record, &schema_port, at);
	number = first_port(number);
	if (number.n)
		fact_say(record, PORT_PORT, NODE_NUMBER, number, at);
	fact_say(record, PORT_PROTOCOL, NODE_STRING, protocol_of(d->a, protocol), at);
	fact_default(record, PORT_HOST_PORT, NODE_NUMBER, SV("0"));
	return record;
}

static void published(struct node *record, const struct node *binding)
{
	const struct node *address = docker_text(binding, "HostIp");
	const struct node *host = docker_text(binding, "HostPort");
	struct sv number = first_port(node_str(host));

	if (number.n)
		fact_say(record, PORT_HOST_PORT, NODE_NUMBER, number, host);
	fact_default(record, PORT_HOST_IP, NODE_STRING, SV("0.0.0.0"));
	fact_set(record, PORT_HOST_IP, address);
}

static void bindings(struct docker *d, struct node *out, const struct node *map, struct map *seen)
{
	NODE_EACH (it, map) {
		bool made = false;
		if (it->kind != NODE_ARRAY || it->n == 0)
			continue;
		(void)map_put(seen, it->key, &made);
		for (uint32_t i = 0; i < it->n; i++)
			published(port(d, out, it), &it->items[i]);
	}
}

static void exposed(struct docker *d, struct node *out, const struct node *set, struct map *seen)
{
	const struct node *all = docker_get(d->host, "PublishAllPorts");

	NODE_EACH (it, set) {
		bool made = false;
		(void)map_put(seen, it->key, &made);
		if (!made)
			continue;
		struct node *record = port(d, out, it);
		if (node_true(all))
			fact_say(record, PORT_HOST_IP, NODE_STRING, SV("0.0.0.0"), all);
	}
}

static size_t count(const struct node *map)
{
	size_t n = 0;

	NODE_EACH (it, map)
		n += it->n ? it->n : 1;
	return n;
}

void docker_ports(struct docker *d)
{
	auto_done(map_done) struct map seen = {0};
	const struct node *real = docker_get(docker_get(d->inspect, "NetworkSettings"), "Ports");
	const struct node *asked = docker_get(d->host, "PortBindings");
	const struct node *own = docker_get(d->config, "ExposedPorts");
	const struct node *image =
		d->inspect ? NULL : docker_get(docker_get(d->image, "Config"), "ExposedPorts");
	struct node *out = fact_list(d->a, d->c, CONTAINER_PORTS,
				     count(real) + count(asked) + count(own) + count(image), NULL);

	out->n = 0;
	bindings(d, out, real, &seen); /* a running container's, with the ports that were free */
	if (out->n == 0)
		bindings(d, out, asked, &seen);
	exposed(d, out, own, &seen);
	exposed(d, out, image, &seen);
	exposed(d, out, real, &seen);
}
