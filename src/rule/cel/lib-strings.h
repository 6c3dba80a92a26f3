/* string.format(list) of the strings library. */
#pragma once

#include "rule/cel/lib.h"

cel_fn cel_string_format;
