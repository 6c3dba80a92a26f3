#include "cmd/database.h"

#include <stdio.h>
#include <unistd.h>

static struct sv user_folder(struct arena *a)
{
	const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (xdg && xdg[0] == '/')
		return arena_fmt(a, "%s/gabion/db", xdg);
	if (home && home[0] == '/')
		return arena_fmt(a, "%s/.local/share/gabion/db", home);
	return (struct sv){0};
}

static bool is_there(struct sv dir)
{
	return dir.n && access(dir.p, R_OK | X_OK) == 0;
}

struct sv database_bundled(struct arena *a)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	struct sv head, tail;

	if (n > 0 && sv_rcut(sv_make(exe, (size_t)n), '/', &head, &tail)) {
		struct sv beside = arena_fmt(a, "%.*s/db", SV_ARG(head));
		if (is_there(beside))
			return beside;
	}
	return SV(GABION_DATADIR "/db");
}

struct sv database_own(struct arena *a)
{
	if (geteuid() == 0)
		return SV("/var/lib/gabion/db");
	struct sv user = user_folder(a);
	return user.n ? user : SV("/var/lib/gabion/db");
}

struct sv database_find(struct arena *a, struct sv option)
{
	if (option.n)
		return arena_sv(a, option);
	const struct sv places[] = {user_folder(a), SV("/var/lib/gabion/db"), database_bundled(a)};
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (is_there(places[i]))
			return places[i];
	return database_own(a);
}
