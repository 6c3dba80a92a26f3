#include "fact/capability.h"

/* Linux's numbers (capabilities(7)). */
static const char *const names[CAPABILITIES] = {
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
};

#define BIT(cap) (UINT64_C(1) << (cap))
const uint64_t capability_default_set = BIT(CHOWN) | BIT(DAC_OVERRIDE) | BIT(FOWNER) | BIT(FSETID) |
					BIT(KILL) | BIT(SETGID) | BIT(SETUID) | BIT(SETPCAP) |
					BIT(NET_BIND_SERVICE) | BIT(NET_RAW) | BIT(SYS_CHROOT) |
					BIT(MKNOD) | BIT(AUDIT_WRITE) | BIT(SETFCAP);
const uint64_t capability_all_set = BIT(ARRAY_LEN(names)) - 1;

/* Without CAP_ in front, upper case: a view where it is so already. */
struct sv capability_normal(struct arena *a, struct sv text)
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

unsigned capability_number(struct sv name)
{
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (sv_is(name, names[i]))
			return i;
	return CAPABILITY_UNKNOWN;
}

const char *capability_name(unsigned number)
{
	return names[number];
}

struct change {
	uint64_t set;
	bool all;
};

static struct change change_of(const struct node *written)
{
	struct change ch = {0};

	NODE_EACH (it, written) {
		unsigned cap = capability_number(it->text);
		if (sv_is(it->text, "ALL"))
			ch.all = true;
		else if (cap != CAPABILITY_UNKNOWN)
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
		unsigned cap = capability_number(it->text);
		if (cap == CAPABILITY_UNKNOWN && !sv_is(it->text, "ALL"))
			push(out, it, it->text, it->flags);
		if (cap == CAPABILITY_UNKNOWN || !(set & BIT(cap)))
			continue;
		set &= ~BIT(cap);
		push(out, it, it->text, it->flags);
	}
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (set & BIT(i))
			push(out, at, sv_of(names[i]), NODE_DEFAULT);
}

static const struct node *all_of(const struct node *written)
{
	NODE_EACH (it, written)
		if (sv_is(it->text, "ALL"))
			return it;
	return NULL;
}

static void all_capabilities(struct arena *a, struct node *record, unsigned field,
			     const struct node *at)
{
	struct node *out = fact_list(a, record, field, 1, at);

	out->n = 0;
	push(out, at ? at : record, SV("ALL"), 0);
}

void capability_list(struct arena *a, struct node *record, unsigned field, uint64_t set,
		     const struct node *at)
{
	if ((set & capability_all_set) == capability_all_set) {
		all_capabilities(a, record, field, at);
		return;
	}
	struct node *out = fact_list(a, record, field, CAPABILITIES, at);
	out->n = 0;
	push_set(out, set, NULL, at ? at : record);
}

void capability_apply(struct arena *a, struct node *c, uint64_t default_set,
		      const struct node *privileged, const struct node *at)
{
	const struct node *add = &c->items[CONTAINER_CAP_ADD];
	const struct node *drop = &c->items[CONTAINER_CAP_DROP];
	struct change plus = change_of(add), minus = change_of(drop);

	if (privileged) {
		all_capabilities(a, c, CONTAINER_CAPABILITIES, privileged);
		return;
	}
	if (plus.all && !minus.all && minus.set == 0) {
		all_capabilities(a, c, CONTAINER_CAPABILITIES, all_of(add));
		return;
	}
	uint64_t base = minus.all ? 0 : plus.all ? capability_all_set : default_set;
	struct node *out =
		fact_list(a, c, CONTAINER_CAPABILITIES, (size_t)add->n + CAPABILITIES, at);
	out->n = 0;
	push_set(out, (base | plus.set) & ~minus.set, add, at ? at : c);
	if (add->n == 0 && drop->n == 0)
		out->flags |= NODE_DEFAULT;
}
