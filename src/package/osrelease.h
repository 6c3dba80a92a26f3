/*
 * Which operating system a file names: os-release(5), lsb-release, debian_version, the *-release
 * files of Red Hat's and other families, system-release-cpe. A file that does not say enough names
 * none: nothing is guessed.
 */
#pragma once

#include "model/os.h"

/* 1 = *out filled (texts live in the arena or in bytes; path and eol too), 0 = this file names no
 * system. Only the file's name counts, not its folder. */
int os_identify(struct sv path, struct sv bytes, struct arena *a, struct os *out,
		struct err *err) must_check;
/* Whom to believe when several files of one image name a system: the lowest. The path is that in
 * the image. */
int os_rank(struct sv path);
/* The part of a version that names a release of this system: "12" of Debian 12.4, "3.18" of Alpine
 * 3.18.4, "9" of Red Hat 9.3. The whole version for systems that are not in the table. */
struct sv os_release_of(struct sv id, struct sv version);
/* End of the support that all users get, "2028-06-30"; empty when not known. package/eol.c */
struct sv os_eol(struct sv id, struct sv version);
