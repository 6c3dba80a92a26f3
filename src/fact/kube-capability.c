/*
 * Capabilities of a container: as written, and what the runtime makes of them. The default set is
 * the one that containerd, CRI-O's documentation and Docker share; the order of drop and add is
 * containerd's: ALL first, then single names, dropped names last.
 */
#include "fact/kube-int.h"

/* Linux's numbers (capabilities(7)). */
static const char *const names[] = {
	"CHOWN",
	"DAC_OVERRIDE",
	"DAC_READ_SEARCH",
	"FOWNER",
	"FSETID",
	"KILL",
	"SETGID",
	"SETUID",
	"SETPCAP",
	"LINUX_IMMUTABLE",
	"NET_BIND_SERVICE",
	"NET_BROADCAST",
	"NET_ADMIN",
	"NET_RAW",
	"IPC_LOCK",
	"IPC_OWNER",
	"SYS_MODULE",
	"SYS_RAWIO",
	"SYS_CHROOT",
	"SYS_PTRACE",
	"SYS_PACCT",
	"SYS_ADMIN",
	"SYS_BOOT",
	"SYS_NICE",
	"SYS_RESOURCE",
	"SYS_TIME",
	"SYS_TTY_CONFIG",
	"MKNOD",
	"LEASE",
	"AUDIT_WRITE",
	"AUDIT_CONTROL",
	"SETFCAP",
	"MAC_OVERRIDE",
	"MAC_ADMIN",
	"SYSLOG",
	"WAKE_ALARM",
	"BLOCK_SUSPEND",
	"AUDIT_READ",
	"PERFMON",
	"BPF",
	"CHECKPOINT_RESTORE",
};

enum {
	CHOWN = 0,
	DAC_OVERRIDE = 1,
	FOWNER = 3,
	FSETID = 4,
	KILL = 5,
	SETGID = 6,
	SETUID = 7,
	SETPCAP = 8,
	NET_BIND_SERVICE = 10,
	NET_RAW = 13,
	SYS_CHROOT = 18,
	MKNOD = 27,
	AUDIT_WRITE = 29,
	SETFCAP = 31,
	NOT_KNOWN = 64,
};

#define BIT(cap) (UINT64_C(1) << (cap))
static const uint64_t default_set = BIT(CHOWN) | BIT(DAC_OVERRIDE) | BIT(FOWNER) | BIT(FSETID) |
				    BIT(KILL) | BIT(SETGID) | BIT(SETUID) | BIT(SETPCAP) |
				    BIT(NET_BIND_SERVICE) | BIT(NET_RAW) | BIT(SYS_CHROOT) |
				    BIT(MKNOD) | BIT(AUDIT_WRITE) | BIT(SETFCAP);
static const uint64_t all_set = BIT(ARRAY_LEN(names)) - 1;

/* Without CAP_ in front, upper case: a view where it is so already. */
static struct sv normal(struct arena *a, struct sv text)
{
	struct sv name = text;

	if (name.n > 4 && sv_ieq(sv_head(name, 4), SV("CAP_")))
		name = sv_from(name, 4);
	bool lower = false;
	for (size_t i = 0; i < name.n; i++)
		lower |= name.p[i] >= 'a' && name.p[i] <= 'z';
	if (!lower)
		return name;
	char *p = arena_alloc(a, name.n);
	for (size_t i = 0; i < name.n; i++)
		p[i] = name.p[i] >= 'a' && name.p[i] <= 'z' ? (char)(name.p[i] - 32) : name.p[i];
	return sv_make(p, name.n);
}

static unsigned number(struct sv name)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(name, names[i]))
			return i;
	return NOT_KNOWN;
}

bool kube_adds(const struct node *capabilities, const char *name)
{
	const struct node *add = node_get(capabilities, "add");

	if (!node_is(add, NODE_ARRAY))
		return false;
	NODE_EACH (it, add) {
		struct sv text = node_str(it);
		if (text.n > 4 && sv_ieq(sv_head(text, 4), SV("CAP_")))
			text = sv_from(text, 4);
		if (sv_ieq(text, sv_of(name)))
			return true;
	}
	return false;
}

