#include "audit/read/containers.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "audit/read/containers-int.h"
#include "audit/read/host-int.h"
#include "audit/read/process.h"
#include "base/limits.h"

struct scan {
	struct finder *f;
	uint64_t own; /* mount namespace of gabion's own container; 0: it runs on the host */
};

/* "NSpid:\t4242\t1": its number in each namespace, from ours inwards. */
static bool nested(struct sv status, bool *first)
{
	size_t at = sv_find(status, SV("\nNSpid:"));
	struct sv line, rest = sv_from(status, at == SIZE_MAX ? status.n : at + 7), last = {0};
	size_t n = 0;

	(void)sv_line(&rest, &line);
	for (line = sv_trim(line); line.n; n++)
		last = sv_cut(&line, '\t');
	*first = n > 1 && sv_is(last, "1");
	return n > 1;
}

static bool is_better(const struct found *is, const struct found *was)
{
	if (is->first != was->first)
		return is->first;
	return is->c.start != was->c.start ? is->c.start < was->c.start : is->c.pid < was->c.pid;
}

static void keep(struct finder *f, const struct found *new)
{
	bool made;
	struct map_entry *e = map_put(&f->by_id, new->c.id, &made);

	if (made) {
		e->num = f->all.n;
		*VEC_PUSH(&f->all) = *new;
	} else if (is_better(new, &f->all.p[e->num])) {
		f->all.p[e->num] = *new;
	}
}

/* Is it in namespaces of its own? Without the right to see those, its numbers tell. */
static bool is_apart(const struct scan *s, int process, struct found *x)
{
	const struct read_cache *c = s->f->h->cache;
	uint64_t pids = read_namespace(process, "pid");

	x->mount_space = read_namespace(process, "mnt");
	if (s->own && x->mount_space == s->own)
		return false;
	bool known = pids && x->mount_space && c->spaces[1] && c->spaces[4];
	if (known && pids == c->spaces[1] && x->mount_space == c->spaces[4])
		return false;
	bool inner =
		read_proc(s->f->h, process, "status") && nested(buf_view(&c->scratch), &x->first);
	return known || inner;
}

static void look_at(const struct scan *s, const char *pid)
{
	const struct read_host *h = s->f->h;
	struct found x = {0};
	uint64_t number;

	if (!sv_u64(sv_of(pid), &number) || number > INT32_MAX)
		return;
	x.c.pid = (pid_t)number;
	auto_close int process = openat(h->proc, pid, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process < 0 || !read_proc(h, process, "cgroup"))
		return;
	bool named = container_of_cgroup(s->f->a, buf_view(&h->cache->scratch), &x.c.id, &x.c.name,
					 &x.c.engine);
	if (!is_apart(s, process, &x) || (!named && !x.first))
		return;
	if (!named)
		x.c.id = arena_fmt(s->f->a, "pid-%d", (int)x.c.pid);
	auto_close int again = read_proc_open(h, x.c.pid, &x.c.start);
	if (again >= 0)
		keep(s->f, &x);
}

static void close_folder(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static bool scan(struct finder *f)
{
	struct scan s = {.f = f};
	auto_close int fd = openat(f->h->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_done(close_folder) DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	auto_close int self = openat(f->h->proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t own = self >= 0 ? read_namespace(self, "mnt") : 0;
	struct dirent *e;

	if (!d)
		return false;
	(void)take_fd(&fd);
	if (own && f->h->cache->spaces[4] && own != f->h->cache->spaces[4])
		s.own = own;
	for (size_t left = limit_host_processes; left && (e = readdir(d)); left--)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			look_at(&s, e->d_name);
	return true;
}

static struct found *by_pid(struct finder *f, pid_t pid)
{
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.p[i].c.pid == pid)
			return &f->all.p[i];
	return NULL;
}

struct found *container_at(struct finder *f, struct sv id, pid_t pid, uint64_t start)
{
	const struct map_entry *e = map_find(&f->by_id, id);
	struct found x = {.c = {.id = id, .pid = pid}}, *known;

	if (e)
		return &f->all.p[e->num];
	if (pid <= 0)
		return NULL;
	known = by_pid(f, pid);
	if (known && (!start || known->c.start == start)) {
		known->c.id = id;
		return known;
	}
	auto_close int process = read_proc_open(f->h, pid, &x.c.start);
	if (process < 0 || (start && start != x.c.start))
		return NULL;
	x.mount_space = read_namespace(process, "mnt");
	if (!x.mount_space || x.mount_space == f->h->cache->spaces[4])
		return NULL;
	*VEC_PUSH(&f->all) = x;
	return &f->all.p[f->all.n - 1];
}

static int by_start(const void *a, const void *b)
{
	const struct read_container *x = a, *y = b;

	return x->start != y->start ? (x->start < y->start ? -1 : 1) : sv_cmp(x->id, y->id);
}

struct read_containers read_containers(const struct read_host *h, struct arena *a)
{
	struct read_containers out = {.state = PART_UNREADABLE};
	struct finder f = {.h = h, .a = a};

	if (h->proc < 0)
		return out;
	read_host_ready(h);
	if (scan(&f)) {
		out.state = PART_HERE;
		containers_of_runtimes(&f);
	}
	out.n = f.all.n;
	out.p = ARENA_ARRAY(a, f.all.n, struct read_container);
	for (size_t i = 0; i < f.all.n; i++)
		out.p[i] = f.all.p[i].c;
	qsort(out.p, out.n, sizeof *out.p, by_start);
	vec_done(&f.all);
	map_done(&f.by_id);
	return out;
}

bool read_container(const struct read_host *h, const struct read_container *c, struct buf *out)
{
	size_t before = out->n;

	if (c->config.n)
		read_file(h, SV("config"), c->config, limit_proc_bytes, out);
	if (c->name.n)
		parts_write(out, SV("name"), SV("/proc"), PART_HERE, c->name);
	if (read_process(h, c->pid, c->start, out))
		return true;
	out->n = before;
	return false;
}
