#include "net/challenge.h"

struct cursor {
	struct sv rest;
	struct arena *arena;
};

/* RFC 9110, 5.6.2: tchar */
static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static struct sv take_token(struct cursor *c)
{
	size_t n = 0;

	while (n < c->rest.n && is_token_char(c->rest.p[n]))
		n++;
	struct sv token = sv_head(c->rest, n);
	c->rest = sv_from(c->rest, n);
	return token;
}

static void skip(struct cursor *c, const char *set)
{
	while (c->rest.n > 0 && c->rest.p[0] && strchr(set, c->rest.p[0]))
		c->rest = sv_from(c->rest, 1);
}

static bool at(const struct cursor *c, char want)
{
	return c->rest.n > 0 && c->rest.p[0] == want;
}

/* RFC 9110, 5.6.4; nothing that could end a header line of ours. */
static bool take_quoted(struct cursor *c, struct sv *out)
{
	char *to = arena_alloc(c->arena, c->rest.n + 1);
	size_t n = 0;

	for (size_t i = 1; i < c->rest.n; i++) {
		char ch = c->rest.p[i];
		if (ch == '"') {
			*out = sv_make(to, n);
			c->rest = sv_from(c->rest, i + 1);
			return true;
		}
		if (ch == '\\' && ++i < c->rest.n)
			ch = c->rest.p[i];
		if ((unsigned char)ch < ' ' || ch == 0x7f)
			return false;
		to[n++] = ch;
	}
	return false;
}

/* After '=': a quoted string, or all up to the next space or comma (wider than a token: URLs are
 * found there without quotes, and token68 ends in '='). */
static bool take_value(struct cursor *c, struct sv *out)
{
	size_t n = 0;

	if (at(c, '"'))
		return take_quoted(c, out);
	while (n < c->rest.n && c->rest.p[n] > ' ' && c->rest.p[n] < 0x7f && c->rest.p[n] != ',' &&
	       c->rest.p[n] != '"')
		n++;
	*out = arena_sv(c->arena, sv_head(c->rest, n));
	c->rest = sv_from(c->rest, n);
	return true;
}

/* The parameters of one challenge, as far as they are of use. */
struct params {
	struct sv realm, service, scope;
	bool bearer;
};

static bool set_param(struct params *p, struct sv name, struct sv value)
{
	struct {
		const char *name;
		struct sv *to;
	} known[] = {{"realm", &p->realm}, {"service", &p->service}, {"scope", &p->scope}};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!sv_ieq(name, sv_of(known[i].name)))
			continue;
		if (known[i].to->p)
			return false; /* twice: which one holds is anyone's guess */
		*known[i].to = value.p ? value : SV("");
	}
	return true;
}

static void finish(struct challenge *out, const struct params *p)
{
	if (!p->bearer || out->bearer)
		return;
	out->bearer = true;
	out->realm = p->realm;
	out->service = p->service;
	out->scope = p->scope;
}

static int malformed(struct err *err)
{
	return err_set(err, ERR_PROTO, "the registry's WWW-Authenticate header is malformed");
}

int challenge_parse(struct arena *a, struct sv header, struct challenge *out, struct err *err)
{
	struct cursor c = {header, a};
	struct challenge found = {0};
	struct params p = {0};

	for (skip(&c, " \t,"); c.rest.n > 0; skip(&c, " \t,")) {
		struct sv word = take_token(&c), value = {0};
		if (word.n == 0)
			return malformed(err);
		struct cursor ahead = c;
		skip(&ahead, " \t");
		if (at(&ahead, '=')) {
			c.rest = sv_from(ahead.rest, 1);
			skip(&c, " \t");
			if (!take_value(&c, &value) || !set_param(&p, word, value))
				return malformed(err);
			continue;
		}
		finish(&found, &p);
		p = (struct params){.bearer = sv_ieq(word, SV("bearer"))};
		found.basic = found.basic || sv_ieq(word, SV("basic"));
		/* token68 has characters that a token has not */
		if (c.rest.n > 0 && !strchr(" \t,", c.rest.p[0]))
			(void)take_value(&c, &value);
		if (at(&c, '"'))
			return malformed(err);
	}
	finish(&found, &p);
	*out = found;
	return 0;
}
