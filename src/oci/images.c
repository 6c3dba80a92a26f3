#include "base/base.h"

#include "base/limits.h"
#include "base/text.h"
#include "oci/digest.h"
#include "oci/images.h"
#include "oci/reference.h"

/* One manifest at the end of a chain of indexes. */
struct leaf {
	struct descriptor d;
	struct sv name;
	bool chosen, loaded, artifact;
	struct platform platform;
	struct document doc;
	struct image_config config;
	struct err *failed;
};

struct leaves {
	struct leaf *p;
	size_t n, cap;
};

struct walk {
	const struct image_request *q;
	struct arena *arena;
	struct leaves leaves;
	size_t seen;    /* descriptors looked at */
	size_t skipped; /* artifacts, attestations */
	bool platform_given;
	struct platform want;
};

static struct sv digest_text(struct walk *w, const struct descriptor *d)
{
	return digest_str(w->arena, &d->digest);
}

/* containerd writes the whole name; others a tag, which says little without the layout's path. */
static struct sv name_of(struct walk *w, const struct descriptor *d)
{
	struct sv where = w->q->blobs->name;

	if (d->image_name.n > 0)
		return d->image_name;
	if (d->ref_name.n == 0)
		return SV("");
	if (sv_find_char(d->ref_name, '/') != SIZE_MAX ||
	    sv_find_char(d->ref_name, ':') != SIZE_MAX)
		return d->ref_name;
	return arena_fmt(w->arena, "%.*s:%.*s", SV_ARG(where), SV_ARG(d->ref_name));
}

static bool is_attestation(const struct descriptor *d)
{
	return d->reference_type.n > 0 || (d->has_platform && platform_unknown(&d->platform));
}

static bool is_index_type(const struct descriptor *d)
{
	return sv_is(d->media_type, "application/vnd.oci.image.index.v1+json") ||
	       sv_is(d->media_type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

static struct err *keep(struct walk *w, const struct err *err)
{
	struct err *copy = ARENA_NEW(w->arena, struct err);

	*copy = *err;
	return copy;
}

static struct leaf *leaf_add(struct walk *w, const struct descriptor *d, struct sv name)
{
	struct leaf *l = VEC_PUSH(&w->leaves);

	l->d = *d;
	l->name = name;
	if (d->has_platform)
		l->platform = d->platform;
	return l;
}

static int fetch_document(struct walk *w, const struct descriptor *d, struct document *out,
			  struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};

	int rc = blobs_fetch(w->q->blobs, d, true, &bytes, err);
	if (rc < 0)
		return rc;
	return document_parse(w->arena, digest_text(w, d), buf_view(&bytes), out, err);
}

/* Follows indexes with a stack of its own depth; every descriptor counts, so that wide and deep
 * trees end. */
static int flatten(struct walk *w, const struct descriptor *d, struct sv name, unsigned depth,
		   struct err *err)
{
	struct document doc;

	if (++w->seen > limit_index_images)
		return err_set(err, ERR_LIMIT, "more than %zu entries in the indexes of one target",
			       (size_t)limit_index_images);
	if (is_attestation(d)) {
		w->skipped++;
		return 0;
	}
	if (!is_index_type(d)) {
		(void)leaf_add(w, d, name);
		return 0;
	}
	if (depth >= limit_index_depth)
		return err_set(err, ERR_LIMIT, "indexes in indexes deeper than %zu levels",
			       (size_t)limit_index_depth);
	int rc = fetch_document(w, d, &doc, err);
	if (rc < 0)
		return rc;
	if (doc.kind != DOCUMENT_INDEX) {
		(void)err_set(err, ERR_PARSE, "%.*s is said to be an index and is a manifest",
			      SV_ARG(digest_text(w, d)));
		return err_code(err, "ambiguous");
	}
	for (size_t i = 0; i < doc.manifests_n; i++)
		if ((rc = flatten(w, &doc.manifests[i], name, depth + 1, err)) < 0)
			return rc;
	return 0;
}

static int load(struct walk *w, struct leaf *l, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};

	int rc = fetch_document(w, &l->d, &l->doc, err);
	if (rc < 0)
		return rc;
	if (l->doc.kind != DOCUMENT_MANIFEST) {
		(void)err_set(err, ERR_PARSE, "%.*s is said to be a manifest and is an index",
			      SV_ARG(digest_text(w, &l->d)));
		return err_code(err, "ambiguous");
	}
	l->artifact = !document_is_image(&l->doc);
	if (l->artifact)
		return 0;
	rc = blobs_fetch(w->q->blobs, &l->doc.config, false, &bytes, err);
	if (rc < 0)
		return rc;
	rc = config_parse(w->arena, digest_text(w, &l->doc.config), buf_view(&bytes), &l->config,
			  err);
	if (rc == 0 && (l->platform.os.n == 0 || l->config.platform.os.n > 0))
		l->platform = l->config.platform;
	return rc;
}

