/* Capabilities as moby's caps.TweakCapabilities puts them together: not the order of others. ALL
 * added wins over everything but single names dropped; with ALL dropped just the added ones are
 * left; else what is added wins over what is dropped. */
#include "base/text.h"
#include "fact/capability.h"
#include "fact/docker/docker-int.h"

/* strings.ToUpper: the long s and the dotless i become letters of ASCII. */
struct sv docker_capability(struct arena *a, struct sv text)
{
	char *p = arena_alloc(a, text.n);
	struct sv rest = text;
	size_t n = 0;

	while (rest.n) {
		uint32_t cp = 0;
		size_t len = utf8_decode(rest, &cp);
		if (cp == 0x17f && len)
			p[n++] = 'S';
		else if (cp == 0x131 && len)
			p[n++] = 'I';
		else
			for (size_t i = 0; i < (len ? len : 1); i++)
				p[n++] = rest.p[i];
		rest = sv_from(rest, len ? len : 1);
	}
	return capability_normal(a, sv_make(p, n));
}

static void names(struct docker *d, unsigned field, const char *key)
{
	const struct node *said = docker_get(d->host, key);

	if (!said)
		return;
	struct node *out = fact_list(d->a, d->c, field, said->n, said);
	for (uint32_t i = 0; i < said->n; i++) {
		struct node *it = &out->items[i];
		*it = said->items[i];
		it->text = docker_capability(d->a, it->text);
		if (!sv_is(it->text, "ALL") && capability_number(it->text) == CAPABILITY_UNKNOWN)
			go_tell(d->go, &said->items[i], "a capability", NULL);
	}
}

static uint64_t set_of(const struct node *list, bool *all)
{
	uint64_t set = 0;

	*all = false;
	NODE_EACH (it, list) {
		unsigned number = capability_number(it->text);
		if (sv_is(it->text, "ALL"))
			*all = true;
		else if (number != CAPABILITY_UNKNOWN)
			set |= UINT64_C(1) << number;
	}
	return set;
}

/* Podman has no NET_RAW, MKNOD and AUDIT_WRITE unless they are asked for. */
static uint64_t own_set(const struct docker *d)
{
	static const char *const left_out[] = {"NET_RAW", "MKNOD", "AUDIT_WRITE"};
	uint64_t set = capability_default_set;

	for (size_t i = 0; d->podman && i < ARRAY_LEN(left_out); i++)
		set &= ~(UINT64_C(1) << capability_number(sv_of(left_out[i])));
	return set;
}

/* Names that somebody added have their place. */
static void places(struct node *out, const struct node *add)
{
	for (uint32_t i = 0; i < out->n; i++) {
		struct node *it = &out->items[i];
		const struct node *from = NULL;
		NODE_EACH (said, add)
			if (sv_eq(said->text, it->text) || (!from && sv_is(said->text, "ALL")))
				from = said;
		if (!from)
			continue;
		it->doc = from->doc;
		it->start = from->start;
		it->end = from->end;
		it->flags &= (uint8_t)~NODE_DEFAULT;
	}
}

/* What the engine says that it gave. */
static bool given(struct docker *d)
{
	const struct node *list = docker_get(d->inspect, "BoundingCaps");
	bool all;

	if (!d->podman || !list || list->n == 0)
		return false;
	struct node *copy = ARENA_NEW(d->a, struct node);
	*copy = *list;
	copy->items = ARENA_ARRAY(d->a, list->n, struct node);
	for (uint32_t i = 0; i < list->n; i++) {
		copy->items[i] = list->items[i];
		copy->items[i].text = docker_capability(d->a, list->items[i].text);
	}
	capability_list(d->a, d->c, CONTAINER_CAPABILITIES, set_of(copy, &all), list);
	return true;
}

void docker_capabilities(struct docker *d)
{
	const struct node *add = &d->c->items[CONTAINER_CAP_ADD];
	const struct node *drop = &d->c->items[CONTAINER_CAP_DROP];
	bool plus_all, minus_all;

	names(d, CONTAINER_CAP_ADD, "CapAdd");
	names(d, CONTAINER_CAP_DROP, "CapDrop");
	uint64_t plus = set_of(add, &plus_all), minus = set_of(drop, &minus_all);
	uint64_t set = plus_all    ? capability_all_set & ~minus
		       : minus_all ? plus
				   : (own_set(d) & ~minus) | plus;
	if (given(d))
		return;
	capability_list(d->a, d->c, CONTAINER_CAPABILITIES,
			d->privileged ? capability_all_set : set, d->privileged);
	struct node *out = &d->c->items[CONTAINER_CAPABILITIES];
	if (d->privileged)
		return;
	places(out, add);
	if (add->n == 0 && drop->n == 0)
		out->flags |= NODE_DEFAULT;
}
