/*
 * From a byte of a scalar's text back to the file: an expression that does not compile is shown
 * where it stands. White space is the only thing that YAML's styles change (folding, indentation),
 * so text and source are walked along by what is not white space; escapes and doubled quotes count
 * as the character that they stand for.
 */
#include "rule/pack-int.h"

#include "base/text.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

enum style { PLAIN, SINGLE, DOUBLE, BLOCK };

/* Anchors and tags in front of the value. */
static size_t skip_properties(struct sv s)
{
	size_t at = 0;

	while (at < s.n && (s.p[at] == '&' || s.p[at] == '!')) {
		while (at < s.n && !is_space(s.p[at]))
			at++;
		while (at < s.n && is_space(s.p[at]))
			at++;
	}
	return at;
}

static enum style style_of(struct sv s, size_t *at)
{
	if (*at >= s.n)
		return PLAIN;
	switch (s.p[*at]) {
	case '\'':
		++*at;
		return SINGLE;
	case '"':
		++*at;
		return DOUBLE;
	case '|':
	case '>':
		while (*at < s.n && s.p[*at] != '\n')
			++*at;
		return BLOCK;
	default:
		return PLAIN;
	}
}

/* Length of the escape at s (a backslash), and whether it stands for white space. YAML 1.2.2, 5.7;
 * JSON's are among them. */
static size_t escape_length(struct sv s, bool *space)
{
	char c = s.n > 1 ? s.p[1] : 0;
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	bool code = s.n >= 4 && digits;
	size_t zeros = digits > 2 ? digits - 2 : 0;

	*space = c == 'n' || c == 't' || c == 'r' || c == ' ' || c == '\t' || c == '\n';
	for (size_t i = 0; code && i < zeros; i++)
		code = 2 + i < s.n && s.p[2 + i] == '0';
	if (code && 2 + zeros + 2 <= s.n) {
		struct sv low = sv_make(s.p + 2 + zeros, 2);
		*space = sv_is(low, "20") || sv_is(low, "09") || sv_ieq(low, SV("0a")) ||
			 sv_ieq(low, SV("0d"));
	}
	return 2 + digits < s.n ? 2 + digits : s.n;
}

/* Bytes of the source that stand for the next character, which is no white space. */
static size_t unit_length(struct sv s, enum style style)
{
	bool space;
	uint32_t cp;

	if (style == DOUBLE && s.p[0] == '\\')
		return escape_length(s, &space);
	if (style == SINGLE && s.p[0] == '\'')
		return s.n > 1 ? 2 : 1;
	size_t n = utf8_decode(s, &cp);
	return n ? n : 1;
}

static size_t skip_space(struct sv s, size_t at, enum style style)
{
	bool space;

	while (at < s.n) {
		if (is_space(s.p[at])) {
			at++;
		} else if (style == DOUBLE && s.p[at] == '\\') {
			size_t n = escape_length(sv_from(s, at), &space);
			if (!space)
				break;
			at += n;
		} else {
			break;
		}
	}
	return at;
}

uint32_t pack_place(const struct doc *d, const struct node *scalar, size_t at)
{
	struct sv text = scalar->text;
	uintptr_t first = (uintptr_t)d->bytes.p, p = (uintptr_t)text.p;

	if (scalar->flags & NODE_ALIAS || scalar->end > d->bytes.n || scalar->start > scalar->end)
		return scalar->start;
	if (p >= first && p + text.n <= first + d->bytes.n)
		return (uint32_t)(p - first + (at < text.n ? at : text.n));
	struct sv source = sv_make(d->bytes.p + scalar->start, scalar->end - scalar->start);
	size_t j = skip_properties(source);
	enum style style = style_of(source, &j);
	for (size_t i = 0; i < text.n && j < source.n;) {
		uint32_t cp;
		if (is_space(text.p[i])) {
			if (i >= at)
				break;
			i++;
			continue;
		}
		j = skip_space(source, j, style);
		if (i >= at || j >= source.n)
			break;
		size_t n = utf8_decode(sv_from(text, i), &cp);
		i += n ? n : 1;
		j += unit_length(sv_from(source, j), style);
	}
	return scalar->start + (uint32_t)(j < source.n ? j : source.n);
}
