/*
 * The semver library of Kubernetes: versions as https://semver.org says (2.0.0), ordered by its
 * section 11; build metadata has no part in order and equality. Major, minor and patch are at most
 * 2^63 - 1.
 */
#include "rule/cel/lib.h"

struct semver {
	struct sv text;
	uint64_t number[3];
	struct sv pre; /* without the '-' */
};

static bool digits_only(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

/* Dot-separated identifiers; numbers of a pre-release have no leading zeros. */
static bool identifiers_ok(struct sv v, bool pre)
{
	while (true) {
		bool more = sv_find_char(v, '.') != SIZE_MAX;
		struct sv id = sv_cut(&v, '.');

		for (size_t i = 0; i < id.n; i++) {
			char c = id.p[i];

			if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') &&
			    c != '-')
				return false;
		}
		if (!id.n || (pre && id.n > 1 && id.p[0] == '0' && digits_only(id)))
			return false;
		if (!more)
			return true;
	}
}

static bool number_ok(struct sv v, uint64_t *out)
{
	return (v.n < 2 || v.p[0] != '0') && sv_u64(v, out) && *out <= INT64_MAX;
}

static bool parse(struct sv text, struct semver *out)
{
	struct semver v = {.text = text};
	size_t plus = sv_find_char(text, '+'), dash = 0;
	struct sv core = sv_head(text, plus);

	if (plus != SIZE_MAX && !identifiers_ok(sv_from(text, plus + 1), false))
		return false;
	dash = sv_find_char(core, '-');
	if (dash != SIZE_MAX) {
		v.pre = sv_from(core, dash + 1);
		core = sv_head(core, dash);
		if (!identifiers_ok(v.pre, true))
			return false;
	}
	for (unsigned i = 0; i < 3; i++) {
		if (i < 2 && sv_find_char(core, '.') == SIZE_MAX)
			return false;
		if (!number_ok(i < 2 ? sv_cut(&core, '.') : core, &v.number[i]))
			return false;
	}
	*out = v;
	return true;
}

/* Without leading zeros. What is left without a digit in front gets a "0": of "00", of "0-rc", also
 * of "-rc". */
static struct sv strip_zeros(struct sv v, const char **zero)
{
	*zero = "";
	if (v.n < 2)
		return v;
	while (v.n && v.p[0] == '0')
		v = sv_from(v, 1);
	if (!v.n || v.p[0] < '0' || v.p[0] > '9')
		*zero = "0";
	return v;
}

/* As Kubernetes does it: a leading "v" goes, so do leading zeros, missing parts become 0. A short
 * version has neither a pre-release nor build metadata. */
static bool normalize(struct arena *a, struct sv text, struct semver *out)
{
	struct sv part[3] = {SV("0"), SV("0"), SV("0")};
	const char *zero[3] = {"", "", ""};
	bool more = true;

	if (sv_starts(text, SV("v")))
		text = sv_from(text, 1);
	for (unsigned i = 0; i < 3 && more; i++) {
		more = i < 2 && sv_find_char(text, '.') != SIZE_MAX;
		part[i] = strip_zeros(more ? sv_cut(&text, '.') : text, &zero[i]);
		if (!more && i < 2 &&
		    (sv_find_char(text, '-') != SIZE_MAX || sv_find_char(text, '+') != SIZE_MAX))
			return false;
	}
	return parse(arena_fmt(a, "%s%.*s.%s%.*s.%s%.*s", zero[0], SV_ARG(part[0]), zero[1],
			       SV_ARG(part[1]), zero[2], SV_ARG(part[2])),
		     out);
}

