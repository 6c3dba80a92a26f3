/* NVD's CVE API 2.0 documents: CVSS vectors and weaknesses by CVE. */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"
#include "fmt/json.h"

struct reader {
	struct cve_sink *sink;
	struct feed_info *info;
	struct buf cwes;
};

/* NVD's own score before those that others gave it; the newer version of CVSS before the older. */
static const struct {
	const char *key;
	int rank;
} metrics[] = {
	{"cvssMetricV40", 4},
	{"cvssMetricV31", 3},
	{"cvssMetricV30", 2},
	{"cvssMetricV2", 1},
};

static void take_metrics(const struct node *n, struct cve_fact *f)
{
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
		NODE_EACH (m, node_get(n, metrics[i].key)) {
			int rank = metrics[i].rank +
				   (sv_is(node_get_str(m, "type"), "Primary") ? 20 : 10);
			(void)feed_vector(f,
					  node_str(node_path(m, "cvssData", "vectorString", NULL)),
					  rank, SV("NVD"));
		}
}

static void take_weaknesses(const struct node *list, struct buf *out)
{
	NODE_EACH (w, list)
		NODE_EACH (d, node_get(w, "description"))
			feed_cwe(out, node_get_str(d, "value"));
}

static int one_cve(void *arg, const struct node *element, struct err *err)
{
	struct reader *r = arg;
	const struct node *cve = node_get(element, "cve");
	struct cve_fact f = {.cve = cve_number(node_get_str(cve, "id")), .score = -1};
	int64_t t;

	if (!f.cve)
		return 0;
	if (clock_parse(node_get_str(cve, "lastModified"), &t) && t > r->info->date)
		r->info->date = t;
	r->info->records++;
	if (sv_is(node_get_str(cve, "vulnStatus"), "Rejected"))
		return 0;
	take_metrics(node_get(cve, "metrics"), &f);
	buf_clear(&r->cwes);
	take_weaknesses(node_get(cve, "weaknesses"), &r->cwes);
	f.cwes = buf_view(&r->cwes);
	return f.cvss.n || f.cwes.n ? r->sink->fact(r->sink, &f, err) : 0;
}

int feed_nvd(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err)
{
	struct reader r = {.sink = sink, .info = info};
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stream *s = NULL;
	const struct stream *digest;

	if (fd < 0)
		return err_sys(err, "cannot open the feed %s", path);
	int rc = feed_stream(fd, &s, &digest, err);
	if (rc >= 0)
		rc = json_each(s, sv_of(path), SV("vulnerabilities"), one_cve, &r, err);
	if (rc >= 0 && info->records == 0)
		rc = err_set(err, ERR_PARSE, "no NVD record in the file");
	if (rc >= 0)
		info->sha256 = feed_stream_end(digest, a);
	stream_free(s);
	buf_done(&r.cwes);
	return rc < 0 ? err_where(err, "%s", path) : 0;
}
