#include "fact/image-name.h"

#include "oci/reference.h"

static bool is_hex(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f')))
			return false;
	return true;
}

bool image_id(struct arena *a, struct node *image, const struct node *id)
{
	bool bare = !sv_starts(id->text, SV("sha256:"));
	struct sv digits = bare ? id->text : sv_from(id->text, 7);

	if (digits.n != 64 || !is_hex(digits))
		return false;
	fact_say(image, IMAGE_ID, NODE_STRING,
		 bare ? arena_fmt(a, "sha256:%.*s", SV_ARG(digits)) : id->text, id);
	return true;
}

struct node *image_name(struct arena *a, struct node *record, unsigned field,
			const struct node *written)
{
	struct node *out = fact_sub(a, record, field, &schema_image, written);
	struct reference_parts p;

	fact_set(out, IMAGE_REFERENCE, written);
	if (image_id(a, out, written))
		return out;
	reference_split(a, written->text, &p);
	fact_say(out, IMAGE_REGISTRY, NODE_STRING, p.domain, written);
	if (!p.domain_written)
		out->items[IMAGE_REGISTRY].flags |= NODE_DEFAULT;
	fact_say(out, IMAGE_EXPLICIT_REGISTRY, NODE_BOOL,
		 p.domain_written ? SV("true") : SV("false"), written);
	fact_say(out, IMAGE_REPOSITORY, NODE_STRING, p.path, written);
	if (p.tag.n > 0)
		fact_say(out, IMAGE_TAG, NODE_STRING, p.tag, written);
	if (p.digest.n > 0)
		fact_say(out, IMAGE_DIGEST, NODE_STRING, p.digest, written);
	return out;
}
