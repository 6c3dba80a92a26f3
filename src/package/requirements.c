/*
 * requirements.txt of pip (pip.pypa.io, "Requirements File Format"; PEP 508 for one requirement).
 *
 * Only an exact pin (== or ===, without a wildcard) says which version is meant. All other
 * requirements are counted into one note a file, so that they do not look judged. Options (-r, -c,
 * -e, --index-url ...) are not followed: a file that is named there is read where it lies.
 */
#include "base/text.h"
#include "package/catalog.h"
#include "package/emit.h"
#include "package/python.h"

struct requirements {
	struct emit emit;
	struct arena *arena;
	size_t unpinned;
};

static bool space(char c)
{
	return c == ' ' || c == '\t';
}

/* A '#' begins a comment at the start of the line or behind white space. */
static struct sv without_comment(struct sv line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || space(line.p[i - 1])))
			return sv_head(line, i);
	return line;
}

/* Up to the first per-requirement option (" --hash=...") or marker (";"). */
static struct sv without_options(struct sv line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == ';' ||
		    (i > 0 && space(line.p[i - 1]) && sv_starts(sv_from(line, i), SV("--"))))
			return sv_trim(sv_head(line, i));
	return sv_trim(line);
}

/* One clause of a specifier: the version if it is an exact pin. */
static struct sv pin(struct sv clause)
{
	clause = sv_trim(clause);
	if (sv_starts(clause, SV("===")))
		return sv_trim(sv_from(clause, 3));
	if (!sv_starts(clause, SV("==")) || sv_ends(clause, SV("*")))
		return (struct sv){0};
	return sv_trim(sv_from(clause, 2));
}

static struct sv exact_version(struct sv specifier)
{
	if (specifier.n > 1 && specifier.p[0] == '(' && specifier.p[specifier.n - 1] == ')')
		specifier = sv_head(sv_from(specifier, 1), specifier.n - 2);
	while (specifier.n > 0) {
		struct sv version = pin(sv_cut(&specifier, ','));

		if (version.n)
			return version;
	}
	return (struct sv){0};
}

static bool name_byte(char c)
{
	return c == '-' || c == '_' || c == '.' || python_name_ok((struct sv){&c, 1});
}

static void requirement(struct requirements *r, struct sv line, uint32_t number)
{
	size_t n = 0;

	line = without_options(sv_trim(without_comment(line)));
	if (line.n == 0 || line.p[0] == '-')
		return;
	while (n < line.n && name_byte(line.p[n]))
		n++;

	struct sv name = sv_head(line, n), rest = sv_trim(sv_from(line, n));
	if (rest.n && rest.p[0] == '[') { /* extras */
		(void)sv_cut(&rest, ']');
		rest = sv_trim(rest);
	}
	struct sv version = exact_version(rest);
	if (version.n == 0)
		r->unpinned++;
	else if (!python_name_ok(name))
		emit_note(&r->emit, ERR_PARSE, number, "not a requirement");
	else
		emit_name_version(&r->emit, python_normal_name(r->arena, name), version, number);
}

/* Lines that end in a backslash go on in the next one. */
static void logical_lines(struct requirements *r, struct sv rest)
{
	auto_done(buf_done) struct buf joined = {0};
	struct sv line;
	uint32_t number = 0, first = 0;

	while (sv_line(&rest, &line)) {
		number++;
		if (joined.n == 0)
			first = number;
		bool more = sv_ends(line, SV("\\")) && !sv_starts(sv_trim(line), SV("#"));

		if (joined.n == 0 && !more) {
			requirement(r, line, number);
			continue;
		}
		buf_sv(&joined, more ? sv_head(line, line.n - 1) : line);
		buf_char(&joined, ' ');
		if (more)
			continue;
		requirement(r, buf_view(&joined), first);
		buf_clear(&joined);
	}
	if (joined.n)
		requirement(r, buf_view(&joined), first);
}

/* UTF-16 with a byte order mark, as PowerShell's redirection writes it, to UTF-8; lone surrogates
 * to U+FFFD. */
static struct sv from_utf16(struct sv bytes, bool big, struct buf *out)
{
	for (size_t i = 2; i + 1 < bytes.n; i += 2) {
		uint32_t cp = big ? be16(bytes.p + i) : le16(bytes.p + i);

		if (cp >= 0xd800 && cp < 0xdc00 && i + 3 < bytes.n) {
			uint32_t low = big ? be16(bytes.p + i + 2) : le16(bytes.p + i + 2);

			if (low >= 0xdc00 && low < 0xe000) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		utf8_encode(out, cp >= 0xd800 && cp < 0xe000 ? 0xfffd : cp);
	}
	return buf_view(out);
}

int requirements_read(const struct catalog_file *f, struct arena *a, struct catalog_sink *sink,
		      struct err *err)
{
	auto_done(buf_done) struct buf utf8 = {0};
	struct requirements r = {.emit = {.sink = sink,
					  .path = f->path,
					  .cataloger = "requirements",
					  .type = PKG_PYPI,
					  .evidence = EVIDENCE_LOCK},
				 .arena = a};
	struct sv text = emit_skip_bom(f->bytes);

	if (sv_starts(text, SV("\xff\xfe")) || sv_starts(text, SV("\xfe\xff")))
		text = from_utf16(text, text.p[0] == '\xfe', &utf8);
	if (sv_find_char(text, '\0') != SIZE_MAX) {
		err_set(err, ERR_PARSE, "not a text file");
		return err_where(err, "%.*s", SV_ARG(f->path));
	}
	logical_lines(&r, text);
	if (r.unpinned)
		emit_note(&r.emit, ERR_UNSUPPORTED, 0,
			  "%zu requirement%s without an exact version (==): not judged", r.unpinned,
			  r.unpinned == 1 ? "" : "s");
	return 0;
}
