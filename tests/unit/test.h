/* cmocka with what it needs in front. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

/* A view against a C string. */
#define assert_sv(v, s)                                         \
	do {                                                    \
		struct sv got_ = (v);                           \
		assert_int_equal(got_.n, strlen(s));            \
		if (got_.n)                                     \
			assert_memory_equal(got_.p, s, got_.n); \
	} while (0)