static int compare_identifier(struct sv a, struct sv b)
{
	bool x = digits_only(a), y = digits_only(b);

	if (x != y)
		return x ? -1 : 1;
	/* Without leading zeros the longer number is the larger. */
	if (x && a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return sv_cmp(a, b);
}

static int compare(const struct semver *x, const struct semver *y)
{
	struct sv a = x->pre, b = y->pre;
	int order = 0;

	for (unsigned i = 0; i < 3; i++)
		if (x->number[i] != y->number[i])
			return x->number[i] < y->number[i] ? -1 : 1;
	if (!a.n || !b.n)
		return (b.n > 0) - (a.n > 0);
	while (order == 0 && a.n && b.n)
		order = compare_identifier(sv_cut(&a, '.'), sv_cut(&b, '.'));
	if (order == 0)
		order = (a.n > 0) - (b.n > 0);
	return order;
}

static bool same(const void *a, const void *b)
{
	return compare(a, b) == 0;
}

static void show(const void *data, struct buf *out)
{
	buf_sv(out, ((const struct semver *)data)->text);
}

static const struct cel_opaque semver_type = {"kubernetes.Semver", same, show};

static const struct semver *semver_of(const struct cel_value *v)
{
	return v->opaque.data;
}

static bool read_version(struct arena *a, const struct cel_value *args, size_t n,
			 struct semver *out)
{
	if (n > 1 && args[1].b)
		return normalize(a, args[0].s, out);
	return parse(args[0].s, out);
}

/* Literals are read by the checker: a wrong one is an error of the check. */
static int prepare(struct arena *a, const struct cel_value *args, size_t n, const void **out,
		   struct err *err)
{
	struct semver *v = ARENA_NEW(a, struct semver);

	if (!read_version(a, args, n, v))
		return err_set(err, ERR_PARSE, "not a semantic version: %.*s", SV_ARG(args[0].s));
	*out = v;
	return 0;
}

static struct cel_value from_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct semver *v = NULL;

	if (e->prepared)
		return lib_opaque(&semver_type, e->prepared);
	v = cel_new_bytes(e, sizeof *v);
	if (!v || !lib_scan(e, args[0].s.n))
		return lib_over(e);
	if (!read_version(e->arena, args, n, v))
		return cel_fault(e, "not a semantic version", args[0].s);
	return lib_opaque(&semver_type, v);
}

static struct cel_value is_semver(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct semver v = {0};

	if (!lib_scan(e, args[0].s.n))
		return lib_over(e);
	return cel_bool(read_version(e->arena, args, n, &v));
}

static struct cel_value major_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int((int64_t)semver_of(&args[0])->number[0]);
}

static struct cel_value minor_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int((int64_t)semver_of(&args[0])->number[1]);
}

static struct cel_value patch_of(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int((int64_t)semver_of(&args[0])->number[2]);
}

static struct cel_value compare_to(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_int(compare(semver_of(&args[0]), semver_of(&args[1])));
}

static struct cel_value is_less(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(compare(semver_of(&args[0]), semver_of(&args[1])) < 0);
}

static struct cel_value is_greater(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_bool(compare(semver_of(&args[0]), semver_of(&args[1])) > 0);
}

static struct cel_value to_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(semver_of(&args[0])->text);
}

static const struct cel_overload_row rows[] = {
	{"compareTo", "kubernetes.Semver.(kubernetes.Semver)->int", compare_to, NULL, 0},
	{"isGreaterThan", "kubernetes.Semver.(kubernetes.Semver)->bool", is_greater, NULL, 0},
	{"isLessThan", "kubernetes.Semver.(kubernetes.Semver)->bool", is_less, NULL, 0},
	{"isSemver", "(string)->bool", is_semver, NULL, 0},
	{"isSemver", "(string,bool)->bool", is_semver, NULL, 0},
	{"major", "kubernetes.Semver.()->int", major_of, NULL, 0},
	{"minor", "kubernetes.Semver.()->int", minor_of, NULL, 0},
	{"patch", "kubernetes.Semver.()->int", patch_of, NULL, 0},
	{"semver", "(string)->kubernetes.Semver", from_string, prepare, 1},
	{"semver", "(string,bool)->kubernetes.Semver", from_string, prepare, 3},
	{"string", "(kubernetes.Semver)->string", to_string, NULL, 0},
};

const struct cel_library cel_library_semver = {"semver", rows, ARRAY_LEN(rows)};
