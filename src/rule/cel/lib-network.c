/*
 * The network library: ip and cidr values. Names and meanings as
 * https://pkg.go.dev/github.com/google/cel-go/ext#Network and Kubernetes have them.
 */
#include "rule/cel/lib-network.h"

static bool ip_same(const void *a, const void *b)
{
	const struct ip_address *x = a, *y = b;

	return x->v6 == y->v6 && memcmp(x->b, y->b, sizeof x->b) == 0;
}

static void ip_show(const void *data, struct buf *out)
{
	ip_text(data, out);
}

static bool cidr_same(const void *a, const void *b)
{
	const struct ip_prefix *x = a, *y = b;

	return x->bits == y->bits && ip_same(&x->ip, &y->ip);
}

static void cidr_show(const void *data, struct buf *out)
{
	const struct ip_prefix *p = data;

	ip_text(&p->ip, out);
	buf_fmt(out, "/%u", p->bits);
}

static const struct cel_opaque ip_type = {"net.IP", ip_same, ip_show};
static const struct cel_opaque cidr_type = {"net.CIDR", cidr_same, cidr_show};

static const struct ip_address *ip_of(const struct cel_value *v)
{
	return v->opaque.data;
}

static const struct ip_prefix *cidr_of(const struct cel_value *v)
{
	return v->opaque.data;
}

static struct cel_value new_ip(struct cel_eval *e, const struct ip_address *ip)
{
	struct ip_address *data = cel_new_bytes(e, sizeof *data);

	if (!data)
		return lib_over(e);
	*data = *ip;
	return lib_opaque(&ip_type, data);
}

static struct cel_value new_cidr(struct cel_eval *e, const struct ip_prefix *p)
{
	struct ip_prefix *data = cel_new_bytes(e, sizeof *data);

	if (!data)
		return lib_over(e);
	*data = *p;
	return lib_opaque(&cidr_type, data);
}

/* Literals are read by the checker: a wrong one is an error of the check. */
static int prepare_ip(struct arena *a, const struct cel_value *args, size_t n, const void **out,
		      struct err *err)
{
	struct ip_address *ip = ARENA_NEW(a, struct ip_address);
	const char *wrong = ip_parse(args[0].s, ip);

	(void)n;
	if (wrong)
		return err_set(err, ERR_PARSE, "%s: %.*s", wrong, SV_ARG(args[0].s));
	*out = ip;
	return 0;
}

static int prepare_cidr(struct arena *a, const struct cel_value *args, size_t n, const void **out,
			struct err *err)
{
	struct ip_prefix *p = ARENA_NEW(a, struct ip_prefix);
	const char *wrong = ip_parse_prefix(args[0].s, p);

	(void)n;
	if (wrong)
		return err_set(err, ERR_PARSE, "%s: %.*s", wrong, SV_ARG(args[0].s));
	*out = p;
	return 0;
}

static struct cel_value ip_from_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_address ip = {0};
	const char *wrong = NULL;

	(void)n;
	if (e->prepared)
		return lib_opaque(&ip_type, e->prepared);
	wrong = ip_parse(args[0].s, &ip);
	return wrong ? cel_fault(e, wrong, args[0].s) : new_ip(e, &ip);
}

static struct cel_value cidr_from_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_prefix p = {0};
	const char *wrong = NULL;

	(void)n;
	if (e->prepared)
		return lib_opaque(&cidr_type, e->prepared);
	wrong = ip_parse_prefix(args[0].s, &p);
	return wrong ? cel_fault(e, wrong, args[0].s) : new_cidr(e, &p);
}

static struct cel_value is_ip(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_address ip = {0};

	(void)e;
	(void)n;
	return cel_bool(!ip_parse(args[0].s, &ip));
}

static struct cel_value is_cidr(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_prefix p = {0};

	(void)e;
	(void)n;
	return cel_bool(!ip_parse_prefix(args[0].s, &p));
}

/* The text of an opaque value. */
static struct cel_value to_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	auto_done(buf_done) struct buf b = {0};
	struct lib_text out = {.e = e};

	(void)n;
	args[0].opaque.type->text(args[0].opaque.data, &b);
	lib_text_add(&out, buf_view(&b));
	return lib_text_value(&out);
}

static struct cel_value is_canonical(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	auto_done(buf_done) struct buf b = {0};
	struct ip_address ip = {0};
	const char *wrong = ip_parse(args[0].s, &ip);

	(void)n;
	if (wrong)
		return cel_fault(e, wrong, args[0].s);
	ip_text(&ip, &b);
	return cel_bool(sv_eq(buf_view(&b), args[0].s));
}

static struct cel_value family(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int(ip_of(&args[0])->v6 ? 6 : 4);
}

/* The prefix holds the address; families do not mix. */
static bool covers(const struct ip_prefix *p, const struct ip_address *ip)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (p->ip.v6 != ip->v6 || memcmp(p->ip.b, ip->b, whole) != 0)
		return false;
	return !rest || ((p->ip.b[whole] ^ ip->b[whole]) & mask) == 0;
}

/* Properties of addresses by their prefix; an IPv4-mapped address is judged as its IPv4 address. */
enum property {
	UNSPECIFIED,
	LOOPBACK,
	LINK_LOCAL_MULTICAST,
	LINK_LOCAL_UNICAST,
	MULTICAST,
	LIMITED
};

