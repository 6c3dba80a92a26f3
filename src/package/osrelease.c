#include "package/osrelease.h"

#include "base/glob.h"

#include "base/limits.h"
#include "package/catalog.h"

enum system_flag {
	ROLLING = 1, /* has releases without a version: none is needed */
};

/* Systems by the ID of os-release. Those that are not here are judged as what ID_LIKE names. */
static const struct system {
	const char *id;    /* in the file, lower case */
	const char *os;    /* our name; NULL = the same */
	const char *title; /* how a *-release file or an lsb-release calls it; NULL = none */
	unsigned flags;
} systems[] = {
	{"activestate", NULL, NULL, 0},
	{"alinux", NULL, "Alibaba Cloud Linux", 0},
	{"almalinux", NULL, "AlmaLinux", 0},
	{"alpine", NULL, NULL, 0},
	{"altlinux", NULL, "ALT", 0},
	{"amzn", "amazon", "Amazon Linux", 0},
	{"anolis", NULL, "Anolis OS", 0},
	{"arch", NULL, "Arch Linux", ROLLING},
	{"archarm", NULL, NULL, ROLLING},
	{"artix", NULL, NULL, ROLLING},
	{"azurelinux", NULL, NULL, 0},
	{"bottlerocket", NULL, NULL, 0},
	{"cachyos", NULL, NULL, ROLLING},
	{"centos", NULL, "CentOS", 0},
	{"chainguard", NULL, NULL, 0},
	{"chimera", NULL, NULL, ROLLING},
	{"circle", NULL, "Circle Linux", 0},
	{"clear-linux-os", NULL, NULL, 0},
	{"cloudlinux", NULL, "CloudLinux", 0},
	{"coreos", NULL, NULL, 0},
	{"cos", NULL, NULL, 0},
	{"debian", NULL, "Debian", ROLLING},
	{"deepin", NULL, "Deepin", 0},
	{"devuan", NULL, NULL, ROLLING},
	{"echo", NULL, NULL, 0},
	{"elementary", NULL, "elementary OS", 0},
	{"endeavouros", NULL, NULL, ROLLING},
	{"eurolinux", NULL, "EuroLinux", 0},
	{"fedora", NULL, "Fedora", 0},
	{"flatcar", NULL, NULL, 0},
	{"gentoo", NULL, "Gentoo", ROLLING},
	{"guix", NULL, NULL, ROLLING},
	{"hummingbird", NULL, NULL, 0},
	{"kali", NULL, "Kali", 0},
	{"kylin", NULL, "Kylin", 0},
	{"linuxmint", NULL, "LinuxMint", 0},
	{"mageia", NULL, "Mageia", 0},
	{"manjaro", NULL, "ManjaroLinux", ROLLING},
	{"mariner", NULL, "CBL-Mariner", 0},
	{"minimos", NULL, NULL, 0},
	{"miracle", NULL, "MIRACLE LINUX", 0},
	{"miraclelinux", "miracle", NULL, 0},
	{"nixos", NULL, "NixOS", 0},
	{"nobara", NULL, NULL, 0},
	{"ol", "oracle", "Oracle Linux", 0},
	{"opencloudos", NULL, "OpenCloudOS", 0},
	{"openeuler", NULL, "openEuler", 0},
	{"opensuse", "opensuse-leap", NULL, 0},
	{"opensuse-leap", NULL, NULL, 0},
	{"opensuse-leap-micro", NULL, NULL, 0},
	{"opensuse-microos", NULL, NULL, 0},
	{"opensuse-tumbleweed", NULL, NULL, ROLLING},
	{"openwrt", NULL, "OpenWrt", 0},
	{"parrot", NULL, "Parrot", 0},
	{"photon", NULL, "VMware Photon", 0},
	{"pop", NULL, NULL, 0},
	{"postmarketos", NULL, NULL, 0},
	{"pureos", NULL, NULL, 0},
	{"qubes", NULL, NULL, 0},
	{"raspbian", NULL, "Raspbian", 0},
	{"rhcos", NULL, NULL, 0},
	{"rhel", NULL, "Red Hat", 0},
	{"rocky", NULL, "Rocky Linux", 0},
	{"scientific", NULL, "Scientific Linux", 0},
	{"secureos", NULL, NULL, 0},
	{"sl-micro", "sle-micro", NULL, 0},
	{"slackware", NULL, "Slackware", 0},
	{"sle-micro", NULL, NULL, 0},
	{"sle-micro-rancher", "sle-micro", NULL, 0},
	{"sled", NULL, NULL, 0},
	{"sles", NULL, NULL, 0},
	{"sles_sap", "sles", NULL, 0},
	{"talos", NULL, NULL, 0},
	{"tencentos", NULL, "TencentOS", 0},
	{"ubuntu", NULL, "Ubuntu", 0},
	{"uos", NULL, NULL, 0},
	{"virtuozzo", NULL, "Virtuozzo", 0},
	{"void", NULL, NULL, ROLLING},
	{"vyos", NULL, NULL, 0},
	{"wolfi", NULL, NULL, 0},
	{"zorin", NULL, NULL, 0},
};

