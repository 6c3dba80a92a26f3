#include "unit/oci/build.h"

#include "oci/manifest.h"

static void test_instruction(void **state)
{
	(void)state;
	static const struct {
		const char *created_by, *instruction;
	} rows[] = {
		{"/bin/sh -c #(nop) ADD "
		 "file:fe1f09249227e2da2089afb4d07e16cbf832eeb804120074acd2b8192876cd28 in / ",
		 "ADD file:fe1f09249227e2da2089afb4d07e16cbf832eeb804120074acd2b8192876cd28 in /"},
		{"/bin/sh -c #(nop)  CMD [\"/bin/sh\"]", "CMD [\"/bin/sh\"]"},
		{"/bin/sh -c apt-get update", "RUN apt-get update"},
		{"RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"},
		{"RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"},
		{"|2 A=1 B=2 /bin/sh -c make install", "RUN make install"},
		{"COPY dir:abc in /app ", "COPY dir:abc in /app"},
		{"COPY . /app # buildkit", "COPY . /app"},
		{"RUN [\"/bin/true\"] # buildkit", "RUN [\"/bin/true\"]"},
		{"WORKDIR /x", "WORKDIR /x"},
		{"buildkit.exporter.image.v0", "buildkit.exporter.image.v0"},
		{"# debian.sh --arch 'amd64'", "# debian.sh --arch 'amd64'"},
		{"bazel build ...", "bazel build ..."},
		{"|", "|"},
		{"", ""},
	};
	struct arena a;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_sv(history_instruction(&a, sv_of(rows[i].created_by)), rows[i].instruction);
	arena_done(&a);
}

/* Instructions only where the history has one entry for each layer. */
static void test_apply(void **state)
{
	(void)state;
	struct history h[] = {{SV("RUN a"), false}, {SV("ENV b"), true}, {SV("RUN c"), false}};
	struct image_config c = {.history = h, .history_n = 3};
	struct arena a;
	arena_init(&a, 0);
	for (size_t layers = 0; layers < 4; layers++) {
		struct image img = {0};
		for (size_t i = 0; i < layers; i++)
			(void)VEC_PUSH(&img.layers);
		history_apply(&a, &c, &img);
		for (size_t i = 0; i < layers; i++)
			assert_sv(img.layers.p[i].instruction, layers != 2 ? ""
							       : i         ? "RUN c"
									   : "RUN a");
		vec_done(&img.layers);
	}
	arena_done(&a);
}

/* Manifests that other readers would understand differently, or that are none. */
static void test_documents(void **state)
{
	(void)state;
#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define D      "{\"digest\":\"" DIGEST "\",\"size\":0}"
	static const struct {
		const char *json;
		enum err_kind kind;
	} rows[] = {
		{"{\"config\":" D ",\"layers\":[]}", ERR_NONE},
		{"{\"config\":" D ",\"layers\":[" D "]}", ERR_NONE},
		{"{\"config\":" D "}", ERR_NONE},
		{"{\"layers\":[" D "]}", ERR_PARSE},
		{"{\"config\":" D ",\"Layers\":[" D "],\"layers\":[]}", ERR_PARSE},
		{"{\"config\":" D ",\"layers\":[],\"layers\":[" D "]}", ERR_PARSE},
		{"{\"config\":" D ",\"layers\":{}}", ERR_PARSE},
		{"{\"config\":" D ",\"manifests\":[]}", ERR_PARSE},
		{"{\"config\":{\"digest\":\"" DIGEST "\",\"size\":-1},\"layers\":[]}", ERR_PARSE},
		{"{\"config\":{\"digest\":\"" DIGEST "\",\"size\":1.5},\"layers\":[]}", ERR_PARSE},
		{"{\"config\":{\"digest\":\"" DIGEST
		 "\",\"size\":99999999999999999999},\"layers\":[]}",
		 ERR_PARSE},
		{"{\"config\":{\"digest\":\"" DIGEST "\"},\"layers\":[]}", ERR_PARSE},
		{"{\"config\":{\"Digest\":\"" DIGEST "\",\"size\":1},\"layers\":[]}", ERR_PARSE},
		{"{\"schemaVersion\":1,\"fsLayers\":[]}", ERR_UNSUPPORTED},
		{"", ERR_PARSE},
		{"null", ERR_PARSE},
	};
	struct arena a;
	arena_init(&a, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct document d;
		struct err err = {0};
		int rc = document_parse(&a, SV("test"), sv_of(rows[i].json), &d, &err);
		if (rc != -(int)rows[i].kind)
			fail_msg("%s: %d %s", rows[i].json, rc, err.msg);
	}
	struct buf many = {0};
	struct document d;
	struct err err = {0};
	buf_str(&many, "{\"config\":" D ",\"layers\":[");
	for (int i = 0; i < 5000; i++)
		buf_str(&many, i ? "," D : D);
	buf_str(&many, "]}");
	assert_int_equal(document_parse(&a, SV("test"), buf_view(&many), &d, &err), -ERR_LIMIT);
	buf_clear(&many);
	buf_fill(&many, ' ', (4u << 20) + 1);
	assert_int_equal(document_parse(&a, SV("test"), buf_view(&many), &d, &err), -ERR_LIMIT);
	buf_done(&many);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_instruction),
					   cmocka_unit_test(test_apply),
					   cmocka_unit_test(test_documents)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
