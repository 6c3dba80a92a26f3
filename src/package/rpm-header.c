/*
 * rpm's header (file format V3/V4, "Header"): two counts, index entries of 16 bytes (tag, type,
 * offset, count; big endian), then the data. Every entry that is used is checked against the data
 * first.
 */
#include "package/rpm.h"

#include "base/limits.h"

enum { HEADER_START = 8, ENTRY_SIZE = 16, ENTRIES_MAX = 65535 };

enum tag_type { TYPE_INT16 = 3, TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8, TYPE_I18N = 9 };

enum want {
	NAME,
	VERSION,
	RELEASE,
	EPOCH,
	LICENSE,
	ARCH,
	SOURCERPM,
	MODULE,
	OLDFILENAMES,
	FILEMODES,
	DIRINDEXES,
	BASENAMES,
	DIRNAMES,
	WANTS,
};

static const struct {
	uint32_t tag, type;
	const char *name;
} wants[WANTS] = {
	[NAME] = {1000, TYPE_STRING, "NAME"},
	[VERSION] = {1001, TYPE_STRING, "VERSION"},
	[RELEASE] = {1002, TYPE_STRING, "RELEASE"},
	[EPOCH] = {1003, TYPE_INT32, "EPOCH"},
	[LICENSE] = {1014, TYPE_STRING, "LICENSE"},
	[ARCH] = {1022, TYPE_STRING, "ARCH"},
	[SOURCERPM] = {1044, TYPE_STRING, "SOURCERPM"},
	[MODULE] = {5096, TYPE_STRING, "MODULARITYLABEL"},
	[OLDFILENAMES] = {1027, TYPE_STRINGS, "OLDFILENAMES"},
	[FILEMODES] = {1030, TYPE_INT16, "FILEMODES"},
	[DIRINDEXES] = {1116, TYPE_INT32, "DIRINDEXES"},
	[BASENAMES] = {1117, TYPE_STRINGS, "BASENAMES"},
	[DIRNAMES] = {1118, TYPE_STRINGS, "DIRNAMES"},
};

/* A value: the data from its first byte to the end of the store. */
struct value {
	struct sv data;
	uint32_t count; /* 0 = the header has none */
};

struct header {
	struct value value[WANTS];
};

static bool type_fits(uint32_t have, uint32_t want)
{
	return have == want || (want == TYPE_STRING && have == TYPE_I18N);
}

/* NULL, or what is wrong. Entries behind the signed region replace those in it: the last one
 * counts. */
static const char *header_index(struct sv blob, struct header *h)
{
	if (blob.n < HEADER_START)
		return "is cut";
	size_t entries = be32(blob.p), length = be32(blob.p + 4);
	if (!entries || entries > ENTRIES_MAX || length > limit_file_bytes)
		return "has impossible sizes";
	if (HEADER_START + entries * ENTRY_SIZE + length > blob.n)
		return "is cut";
	struct sv data = sv_make(blob.p + HEADER_START + entries * ENTRY_SIZE, length);
	for (size_t i = 0; i < entries; i++) {
		const char *e = blob.p + HEADER_START + i * ENTRY_SIZE;
		for (size_t w = 0; w < WANTS; w++) {
			if (be32(e) != wants[w].tag)
				continue;
			if (!type_fits(be32(e + 4), wants[w].type) || be32(e + 8) >= length ||
			    !be32(e + 12))
				return "has an entry that points outside of its data";
			h->value[w] = (struct value){sv_from(data, be32(e + 8)), be32(e + 12)};
		}
	}
	return NULL;
}

/* Cuts one string that ends with NUL. */
static bool string_next(struct sv *rest, struct sv *out)
{
	size_t n = sv_find_char(*rest, '\0');

	if (n == SIZE_MAX)
		return false;
	*out = sv_head(*rest, n);
	*rest = sv_from(*rest, n + 1);
	return true;
}

/* NULL, or what is wrong. Texts that are absent are empty. */
static const char *header_texts(const struct header *h, struct sv text[WANTS])
{
	for (size_t w = 0; w < WANTS; w++) {
		struct sv rest = h->value[w].data;
		if (wants[w].type != TYPE_STRING || !h->value[w].count)
			continue;
		if (!string_next(&rest, &text[w]))
			return "has a text without an end";
		if (text[w].n > limit_field_bytes)
			return "has a text that is too long";
	}
	if (!text[NAME].n)
		return "has no NAME";
	return text[VERSION].n && text[RELEASE].n ? NULL : "has no VERSION or RELEASE";
}

