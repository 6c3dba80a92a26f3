/* Arbitrary source compiled against an environment with variables of many types. */
#include "base/base.h"

#include "fact/workload.h"
#include "rule/cel/env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void declare(struct cel_env *e, struct arena *a, const char *name, const char *type)
{
	struct sv text = sv_of(type);
	const struct cel_type *t = NULL;
	struct err err = {0};

	if (cel_type_parse(a, &text, &t, &err) == 0)
		(void)cel_env_variable(e, sv_of(name), t);
}

/* The first byte says how: unchecked, container, flags of the parser. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const variables[][2] = {
		{"object", "dyn"},
		{"a", "int"},
		{"a.b", "list(string)"},
		{"m", "map(string, list(int))"},
		{"o", "optional_type(int)"},
		{"t", "timestamp"},
		{"i", "net.IP"},
		{"x.y.z", "bool"},
	};
	struct arena arena;
	struct cel_env env;
	struct cel_program p = {0};
	struct err err = {0};

	if (size == 0)
		return 0;
	arena_init(&arena, 0);
	cel_env_init(&env, &arena);
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		declare(&env, &arena, variables[i][0], variables[i][1]);
	(void)cel_env_variable(&env, SV("workload"), cel_type_record(&arena, &schema_workload));
	(void)cel_env_variable(&env, SV("container"), cel_type_record(&arena, &schema_container));
	env.unchecked = data[0] & 1;
	env.container = data[0] & 2 ? SV("x.y") : (struct sv){0};
	env.parse_flags = data[0] & 4 ? CEL_PARSE_TEST_MACROS : 0;
	if (cel_compile(&env, &arena, sv_make(data + 1, size - 1), &p, &err) == 0) {
		auto_done(buf_done) struct buf b = {0};
		cel_type_text(&b, p.root->type);
	}
	cel_env_done(&env);
	arena_done(&arena);
	return 0;
}
