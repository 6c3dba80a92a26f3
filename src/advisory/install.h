/* A directory that changes as a whole: filled beside the old one, then exchanged. */
#pragma once

#include "base/base.h"

/* The path without slashes at its end, so that names can be put beside it. */
char *install_path(struct arena *a, const char *dir);
/* A new, empty directory beside `dir`, on the same file system: its path in the arena. What a dead
 * process left behind is removed when it is older than a day. */
int install_begin(const char *dir, struct arena *a, char **work, struct err *err) must_check;
/* Hard link (or copy) of dir/name into work/name; ERR_NOTFOUND when it is not there. */
int install_keep(const char *dir, const char *work, const char *name, struct err *err) must_check;
/* A copy, made anew. */
int install_copy(const char *from, const char *to, struct err *err) must_check;
/* Flushes the files of work to the disk and puts it in the place of dir. */
int install_commit(const char *dir, const char *work, struct err *err) must_check;
/* Removes work and the files in it. */
void install_abort(const char *work);
