/* CISA's catalog of vulnerabilities that are known to be exploited. */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"
#include "base/limits.h"
#include "fmt/json.h"

static int one_row(const struct node *n, struct cve_sink *sink, struct arena *a, struct err *err)
{
	struct cve_fact fact = {.cve = cve_number(node_get_str(n, "cveID")), .score = -1};
	struct sv added = node_get_str(n, "dateAdded"), due = node_get_str(n, "dueDate");
	bool ransom = sv_is(node_get_str(n, "knownRansomwareCampaignUse"), "Known");
	int64_t t;

	if (!fact.cve || added.n != 10 || !clock_parse(added, &t))
		return 0;
	if (due.n != 10 || !clock_parse(due, &t))
		due = SV("-");
	fact.kev = arena_fmt(a, "%.*s %.*s %d", SV_ARG(added), SV_ARG(due), ransom);
	int rc = sink->fact(sink, &fact, err);
	return rc < 0 ? rc : 1;
}

static int catalog(struct sv text, const char *path, struct cve_sink *sink, struct feed_info *info,
		   struct err *err)
{
	auto_done(arena_done) struct arena a;
	const struct node *root, *list;

	arena_init(&a, 0);
	int rc = json_read(&a, sv_of(path), text, DUP_LAST, &root, err);
	if (rc < 0)
		return rc;
	list = node_get(root, "vulnerabilities");
	if (!node_is(list, NODE_ARRAY) ||
	    !clock_parse(node_get_str(root, "dateReleased"), &info->date))
		return err_set(err, ERR_PARSE,
			       "no KEV catalog: vulnerabilities or dateReleased is missing");
	NODE_EACH (it, list) {
		rc = one_row(it, sink, &a, err);
		if (rc < 0)
			return rc;
		info->records += (uint64_t)rc;
	}
	return 0;
}

int feed_kev(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err)
{
	auto_done(buf_done) struct buf text = {0};
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stream *s = NULL;
	const struct stream *digest;

	if (fd < 0)
		return err_sys(err, "cannot open the feed %s", path);
	int rc = feed_stream(fd, &s, &digest, err);
	if (rc >= 0)
		rc = stream_all(s, limit_yaml_bytes, &text, err);
	if (rc >= 0) {
		info->sha256 = feed_stream_end(digest, a);
		rc = catalog(buf_view(&text), path, sink, info, err);
	}
	stream_free(s);
	return rc < 0 ? err_where(err, "%s", path) : 0;
}
