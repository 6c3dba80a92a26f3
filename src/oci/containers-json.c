#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "fmt/json.h"
#include "oci/containers-json.h"
#include "oci/overlay.h"

enum { NAMES_MAX = 4096 };

static int broken(struct err *err, struct sv file, size_t at, const char *what)
{
	(void)err_set(err, ERR_PARSE, "entry %zu has no usable '%s'", at, what);
	return err_where(err, "%.*s", SV_ARG(file));
}

/* The array that each of these files is; null where there is nothing. */
static int read_array(struct arena *a, struct sv file, struct sv bytes, const struct node **out,
		      struct err *err)
{
	const struct node *root;

	int rc = json_read(a, file, bytes, DUP_REFUSE, &root, err);
	if (rc < 0)
		return rc;
	if (!node_is(root, NODE_ARRAY) && !node_is(root, NODE_NULL)) {
		(void)err_set(err, ERR_PARSE, "not a list");
		return err_where(err, "%.*s", SV_ARG(file));
	}
	*out = root;
	return 0;
}

/* An id in a field: present and harmless, or absent where it may be. */
static bool id_of(struct arena *a, const struct node *n, const char *key, bool needed,
		  struct sv *out)
{
	struct sv v = node_get_str(n, key);

	if (v.n == 0)
		return !needed;
	*out = arena_sv(a, v);
	return overlay_name_ok(v);
}

static void names_of(struct arena *a, const struct node *n, struct sv **out, size_t *count)
{
	const struct node *list = node_get(n, "names");
	size_t k = 0;

	if (!node_is(list, NODE_ARRAY) || list->n > NAMES_MAX)
		return;
	*out = ARENA_ARRAY(a, list->n, struct sv);
	NODE_EACH (it, list)
		(*out)[k++] = arena_sv(a, node_str(it));
	*count = k;
}

/* A digest that is there must be one. */
static bool digest_field(const struct node *n, const char *key, struct digest *out)
{
	struct sv v = node_get_str(n, key);

	return v.n == 0 || digest_parse(v, out);
}

int stored_images_parse(struct arena *a, struct sv name, struct sv bytes, struct stored_images *out,
			struct err *err)
{
	const struct node *list = NULL;
	size_t at = 0;

	int rc = read_array(a, name, bytes, &list, err);
	NODE_EACH (it, list) {
		struct stored_image img = {0};
		if (!id_of(a, it, "id", true, &img.id))
			return broken(err, name, at, "id");
		if (!id_of(a, it, "layer", false, &img.layer))
			return broken(err, name, at, "layer");
		if (!digest_field(it, "digest", &img.digest))
			return broken(err, name, at, "digest");
		names_of(a, it, &img.names, &img.names_n);
		*VEC_PUSH(out) = img;
		at++;
	}
	return rc;
}

int stored_layers_parse(struct arena *a, struct sv name, struct sv bytes, struct stored_layers *out,
			struct err *err)
{
	const struct node *list = NULL;
	size_t at = 0;

	int rc = read_array(a, name, bytes, &list, err);
	NODE_EACH (it, list) {
		struct stored_layer l = {0};
		if (!id_of(a, it, "id", true, &l.id))
			return broken(err, name, at, "id");
		if (!id_of(a, it, "parent", false, &l.parent))
			return broken(err, name, at, "parent");
		if (!digest_field(it, "diff-digest", &l.diff))
			return broken(err, name, at, "diff-digest");
		if (!node_u64(node_get(it, "diff-size"), &l.size))
			l.size = UINT64_MAX;
		*VEC_PUSH(out) = l;
		at++;
	}
	return rc;
}

int stored_containers_parse(struct arena *a, struct sv name, struct sv bytes,
			    struct stored_containers *out, struct err *err)
{
	const struct node *list = NULL;
	size_t at = 0;

	int rc = read_array(a, name, bytes, &list, err);
	NODE_EACH (it, list) {
		struct stored_container c = {0};
		if (!id_of(a, it, "id", true, &c.id))
			return broken(err, name, at, "id");
		if (!id_of(a, it, "image", false, &c.image))
			return broken(err, name, at, "image");
		if (!id_of(a, it, "layer", true, &c.layer))
			return broken(err, name, at, "layer");
		names_of(a, it, &c.names, &c.names_n);
		*VEC_PUSH(out) = c;
		at++;
	}
	return rc;
}
