#include "runner.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool runner_init(struct runner *r, const char *set, int argc, char **argv)
{
	const char *shared = getenv("GABION_SHARED");

	*r = (struct runner){.set = set};
	if (argc > 1)
		(void)snprintf(r->path, sizeof r->path, "%s", argv[1]);
	else if (shared)
		(void)snprintf(r->path, sizeof r->path, "%s/data/%s", shared, set);
	else
		(void)snprintf(r->path, sizeof r->path, "%s/../shared/data/%s", GABION_SOURCE_ROOT,
			       set);
	if (access(r->path, R_OK) == 0)
		return true;
	printf("conformance-%s: skipped: %s is not there\n", set, r->path);
	return false;
}

void runner_pass(struct runner *r)
{
	r->passed++;
}

void runner_fail(struct runner *r, const char *fmt, ...)
{
	va_list ap;

	r->failed++;
	fputs("FAIL ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void runner_skip(struct runner *r, const char *fmt, ...)
{
	va_list ap;

	r->skipped++;
	fputs("skip ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int runner_end(struct runner *r)
{
	printf("conformance-%s: %zu passed, %zu failed, %zu skipped\n", r->set, r->passed,
	       r->failed, r->skipped);
	return r->failed > 0 || r->passed == 0;
}