static const struct system *system_by_id(struct sv id)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++)
		if (sv_ieq(id, sv_of(systems[i].id)))
			return &systems[i];
	return NULL;
}

static const struct system *system_by_title(struct sv text)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		struct sv title = sv_of(systems[i].title);
		if (title.n && sv_ieq(sv_head(text, title.n), title))
			return &systems[i];
	}
	return NULL;
}

static struct sv system_os(const struct system *s)
{
	return sv_of(s->os ? s->os : s->id);
}

/* Fills id and version; false when the system has releases and the version is missing. */
static bool os_set(struct os *os, const struct system *s, struct sv version)
{
	if (!s || (!version.n && !(s->flags & ROLLING)))
		return false;
	os->id = system_os(s);
	os->version = version;
	/* the development branch counts its snapshots: 3.19_alpha20230901 */
	if (sv_is(os->id, "alpine") && sv_find(version, SV("_alpha")) != SIZE_MAX)
		os->version = SV("edge");
	if (sv_is(os->id, "centos") && sv_find(os->name, SV("Stream")) != SIZE_MAX)
		os->id = SV("centos-stream");
	return true;
}

/* A value as a shell would read it: quotes, and the escapes that os-release(5) names. */
static struct sv unquote(struct sv raw, struct arena *a)
{
	struct sv v = sv_trim(raw);
	char quote = v.n && (v.p[0] == '"' || v.p[0] == '\'') ? v.p[0] : 0;

	if (!quote && sv_find_char(v, '\\') == SIZE_MAX)
		return v;
	char *out = arena_alloc(a, v.n);
	size_t n = 0;
	for (size_t i = quote ? 1 : 0; i < v.n && (!quote || v.p[i] != quote); i++) {
		if (v.p[i] == '\\' && quote != '\'' && i + 1 < v.n)
			i++;
		out[n++] = v.p[i];
	}
	return sv_trim(sv_make(out, n));
}

enum key { ID, ID_LIKE, VERSION_ID, CODENAME, UBUNTU_CODENAME, PRETTY_NAME, NAME, KEYS };

static const char *const os_release_keys[KEYS] = {
	"ID", "ID_LIKE", "VERSION_ID", "VERSION_CODENAME", "UBUNTU_CODENAME", "PRETTY_NAME", "NAME",
};
static const char *const lsb_keys[KEYS] = {
	"DISTRIB_ID",          NULL, "DISTRIB_RELEASE", "DISTRIB_CODENAME", NULL,
	"DISTRIB_DESCRIPTION", NULL,
};

/* Lines KEY=VALUE; the last one counts, as in a shell. Other lines are nothing to us. */
static void assignments(struct sv bytes, const char *const *keys, struct arena *a,
			struct sv value[KEYS])
{
	struct sv rest = bytes, line;

	while (sv_line(&rest, &line)) {
		line = sv_trim(line);
		size_t equals = sv_find_char(line, '=');
		if (equals == SIZE_MAX || line.p[0] == '#')
			continue;
		for (size_t i = 0; i < KEYS; i++)
			if (keys[i] && sv_is(sv_head(line, equals), keys[i]))
				value[i] = unquote(sv_from(line, equals + 1), a);
	}
}

/* The nearest relative that is known; ID_LIKE lists it first. */
static const struct system *system_like(struct sv like)
{
	while (like.n) {
		const struct system *s = system_by_id(sv_cut(&like, ' '));
		if (s)
			return s;
	}
	return NULL;
}

static bool read_os_release(struct sv bytes, struct arena *a, struct os *os)
{
	struct sv v[KEYS] = {0};

	assignments(bytes, os_release_keys, a, v);
	const struct system *s = system_by_id(v[ID]);
	os->name = v[NAME];
	if (!os_set(os, s ? s : system_like(v[ID_LIKE]), v[VERSION_ID]))
		return false;
	os->name = v[PRETTY_NAME].n ? v[PRETTY_NAME] : v[NAME];
	os->codename = v[CODENAME].n ? v[CODENAME] : v[UBUNTU_CODENAME];
	return true;
}

static bool read_lsb_release(struct sv bytes, struct arena *a, struct os *os)
{
	struct sv v[KEYS] = {0};

	assignments(bytes, lsb_keys, a, v);
	const struct system *s = system_by_id(v[ID]);
	os->name = v[PRETTY_NAME];
	os->codename = v[CODENAME];
	return os_set(os, s ? s : system_by_title(v[ID]), v[VERSION_ID]);
}

