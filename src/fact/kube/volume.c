/* Volumes of a pod and where its containers mount them. */
#include "fact/kube/kube-int.h"

#include "fact/mount.h"

enum { READ_ONLY = 1 /* the kubelet mounts it so, whatever the mount says */ };

/* The first row that a volume has decides: the most dangerous one stands first. */
static const struct volume_type {
	struct sv key, type;
	unsigned flags;
} types[] = {
	{{"hostPath", 8}, {"host_path", 9}, 0},
	{{"secret", 6}, {"secret", 6}, READ_ONLY},
	{{"configMap", 9}, {"config_map", 10}, READ_ONLY},
	{{"emptyDir", 8}, {"empty_dir", 9}, 0},
	{{"persistentVolumeClaim", 21}, {"persistent_volume_claim", 23}, 0},
	{{"projected", 9}, {"projected", 9}, READ_ONLY},
	{{"downwardAPI", 11}, {"downward_api", 12}, READ_ONLY},
	{{"csi", 3}, {"csi", 3}, 0},
	{{"ephemeral", 9}, {"ephemeral", 9}, 0},
	{{"image", 5}, {"image", 5}, READ_ONLY},
	{{"nfs", 3}, {"nfs", 3}, 0},
	{{"iscsi", 5}, {"iscsi", 5}, 0},
	{{"fc", 2}, {"fc", 2}, 0},
	{{"gitRepo", 7}, {"git_repo", 8}, 0},
	{{"flexVolume", 10}, {"flex_volume", 11}, 0},
	{{"gcePersistentDisk", 17}, {"gce_persistent_disk", 19}, 0},
	{{"awsElasticBlockStore", 20}, {"aws_elastic_block_store", 23}, 0},
	{{"azureDisk", 9}, {"azure_disk", 10}, 0},
	{{"azureFile", 9}, {"azure_file", 10}, 0},
	{{"glusterfs", 9}, {"glusterfs", 9}, 0},
	{{"rbd", 3}, {"rbd", 3}, 0},
	{{"cinder", 6}, {"cinder", 6}, 0},
	{{"cephfs", 6}, {"cephfs", 6}, 0},
	{{"flocker", 7}, {"flocker", 7}, 0},
	{{"vsphereVolume", 13}, {"vsphere_volume", 14}, 0},
	{{"quobyte", 7}, {"quobyte", 7}, 0},
	{{"photonPersistentDisk", 20}, {"photon_persistent_disk", 22}, 0},
	{{"portworxVolume", 14}, {"portworx_volume", 15}, 0},
	{{"scaleIO", 7}, {"scale_io", 8}, 0},
	{{"storageos", 9}, {"storageos", 9}, 0},
};

static size_t type_index(struct sv key)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (sv_eq(key, types[i].key))
			return i;
	return ARRAY_LEN(types);
}

struct source {
	const struct node *value; /* of the source's key; NULL: none is written */
	size_t type;              /* index in types, or their number: not known */
};

static struct source source_of(const struct node *volume)
{
	struct source s = {.type = ARRAY_LEN(types)};

	NODE_EACH (it, volume) {
		if (it->kind == NODE_NULL || sv_is(it->key, "name"))
			continue;
		size_t type = type_index(it->key);
		if (!s.value || type < s.type)
			s = (struct source){it, type};
	}
	return s;
}

static void host_path(struct kube *k, struct node *out, const struct node *value)
{
	if (value->kind != NODE_OBJECT)
		kube_tell(k, value, "object");
	fact_set(out, VOLUME_PATH,
		 value->kind == NODE_STRING ? value : kube_str(k, kube_get(value, "path")));
}

static void volume(struct kube_pod *pod, struct node *out, const struct node *written)
{
	struct kube *k = pod->k;
	struct source s = source_of(written);

	fact_fill(k->a, out, &schema_volume, written);
	fact_set(out, VOLUME_NAME, kube_str(k, kube_get(written, "name")));
	fact_set(out, VOLUME_SOURCE, written);
	fact_lists(out, &schema_volume);
	kube_names_add(&pod->volumes, out->items[VOLUME_NAME].text, out);
	if (!s.value) {
		fact_default(out, VOLUME_TYPE, NODE_STRING, SV("empty_dir"));
		return;
	}
	bool known = s.type < ARRAY_LEN(types);
	fact_say(out, VOLUME_TYPE, NODE_STRING, known ? types[s.type].type : SV("unknown"),
		 s.value);
	if (known && s.type == 0)
		host_path(k, out, s.value);
	else if (known)
		(void)kube_map(k, s.value);
}

