/*
 * Platforms "os/architecture[/variant]": normalised and compared as containerd does
 * (arm64/v8 is arm64, arm is arm/v7, x86_64 is amd64, amd64/v1 is amd64).
 */
#pragma once

#include "base/base.h"

struct platform {
	struct sv os, arch, variant; /* normalised; os empty: not known */
};

/* "linux/arm64/v8", "arm64" (os of the host kind: linux). ERR_USAGE when it is none. */
int platform_parse(struct arena *a, struct sv text, struct platform *out,
		   struct err *err) must_check;
/* From the three fields of a descriptor or image configuration. */
struct platform platform_make(struct arena *a, struct sv os, struct sv arch, struct sv variant);
struct platform platform_host(struct arena *a);
/* "linux/amd64", "linux/arm/v7", or empty. */
struct sv platform_str(struct arena *a, const struct platform *p);
bool platform_eq(const struct platform *a, const struct platform *b);
/* What an attestation manifest of BuildKit says of itself. */
bool platform_unknown(const struct platform *p);
/* How well `have` serves one who wants `want`: 0 = not at all, more is better. A machine runs older
 * variants of its architecture. That an amd64 kernel may also run 386 is not counted: nobody asked
 * for it. */
unsigned platform_rank(const struct platform *want, const struct platform *have);
