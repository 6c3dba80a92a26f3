/*
 * CVSS v4.0, section 8. A vector belongs to one of 270 MacroVectors (six equivalence classes,
 * "EQ"), whose score is that of its worst vector. The vector's own score lies below it by the mean,
 * over the classes that have a lower neighbour, of: (distance to the neighbour's score) * (steps
 * from the worst vector of the class) / (depth of the class). All in whole numbers, so that
 * rounding is exact.
 */
#include "advisory/cvss-int.h"

/* Scores in tenths by EQ1 EQ2 EQ3, then [EQ4][EQ5][EQ6]; 0 = there is no such MacroVector. Table 24
 * ff. */
static const uint8_t lookup[18][3][3][2] = {
	/* 000 */
	{{{100, 99}, {98, 95}, {95, 92}},
	 {{100, 96}, {93, 87}, {91, 81}},
	 {{93, 90}, {89, 80}, {81, 68}}},
	/* 001 */
	{{{98, 95}, {95, 92}, {90, 84}},
	 {{93, 92}, {89, 81}, {81, 65}},
	 {{88, 80}, {78, 70}, {69, 48}}},
	/* 002 */
	{{{0, 92}, {0, 82}, {0, 72}}, {{0, 79}, {0, 69}, {0, 50}}, {{0, 69}, {0, 55}, {0, 27}}},
	/* 010 */
	{{{99, 97}, {95, 92}, {92, 85}},
	 {{95, 91}, {90, 83}, {84, 71}},
	 {{92, 81}, {82, 71}, {72, 53}}},
	/* 011 */
	{{{95, 93}, {92, 85}, {85, 73}},
	 {{92, 82}, {80, 72}, {70, 59}},
	 {{84, 70}, {71, 52}, {50, 30}}},
	/* 012 */
	{{{0, 86}, {0, 75}, {0, 52}}, {{0, 71}, {0, 52}, {0, 29}}, {{0, 63}, {0, 29}, {0, 17}}},
	/* 100 */
	{{{98, 95}, {94, 87}, {91, 81}},
	 {{94, 89}, {86, 74}, {77, 64}},
	 {{87, 75}, {74, 63}, {63, 49}}},
	/* 101 */
	{{{94, 89}, {88, 77}, {76, 67}},
	 {{86, 76}, {74, 58}, {59, 50}},
	 {{72, 57}, {57, 52}, {52, 25}}},
	/* 102 */
	{{{0, 83}, {0, 70}, {0, 54}}, {{0, 65}, {0, 58}, {0, 26}}, {{0, 53}, {0, 21}, {0, 13}}},
	/* 110 */
	{{{95, 90}, {88, 76}, {76, 70}},
	 {{90, 77}, {75, 62}, {61, 53}},
	 {{77, 66}, {68, 59}, {52, 30}}},
	/* 111 */
	{{{89, 78}, {76, 67}, {62, 58}},
	 {{74, 59}, {57, 57}, {47, 23}},
	 {{61, 52}, {57, 29}, {24, 16}}},
	/* 112 */
	{{{0, 71}, {0, 59}, {0, 30}}, {{0, 58}, {0, 26}, {0, 15}}, {{0, 23}, {0, 13}, {0, 6}}},
	/* 200 */
	{{{93, 87}, {86, 72}, {75, 58}},
	 {{86, 74}, {74, 61}, {56, 34}},
	 {{70, 54}, {52, 40}, {40, 22}}},
	/* 201 */
	{{{85, 75}, {74, 55}, {62, 51}},
	 {{72, 57}, {55, 41}, {46, 19}},
	 {{53, 36}, {34, 19}, {19, 8}}},
	/* 202 */
	{{{0, 64}, {0, 51}, {0, 20}}, {{0, 47}, {0, 21}, {0, 11}}, {{0, 24}, {0, 9}, {0, 4}}},
	/* 210 */
	{{{88, 75}, {73, 53}, {60, 50}},
	 {{73, 55}, {59, 40}, {41, 20}},
	 {{54, 43}, {45, 22}, {20, 11}}},
	/* 211 */
	{{{75, 55}, {58, 45}, {40, 21}},
	 {{61, 51}, {48, 18}, {20, 9}},
	 {{46, 18}, {17, 7}, {8, 2}}},
	/* 212 */
	{{{0, 53}, {0, 24}, {0, 14}}, {{0, 24}, {0, 12}, {0, 5}}, {{0, 10}, {0, 3}, {0, 1}}},
};

