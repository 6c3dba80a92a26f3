#include "scan/notable.h"

#include "secret/secret.h"

struct row {
	const char *name, *what;
};

/* What stands in a folder of programs. Those that only unpack (dpkg, rpm) do not count. */
static const struct row managers[] = {
	{"apt-get", "apt"},       {"apk", "apk"},           {"dnf", "dnf"},
	{"dnf5", "dnf"},          {"dnf-3", "dnf"},         {"yum", "yum"},
	{"microdnf", "microdnf"}, {"tdnf", "tdnf"},         {"zypper", "zypper"},
	{"pacman", "pacman"},     {"opkg", "opkg"},         {"emerge", "portage"},
	{"xbps-install", "xbps"}, {"nix-env", "nix"},       {"brew", "brew"},
	{"pip", "pip"},           {"pip3", "pip"},          {"uv", "uv"},
	{"poetry", "poetry"},     {"conda", "conda"},       {"mamba", "conda"},
	{"npm", "npm"},           {"yarn", "yarn"},         {"pnpm", "pnpm"},
	{"gem", "gem"},           {"bundle", "bundler"},    {"composer", "composer"},
	{"cargo", "cargo"},       {"luarocks", "luarocks"},
};

static const char *const program_folders[] = {
	"usr/bin/",       "usr/sbin/",       "bin/",           "sbin/",
	"usr/local/bin/", "usr/local/sbin/", "opt/conda/bin/",
};

/* The whole folder counts as one; anywhere when it begins with '/'. */
static const struct row caches[] = {
	{"var/lib/apt/lists/", "lists of apt"},
	{"var/cache/apt/", "cache of apt"},
	{"var/cache/apk/", "cache of apk"},
	{"var/cache/dnf/", "cache of dnf"},
	{"var/cache/libdnf5/", "cache of dnf"},
	{"var/cache/yum/", "cache of yum"},
	{"var/cache/zypp/", "cache of zypper"},
	{"var/cache/pacman/pkg/", "cache of pacman"},
	{"/.cache/pip/", "cache of pip"},
	{"/.cache/uv/", "cache of uv"},
	{"/.cache/pypoetry/", "cache of poetry"},
	{"/.npm/_cacache/", "cache of npm"},
	{"/.cache/yarn/", "cache of yarn"},
	{"/.cache/go-build/", "cache of the Go compiler"},
	{"/.composer/cache/", "cache of composer"},
	{"/.bundle/cache/", "cache of bundler"},
	{"opt/conda/pkgs/", "cache of conda"},
	{"var/cache/debconf/", NULL}, /* part of the system */
};

/* By the name of the file; with '/' in it by the end of the path; "*" in front: any beginning. */
static const struct row credentials[] = {
	{"id_rsa", "SSH private key"},
	{"id_dsa", "SSH private key"},
	{"id_ecdsa", "SSH private key"},
	{"id_ed25519", "SSH private key"},
	{"id_ecdsa_sk", "SSH private key"},
	{"id_ed25519_sk", "SSH private key"},
	{"ssh_host_rsa_key", "SSH host key"},
	{"ssh_host_dsa_key", "SSH host key"},
	{"ssh_host_ecdsa_key", "SSH host key"},
	{"ssh_host_ed25519_key", "SSH host key"},
	{"/.aws/credentials", "AWS credentials"},
	{"/.azure/accessTokens.json", "Azure tokens"},
	{"/.azure/msal_token_cache.json", "Azure tokens"},
	{"application_default_credentials.json", "Google Cloud credentials"},
	{"/gcloud/credentials.db", "Google Cloud credentials"},
	{"/gcloud/access_tokens.db", "Google Cloud tokens"},
	{".netrc", "passwords of netrc"},
	{"_netrc", "passwords of netrc"},
	{".git-credentials", "passwords of git"},
	{".dockercfg", "registry credentials"},
	{"/.kube/config", "kubeconfig"},
	{"/etc/kubernetes/admin.conf", "kubeconfig"},
	{".pgpass", "passwords of PostgreSQL"},
	{".mylogin.cnf", "passwords of MySQL"},
	{".pypirc", "credentials of PyPI"},
	{".vault-token", "Vault token"},
	{"credentials.tfrc.json", "Terraform credentials"},
	{"terraform.tfstate", "state of Terraform"},
	{".htpasswd", "hashes of passwords"},
	{"secring.gpg", "PGP private keys"},
	{"*.kdbx", "KeePass database"},
	{"*.ppk", "PuTTY private key"},
	{"*.p12", "PKCS #12 key store"},
	{"*.pfx", "PKCS #12 key store"},
};

static const char *manager(struct sv path)
{
	struct sv name = sv_basename(path), folder = sv_head(path, path.n - name.n);

	for (size_t i = 0; i < ARRAY_LEN(program_folders); i++) {
		if (!sv_is(folder, program_folders[i]))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(managers); k++)
			if (sv_is(name, managers[k].name))
				return managers[k].what;
	}
	return NULL;
}

/* Marks that hold a place, and locks, are no cache. */
static bool is_marker(struct sv path)
{
	struct sv name = sv_basename(path);

	return sv_is(name, "lock") || sv_starts(name, SV(".")) || sv_is(name, "CACHEDIR.TAG") ||
	       sv_is(name, "last_makecache") || sv_is(name, "expired_repos.json") ||
	       sv_is(name, "tempfiles.json");
}

static bool cache(struct sv path, struct notable *out)
{
	for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
		struct sv prefix = sv_of(caches[i].name);
		size_t at = prefix.p[0] == '/' ? sv_find(path, prefix) : 0;
		if (at == SIZE_MAX || (prefix.p[0] != '/' && !sv_starts(path, prefix)))
			continue;
		if (!caches[i].what || is_marker(path))
			return false;
		*out = (struct notable){NOTABLE_CACHE, caches[i].what,
					sv_head(path, at + prefix.n - 1)};
		return true;
	}
	return false;
}

static const char *credential(struct sv path)
{
	struct sv name = sv_basename(path);

	for (size_t i = 0; i < ARRAY_LEN(credentials); i++) {
		struct sv want = sv_of(credentials[i].name);
		bool is = want.p[0] == '*'   ? sv_ends(name, sv_from(want, 1))
			  : want.p[0] == '/' ? sv_ends(path, want) || sv_eq(path, sv_from(want, 1))
					     : sv_eq(name, want);
		if (is)
			return secret_path_known(path) ? NULL : credentials[i].what;
	}
	return NULL;
}

struct notable notable_path(struct sv path)
{
	struct notable out = {0};

	if (cache(path, &out))
		return out;
	if ((out.what = manager(path)))
		out.kind = NOTABLE_MANAGER;
	else if ((out.what = credential(path)))
		out.kind = NOTABLE_CREDENTIAL;
	return out;
}

/* struct vfs_cap_data: magic, then permitted and inheritable in words of 32 bits; version 1 has one
 * pair, versions 2 and 3 two. */
bool notable_capabilities(struct sv value, uint64_t *set)
{
	unsigned version = value.n >= 4 ? (unsigned char)value.p[3] : 0;
	size_t pairs = version == 1 ? 1 : version == 2 || version == 3 ? 2 : 0;

	if (pairs == 0 || value.n < 4 + 8 * pairs)
		return false;
	*set = le32(value.p + 4);
	if (pairs == 2)
		*set |= (uint64_t)le32(value.p + 12) << 32;
	return true;
}
