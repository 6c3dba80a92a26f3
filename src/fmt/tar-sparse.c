/* Sparse files: GNU tar's manual, "Storing Sparse Files", as Go's reader understands it. */
#include "fmt/tar-parts.h"

#include "base/limits.h"

enum {
	REAL_SIZE_AT = 483,
	MAP_AT = 386, /* 4 pairs in the header */
	MAP_PAIRS = 4,
	MORE_PAIRS = 21, /* in each block that follows */
	PAIR_SIZE = 24,
	REGIONS_MAX = 1 << 20,
};

static int map_error(struct err *err)
{
	return err_set(err, ERR_PARSE, "tar: sparse map is not valid");
}

static int map_limit(struct err *err)
{
	return err_set(err, ERR_LIMIT, "tar: sparse map is larger than %llu bytes (tar_header)",
		       (unsigned long long)limit_tar_header);
}

static int map_add(struct tar_sparse *map, int64_t at, int64_t n, struct err *err)
{
	if (map->n >= REGIONS_MAX)
		return map_limit(err);
	/* a negative number is refused by tar_sparse_check(), as it is beyond any size */
	*VEC_PUSH(map) = (struct tar_region){(uint64_t)at, (uint64_t)n};
	return 0;
}

/* Pairs of 12-byte numbers until an offset begins with NUL. */
static int gnu_pairs(const char *p, size_t pairs, struct tar_sparse *map, struct err *err)
{
	for (size_t i = 0; i < pairs && p[i * PAIR_SIZE] != '\0'; i++) {
		int64_t at, n;
		if (!tar_number(sv_make(p + i * PAIR_SIZE, 12), &at) ||
		    !tar_number(sv_make(p + i * PAIR_SIZE + 12, 12), &n))
			return map_error(err);
		int rc = map_add(map, at, n, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int tar_sparse_gnu(const char *block, struct tar_blocks *more, struct tar_sparse *map,
		   int64_t *size, struct err *err)
{
	char next[TAR_BLOCK_SIZE];
	size_t total = MAP_PAIRS * PAIR_SIZE + 1;

	if (!tar_number(sv_make(block + REAL_SIZE_AT, 12), size))
		return map_error(err);
	int rc = gnu_pairs(block + MAP_AT, MAP_PAIRS, map, err);
	bool extended = block[MAP_AT + MAP_PAIRS * PAIR_SIZE] != '\0';
	while (rc == 0 && extended) {
		rc = more->next(more->arg, next, err);
		total += TAR_BLOCK_SIZE;
		if (rc == 0 && total >= limit_tar_header)
			return map_limit(err);
		if (rc == 0)
			rc = gnu_pairs(next, MORE_PAIRS, map, err);
		extended = rc == 0 && next[MORE_PAIRS * PAIR_SIZE] != '\0';
	}
	return rc;
}

/* Format 1.0: the map stands in front of the data, numbers in lines, in whole blocks. */
struct lines {
	struct tar_blocks *more;
	char block[TAR_BLOCK_SIZE];
	size_t at, total;
};

static int lines_number(struct lines *l, int64_t *out, struct err *err)
{
	char text[24];
	size_t n = 0;

	for (;;) {
		if (l->at == sizeof l->block) {
			l->total += sizeof l->block;
			if (l->total > limit_tar_header)
				return map_limit(err);
			int rc = l->more->next(l->more->arg, l->block, err);
			if (rc < 0)
				return rc;
			l->at = 0;
		}
		char c = l->block[l->at++];
		if (c == '\n')
			break;
		if (n == sizeof text)
			return map_error(err);
		text[n++] = c;
	}
	return tar_decimal(sv_make(text, n), out) ? 0 : map_error(err);
}

static int map_1_0(struct tar_blocks *more, struct tar_sparse *map, struct err *err)
{
	struct lines l = {.more = more, .at = TAR_BLOCK_SIZE};
	int64_t count, at, n;

	int rc = lines_number(&l, &count, err);
	if (rc == 0 && count < 0)
		return map_error(err);
	while (rc == 0 && count-- > 0) {
		rc = lines_number(&l, &at, err);
		if (rc == 0)
			rc = lines_number(&l, &n, err);
		if (rc == 0)
			rc = map_add(map, at, n, err);
	}
	return rc;
}

static int map_0_1(const struct tar_pax *pax, struct tar_sparse *map, struct err *err)
{
	const struct sv *v = pax->pairs.p;
	int64_t count, at, n;

	if (!tar_decimal(pax->blocks, &count) || count < 0 || pax->pairs.n % 2 != 0 ||
	    (uint64_t)count != pax->pairs.n / 2)
		return map_error(err);
	for (size_t i = 0; i < pax->pairs.n; i += 2) {
		if (!tar_decimal(v[i], &at) || !tar_decimal(v[i + 1], &n))
			return map_error(err);
		int rc = map_add(map, at, n, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int tar_sparse_pax(const struct tar_pax *pax, struct tar_blocks *more, struct tar_sparse *map,
		   int64_t *size, struct err *err)
{
	bool v0 = sv_is(pax->major, "0") && (sv_is(pax->minor, "0") || sv_is(pax->minor, "1"));
	bool v1 = sv_is(pax->major, "1") && sv_is(pax->minor, "0");
	bool named = pax->major.n > 0 || pax->minor.n > 0;

	/* the first two formats had no version record */
	if (!v0 && !v1 && (named || pax->pairs.n == 0))
		return 0;
	struct sv text = pax->sparse_size.n ? pax->sparse_size : pax->real_size;
	if (text.n > 0 && !tar_decimal(text, size))
		return map_error(err);
	int rc = v1 ? map_1_0(more, map, err) : map_0_1(pax, map, err);
	return rc < 0 ? rc : 1;
}

int tar_sparse_check(const struct tar_sparse *map, int64_t size, struct err *err)
{
	uint64_t end = 0;

	if (size < 0)
		return map_error(err);
	for (size_t i = 0; i < map->n; i++) {
		const struct tar_region *r = &map->p[i];
		if (r->at < end || r->at > (uint64_t)size || r->n > (uint64_t)size - r->at)
			return map_error(err);
		end = r->at + r->n;
	}
	return 0;
}
