#include "oci/overlay.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include "sys/file.h"

/* user_namespaces(7): whose owner is nobody of this namespace. */
enum { UNMAPPED = 65534 };

static bool is_admin(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	return syscall(SYS_capget, &head, data) == 0 &&
	       (data[0].effective & (1u << CAP_SYS_ADMIN)) != 0;
}

/* user_namespaces(7): the first namespace maps every id to itself. */
static bool in_first_namespace(void)
{
	auto_done(buf_done) struct buf map = {0};
	struct err unused;

	if (file_read("/proc/self/uid_map", 4096, &map, &unused) < 0)
		return false;
	struct sv rest = buf_view(&map);
	static const char *const want[] = {"0", "0", "4294967295"};
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		rest = sv_trim(rest);
		size_t end = 0;
		while (end < rest.n && rest.p[end] != ' ' && rest.p[end] != '\n')
			end++;
		if (!sv_is(sv_head(rest, end), want[i]))
			return false;
		rest = sv_from(rest, end);
	}
	return true;
}

/* "100000.100000" */
static bool is_remap(struct sv name)
{
	struct sv group = name, user = sv_cut(&group, '.');
	uint64_t unused;

	return sv_u64(user, &unused) && sv_u64(group, &unused);
}

enum overlay_marks overlay_marks(struct arena *a, struct sv store)
{
	struct sv parent, name;
	struct stat st;

	if (sv_rcut(store, '/', &parent, &name) && is_remap(name))
		store = parent;
	if (stat(arena_str(a, store), &st) != 0 || st.st_uid == UNMAPPED)
		return OVERLAY_HIDDEN;
	if (st.st_uid != 0 || !in_first_namespace())
		return OVERLAY_USER;
	return is_admin() ? OVERLAY_TRUSTED : OVERLAY_HIDDEN;
}

bool overlay_name_ok(struct sv name)
{
	if (name.n == 0 || name.n > 200 || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		if (!ok)
			return false;
	}
	return true;
}

bool overlay_layer_add(struct arena *a, struct image *img, struct sv path,
		       const struct digest *diff_id, uint64_t size, enum overlay_marks marks)
{
	auto_close int fd = open(arena_str(a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	struct image_layer *l = VEC_PUSH(&img->layers);
	*l = (struct image_layer){.kind = LAYER_TREE, .size = size, .name = path};
	l->user_marks = marks == OVERLAY_USER;
	if (diff_id)
		l->diff_id = *diff_id;
	return true;
}
