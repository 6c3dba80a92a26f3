/* RFC 4648, 4. */
#pragma once

#include "base/base.h"

void base64_encode(struct buf *b, struct sv v);
/* Padding may be missing; false for anything else that is not base64. */
bool base64_decode(struct buf *b, struct sv v);