static struct sv first_line(struct sv bytes)
{
	struct sv line = {0};

	(void)sv_line(&bytes, &line);
	return sv_trim(line);
}

/* "9.8" or, before a release, "buster/sid" */
static bool read_debian_version(struct sv bytes, struct arena *a, struct os *os)
{
	struct sv version = first_line(bytes);
	struct sv rest = version;
	struct sv name = sv_cut(&rest, '/');

	(void)a;
	if (!version.n)
		return false;
	if (version.p[0] < '0' || version.p[0] > '9')
		os->codename = name;
	return os_set(os, system_by_id(SV("debian")), version);
}

static bool read_alpine_release(struct sv bytes, struct arena *a, struct os *os)
{
	(void)a;
	return os_set(os, system_by_id(SV("alpine")), first_line(bytes));
}

/* "CentOS Linux release 7.6.1810 (Core)", "Red Hat Enterprise Linux Atomic Host release 7.9" */
static bool read_title(struct sv bytes, struct arena *a, struct os *os)
{
	static const struct sv word = {" release ", 9};
	struct sv line = first_line(bytes);
	size_t at = sv_find(line, word);
	struct sv rest = at == SIZE_MAX ? SV("") : sv_trim(sv_from(line, at + word.n));
	struct sv version = sv_cut(&rest, ' ');

	(void)a;
	os->name = line;
	if (version.n && (version.p[0] < '0' || version.p[0] > '9'))
		version = (struct sv){0};
	return os_set(os, system_by_title(line), version);
}

/* CPE 2.2: "cpe:/o:centos:linux:6:GA" */
static bool read_cpe(struct sv bytes, struct arena *a, struct os *os)
{
	static const struct {
		const char *vendor, *id;
	} vendors[] = {
		{"almalinux", "almalinux"}, {"amazon", "amzn"},
		{"centos", "centos"},       {"fedoraproject", "fedora"},
		{"oracle", "ol"},           {"redhat", "rhel"},
		{"rocky", "rocky"},         {"scientificlinux", "scientific"},
	};
	struct sv rest = first_line(bytes);

	(void)a;
	if (!sv_is(sv_cut(&rest, ':'), "cpe") || !sv_is(sv_cut(&rest, ':'), "/o"))
		return false;
	struct sv vendor = sv_cut(&rest, ':');
	(void)sv_cut(&rest, ':');
	struct sv version = sv_cut(&rest, ':');
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (sv_is(vendor, vendors[i].vendor))
			return os_set(os, system_by_id(sv_of(vendors[i].id)), version);
	return false;
}

/* By file name. A rebuild of Red Hat's system carries a redhat-release that may still name Red Hat,
 * so its own file comes first; Ubuntu's debian_version names Debian's release. */
static const struct os_file {
	const char *name; /* or "*-release": any other */
	bool (*read)(struct sv bytes, struct arena *a, struct os *os);
	int rank;
} os_files[] = {
	{"os-release", read_os_release, 0},   {"alpine-release", read_alpine_release, 2},
	{"lsb-release", read_lsb_release, 5}, {"debian_version", read_debian_version, 6},
	{"redhat-release", read_title, 4},    {"system-release", read_title, 4},
	{"system-release-cpe", read_cpe, 7},  {"*-release", read_title, 3},
};

static const struct os_file *os_file_find(struct sv path)
{
	struct sv name = sv_basename(path);

	for (size_t i = 0; i < ARRAY_LEN(os_files); i++)
		if (glob_match(sv_of(os_files[i].name), name))
			return &os_files[i];
	return NULL;
}

int os_rank(struct sv path)
{
	const struct os_file *f = os_file_find(path);

	if (!f)
		return INT32_MAX;
	/* os-release(5): etc/os-release, where it is no link to this one, takes precedence */
	return f->rank + (f->rank == 0 && sv_starts(path, SV("usr/lib/")));
}

int os_identify(struct sv path, struct sv bytes, struct arena *a, struct os *out, struct err *err)
{
	const struct os_file *f = os_file_find(path);
	struct os os = {.path = path};

	if (!f || !f->read(bytes, a, &os))
		return 0;
	if (os.version.n > limit_field_bytes || os.name.n > limit_field_bytes ||
	    os.codename.n > limit_field_bytes) {
		(void)err_set(err, ERR_LIMIT, "a field is longer than %ju bytes",
			      (uintmax_t)limit_field_bytes);
		return err_where(err, "%.*s", SV_ARG(path));
	}
	os.eol = os_eol(os.id, os.version);
	*out = os;
	return 1;
}

int os_release_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		    struct err *err)
{
	struct os os;
	int rc = os_identify(f->path, f->bytes, a, &os, err);

	if (rc > 0)
		sink->os(sink, &os);
	return rc < 0 ? rc : 0;
}
