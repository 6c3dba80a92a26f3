#include "fact/process/process.h"

#include "fact/container/drift.h"
#include "fact/effective.h"
#include "fact/container/isolation.h"
#include "fact/oci/oci.h"
#include "fact/process/process-int.h"

bool process_here(const struct parts *p)
{
	return parts_bytes(p, SV("status")).n > 0;
}

/* The engine's, where it is known; for what has none the program's. */
static void name(struct process *r)
{
	struct proc_status s;
	struct proc_text t;

	if (proc_text_open(r->p, "name", &t) && t.bytes.n) {
		process_say(r->w, WORKLOAD_NAME, NODE_STRING, t.bytes, &t, t.bytes);
		process_say(r->c, CONTAINER_NAME, NODE_STRING, t.bytes, &t, t.bytes);
		return;
	}

	if (!proc_text_open(r->p, "status", &t))
		return;
	proc_status_read(t.bytes, &s);
	struct sv text = s.value[STATUS_NAME];
	if (!text.n)
		return;
	process_say(r->w, WORKLOAD_NAME, NODE_STRING, text, &t, text);
	process_say(r->c, CONTAINER_NAME, NODE_STRING, text, &t, text);
}

struct node *process_workload(struct parts *p)
{
	struct process r = {.p = p, .a = p->arena};
	struct proc_text t;

	if (!process_here(p) || !proc_text_open(p, "status", &t))
		return NULL;
	struct node at = proc_at(&t, sv_head(t.bytes, 0));
	r.w = fact_record(r.a, &schema_workload, &at);
	r.c = fact_list(r.a, r.w, WORKLOAD_CONTAINERS, 1, &at)->items;
	fact_fill(r.a, r.c, &schema_container, &at);
	r.k = fact_sub(r.a, r.c, CONTAINER_KERNEL, &schema_kernel, &at);
	fact_say(r.w, WORKLOAD_PLATFORM, NODE_STRING, sv_of(platform_names[PLATFORM_PROCESS]),
		 NULL);
	fact_say(r.w, WORKLOAD_KIND, NODE_STRING, SV("process"), NULL);
	fact_say(r.w, WORKLOAD_OS, NODE_STRING, SV("linux"), NULL);
	fact_say(r.c, CONTAINER_TYPE, NODE_STRING, SV("container"), NULL);
	name(&r);
	process_status(&r);
	process_namespaces(&r);
	process_ids(&r);
	process_label(&r);
	process_limits(&r);
	process_cgroup(&r);
	process_resources(&r);
	process_mounts(&r);
	process_devices(&r);
	process_files(&r);
	process_missing(&r);
	effective_changes(r.a, r.c);
	effective_privileged(r.c);
	vec_done(&r.mounts);
	return r.w;
}

/* What only the configuration knows. */
static void take_config(struct parts *p, struct node *w, const struct node *said)
{
	static const uint8_t of_workload[] = {WORKLOAD_NAMESPACE, WORKLOAD_ANNOTATIONS};
	static const uint8_t of_container[] = {CONTAINER_IMAGE, CONTAINER_ENV, CONTAINER_ARGS};
	struct node *c = w->items[WORKLOAD_CONTAINERS].items;
	const struct node *from = said->items[WORKLOAD_CONTAINERS].items;

	if (!parts_bytes(p, SV("name")).n && fact_has(said, WORKLOAD_NAME)) {
		fact_set(w, WORKLOAD_NAME, &said->items[WORKLOAD_NAME]);
		fact_set(c, CONTAINER_NAME, &said->items[WORKLOAD_NAME]);
	}
	for (size_t i = 0; i < ARRAY_LEN(of_workload); i++)
		if (fact_has(said, of_workload[i]))
			fact_set(w, of_workload[i], &said->items[of_workload[i]]);
	for (size_t i = 0; i < ARRAY_LEN(of_container); i++)
		if (fact_has(from, of_container[i]))
			fact_set(c, of_container[i], &from->items[of_container[i]]);
	fact_set(c, CONTAINER_SOURCE, &said->items[WORKLOAD_OBJECT]);
	fact_set(w, WORKLOAD_OBJECT, &said->items[WORKLOAD_OBJECT]);
}

static struct node *config_of(struct parts *p, const struct fact_sink *sink)
{
	struct part *part = parts_find(p, SV("config"));
	const struct node *root;
	struct err err;

	if (!part || part->state != PART_HERE || parts_json(p, part, &root, &err) < 0 ||
	    !oci_is(root))
		return NULL;
	return oci_workload(p, root, sink);
}

static void objects(struct parts *p, const struct fact_sink *sink)
{
	struct node *w = process_workload(p);

	if (!w)
		return;
	struct node *config = config_of(p, sink);
	struct fact_object o = {
		.doc = parts_find(p, SV("status"))->doc, .object = w, .kind = SV("Process")};
	if (config) {
		o.more[o.more_n++] = (struct fact_more){"drift", drift_find(p->arena, config, w)};
		take_config(p, w, config);
	}
	o.workload = w;
	o.name = node_str(&w->items[WORKLOAD_NAME]);
	o.ns = node_str(&w->items[WORKLOAD_NAMESPACE]);
	o.isolation = isolation_line(p->arena, w);
	sink->object(sink->arg, &o);
}

const struct fact_source source_process = {
	.name = "process",
	.about =
		"a running process as the kernel sees it, with its config.json where that is known",
	.objects = objects,
};
