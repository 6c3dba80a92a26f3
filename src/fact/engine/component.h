/* Versions of programs as semantic versions. */
#pragma once

#include "base/arena.h"

/* "1.1.5+ds1-1+deb12u1" is 1.1.5, "1.0.0~rc93+ds1" 1.0.0-rc.93, "v1.1.12-0-g51d5e94" 1.1.12,
 * "20.10.24+dfsg1" 20.10.24. Empty: no version is in it. */
struct sv component_version(struct arena *a, struct sv said);
