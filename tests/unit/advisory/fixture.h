/* Feeds made by hand: a zip of records, a database built from it, a report to match. */
#pragma once

#include "unit/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

#include "advisory/build.h"
#include "advisory/install.h"
#include "advisory/match.h"

static char fixture_dir[256];

__attribute__((unused)) static const char *fixture_path(const char *name)
{
	static char paths[64][512];
	static unsigned at;
	char *p = paths[at++ % 64];

	(void)snprintf(p, sizeof paths[0], "%s/%s", fixture_dir, name);
	return p;
}

__attribute__((unused)) static void fixture_write(const char *path, struct sv bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

static void put16(struct buf *b, unsigned v)
{
	buf_char(b, (char)v);
	buf_char(b, (char)(v >> 8));
}

static void put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

/* The fields that local and central header share; time 2026-08-22 00:00. */
static void zip_fields(struct buf *b, const char *name, struct sv text)
{
	put16(b, 20);
	put16(b, 0);
	put16(b, 0);
	put16(b, 0);
	put16(b, (2026 - 1980) << 9 | 8 << 5 | 22);
	put32(b, (uint32_t)crc32(0, (const unsigned char *)text.p, (uInt)text.n));
	put32(b, (uint32_t)text.n);
	put32(b, (uint32_t)text.n);
	put16(b, (unsigned)strlen(name));
	put16(b, 0);
}

/* A zip of stored members 0.json, 1.json ... */
__attribute__((unused)) static void fixture_zip(const char *path, const char *const *texts,
						size_t n)
{
	struct buf zip = {0}, central = {0};

	for (size_t i = 0; i < n; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "%zu.json", i);
		size_t at = zip.n;
		put32(&zip, 0x04034b50);
		zip_fields(&zip, name, sv_of(texts[i]));
		buf_str(&zip, name);
		buf_str(&zip, texts[i]);
		put32(&central, 0x02014b50);
		put16(&central, 20);
		zip_fields(&central, name, sv_of(texts[i]));
		put16(&central, 0);
		put16(&central, 0);
		put16(&central, 0);
		put32(&central, 0);
		put32(&central, (uint32_t)at);
		buf_str(&central, name);
	}
	size_t at = zip.n;
	buf_sv(&zip, buf_view(&central));
	put32(&zip, 0x06054b50);
	put32(&zip, 0);
	put16(&zip, (unsigned)n);
	put16(&zip, (unsigned)n);
	put32(&zip, (uint32_t)central.n);
	put32(&zip, (uint32_t)at);
	put16(&zip, 0);
	fixture_write(path, buf_view(&zip));
	buf_done(&zip);
	buf_done(&central);
}

/* osv/ECOSYSTEM/all.zip */
__attribute__((unused)) static void fixture_feed(const char *ecosystem, const char *const *texts,
						 size_t n)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/osv", fixture_dir);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof path, "%s/osv/%s", fixture_dir, ecosystem);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof path, "%s/osv/%s/all.zip", fixture_dir, ecosystem);
	fixture_zip(path, texts, n);
}

__attribute__((unused)) static void fixture_begin(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(fixture_dir, sizeof fixture_dir, "%s/gabion-advisory-XXXXXX",
		       tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(fixture_dir));
}

__attribute__((unused)) static void fixture_end(void)
{
	char command[512];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", fixture_dir);
	assert_int_equal(system(command), 0);
}

/* Builds everything in osv/ (and kev.json, epss.csv, nvd.json when named) into db/. */
__attribute__((unused)) static int fixture_build(const struct db_build_options *more,
						 struct err *err)
{
	const char *const osv[] = {fixture_path("osv")};
	struct db_build_options o = more ? *more : (struct db_build_options){0};

	if (!o.out)
		o.out = fixture_path("db");
	o.osv = osv;
	o.osv_n = 1;
	return db_build(&o, NULL, err);
}

/* A report with one subject of this system. */
__attribute__((unused)) static void fixture_report(struct report *r, struct arena *a,
						   const char *os, const char *version)
{
	arena_init(a, 0);
	report_init(r, a, "scan");
	struct subject *s = VEC_PUSH(&r->subjects);
	if (os) {
		s->has_os = true;
		s->os.id = sv_of(os);
		s->os.version = sv_of(version);
	}
}

__attribute__((unused)) static struct package *
fixture_package(struct report *r, enum pkg_type type, const char *name, const char *version)
{
	struct package *p = VEC_PUSH(&r->packages);

	p->type = type;
	p->name = sv_of(name);
	p->version = sv_of(version);
	p->owner = p->layer = INDEX_NONE;
	return p;
}
