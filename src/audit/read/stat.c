/* Who owns what is at a path, who may do what to it, and to all that leads there. */
#include "audit/read/host-int.h"

#include <sys/xattr.h>

#include "fmt/json-out.h"

enum {
	ACL_HEADER = 4, /* version; then 8 bytes an entry (acl(5), linux/posix_acl_xattr.h) */
	ACL_ENTRY = 8,
	ACL_PLAIN = 3, /* owner, group, others: no more than the mode says */
	ACL_MOST = 65536,
	MODE_BITS = 07777,
};

struct above {
	const struct read_host *host;
	struct json_out *folders, *links;
};

/* The name of a number in passwd or group: both have name, password, number. */
static struct sv account(const struct buf *lines, unsigned id)
{
	struct sv rest = buf_view(lines), line;
	uint64_t number;

	while (sv_line(&rest, &line)) {
		struct sv name = sv_cut(&line, ':');
		(void)sv_cut(&line, ':');
		if (name.n && sv_u64(sv_cut(&line, ':'), &number) && number == id)
			return name;
	}
	return (struct sv){0};
}

static bool has_acl(int fd)
{
	char name[32], value[ACL_HEADER + ACL_ENTRY * ACL_PLAIN];

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = getxattr(name, "system.posix_acl_access", value, sizeof value);
	return n < 0 && errno == ERANGE;
}

static const char *type_word(mode_t mode)
{
	static const struct {
		mode_t type;
		const char *word;
	} types[] = {{S_IFREG, "file"},   {S_IFDIR, "folder"}, {S_IFSOCK, "socket"},
		     {S_IFCHR, "device"}, {S_IFBLK, "device"}, {S_IFLNK, "link"}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if ((mode & S_IFMT) == types[i].type)
			return types[i].word;
	return "other";
}

static void owner(struct json_out *w, const char *key, const struct buf *lines, unsigned id)
{
	struct sv name = account(lines, id);

	json_out_key(w, key);
	if (name.n) {
		json_out_str(w, name);
		return;
	}
	char number[16];
	int n = snprintf(number, sizeof number, "%u", id);
	json_out_str(w, sv_make(number, (size_t)n));
}

static void describe(struct json_out *w, const struct read_host *h, struct sv path, int fd,
		     const struct stat *st)
{
	bool link = S_ISLNK(st->st_mode);

	json_out_kv(w, "path", path);
	json_out_kv(w, "type", sv_of(type_word(st->st_mode)));
	json_out_key(w, "mode");
	/* the bits of a link mean nothing */
	json_out_u64(w, link ? 0 : st->st_mode & MODE_BITS);
	json_out_key(w, "uid");
	json_out_u64(w, st->st_uid);
	json_out_key(w, "gid");
	json_out_u64(w, st->st_gid);
	owner(w, "owner", &h->cache->passwd, st->st_uid);
	owner(w, "group", &h->cache->group, st->st_gid);
	json_out_key(w, "acl");
	json_out_bool(w, !link && has_acl(fd));
}

static void step(void *arg, struct sv path, int fd, const struct stat *st)
{
	struct above *above = arg;

	json_out_object(above->folders);
	describe(above->folders, above->host, path, fd, st);
	json_out_end(above->folders);
	if (S_ISLNK(st->st_mode))
		json_out_str(above->links, path);
}

void read_stat(const struct read_host *h, struct sv role, struct sv path, struct buf *out)
{
	auto_done(buf_done) struct buf text = {0}, above = {0}, links = {0}, resolved = {0};
	struct json_out w, w_above, w_links;
	struct stat st;

	json_out_init(&w_above, NULL, &above, 0);
	json_out_init(&w_links, NULL, &links, 0);
	json_out_array(&w_above);
	json_out_array(&w_links);
	auto_close int fd =
		read_walk(h->root, path, step, &(struct above){h, &w_above, &w_links}, &resolved);
	if (fd < 0 || fstat(fd, &st) != 0) {
		read_failed(role, path, fd < 0 ? -fd : errno, out);
		return;
	}
	json_out_end(&w_above);
	json_out_end(&w_links);
	json_out_init(&w, NULL, &text, 0);
	json_out_object(&w);
	describe(&w, h, path, fd, &st);
	json_out_key(&w, "dev");
	json_out_u64(&w, st.st_dev);
	json_out_key(&w, "ino");
	json_out_u64(&w, st.st_ino);
	json_out_kv(&w, "resolved", buf_view(&resolved));
	json_out_end(&w);
	/* the lists were written beside it, since all three grow on one way */
	text.n--;
	buf_fmt(&text, ",\"above\":%s,\"links\":%s}", buf_cstr(&above), buf_cstr(&links));
	parts_write(out, role, path, PART_HERE, buf_view(&text));
}
