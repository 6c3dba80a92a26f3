/* gabion's own waivers, and .trivyignore in its YAML form. Unknown fields are errors: a typing
 * mistake in "purl" must not make a waiver wider than it was meant. */
#include "report/waivers.h"

#include "base/suggest.h"

struct field {
	const char *key;
	size_t offset; /* of a struct sv in struct waiver; SIZE_MAX = the expiry */
};

static const struct field own_fields[] = {
	{"id", offsetof(struct waiver, id)},
	{"purl", offsetof(struct waiver, purl)},
	{"path", offsetof(struct waiver, path)},
	{"subject", offsetof(struct waiver, subject)},
	{"container", offsetof(struct waiver, container)},
	{"reason", offsetof(struct waiver, reason)},
	{"owner", offsetof(struct waiver, owner)},
	{"expiry", SIZE_MAX},
};

static int unknown_field(struct doc *d, const struct node *key, struct err *err)
{
	struct suggest s = {.word = key->key};

	for (size_t i = 0; i < ARRAY_LEN(own_fields); i++)
		suggest_offer(&s, sv_of(own_fields[i].key));
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_PARSE, "a waiver has no field '%.*s'", SV_ARG(key->key));
	if (best.n)
		(void)err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
	else
		(void)err_hint(err, "id, purl, path, subject, container, reason, owner, expiry");
	return waivers_at(d, key->key_start, err);
}

static int set_field(struct waivers *w, struct doc *d, struct waiver *out, const struct node *value,
		     struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(own_fields); i++) {
		if (!sv_is(value->key, own_fields[i].key))
			continue;
		if (node_is(value, NODE_ARRAY) || node_is(value, NODE_OBJECT) || !value->text.n) {
			(void)err_set(err, ERR_PARSE, "'%s' of a waiver is one text",
				      own_fields[i].key);
			return waivers_at(d, value->key_start, err);
		}
		struct sv text = arena_sv(w->arena, value->text);
		if (own_fields[i].offset != SIZE_MAX) {
			*(struct sv *)(void *)((char *)out + own_fields[i].offset) = text;
			return 0;
		}
		return waivers_expiry(out, text, err) < 0 ? waivers_at(d, value->start, err) : 0;
	}
	return unknown_field(d, value, err);
}

static int read_one(struct waivers *w, struct doc *d, const struct node *item, struct err *err)
{
	struct waiver one = {.where = waivers_where(w, d, item->start)};

	if (!node_is(item, NODE_OBJECT)) {
		(void)err_set(err, ERR_PARSE, "a waiver is a mapping with 'id' and 'reason'");
		return waivers_at(d, item->start, err);
	}
	NODE_EACH (value, item) {
		int rc = set_field(w, d, &one, value, err);
		if (rc < 0)
			return rc;
	}
	if (!one.id.n) {
		(void)err_set(err, ERR_PARSE, "a waiver without 'id'");
		return waivers_at(d, item->start, err);
	}
	if (one.purl.n && !sv_starts(one.purl, SV("pkg:"))) {
		(void)err_set(err, ERR_PARSE, "'%.*s' is no purl", SV_ARG(one.purl));
		(void)err_hint(err, "pkg:TYPE/NAME, with @VERSION for that version alone");
		return waivers_at(d, item->start, err);
	}
	*VEC_PUSH(w) = one;
	return 0;
}

int waivers_yaml(struct waivers *w, struct doc *d, struct err *err)
{
	const struct node *list = d->root;

	if (node_is(d->root, NODE_NULL))
		return 0;
	if (node_is(d->root, NODE_OBJECT)) {
		NODE_EACH (key, d->root) {
			if (sv_is(key->key, "waivers"))
				continue;
			(void)err_set(err, ERR_PARSE, "'%.*s' is not expected here",
				      SV_ARG(key->key));
			(void)err_hint(err, "a waiver file has one key, 'waivers', with a list");
			return waivers_at(d, key->key_start, err);
		}
		list = node_get(d->root, "waivers");
	}
	if (!list || node_is(list, NODE_NULL))
		return 0;
	if (!node_is(list, NODE_ARRAY)) {
		(void)err_set(err, ERR_PARSE, "'waivers' is a list");
		return waivers_at(d, list->start, err);
	}
	NODE_EACH (item, list) {
		int rc = read_one(w, d, item, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* One entry of .trivyignore.yaml as one waiver a path (or one for all). */
static int trivy_one(struct waivers *w, struct doc *d, const struct node *item, struct err *err)
{
	const struct node *paths = node_get(item, "paths"), *purls = node_get(item, "purls");
	struct waiver one = {
		.where = waivers_where(w, d, item->start),
		.id = arena_sv(w->arena, node_get_str(item, "id")),
		.reason = arena_sv(w->arena, node_get_str(item, "statement")),
	};
	struct sv expiry = node_get_str(item, "expired_at");

	if (!one.id.n) {
		(void)err_set(err, ERR_PARSE, "an entry without 'id'");
		return waivers_at(d, item->start, err);
	}
	if (expiry.n && waivers_expiry(&one, expiry, err) < 0)
		return waivers_at(d, item->start, err);
	for (size_t p = 0; p < (paths && paths->n ? paths->n : 1); p++) {
		for (size_t u = 0; u < (purls && purls->n ? purls->n : 1); u++) {
			struct waiver each = one;
			if (paths && paths->n)
				each.path = arena_sv(w->arena, node_str(&paths->items[p]));
			if (purls && purls->n)
				each.purl = arena_sv(w->arena, node_str(&purls->items[u]));
			if ((paths && paths->n && !each.path.n) ||
			    (purls && purls->n && !each.purl.n)) {
				(void)err_set(err, ERR_PARSE, "an empty path or purl");
				return waivers_at(d, item->start, err);
			}
			*VEC_PUSH(w) = each;
		}
	}
	return 0;
}

int waivers_trivy_yaml(struct waivers *w, struct doc *d, struct err *err)
{
	static const char *const sections[] = {"vulnerabilities", "misconfigurations", "secrets",
					       "licenses"};

	for (size_t s = 0; s < ARRAY_LEN(sections); s++) {
		const struct node *list = node_get(d->root, sections[s]);
		NODE_EACH (item, list) {
			int rc = trivy_one(w, d, item, err);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}
