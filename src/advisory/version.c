#include "advisory/version.h"

#include "advisory/version-int.h"

const struct version_scheme version_schemes[] = {
	{"deb", version_deb_cmp, version_deb_valid},
	{"rpm", version_rpm_cmp, version_rpm_valid},
	{"apk", version_apk_cmp, version_apk_valid},
	{"semver", version_semver_cmp, version_semver_valid},
	{"npm", version_semver_cmp, version_semver_valid},
	{"golang", version_golang_cmp, version_golang_valid},
	{"pypi", version_pypi_cmp, version_pypi_valid},
	{"rubygems", version_rubygems_cmp, version_rubygems_valid},
	{"maven", version_maven_cmp, version_maven_valid},
	{"packagist", version_packagist_cmp, version_packagist_valid},
	{"nuget", version_nuget_cmp, version_nuget_valid},
	{"cran", version_cran_cmp, version_cran_valid},
	{"hackage", version_cran_cmp, version_hackage_valid},
	{"pub", version_pub_cmp, version_semver_valid},
};
const size_t version_schemes_n = ARRAY_LEN(version_schemes);

/* Names that other tools and purl types use. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{"debian", "deb"},   {"dpkg", "deb"},     {"alpine", "apk"},         {"go", "golang"},
	{"cargo", "semver"}, {"hex", "semver"},   {"swift", "semver"},       {"pep440", "pypi"},
	{"python", "pypi"},  {"gem", "rubygems"}, {"composer", "packagist"}, {"redhat", "rpm"},
};

static const struct version_scheme *by_name(struct sv name)
{
	for (size_t i = 0; i < version_schemes_n; i++)
		if (sv_is(name, version_schemes[i].name))
			return &version_schemes[i];
	return NULL;
}

const struct version_scheme *version_scheme_find(struct sv name)
{
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
		if (sv_is(name, aliases[i].alias))
			return by_name(sv_of(aliases[i].name));
	return by_name(name);
}

bool ver_all_digits(struct sv v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!ver_is_digit(v.p[i]))
			return false;
	return v.n > 0;
}

static struct sv without_zeros(struct sv v)
{
	size_t i = 0;

	while (i < v.n && v.p[i] == '0')
		i++;
	return sv_from(v, i);
}

int ver_num(struct sv a, struct sv b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return sv_cmp(a, b);
}

bool ver_is_zero(struct sv digits)
{
	return without_zeros(digits).n == 0;
}

int ver_icmp(struct sv a, struct sv b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		unsigned char x = (unsigned char)ver_lower(a.p[i]);
		unsigned char y = (unsigned char)ver_lower(b.p[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}
