/*
 * Version order: <scheme>.txt in both directions, grype-compare.tsv, grype-constraints.tsv.
 *
 * Differences that are meant stand in `accepted` and `own_rules` with their reason; any other is a
 * failure.
 */
#include "runner.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "advisory/version.h"

/* Skips are counted by file and reason, and printed at the end of the file. */
struct skips {
	struct {
		const char *reason;
		struct sv what;
		size_t n;
	} rows[64];
	size_t n;
};

struct difference {
	const char *file, *a, *op, *b;
	const char *reason;
};

/* Newer Maven drops that zero too. */
static const char maven_cycle[] = "Maven 3.8 keeps the 0 in X.0.RC1, which makes a cycle: "
				  "X.0.RC1 < X.0 = X < X-1 < X.0.RC1";

static const struct difference accepted[] = {
	{"packagist.txt", "1.2.3.#", "=", "1.2.3.1",
	 "a literal # cannot equal both the end and any number: no order could hold"},
	{"maven.txt", "1.0.0-RC16", "<", "1.0.0.RC8-beta", maven_cycle},
	{"maven.txt", "2.9.0-1", "<", "2.9.0.RC1", maven_cycle},
	{"maven.txt", "2.0.0-M4", "<", "2.0.0.M5", maven_cycle},
	{"maven.txt", "3.5.0-CR-2", "<", "3.5.0.Beta-1", maven_cycle},
	{"maven.txt", "1.1.0-01-glassfish", "<", "1.1.0.Beta1", maven_cycle},
};

static const struct {
	const char *scheme, *text; /* stands in the row */
	const char *reason;
} own_rules[] = {
	{"rpm", ":", "ignores an epoch that only one side has; rpm reads 0"},
	{"maven", ".jre", "ignores the Java release; Maven does not"},
	{"maven", ".jdk", "ignores the Java release; Maven does not"},
	{"rubygems", "-x86", "cuts the platform off, which is no part of a gem's version"},
	{"rubygems", "-aarch64", "cuts the platform off, which is no part of a gem's version"},
	{"pypi", "+cgr", "specifiers ignore local versions (PEP 440), the order does not"},
	{"semver", "alpha", "reads a dot as a hyphen, which is no semver"},
};

static const char *accepted_reason(const char *file, struct sv a, char op, struct sv b)
{
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++)
		if (strcmp(file, accepted[i].file) == 0 && sv_is(a, accepted[i].a) &&
		    accepted[i].op[0] == op && sv_is(b, accepted[i].b))
			return accepted[i].reason;
	return NULL;
}

static void skip(struct skips *s, struct sv what, const char *reason)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->rows[i].reason, reason) == 0 && sv_eq(s->rows[i].what, what)) {
			s->rows[i].n++;
			return;
		}
	}
	if (s->n == ARRAY_LEN(s->rows))
		return;
	s->rows[s->n].what = what;
	s->rows[s->n].reason = reason;
	s->rows[s->n++].n = 1;
}

/* The runner counts one skip a call: print once, count all. */
static void print_skips(struct runner *r, const char *file, const struct skips *s)
{
	for (size_t i = 0; i < s->n; i++) {
		runner_skip(r, "%s %.*s: %zu rows: %s", file, SV_ARG(s->rows[i].what), s->rows[i].n,
			    s->rows[i].reason);
		r->skipped += s->rows[i].n - 1;
	}
}

static bool load(struct runner *r, const char *file, struct buf *text)
{
	char path[8192];

	(void)snprintf(path, sizeof path, "%s/%s", r->path, file);
	auto_fclose FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	for (size_t n = 1; n > 0;) {
		n = fread(buf_reserve(text, 65536), 1, 65536, f);
		text->n += n;
	}
	return true;
}

static void check(struct runner *r, const struct version_scheme *s, const char *file, size_t number,
		  struct sv a, char op, struct sv b)
{
	char found = version_order(s, a, b);

	if (found == op)
		runner_pass(r);
	else
		runner_fail(r, "%s:%zu: expected %.*s %c %.*s, found %c", file, number, SV_ARG(a),
			    op, SV_ARG(b), found);
}

static void run_lines(struct runner *r, const char *file)
{
	auto_done(buf_done) struct buf text = {0};
	struct skips skips = {0};
	struct sv name = sv_head(sv_of(file), strlen(file) - strlen(".txt"));
	const struct version_scheme *s = version_scheme_find(name);
	size_t before = r->passed;

	if (!s) {
		runner_skip(r, "%s: no such scheme", file);
		return;
	}
	if (!load(r, file, &text)) {
		runner_fail(r, "%s cannot be read", file);
		return;
	}
	struct sv rest = buf_view(&text), line;
	for (size_t number = 1; sv_line(&rest, &line); number++) {
		struct sv a, b;
		char op;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!version_line_parse(line, &a, &op, &b)) {
			runner_fail(r, "%s:%zu: no comparison", file, number);
			continue;
		}
		const char *why = accepted_reason(file, a, op, b);
		if (why && version_order(s, a, b) != op)
			skip(&skips, line, why);
		else
			check(r, s, file, number, a, op, b);
	}
	print_skips(r, file, &skips);
	printf("%s: %zu lines hold\n", file, r->passed - before);
}