/* A claim template is a volume of the StatefulSet's pods: it is known by name only. */
static void claim(struct kube_pod *pod, const struct node *written)
{
	struct node *out = fact_record(pod->k->a, &schema_volume, written);

	fact_say(out, VOLUME_TYPE, NODE_STRING, SV("persistent_volume_claim"), written);
	kube_names_add(&pod->volumes, node_get_str(kube_get(written, "metadata"), "name"), out);
}

void kube_volumes(struct kube_pod *pod, const struct node *volumes, const struct node *claims)
{
	struct kube *k = pod->k;
	const struct node *list = kube_array(k, volumes), *more = kube_array(k, claims);
	struct node *out =
		fact_list(k->a, pod->workload, WORKLOAD_VOLUMES, list ? list->n : 0, list);

	if (!list)
		out->flags |= NODE_DEFAULT;
	pod->volumes.p = ARENA_ARRAY(k->a, (list ? list->n : 0) + (size_t)(more ? more->n : 0),
				     struct kube_name);
	out->n = 0;
	NODE_EACH (it, more)
		if (kube_element(k, it))
			claim(pod, it);
	NODE_EACH (it, list)
		if (kube_element(k, it))
			volume(pod, &out->items[out->n++], it);
	kube_names_sort(&pod->volumes);
}

/* The mount says so, the volume says so, or volumes of its type are never writable. */
static const struct node *read_only(struct kube *k, const struct node *said,
				    const struct node *volume)
{
	const struct node *mount = kube_bool(k, said, false);

	if (node_true(mount) || !volume || !fact_has(volume, VOLUME_SOURCE))
		return mount;
	struct source s = source_of(&volume->items[VOLUME_SOURCE]);
	const struct node *whole = kube_get(s.value, "readOnly");
	if (node_true(whole))
		return whole;
	if (s.type < ARRAY_LEN(types) && (types[s.type].flags & READ_ONLY))
		return s.value;
	return mount;
}

static void mount(struct kube_pod *pod, struct node *out, const struct node *entry)
{
	static const struct sv keys[] = {
		{"name", 4},    {"mountPath", 9}, {"readOnly", 8}, {"mountPropagation", 16},
		{"subPath", 7},
	};
	const struct node *in[ARRAY_LEN(keys)];
	struct kube *k = pod->k;

	fact_fill(k->a, out, &schema_mount, entry);
	kube_gather(entry, keys, ARRAY_LEN(keys), in);
	fact_set(out, MOUNT_VOLUME, kube_str(k, in[0]));
	fact_set(out, MOUNT_TARGET, kube_str(k, in[1]));
	fact_default(out, MOUNT_PROPAGATION, NODE_STRING, SV("None"));
	fact_set(out, MOUNT_PROPAGATION, kube_str(k, in[3]));
	fact_set(out, MOUNT_SUB_PATH, kube_str(k, in[4]));
	const struct node *volume = kube_names_find(&pod->volumes, out->items[MOUNT_VOLUME].text);
	if (volume) {
		fact_set(out, MOUNT_TYPE, &volume->items[VOLUME_TYPE]);
		if (fact_has(volume, VOLUME_PATH))
			fact_set(out, MOUNT_SOURCE, &volume->items[VOLUME_PATH]);
	} else {
		fact_say(out, MOUNT_TYPE, NODE_STRING, SV("unknown"), NULL);
	}
	const struct node *fixed = read_only(k, in[2], volume);
	if (!fixed)
		fact_default(out, MOUNT_READ_ONLY, NODE_BOOL, SV("false"));
	else if (fixed->kind == NODE_BOOL)
		fact_set(out, MOUNT_READ_ONLY, fixed);
	else
		fact_say(out, MOUNT_READ_ONLY, NODE_BOOL, SV("true"), fixed);
	mount_conclude(k->a, out);
	fact_lists(out, &schema_mount);
}

void kube_mounts(struct kube_pod *pod, struct node *c, const struct node *mounts)
{
	const struct node *list = kube_array(pod->k, mounts);
	struct node *out = fact_list(pod->k->a, c, CONTAINER_MOUNTS, list ? list->n : 0, list);

	if (!list)
		out->flags |= NODE_DEFAULT;
	out->n = 0;
	NODE_EACH (it, list)
		if (kube_element(pod->k, it))
			mount(pod, &out->items[out->n++], it);
}
