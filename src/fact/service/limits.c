/* Resources, devices, ulimits. */
#include "fact/service/service-int.h"

/* limits and reservations of deploy. */
struct sides {
	const struct node *limits, *reservations;
};

static struct sides deploy_sides(struct build *b)
{
	const struct node *resources =
		service_map(b, node_get(service_map(b, b->in[KEY_DEPLOY]), "resources"));

	return (struct sides){service_map(b, node_get(resources, "limits")),
			      service_map(b, node_get(resources, "reservations"))};
}

/* Zero is no limit. */
static const struct node *amount(struct build *b, const struct node *n)
{
	const struct node *text = service_text(b, n);
	double v;

	if (!text || text->text.n == 0)
		return NULL;
	const struct node number = {.kind = NODE_NUMBER, .text = text->text};
	bool digits = text->text.p[0] >= '0' && text->text.p[0] <= '9';
	if ((!digits && text->text.p[0] != '.') || !node_f64(&number, &v)) {
		tell_type(b->s->tell, n, "number");
		return NULL;
	}
	if (v <= 0 || v > 1e9)
		return NULL;
	/* in thousandths where it is no whole number: 500m */
	uint64_t milli = (uint64_t)(v * 1000 + 0.5);
	struct node *out = ARENA_NEW(b->a, struct node);
	*out = *text;
	out->text = milli % 1000 ? arena_fmt(b->a, "%llum", (unsigned long long)milli)
				 : arena_fmt(b->a, "%llu", (unsigned long long)milli / 1000);
	return out;
}

static const struct node *positive(struct build *b, const struct node *n)
{
	const struct node *number = service_int(b, n);
	int64_t v;

	return number && node_i64(number, &v) && v > 0 ? number : NULL;
}

/* The first that is written. */
static const struct node *either(const struct node *a, const struct node *b)
{
	return a ? a : b;
}

static void set_pids(struct build *b, struct node *out, struct sides deploy)
{
	const struct node *written = either(b->in[KEY_PIDS_LIMIT], node_get(deploy.limits, "pids"));

	/* Podman has a limit where none is written (containers.conf, pids_limit) */
	if (!written && b->s->platform == PLATFORM_PODMAN)
		fact_default(out, RESOURCES_PIDS_LIMIT, NODE_NUMBER, SV("2048"));
	fact_set(out, RESOURCES_PIDS_LIMIT, positive(b, written));
}

/* Twice the memory where nothing is said. */
static void set_swap(struct build *b, struct node *out)
{
	const struct node *said = service_bytes(b, b->in[KEY_MEMSWAP_LIMIT]);
	uint64_t memory;

	if (said)
		fact_set(out, RESOURCES_MEMORY_SWAP, said);
	else if (sv_u64(out->items[RESOURCES_MEMORY_LIMIT].text, &memory) &&
		 memory <= INT64_MAX / 2)
		fact_default(out, RESOURCES_MEMORY_SWAP, NODE_STRING,
			     arena_fmt(b->a, "%llu", (unsigned long long)memory * 2));
}

static void add_ulimit(struct build *b, struct records *r, const struct node *it)
{
	struct node *record = service_record(b, r, &schema_ulimit, it);
	const struct node *value = it, *hard;

	if (!record)
		return;
	fact_say(record, ULIMIT_NAME, NODE_STRING, it->key, it);
	if (it->kind == NODE_OBJECT) {
		value = service_int(b, node_get(it, "soft"));
		hard = service_int(b, node_get(it, "hard"));
	} else {
		hard = value = service_int(b, it);
	}
	fact_set(record, ULIMIT_SOFT, value);
	fact_set(record, ULIMIT_HARD, hard);
}

static void add_ulimits(struct build *b)
{
	const struct node *said = b->in[KEY_ULIMITS];
	struct records r = {0};

	if (node_is(said, NODE_ARRAY)) {
		NODE_EACH (it, said) {
			struct node *record = service_record(b, &r, &schema_ulimit, it);
			if (record && !engine_ulimit(b->a, record, node_str(it), it))
				tell_fault(b->s->tell, it, "no limit: it must be NAME=SOFT[:HARD]");
		}
	} else if (service_map(b, said)) {
		NODE_EACH (it, said)
			add_ulimit(b, &r, it);
	}
	service_list(b, b->c, CONTAINER_ULIMITS, &r, said);
}

void service_resources(struct build *b)
{
	struct sides deploy = deploy_sides(b);
	const struct node *at = b->in[KEY_DEPLOY];
	struct node *out = fact_sub(b->a, b->c, CONTAINER_RESOURCES, &schema_resources, at);

	if (!at)
		out->flags |= NODE_DEFAULT;
	fact_set(out, RESOURCES_CPU_LIMIT,
		 amount(b, either(b->in[KEY_CPUS], node_get(deploy.limits, "cpus"))));
	fact_set(out, RESOURCES_CPU_REQUEST, amount(b, node_get(deploy.reservations, "cpus")));
	fact_set(out, RESOURCES_MEMORY_LIMIT,
		 service_bytes(b, either(b->in[KEY_MEM_LIMIT], node_get(deploy.limits, "memory"))));
	fact_set(out, RESOURCES_MEMORY_REQUEST,
		 service_bytes(b, either(b->in[KEY_MEM_RESERVATION],
					 node_get(deploy.reservations, "memory"))));
	set_swap(b, out);
	fact_set(out, RESOURCES_CPU_SHARES, positive(b, b->in[KEY_CPU_SHARES]));
	const struct node *set = service_text(b, b->in[KEY_CPUSET]);
	if (set && set->text.n)
		fact_set(out, RESOURCES_CPU_SET, set);
	set_pids(b, out, deploy);
	add_ulimits(b);
}

static void long_device(struct build *b, struct node *record, const struct node *it)
{
	static const struct {
		const char *key;
		unsigned field;
	} rows[] = {{"source", DEVICE_SOURCE},
		    {"target", DEVICE_TARGET},
		    {"permissions", DEVICE_PERMISSIONS}};
	const struct node *source = service_text(b, node_get(it, "source"));

	if (source)
		engine_device(b->a, record, source->text, source);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct node *text = service_text(b, node_get(it, rows[i].key));
		if (text && text->text.n)
			fact_set(record, rows[i].field, text);
	}
}

static void add_devices(struct build *b)
{
	const struct node *list = b->in[KEY_DEVICES];
	struct records r = {0};

	if (list && list->kind != NODE_ARRAY) {
		tell_type(b->s->tell, list, "list");
		list = NULL;
	}
	NODE_EACH (it, list) {
		const struct node *text = it->kind == NODE_OBJECT ? it : service_text(b, it);
		if (!text || (it->kind != NODE_OBJECT && text->text.n == 0))
			continue;
		struct node *record = service_record(b, &r, &schema_device, it);
		if (record && it->kind == NODE_OBJECT)
			long_device(b, record, it);
		else if (record)
			engine_device(b->a, record, text->text, it);
	}
	service_list(b, b->c, CONTAINER_DEVICES, &r, list);
}

void service_devices(struct build *b)
{
	const struct node *reserved = node_get(deploy_sides(b).reservations, "devices");
	bool some = node_is(reserved, NODE_ARRAY) && reserved->n;

	add_devices(b);
	service_strings(b, b->c, CONTAINER_DEVICE_RULES, b->in[KEY_DEVICE_RULES]);
	fact_set(b->c, CONTAINER_DEVICE_REQUESTS, either(b->in[KEY_GPUS], some ? reserved : NULL));
}
