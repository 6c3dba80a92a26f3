/* Between zip.c (the directory) and zip-read.c (the members). */
#pragma once

#include "fmt/zip.h"

enum { ZIP_LOCAL_SIG = 0x04034B50, ZIP_LOCAL_SIZE = 30 };

/* n bytes of the file: a view, or (with a descriptor) read into scratch. */
int zip_bytes(const struct zip *z, uint64_t at, size_t n, char *scratch, const char **out,
	      struct err *err) must_check;
