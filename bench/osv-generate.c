#include "osv-generate.h"

#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>

struct writer {
	FILE *out;
	z_stream z;
	struct buf text, packed, central;
	uint64_t at;
	uint32_t n;
	uint64_t random; /* a linear congruential generator (Knuth, MMIX) */
};

static const char *const words[] = {
	"parse",  "stream", "react", "query", "token", "cache", "color", "merge",
	"config", "async",  "build", "core",  "utils", "route", "state", "vault",
};

static uint32_t next(struct writer *w, uint32_t below)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((w->random >> 33) % below);
}

static void le(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes--) {
		buf_char(b, (char)(uint8_t)v);
		v >>= 8;
	}
}

/* Header of a member (APPNOTE 4.3.7, 4.3.12) of 2026-08-01 12:00. */
static void header(struct writer *w, struct buf *b, bool central, const char *name, uint32_t crc)
{
	le(b, central ? 0x02014B50 : 0x04034B50, 4);
	le(b, 20, central ? 4 : 2);
	le(b, 0, 2);
	le(b, 8, 2);
	le(b, 12 << 11, 2);
	le(b, 46 << 9 | 8 << 5 | 1, 2);
	le(b, crc, 4);
	le(b, w->packed.n, 4);
	le(b, w->text.n, 4);
	le(b, strlen(name), 2);
	le(b, 0, 2);
	if (central) {
		le(b, 0, 8);
		le(b, 0, 2);
		le(b, w->at, 4);
	}
	buf_str(b, name);
}

static void put(struct writer *w, const struct buf *b)
{
	w->at += fwrite(b->p, 1, b->n, w->out);
}

/* Ends the record in w->text. */
static void member(struct writer *w, const char *id)
{
	auto_done(buf_done) struct buf local = {0};
	char name[64];

	(void)snprintf(name, sizeof name, "%s.json", id);
	(void)deflateReset(&w->z);
	buf_clear(&w->packed);
	w->z.next_out = (Bytef *)buf_reserve(&w->packed, w->text.n + 64);
	w->z.avail_out = (uInt)(w->text.n + 64);
	w->z.next_in = (Bytef *)w->text.p;
	w->z.avail_in = (uInt)w->text.n;
	(void)deflate(&w->z, Z_FINISH);
	w->packed.n = w->z.total_out;
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)w->text.p, (uInt)w->text.n);
	header(w, &w->central, true, name, crc);
	header(w, &local, false, name, crc);
	put(w, &local);
	put(w, &w->packed);
	buf_clear(&w->text);
	w->n++;
}

static void package_name(struct writer *w, uint32_t i)
{
	uint32_t a = next(w, ARRAY_LEN(words)), b = next(w, ARRAY_LEN(words));

	buf_fmt(&w->text, "%s%s-%s-%x", i % 5 ? "" : "@scope/", words[a], words[b], i);
}

static void malicious(struct writer *w, const char *ecosystem, uint32_t i)
{
	char id[64];

	(void)snprintf(id, sizeof id, "MAL-%u-%u", 2022 + i % 5, i);
	buf_fmt(&w->text,
		"{\"modified\":\"2026-07-%02uT10:00:00Z\",\"published\":\"2026-06-01T00:00:00Z\","
		"\"schema_version\":\"1.7.4\",\"id\":\"%s\",\"summary\":\"Malicious code in "
		"package %u\","
		"\"details\":\"The package runs code at installation that sends data to a server "
		"of "
		"strangers. Any computer that has it must be considered fully compromised.\","
		"\"affected\":[{\"package\":{\"ecosystem\":\"%s\",\"name\":\"",
		i % 28 + 1, id, i, ecosystem);
	package_name(w, i);
	buf_str(&w->text, i % 3 ? "\"},\"versions\":["
				: "\"},\"ranges\":[{\"type\":\"SEMVER\","
				  "\"events\":[{\"introduced\":\"0\"}]}]");
	uint32_t versions = 1 + next(w, 4);
	for (uint32_t k = 0; i % 3 && k < versions; k++)
		buf_fmt(&w->text, "%s\"%u.%u.%u\"", k ? "," : "", next(w, 3), next(w, 10), k);
	buf_str(&w->text, i % 3 ? "]" : "");
	buf_str(&w->text, ",\"database_specific\":{\"cwes\":[{\"cweId\":\"CWE-506\"}]}}],"
			  "\"database_specific\":{\"malicious-packages-origins\":[{\"sha256\":\"");
	for (int k = 0; k < 8; k++)
		buf_fmt(&w->text, "%08x", next(w, UINT32_MAX));
	buf_str(&w->text, "\",\"source\":\"feed\"}]}}");
	member(w, id);
}

