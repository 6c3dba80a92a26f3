/*
 * What every conformance runner shares: the folder of its set, counting, the closing line.
 *
 *     int main(int argc, char **argv)
 *     {
 *             struct runner r;
 *             if (!runner_init(&r, "json", argc, argv))
 *                     return 77;              (the set is not there: meson counts a skip)
 *             ... runner_pass(&r); runner_fail(&r, "file: expected %s, found %s", ...);
 * runner_skip(&r, "why") ... return runner_end(&r);
 *     }
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct runner {
	const char *set;
	char path[4096]; /* folder of the set */
	size_t passed, failed, skipped;
};

/* The folder: argv[1], else $GABION_SHARED/data/SET, else ../shared/data/SET beside the source. */
bool runner_init(struct runner *r, const char *set, int argc, char **argv);
void runner_pass(struct runner *r);
void runner_fail(struct runner *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void runner_skip(struct runner *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints "N passed, N failed, N skipped"; 1 if any failed or nothing ran. */
int runner_end(struct runner *r);
