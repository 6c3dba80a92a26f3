/* CVE records 5.x (https://github.com/CVEProject/cve-schema): what CNAs and ADPs say of severity.
 */
#include "advisory/feed.h"

#include <fcntl.h>

#include "base/clock.h"
#include "fmt/json.h"
#include "fmt/zip.h"

static const struct {
	const char *key;
	int rank;
} metrics[] = {{"cvssV4_0", 4}, {"cvssV3_1", 3}, {"cvssV3_0", 2}, {"cvssV2_0", 1}};

/* A record's author knows it best: ranks from 11; an ADP's score counts where there is none. */
static void container(const struct node *n, int base, struct cve_fact *f, struct buf *cwes)
{
	struct sv author = node_str(node_path(n, "providerMetadata", "shortName", NULL));

	NODE_EACH (m, node_get(n, "metrics"))
		for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
			(void)feed_vector(
				f, node_str(node_path(m, metrics[i].key, "vectorString", NULL)),
				base + metrics[i].rank, author.n ? author : SV("CVE"));
	NODE_EACH (p, node_get(n, "problemTypes"))
		NODE_EACH (d, node_get(p, "descriptions"))
			feed_cwe(cwes, node_get_str(d, "cweId"));
}

static int one_record(const struct node *root, struct cve_sink *sink, struct feed_info *info,
		      struct err *err)
{
	auto_done(buf_done) struct buf cwes = {0};
	const struct node *meta = node_get(root, "cveMetadata");
	struct cve_fact f = {.cve = cve_number(node_get_str(meta, "cveId")), .score = -1};
	int64_t t;

	if (!f.cve)
		return err_set(err, ERR_PARSE, "no CVE record: cveMetadata.cveId is missing");
	info->records++;
	if (clock_parse(node_get_str(meta, "dateUpdated"), &t) && t > info->date)
		info->date = t;
	if (!sv_is(node_get_str(meta, "state"), "PUBLISHED"))
		return 0;
	container(node_path(root, "containers", "cna", NULL), 10, &f, &cwes);
	NODE_EACH (adp, node_path(root, "containers", "adp", NULL))
		container(adp, 5, &f, &cwes);
	f.cwes = buf_view(&cwes);
	return f.cvss.n || f.cwes.n ? sink->fact(sink, &f, err) : 0;
}

static int read_json(struct sv name, struct sv text, struct cve_sink *sink, struct feed_info *info,
		     struct err *err)
{
	auto_done(arena_done) struct arena a;
	const struct node *root;

	arena_init(&a, 0);
	int rc = json_read(&a, name, text, DUP_LAST, &root, err);
	if (rc >= 0)
		rc = one_record(root, sink, info, err);
	return rc < 0 ? err_where(err, "%.*s", SV_ARG(name)) : 0;
}

static int read_zip(int fd, struct cve_sink *sink, struct feed_info *info, struct err *err)
{
	auto_done(arena_done) struct arena a;
	auto_done(buf_done) struct buf text = {0};
	struct zip z;

	arena_init(&a, 0);
	int rc = zip_open_fd(&a, fd, ZIP_UNIQUE, &z, err);
	for (size_t i = 0; rc >= 0 && i < z.n; i++) {
		struct sv base = sv_basename(z.members[i].name);
		if (!sv_starts(base, SV("CVE-")) || !sv_ends(base, SV(".json")))
			continue;
		buf_clear(&text);
		rc = zip_read(&z, &z.members[i], 16u << 20, &text, err);
		if (rc >= 0)
			rc = read_json(z.members[i].name, buf_view(&text), sink, info, err);
	}
	return rc;
}

int feed_cve(const char *path, struct cve_sink *sink, struct arena *a, struct feed_info *info,
	     struct err *err)
{
	auto_done(buf_done) struct buf text = {0};
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4] = {0};

	if (fd < 0)
		return err_sys(err, "cannot open the feed %s", path);
	int rc = feed_sha256(fd, a, &info->sha256, err);
	if (rc < 0)
		return err_where(err, "%s", path);
	if (pread(fd, magic, 4, 0) == 4 && memcmp(magic, "PK\3\4", 4) == 0) {
		rc = read_zip(fd, sink, info, err);
	} else {
		struct stream *s = stream_fd(fd, 0, UINT64_MAX);
		rc = stream_all(s, 16u << 20, &text, err);
		stream_free(s);
		if (rc >= 0)
			rc = read_json(sv_of(path), buf_view(&text), sink, info, err);
	}
	return rc < 0 ? err_ctx(err, "%s", path) : 0;
}
