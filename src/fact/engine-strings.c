#include "fact/engine-strings.h"

#include "fmt/node.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The next part up to a colon; C:\ at its start does not end it. */
static struct sv bind_part(struct sv *rest)
{
	size_t skip =
		rest->n >= 3 && is_letter(rest->p[0]) && rest->p[1] == ':' && rest->p[2] == '\\'
			? 2
			: 0;
	size_t at = sv_find_char(sv_from(*rest, skip), ':');
	struct sv part = at == SIZE_MAX ? *rest : sv_head(*rest, at + skip);

	*rest = at == SIZE_MAX ? (struct sv){0} : sv_from(*rest, at + skip + 1);
	return part;
}

bool engine_bind_split(struct sv text, struct engine_bind *out)
{
	struct sv parts[3] = {0};
	size_t n = 0;

	*out = (struct engine_bind){0};
	while (text.p && n < ARRAY_LEN(parts))
		parts[n++] = bind_part(&text);
	if (text.p)
		return false;
	out->target = n > 1 ? parts[1] : parts[0];
	if (n > 1)
		out->source = parts[0];
	out->options = parts[2];
	return out->target.n > 0;
}

struct sv engine_propagation(struct sv word)
{
	static const struct {
		struct sv word, name;
	} words[] = {
		{{"private", 7}, {"None", 4}},           {{"rprivate", 8}, {"None", 4}},
		{{"slave", 5}, {"HostToContainer", 15}}, {{"rslave", 6}, {"HostToContainer", 15}},
		{{"shared", 6}, {"Bidirectional", 13}},  {{"rshared", 7}, {"Bidirectional", 13}},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (sv_eq(word, words[i].word))
			return words[i].name;
	return (struct sv){0};
}

static void one_option(struct node *mount, struct sv word, const struct node *at)
{
	if (sv_is(word, "ro") || sv_is(word, "readonly"))
		fact_say(mount, MOUNT_READ_ONLY, NODE_BOOL, SV("true"), at);
	else if (sv_is(word, "rw"))
		fact_say(mount, MOUNT_READ_ONLY, NODE_BOOL, SV("false"), at);
	else if (engine_propagation(word).n)
		fact_say(mount, MOUNT_PROPAGATION, NODE_STRING, engine_propagation(word), at);
}

void engine_mount_options(struct arena *a, struct node *mount, struct sv options,
			  const struct node *at)
{
	size_t n = options.n > 0;

	for (size_t i = 0; i < options.n; i++)
		n += options.p[i] == ',';
	struct node *list = fact_list(a, mount, MOUNT_OPTIONS, n, at);
	list->n = 0;
	while (options.n) {
		struct sv word = sv_trim(sv_cut(&options, ','));
		if (word.n == 0)
			continue;
		struct node *item = &list->items[list->n++];
		*item = (struct node){.kind = NODE_STRING, .text = word, .doc = list->doc};
		item->start = list->start;
		item->end = list->end;
		one_option(mount, word, at);
	}
}

bool engine_range(struct sv text, uint32_t *first, uint32_t *last)
{
	struct sv end = text, start = sv_cut(&end, '-');
	uint64_t a, b;

	if (!sv_u64(start, &a) || a > 65535)
		return false;
	b = a;
	if (start.n < text.n && (!sv_u64(end, &b) || b > 65535 || b < a))
		return false;
	*first = (uint32_t)a;
	*last = (uint32_t)b;
	return true;
}

bool engine_ports_split(struct sv text, struct engine_ports *out)
{
	struct sv head = {0}, port, ip = {0}, host = {0};

	*out = (struct engine_ports){0};
	size_t slash = sv_rfind_char(text, '/');
	if (slash != SIZE_MAX) {
		out->protocol = sv_from(text, slash + 1);
		text = sv_head(text, slash);
	}
	port = text;
	if (sv_rcut(text, ':', &head, &port)) {
		out->publishes = true;
		host = head;
		(void)sv_rcut(head, ':', &ip, &host);
	}
	/* an IPv6 address without brackets is what is left of its last two colons */
	if (ip.n >= 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']')
		ip = sv_make(ip.p + 1, ip.n - 2);
	out->ip = ip;
	if (!engine_range(port, &out->first, &out->last))
		return false;
	return host.n == 0 || engine_range(host, &out->host_first, &out->host_last);
}

struct sv engine_protocol(struct sv text)
{
	static const struct sv names[] = {{"TCP", 3}, {"UDP", 3}, {"SCTP", 4}};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sv_ieq(text, names[i]))
			return names[i];
	return text.n ? text : names[0];
}

static bool is_permissions(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != 'r' && v.p[i] != 'w' && v.p[i] != 'm')
			return false;
	return v.n > 0;
}

