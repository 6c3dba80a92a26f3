#include "fact/engine/mounts.h"

/* The n-th word of a line of mountinfo (proc(5)), from 0. */
static struct sv field(struct sv line, unsigned n)
{
	while (n--)
		(void)sv_cut(&line, ' ');
	return sv_cut(&line, ' ');
}

bool mounts_has(const struct parts *b, struct sv path)
{
	struct sv rest = parts_bytes(b, SV("mountinfo")), line;

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	while (sv_line(&rest, &line))
		if (sv_eq(field(line, 4), path))
			return true;
	return false;
}

unsigned mounts_cgroup(const struct parts *b)
{
	struct sv rest = parts_bytes(b, SV("mountinfo")), line;
	unsigned version = 0;

	while (sv_line(&rest, &line)) {
		size_t dash = sv_find(line, SV(" - "));
		struct sv type =
			dash == SIZE_MAX ? (struct sv){0} : field(sv_from(line, dash + 3), 0);
		struct sv at = field(line, 4);
		if (!sv_starts(at, SV("/sys/fs/cgroup")))
			continue;
		/* both: containers are in the controllers of v1 */
		if (sv_is(type, "cgroup"))
			return 1;
		if (sv_is(type, "cgroup2") && sv_is(at, "/sys/fs/cgroup"))
			version = 2;
	}
	return version;
}