/* The list under the field, its texts made normal. */
static const struct node *list(struct kube *k, struct node *c, unsigned field,
			       const struct node *value)
{
	kube_strings(k, c, field, value);
	struct node *out = &c->items[field];
	struct node *items = ARENA_ARRAY(k->a, out->n, struct node);
	for (uint32_t i = 0; i < out->n; i++) {
		items[i] = out->items[i];
		items[i].text = normal(k->a, items[i].text);
	}
	out->items = items;
	return out;
}

struct change {
	uint64_t set;
	bool all;
};

static struct change change_of(const struct node *written)
{
	struct change ch = {0};

	NODE_EACH (it, written) {
		unsigned cap = number(it->text);
		if (sv_is(it->text, "ALL"))
			ch.all = true;
		else if (cap != NOT_KNOWN)
			ch.set |= BIT(cap);
	}
	return ch;
}

static struct node *push(struct node *out, const struct node *from, struct sv text, uint8_t flags)
{
	struct node *n = &out->items[out->n++];

	*n = (struct node){.kind = NODE_STRING, .flags = flags, .doc = from->doc};
	n->start = from->start;
	n->end = from->end;
	n->text = text;
	return n;
}

/* Names of the set: those that add names point at their place, the others are defaults. */
static void push_set(struct node *out, uint64_t set, const struct node *add, const struct node *at)
{
	NODE_EACH (it, add) {
		unsigned cap = number(it->text);
		if (cap == NOT_KNOWN && !sv_is(it->text, "ALL"))
			push(out, it, it->text, it->flags);
		if (cap == NOT_KNOWN || !(set & BIT(cap)))
			continue;
		set &= ~BIT(cap);
		push(out, it, it->text, it->flags);
	}
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (set & BIT(i))
			push(out, at, sv_of(names[i]), NODE_DEFAULT);
}

static void all_capabilities(struct kube *k, struct node *c, const struct node *at)
{
	struct node *out = fact_list(k->a, c, CONTAINER_CAPABILITIES, 1, at);

	out->n = 0;
	push(out, at, SV("ALL"), 0);
}

static void default_capabilities(struct kube_pod *pod, struct node *c)
{
	fact_default(c, CONTAINER_CAPABILITIES, NODE_ARRAY, (struct sv){0});
	struct node *out = &c->items[CONTAINER_CAPABILITIES];
	if (!pod->caps) {
		pod->caps = ARENA_NEW(pod->k->a, struct node);
		pod->caps->items = ARENA_ARRAY(pod->k->a, ARRAY_LEN(names), struct node);
		push_set(pod->caps, default_set, NULL, pod->workload);
	}
	out->items = pod->caps->items;
	out->n = pod->caps->n;
}

static const struct node *all_of(const struct node *written)
{
	NODE_EACH (it, written)
		if (sv_is(it->text, "ALL"))
			return it;
	return NULL;
}

void kube_capabilities(struct kube_pod *pod, struct node *c, const struct node *capabilities,
		       const struct node *privileged)
{
	static const struct sv keys[] = {{"add", 3}, {"drop", 4}};
	const struct node *in[2];
	struct kube *k = pod->k;

	kube_gather(capabilities, keys, 2, in);
	const struct node *add = list(k, c, CONTAINER_CAP_ADD, in[0]);
	const struct node *drop = list(k, c, CONTAINER_CAP_DROP, in[1]);
	struct change plus = change_of(add), minus = change_of(drop);
	if (node_true(privileged)) {
		all_capabilities(k, c, privileged);
		return;
	}
	if (add->n == 0 && drop->n == 0) {
		default_capabilities(pod, c);
		return;
	}
	if (plus.all && !minus.all && minus.set == 0) {
		all_capabilities(k, c, all_of(add));
		return;
	}
	uint64_t base = minus.all ? 0 : plus.all ? all_set : default_set;
	struct node *out = fact_list(k->a, c, CONTAINER_CAPABILITIES,
				     (size_t)add->n + ARRAY_LEN(names), capabilities);
	out->n = 0;
	push_set(out, (base | plus.set) & ~minus.set, add, capabilities);
}
