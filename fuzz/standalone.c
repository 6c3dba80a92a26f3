/* Runs a libFuzzer target over the files of a folder: whole, and cut at up to 512 offsets each. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_copy(const uint8_t *data, size_t n)
{
	/* a copy of exactly n bytes, so that a sanitizer sees reads beyond the end */
	uint8_t *copy = malloc(n ? n : 1);

	if (n)
		memcpy(copy, data, n);
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	if (!f || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
		if (f)
			(void)fclose(f);
		return 0;
	}
	size_t n = (size_t)st.st_size;
	uint8_t *data = malloc(n ? n : 1);
	size_t got = fread(data, 1, n, f);
	(void)fclose(f);
	run_copy(data, got);
	size_t step = got / 512 + 1;
	for (size_t cut = 0; cut < got; cut += step)
		run_copy(data, cut);
	free(data);
	return 1;
}

int main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		if (!d) {
			fprintf(stderr, "no corpus at %s\n", argv[i]);
			return 1;
		}
		for (struct dirent *e; (e = readdir(d));) {
			char path[4096];
			(void)snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
			files += run_file(path);
		}
		closedir(d);
	}
	printf("%d seeds\n", files);
	return files ? 0 : 1;
}
