/*
 * When a release stops getting fixes that all of its users get: Debian with its LTS team, Ubuntu
 * without Pro, SUSE without LTSS, the others by their vendors' calendars.
 */
#include "package/osrelease.h"

/* How many parts of a version name a release. */
static const struct {
	const char *id;
	unsigned parts;
} releases[] = {
	{"almalinux", 1}, {"alpine", 2},        {"amazon", 1}, {"azurelinux", 2},
	{"centos", 1},    {"centos-stream", 1}, {"debian", 1}, {"fedora", 1},
	{"mariner", 2},   {"opensuse-leap", 2}, {"oracle", 1}, {"photon", 2},
	{"raspbian", 1},  {"rhel", 1},          {"rocky", 1},  {"scientific", 1},
	{"sle-micro", 2}, {"sles", 2},          {"ubuntu", 2},
};

static const struct {
	const char *id, *release, *date;
} ends[] = {
	{"debian", "6", "2016-02-29"},
	{"debian", "7", "2018-05-31"},
	{"debian", "8", "2020-06-30"},
	{"debian", "9", "2022-06-30"},
	{"debian", "10", "2024-06-30"},
	{"debian", "11", "2026-08-31"},
	{"debian", "12", "2028-06-30"},
	{"debian", "13", "2030-06-30"},
	{"ubuntu", "10.04", "2015-04-30"},
	{"ubuntu", "10.10", "2012-04-10"},
	{"ubuntu", "11.04", "2012-10-28"},
	{"ubuntu", "11.10", "2013-05-09"},
	{"ubuntu", "12.04", "2017-04-28"},
	{"ubuntu", "12.10", "2014-05-16"},
	{"ubuntu", "13.04", "2014-01-27"},
	{"ubuntu", "13.10", "2014-07-17"},
	{"ubuntu", "14.04", "2019-04-25"},
	{"ubuntu", "14.10", "2015-07-23"},
	{"ubuntu", "15.04", "2016-02-04"},
	{"ubuntu", "15.10", "2016-07-28"},
	{"ubuntu", "16.04", "2021-04-30"},
	{"ubuntu", "16.10", "2017-07-20"},
	{"ubuntu", "17.04", "2018-01-13"},
	{"ubuntu", "17.10", "2018-07-19"},
	{"ubuntu", "18.04", "2023-05-31"},
	{"ubuntu", "18.10", "2019-07-18"},
	{"ubuntu", "19.04", "2020-01-23"},
	{"ubuntu", "19.10", "2020-07-17"},
	{"ubuntu", "20.04", "2025-05-29"},
	{"ubuntu", "20.10", "2021-07-22"},
	{"ubuntu", "21.04", "2022-01-20"},
	{"ubuntu", "21.10", "2022-07-14"},
	{"ubuntu", "22.04", "2027-06-01"},
	{"ubuntu", "22.10", "2023-07-20"},
	{"ubuntu", "23.04", "2024-01-25"},
	{"ubuntu", "23.10", "2024-07-11"},
	{"ubuntu", "24.04", "2029-05-31"},
	{"ubuntu", "24.10", "2025-07-10"},
	{"ubuntu", "25.04", "2026-01-15"},
	{"ubuntu", "25.10", "2026-07-09"},
	{"ubuntu", "26.04", "2031-05-29"},
	{"alpine", "3.0", "2016-05-01"},
	{"alpine", "3.1", "2016-11-01"},
	{"alpine", "3.2", "2017-05-01"},
	{"alpine", "3.3", "2017-11-01"},
	{"alpine", "3.4", "2018-05-01"},
	{"alpine", "3.5", "2018-11-01"},
	{"alpine", "3.6", "2019-05-01"},
	{"alpine", "3.7", "2019-11-01"},
	{"alpine", "3.8", "2020-05-01"},
	{"alpine", "3.9", "2020-11-01"},
	{"alpine", "3.10", "2021-05-01"},
	{"alpine", "3.11", "2021-11-01"},
	{"alpine", "3.12", "2022-05-01"},
	{"alpine", "3.13", "2022-11-01"},
	{"alpine", "3.14", "2023-05-01"},
	{"alpine", "3.15", "2023-11-01"},
	{"alpine", "3.16", "2024-05-23"},
	{"alpine", "3.17", "2024-11-22"},
	{"alpine", "3.18", "2025-05-09"},
	{"alpine", "3.19", "2025-11-01"},
	{"alpine", "3.20", "2026-04-01"},
	{"alpine", "3.21", "2026-11-01"},
	{"alpine", "3.22", "2027-05-01"},
	{"alpine", "3.23", "2027-11-01"},
	{"rhel", "5", "2017-03-31"},
	{"rhel", "6", "2020-11-30"},
	{"rhel", "7", "2024-06-30"},
	{"rhel", "8", "2029-05-31"},
	{"rhel", "9", "2032-05-31"},
	{"rhel", "10", "2035-05-31"},
	{"centos", "5", "2017-03-31"},
	{"centos", "6", "2020-11-30"},
	{"centos", "7", "2024-06-30"},
	{"centos", "8", "2021-12-31"},
	{"centos-stream", "8", "2024-05-31"},
	{"centos-stream", "9", "2027-05-31"},
	{"scientific", "6", "2020-11-30"},
	{"scientific", "7", "2024-06-30"},
	{"almalinux", "8", "2029-03-01"},
	{"almalinux", "9", "2032-05-31"},
	{"almalinux", "10", "2035-05-31"},
	{"rocky", "8", "2029-05-31"},
	{"rocky", "9", "2032-05-31"},
	{"rocky", "10", "2035-05-31"},
	{"oracle", "5", "2017-06-30"},
	{"oracle", "6", "2021-03-31"},
	{"oracle", "7", "2024-12-31"},
	{"oracle", "8", "2029-07-31"},
	{"oracle", "9", "2032-06-30"},
	{"oracle", "10", "2035-06-30"},
	{"amazon", "2018", "2023-12-31"},
	{"amazon", "2", "2026-06-30"},
	{"amazon", "2023", "2029-06-30"},
	{"fedora", "29", "2019-11-26"},
	{"fedora", "30", "2020-05-26"},
	{"fedora", "31", "2020-11-24"},
	{"fedora", "32", "2021-05-25"},
	{"fedora", "33", "2021-11-30"},
	{"fedora", "34", "2022-06-07"},
	{"fedora", "35", "2022-12-13"},
	{"fedora", "36", "2023-05-16"},
	{"fedora", "37", "2023-12-05"},
	{"fedora", "38", "2024-05-21"},
	{"fedora", "39", "2024-11-26"},
	{"fedora", "40", "2025-05-13"},
	{"fedora", "41", "2025-12-15"},
	{"fedora", "42", "2026-05-13"},
	{"photon", "1.0", "2022-02-28"},
	{"photon", "2.0", "2022-12-31"},
	{"photon", "3.0", "2024-03-01"},
	{"mariner", "1.0", "2023-07-31"},
	{"mariner", "2.0", "2025-07-31"},
	{"opensuse-leap", "42.1", "2017-05-17"},
	{"opensuse-leap", "42.2", "2018-01-26"},
	{"opensuse-leap", "42.3", "2019-06-30"},
	{"opensuse-leap", "15.0", "2019-12-03"},
	{"opensuse-leap", "15.1", "2021-02-02"},
	{"opensuse-leap", "15.2", "2022-01-04"},
	{"opensuse-leap", "15.3", "2022-12-31"},
	{"opensuse-leap", "15.4", "2023-12-07"},
	{"opensuse-leap", "15.5", "2024-12-31"},
	{"opensuse-leap", "15.6", "2026-04-30"},
	{"sles", "11.4", "2019-03-31"},
	{"sles", "12", "2016-06-30"},
	{"sles", "12.1", "2017-05-31"},
	{"sles", "12.2", "2018-03-31"},
	{"sles", "12.3", "2019-06-30"},
	{"sles", "12.4", "2020-06-30"},
	{"sles", "12.5", "2024-10-31"},
	{"sles", "15", "2019-12-31"},
	{"sles", "15.1", "2021-01-31"},
	{"sles", "15.2", "2021-12-31"},
	{"sles", "15.3", "2022-12-31"},
	{"sles", "15.4", "2023-12-31"},
	{"sles", "15.5", "2024-12-31"},
	{"sles", "15.6", "2025-12-31"},
	{"sles", "15.7", "2031-07-31"},
};

struct sv os_release_of(struct sv id, struct sv version)
{
	unsigned parts = 0;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(releases); i++)
		if (sv_is(id, releases[i].id))
			parts = releases[i].parts;
	if (!parts)
		return version;
	for (; n < version.n; n++)
		if (version.p[n] == '.' && --parts == 0)
			break;
	return sv_head(version, n);
}

struct sv os_eol(struct sv id, struct sv version)
{
	struct sv release = os_release_of(id, version);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (sv_is(id, ends[i].id) && sv_is(release, ends[i].release))
			return sv_of(ends[i].date);
	return (struct sv){0};
}