static bool has_property(const struct ip_address *given, enum property property)
{
	static const struct {
		enum property property;
		struct ip_prefix prefix;
	} rows[] = {
		{UNSPECIFIED, {{false, {0}}, 32}},
		{UNSPECIFIED, {{true, {0}}, 128}},
		{LOOPBACK, {{false, {127}}, 8}},
		{LOOPBACK, {{true, {[15] = 1}}, 128}},
		{LINK_LOCAL_MULTICAST, {{false, {224, 0, 0}}, 24}},
		{LINK_LOCAL_UNICAST, {{false, {169, 254}}, 16}},
		{LINK_LOCAL_UNICAST, {{true, {0xfe, 0x80}}, 10}},
		{MULTICAST, {{false, {224}}, 4}},
		{MULTICAST, {{true, {0xff}}, 8}},
		{LIMITED, {{false, {255, 255, 255, 255}}, 32}},
	};
	static const struct ip_prefix v4_mapped = {{true, {[10] = 0xff, [11] = 0xff}}, 96};
	struct ip_address ip = *given;

	if (covers(&v4_mapped, given)) {
		ip = (struct ip_address){0};
		memcpy(ip.b, given->b + 12, 4);
	}
	/* Any scope flags: ff02, ff12, ff32 ... */
	if (property == LINK_LOCAL_MULTICAST && ip.v6)
		return ip.b[0] == 0xff && (ip.b[1] & 0x0f) == 2;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].property == property && covers(&rows[i].prefix, &ip))
			return true;
	return false;
}

static struct cel_value is_unspecified(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(has_property(ip_of(&args[0]), UNSPECIFIED));
}

static struct cel_value is_loopback(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(has_property(ip_of(&args[0]), LOOPBACK));
}

static struct cel_value is_link_local_multicast(struct cel_eval *e, const struct cel_value *args,
						size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(has_property(ip_of(&args[0]), LINK_LOCAL_MULTICAST));
}

static struct cel_value is_link_local_unicast(struct cel_eval *e, const struct cel_value *args,
					      size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(has_property(ip_of(&args[0]), LINK_LOCAL_UNICAST));
}

static struct cel_value is_global_unicast(struct cel_eval *e, const struct cel_value *args,
					  size_t n)
{
	const struct ip_address *ip = ip_of(&args[0]);

	(void)e;
	(void)n;
	return cel_bool(!has_property(ip, UNSPECIFIED) && !has_property(ip, LOOPBACK) &&
			!has_property(ip, MULTICAST) && !has_property(ip, LINK_LOCAL_UNICAST) &&
			!has_property(ip, LIMITED));
}

static struct cel_value contains_ip(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(covers(cidr_of(&args[0]), ip_of(&args[1])));
}

static struct cel_value contains_ip_text(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_address ip = {0};
	const char *wrong = ip_parse(args[1].s, &ip);

	(void)n;
	return wrong ? cel_fault(e, wrong, args[1].s) : cel_bool(covers(cidr_of(&args[0]), &ip));
}

static bool covers_all(const struct ip_prefix *p, const struct ip_prefix *inner)
{
	return p->bits <= inner->bits && covers(p, &inner->ip);
}

static struct cel_value contains_cidr(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(covers_all(cidr_of(&args[0]), cidr_of(&args[1])));
}

static struct cel_value contains_cidr_text(struct cel_eval *e, const struct cel_value *args,
					   size_t n)
{
	struct ip_prefix p = {0};
	const char *wrong = ip_parse_prefix(args[1].s, &p);

	(void)n;
	return wrong ? cel_fault(e, wrong, args[1].s) : cel_bool(covers_all(cidr_of(&args[0]), &p));
}

static struct cel_value cidr_ip(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return lib_opaque(&ip_type, &cidr_of(&args[0])->ip);
}

static struct cel_value masked(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct ip_prefix p = *cidr_of(&args[0]);

	(void)n;
	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = p.bits > i * 8 ? p.bits - i * 8 : 0;

		p.ip.b[i] &= (uint8_t)(keep > 7 ? 0xff : 0xff00 >> keep);
	}
	return new_cidr(e, &p);
}

static struct cel_value prefix_length(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int(cidr_of(&args[0])->bits);
}

static const struct cel_overload_row rows[] = {
	{"cidr", "(string)->net.CIDR", cidr_from_string, prepare_cidr, 1},
	{"containsCIDR", "net.CIDR.(net.CIDR)->bool", contains_cidr, NULL, 0},
	{"containsCIDR", "net.CIDR.(string)->bool", contains_cidr_text, NULL, 0},
	{"containsIP", "net.CIDR.(net.IP)->bool", contains_ip, NULL, 0},
	{"containsIP", "net.CIDR.(string)->bool", contains_ip_text, NULL, 0},
	{"family", "net.IP.()->int", family, NULL, 0},
	{"ip", "(string)->net.IP", ip_from_string, prepare_ip, 1},
	{"ip", "net.CIDR.()->net.IP", cidr_ip, NULL, 0},
	{"ip.isCanonical", "(string)->bool", is_canonical, NULL, 0},
	{"isCIDR", "(string)->bool", is_cidr, NULL, 0},
	{"isGlobalUnicast", "net.IP.()->bool", is_global_unicast, NULL, 0},
	{"isIP", "(string)->bool", is_ip, NULL, 0},
	{"isLinkLocalMulticast", "net.IP.()->bool", is_link_local_multicast, NULL, 0},
	{"isLinkLocalUnicast", "net.IP.()->bool", is_link_local_unicast, NULL, 0},
	{"isLoopback", "net.IP.()->bool", is_loopback, NULL, 0},
	{"isUnspecified", "net.IP.()->bool", is_unspecified, NULL, 0},
	{"masked", "net.CIDR.()->net.CIDR", masked, NULL, 0},
	{"prefixLength", "net.CIDR.()->int", prefix_length, NULL, 0},
	{"string", "(net.CIDR)->string", to_string, NULL, 0},
	{"string", "(net.IP)->string", to_string, NULL, 0},
};

const struct cel_library cel_library_network = {"network", rows, ARRAY_LEN(rows)};
