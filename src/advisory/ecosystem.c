#include "advisory/ecosystem.h"

const struct ecosystem ecosystems[] = {
	{"Debian", "deb", ECO_SOURCE, NAMES_EXACT, RELEASE_MAJOR, PKG_DEB, "debian", false},
	{"Ubuntu", "deb", ECO_SOURCE, NAMES_EXACT, RELEASE_UBUNTU, PKG_DEB, "ubuntu", true},
	{"Alpine", "apk", ECO_SOURCE, NAMES_EXACT, RELEASE_ALPINE, PKG_APK, "alpine", false},
	{"Wolfi", "apk", ECO_SOURCE, NAMES_EXACT, RELEASE_NONE, PKG_APK, "wolfi", false},
	{"Chainguard", "apk", ECO_SOURCE, NAMES_EXACT, RELEASE_NONE, PKG_APK, "chainguard", false},
	{"MinimOS", "apk", ECO_SOURCE, NAMES_EXACT, RELEASE_NONE, PKG_APK, "minimos", false},
	{"Rocky Linux", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_MAJOR, PKG_RPM, "rocky", true},
	{"AlmaLinux", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_MAJOR, PKG_RPM, "almalinux alma",
	 true},
	{"Red Hat", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_REDHAT, PKG_RPM, "rhel redhat", true},
	{"Amazon Linux", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_WHOLE, PKG_RPM, "amzn amazon",
	 true},
	{"Azure Linux", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_MAJOR, PKG_RPM,
	 "azurelinux azure mariner", false},
	{"Photon OS", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_WHOLE, PKG_RPM, "photon", false},
	{"openEuler", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_WHOLE, PKG_RPM, "openeuler", true},
	{"Mageia", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_MAJOR, PKG_RPM, "mageia", true},
	{"openSUSE", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_LEAP, PKG_RPM,
	 "opensuse-leap opensuse.leap opensuse opensuse-tumbleweed opensuse.tumbleweed", true},
	{"SUSE", "rpm", ECO_BINARY, NAMES_EXACT, RELEASE_SUSE, PKG_RPM, "sles sled suse sles_sap",
	 true},
	{"npm", "npm", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_NPM, "", false},
	{"PyPI", "pypi", ECO_LANGUAGE, NAMES_PEP503, RELEASE_NONE, PKG_PYPI, "", false},
	{"Go", "golang", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_GOLANG, "", false},
	{"crates.io", "semver", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_CARGO, "", false},
	{"Maven", "maven", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_MAVEN, "", false},
	{"RubyGems", "rubygems", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_GEM, "", false},
	{"Packagist", "packagist", ECO_LANGUAGE, NAMES_LOWER, RELEASE_NONE, PKG_COMPOSER, "",
	 false},
	{"NuGet", "nuget", ECO_LANGUAGE, NAMES_LOWER, RELEASE_NONE, PKG_NUGET, "", false},
	{"Hex", "semver", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_HEX, "", false},
	{"Pub", "pub", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_PUB, "", false},
	{"SwiftURL", "semver", ECO_LANGUAGE, NAMES_LOWER, RELEASE_NONE, PKG_SWIFT, "", false},
	{"CRAN", "cran", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_CRAN, "", false},
	{"Hackage", "hackage", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_HACKAGE, "", false},
	{"Kubernetes", "semver", ECO_LANGUAGE, NAMES_EXACT, RELEASE_NONE, PKG_K8S, "", false},
};
const size_t ecosystems_n = ARRAY_LEN(ecosystems);

const struct ecosystem *ecosystem_find(struct sv name)
{
	for (size_t i = 0; i < ecosystems_n; i++)
		if (sv_is(name, ecosystems[i].name))
			return &ecosystems[i];
	return NULL;
}

static bool has_word(const char *words, struct sv word)
{
	struct sv rest = sv_of(words);

	while (rest.n)
		if (sv_eq(sv_cut(&rest, ' '), word))
			return true;
	return false;
}

const struct ecosystem *ecosystem_of_os(const struct os *os)
{
	for (size_t i = 0; os->id.n && i < ecosystems_n; i++)
		if (has_word(ecosystems[i].os, os->id))
			return &ecosystems[i];
	return NULL;
}

const struct ecosystem *ecosystem_of_type(enum pkg_type type)
{
	for (size_t i = 0; i < ecosystems_n; i++)
		if (ecosystems[i].kind == ECO_LANGUAGE && ecosystems[i].type == type)
			return &ecosystems[i];
	return NULL;
}

/* "12.5" -> "12" */
static struct sv major(struct sv version)
{
	return sv_cut(&version, '.');
}

static bool is_number(struct sv v)
{
	uint64_t n;

	return sv_u64(v, &n);
}

/* "v3.10" for "3.10.4", "edge" for "edge" and "3.21_alpha20240807" */
static bool alpine_is(struct sv release, struct sv version)
{
	struct sv rest = version, x = sv_cut(&rest, '.'), y = sv_cut(&rest, '.');

	if (!is_number(x) || !is_number(y))
		return sv_is(release, "edge");
	if (release.n == 0 || release.p[0] != 'v')
		return false;
	release = sv_from(release, 1);
	return sv_eq(sv_cut(&release, '.'), x) && sv_eq(release, y);
}

