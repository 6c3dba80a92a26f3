/* A zip of OSV records, one JSON file each: ECOSYSTEM/all.zip of the OSV bucket. */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"
#include "fmt/json.h"
#include "fmt/zip.h"

struct import {
	struct zip zip;
	struct buf text;
	struct arena arena; /* of one record */
	struct record record;
	struct record_sink *sink;
	struct sv ecosystem;
	uint64_t records;
	int64_t date;
};

/* MS-DOS time of the local header (APPNOTE 4.4.6, without a zone: taken as UTC). */
static int64_t member_time(const struct zip *z, const struct zip_member *m)
{
	uint8_t head[30];

	if (pread(z->fd, head, sizeof head, (off_t)m->header) != (ssize_t)sizeof head)
		return 0;
	unsigned time = le16(head + 10), date = le16(head + 12);
	unsigned month = date >> 5 & 15, day = date & 31;
	if (month < 1 || month > 12 || day < 1)
		return 0;
	int64_t days = clock_days(1980 + (date >> 9), month, day);
	/* tools that have no time write the first day of 1980 */
	if (date >> 9 == 0)
		return 0;
	return days * 86400 + (time >> 11) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2;
}

static int one_record(struct import *in, const struct zip_member *m, struct err *err)
{
	const struct node *root = NULL;
	bool withdrawn;

	buf_clear(&in->text);
	int rc = zip_read(&in->zip, m, 64u << 20, &in->text, err);
	if (rc >= 0)
		rc = json_read(&in->arena, m->name, buf_view(&in->text), DUP_LAST, &root, err);
	if (rc >= 0)
		rc = osv_record(root, in->ecosystem, &in->record, &withdrawn, err);
	if (rc >= 0) {
		in->records++;
		if (in->record.affected.n)
			rc = in->sink->record(in->sink, &in->record, err);
	}
	record_reset(&in->record);
	arena_reset(&in->arena);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(m->name)) : 0;
}

static int all_records(struct import *in, struct err *err)
{
	for (size_t i = 0; i < in->zip.n; i++) {
		const struct zip_member *m = &in->zip.members[i];
		if (m->dir || !sv_ends(m->name, SV(".json")))
			continue;
		int64_t t = member_time(&in->zip, m);
		if (t > in->date)
			in->date = t;
		int rc = one_record(in, m, err);
		if (rc < 0)
			return rc;
	}
	if (in->records == 0)
		return err_set(err, ERR_PARSE, "no OSV record in the archive");
	return 0;
}

int feed_osv(const char *path, struct sv ecosystem, struct record_sink *sink, struct arena *a,
	     struct feed_info *info, struct err *err)
{
	struct import in = {.sink = sink, .ecosystem = ecosystem};
	struct arena directory;
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open the feed %s", path);
	arena_init(&directory, 0);
	arena_init(&in.arena, 0);
	int rc = feed_sha256(fd, a, &info->sha256, err);
	if (rc >= 0)
		rc = zip_open_fd(&directory, fd, ZIP_UNIQUE, &in.zip, err);
	if (rc >= 0)
		rc = all_records(&in, err);
	if (rc >= 0) {
		info->date = in.date;
		info->records = in.records;
	}
	record_done(&in.record);
	buf_done(&in.text);
	arena_done(&in.arena);
	arena_done(&directory);
	return rc < 0 ? err_ctx(err, "%s", path) : 0;
}
