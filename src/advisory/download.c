#include "advisory/download.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "net/curl.h"

struct transfer {
	struct download *d;
	const struct curl_api *api;
	CURL *easy;
	struct arena *arena;
	char *part, *tag_file; /* path.part, path.part.etag */
	int fd;
	uint64_t at;    /* bytes in part */
	struct sv etag; /* of this response */
	bool started, too_large, write_failed;
};

static struct sv header_value(struct sv line, const char *name)
{
	struct sv key = sv_cut(&line, ':');

	return sv_ieq(sv_trim(key), sv_of(name)) ? sv_trim(line) : (struct sv){0};
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct sv line = sv_make(p, size * n), v;

	if (sv_starts(line, SV("HTTP/"))) /* of a redirect's target: nothing before it counts */
		t->etag = (struct sv){0};
	v = header_value(line, "etag");
	if (v.n && v.n < 256)
		t->etag = arena_sv(t->arena, v);
	return size * n;
}

static long status(const struct transfer *t)
{
	long code = 0;

	(void)t->api->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

/* Remembers of which version the part is, so that a later run goes on only with the same. */
static bool keep_tag(const struct transfer *t)
{
	auto_close int fd = open(t->tag_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd >= 0 && write(fd, t->etag.p ? t->etag.p : "", t->etag.n) == (ssize_t)t->etag.n;
}

/* The first bytes of a body: 206 goes on, 200 starts anew. */
static bool start_body(struct transfer *t)
{
	t->started = true;
	if (status(t) == 206)
		return true;
	t->at = 0;
	return ftruncate(t->fd, 0) == 0 && keep_tag(t);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t bytes = size * n;
	long code = status(t);

	if (code != 200 && code != 206)
		return bytes; /* the page of an error */
	if (!t->started && !start_body(t)) {
		t->write_failed = true;
		return 0;
	}
	if (t->at + bytes > t->d->limit) {
		t->too_large = true;
		return 0;
	}
	for (size_t done = 0; done < bytes;) {
		ssize_t w = pwrite(t->fd, p + done, bytes - done, (off_t)(t->at + done));
		if (w <= 0) {
			t->write_failed = true;
			return 0;
		}
		done += (size_t)w;
	}
	t->at += bytes;
	t->d->bytes += bytes;
	if (t->d->progress) {
		curl_off_t length = 0;
		(void)t->api->easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		t->d->progress(t->d->progress_arg, t->d->url, t->at,
			       length > 0 ? (uint64_t)length : 0);
	}
	return bytes;
}

static struct sv read_tag(const struct transfer *t)
{
	char text[256];
	auto_close int fd = open(t->tag_file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;

	return n > 0 ? arena_sv(t->arena, sv_make(text, (size_t)n)) : (struct sv){0};
}

/* Range with If-Range when a part of a known version lies there, else If-None-Match. */
static int conditions(struct transfer *t, struct curl_slist **list, struct err *err)
{
	struct stat st;
	struct sv tag = read_tag(t), line;

	t->at = 0;
	if (fstat(t->fd, &st) == 0 && st.st_size > 0 && tag.n) {
		t->at = (uint64_t)st.st_size;
		char range[32];
		(void)snprintf(range, sizeof range, "%llu-", (unsigned long long)t->at);
		if (t->api->easy_setopt(t->easy, CURLOPT_RANGE, range) != CURLE_OK)
			return err_set(err, ERR_BUG, "cannot set a range");
		line = arena_fmt(t->arena, "If-Range: %.*s", SV_ARG(tag));
	} else if (t->d->etag.n) {
		line = arena_fmt(t->arena, "If-None-Match: %.*s", SV_ARG(t->d->etag));
	} else {
		return 0;
	}
	*list = t->api->slist_append(NULL, arena_str(t->arena, line));
	return 0;
}

static int setup(struct transfer *t, struct curl_slist *list, char *message, struct err *err)
{
	int rc = curl_restrict(t->api, t->easy, t->d->url, t->d->ca_file, err);
	CURLcode c;

	if (rc < 0)
		return rc;
	c = t->api->easy_setopt(t->easy, CURLOPT_HTTPHEADER, list);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_ERRORBUFFER, message);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	c = c ? c : t->api->easy_setopt(t->easy, CURLOPT_FILETIME, 1L);
	return c ? curl_fail(t->api, c, NULL, err) : 0;
}

static int finish(struct transfer *t, struct err *err)
{
	curl_off_t when = -1;

	if (!t->started && !start_body(t)) /* an empty file */
		return err_sys(err, "cannot write %s", t->part);
	(void)t->api->easy_getinfo(t->easy, CURLINFO_FILETIME_T, &when);
	t->d->date = when > 0 ? (int64_t)when : 0;
	t->d->new_etag = t->etag;
	(void)unlink(t->tag_file);
	return rename(t->part, t->d->path) == 0 ? 0 : err_sys(err, "cannot write %s", t->d->path);
}

/* 1: the part does not fit the file any more, try again without it. */
static int judge(struct transfer *t, CURLcode c, const char *message, struct err *err)
{
	long code = status(t);

	if (t->too_large)
		return err_set(err, ERR_LIMIT, "the file is larger than %llu bytes",
			       (unsigned long long)t->d->limit);
	if (t->write_failed)
		return err_sys(err, "cannot write %s", t->part);
	if (c != CURLE_OK)
		return curl_fail(t->api, c, message, err);
	if (code == 304) {
		t->d->unchanged = true;
		return 0;
	}
	if (code == 416)
		return 1;
	if (code == 200 || code == 206)
		return finish(t, err);
	err_set(err,
		code == 404                  ? ERR_NOTFOUND
		: code == 401 || code == 403 ? ERR_AUTH
					     : ERR_PROTO,
		"the server answered %ld", code);
	if (code == 404)
		err_code(err, "http-404");
	return -(int)err->kind;
}

static int attempt(struct transfer *t, struct err *err)
{
	char message[CURL_ERROR_SIZE] = "";
	struct curl_slist *list = NULL;

	t->started = t->too_large = t->write_failed = false;
	t->easy = t->api->easy_init();
	if (!t->easy)
		return err_set(err, ERR_IO, "cannot start a transfer");
	int rc = conditions(t, &list, err);
	if (rc >= 0)
		rc = setup(t, list, message, err);
	if (rc >= 0)
		rc = judge(t, t->api->easy_perform(t->easy), message, err);
	t->api->easy_cleanup(t->easy);
	t->api->slist_free_all(list);
	return rc;
}

int download(struct download *d, struct arena *a, struct err *err)
{
	struct transfer t = {.d = d, .arena = a, .fd = -1};
	int rc = curl_load(&t.api, err);

	if (rc < 0)
		return rc;
	t.part = arena_str(a, arena_fmt(a, "%s.part", d->path));
	t.tag_file = arena_str(a, arena_fmt(a, "%s.part.etag", d->path));
	auto_close int fd = open(t.part, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "cannot write %s", t.part);
	t.fd = fd;
	rc = attempt(&t, err);
	if (rc == 1) {
		if (ftruncate(fd, 0) != 0)
			return err_sys(err, "cannot write %s", t.part);
		rc = attempt(&t, err);
		if (rc == 1)
			rc = err_set(err, ERR_PROTO, "the server refuses to send the file");
	}
	if (d->unchanged || t.at == 0) {
		(void)unlink(t.part);
		(void)unlink(t.tag_file);
	}
	return rc < 0 ? err_where(err, "%s", d->url) : 0;
}
