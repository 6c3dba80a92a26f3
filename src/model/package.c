#include "model/package.h"

const struct pkg_type_row pkg_types[PKG_TYPES] = {
	[PKG_GENERIC] = {"generic", NULL, "semver", false},
	[PKG_DEB] = {"deb", NULL, "deb", true},
	[PKG_APK] = {"apk", NULL, "apk", true},
	[PKG_RPM] = {"rpm", NULL, "rpm", true},
	[PKG_NPM] = {"npm", "npm", "npm", false},
	[PKG_PYPI] = {"pypi", "PyPI", "pypi", false},
	[PKG_GOLANG] = {"golang", "Go", "golang", false},
	[PKG_CARGO] = {"cargo", "crates.io", "semver", false},
	[PKG_MAVEN] = {"maven", "Maven", "maven", false},
	[PKG_GEM] = {"gem", "RubyGems", "rubygems", false},
	[PKG_COMPOSER] = {"composer", "Packagist", "packagist", false},
	[PKG_NUGET] = {"nuget", "NuGet", "nuget", false},
	[PKG_HEX] = {"hex", "Hex", "semver", false},
	[PKG_PUB] = {"pub", "Pub", "pub", false},
	[PKG_SWIFT] = {"swift", "SwiftURL", "semver", false},
	[PKG_CRAN] = {"cran", "CRAN", "cran", false},
	[PKG_HACKAGE] = {"hackage", "Hackage", "hackage", false},
	[PKG_K8S] = {"k8s", "Kubernetes", "semver", false},
};

enum pkg_type pkg_type_find(struct sv name)
{
	for (size_t i = 0; i < PKG_TYPES; i++)
		if (sv_is(name, pkg_types[i].purl))
			return (enum pkg_type)i;
	return PKG_TYPES;
}
