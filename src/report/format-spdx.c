/* SPDX 2.3, JSON: what is in the subjects. Findings have no place of their own there. */
#include "report/format.h"

#include "base/clock.h"
#include "base/text.h"
#include "fmt/json-out.h"

/* Identifiers of the SPDX license list that packages use most; other texts become LicenseRef-n. */
static const char *const known_licenses[] = {
	"0BSD",
	"AFL-3.0",
	"AGPL-3.0-only",
	"AGPL-3.0-or-later",
	"Apache-1.1",
	"Apache-2.0",
	"Artistic-1.0",
	"Artistic-2.0",
	"BSD-1-Clause",
	"BSD-2-Clause",
	"BSD-3-Clause",
	"BSD-4-Clause",
	"BSL-1.0",
	"BlueOak-1.0.0",
	"CC-BY-3.0",
	"CC-BY-4.0",
	"CC0-1.0",
	"CDDL-1.0",
	"CDDL-1.1",
	"EPL-1.0",
	"EPL-2.0",
	"EUPL-1.2",
	"GPL-1.0-only",
	"GPL-1.0-or-later",
	"GPL-2.0-only",
	"GPL-2.0-or-later",
	"GPL-3.0-only",
	"GPL-3.0-or-later",
	"HPND",
	"ICU",
	"IJG",
	"ISC",
	"LGPL-2.0-only",
	"LGPL-2.0-or-later",
	"LGPL-2.1-only",
	"LGPL-2.1-or-later",
	"LGPL-3.0-only",
	"LGPL-3.0-or-later",
	"Libpng",
	"MIT",
	"MIT-0",
	"MPL-1.1",
	"MPL-2.0",
	"MS-PL",
	"NCSA",
	"OFL-1.1",
	"OLDAP-2.8",
	"OpenSSL",
	"PHP-3.01",
	"PostgreSQL",
	"Python-2.0",
	"Ruby",
	"Sleepycat",
	"TCL",
	"Unicode-DFS-2016",
	"Unlicense",
	"Vim",
	"W3C",
	"WTFPL",
	"X11",
	"Zlib",
	"ZPL-2.1",
	"bzip2-1.0.6",
	"curl",
};

static void kv(struct json_out *w, const char *key, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, text);
	json_out_kv(w, key, buf_view(&safe));
}

static void kv_word(struct json_out *w, const char *key, const char *word)
{
	json_out_kv(w, key, sv_of(word));
}

static bool is_known(struct sv license)
{
	for (size_t i = 0; i < ARRAY_LEN(known_licenses); i++)
		if (sv_is(license, known_licenses[i]))
			return true;
	return false;
}

/* Licenses of package i have numbers i.k: LicenseRef-i-k needs no table. */
static void put_declared(struct json_out *w, const struct package *p, size_t number)
{
	auto_done(buf_done) struct buf b = {0};

	for (size_t i = 0; i < p->licenses.n; i++) {
		buf_str(&b, i ? " AND " : "");
		if (is_known(p->licenses.p[i]))
			buf_sv(&b, p->licenses.p[i]);
		else
			buf_fmt(&b, "LicenseRef-%zu-%zu", number, i);
	}
	json_out_kv(w, "licenseDeclared", b.n ? buf_view(&b) : SV("NOASSERTION"));
}

static void put_extracted(struct json_out *w, const struct report *r)
{
	json_out_key(w, "hasExtractedLicensingInfos");
	json_out_array(w);
	for (size_t i = 0; i < r->packages.n; i++) {
		const struct package *p = &r->packages.p[i];
		for (size_t k = 0; k < p->licenses.n; k++) {
			auto_done(buf_done) struct buf id = {0};
			if (is_known(p->licenses.p[k]))
				continue;
			buf_fmt(&id, "LicenseRef-%zu-%zu", i, k);
			json_out_object(w);
			json_out_kv(w, "licenseId", buf_view(&id));
			kv(w, "name", p->licenses.p[k]);
			kv(w, "extractedText", p->licenses.p[k]);
			json_out_end(w);
		}
	}
	json_out_end(w);
}

static void put_id(struct json_out *w, const char *key, const char *kind, size_t number)
{
	auto_done(buf_done) struct buf id = {0};

	buf_fmt(&id, "SPDXRef-%s-%zu", kind, number);
	json_out_kv(w, key, buf_view(&id));
}

static void put_fixed_fields(struct json_out *w)
{
	kv_word(w, "downloadLocation", "NOASSERTION");
	json_out_key(w, "filesAnalyzed");
	json_out_bool(w, false);
	kv_word(w, "licenseConcluded", "NOASSERTION");
	kv_word(w, "copyrightText", "NOASSERTION");
}

