/* Which flags each instruction takes, and what their values are. */
#include "fact/dockerfile/parse.h"

enum value { TEXT, SWITCH, DURATION, NUMBER, NETWORK, SECURITY };

static const struct flag {
	enum df_kind kind;
	const char *name;
	enum value value;
	bool many;
} flags[] = {
	{DF_ADD, "chmod", TEXT, false},
	{DF_ADD, "chown", TEXT, false},
	{DF_ADD, "keep-git-dir", SWITCH, false},
	{DF_ADD, "checksum", TEXT, false},
	{DF_ADD, "link", SWITCH, false},
	{DF_ADD, "exclude", TEXT, true},
	{DF_ADD, "unpack", SWITCH, false},
	{DF_COPY, "chmod", TEXT, false},
	{DF_COPY, "chown", TEXT, false},
	{DF_COPY, "from", TEXT, false},
	{DF_COPY, "link", SWITCH, false},
	{DF_COPY, "parents", SWITCH, false},
	{DF_COPY, "exclude", TEXT, true},
	{DF_FROM, "platform", TEXT, false},
	{DF_HEALTHCHECK, "interval", DURATION, false},
	{DF_HEALTHCHECK, "timeout", DURATION, false},
	{DF_HEALTHCHECK, "start-period", DURATION, false},
	{DF_HEALTHCHECK, "start-interval", DURATION, false},
	{DF_HEALTHCHECK, "retries", NUMBER, false},
	{DF_RUN, "mount", TEXT, true},
	{DF_RUN, "network", NETWORK, false},
	{DF_RUN, "security", SECURITY, false},
	{DF_RUN, "device", TEXT, true},
};

static const struct flag *find(enum df_kind kind, struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (flags[i].kind == kind && sv_is(name, flags[i].name))
			return &flags[i];
	return NULL;
}

static bool one_of(struct sv v, const char *words)
{
	struct sv rest = sv_of(words);

	while (rest.n)
		if (sv_eq(sv_cut(&rest, ' '), v))
			return true;
	return false;
}

/* Go's: 1m30s, 1.5h, 0. */
static bool is_duration(struct sv v)
{
	static const char *const units[] = {"ns", "us", "\xc2\xb5s", "\xce\xbcs",
					    "ms", "s",  "m",         "h"};

	if (sv_is(v, "0"))
		return true;
	if (sv_starts(v, SV("+")))
		v = sv_from(v, 1);
	if (!v.n)
		return false;
	while (v.n) {
		size_t digits = 0, n = 0, points = 0, unit = 0;
		for (; n < v.n && ((v.p[n] >= '0' && v.p[n] <= '9') || v.p[n] == '.'); n++) {
			points += v.p[n] == '.';
			digits += v.p[n] != '.';
		}
		v = sv_from(v, n);
		while (unit < ARRAY_LEN(units) && !sv_starts(v, sv_of(units[unit])))
			unit++;
		if (!digits || points > 1 || unit == ARRAY_LEN(units))
			return false;
		v = sv_from(v, strlen(units[unit]));
	}
	return true;
}

static bool value_good(enum value kind, struct sv v)
{
	uint64_t number;

	switch (kind) {
	case SWITCH:
		return sv_ieq(v, SV("true")) || sv_ieq(v, SV("false"));
	case DURATION:
		return is_duration(v);
	case NUMBER:
		return !v.n || sv_u64(v, &number);
	case NETWORK:
		return one_of(v, "default none host");
	case SECURITY:
		return one_of(v, "sandbox insecure");
	case TEXT:
		break;
	}
	return true;
}

static const char *fault_of(const struct df_instruction *i, size_t k)
{
	const struct df_flag *f = &i->flags[k];
	const struct flag *known = find(i->kind, f->name);

	if (!known)
		return "unknown flag";
	for (size_t n = 0; n < k && !known->many; n++)
		if (sv_eq(i->flags[n].name, f->name))
			return "the flag stands twice";
	if (!f->valued)
		return known->value == SWITCH ? NULL : "a flag without its value";
	/* variables are put in later */
	if (sv_find_char(f->value, '$') != SIZE_MAX || value_good(known->value, f->value))
		return NULL;
	return "the flag cannot have this value";
}

void df_check_flags(struct df_file *f, const struct df_instruction *i)
{
	/* what these are given is not looked at */
	if (i->kind == DF_ARG || i->kind == DF_STOPSIGNAL || i->kind == DF_UNKNOWN)
		return;
	for (size_t k = 0; k < i->flags_n; k++) {
		const char *why = fault_of(i, k);
		if (why)
			df_tell(f, i->flags[k].start, i->flags[k].end, why);
	}
}