/* Values are ordered from the most severe: an index counts steps. Base metrics, then in the same
 * order their modified forms, then the rest. */
enum { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, BASE, E = 2 * BASE, CR, IR, AR };

static const struct cvss_metric metrics[] = {
	{"AV", "N A L P", true},     {"AC", "L H", true},
	{"AT", "N P", true},         {"PR", "N L H", true},
	{"UI", "N P A", true},       {"VC", "H L N", true},
	{"VI", "H L N", true},       {"VA", "H L N", true},
	{"SC", "H L N", true},       {"SI", "H L N", true},
	{"SA", "H L N", true},       {"MAV", "X N A L P", false},
	{"MAC", "X L H", false},     {"MAT", "X N P", false},
	{"MPR", "X N L H", false},   {"MUI", "X N P A", false},
	{"MVC", "X H L N", false},   {"MVI", "X H L N", false},
	{"MVA", "X H L N", false},   {"MSC", "X H L N", false},
	{"MSI", "X S H L N", false}, {"MSA", "X S H L N", false},
	{"E", "X A P U", false},     {"CR", "X H M L", false},
	{"IR", "X H M L", false},    {"AR", "X H M L", false},
	{"S", "X N P", false},       {"AU", "X N Y", false},
	{"R", "X A U I", false},     {"V", "X D C", false},
	{"RE", "X L M H", false},    {"U", "X Clear Green Amber Red", false},
};

/* The values that count, as steps from the most severe one. */
struct effective {
	int v[AR + 1];
};

static struct effective effective(const int *values)
{
	struct effective e;

	for (int i = 0; i < BASE; i++) {
		int modified = values[BASE + i];
		/* of SI and SA only the modified forms know Safety, the first step */
		int base = values[i] + (i == SI || i == SA);
		e.v[i] = modified > 0 ? modified - 1 : base;
	}
	/* X is the worst case */
	for (int i = E; i <= AR; i++)
		e.v[i] = values[i] > 0 ? values[i] - 1 : 0;
	return e;
}

struct macro {
	int eq[6];
};

static struct macro classify(const struct effective *e)
{
	const int *v = e->v;
	bool all1 = v[AV] == 0 && v[PR] == 0 && v[UI] == 0;
	bool any1 = v[AV] == 0 || v[PR] == 0 || v[UI] == 0;
	bool high = v[VC] == 0 || v[VI] == 0 || v[VA] == 0;
	bool safety = v[SI] == 0 || v[SA] == 0;
	bool high_later = v[SC] == 0 || v[SI] == 1 || v[SA] == 1;
	bool required = (v[CR] == 0 && v[VC] == 0) || (v[IR] == 0 && v[VI] == 0) ||
			(v[AR] == 0 && v[VA] == 0);
	struct macro m = {{
		all1                 ? 0
		: any1 && v[AV] != 3 ? 1
				     : 2,
		!(v[AC] == 0 && v[AT] == 0),
		v[VC] == 0 && v[VI] == 0 ? 0
		: high                   ? 1
					 : 2,
		safety       ? 0
		: high_later ? 1
			     : 2,
		v[E],
		!required,
	}};

	return m;
}

/* 0 when there is none. */
static int macro_score(struct macro m)
{
	static const int top[6] = {2, 1, 2, 2, 2, 1};

	for (size_t i = 0; i < 6; i++)
		if (m.eq[i] > top[i])
			return 0;
	return lookup[m.eq[0] * 6 + m.eq[1] * 3 + m.eq[2]][m.eq[3]][m.eq[4]][m.eq[5]];
}

static int lower_score(struct macro m, size_t class)
{
	m.eq[class]++;
	return macro_score(m);
}

/* EQ3 and EQ6 depend on each other and are one class: the next lower MacroVector of both. */
static int lower_score_36(struct macro m)
{
	if (m.eq[2] == 0 && m.eq[5] == 0) {
		int left = lower_score(m, 5), right = lower_score(m, 2);
		return left > right ? left : right;
	}
	return lower_score(m, m.eq[5] == 0 ? 5 : 2);
}

