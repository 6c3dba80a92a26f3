#include "unit/test.h"

#include "fact/set/set.h"

static const struct fact_schema *const schemas[] = {
	&schema_profile,
	&schema_selinux,
	&schema_image,
	&schema_env,
	&schema_port,
	&schema_mount,
	&schema_volume,
	&schema_resources,
	&schema_sysctl,
	&schema_container,
	&schema_workload,
	&schema_meta,
	&schema_role_rule,
	&schema_role,
	&schema_subject,
	&schema_binding,
	&schema_service_port,
	&schema_service,
	&schema_peer,
	&schema_network_policy,
	&schema_disruption_budget,
	&schema_autoscaler,
	&schema_backend,
	&schema_ingress,
	&schema_service_monitor,
	&schema_bound_subject,
	&schema_role_binding,
	&schema_service_account,
	&schema_workload_set,
	&schema_namespace,
	&schema_duplicate,
};

static bool snake_case(const char *s)
{
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || *s == '_'))
			return false;
	return true;
}

/* Names are unique, and a record's schema stands where it is needed and nowhere else. */
static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
		const struct fact_schema *s = schemas[i];
		assert_true(s->n > 0);
		for (unsigned f = 0; f < s->n; f++) {
			const struct fact_field *field = &s->fields[f];
			bool of_record = field->kind == FACT_RECORD || field->of == FACT_RECORD;
			assert_true(snake_case(field->name));
			assert_int_equal(fact_field_find(s, sv_of(field->name)), f);
			assert_int_equal(of_record, field->record != NULL);
			assert_non_null(field->about);
		}
	}
	assert_int_equal(fact_field_find(&schema_port, SV("nothing")), -1);
	assert_int_equal(fact_field_find(&schema_port, SV("por")), -1);
	assert_string_equal(schema_workload.fields[WORKLOAD_HOST_PID].name, "host_pid");
	assert_string_equal(schema_network_policy.fields[NETWORK_POLICY_PEERS].name, "peers");
}

static void test_record(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct node at = {.start = 5, .end = 9, .doc = 3};
	struct node *r = fact_record(&a, &schema_port, &at);

	assert_int_equal(r->kind, NODE_OBJECT);
	assert_int_equal(r->n, schema_port.n);
	for (unsigned i = 0; i < r->n; i++) {
		assert_false(fact_has(r, i));
		assert_int_equal(r->items[i].kind, NODE_NULL);
		assert_int_equal(r->items[i].start, 5);
		assert_int_equal(r->items[i].end, 9);
		assert_int_equal(r->items[i].doc, 3);
		assert_sv(r->items[i].key, schema_port.fields[i].name);
	}
	struct node *bare = fact_record(&a, &schema_port, NULL);
	assert_int_equal(bare->start, 0);
	assert_int_equal(bare->items[0].end, 0);
}

static void test_setters(void **state)
{
	(void)state;
	auto_done(arena_done) struct arena a = {0};
	struct node at = {.start = 5, .end = 9};
	struct node said = {.kind = NODE_STRING,
			    .flags = NODE_QUOTED,
			    .start = 7,
			    .end = 8,
			    .key = SV("hostIP"),
			    .text = SV("x")};
	struct node *r = fact_record(&a, &schema_port, &at);

	fact_set(r, PORT_HOST_IP, NULL);
	assert_false(fact_has(r, PORT_HOST_IP));
	fact_set(r, PORT_HOST_IP, &said);
	assert_true(fact_has(r, PORT_HOST_IP));
	assert_sv(r->items[PORT_HOST_IP].key, "host_ip");
	assert_sv(node_get_str(r, "host_ip"), "x");
	assert_int_equal(r->items[PORT_HOST_IP].start, 7);
	assert_int_equal(r->items[PORT_HOST_IP].flags, NODE_QUOTED);

	fact_default(r, PORT_PROTOCOL, NODE_STRING, SV("TCP"));
	assert_true(fact_has(r, PORT_PROTOCOL));
	assert_int_equal(r->items[PORT_PROTOCOL].flags, NODE_DEFAULT);
	assert_int_equal(r->items[PORT_PROTOCOL].start, 5);

	fact_say(r, PORT_NAME, NODE_STRING, SV("concluded"), &said);
	assert_int_equal(r->items[PORT_NAME].start, 7);
	assert_sv(node_get_str(r, "name"), "concluded");

	struct node *c = fact_record(&a, &schema_container, &at);
	struct node *list = fact_list(&a, c, CONTAINER_PORTS, 3, &said);
	assert_ptr_equal(list, &c->items[CONTAINER_PORTS]);
	assert_int_equal(list->kind, NODE_ARRAY);
	assert_int_equal(list->n, 3);
	assert_int_equal(list->start, 7);
	assert_sv(list->key, "ports");
	struct node *image = fact_sub(&a, c, CONTAINER_IMAGE, &schema_image, NULL);
	assert_sv(image->key, "image");
	assert_int_equal(image->n, schema_image.n);
	assert_int_equal(image->end, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_setters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