static void reviewed(struct writer *w, const char *ecosystem, uint32_t i)
{
	char id[64];

	(void)snprintf(id, sizeof id, "GHSA-%04x-%04x-%04x", i >> 16, i & 0xFFFF, next(w, 0xFFFF));
	buf_fmt(&w->text,
		"{\"id\":\"%s\",\"modified\":\"2026-07-01T10:00:00Z\",\"published\":\"2024-06-"
		"01T00:00:"
		"00Z\","
		"\"aliases\":[\"CVE-%u-%u\"],\"summary\":\"Something can be escaped in number %u\","
		"\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/"
		"C:H/"
		"I:H/A:H\"}],"
		"\"database_specific\":{\"severity\":\"HIGH\",\"cwe_ids\":[\"CWE-79\"]},"
		"\"references\":[{\"type\":\"WEB\",\"url\":\"https://example.org/advisories/%s\"}],"
		"\"affected\":[",
		id, 2015 + i % 11, 10000 + i, i, id);
	for (uint32_t k = 0; k <= i % 3; k++) {
		buf_fmt(&w->text, "%s{\"package\":{\"ecosystem\":\"%s\",\"name\":\"", k ? "," : "",
			ecosystem);
		package_name(w, i % 4 ? i : next(w, 2000));
		buf_fmt(&w->text,
			"\"},\"ranges\":[{\"type\":\"%s\",\"events\":[{\"introduced\":\"%u.0.0\"},{"
			"\"fixed\":\"%u.%u.%u\"}]}]}",
			ecosystem[0] == 'n' ? "SEMVER" : "ECOSYSTEM", k, k, 1 + next(w, 20),
			next(w, 10));
	}
	buf_str(&w->text, "]}");
	member(w, id);
}

/* End of the central directory with its zip64 form (APPNOTE 4.3.14 to 4.3.16). */
static void finish(struct writer *w)
{
	auto_done(buf_done) struct buf end = {0};
	uint64_t directory = w->at;

	put(w, &w->central);
	uint64_t at = w->at;
	le(&end, 0x06064B50, 4);
	le(&end, 44, 8);
	le(&end, 45, 2);
	le(&end, 45, 2);
	le(&end, 0, 8);
	le(&end, w->n, 8);
	le(&end, w->n, 8);
	le(&end, w->central.n, 8);
	le(&end, directory, 8);
	le(&end, 0x07064B50, 4);
	le(&end, 0, 4);
	le(&end, at, 8);
	le(&end, 1, 4);
	le(&end, 0x06054B50, 4);
	le(&end, 0, 4);
	le(&end, 0xFFFF, 2);
	le(&end, 0xFFFF, 2);
	le(&end, 0xFFFFFFFF, 4);
	le(&end, 0xFFFFFFFF, 4);
	le(&end, 0, 2);
	put(w, &end);
}

static int one_feed(const char *dir, const char *ecosystem, uint32_t records, uint32_t every,
		    struct err *err)
{
	struct writer w = {.random = 1};
	char path[4200];

	(void)snprintf(path, sizeof path, "%s/%s", dir, ecosystem);
	(void)mkdir(path, 0777);
	(void)snprintf(path, sizeof path, "%s/%s/all.zip", dir, ecosystem);
	w.out = fopen(path, "wb");
	if (!w.out || deflateInit2(&w.z, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_sys(err, "cannot write %s", path);
	for (uint32_t i = 0; i < records; i++) {
		if (i % every)
			malicious(&w, ecosystem, i);
		else
			reviewed(&w, ecosystem, i);
	}
	finish(&w);
	int failed = ferror(w.out) | fclose(w.out);
	(void)deflateEnd(&w.z);
	buf_done(&w.text);
	buf_done(&w.packed);
	buf_done(&w.central);
	return failed ? err_sys(err, "cannot write %s", path) : 0;
}

int osv_generate(const char *dir, uint32_t records, struct err *err)
{
	(void)mkdir(dir, 0777);
	int rc = one_feed(dir, "npm", records / 10 * 9, 30, err);

	return rc < 0 ? rc : one_feed(dir, "PyPI", records / 10, 2, err);
}
