/*
 * What a worker gives up before it touches hostile bytes: new privileges, the file system
 * (Landlock), and every system call but those for memory, threads and descriptors it already has
 * (seccomp).
 */
#pragma once

#include "base/base.h"

enum sandbox_have { SANDBOX_LANDLOCK = 1, SANDBOX_SECCOMP = 2 };

/* For good. Returns what is in force (enum sandbox_have); seccomp missing is an error, since
 * nothing hostile may be parsed without it. Threads may still be made; processes, files, sockets
 * not. opened_files: the caller has opened files for reading itself and goes on to map them and to
 * ask for their size (a database). */
int sandbox_enter(bool opened_files, struct err *err) must_check;
/* Does this kernel have Landlock? For the report. */
bool sandbox_has_landlock(void);
/* For a process that downloads: it may use sockets and read what name service and certificates need
 * (ca_file may be NULL), but write no file and run no program. Landlock only where the kernel has
 * it. */
int sandbox_enter_network(const char *ca_file, struct err *err) must_check;
