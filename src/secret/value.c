/* What a value is made of, and whether somebody only meant to show where one would stand. */
#include "base/base.h"

#include <math.h>

#include "secret/secret-int.h"

unsigned secret_class(char c)
{
	if (c >= '0' && c <= '9')
		return CLASS_DIGIT | CLASS_HEX;
	if (c >= 'a' && c <= 'z')
		return CLASS_LOWER | (c <= 'f' ? (unsigned)CLASS_HEX : 0);
	if (c >= 'A' && c <= 'Z')
		return CLASS_UPPER;
	switch (c) {
	case '_':
		return CLASS_UNDERSCORE;
	case '-':
		return CLASS_DASH;
	case '.':
		return CLASS_DOT;
	case '+':
	case '/':
		return CLASS_BASE64;
	default:
		return 0;
	}
}

size_t secret_run(struct sv v, size_t at, unsigned classes, size_t max)
{
	size_t n = 0;

	while (n < max && at + n < v.n && (secret_class(v.p[at + n]) & classes))
		n++;
	return n;
}

size_t secret_run_left(struct sv v, size_t at, unsigned classes, size_t max)
{
	size_t n = 0;

	while (n < max && n < at && (secret_class(v.p[at - n - 1]) & classes))
		n++;
	return n;
}

double secret_entropy(struct sv v)
{
	uint32_t count[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < v.n; i++)
		count[(unsigned char)v.p[i]]++;
	for (size_t i = 0; i < 256; i++) {
		double share = v.n ? (double)count[i] / (double)v.n : 0;
		if (count[i])
			bits -= share * log2(share);
	}
	return bits;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

size_t secret_find_fold(struct sv v, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= v.n; i++) {
		size_t k = 0;
		while (k < n && lower(v.p[i + k]) == word[k])
			k++;
		if (k == n)
			return i;
	}
	return SIZE_MAX;
}

static const char *const examples[] = {
	"example",  "changeme",  "change_me",  "change-me",  "changeit",   "placeholder",
	"your_",    "your-",     "yourp",      "yours",      "yourt",      "replace",
	"redacted", "dummy",     "sample",     "insert",     "foobar",     "1234567890",
	"xxxx",     "****",      "....",       "abcdefgh",   "notasecret", "not-a-secret",
	"secret_",  "my_secret", "mysecret",   "my-secret",  "password1",  "mypassword",
	"my_token", "some_",     "some-",      "lorem",      "deadbeef",   "0123456789",
	"fake",     "snakeoil",  "do-not-use", "not_a_real", "undefined",  "qwerty",
};

/* "${VAR}", "$(cat x)", "%VAR%", "{{ x }}", "<your key>", "@KEY@" */
static bool is_reference(struct sv v)
{
	return v.n == 0 || strchr("$%{<@*&`", v.p[0]) || sv_find(v, SV("${")) != SIZE_MAX ||
	       sv_find(v, SV("{{")) != SIZE_MAX || sv_find(v, SV("$(")) != SIZE_MAX;
}

/* Five times the same byte in a row. */
static bool repeats(struct sv v)
{
	size_t same = 1;

	for (size_t i = 1; i < v.n; i++) {
		same = v.p[i] == v.p[i - 1] ? same + 1 : 1;
		if (same >= 5)
			return true;
	}
	return false;
}

bool secret_placeholder(struct sv v)
{
	if (is_reference(v) || repeats(v))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		if (secret_find_fold(v, examples[i]) != SIZE_MAX)
			return true;
	return false;
}

enum { SHOWN = 4, LONG_ENOUGH = 16 };

void secret_redact(struct buf *out, struct sv value)
{
	if (value.n >= LONG_ENOUGH)
		buf_sv(out, sv_head(value, SHOWN));
	buf_fmt(out, "... (%zu characters)", value.n);
}
