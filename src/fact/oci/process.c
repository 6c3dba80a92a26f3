/* config.json: process, root. */
#include "fact/capability.h"
#include "fact/oci/oci-int.h"

static void user(struct oci *o)
{
	const struct node *u = oci_get(o, o->process, "user", NODE_OBJECT);
	const struct node *groups = oci_get(o, u, "additionalGids", NODE_ARRAY);
	const struct node *uid = oci_get(o, u, "uid", NODE_NUMBER);
	const struct node *gid = oci_get(o, u, "gid", NODE_NUMBER);

	if (o->process) {
		/* both are 0 when they are not written */
		fact_default(o->c, CONTAINER_RUN_AS_USER, NODE_NUMBER, SV("0"));
		fact_default(o->c, CONTAINER_RUN_AS_GROUP, NODE_NUMBER, SV("0"));
	}
	fact_set(o->c, CONTAINER_RUN_AS_USER, uid);
	fact_set(o->c, CONTAINER_RUN_AS_GROUP, gid);
	if (uid)
		fact_say(o->c, CONTAINER_USER, NODE_STRING,
			 gid ? arena_fmt(o->a, "%.*s:%.*s", SV_ARG(uid->text), SV_ARG(gid->text))
			     : uid->text,
			 uid);
	if (!groups)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_GROUPS, groups->n, groups);
	out->n = 0;
	NODE_EACH (it, groups) {
		if (it->kind != NODE_NUMBER)
			continue;
		out->items[out->n] = *it;
		out->items[out->n++].kind = NODE_STRING;
	}
}

static void environment(struct oci *o)
{
	const struct node *env = oci_get(o, o->process, "env", NODE_ARRAY);

	if (!env)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_ENV, env->n, env);
	out->n = 0;
	NODE_EACH (it, env) {
		struct sv value = node_str(it), name = sv_cut(&value, '=');
		if (it->kind != NODE_STRING || name.n == 0)
			continue;
		struct node *e = &out->items[out->n++];
		fact_fill(o->a, e, &schema_env, it);
		fact_say(e, ENV_NAME, NODE_STRING, name, it);
		fact_say(e, ENV_VALUE, NODE_STRING, value, it);
		fact_say(e, ENV_FROM, NODE_STRING, SV("value"), it);
	}
}

static void capabilities(struct oci *o)
{
	const struct node *caps = oci_get(o, o->process, "capabilities", NODE_OBJECT);
	const struct node *bounding = oci_get(o, caps, "bounding", NODE_ARRAY);
	uint64_t set = 0;

	if (!o->process)
		return;
	NODE_EACH (it, bounding) {
		unsigned n = capability_number(capability_normal(o->a, node_str(it)));
		if (n != CAPABILITY_UNKNOWN)
			set |= UINT64_C(1) << n;
	}
	capability_list(o->a, o->c, CONTAINER_CAPABILITIES, set, bounding ? bounding : o->process);
}

/* RLIMIT_NOFILE; the largest number is "no limit". */
static void limits(struct oci *o)
{
	const struct node *list = oci_get(o, o->process, "rlimits", NODE_ARRAY);

	if (!list)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_ULIMITS, list->n, list);
	out->n = 0;
	NODE_EACH (it, list) {
		static const struct {
			const char *key;
			uint8_t field;
		} sides[] = {{"soft", ULIMIT_SOFT}, {"hard", ULIMIT_HARD}};
		const struct node *type = oci_get(o, it, "type", NODE_STRING);
		if (!type || !sv_starts(type->text, SV("RLIMIT_")))
			continue;
		struct node *l = &out->items[out->n++];
		char *name = arena_str(o->a, sv_from(type->text, 7));
		for (char *p = name; *p; p++)
			*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
		fact_fill(o->a, l, &schema_ulimit, it);
		fact_say(l, ULIMIT_NAME, NODE_STRING, sv_of(name), type);
		for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
			const struct node *v = oci_get(o, it, sides[i].key, NODE_NUMBER);
			if (v && sv_is(v->text, "18446744073709551615"))
				fact_say(l, sides[i].field, NODE_NUMBER, SV("-1"), v);
			else
				fact_set(l, sides[i].field, v);
		}
	}
}

static void labels(struct oci *o)
{
	static const uint8_t fields[] = {SELINUX_USER, SELINUX_ROLE, SELINUX_TYPE};
	const struct node *profile = oci_get(o, o->process, "apparmorProfile", NODE_STRING);
	const struct node *label = oci_get(o, o->process, "selinuxLabel", NODE_STRING);
	struct node *aa = fact_sub(o->a, o->c, CONTAINER_APPARMOR, &schema_profile, profile);

	if (!profile || profile->text.n == 0) {
		fact_default(aa, PROFILE_TYPE, NODE_STRING, SV("Undefined"));
	} else {
		bool open = sv_is(profile->text, "unconfined");
		fact_say(aa, PROFILE_TYPE, NODE_STRING, open ? SV("Unconfined") : SV("Localhost"),
			 profile);
		if (!open)
			fact_set(aa, PROFILE_LOCALHOST, profile);
	}
	if (!label || label->text.n == 0)
		return;
	struct node *se = fact_sub(o->a, o->c, CONTAINER_SELINUX, &schema_selinux, label);
	struct sv rest = label->text;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		fact_say(se, fields[i], NODE_STRING, sv_cut(&rest, ':'), label);
	fact_say(se, SELINUX_LEVEL, NODE_STRING, rest, label);
}

void oci_process(struct oci *o)
{
	const struct node *root = oci_get(o, o->root, "root", NODE_OBJECT);
	const struct node *read_only = oci_get(o, root, "readonly", NODE_BOOL);
	const struct node *nnp = oci_get(o, o->process, "noNewPrivileges", NODE_BOOL);

	fact_default(o->c, CONTAINER_READ_ONLY_ROOT, NODE_BOOL, SV("false"));
	fact_set(o->c, CONTAINER_READ_ONLY_ROOT, read_only);
	fact_default(o->c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL, SV("true"));
	if (nnp)
		fact_say(o->c, CONTAINER_ALLOW_ESCALATION, NODE_BOOL,
			 node_true(nnp) ? SV("false") : SV("true"), nnp);
	oci_strings(o, o->c, CONTAINER_ARGS, o->process, "args");
	fact_set(o->c, CONTAINER_WORKING_DIR, oci_get(o, o->process, "cwd", NODE_STRING));
	fact_set(o->c, CONTAINER_OOM_SCORE, oci_get(o, o->process, "oomScoreAdj", NODE_NUMBER));
	user(o);
	environment(o);
	capabilities(o);
	limits(o);
	labels(o);
}
