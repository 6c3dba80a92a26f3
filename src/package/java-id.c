#include "package/java-id.h"

struct manifest {
	struct sv title, vendor_id, version;         /* Implementation-* */
	struct sv symbolic, bundle_version, license; /* Bundle-* */
	struct sv specification_version, module;
};

static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{"Implementation-Title", offsetof(struct manifest, title)},
	{"Implementation-Vendor-Id", offsetof(struct manifest, vendor_id)},
	{"Implementation-Version", offsetof(struct manifest, version)},
	{"Bundle-SymbolicName", offsetof(struct manifest, symbolic)},
	{"Bundle-Version", offsetof(struct manifest, bundle_version)},
	{"Bundle-License", offsetof(struct manifest, license)},
	{"Specification-Version", offsetof(struct manifest, specification_version)},
	{"Automatic-Module-Name", offsetof(struct manifest, module)},
};

bool java_archive_name(struct sv path)
{
	static const char *const suffixes[] = {".jar", ".war", ".ear", ".par", ".hpi"};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (path.n > 4 && sv_ieq(sv_from(path, path.n - 4), sv_of(suffixes[i])))
			return true;
	return false;
}

/* One word as ids are written: not empty, no spaces, no ${placeholder}. */
static bool is_word(struct sv v)
{
	if (v.n == 0 || sv_find(v, SV("${")) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '/' || v.p[i] == ':')
			return false;
	return true;
}

static struct sv word_or_empty(struct sv v)
{
	return is_word(v) ? v : (struct sv){0};
}

struct java_id java_pom(struct sv properties)
{
	struct java_id id = {0};
	struct sv line;

	while (sv_line(&properties, &line)) {
		struct sv value = sv_trim(line);
		size_t n = 0;

		if (value.n == 0 || value.p[0] == '#' || value.p[0] == '!')
			continue;
		while (n < value.n && value.p[n] != '=' && value.p[n] != ':' && value.p[n] != ' ')
			n++;
		struct sv key = sv_head(value, n);
		value = sv_trim(sv_from(value, n));
		if (value.n && (value.p[0] == '=' || value.p[0] == ':'))
			value = sv_trim(sv_from(value, 1));
		if (sv_is(key, "groupId"))
			id.group = word_or_empty(value);
		else if (sv_is(key, "artifactId"))
			id.artifact = word_or_empty(value);
		else if (sv_is(key, "version"))
			id.version = word_or_empty(value);
	}
	return id;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cut at the last "-digit": "log4j-1.2-api-2.17.1" is log4j-1.2-api at 2.17.1. */
bool java_file_name(struct sv file_name, struct java_id *out)
{
	if (!java_archive_name(file_name))
		return false;
	struct sv stem = sv_head(file_name, file_name.n - 4);

	for (size_t i = stem.n; i-- > 1;)
		if (stem.p[i] == '-' && i + 1 < stem.n && digit(stem.p[i + 1])) {
			out->artifact = sv_head(stem, i);
			out->version = sv_from(stem, i + 1);
			return is_word(out->artifact) && is_word(out->version);
		}
	return false;
}

static void keep_key(struct manifest *m, struct sv line)
{
	struct sv key = sv_cut(&line, ':');

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct sv *field = (struct sv *)(void *)((char *)m + keys[i].offset);

		if (sv_ieq(key, sv_of(keys[i].key)) && field->n == 0)
			*field = sv_trim(line);
	}
}

/* The main section ends at the first empty line; a line that begins with a space goes on the one
 * before. */
static struct manifest main_section(struct arena *a, struct sv text)
{
	struct manifest m = {0};
	struct sv line, logical = {0};
	auto_done(buf_done) struct buf joined = {0};

	while (sv_line(&text, &line) && line.n > 0) {
		if (line.p[0] == ' ') {
			buf_sv(&joined, sv_from(line, 1));
			continue;
		}
		logical = arena_sv(a, buf_view(&joined));
		keep_key(&m, logical);
		buf_clear(&joined);
		buf_sv(&joined, line);
	}
	keep_key(&m, arena_sv(a, buf_view(&joined)));
	/* "org.foo.bar;singleton:=true" */
	m.symbolic = sv_trim(sv_cut(&m.symbolic, ';'));
	return m;
}

/* "org.foo" of "org.foo.bar" when bar is (the end of) the artifact, else all of it. A group has a
 * dot. */
static struct sv group_of_name(struct sv name, struct sv artifact)
{
	struct sv before, last;

	if (!is_word(name) || !sv_rcut(name, '.', &before, &last))
		return (struct sv){0};
	struct sv found = sv_ends(artifact, last) ? before : name;
	return sv_find_char(found, '.') != SIZE_MAX ? found : (struct sv){0};
}

static struct sv group(const struct manifest *m, struct sv artifact)
{
	if (is_word(m->vendor_id) && sv_find_char(m->vendor_id, '.') != SIZE_MAX)
		return m->vendor_id;
	struct sv from = group_of_name(m->symbolic, artifact);
	return from.n ? from : group_of_name(m->module, artifact);
}

static struct sv manifest_version(const struct manifest *m)
{
	const struct sv candidates[] = {m->version, m->bundle_version, m->specification_version};

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++)
		if (is_word(candidates[i]) && digit(candidates[i].p[0]))
			return candidates[i];
	return (struct sv){0};
}

static struct sv plain_artifact(const struct manifest *m, struct sv file_name)
{
	struct sv before, last;

	if (is_word(m->title))
		return m->title;
	if (is_word(m->symbolic))
		return sv_rcut(m->symbolic, '.', &before, &last) ? last : m->symbolic;
	return java_archive_name(file_name) ? word_or_empty(sv_head(file_name, file_name.n - 4))
					    : (struct sv){0};
}

struct java_id java_manifest(struct arena *a, struct sv manifest, struct sv file_name)
{
	struct manifest m = main_section(a, manifest);
	struct sv version = manifest_version(&m);
	struct java_id id = {.license = m.license};

	if (java_file_name(file_name, &id)) {
		/* "-1.0-linux-x86_64.jar": the manifest knows where the version ends */
		if (version.n < id.version.n && version.n && sv_starts(id.version, version) &&
		    id.version.p[version.n] == '-')
			id.version = version;
	} else {
		id.artifact = plain_artifact(&m, file_name);
		id.version = version;
	}
	id.group = group(&m, id.artifact);
	return id;
}
