/* config.json: mounts. */
#include "fact/mount.h"
#include "fact/oci/oci-int.h"

static bool has(const struct node *options, const char *word)
{
	NODE_EACH (it, options)
		if (sv_is(node_str(it), word))
			return true;
	return false;
}

/* mount_namespaces(7); unbindable is private to both. */
static struct sv propagation(const struct node *options)
{
	if (has(options, "rshared") || has(options, "shared"))
		return SV("Bidirectional");
	if (has(options, "rslave") || has(options, "slave"))
		return SV("HostToContainer");
	return SV("None");
}

static void fill(struct oci *o, const struct node *said, struct node *out)
{
	const struct node *options = oci_get(o, said, "options", NODE_ARRAY);
	const struct node *type = oci_get(o, said, "type", NODE_STRING);
	const struct node *source = oci_get(o, said, "source", NODE_STRING);
	bool bind = sv_is(node_str(type), "bind") || has(options, "bind") || has(options, "rbind");

	fact_fill(o->a, out, &schema_mount, said);
	fact_set(out, MOUNT_TARGET, oci_get(o, said, "destination", NODE_STRING));
	if (fact_has(out, MOUNT_TARGET))
		out->items[MOUNT_TARGET].text = mount_clean(o->a, out->items[MOUNT_TARGET].text);
	fact_set(out, MOUNT_TYPE, type);
	if (bind || !type)
		fact_say(out, MOUNT_TYPE, NODE_STRING, bind ? SV("bind") : SV("unknown"),
			 type ? type : said);
	fact_say(out, MOUNT_READ_ONLY, NODE_BOOL, has(options, "ro") ? SV("true") : SV("false"),
		 options);
	fact_say(out, MOUNT_PROPAGATION, NODE_STRING, propagation(options), options);
	oci_strings(o, out, MOUNT_OPTIONS, said, "options");
	fact_lists(out, &schema_mount);
	fact_set(out, MOUNT_SAID, said);
	if (!bind)
		return;
	fact_set(out, MOUNT_SOURCE, source);
	mount_conclude(o->a, out);
}

void oci_mounts(struct oci *o)
{
	const struct node *list = oci_get(o, o->root, "mounts", NODE_ARRAY);

	if (!list)
		return;
	struct node *out = fact_list(o->a, o->c, CONTAINER_MOUNTS, list->n, list);
	struct node *volumes = fact_list(o->a, o->w, WORKLOAD_VOLUMES, list->n, list);
	out->n = volumes->n = 0;
	NODE_EACH (it, list) {
		if (it->kind != NODE_OBJECT)
			continue;
		struct node *m = &out->items[out->n++];
		fill(o, it, m);
		if (sv_is(node_str(&m->items[MOUNT_TYPE]), "bind"))
			mount_volume(o->a, m, &volumes->items[volumes->n++]);
	}
}
