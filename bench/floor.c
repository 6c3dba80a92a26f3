/*
 * floor LAYER...: what reading layers costs at least on two cores, in seconds.
 *
 * For each file: reading and SHA-256 of its bytes (page cache), and inflating it (ISA-L, nothing
 * done with the result), each alone on one core, best of three. The floor of an image is the larger
 * of half of all work and of the largest layer's inflate, which one core has to do alone. A tar
 * that is not compressed has only its SHA-256.
 */
#include "base/base.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "fmt/stream.h"
#include "sys/file.h"

static double seconds_since(int64_t start)
{
	return (double)(clock_mono_ns() - start) / 1e9;
}

/* Reading in windows, as anything that does not map its input has to, and SHA-256. */
static double read_and_hash(int fd)
{
	static char window[256 << 10];
	unsigned char md[EVP_MAX_MD_SIZE];
	int64_t start = clock_mono_ns();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	off_t at = 0;
	ssize_t n;

	(void)EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	while ((n = pread(fd, window, sizeof window, at)) > 0) {
		(void)EVP_DigestUpdate(ctx, window, (size_t)n);
		at += n;
	}
	(void)EVP_DigestFinal_ex(ctx, md, NULL);
	EVP_MD_CTX_free(ctx);
	return seconds_since(start);
}

static double inflate_all(struct sv bytes, uint64_t *unpacked)
{
	struct stream *s = stream_gzip(stream_mem(bytes));
	struct sv chunk;
	struct err err;
	int64_t start = clock_mono_ns();
	int rc;

	*unpacked = 0;
	while ((rc = stream_next(s, &chunk, &err)) > 0)
		*unpacked += chunk.n;
	if (rc < 0)
		err_print(stderr, &err);
	double t = seconds_since(start);
	stream_free(s);
	return t;
}

int main(int argc, char **argv)
{
	double work = 0, largest = 0;
	uint64_t packed = 0, unpacked = 0;

	for (int i = 1; i < argc; i++) {
		auto_done(buf_done) struct buf b = {0};
		struct err err;
		if (file_read(argv[i], UINT64_MAX, &b, &err) < 0) {
			err_print(stderr, &err);
			return 1;
		}
		auto_close int fd = file_open(argv[i], &err);
		bool gz = b.n > 2 && (unsigned char)b.p[0] == 0x1f && (unsigned char)b.p[1] == 0x8b;
		double h = 1e9, f = gz ? 1e9 : 0;
		uint64_t n = b.n;
		for (int k = 0; k < 3; k++) {
			double t = read_and_hash(fd);
			h = t < h ? t : h;
			t = gz ? inflate_all(buf_view(&b), &n) : 0;
			f = t < f ? t : f;
		}
		work += h + f;
		double alone = gz ? f : h;
		largest = alone > largest ? alone : largest;
		packed += b.n;
		unpacked += n;
	}
	double floor = work / 2 > largest ? work / 2 : largest;
	printf("floor %.3f s: half of all work %.3f s, largest layer alone %.3f s; %.0f MB stored, %.0f MB unpacked\n",
	       floor, work / 2, largest, (double)packed / 1e6, (double)unpacked / 1e6);
	return 0;
}