static void ensure_loaded(struct walk *w, struct leaf *l)
{
	struct err err = {0};

	if (l->loaded)
		return;
	l->loaded = true;
	if (load(w, l, &err) < 0)
		l->failed = keep(w, &err);
}

/* The leaves [from, to) are one name's: drops what is not there when something else is. */
static size_t drop_absent(struct walk *w, size_t from)
{
	size_t there = 0, at = from;

	if (w->platform_given)
		return w->leaves.n;
	for (size_t i = from; i < w->leaves.n; i++)
		there += blobs_has(w->q->blobs, &w->leaves.p[i].d.digest);
	if (there == 0 || there == w->leaves.n - from)
		return w->leaves.n;
	for (size_t i = from; i < w->leaves.n; i++)
		if (blobs_has(w->q->blobs, &w->leaves.p[i].d.digest))
			w->leaves.p[at++] = w->leaves.p[i];
	w->leaves.n = at;
	return at;
}

int images_no_platform(struct sv want, struct sv list, struct err *err)
{
	(void)err_set(err, ERR_USAGE, "the image is not there for %.*s", SV_ARG(want));
	(void)err_hint(err, "choose with --platform: there is %.*s", SV_ARG(list));
	(void)err_code(err, "no-platform");
	return err_scope(err, SCOPE_TARGET);
}

int images_check_platform(struct source *s, const struct platform *have, struct err *err)
{
	struct platform want;

	if (s->opt.platform.n == 0)
		return 0;
	int rc = platform_parse(s->arena, s->opt.platform, &want, err);
	if (rc < 0 || platform_rank(&want, have) > 0)
		return rc;
	return images_no_platform(platform_str(s->arena, &want), platform_str(s->arena, have), err);
}

static int no_platform(struct walk *w, size_t from, size_t to, struct err *err)
{
	auto_done(buf_done) struct buf list = {0};

	for (size_t i = from; i < to; i++) {
		const struct platform *is = &w->leaves.p[i].platform;
		bool listed = is->os.n == 0 || list.n > 120;
		for (size_t k = from; k < i && !listed; k++)
			listed = platform_eq(is, &w->leaves.p[k].platform);
		if (listed)
			continue;
		buf_str(&list, list.n ? ", " : "");
		text_escape(&list, platform_str(w->arena, is));
	}
	return images_no_platform(platform_str(w->arena, &w->want), buf_view(&list), err);
}

/* Are all images of one platform? Artifacts have none. */
static bool one_platform(struct walk *w, size_t from, size_t to)
{
	const struct leaf *first = NULL;

	for (size_t i = from; i < to; i++) {
		const struct leaf *l = &w->leaves.p[i];
		if (l->artifact || l->failed)
			continue;
		if (first && !platform_eq(&first->platform, &l->platform))
			return false;
		first = l;
	}
	return true;
}

/* Chooses among one name's leaves: all of the best platform, those that cannot be read too. */
static int choose(struct walk *w, size_t from, struct err *err)
{
	size_t to = drop_absent(w, from), images = 0, chosen = 0;
	unsigned best = 0;
	struct leaf *l = w->leaves.p;

	for (size_t i = from; i < to; i++) {
		if (!l[i].d.has_platform || to - from == 1)
			ensure_loaded(w, &l[i]);
		unsigned rank = platform_rank(&w->want, &l[i].platform);
		if (!l[i].failed && !l[i].artifact && rank > best)
			best = rank;
	}
	bool any = !w->platform_given && one_platform(w, from, to);
	for (size_t i = from; i < to; i++) {
		bool fits = best > 0 && platform_rank(&w->want, &l[i].platform) == best;
		l[i].chosen = any || fits || l[i].failed || l[i].artifact;
		images += !l[i].artifact;
		chosen += l[i].chosen && !l[i].artifact;
	}
	return chosen > 0 || images == 0 ? 0 : no_platform(w, from, to, err);
}

