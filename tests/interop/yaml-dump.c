/*
 * What we read in YAML of Kubernetes, for comparison with another reader. Names of files on
 * standard input, a line each; a line of JSON for each on standard output: a list of its documents,
 * or null when one of them is refused.
 */
#include <stdio.h>

#include "base/limits.h"

#include "fmt/json-out.h"
#include "fmt/yaml.h"
#include "sys/file.h"

static bool all_whole(const struct yaml_docs *docs)
{
	for (size_t i = 0; i < docs->n; i++)
		if (!docs->p[i].root)
			return false;
	return true;
}

static int dump(struct sv name)
{
	auto_done(arena_done) struct arena a;
	auto_done(buf_done) struct buf bytes = {0}, line = {0};
	struct yaml_docs docs = {0};
	struct json_out w;
	struct err err = {0};

	arena_init(&a, 0);
	if (file_read(arena_str(&a, name), limit_yaml_bytes, &bytes, &err) < 0) {
		err_print(stderr, &err);
		return 2;
	}
	struct doc d = {.arena = &a, .name = name, .bytes = buf_view(&bytes), .dup = DUP_LAST};
	json_out_init(&w, NULL, &line, 0);
	if (yaml_parse_all(&d, YAML_KUBERNETES, &docs, &err) < 0 || !all_whole(&docs)) {
		json_out_null(&w);
	} else {
		json_out_array(&w);
		for (size_t i = 0; i < docs.n; i++)
			json_out_node(&w, docs.p[i].root);
		json_out_end(&w);
	}
	if (json_out_done(&w, &err) < 0) {
		err_print(stderr, &err);
		return 2;
	}
	(void)printf("%.*s\n", SV_ARG(sv_trim(buf_view(&line))));
	return 0;
}

int main(void)
{
	char name[4096];

	while (fgets(name, sizeof name, stdin)) {
		int rc = dump(sv_trim(sv_of(name)));
		if (rc)
			return rc;
	}
	return ferror(stdin) ? 2 : 0;
}
