/* What every source file starts with: the small types of the house. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "base/sv.h"
#include "base/vec.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))
