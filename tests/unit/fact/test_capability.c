/* Capabilities that are added and dropped: who wins where. */
#include "unit/test.h"

#include "fact/capability.h"

static void list(struct arena *a, struct node *c, unsigned field, const char *words)
{
	struct node *out = fact_list(a, c, field, 8, NULL);
	struct sv rest = sv_of(words);

	out->n = 0;
	while (rest.n)
		out->items[out->n++] = (struct node){
			.kind = NODE_STRING, .text = capability_normal(a, sv_cut(&rest, ' '))};
}

static uint64_t bits(struct arena *a, const char *words)
{
	struct node *c = fact_record(a, &schema_container, NULL);

	list(a, c, CONTAINER_CAP_ADD, words);
	return capability_set(&c->items[CONTAINER_CAP_ADD]);
}

static void test_orders(void **state)
{
	static const struct {
		const char *add, *drop;
		const char *add_wins, *drop_wins; /* what comes out */
		bool all_add, all_drop;           /* ... but these, of ALL */
	} rows[] = {
		{"ALL", "", "", "", true, true},
		{"ALL", "SYS_ADMIN", "SYS_ADMIN", "SYS_ADMIN", true, true},
		{"ALL", "ALL", "", NULL, true, false},
		{"CHOWN", "ALL", "CHOWN", "CHOWN", false, false},
		{"CHOWN NET_ADMIN", "ALL CHOWN", "CHOWN NET_ADMIN", "NET_ADMIN", false, false},
		{"cap_net_admin", "NET_ADMIN ALL", "NET_ADMIN", NULL, false, false},
		{"", "ALL", NULL, NULL, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (unsigned order = 0; order < 2; order++) {
			auto_done(arena_done) struct arena a = {0};
			struct node *c = fact_record(&a, &schema_container, NULL);
			bool wins = order == CAPABILITY_ADD_WINS;
			const char *words = wins ? rows[i].add_wins : rows[i].drop_wins;
			uint64_t want = words ? bits(&a, words) : 0;
			if (wins ? rows[i].all_add : rows[i].all_drop)
				want = capability_all_set & ~want;
			list(&a, c, CONTAINER_CAP_ADD, rows[i].add);
			list(&a, c, CONTAINER_CAP_DROP, rows[i].drop);
			capability_apply(&a, c, capability_default_set,
					 (enum capability_order)order, NULL, NULL);
			if (capability_set(&c->items[CONTAINER_CAPABILITIES]) != want)
				fail_msg("row %zu, order %u", i, order);
		}
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *said, *is;
	} rows[] = {
		{"CAP_SYS_ADMIN", "SYS_ADMIN"},
		{"cap_net_raw", "NET_RAW"},
		{"all", "ALL"},
		{"\xc5\xbfys_adm\xc4\xb1n", "SYS_ADMIN"}, /* letters that become ASCII */
		{"CAP_", "CAP_"},
		{"", ""},
		{"\xff", "\xff"},
	};
	auto_done(arena_done) struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_sv(capability_normal(&a, sv_of(rows[i].said)), rows[i].is);
}

/* Names of ALL stand where it was written; Podman starts from less. */
static void test_places(void **state)
{
	auto_done(arena_done) struct arena a = {0};
	struct node *c = fact_record(&a, &schema_container, NULL);

	(void)state;
	list(&a, c, CONTAINER_CAP_ADD, "ALL");
	list(&a, c, CONTAINER_CAP_DROP, "SYS_ADMIN");
	c->items[CONTAINER_CAP_ADD].items[0].start = 7;
	capability_apply(&a, c, capability_default_set, CAPABILITY_ADD_WINS, NULL, NULL);
	NODE_EACH (it, &c->items[CONTAINER_CAPABILITIES]) {
		assert_int_equal(it->start, 7);
		assert_false(it->flags & NODE_DEFAULT);
	}
	assert_int_equal(capability_default_of(PLATFORM_PODMAN),
			 capability_default_set & ~bits(&a, "NET_RAW MKNOD AUDIT_WRITE"));
	assert_int_equal(capability_default_of(PLATFORM_DOCKER), capability_default_set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
