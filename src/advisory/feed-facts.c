/*
 * Facts that the project or a user collected (data/debian-12.tsv): which version of a
 * distribution's source package fixed which CVE. Lines that start with '#' are comments, the first
 * date in them (2026-11-24) says when it was collected. Rows: source, version, date, cve; or in the
 * order that a line with these names gives. A cve column may name several, separated by spaces or
 * commas. The release is in the file name.
 */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"
#include "base/limits.h"

enum column { COLUMN_SOURCE, COLUMN_VERSION, COLUMN_CVE, COLUMN_DATE, COLUMNS };

static const char *const column_names[COLUMNS][3] = {
	[COLUMN_SOURCE] = {"source", "package", "source_package"},
	[COLUMN_VERSION] = {"version", "fixed", "fixed_version"},
	[COLUMN_CVE] = {"cve", "cves", "id"},
	[COLUMN_DATE] = {"date", "published", "published"},
};

enum { FIELDS = 16 };

struct reader {
	struct record_sink *sink;
	struct feed_info *info;
	struct record record;
	struct sv release;
	const char *prefix; /* "DEBIAN-" */
	size_t at[COLUMNS]; /* column -> field */
	bool has_head, dated;
	struct buf id;
};

bool facts_file(struct sv path, struct sv *ecosystem, struct sv *release)
{
	struct sv base = sv_basename(path), os = sv_cut(&base, '-');

	if (!sv_ends(base, SV(".tsv")) || base.n == 4)
		return false;
	*release = sv_head(base, base.n - 4);
	for (size_t i = 0; i < ecosystems_n; i++) {
		if (ecosystems[i].kind == ECO_SOURCE && sv_is(os, ecosystems[i].os)) {
			*ecosystem = sv_of(ecosystems[i].name);
			return true;
		}
	}
	return false;
}

static size_t split(struct sv line, struct sv fields[FIELDS])
{
	size_t n = 0;

	while (n < FIELDS && line.n)
		fields[n++] = sv_trim(sv_cut(&line, '\t'));
	return n;
}

/* Reads the names of the columns; false when the line is a row already: source, version, date, cve.
 */
static bool head(struct reader *r, struct sv line)
{
	static const size_t usual[COLUMNS] = {
		[COLUMN_SOURCE] = 0, [COLUMN_VERSION] = 1, [COLUMN_DATE] = 2, [COLUMN_CVE] = 3};
	struct sv fields[FIELDS];
	size_t n = split(line, fields);

	r->has_head = true;
	for (size_t c = 0; c < COLUMNS; c++) {
		r->at[c] = SIZE_MAX;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < 3; k++)
				if (sv_is(fields[i], column_names[c][k]))
					r->at[c] = i;
	}
	if (r->at[COLUMN_SOURCE] != SIZE_MAX && r->at[COLUMN_VERSION] != SIZE_MAX &&
	    r->at[COLUMN_CVE] != SIZE_MAX)
		return true;
	memcpy(r->at, usual, sizeof usual);
	return false;
}

/* The first word that is a date: when the facts were collected. */
static void comment(struct reader *r, struct sv line)
{
	int64_t t;

	while (line.n && !r->dated) {
		struct sv word = sv_cut(&line, ' ');
		while (word.n > 10 && memchr(",.;:\t", word.p[word.n - 1], 5))
			word = sv_head(word, word.n - 1);
		if (word.n == 10 && clock_parse(word, &t)) {
			r->info->date = t;
			r->dated = true;
		}
	}
}

/* One CVE of a row as a record of its own. */
static int emit(struct reader *r, struct sv source, struct sv version, struct sv cve,
		struct sv date, struct err *err)
{
	struct record *record = &r->record;

	if (!is_cve(cve))
		return 0;
	record_reset(record);
	buf_clear(&r->id);
	buf_str(&r->id, r->prefix);
	buf_sv(&r->id, cve);
	record->id = buf_view(&r->id);
	record->published = record->modified = date;
	*VEC_PUSH(&record->upstream) = cve;
	struct affected *a = VEC_PUSH(&record->affected);
	a->name = source;
	a->release = r->release;
	struct range *range = VEC_PUSH(&a->ranges);
	*VEC_PUSH(range) = (struct range_event){RANGE_INTRODUCED, SV("0")};
	*VEC_PUSH(range) = (struct range_event){RANGE_FIXED, version};
	r->info->records++;
	return r->sink->record(r->sink, record, err);
}

static int row(struct reader *r, struct sv line, struct err *err)
{
	struct sv fields[FIELDS] = {0}, date = {0};
	size_t n = split(line, fields);
	int64_t t;
	int rc = 0;

	for (size_t c = 0; c < COLUMN_DATE; c++)
		if (r->at[c] >= n || fields[r->at[c]].n == 0)
			return err_set(err, ERR_PARSE, "the row has no %s", column_names[c][0]);
	if (r->at[COLUMN_DATE] < n && clock_parse(fields[r->at[COLUMN_DATE]], &t)) {
		date = fields[r->at[COLUMN_DATE]];
		if (!r->dated && t > r->info->date)
			r->info->date = t;
	}
	struct sv cves = fields[r->at[COLUMN_CVE]];
	while (rc >= 0 && cves.n) {
		size_t end = 0;
		while (end < cves.n && !memchr(" ,", cves.p[end], 2))
			end++;
		rc = emit(r, fields[r->at[COLUMN_SOURCE]], fields[r->at[COLUMN_VERSION]],
			  sv_head(cves, end), date, err);
		cves = sv_from(cves, end + 1);
	}
	return rc;
}

static int lines(struct reader *r, struct sv text, struct err *err)
{
	struct sv line;
	size_t number = 0;

	while (sv_line(&text, &line)) {
		int rc = 0;
		number++;
		if (line.n && line.p[0] == '#')
			comment(r, line);
		else if (sv_trim(line).n)
			rc = !r->has_head && head(r, line) ? 0 : row(r, line, err);
		if (rc < 0)
			return err_where(err, "line %zu", number);
	}
	return 0;
}

int feed_facts(const char *path, struct record_sink *sink, struct arena *a, struct feed_info *info,
	       struct err *err)
{
	auto_done(buf_done) struct buf text = {0};
	struct reader r = {.sink = sink, .info = info, .prefix = "DEBIAN-"};
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sv ecosystem;

	if (fd < 0)
		return err_sys(err, "cannot open the facts %s", path);
	if (!facts_file(sv_of(path), &ecosystem, &r.release))
		return err_set(err, ERR_USAGE, "%s: facts must be named SYSTEM-RELEASE.tsv", path);
	if (!sv_is(ecosystem, "Debian"))
		r.prefix = sv_is(ecosystem, "Ubuntu")   ? "UBUNTU-"
			   : sv_is(ecosystem, "Alpine") ? "ALPINE-"
							: "";
	int rc = feed_sha256(fd, a, &info->sha256, err);
	if (rc >= 0) {
		struct stream *s = stream_fd(fd, 0, UINT64_MAX);
		rc = stream_all(s, limit_file_bytes, &text, err);
		stream_free(s);
	}
	if (rc >= 0)
		rc = lines(&r, buf_view(&text), err);
	record_done(&r.record);
	buf_done(&r.id);
	return rc < 0 ? err_ctx(err, "%s", path) : 0;
}
