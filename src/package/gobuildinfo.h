/*
 * Go's build information (runtime/debug.BuildInfo as the linker writes it): a 32-byte header, then,
 * since Go 1.18, two strings with varint lengths: the Go version and the module text. Before 1.18
 * the header has two pointers to string headers instead (gobinary.c follows them).
 */
#pragma once

#include "package/emit.h"

#define GO_BUILD_MAGIC "\xff Go buildinf:"

enum {
	go_build_magic_n = 14,
	go_build_align = 16,
	go_build_header = 32,
	go_build_version_max = 256,
};

/* The module text stands between these 16 bytes each. */
#define GO_INFO_START "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define GO_INFO_END   "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"

struct go_build {
	struct sv version; /* "go1.22.3" */
	struct sv modules; /* lines, without the markers around them */
};

/* "go1.22.3 X:boring" is "1.22.3", "go1.21rc2" is "1.21.0-rc.2", "devel go1.23-abc" is
 * "1.23.0-devel"; empty when it says no release. In the arena. */
struct sv go_release(struct arena *a, struct sv version);
/* Reads the form with inline strings at the header's first byte. 1 = *out filled, 0 = bytes ends
 * too early, -1 = it is not one. */
int go_build_inline(struct sv bytes, struct go_build *out);
/* Without the 16 bytes of marker at both ends. */
struct sv go_build_modules(struct sv text);
/* The standard library, the main module (with an empty version when it has none), and the
 * dependencies. */
void go_build_emit(struct emit *e, struct arena *a, const struct go_build *build);