static bool ubuntu_is(struct sv release, struct sv version)
{
	struct sv rest = version, x = sv_cut(&rest, '.'), y = sv_cut(&rest, '.');
	struct sv number = sv_cut(&release, ':');

	return sv_eq(sv_cut(&number, '.'), x) && sv_eq(number, y) &&
	       (release.n == 0 || sv_is(release, "LTS"));
}

static bool leap_is(struct sv release, const struct os *os)
{
	if (sv_ends(os->id, SV("tumbleweed")))
		return sv_is(release, "Tumbleweed");
	return sv_starts(release, SV("Leap ")) && sv_eq(sv_from(release, 5), os->version);
}

/* A minor release has the advisories of its major one; extended support channels (rhel_eus ...)
 * have none. */
static bool redhat_is(struct sv release, struct sv version)
{
	struct sv product = sv_cut(&release, ':'), number = sv_cut(&release, ':');

	return sv_is(product, "enterprise_linux") && sv_eq(major(number), major(version));
}

/* "Linux Enterprise Server 15 SP5" and "Linux Enterprise Module for Basesystem 15 SP5" */
static bool suse_is(struct sv release, struct sv version)
{
	char want[64];
	struct sv minor = version, x = sv_cut(&minor, '.');

	if (minor.n)
		(void)snprintf(want, sizeof want, " %.*s SP%.*s", SV_ARG(sv_head(x, 8)),
			       SV_ARG(sv_head(minor, 8)));
	else
		(void)snprintf(want, sizeof want, " %.*s", SV_ARG(sv_head(x, 8)));
	return (sv_starts(release, SV("Linux Enterprise Server")) ||
		sv_starts(release, SV("Linux Enterprise Module"))) &&
	       sv_ends(release, sv_of(want)) && sv_find(release, SV("LTSS")) == SIZE_MAX;
}

static const struct {
	const char *id, *name, *version;
} codenames[] = {
	{"debian", "jessie", "8"},       {"debian", "stretch", "9"},
	{"debian", "buster", "10"},      {"debian", "bullseye", "11"},
	{"debian", "bookworm", "12"},    {"debian", "trixie", "13"},
	{"debian", "forky", "14"},       {"debian", "duke", "15"},
	{"ubuntu", "trusty", "14.04"},   {"ubuntu", "xenial", "16.04"},
	{"ubuntu", "bionic", "18.04"},   {"ubuntu", "focal", "20.04"},
	{"ubuntu", "jammy", "22.04"},    {"ubuntu", "noble", "24.04"},
	{"ubuntu", "oracular", "24.10"}, {"ubuntu", "plucky", "25.04"},
	{"ubuntu", "questing", "25.10"}, {"ubuntu", "resolute", "26.04"},
	{"alpine", "edge", "edge"},
};

/* A release that is not out yet has only its codename (Debian testing), and so have some purls. */
static struct sv version_of(const struct os *os)
{
	for (size_t i = 0; os->version.n == 0 && i < ARRAY_LEN(codenames); i++)
		if (sv_is(os->id, codenames[i].id) && sv_is(os->codename, codenames[i].name))
			return sv_of(codenames[i].version);
	return os->version;
}

bool ecosystem_release_is(const struct ecosystem *e, struct sv release, const struct os *os)
{
	struct sv version = version_of(os);

	if (e->release != RELEASE_NONE && version.n == 0 && e->release != RELEASE_LEAP)
		return false;
	switch (e->release) {
	case RELEASE_NONE:
		return release.n == 0;
	case RELEASE_MAJOR:
		return sv_eq(release, major(version));
	case RELEASE_ALPINE:
		return alpine_is(release, version);
	case RELEASE_WHOLE:
		return sv_eq(release, version);
	case RELEASE_UBUNTU:
		return ubuntu_is(release, version);
	case RELEASE_LEAP:
		return leap_is(release, os);
	case RELEASE_REDHAT:
		return redhat_is(release, version);
	case RELEASE_SUSE:
		return suse_is(release, version);
	}
	return false;
}

void ecosystem_split(struct sv whole, struct sv *name, struct sv *release)
{
	*name = sv_cut(&whole, ':');
	*release = whole;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

void ecosystem_name(const struct ecosystem *e, struct sv name, struct buf *out)
{
	enum eco_names rule = e ? e->names : NAMES_EXACT;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (rule == NAMES_PEP503 && memchr("-_.", c, 3)) {
			if (out->n == 0 || out->p[out->n - 1] != '-')
				buf_char(out, '-');
		} else {
			buf_char(out, rule == NAMES_EXACT ? c : lower(c));
		}
	}
}

void ecosystem_file(struct sv name, struct buf *out)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
		bool plain = letter || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
			     (c == '.' && i > 0);
		if (plain)
			buf_char(out, (char)c);
		else
			buf_fmt(out, "%%%02X", c);
	}
	buf_str(out, ".db");
}