static int layer_fill(struct walk *w, const struct descriptor *d, const struct digest *diff_id,
		      struct image *img, struct err *err)
{
	struct image_layer l = {
		.digest = d->digest,
		.diff_id = *diff_id,
		.verify_blob = true,
		.cacheable = true,
		.size = d->size,
		.name = digest_text(w, d),
	};

	if (sv_ends(d->media_type, SV("+encrypted")))
		return err_set(err, ERR_UNSUPPORTED, "the layer %.*s is encrypted", SV_ARG(l.name));
	int rc = blobs_check(w->q->blobs, &d->digest, d->size, err);
	if (rc < 0) {
		struct err *why = ARENA_NEW(w->arena, struct err);
		*why = *err;
		l.kind = LAYER_ABSENT;
		l.broken = d->foreign && err->kind == ERR_NOTFOUND ? NULL : why;
	}
	*VEC_PUSH(&img->layers) = l;
	return 0;
}

static int fill(struct walk *w, const struct leaf *l, struct image *img, struct err *err)
{
	const struct document *doc = &l->doc;

	if (doc->layers_n != l->config.diff_ids_n) {
		(void)err_set(err, ERR_PARSE,
			      "the manifest lists %zu layers and the configuration %zu",
			      doc->layers_n, l->config.diff_ids_n);
		return err_where(err, "%.*s", SV_ARG(digest_text(w, &l->d)));
	}
	for (size_t i = 0; i < doc->layers_n; i++) {
		int rc = layer_fill(w, &doc->layers[i], &l->config.diff_ids[i], img, err);
		if (rc < 0)
			return rc;
	}
	history_apply(w->arena, &l->config, img);
	img->base_name = doc->base_name;
	img->base_digest = doc->base_digest;
	if (doc->base_name.n > 0 || doc->base_digest.n > 0)
		img->base_how = SV("annotation");
	return 0;
}

/* The same manifest under the same name is one image, however often it is listed. */
static bool already(const struct source *s, const struct image *img)
{
	for (size_t i = 0; i + 1 < s->images.n; i++)
		if (digest_eq(&s->images.p[i].manifest, &img->manifest) &&
		    sv_eq(s->images.p[i].name, img->name))
			return true;
	return false;
}

static void add(struct walk *w, struct leaf *l)
{
	struct source *s = w->q->s;
	struct err err = {0};

	ensure_loaded(w, l);
	if (l->artifact) {
		w->skipped++;
		return;
	}
	struct image *img = source_image_add(s, l->name.n ? l->name : w->q->blobs->name);
	img->manifest = l->d.digest;
	if (already(s, img)) {
		s->images.n--;
		return;
	}
	img->config = l->doc.config.digest;
	img->platform = platform_str(w->arena, &l->platform);
	if (l->failed)
		source_image_break(s, img, l->failed);
	else if (fill(w, l, img, &err) < 0)
		source_image_break(s, img, &err);
}

static void add_broken(struct walk *w, struct sv name, const struct err *err)
{
	source_image_break(w->q->s, source_image_add(w->q->s, name.n ? name : w->q->blobs->name),
			   err);
}

/* All descriptors of one name. A failure is that of these images, not of the others. */
static void add_group(struct walk *w, const struct descriptor *d, size_t n, const bool *in,
		      struct sv name)
{
	size_t from = w->leaves.n;
	struct err err = {0};
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		if (in[i])
			rc = flatten(w, &d[i], name, 0, &err);
	if (rc == 0)
		rc = choose(w, from, &err);
	for (size_t i = from; i < w->leaves.n && rc == 0; i++)
		if (w->leaves.p[i].chosen)
			add(w, &w->leaves.p[i]);
	if (rc < 0)
		add_broken(w, name, &err);
}

static struct sv group_key(const struct descriptor *d)
{
	return d->image_name.n > 0 ? d->image_name : d->ref_name;
}

bool images_name_matches(struct arena *a, struct sv select, struct sv name)
{
	struct reference want, have;
	struct err unused;

	if (name.n == 0)
		return false;
	if (sv_eq(name, select))
		return true;
	if (reference_parse(a, name, &have, &unused) < 0)
		return false;
	if (have.tagged && sv_eq(have.tag, select))
		return true;
	return reference_parse(a, select, &want, &unused) == 0 && reference_eq(&want, &have);
}

