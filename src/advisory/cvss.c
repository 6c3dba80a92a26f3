#include "advisory/cvss.h"

#include <math.h>

#include "advisory/cvss-int.h"

static int value_index(const char *values, struct sv value)
{
	struct sv rest = sv_of(values);

	for (int i = 0; rest.n; i++)
		if (sv_eq(sv_cut(&rest, ' '), value))
			return i;
	return CVSS_ABSENT;
}

static int parse_metric(struct sv field, const struct cvss_metric *metrics, size_t n, int *values,
			struct err *err)
{
	struct sv value = field, name = sv_cut(&value, ':');

	for (size_t i = 0; i < n; i++) {
		if (!sv_is(name, metrics[i].name))
			continue;
		if (values[i] != CVSS_ABSENT)
			return err_set(err, ERR_PARSE, "CVSS vector: the metric %s stands twice",
				       metrics[i].name);
		values[i] = value_index(metrics[i].values, value);
		if (values[i] == CVSS_ABSENT)
			return err_set(err, ERR_PARSE, "CVSS vector: %s has none of the values %s",
				       metrics[i].name, metrics[i].values);
		return 0;
	}
	return err_set(err, ERR_PARSE, "CVSS vector: unknown metric");
}

int cvss_parse(struct sv text, const struct cvss_metric *metrics, size_t n,
	       int values[CVSS_METRICS_MAX], struct err *err)
{
	for (size_t i = 0; i < n; i++)
		values[i] = CVSS_ABSENT;
	if (sv_ends(text, SV("/")))
		return err_set(err, ERR_PARSE, "CVSS vector: nothing behind the last '/'");
	while (text.n) {
		int r = parse_metric(sv_cut(&text, '/'), metrics, n, values, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < n; i++)
		if (metrics[i].required && values[i] == CVSS_ABSENT)
			return err_set(err, ERR_PARSE, "CVSS vector: the metric %s is missing",
				       metrics[i].name);
	return 0;
}

/* The first six and eight metrics are the base group; the order is that of the tables below. */
static const struct cvss_metric metrics2[] = {
	{"AV", "L A N", true},        {"AC", "H M L", true},
	{"Au", "M S N", true},        {"C", "N P C", true},
	{"I", "N P C", true},         {"A", "N P C", true},
	{"E", "ND U POC F H", false}, {"RL", "ND OF TF W U", false},
	{"RC", "ND UC UR C", false},  {"CDP", "ND N L LM MH H", false},
	{"TD", "ND N L M H", false},  {"CR", "ND L M H", false},
	{"IR", "ND L M H", false},    {"AR", "ND L M H", false},
};

static double score2(const int *v)
{
	static const double access[] = {0.395, 0.646, 1.0}, complexity[] = {0.35, 0.61, 0.71},
			    authentication[] = {0.45, 0.56, 0.704}, loss[] = {0.0, 0.275, 0.660};
	double impact = 10.41 * (1 - (1 - loss[v[3]]) * (1 - loss[v[4]]) * (1 - loss[v[5]]));
	double exploitability = 20 * access[v[0]] * complexity[v[1]] * authentication[v[2]];

	if (v[3] + v[4] + v[5] == 0)
		return 0;
	/* to the nearest tenth, halves up; what is added is less than the distance of any two
	 * results */
	return floor((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176 * 10 + 0.5 + 1e-9) / 10;
}

static const struct cvss_metric metrics3[] = {
	{"AV", "N A L P", true},    {"AC", "L H", true},       {"PR", "N L H", true},
	{"UI", "N R", true},        {"S", "U C", true},        {"C", "N L H", true},
	{"I", "N L H", true},       {"A", "N L H", true},      {"E", "X U P F H", false},
	{"RL", "X O T W U", false}, {"RC", "X U R C", false},  {"CR", "X L M H", false},
	{"IR", "X L M H", false},   {"AR", "X L M H", false},  {"MAV", "X N A L P", false},
	{"MAC", "X L H", false},    {"MPR", "X N L H", false}, {"MUI", "X N R", false},
	{"MS", "X U C", false},     {"MC", "X N L H", false},  {"MI", "X N L H", false},
	{"MA", "X N L H", false},
};

/* v3.1 appendix A: up to the next tenth, decided on five decimals. */
static double round_up_31(double x)
{
	double scaled = round(x * 100000);

	return fmod(scaled, 10000) == 0 ? scaled / 100000 : (floor(scaled / 10000) + 1) / 10;
}

/* v3.0: up to the next tenth; what is taken off is only the error of the arithmetic. */
static double round_up_30(double x)
{
	return ceil(x * 10 - 1e-9) / 10;
}

static double score3(const int *v, bool v31)
{
	static const double vector[] = {0.85, 0.62, 0.55, 0.2}, complexity[] = {0.77, 0.44},
			    privileges[2][3] = {{0.85, 0.62, 0.27}, {0.85, 0.68, 0.5}},
			    interaction[] = {0.85, 0.62}, loss[] = {0.0, 0.22, 0.56};
	bool changed = v[4] == 1;
	double base = 1 - (1 - loss[v[5]]) * (1 - loss[v[6]]) * (1 - loss[v[7]]);
	double impact = changed ? 7.52 * (base - 0.029) - 3.25 * pow(base - 0.02, 15) : 6.42 * base;
	double exploitability = 8.22 * vector[v[0]] * complexity[v[1]] * privileges[changed][v[2]] *
				interaction[v[3]];

	if (v[5] + v[6] + v[7] == 0)
		return 0;
	double sum = fmin((changed ? 1.08 : 1.0) * (impact + exploitability), 10);
	return v31 ? round_up_31(sum) : round_up_30(sum);
}

static int score_v2(struct sv text, double *score, struct err *err)
{
	int values[CVSS_METRICS_MAX];
	int r = cvss_parse(text, metrics2, ARRAY_LEN(metrics2), values, err);

	if (r == 0)
		*score = score2(values);
	return r;
}

static int score_v3(struct sv text, bool v31, double *score, struct err *err)
{
	int values[CVSS_METRICS_MAX];
	int r = cvss_parse(text, metrics3, ARRAY_LEN(metrics3), values, err);

	if (r == 0)
		*score = score3(values, v31);
	return r;
}

static int score_v30(struct sv text, double *score, struct err *err)
{
	return score_v3(text, false, score, err);
}

static int score_v31(struct sv text, double *score, struct err *err)
{
	return score_v3(text, true, score, err);
}

static const struct {
	const char *prefix, *version;
	int (*score)(struct sv text, double *score, struct err *err);
} versions[] = {
	{"CVSS:4.0/", "4.0", cvss4_score}, {"CVSS:3.1/", "3.1", score_v31},
	{"CVSS:3.0/", "3.0", score_v30},   {"CVSS:2.0/", "2.0", score_v2},
	{"CVSS2#", "2.0", score_v2},       {"AV:", "2.0", score_v2},
};

int cvss_score(struct sv vector, double *score, struct sv *version, struct err *err)
{
	struct sv text = sv_trim(vector);

	if (text.n > 1 && text.p[0] == '(' && text.p[text.n - 1] == ')')
		text = sv_make(text.p + 1, text.n - 2);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct sv prefix = sv_of(versions[i].prefix);
		if (!sv_starts(text, prefix))
			continue;
		/* the last row's prefix is the first metric itself */
		int r = versions[i].score(
			i + 1 == ARRAY_LEN(versions) ? text : sv_from(text, prefix.n), score, err);
		if (r == 0)
			*version = sv_of(versions[i].version);
		return r;
	}
	return err_set(err, ERR_PARSE, "no CVSS vector of a known version");
}

enum severity cvss_severity(double score, struct sv version)
{
	if (score < 0.05)
		return SEV_NEGLIGIBLE;
	if (score < 3.95)
		return SEV_LOW;
	if (score < 6.95)
		return SEV_MEDIUM;
	return score < 8.95 || sv_starts(version, SV("2")) ? SEV_HIGH : SEV_CRITICAL;
}