/* "a > b" holds? The operators of grype's constraints; none is equality. */
static bool term_holds(const struct version_scheme *s, struct sv version, struct sv term)
{
	static const char *const operators[] = {">=", "<=", "!=", ">", "<", "="};
	struct sv wanted = sv_trim(term);
	const char *op = "=";

	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		if (!sv_starts(wanted, sv_of(operators[i])))
			continue;
		op = operators[i];
		wanted = sv_trim(sv_from(wanted, strlen(op)));
		break;
	}
	if (wanted.n >= 2 && strchr("'\"", wanted.p[0]) && wanted.p[wanted.n - 1] == wanted.p[0])
		wanted = sv_make(wanted.p + 1, wanted.n - 2);
	char order = version_order(s, version, wanted);
	if (op[0] == '!')
		return order != '=';
	return order == op[0] || (op[1] == '=' && order == '=');
}

static bool constraint_holds(const struct version_scheme *s, struct sv version,
			     struct sv constraint)
{
	while (sv_trim(constraint).n) {
		size_t bar = sv_find(constraint, SV("||"));
		struct sv all = sv_head(constraint, bar);
		bool holds = true;
		while (all.n)
			holds &= term_holds(s, version, sv_cut(&all, ','));
		if (holds || bar == SIZE_MAX)
			return holds;
		constraint = sv_from(constraint, bar + 2);
	}
	return true;
}

/* Does the row depend on a rule that is the other program's own? The reason, or NULL. */
static const char *own_rule(const struct sv column[4])
{
	for (size_t i = 0; i < ARRAY_LEN(own_rules); i++)
		for (size_t k = 1; k < 4 && sv_is(column[0], own_rules[i].scheme); k++)
			if (sv_find(column[k], sv_of(own_rules[i].text)) != SIZE_MAX)
				return own_rules[i].reason;
	return NULL;
}

/* Columns of one row; false at the end. The first line is a header. */
static bool next_row(struct sv *rest, size_t *number, struct sv column[4])
{
	struct sv line;

	do {
		if (!sv_line(rest, &line))
			return false;
	} while (++*number == 1 || line.n == 0);
	for (size_t i = 0; i < 4; i++)
		column[i] = sv_cut(&line, '\t');
	return true;
}

static bool row_holds(const struct version_scheme *s, const char *file, struct sv column[4])
{
	if (strcmp(file, "grype-compare.tsv") == 0)
		return version_order(s, column[1], column[3]) == column[2].p[0];
	return constraint_holds(s, column[1], column[2]) == sv_is(column[3], "true");
}

/* grype-compare.tsv: scheme a op b; grype-constraints.tsv: scheme version constraint satisfied. */
static void run_table(struct runner *r, const char *file)
{
	auto_done(buf_done) struct buf text = {0};
	struct skips skips = {0};
	struct sv column[4];
	size_t number = 0, before = r->passed;

	if (!load(r, file, &text))
		return;
	struct sv rest = buf_view(&text);
	while (next_row(&rest, &number, column)) {
		const struct version_scheme *s = version_scheme_find(column[0]);
		const char *why = s ? own_rule(column) : "no such scheme";
		if (s && row_holds(s, file, column))
			runner_pass(r);
		else if (why)
			skip(&skips, column[0], why);
		else
			runner_fail(r, "%s:%zu: %.*s: %.*s, %.*s, %.*s does not hold", file, number,
				    SV_ARG(column[0]), SV_ARG(column[1]), SV_ARG(column[2]),
				    SV_ARG(column[3]));
	}
	print_skips(r, file, &skips);
	printf("%s: %zu rows hold\n", file, r->passed - before);
}

static int is_lines(const struct dirent *e)
{
	return sv_ends(sv_of(e->d_name), SV(".txt"));
}

int main(int argc, char **argv)
{
	struct runner r;
	struct dirent **files;

	if (!runner_init(&r, "versions", argc, argv))
		return 77;
	int n = scandir(r.path, &files, is_lines, alphasort);
	for (int i = 0; i < n; i++) {
		run_lines(&r, files[i]->d_name);
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	run_table(&r, "grype-compare.tsv");
	run_table(&r, "grype-constraints.tsv");
	return runner_end(&r);
}
