#include "base/base.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>

#include "base/limits.h"
#include "oci/spool.h"

struct spool {
	int fd;
	bool on_disk;
	uint64_t n;
	uint64_t room; /* most bytes: on disk half of what is free, so that a bomb leaves others
			  theirs */
};

static int write_all(struct spool *s, struct sv chunk, struct err *err)
{
	while (chunk.n > 0) {
		ssize_t n = write(s->fd, chunk.p, chunk.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)err_sys(err, "the unpacked archive cannot be written to %s",
				      s->on_disk ? "the temporary folder" : "memory");
			(void)err_hint(
				err,
				"set TMPDIR to a folder with room, or unpack the archive yourself");
			return err_scope(err, SCOPE_OUTPUT);
		}
		s->n += (uint64_t)n;
		chunk = sv_from(chunk, (size_t)n);
	}
	return 0;
}

/* A file without a name; where the file system has no O_TMPFILE, one that loses its name at once.
 */
static int nameless_file(struct err *err)
{
	const char *dir = getenv("TMPDIR");

	if (!dir || dir[0] != '/')
		dir = "/var/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/gabion-XXXXXX", dir);
	if (n > 0 && (size_t)n < sizeof path && (fd = mkostemp(path, O_CLOEXEC)) >= 0) {
		(void)unlink(path);
		return fd;
	}
	(void)err_sys(err, "no temporary file in %s", dir);
	(void)err_hint(err, "set TMPDIR to a folder that can be written");
	return err_scope(err, SCOPE_OUTPUT);
}

/* What memory held so far goes to disk in front of the rest. */
static int move_to_disk(struct spool *s, struct err *err)
{
	off_t at = 0;

	auto_close int fd = nameless_file(err);
	if (fd < 0)
		return fd;
	while ((uint64_t)at < s->n) {
		ssize_t n = sendfile(fd, s->fd, &at, (size_t)(s->n - (uint64_t)at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(err, "the unpacked archive cannot be written");
	}
	(void)close(s->fd);
	s->fd = take_fd(&fd);
	s->on_disk = true;
	struct statvfs fs;
	if (fstatvfs(s->fd, &fs) == 0) {
		uint64_t room = s->n + (uint64_t)fs.f_bavail * fs.f_frsize / 2;
		s->room = room < s->room ? room : s->room;
	}
	return 0;
}

static int no_room(const struct spool *s, struct err *err)
{
	(void)err_set(err, ERR_LIMIT, "the unpacked archive is larger than %llu MiB%s",
		      (unsigned long long)(s->room >> 20),
		      s->room < limit_spool_bytes ? ": the temporary folder has no more room for it"
						  : "");
	return err_hint(err, "set TMPDIR to a folder with room, or unpack the archive yourself");
}

static int fill(struct spool *s, struct stream *in, struct err *err)
{
	struct sv chunk;
	int rc;

	while ((rc = stream_next(in, &chunk, err)) > 0) {
		if (!s->on_disk && chunk.n > limit_spool_memory - s->n &&
		    (rc = move_to_disk(s, err)) < 0)
			return rc;
		if (s->n > s->room || chunk.n > s->room - s->n)
			return no_room(s, err);
		if ((rc = write_all(s, chunk, err)) < 0)
			return rc;
	}
	return rc;
}

int spool(struct stream *in, int *out_fd, uint64_t *length, struct err *err)
{
	struct spool s = {.fd = memfd_create("gabion-archive", MFD_CLOEXEC),
			  .room = limit_spool_bytes};
	int rc;

	if (s.fd < 0)
		rc = err_sys(err, "no memory file");
	else
		rc = fill(&s, in, err);
	stream_free(in);
	if (rc < 0) {
		if (s.fd >= 0)
			(void)close(s.fd);
		return rc;
	}
	*out_fd = s.fd;
	*length = s.n;
	return 0;
}