static void put_subject(struct json_out *w, const struct report *r, size_t number)
{
	const struct subject *s = &r->subjects.p[number];
	bool image = sv_is(s->kind, "image") || sv_is(s->kind, "container");

	json_out_object(w);
	put_id(w, "SPDXID", "Subject", number);
	kv(w, "name", s->name.n ? s->name : s->id);
	if (s->digest.n)
		kv(w, "versionInfo", s->digest);
	put_fixed_fields(w);
	kv_word(w, "licenseDeclared", "NOASSERTION");
	kv_word(w, "primaryPackagePurpose", image ? "CONTAINER" : "OTHER");
	if (sv_starts(s->digest, SV("sha256:")) && s->digest.n == 71) {
		json_out_key(w, "checksums");
		json_out_array(w);
		json_out_object(w);
		kv_word(w, "algorithm", "SHA256");
		kv(w, "checksumValue", sv_from(s->digest, 7));
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_package(struct json_out *w, const struct report *r, size_t number)
{
	const struct package *p = &r->packages.p[number];
	auto_done(buf_done) struct buf places = {0};

	json_out_object(w);
	put_id(w, "SPDXID", "Package", number);
	kv(w, "name", p->name);
	if (p->version.n)
		kv(w, "versionInfo", p->version);
	put_fixed_fields(w);
	put_declared(w, p, number);
	kv_word(w, "primaryPackagePurpose", p->main_module ? "APPLICATION" : "LIBRARY");
	for (size_t i = 0; i < p->locations.n; i++)
		buf_fmt(&places, "%s%.*s", i ? ", " : "found in ", SV_ARG(p->locations.p[i].path));
	if (places.n)
		kv(w, "sourceInfo", buf_view(&places));
	if (p->purl.n) {
		json_out_key(w, "externalRefs");
		json_out_array(w);
		json_out_object(w);
		kv_word(w, "referenceCategory", "PACKAGE-MANAGER");
		kv_word(w, "referenceType", "purl");
		kv(w, "referenceLocator", p->purl);
		json_out_end(w);
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_relation(struct json_out *w, const char *type, size_t subject, size_t package)
{
	json_out_object(w);
	if (package == INDEX_NONE)
		kv_word(w, "spdxElementId", "SPDXRef-DOCUMENT");
	else
		put_id(w, "spdxElementId", "Subject", subject);
	kv_word(w, "relationshipType", type);
	if (package == INDEX_NONE)
		put_id(w, "relatedSpdxElement", "Subject", subject);
	else
		put_id(w, "relatedSpdxElement", "Package", package);
	json_out_end(w);
}

static void put_relations(struct json_out *w, const struct report *r)
{
	json_out_key(w, "relationships");
	json_out_array(w);
	for (size_t i = 0; i < r->subjects.n; i++)
		put_relation(w, "DESCRIBES", i, INDEX_NONE);
	for (size_t i = 0; i < r->packages.n; i++)
		if (r->packages.p[i].subject < r->subjects.n)
			put_relation(w, "CONTAINS", r->packages.p[i].subject, i);
	json_out_end(w);
}

static void put_head(struct json_out *w, const struct report *r)
{
	auto_done(buf_done) struct buf time = {0}, space = {0};
	char uuid[37];

	view_serial(r, uuid);
	clock_fmt(&time, r->time);
	buf_fmt(&space, "https://gabion.invalid/spdx/%s", uuid);
	kv_word(w, "spdxVersion", "SPDX-2.3");
	kv_word(w, "dataLicense", "CC0-1.0");
	kv_word(w, "SPDXID", "SPDXRef-DOCUMENT");
	kv(w, "name",
	   r->subjects.n && r->subjects.p[0].name.n ? r->subjects.p[0].name : SV("gabion"));
	json_out_kv(w, "documentNamespace", buf_view(&space));
	json_out_key(w, "creationInfo");
	json_out_object(w);
	json_out_kv(w, "created", buf_view(&time));
	json_out_key(w, "creators");
	json_out_array(w);
	json_out_str(w, SV("Tool: gabion-" GABION_VERSION));
	json_out_end(w);
	json_out_end(w);
	if (!r->complete)
		kv_word(w, "comment", "Incomplete: not everything could be read.");
}

int format_spdx_write(const struct report *r, FILE *to, const struct report_style *style,
		      struct err *err)
{
	struct json_out out, *w = &out;

	(void)style;
	json_out_init(w, to, NULL, 2);
	json_out_object(w);
	put_head(w, r);
	json_out_key(w, "packages");
	json_out_array(w);
	for (size_t i = 0; i < r->subjects.n; i++)
		put_subject(w, r, i);
	for (size_t i = 0; i < r->packages.n; i++)
		put_package(w, r, i);
	json_out_end(w);
	put_extracted(w, r);
	put_relations(w, r);
	json_out_end(w);
	return json_out_done(w, err);
}
