/* Index, manifest, configuration and manifest.json: each parser over the same bytes. */
#include "oci/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct err err = {0};
	struct sv bytes = sv_make(data, size);
	struct document d;
	struct image_config c;
	struct save_entry *e;
	struct image img = {0};
	size_t n;

	arena_init(&a, 512u << 20);
	if (document_parse(&a, SV("fuzz"), bytes, &d, &err) == 0)
		(void)document_is_image(&d);
	if (config_parse(&a, SV("fuzz"), bytes, &c, &err) == 0) {
		for (size_t i = 0; i < c.diff_ids_n; i++)
			(void)VEC_PUSH(&img.layers);
		history_apply(&a, &c, &img);
		vec_done(&img.layers);
	}
	(void)!save_parse(&a, SV("fuzz"), bytes, &e, &n, &err);
	arena_done(&a);
	return 0;
}
