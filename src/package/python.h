/* What the catalogers of Python packages share. */
#pragma once

#include "base/base.h"

/* PEP 503: lower case, runs of '-', '_' and '.' are one '-'. In the arena. */
struct sv python_normal_name(struct arena *a, struct sv name);
/* PEP 508: letters, digits, '.', '_', '-'; begins and ends with a letter or digit. */
bool python_name_ok(struct sv name);
