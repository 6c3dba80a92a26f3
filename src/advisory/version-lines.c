#include "advisory/version.h"

#include "base/limits.h"
#include "base/text.h"

bool version_line_parse(struct sv line, struct sv *a, char *op, struct sv *b)
{
	for (size_t i = 1; i + 3 < line.n; i++) {
		char c = line.p[i + 1];
		if (line.p[i] != ' ' || line.p[i + 2] != ' ' || (c != '<' && c != '=' && c != '>'))
			continue;
		*a = sv_head(line, i);
		*op = c;
		*b = sv_from(line, i + 3);
		return true;
	}
	return false;
}

char version_order(const struct version_scheme *s, struct sv a, struct sv b)
{
	int n = s->cmp(a, b);

	if (n != -s->cmp(b, a))
		return '?';
	return n < 0 ? '<' : n > 0 ? '>' : '=';
}

static void print_difference(FILE *out, size_t number, struct sv a, char op, struct sv b,
			     char found)
{
	auto_done(buf_done) struct buf text = {0};

	buf_fmt(&text, "line %zu: ", number);
	text_escape(&text, a);
	buf_fmt(&text, " %c ", op);
	text_escape(&text, b);
	buf_fmt(&text, ": found %c\n", found);
	(void)fwrite(text.p, 1, text.n, out);
}

/* 1 = a line without its end, 0 = end of input. */
static int read_line(FILE *in, struct buf *line, size_t number, struct err *err)
{
	int c;

	buf_clear(line);
	while ((c = getc(in)) != EOF && c != '\n') {
		if (line->n >= 2 * limit_field_bytes)
			return err_set(err, ERR_LIMIT, "line %zu is longer than %zu bytes", number,
				       (size_t)(2 * limit_field_bytes));
		buf_char(line, (char)c);
	}
	if (ferror(in))
		return err_sys(err, "line %zu cannot be read", number);
	return c == '\n' || line->n > 0;
}

static int check_line(const struct version_scheme *s, struct sv line, size_t number, FILE *out,
		      size_t *bad, struct err *err)
{
	struct sv a, b;
	char op;

	if (sv_ends(line, SV("\r")))
		line.n--;
	if (line.n == 0 || sv_is(line, "#") || sv_starts(line, SV("# ")))
		return 0;
	if (!version_line_parse(line, &a, &op, &b)) {
		(void)err_set(err, ERR_PARSE, "no comparison of two versions");
		(void)err_where(err, "line %zu", number);
		return err_hint(err, "write A < B, A = B or A > B");
	}
	char found = version_order(s, a, b);
	if (found != op) {
		print_difference(out, number, a, op, b, found);
		(*bad)++;
	}
	return 0;
}

int version_compare_lines(const struct version_scheme *s, FILE *in, FILE *out, size_t *bad,
			  struct err *err)
{
	auto_done(buf_done) struct buf line = {0};
	size_t count = 0;
	int n;

	for (size_t number = 1; (n = read_line(in, &line, number, err)) > 0; number++) {
		n = check_line(s, buf_view(&line), number, out, &count, err);
		if (n < 0)
			return n;
	}
	if (n < 0)
		return n;
	if (fflush(out) != 0) {
		(void)err_sys(err, "the result cannot be written");
		return err_scope(err, SCOPE_OUTPUT);
	}
	*bad = count;
	return 0;
}
