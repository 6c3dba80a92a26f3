#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "fmt/json.h"
#include "oci/manifest.h"

/* What one of the parsers below works on. */
struct reader {
	struct arena *arena; /* what is handed out */
	struct arena *tree;  /* the JSON tree, dropped at the end */
	struct sv name;
	struct err *err;
};

static struct sv text_of(const struct reader *r, const struct node *n)
{
	return arena_sv(r->arena, node_str(n));
}

static struct sv text_at(const struct reader *r, const struct node *object, const char *key)
{
	return text_of(r, node_get(object, key));
}

static int refuse(const struct reader *r, const char *what)
{
	(void)err_set(r->err, ERR_PARSE, "%s", what);
	return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
}

/* The next character of a key as Go's encoding/json folds it: also the long s and the Kelvin sign.
 */
static char fold_next(struct sv *v)
{
	char c = v->p[0];
	size_t n = 1;

	if (sv_starts(*v, SV("\xc5\xbf"))) {
		c = 's';
		n = 2;
	} else if (sv_starts(*v, SV("\xe2\x84\xaa"))) {
		c = 'k';
		n = 3;
	}
	*v = sv_from(*v, n);
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool folds_to(struct sv key, struct sv known)
{
	while (key.n > 0 && known.n > 0)
		if (fold_next(&key) != fold_next(&known))
			return false;
	return key.n == 0 && known.n == 0;
}

/* Every key that Go would take for one of ours must be written as ours is. known ends with NULL. */
static int exact_keys(const struct reader *r, const struct node *object, const char *const *known)
{
	NODE_EACH (it, object) {
		for (size_t i = 0; known[i]; i++) {
			if (sv_is(it->key, known[i]) || !folds_to(it->key, sv_of(known[i])))
				continue;
			(void)err_set(r->err, ERR_PARSE,
				      "the key '%.*s' differs from '%s' only in case: readers "
				      "would disagree",
				      SV_ARG(text_safe(r->arena, it->key)), known[i]);
			(void)err_code(r->err, "ambiguous");
			return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
		}
	}
	return 0;
}

static int read_json(struct reader *r, struct sv bytes, const struct node **root)
{
	if (bytes.n > limit_manifest_bytes) {
		(void)err_set(r->err, ERR_LIMIT, "larger than %zu bytes",
			      (size_t)limit_manifest_bytes);
		return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
	}
	return json_read(r->tree, r->name, bytes, DUP_REFUSE, root, r->err);
}

/* An array of at most max elements under a key; absent or null is empty. */
static int array_of(const struct reader *r, const struct node *object, const char *key,
		    uint64_t max, const struct node **out)
{
	const struct node *n = node_get(object, key);

	*out = NULL;
	if (!n || node_is(n, NODE_NULL))
		return 0;
	if (!node_is(n, NODE_ARRAY)) {
		(void)err_set(r->err, ERR_PARSE, "'%s' is no array", key);
		return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
	}
	if (n->n > max) {
		(void)err_set(r->err, ERR_LIMIT, "'%s' has %u elements, more than %zu", key, n->n,
			      (size_t)max);
		return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
	}
	*out = n;
	return 0;
}

static int platform_read(const struct reader *r, const struct node *n, struct platform *out)
{
	static const char *const known[] = {"os", "architecture", "variant", NULL};

	int rc = exact_keys(r, n, known);
	if (rc < 0)
		return rc;
	*out = platform_make(r->arena, node_get_str(n, "os"), node_get_str(n, "architecture"),
			     node_get_str(n, "variant"));
	return 0;
}

static bool is_foreign(const struct node *n, struct sv media_type)
{
	const struct node *urls = node_get(n, "urls");

	return (urls && urls->n > 0) || sv_find(media_type, SV(".nondistributable.")) != SIZE_MAX ||
	       sv_find(media_type, SV(".foreign.")) != SIZE_MAX;
}

static int descriptor_read(const struct reader *r, const struct node *n, struct descriptor *out)
{
	static const char *const known[] = {"mediaType", "digest",      "size",         "urls",
					    "platform",  "annotations", "artifactType", NULL};
	struct descriptor d = {0};
	const struct node *notes = node_get(n, "annotations");

	if (!node_is(n, NODE_OBJECT))
		return refuse(r, "a descriptor is no object");
	int rc = exact_keys(r, n, known);
	if (rc < 0)
		return rc;
	d.media_type = text_at(r, n, "mediaType");
	d.artifact_type = text_at(r, n, "artifactType");
	if (!digest_parse(node_get_str(n, "digest"), &d.digest))
		return refuse(r, "a descriptor without a digest");
	if (!d.digest.set) {
		(void)err_set(r->err, ERR_UNSUPPORTED, "a sha512 digest: only sha256 is supported");
		return err_where(r->err, "%.*s", SV_ARG(text_safe(r->arena, r->name)));
	}
	if (!node_u64(node_get(n, "size"), &d.size) || d.size > INT64_MAX)
		return refuse(r, "a descriptor without a size");
	const struct node *platform = node_get(n, "platform");
	d.has_platform = node_is(platform, NODE_OBJECT);
	if (d.has_platform && (rc = platform_read(r, platform, &d.platform)) < 0)
		return rc;
	d.ref_name = text_at(r, notes, "org.opencontainers.image.ref.name");
	d.image_name = text_at(r, notes, "io.containerd.image.name");
	d.reference_type = text_at(r, notes, "vnd.docker.reference.type");
	d.foreign = is_foreign(n, d.media_type);
	*out = d;
	return 0;
}

static int descriptors_read(const struct reader *r, const struct node *array,
			    struct descriptor **out, size_t *n)
{
	size_t count = array ? array->n : 0, i = 0;
	struct descriptor *p = ARENA_ARRAY(r->arena, count, struct descriptor);

	NODE_EACH (it, array) {
		int rc = descriptor_read(r, it, &p[i++]);
		if (rc < 0)
			return rc;
	}
	*out = p;
	*n = count;
	return 0;
}

static int index_read(const struct reader *r, const struct node *root, struct document *d)
{
	const struct node *array;

	d->kind = DOCUMENT_INDEX;
	int rc = array_of(r, root, "manifests", limit_index_images, &array);
	return rc < 0 ? rc : descriptors_read(r, array, &d->manifests, &d->manifests_n);
}

static int manifest_read(const struct reader *r, const struct node *root, struct document *d)
{
	const struct node *array, *notes = node_get(root, "annotations");

	d->kind = DOCUMENT_MANIFEST;
	int rc = array_of(r, root, "layers", limit_manifest_layers, &array);
	if (rc < 0 || (rc = descriptors_read(r, array, &d->layers, &d->layers_n)) < 0)
		return rc;
	d->artifact_type = text_at(r, root, "artifactType");
	d->base_name = text_at(r, notes, "org.opencontainers.image.base.name");
	d->base_digest = text_at(r, notes, "org.opencontainers.image.base.digest");
	return descriptor_read(r, node_get(root, "config"), &d->config);
}

static const struct {
	const char *media_type;
	enum document_kind kind;
} media_types[] = {
	{"application/vnd.oci.image.index.v1+json", DOCUMENT_INDEX},
	{"application/vnd.docker.distribution.manifest.list.v2+json", DOCUMENT_INDEX},
	{"application/vnd.oci.image.manifest.v1+json", DOCUMENT_MANIFEST},
	{"application/vnd.docker.distribution.manifest.v2+json", DOCUMENT_MANIFEST},
};

/* By its members; the media type inside, where there is one, must say the same. */
static int document_kind(const struct reader *r, const struct node *root, enum document_kind *out)
{
	bool index = node_get(root, "manifests");
	bool manifest = node_get(root, "layers") || node_get(root, "config");
	struct sv type = node_get_str(root, "mediaType");

	if (node_get(root, "fsLayers"))
		return err_set(r->err, ERR_UNSUPPORTED,
			       "a manifest of schema 1, which registries gave up in 2017");
	if (index && manifest) {
		(void)refuse(r, "manifest and index in one document");
		return err_code(r->err, "ambiguous");
	}
	if (!index && !manifest)
		return refuse(r, "neither an image manifest nor an index");
	*out = index ? DOCUMENT_INDEX : DOCUMENT_MANIFEST;
	for (size_t i = 0; i < ARRAY_LEN(media_types); i++) {
		if (!sv_is(type, media_types[i].media_type) || media_types[i].kind == *out)
			continue;
		(void)refuse(r, "its media type says index and its content manifest, or the other "
				"way round");
		return err_code(r->err, "ambiguous");
	}
	return 0;
}

int document_parse(struct arena *a, struct sv name, struct sv bytes, struct document *out,
		   struct err *err)
{
	static const char *const known[] = {"mediaType", "manifests",     "layers",
					    "config",    "schemaVersion", "annotations",
					    "fsLayers",  "artifactType",  NULL};
	auto_done(arena_done) struct arena tree;
	struct reader r = {a, &tree, name, err};
	struct document d = {0};
	const struct node *root;
	enum document_kind kind = DOCUMENT_INDEX;

	arena_init(&tree, 0);
	int rc = read_json(&r, bytes, &root);
	if (rc < 0)
		return rc;
	if (!node_is(root, NODE_OBJECT))
		return refuse(&r, "no JSON object");
	rc = exact_keys(&r, root, known);
	if (rc < 0 || (rc = document_kind(&r, root, &kind)) < 0)
		return rc;
	rc = kind == DOCUMENT_INDEX ? index_read(&r, root, &d) : manifest_read(&r, root, &d);
	if (rc < 0)
		return rc;
	*out = d;
	return 0;
}

bool document_is_image(const struct document *d)
{
	return d->kind == DOCUMENT_MANIFEST &&
	       (sv_is(d->config.media_type, "application/vnd.oci.image.config.v1+json") ||
		sv_is(d->config.media_type, "application/vnd.docker.container.image.v1+json") ||
		d->config.media_type.n == 0);
}

static int diff_ids_read(const struct reader *r, const struct node *rootfs, struct image_config *c)
{
	static const char *const known[] = {"type", "diff_ids", NULL};
	const struct node *array;
	size_t i = 0;

	int rc = exact_keys(r, rootfs, known);
	if (rc < 0 || (rc = array_of(r, rootfs, "diff_ids", limit_manifest_layers, &array)) < 0)
		return rc;
	c->diff_ids_n = array ? array->n : 0;
	c->diff_ids = ARENA_ARRAY(r->arena, c->diff_ids_n, struct digest);
	NODE_EACH (it, array)
		if (!digest_parse(node_str(it), &c->diff_ids[i++]) || !c->diff_ids[i - 1].set)
			return refuse(r, "a diff_id that is no sha256 digest");
	return 0;
}

static int history_read(const struct reader *r, const struct node *root, struct image_config *c)
{
	const struct node *array;
	size_t i = 0;

	int rc = array_of(r, root, "history", 4 * limit_manifest_layers, &array);
	if (rc < 0)
		return rc;
	c->history_n = array ? array->n : 0;
	c->history = ARENA_ARRAY(r->arena, c->history_n, struct history);
	NODE_EACH (it, array) {
		c->history[i].created_by = text_at(r, it, "created_by");
		c->history[i++].empty = node_true(node_get(it, "empty_layer"));
	}
	return 0;
}

int config_parse(struct arena *a, struct sv name, struct sv bytes, struct image_config *out,
		 struct err *err)
{
	static const char *const known[] = {"rootfs",  "history", "os", "architecture",
					    "variant", "config",  NULL};
	auto_done(arena_done) struct arena tree;
	struct reader r = {a, &tree, name, err};
	struct image_config c = {0};
	const struct node *root;

	arena_init(&tree, 0);
	int rc = read_json(&r, bytes, &root);
	if (rc < 0)
		return rc;
	if (!node_is(root, NODE_OBJECT))
		return refuse(&r, "no JSON object");
	if ((rc = exact_keys(&r, root, known)) < 0 ||
	    (rc = platform_read(&r, root, &c.platform)) < 0 ||
	    (rc = diff_ids_read(&r, node_get(root, "rootfs"), &c)) < 0 ||
	    (rc = history_read(&r, root, &c)) < 0)
		return rc;
	c.bytes = arena_sv(a, bytes);
	*out = c;
	return 0;
}

static int strings_read(const struct reader *r, const struct node *object, const char *key,
			struct sv **out, size_t *n)
{
	const struct node *array;
	size_t i = 0;

	int rc = array_of(r, object, key, limit_manifest_layers, &array);
	if (rc < 0)
		return rc;
	*n = array ? array->n : 0;
	*out = ARENA_ARRAY(r->arena, *n, struct sv);
	NODE_EACH (it, array) {
		if (!node_is(it, NODE_STRING))
			return refuse(
				r, "an entry with something else than text in RepoTags or Layers");
		(*out)[i++] = text_of(r, it);
	}
	return 0;
}

int save_parse(struct arena *a, struct sv name, struct sv bytes, struct save_entry **out, size_t *n,
	       struct err *err)
{
	static const char *const known[] = {"Config", "RepoTags", "Layers", NULL};
	auto_done(arena_done) struct arena tree;
	struct reader r = {a, &tree, name, err};
	const struct node *root;
	size_t i = 0;

	arena_init(&tree, 0);
	int rc = read_json(&r, bytes, &root);
	if (rc < 0)
		return rc;
	if (!node_is(root, NODE_ARRAY))
		return refuse(&r, "no JSON array of images");
	if (root->n > limit_index_images) {
		(void)err_set(err, ERR_LIMIT, "%u images, more than %zu", root->n,
			      (size_t)limit_index_images);
		return err_where(err, "%.*s", SV_ARG(text_safe(a, name)));
	}
	struct save_entry *p = ARENA_ARRAY(a, root->n, struct save_entry);
	NODE_EACH (it, root) {
		struct save_entry *e = &p[i++];
		if (!node_is(it, NODE_OBJECT))
			return refuse(&r, "an entry that is no object");
		if ((rc = exact_keys(&r, it, known)) < 0 ||
		    (rc = strings_read(&r, it, "RepoTags", &e->tags, &e->tags_n)) < 0 ||
		    (rc = strings_read(&r, it, "Layers", &e->layers, &e->layers_n)) < 0)
			return rc;
		e->config = text_at(&r, it, "Config");
		if (e->config.n == 0)
			return refuse(&r, "an image without Config");
	}
	*out = p;
	*n = root->n;
	return 0;
}