/* "openssl-3.0.7-16.el9.src.rpm" to name and version. */
static void split_source(struct sv file, struct sv evr, struct package *p)
{
	static const struct sv ends[] = {{".src.rpm", 8}, {".nosrc.rpm", 10}};
	struct sv name, version, release;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (sv_ends(file, ends[i]))
			file = sv_head(file, file.n - ends[i].n);
	if (!sv_rcut(file, '-', &name, &release) || !sv_rcut(name, '-', &name, &version))
		return;
	struct sv whole = sv_from(file, name.n + 1);
	if (!sv_eq(name, p->name))
		p->source_name = name;
	if (!sv_eq(whole, evr)) {
		p->source_name = name;
		p->source_version = whole;
	}
}

/* "nodejs:12:8030020201124:229f0a1c": name and stream are what advisories know. */
static struct sv module_stream(struct sv label)
{
	struct sv rest = label;
	struct sv name = sv_cut(&rest, ':'), stream = sv_cut(&rest, ':');

	return sv_head(label, name.n + (stream.n ? 1 + stream.n : 0));
}

static void package_give(struct catalog_run *run, const struct header *h, struct sv text[WANTS])
{
	auto_done(buf_done) struct buf version = {0};
	struct package p = {
		.type = PKG_RPM,
		.name = text[NAME],
		.arch = text[ARCH],
		.module = module_stream(text[MODULE]),
	};
	size_t epoch = 0;

	if (h->value[EPOCH].count && h->value[EPOCH].data.n >= 4)
		buf_fmt(&version, "%u:", be32(h->value[EPOCH].data.p));
	epoch = version.n;
	buf_sv(&version, text[VERSION]);
	buf_char(&version, '-');
	buf_sv(&version, text[RELEASE]);
	p.version = buf_view(&version);
	split_source(text[SOURCERPM], sv_from(p.version, epoch), &p);
	if (text[LICENSE].n) {
		p.licenses.p = &text[LICENSE];
		p.licenses.n = 1;
	}
	catalog_package(run, &p, "rpm");
}

static bool is_dir(const struct value *modes, size_t i)
{
	enum { S_IFMT_BITS = 0170000, S_IFDIR_BITS = 0040000 };

	return i < modes->count && i * 2 + 2 <= modes->data.n &&
	       (be16(modes->data.p + i * 2) & S_IFMT_BITS) == S_IFDIR_BITS;
}

/* rpm before 4.0: whole paths. */
static const char *old_files(struct catalog_run *run, const struct header *h, struct sv owner)
{
	struct sv rest = h->value[OLDFILENAMES].data, path;

	for (size_t i = 0; i < h->value[OLDFILENAMES].count; i++) {
		if (!string_next(&rest, &path))
			return "has fewer file names than it says";
		if (!is_dir(&h->value[FILEMODES], i))
			catalog_owns(run, owner, path, (struct sv){0});
	}
	return NULL;
}

/* File names: a base name and the number of its directory each. NULL, or what is wrong. */
static const char *header_files(struct catalog_run *run, const struct header *h, struct sv owner)
{
	const struct value *names = &h->value[BASENAMES], *dirs = &h->value[DIRNAMES];
	const struct value *indexes = &h->value[DIRINDEXES];
	struct sv rest = dirs->data, name;
	struct sv_vec dir = {0};
	const char *fault = NULL;

	if (!names->count)
		return old_files(run, h, owner);
	/* a string takes a byte at least */
	if (names->count > names->data.n || dirs->count > dirs->data.n ||
	    indexes->data.n / 4 < names->count || indexes->count < names->count)
		return "has file names without their directories";
	for (size_t i = 0; i < dirs->count && !fault; i++)
		if (!string_next(&rest, VEC_PUSH(&dir)))
			fault = "has fewer directories than it says";
	rest = names->data;
	for (size_t i = 0; i < names->count && !fault; i++) {
		size_t at = be32(indexes->data.p + i * 4);
		if (!string_next(&rest, &name) || at >= dir.n)
			fault = "has a file name without its directory";
		else if (!is_dir(&h->value[FILEMODES], i))
			catalog_owns(run, owner, dir.p[at], name);
	}
	vec_done(&dir);
	return fault;
}

int rpm_header_read(struct catalog_run *run, struct sv blob, size_t offset)
{
	struct header h = {0};
	struct sv text[WANTS] = {0};
	const char *fault = header_index(blob, &h);

	if (!fault)
		fault = header_texts(&h, text);
	/* keys that rpm trusts are kept as packages */
	if (!fault && sv_is(text[NAME], "gpg-pubkey"))
		return 0;
	if (!fault) {
		package_give(run, &h, text);
		fault = header_files(run, &h, text[NAME]);
	}
	if (!fault)
		return 0;
	return catalog_fault(run, 0, "the package header%s%.*s at byte %zu %s",
			     text[NAME].n ? " of " : "", SV_ARG(sv_head(text[NAME], 100)), offset,
			     fault);
}
