/* POSIX.1-2001 pax extended headers: "LENGTH KEY=VALUE\n", over and over. */
#include "fmt/tar-parts.h"

bool tar_decimal(struct sv v, int64_t *out)
{
	bool minus = v.n > 0 && v.p[0] == '-';
	uint64_t n;

	if (v.n > 0 && (v.p[0] == '-' || v.p[0] == '+'))
		v = sv_from(v, 1);
	if (v.n == 0 || !sv_u64(v, &n) || n > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

static bool has_nul(struct sv v)
{
	return sv_find_char(v, '\0') != SIZE_MAX;
}

/* Cuts one record off *text. */
static bool record(struct sv *text, struct sv *key, struct sv *value)
{
	size_t space = sv_find_char(*text, ' ');
	int64_t n;

	if (space == SIZE_MAX || !tar_decimal(sv_head(*text, space), &n) || n < 5 ||
	    (uint64_t)n > text->n || (size_t)n <= space + 1)
		return false;
	struct sv v = sv_from(sv_head(*text, (size_t)n), space + 1);
	*text = sv_from(*text, (size_t)n);
	if (v.p[v.n - 1] != '\n')
		return false;
	v.n--;
	size_t equals = sv_find_char(v, '=');
	if (equals == SIZE_MAX || equals == 0)
		return false;
	*key = sv_head(v, equals);
	*value = sv_from(v, equals + 1);
	return true;
}

/* Seconds with an optional fraction. */
static bool is_time(struct sv v)
{
	int64_t unused;
	struct sv seconds = sv_cut(&v, '.');

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return tar_decimal(seconds, &unused);
}

static bool is_number(struct sv v)
{
	int64_t unused;

	return tar_decimal(v, &unused);
}

/* Every key that means something: where its value goes, or how it is checked. */
struct key {
	const char *name;
	size_t to; /* offset of a view in struct tar_pax, or SIZE_MAX */
	bool (*check)(struct sv v);
	bool text;   /* must not hold NUL */
	bool unique; /* readers differ when it stands twice */
};

#define TO(member) offsetof(struct tar_pax, member)

static const struct key keys[] = {
	{"path", TO(path), NULL, true, true},
	{"linkpath", TO(link), NULL, true, true},
	{"size", TO(size), is_number, false, true},
	{"uname", SIZE_MAX, NULL, true, false},
	{"gname", SIZE_MAX, NULL, true, false},
	{"uid", TO(uid), is_number, false, false},
	{"gid", TO(gid), is_number, false, false},
	{"mtime", TO(mtime), is_time, false, false},
	{"atime", TO(atime), is_time, false, false},
	{"ctime", TO(ctime), is_time, false, false},
	{"SCHILY.xattr.trusted.overlay.opaque", TO(opaque), NULL, false, true},
	{"SCHILY.xattr.security.capability", TO(capability), NULL, false, false},
	{"GNU.sparse.major", TO(major), NULL, false, true},
	{"GNU.sparse.minor", TO(minor), NULL, false, true},
	{"GNU.sparse.map", TO(map), NULL, false, true},
	{"GNU.sparse.numblocks", TO(blocks), NULL, false, true},
	{"GNU.sparse.name", TO(sparse_name), NULL, false, true},
	{"GNU.sparse.size", TO(sparse_size), NULL, false, true},
	{"GNU.sparse.realsize", TO(real_size), NULL, false, true},
};

static const struct key *key_find(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (sv_is(name, keys[i].name))
			return &keys[i];
	return NULL;
}

static struct sv *value_of(struct tar_pax *p, const struct key *k)
{
	return (struct sv *)(void *)((char *)p + k->to);
}

/* GNU.sparse 0.0: offset and numbytes in turn. 1 = it was one, 0 = another key, -1 = out of turn.
 */
static int sparse_pair(struct tar_pax *p, struct sv key, struct sv value)
{
	bool offset = sv_is(key, "GNU.sparse.offset");

	if (!offset && !sv_is(key, "GNU.sparse.numbytes"))
		return 0;
	if ((p->pairs.n % 2 == 0) != offset || sv_find_char(value, ',') != SIZE_MAX)
		return -1;
	*VEC_PUSH(&p->pairs) = value;
	return 1;
}

static bool record_take(struct tar_pax *p, struct sv key, struct sv value)
{
	const struct key *k = key_find(key);

	if (k && k->text ? has_nul(value) : has_nul(key))
		return false;
	int pair = sparse_pair(p, key, value);
	if (pair != 0 || !k)
		return pair >= 0;
	if (k->to == SIZE_MAX)
		return true;
	struct sv *to = value_of(p, k);
	if (k->unique && to->p)
		p->twice = true;
	*to = value;
	return true;
}

/* "a,b,c" in one record (0.1) is the same as pairs of records (0.0), which win. */
static void split_map(struct tar_pax *p, struct sv map)
{
	if (p->pairs.n > 0 || map.n == 0)
		return;
	while (sv_find_char(map, ',') != SIZE_MAX)
		*VEC_PUSH(&p->pairs) = sv_cut(&map, ',');
	*VEC_PUSH(&p->pairs) = map;
}

int tar_pax_read(struct sv text, struct tar_pax *out, struct err *err)
{
	struct sv key, value;

	out->pairs.n = 0;
	*out = (struct tar_pax){.pairs = out->pairs, .any = true};
	while (text.n > 0)
		if (!record(&text, &key, &value) || !record_take(out, key, value))
			return err_set(err, ERR_PARSE,
				       "tar: pax record %zu bytes from the end is broken", text.n);
	split_map(out, out->map);
	/* the last value of a key counts, so values are judged when all are read */
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!keys[i].check)
			continue;
		const struct sv *v = value_of(out, &keys[i]);
		if (v->n > 0 && !keys[i].check(*v))
			out->bad = true;
	}
	return 0;
}

void tar_pax_done(struct tar_pax *p)
{
	vec_done(&p->pairs);
}
