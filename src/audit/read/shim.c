/* What the parent of a container's first process tells: conmon (Podman, CRI-O) and containerd's
 * shims keep the container's bundle and name at hand, wherever the engine's folders lie. */
#include <fcntl.h>
#include <unistd.h>

#include "audit/read/containers-int.h"
#include "audit/read/host-int.h"

enum { ARGUMENTS = 128 };

static pid_t parent_of(struct sv status)
{
	size_t at = sv_find(status, SV("\nPPid:"));
	struct sv line, rest = sv_from(status, at == SIZE_MAX ? status.n : at + 6);
	uint64_t number;

	(void)sv_line(&rest, &line);
	return sv_u64(sv_trim(line), &number) && number <= INT32_MAX ? (pid_t)number : 0;
}

/* The word behind an option of a command line; its end is told by NUL bytes. */
static struct sv option(struct sv cmdline, const char *name)
{
	struct sv rest = cmdline;

	for (size_t i = 0; i < ARGUMENTS && rest.n; i++) {
		struct sv word = sv_cut(&rest, '\0');
		if (sv_is(word, name))
			return sv_cut(&rest, '\0');
	}
	return (struct sv){0};
}

static void conmon(struct finder *f, struct read_container *c, struct sv cmdline)
{
	struct sv bundle = option(cmdline, "-b"), name = option(cmdline, "-n");

	if (!sv_eq(option(cmdline, "-c"), c->id))
		return;
	if (bundle.n && !c->config.n)
		c->config = arena_fmt(f->a, "%.*s/config.json", SV_ARG(bundle));
	if (name.n && !c->name.n)
		c->name = arena_sv(f->a, name);
}

/* It works in the bundle's folder, whose name is the container's id. */
static void shim(struct finder *f, struct read_container *c, int process)
{
	char folder[PATH_MAX];
	ssize_t n = readlinkat(process, "cwd", folder, sizeof folder);
	struct sv path = sv_make(folder, n > 0 ? (size_t)n : 0), head, tail;

	if (!c->config.n && sv_rcut(path, '/', &head, &tail) && sv_eq(tail, c->id))
		c->config = arena_fmt(f->a, "%.*s/config.json", SV_ARG(path));
}

static void ask_parent(struct finder *f, struct read_container *c)
{
	uint64_t start;
	auto_close int own = read_proc_open(f->h, c->pid, &start);

	if (own < 0 || start != c->start || !read_proc(f->h, own, "status"))
		return;
	auto_close int parent =
		read_proc_open(f->h, parent_of(buf_view(&f->h->cache->scratch)), &start);
	/* only a parent outside of the container is the engine's */
	if (parent < 0 || read_namespace(parent, "mnt") == read_namespace(own, "mnt") ||
	    !read_proc(f->h, parent, "cmdline"))
		return;
	struct sv cmdline = buf_view(&f->h->cache->scratch), rest = cmdline, head, tail;
	struct sv program = sv_cut(&rest, '\0');
	if (sv_rcut(program, '/', &head, &tail))
		program = tail;
	if (sv_is(program, "conmon"))
		conmon(f, c, cmdline);
	else if (sv_starts(program, SV("containerd-shim")))
		shim(f, c, parent);
}

void containers_of_shims(struct finder *f)
{
	for (size_t i = 0; i < f->all.n; i++)
		if (f->all.p[i].c.pid > 0)
			ask_parent(f, &f->all.p[i].c);
}
