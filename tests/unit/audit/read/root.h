/* A root of one's own below /tmp, for what is read of hosts. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

static inline int root_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* The folder and all in it; links are not followed. */
static inline void root_remove(const char *dir)
{
	(void)nftw(dir, root_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