/* The worst vectors of each level of a class (section 8.2, tables of highest severity vectors). */
struct worst {
	int level;
	int v[6];
};

static const int metrics1[] = {AV, PR, UI}, metrics2[] = {AC, AT}, metrics4[] = {SC, SI, SA},
		 metrics36[] = {VC, VI, VA, CR, IR, AR};

static const struct worst worst1[] = {
	{0, {0, 0, 0}}, {1, {1, 0, 0}}, {1, {0, 1, 0}},
	{1, {0, 0, 1}}, {2, {3, 0, 0}}, {2, {1, 1, 1}},
};
static const struct worst worst2[] = {{0, {0, 0}}, {1, {1, 0}}, {1, {0, 1}}};
/* level = EQ3 * 2 + EQ6 */
static const struct worst worst36[] = {
	{0, {0, 0, 0, 0, 0, 0}}, {1, {0, 0, 1, 1, 1, 0}}, {1, {0, 0, 0, 1, 1, 1}},
	{2, {1, 0, 0, 0, 0, 0}}, {2, {0, 1, 0, 0, 0, 0}}, {3, {1, 0, 1, 0, 1, 0}},
	{3, {1, 0, 0, 0, 1, 1}}, {3, {0, 1, 0, 1, 0, 1}}, {3, {0, 1, 1, 1, 0, 0}},
	{3, {1, 1, 0, 0, 0, 1}}, {5, {1, 1, 1, 0, 0, 0}},
};
static const struct worst worst4[] = {{0, {0, 0, 0}}, {1, {0, 1, 1}}, {2, {1, 2, 2}}};

/* Steps from the first worst vector of the level that is nowhere less severe. */
static int steps(const struct effective *e, const int *group, size_t n, const struct worst *worst,
		 size_t worst_n, int level)
{
	for (size_t w = 0; w < worst_n; w++) {
		int sum = 0;
		bool covers = worst[w].level == level;
		for (size_t i = 0; i < n && covers; i++) {
			int step = e->v[group[i]] - worst[w].v[i];
			covers = step >= 0;
			sum += step;
		}
		if (covers)
			return sum;
	}
	return 0;
}

#define STEPS(e, group, worst, level) \
	steps((e), (group), ARRAY_LEN(group), (worst), ARRAY_LEN(worst), (level))

static int score_tenths(const struct effective *e)
{
	/* depths, section 8.2; all divide 840 */
	static const int depth1[] = {1, 4, 5}, depth2[] = {1, 2}, depth36[] = {7, 6, 8, 8, 1, 10},
			 depth4[] = {6, 5, 4};
	struct macro m = classify(e);
	int level36 = m.eq[2] * 2 + m.eq[5];
	const struct {
		int lower, steps, depth;
	} class[] = {
		{lower_score(m, 0), STEPS(e, metrics1, worst1, m.eq[0]), depth1[m.eq[0]]},
		{lower_score(m, 1), STEPS(e, metrics2, worst2, m.eq[1]), depth2[m.eq[1]]},
		{lower_score_36(m), STEPS(e, metrics36, worst36, level36), depth36[level36]},
		{lower_score(m, 3), STEPS(e, metrics4, worst4, m.eq[3]), depth4[m.eq[3]]},
		{lower_score(m, 4), 0, 1},
	};
	int top = macro_score(m), n = 0, sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(class); i++) {
		if (class[i].lower == 0)
			continue;
		n++;
		sum += (top - class[i].lower) * class[i].steps * 840 / class[i].depth;
	}
	if (n == 0)
		return top;
	/* top - sum / (840 * n), to the nearest whole, halves up */
	int unit = 840 * n;
	int value = top * unit - sum;
	return value <= 0 ? 0 : (2 * value + unit) / (2 * unit);
}

int cvss4_score(struct sv text, double *score, struct err *err)
{
	int values[CVSS_METRICS_MAX];
	int r = cvss_parse(text, metrics, ARRAY_LEN(metrics), values, err);

	if (r < 0)
		return r;
	struct effective e = effective(values);
	bool impact = false;
	for (int i = VC; i <= SA; i++)
		impact |= e.v[i] < 2 + (i == SI || i == SA);
	*score = impact ? score_tenths(&e) / 10.0 : 0.0;
	return 0;
}
