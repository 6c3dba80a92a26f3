/* The functions of the CEL libraries with arbitrary texts and numbers: fixed expressions over
 * variables that the input fills. */
#include "base/base.h"

#include "base/text.h"
#include "rule/cel/env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const expressions[] = {
	"[s.charAt(i), s.substring(i), s.substring(i, j), s.reverse(), s.trim(), s.lowerAscii()]",
	"[s.indexOf(t), s.lastIndexOf(t), s.indexOf(t, i), s.lastIndexOf(t, j)]",
	"[s.replace(t, s), s.replace(t, '', i), strings.quote(s), s.upperAscii()]",
	"[s.split(t), s.split(t, i), s.split('').reverse()]",
	"s.split(t).join(t) == s",
	"s.reverse().reverse() == s",
	"s.format([t, i, j, d, b, [s, {t: d}], null])",
	"[s.format([d, d, d, d]), s.format([i, j]), s.format([b, b, t])]",
	"'%s %.3f %e %x %b %o'.format([d, d, d, t, i, j])",
	"[math.greatest(i, d, j), math.bitShiftLeft(i, j), math.abs(d)]",
	"math.abs(i) + j",
	"base64.decode(base64.encode(b)) == b",
	"base64.decode(s)",
	"lists.range(i)",
	"s.split(t).slice(i, j)",
	"[s.split('').sort(), s.split('').distinct(), s.split('').sortBy(c, t.indexOf(c))]",
	"[[s, t].sort(), [d, 1.0].sort(), [b, b].sort()]",
	"[i, j].sum()",
	"[d, 1.5].min()",
	"sets.equivalent(s.split(t), t.split(s))",
	"[isIP(s), isCIDR(s), isURL(s), isQuantity(s), isSemver(s), isSemver(s, true)]",
	"ip(string(ip(s))) == ip(s) && ip.isCanonical(string(ip(s)))",
	"[ip(s).isLoopback(), ip(s).isGlobalUnicast(), cidr(t).containsIP(s)]",
	"cidr(string(cidr(s))) == cidr(s) && cidr(s).masked().containsCIDR(s)",
	"[url(s).getHost(), url(s).getHostname(), url(s).getPort(), url(s).getEscapedPath()]",
	"url(s).getQuery()",
	"quantity(string(quantity(s))) == quantity(s)",
	"[quantity(s).compareTo(quantity(t)), quantity(s).sign()]",
	"[quantity(s).add(quantity(t)), quantity(s).sub(i), quantity(s).mul(j)]",
	"[quantity(s).asInteger()]",
	"quantity(s).asApproximateFloat()",
	"semver(string(semver(s, true))) == semver(s, true)",
	"semver(s).compareTo(semver(t)) == -semver(t).compareTo(semver(s))",
	"[s.find(t), s.findAll(t).join(), s.findAll(t, i).join(), regex.replace(s, t, '<\\\\0>')]",
	"[regex.extract(s, t), optional.of(regex.replace(s, '(a|.)', t))]",
	"['dns1123Label', 'dns1123Subdomain', 'dns1035Label', 'qualifiedName', 'labelValue', "
	"'dns1123LabelPrefix', 'dns1123SubdomainPrefix', 'dns1035LabelPrefix', 'uri', 'uuid', "
	"'byte', 'date', 'datetime'].map(f, format.named(f).value().validate(s))",
};

enum { EXPRESSIONS = sizeof expressions / sizeof *expressions };

static struct {
	struct arena arena;
	struct cel_env env;
	struct cel_program programs[EXPRESSIONS];
	bool ready;
} fixed;

static void prepare(void)
{
	static const struct {
		const char *name;
		enum cel_type_kind kind;
	} variables[] = {{"s", CEL_T_STRING}, {"t", CEL_T_STRING}, {"b", CEL_T_BYTES},
			 {"i", CEL_T_INT},    {"j", CEL_T_INT},    {"d", CEL_T_DOUBLE}};
	struct err err = {0};

	arena_init(&fixed.arena, 0);
	cel_env_init(&fixed.env, &fixed.arena);
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		(void)cel_env_variable(&fixed.env, sv_of(variables[i].name),
				       &cel_types[variables[i].kind]);
	for (size_t i = 0; i < EXPRESSIONS; i++) {
		if (cel_compile(&fixed.env, &fixed.arena, sv_of(expressions[i]), &fixed.programs[i],
				&err) < 0) {
			err_print(stderr, &err);
			abort();
		}
	}
	fixed.ready = true;
}

/* What must hold of any input: round trips. */
static bool is_law(size_t i)
{
	return strstr(expressions[i], " == ") != NULL;
}

/* Eight bytes each of i, j and d, one that says how long s is; s, then t. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct sv rest = {0}, s = {0};
	struct cel_value vars[6];
	uint64_t d = 0;
	bool text = false;

	if (!fixed.ready)
		prepare();
	if (size < 25)
		return 0;
	rest = sv_make(data + 25, size - 25);
	s = sv_head(rest, data[24]);
	rest = sv_from(rest, data[24]);
	/* Bytes that are no text may become some when they are put together anew. */
	text = utf8_valid(s) == s.n;
	vars[0] = cel_string(s);
	vars[1] = cel_string(rest);
	vars[2] = (struct cel_value){.kind = CEL_BYTES, .s = s};
	vars[3] = cel_int((int64_t)le64(data));
	vars[4] = cel_int((int64_t)le64(data + 8));
	d = le64(data + 16);
	vars[5] = cel_double(0);
	memcpy(&vars[5].d, &d, sizeof d);
	arena_init(&arena, 0);
	struct cel_eval e = {.arena = &arena, .vars = vars, .cost_limit = 100000};
	for (size_t i = 0; i < EXPRESSIONS; i++) {
		auto_done(buf_done) struct buf b = {0};
		struct cel_value v = cel_run(&fixed.programs[i], &e);

		if (v.kind != CEL_ERROR)
			cel_text(&b, &v);
		if (text && is_law(i) && v.kind == CEL_BOOL && !v.b)
			abort();
	}
	cel_eval_done(&e);
	arena_done(&arena);
	return 0;
}
