/* A layer as a worker sees it: unpacking, tar, routing, every cataloger, facts; then what the
 * parent makes of it as two layers of an image. */
#include <stddef.h>
#include <stdint.h>

#include "scan/analysis.h"
#include "scan/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void analyse(const uint8_t *data, size_t size, struct frame_writer *w, struct layer_facts *f)
{
	struct analysis *an = analysis_new(w, ANALYSIS_AGAIN | ANALYSIS_INSTALLED | ANALYSIS_LOCK |
						      ANALYSIS_DIFF | ANALYSIS_AUDIT);
	struct err err = {0};

	int rc = analysis_layer(an, stream_mem(sv_make(data, size)), &err);
	if (rc == 0 && analysis_has_links(an))
		rc = analysis_links(an, stream_mem(sv_make(data, size)), &err);
	if (rc < 0) {
		if (err.kind == ERR_NONE)
			__builtin_trap();
		analysis_fault(an, &err);
	}
	analysis_finish(an);
	analysis_free(an);
	if (facts_decode(buf_view(&w->buf), f, &err) < 0 || !f->complete || !f->end.has_blob)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_writer w[2] = {{.fd = -1}, {.fd = -1}};
	struct layer_facts f[2] = {0};
	struct layer_facts *layers[] = {&f[0], &f[1]};
	struct report r;
	struct arena a;

	analyse(data, size / 2, &w[0], &f[0]);
	analyse(data, size, &w[1], &f[1]);
	arena_init(&a, 0);
	report_init(&r, &a, "scan");
	struct subject *s = VEC_PUSH(&r.subjects);
	(void)VEC_PUSH(&s->layers);
	(void)VEC_PUSH(&s->layers);
	merge_layers(&r, 0, layers, 2, true);
	for (size_t i = 0; i < r.packages.n; i++)
		if (r.packages.p[i].locations.n == 0 || r.packages.p[i].purl.n == 0)
			__builtin_trap();
	report_done(&r);
	arena_done(&a);
	for (size_t i = 0; i < 2; i++) {
		layer_facts_done(&f[i]);
		buf_done(&w[i].buf);
	}
	return 0;
}
