#include "fact/capability.h"

#include "base/text.h"

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

uint64_t capability_default_of(enum platform_id platform)
{
	/* containers.conf, default_capabilities */
	static const uint64_t podman_lacks = BIT(NET_RAW) | BIT(MKNOD) | BIT(AUDIT_WRITE);

	return platform == PLATFORM_PODMAN ? capability_default_set & ~podman_lacks
					   : capability_default_set;
}

/* The long s and the dotless i are letters of ASCII in upper case. */
static struct sv upper(struct arena *a, struct sv text)
{
	char *p = arena_alloc(a, text.n);
	size_t n = 0;

	while (text.n) {
		uint32_t cp = 0;
		size_t len = utf8_decode(text, &cp);
		len = len ? len : 1;
		if (cp == 0x17f || cp == 0x131) {
			p[n++] = cp == 0x17f ? 'S' : 'I';
		} else {
			memcpy(p + n, text.p, len);
			if (len == 1 && p[n] >= 'a' && p[n] <= 'z')
				p[n] = (char)(p[n] - 32);
			n += len;
		}
		text = sv_from(text, len);
	}
	return sv_make(p, n);
}

struct sv capability_normal(struct arena *a, struct sv text)
{
	bool plain = true;

	for (size_t i = 0; i < text.n; i++)
		plain &= !(text.p[i] >= 'a' && text.p[i] <= 'z') && !(text.p[i] & 0x80);
	if (!plain)
		text = upper(a, text);
	return text.n > 4 && sv_starts(text, SV("CAP_")) ? sv_from(text, 4) : text;
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

uint64_t capability_set(const struct node *list)
{
	struct change ch = change_of(list);

	return ch.all ? capability_all_set : ch.set;
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

static const struct node *all_of(const struct node *written)
{
	NODE_EACH (it, written)
		if (sv_is(it->text, "ALL"))
			return it;
	return NULL;
}

/* Names of the set: those that add names point at their place, with ALL added the others do too;
 * else they are defaults. */
static void push_set(struct node *out, uint64_t set, const struct node *add, const struct node *at)
{
	const struct node *all = all_of(add);

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
			push(out, all ? all : at, sv_of(names[i]), all ? 0 : NODE_DEFAULT);
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

static uint64_t result(struct change plus, struct change minus, uint64_t default_set,
		       enum capability_order order)
{
	if (order == CAPABILITY_DROP_WINS) {
		uint64_t base = minus.all ? 0 : plus.all ? capability_all_set : default_set;
		return (base | plus.set) & ~minus.set;
	}
	if (plus.all)
		return capability_all_set & ~minus.set;
	return (minus.all ? 0 : default_set & ~minus.set) | plus.set;
}

void capability_apply(struct arena *a, struct node *c, uint64_t default_set,
		      enum capability_order order, const struct node *privileged,
		      const struct node *at)
{
	const struct node *add = &c->items[CONTAINER_CAP_ADD];
	const struct node *drop = &c->items[CONTAINER_CAP_DROP];
	struct change plus = change_of(add), minus = change_of(drop);
	uint64_t set = result(plus, minus, default_set, order);

	if (privileged || (plus.all && set == capability_all_set)) {
		all_capabilities(a, c, CONTAINER_CAPABILITIES,
				 privileged ? privileged : all_of(add));
		return;
	}
	struct node *out =
		fact_list(a, c, CONTAINER_CAPABILITIES, (size_t)add->n + CAPABILITIES, at);
	out->n = 0;
	push_set(out, set, add, at ? at : c);
	if (add->n == 0 && drop->n == 0)
		out->flags |= NODE_DEFAULT;
}
