/* Checked arithmetic on sizes that come from input, and bytes to integers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False on overflow, *out untouched by meaning. */
static inline bool add_ok(size_t a, size_t b, size_t *out)
{
	return !__builtin_add_overflow(a, b, out);
}

static inline bool mul_ok(size_t a, size_t b, size_t *out)
{
	return !__builtin_mul_overflow(a, b, out);
}

/* Unaligned loads; the caller has checked the bounds. */
static inline uint16_t le16(const void *p)
{
	const uint8_t *b = p;

	return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t le32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t le64(const void *p)
{
	return (uint64_t)le32(p) | (uint64_t)le32((const uint8_t *)p + 4) << 32;
}

static inline uint16_t be16(const void *p)
{
	return __builtin_bswap16(le16(p));
}

static inline uint32_t be32(const void *p)
{
	return __builtin_bswap32(le32(p));
}

static inline uint64_t be64(const void *p)
{
	return __builtin_bswap64(le64(p));
}
