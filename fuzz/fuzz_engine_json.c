/* What engines say about images and containers, and the indexes of containers-storage. */
#include "fmt/json.h"
#include "oci/containers-json.h"
#include "oci/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void engine(struct arena *a, struct sv bytes)
{
	const struct node *doc;
	struct engine_image img;
	struct engine_container c;
	struct err err = {0};

	if (json_read(a, SV("fuzz"), bytes, DUP_LAST, &doc, &err) < 0)
		return;
	(void)!engine_image_parse(a, doc, &img, &err);
	(void)!engine_container_parse(a, doc, &c, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv bytes = sv_make(data, size);
	struct stored_images images = {0};
	struct stored_layers layers = {0};
	struct stored_containers containers = {0};
	const struct stored_image *img;
	const struct stored_container *c;
	struct err err = {0};
	struct arena a;

	arena_init(&a, 512u << 20);
	engine(&a, bytes);
	if (stored_images_parse(&a, SV("fuzz"), bytes, &images, &err) == 0) {
		(void)!stored_image_find(&a, &images, SV("alpine"), &img, &err);
		(void)!stored_image_find(&a, &images, SV("localhost/a@sha256:00"), &img, &err);
		(void)!stored_image_find(&a, &images, SV("a"), &img, &err);
	}
	(void)!stored_layers_parse(&a, SV("fuzz"), bytes, &layers, &err);
	if (stored_containers_parse(&a, SV("fuzz"), bytes, &containers, &err) == 0)
		(void)!stored_container_find(&a, &containers, SV("a"), &c, &err);
	vec_done(&images);
	vec_done(&layers);
	vec_done(&containers);
	arena_done(&a);
	return 0;
}