void engine_device(struct arena *a, struct node *device, struct sv text, const struct node *at)
{
	struct sv rest = text, source = sv_cut(&rest, ':'), target = sv_cut(&rest, ':');
	struct sv permissions = rest;

	fact_fill(a, device, &schema_device, at);
	if (permissions.n == 0 && is_permissions(target)) {
		permissions = target;
		target = (struct sv){0};
	}
	fact_say(device, DEVICE_SOURCE, NODE_STRING, source, at);
	if (target.n)
		fact_say(device, DEVICE_TARGET, NODE_STRING, target, at);
	else
		fact_default(device, DEVICE_TARGET, NODE_STRING, source);
	if (permissions.n)
		fact_say(device, DEVICE_PERMISSIONS, NODE_STRING, permissions, at);
	else
		fact_default(device, DEVICE_PERMISSIONS, NODE_STRING, SV("rwm"));
}

static bool limit_number(struct arena *a, struct node *ulimit, unsigned field, struct sv text,
			 const struct node *at)
{
	uint64_t n;

	if (sv_is(text, "unlimited") || sv_is(text, "-1"))
		text = SV("-1");
	else if (!sv_u64(text, &n) || n > INT64_MAX)
		return false;
	else
		text = arena_fmt(a, "%llu", (unsigned long long)n);
	fact_say(ulimit, field, NODE_NUMBER, text, at);
	return true;
}

bool engine_ulimit(struct arena *a, struct node *ulimit, struct sv text, const struct node *at)
{
	struct sv hard = text, name = sv_cut(&hard, '='), soft = sv_cut(&hard, ':');

	fact_fill(a, ulimit, &schema_ulimit, at);
	fact_say(ulimit, ULIMIT_NAME, NODE_STRING, name, at);
	return limit_number(a, ulimit, ULIMIT_SOFT, soft, at) &&
	       limit_number(a, ulimit, ULIMIT_HARD, hard.n ? hard : soft, at);
}

/* The power of 1024 of "", b, k, kb, kib ...; -1: no unit. */
static int unit_power(struct sv unit)
{
	static const char units[] = "bkmgtp";

	if (unit.n == 0)
		return 0;
	const char *at = strchr(units, unit.p[0] | 0x20);
	struct sv rest = sv_from(unit, 1);
	if (!at || unit.p[0] == '\0')
		return -1;
	bool tail =
		rest.n == 0 || (at != units && (sv_ieq(rest, SV("b")) || sv_ieq(rest, SV("ib"))));
	return tail ? (int)(at - units) : -1;
}

bool engine_bytes(struct sv text, uint64_t *out)
{
	size_t n = 0;
	double v;

	text = sv_trim(text);
	while (n < text.n && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	const struct node number = {.kind = NODE_NUMBER, .text = sv_head(text, n)};
	int power = unit_power(sv_trim(sv_from(text, n)));
	if (n == 0 || n > 40 || power < 0 || !node_f64(&number, &v))
		return false;
	for (; power > 0; power--)
		v *= 1024;
	if (!(v >= 0 && v < 9.2e18))
		return false;
	*out = (uint64_t)v;
	return true;
}

/* As strconv.Atoi takes it: with a sign, with zeros in front. */
static bool id_number(struct sv text, struct sv *out)
{
	uint64_t value = 0;
	struct sv digits = text;

	if (sv_is(text, "root"))
		digits = SV("0");
	else if (text.n && (text.p[0] == '+' || text.p[0] == '-'))
		digits = sv_from(text, 1);
	if (!sv_u64(digits, &value) || value > INT32_MAX || (value && text.p[0] == '-'))
		return false;
	while (digits.n > 1 && digits.p[0] == '0')
		digits = sv_from(digits, 1);
	*out = digits;
	return true;
}

void engine_user(struct node *c, const struct node *said)
{
	struct sv group = node_str(said), digits, name = sv_cut(&group, ':');

	if (node_str(said).n == 0)
		return;
	fact_set(c, CONTAINER_USER, said);
	bool known = id_number(name.n ? name : SV("0"), &digits); /* ":group" is root's */
	if (known)
		fact_say(c, CONTAINER_RUN_AS_USER, NODE_NUMBER, digits, said);
	if (name.n && (!known || sv_is(name, "root")))
		fact_say(c, CONTAINER_RUN_AS_USER_NAME, NODE_STRING, name, said);
	if (id_number(group, &digits))
		fact_say(c, CONTAINER_RUN_AS_GROUP, NODE_NUMBER, digits, said);
}

bool engine_bool(struct sv text, bool *out)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!sv_is(text, yes[i]) && !sv_is(text, no[i]))
			continue;
		*out = sv_is(text, yes[i]);
		return true;
	}
	return false;
}
