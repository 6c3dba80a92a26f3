#include "base/base.h"

#include "base/suggest.h"
#include "cmd/options.h"

const struct option_row *option_group_find(const struct option_group *g, struct sv name)
{
	for (size_t i = 0; i < g->n; i++)
		if (sv_is(name, g->rows[i].name))
			return &g->rows[i];
	return NULL;
}

const struct option_row *option_group_letter(const struct option_group *g, char letter)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->rows[i].letter == letter)
			return &g->rows[i];
	return NULL;
}

bool option_takes_value(const struct option_row *row)
{
	return row->type != OPTION_FLAG && row->type != OPTION_COUNT;
}

void option_env_name(struct buf *b, const struct option_row *row)
{
	buf_str(b, "GABION_");
	for (const char *p = row->name; *p; p++)
		buf_char(b, *p == '-' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
}

struct unit {
	const char *name;
	uint64_t times;
};

static const struct unit size_units[] = {
	{"", 1},
	{"b", 1},
	{"k", 1u << 10},
	{"kb", 1u << 10},
	{"kib", 1u << 10},
	{"m", 1u << 20},
	{"mb", 1u << 20},
	{"mib", 1u << 20},
	{"g", 1u << 30},
	{"gb", 1u << 30},
	{"gib", 1u << 30},
	{"t", 1ull << 40},
	{"tb", 1ull << 40},
	{"tib", 1ull << 40},
};

static const struct unit time_units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

static bool with_unit(struct sv v, const struct unit *units, size_t n, uint64_t *out)
{
	size_t digits = 0;
	uint64_t number;

	while (digits < v.n && v.p[digits] >= '0' && v.p[digits] <= '9')
		digits++;
	if (!sv_u64(sv_head(v, digits), &number))
		return false;
	for (size_t i = 0; i < n; i++)
		if (sv_ieq(sv_from(v, digits), sv_of(units[i].name)))
			return !__builtin_mul_overflow(number, units[i].times, out);
	return false;
}

bool size_parse(struct sv v, uint64_t *out)
{
	return with_unit(v, size_units, ARRAY_LEN(size_units), out);
}

bool duration_parse(struct sv v, uint64_t *seconds)
{
	return with_unit(v, time_units, ARRAY_LEN(time_units), seconds);
}

static bool truth_parse(struct sv v, bool *out)
{
	static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {"false", "no",
										    "off", "0"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (sv_ieq(v, sv_of(yes[i])) || sv_ieq(v, sv_of(no[i]))) {
			*out = sv_ieq(v, sv_of(yes[i]));
			return true;
		}
	}
	return false;
}

static int store_word(const struct option_row *row, unsigned *field, struct sv value,
		      struct err *err)
{
	struct suggest s = {.word = value};
	auto_done(buf_done) struct buf known = {0};

	for (unsigned i = 0; row->words[i]; i++) {
		if (sv_ieq(value, sv_of(row->words[i]))) {
			*field = i;
			return 0;
		}
		suggest_offer(&s, sv_of(row->words[i]));
		buf_fmt(&known, "%s%s", i ? ", " : "", row->words[i]);
	}
	struct sv best = suggest_best(&s);
	int rc =
		err_set(err, ERR_USAGE, "'%.*s' is not one of %s", SV_ARG(value), buf_cstr(&known));
	if (best.n)
		(void)err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
	return rc;
}

static void store_list(struct sv_vec *field, struct sv value)
{
	while (value.n) {
		struct sv item = sv_trim(sv_cut(&value, ','));
		if (item.n)
			*VEC_PUSH(field) = item;
	}
}

static const char *const type_wants[] = {
	[OPTION_FLAG] = "true or false",
	[OPTION_COUNT] = "a number",
	[OPTION_NUMBER] = "a number",
	[OPTION_SIZE] = "a size such as 512M or 2G",
	[OPTION_DURATION] = "a time such as 90s, 5m or 2h",
};

static bool store_scalar(const struct option_row *row, void *field, struct sv value)
{
	uint64_t number;

	switch (row->type) {
	case OPTION_FLAG:
		return truth_parse(value, field);
	case OPTION_COUNT:
		if (!sv_u64(value, &number) || number > 9)
			return false;
		*(unsigned *)field = (unsigned)number;
		return true;
	case OPTION_SIZE:
		return size_parse(value, field);
	case OPTION_DURATION:
		return duration_parse(value, field);
	default:
		return sv_u64(value, field);
	}
}

int option_store(const struct option_row *row, void *field, struct sv value, struct err *err)
{
	switch (row->type) {
	case OPTION_TEXT:
		*(struct sv *)field = value;
		return 0;
	case OPTION_LIST:
		store_list(field, value);
		return 0;
	case OPTION_VALUES:
		*VEC_PUSH((struct sv_vec *)field) = value;
		return 0;
	case OPTION_WORD:
		return store_word(row, field, value, err);
	default:
		if (store_scalar(row, field, value))
			return 0;
		return err_set(err, ERR_USAGE, "'%.*s' is not %s", SV_ARG(value),
			       type_wants[row->type]);
	}
}

void option_reset(const struct option_row *row, void *field)
{
	if (row->type == OPTION_LIST || row->type == OPTION_VALUES)
		((struct sv_vec *)field)->n = 0;
	else if (row->type == OPTION_COUNT)
		*(unsigned *)field = 0;
}

void option_done(const struct option_row *row, void *field)
{
	if (row->type == OPTION_LIST || row->type == OPTION_VALUES)
		vec_done((struct sv_vec *)field);
}

void option_show(struct buf *b, const struct option_row *row, const void *field)
{
	const struct sv_vec *list = field;

	switch (row->type) {
	case OPTION_FLAG:
		buf_str(b, *(const bool *)field ? "true" : "false");
		break;
	case OPTION_COUNT:
		buf_fmt(b, "%u", *(const unsigned *)field);
		break;
	case OPTION_TEXT:
		buf_sv(b, *(const struct sv *)field);
		break;
	case OPTION_LIST:
	case OPTION_VALUES:
		for (size_t i = 0; i < list->n; i++)
			buf_fmt(b, "%s%.*s", i ? "," : "", SV_ARG(list->p[i]));
		break;
	case OPTION_WORD:
		buf_str(b, row->words[*(const unsigned *)field]);
		break;
	case OPTION_NUMBER:
	case OPTION_SIZE:
	case OPTION_DURATION:
		buf_fmt(b, "%llu", (unsigned long long)*(const uint64_t *)field);
		break;
	}
}

const char *option_string(struct arena *a, struct sv v)
{
	return v.n ? arena_str(a, v) : NULL;
}

const char *const *option_strings(struct arena *a, const struct sv_vec *v)
{
	const char **out = ARENA_ARRAY(a, v->n, const char *);

	for (size_t i = 0; i < v->n; i++)
		out[i] = arena_str(a, v->p[i]);
	return out;
}