static int not_selected(struct walk *w, struct err *err)
{
	(void)err_set(err, ERR_NOTFOUND, "no image '%.*s' in it",
		      SV_ARG(text_safe(w->arena, w->q->select)));
	(void)err_where(err, "%.*s", SV_ARG(text_safe(w->arena, w->q->blobs->name)));
	return err_scope(err, SCOPE_TARGET);
}

static int add_groups(struct walk *w, const struct descriptor *d, size_t n, bool *left,
		      struct err *err)
{
	bool *in = ARENA_ARRAY(w->arena, n, bool);

	for (size_t i = 0; i < n; i++) {
		if (!left[i])
			continue;
		for (size_t k = i; k < n; k++) {
			in[k] = left[k] && sv_eq(group_key(&d[k]), group_key(&d[i]));
			left[k] = left[k] && !in[k];
		}
		add_group(w, d, n, in, name_of(w, &d[i]));
		memset(in, 0, n * sizeof *in);
	}
	if (w->q->s->images.n > 0)
		return 0;
	if (w->skipped > 0) {
		(void)err_set(err, ERR_UNSUPPORTED, "only artifacts that are no container images");
		(void)err_code(err, "not-an-image");
	} else {
		(void)err_set(err, ERR_NOTFOUND, "there is no image in it");
	}
	(void)err_where(err, "%.*s", SV_ARG(text_safe(w->arena, w->q->blobs->name)));
	return err_scope(err, SCOPE_TARGET);
}

/* "@sha256:...": an entry, or a manifest anywhere below, whatever its platform. */
static int add_by_digest(struct walk *w, const struct descriptor *d, size_t n, bool *left,
			 struct err *err)
{
	struct digest want;
	bool top = false;
	int rc = 0;

	if (!digest_parse(sv_from(w->q->select, 1), &want) || !want.set) {
		(void)err_set(err, ERR_USAGE, "'%.*s' is no sha256 digest",
			      SV_ARG(text_safe(w->arena, w->q->select)));
		return err_scope(err, SCOPE_TARGET);
	}
	for (size_t i = 0; i < n; i++) {
		left[i] = digest_eq(&d[i].digest, &want);
		top = top || left[i];
	}
	if (top)
		return add_groups(w, d, n, left, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = flatten(w, &d[i], name_of(w, &d[i]), 0, err);
	for (size_t i = 0; i < w->leaves.n && rc == 0; i++)
		if (digest_eq(&w->leaves.p[i].d.digest, &want))
			add(w, &w->leaves.p[i]);
	if (rc == 0 && w->q->s->images.n == 0)
		rc = not_selected(w, err);
	return rc;
}

static int select_and_add(struct walk *w, const struct descriptor *d, size_t n, struct err *err)
{
	bool *left = ARENA_ARRAY(w->arena, n, bool);
	size_t found = 0;

	if (w->q->select.n > 0 && w->q->select.p[0] == '@')
		return add_by_digest(w, d, n, left, err);
	for (size_t i = 0; i < n; i++) {
		left[i] = w->q->select.n == 0 ||
			  images_name_matches(w->arena, w->q->select, d[i].ref_name) ||
			  images_name_matches(w->arena, w->q->select, d[i].image_name);
		found += left[i];
	}
	if (w->q->select.n > 0 && found == 0)
		return not_selected(w, err);
	return add_groups(w, d, n, left, err);
}

int images_add(const struct image_request *q, const struct descriptor *d, size_t n, struct err *err)
{
	struct walk w = {.q = q, .arena = q->s->arena};

	w.platform_given = q->s->opt.platform.n > 0;
	w.want = platform_host(w.arena);
	if (w.platform_given) {
		int rc = platform_parse(w.arena, q->s->opt.platform, &w.want, err);
		if (rc < 0)
			return rc;
	}
	int rc = select_and_add(&w, d, n, err);
	vec_done(&w.leaves);
	return rc;
}

int images_layer_open(struct blobs *b, const struct image *img, size_t layer,
		      struct layer_input *out, struct err *err)
{
	auto_done(arena_done) struct arena a = {0};
	const struct image_layer *l = &img->layers.p[layer];

	int rc = b->open(b, blob_path(&a, &l->digest), out, err);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(l->name)) : 0;
}
