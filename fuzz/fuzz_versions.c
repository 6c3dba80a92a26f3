/*
 * Three texts between line feeds, in every scheme: reflexive, antisymmetric, transitive. Then as an
 * OSV range, and as a file of comparisons.
 */
#include <stdint.h>
#include <stdlib.h>

#include "advisory/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_order(const struct version_scheme *s, struct sv a, struct sv b, struct sv c)
{
	int ab = s->cmp(a, b), bc = s->cmp(b, c), ac = s->cmp(a, c);

	check(s->cmp(a, a) == 0 && ab == -s->cmp(b, a) && ac == -s->cmp(c, a));
	check(!(ab <= 0 && bc <= 0) || (ab || bc ? ac <= 0 : ac == 0));
	check(!(ab >= 0 && bc >= 0) || ac >= 0);
	check(!(ab < 0 && bc <= 0) || ac < 0);
	check(!(ab > 0 && bc >= 0) || ac > 0);
	(void)s->valid(a);
}

static void check_range(const struct version_scheme *s, struct sv a, struct sv b, struct sv c)
{
	struct range_event events[] = {{RANGE_INTRODUCED, a}, {RANGE_FIXED, b}};
	struct sv fixed;

	if (range_affects(s, events, 2, c, &fixed))
		check(fixed.n == 0 || s->cmp(c, fixed) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv rest = sv_make(data, size);
	struct sv a = sv_cut(&rest, '\n'), b = sv_cut(&rest, '\n'), c = sv_cut(&rest, '\n');

	for (size_t i = 0; i < version_schemes_n; i++) {
		check_order(&version_schemes[i], a, b, c);
		check_range(&version_schemes[i], a, b, c);
	}
	struct sv x, y;
	char op;
	(void)version_line_parse(a, &x, &op, &y);
	return 0;
}
