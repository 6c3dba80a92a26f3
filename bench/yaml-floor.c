/*
 * yaml-floor FOLDER: libyaml's events over all files below FOLDER on one core, in seconds; the best
 * of three. What any reader of YAML that stands on libyaml takes at least; reading the files is not
 * in it.
 */
#include "base/base.h"

#include <ftw.h>
#include <stdio.h>
#include <yaml.h>

#include "base/clock.h"
#include "sys/file.h"

static struct {
	struct buf *p;
	size_t n, cap;
} files;

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct buf bytes = {0};
	struct err err;

	(void)st;
	(void)ftw;
	if (type != FTW_F)
		return 0;
	if (file_read(path, 1 << 24, &bytes, &err) < 0) {
		err_print(stderr, &err);
		return 1;
	}
	*VEC_PUSH(&files) = bytes;
	return 0;
}

static uint64_t events(struct sv text)
{
	yaml_parser_t parser;
	yaml_event_t e;
	uint64_t n = 0;
	bool end = false;

	(void)yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p, text.n);
	while (!end && yaml_parser_parse(&parser, &e)) {
		n++;
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	return n;
}

int main(int argc, char **argv)
{
	double best = 1e9;
	uint64_t n = 0;

	if (argc != 2 || nftw(argv[1], take_file, 16, FTW_PHYS) != 0)
		return 1;
	for (int k = 0; k < 3; k++) {
		int64_t start = clock_mono_ns();
		n = 0;
		for (size_t i = 0; i < files.n; i++)
			n += events(buf_view(&files.p[i]));
		double took = (double)(clock_mono_ns() - start) / 1e9;
		best = took < best ? took : best;
	}
	(void)printf("%.3f s: %llu events of %zu files\n", best, (unsigned long long)n, files.n);
	return 0;
}
