/* What a source of facts makes of files, as JSON: compose-show SOURCE FILE [ROLE FILE]... */
#include "fact/source.h"
#include "fmt/json-out.h"
#include "sys/file.h"

static void on_object(void *arg, const struct fact_object *o)
{
	if (!o->workload)
		return;
	json_out_node(arg, o->workload);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	(void)arg;
	(void)fprintf(stderr, "%s: %s\n", f->note ? "note" : "fault",
		      f->why ? f->why : f->expected);
}

int main(int argc, char **argv)
{
	auto_done(arena_done) struct arena a = {0};
	auto_done(parts_done) struct parts parts = {.arena = &a};
	struct json_out out;
	struct err err;
	const struct fact_sink sink = {.arg = &out, .object = on_object, .fault = on_fault};

	for (int i = 2; i < argc; i += i == 2 ? 1 : 2) {
		auto_done(buf_done) struct buf bytes = {0};
		const char *path = i == 2 ? argv[i] : argv[i + 1];
		if (file_read(path, 1u << 20, &bytes, &err) < 0) {
			err_print(stderr, &err);
			return 2;
		}
		(void)parts_add(&parts, i == 2 ? (struct sv){0} : sv_of(argv[i]), sv_of(path),
				arena_sv(&a, buf_view(&bytes)));
		if (i > 2 && i + 2 >= argc)
			break;
	}
	const struct fact_source *source = fact_source_find(sv_of(argv[1]));
	json_out_init(&out, stdout, NULL, 0);
	json_out_array(&out);
	source->objects(&parts, &sink);
	json_out_end(&out);
	return json_out_done(&out, &err) < 0;
}
