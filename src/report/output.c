#include "base/base.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/suggest.h"
#include "report/format.h"
#include "sys/file.h"

#define FORMAT(name, media, suffix) {#name, media, suffix, format_##name##_write},
const struct format_row formats[] = {
#include "report/formats.def"
};
#undef FORMAT

const size_t formats_n = ARRAY_LEN(formats);

const struct format_row *format_find(struct sv name)
{
	for (size_t i = 0; i < formats_n; i++)
		if (sv_ieq(name, sv_of(formats[i].name)))
			return &formats[i];
	return NULL;
}

void outputs_done(struct outputs *o)
{
	vec_done(o);
}

/* "-o report.sarif": a file without its format. */
static int lacks_format(struct sv value, struct err *err)
{
	const char *format = "FORMAT";
	size_t longest = 0;

	for (size_t i = 0; i < formats_n; i++) {
		size_t n = strlen(formats[i].suffix);
		if (n > longest && sv_ends(value, sv_of(formats[i].suffix))) {
			format = formats[i].name;
			longest = n;
		}
	}
	(void)err_set(err, ERR_USAGE, "-o %.*s: a file needs its format", SV_ARG(value));
	return err_hint(err, "-o %s=%.*s", format, SV_ARG(value));
}

static int unknown_format(struct sv name, struct err *err)
{
	struct suggest s = {.word = name};
	auto_done(buf_done) struct buf known = {0};

	for (size_t i = 0; i < formats_n; i++) {
		suggest_offer(&s, sv_of(formats[i].name));
		buf_fmt(&known, "%s%s", i ? ", " : "", formats[i].name);
	}
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_USAGE, "there is no output format '%.*s'", SV_ARG(name));
	if (best.n)
		return err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
	return err_hint(err, "there are %s", buf_cstr(&known));
}

static int parse_one(struct sv value, struct output *out, struct err *err)
{
	struct sv file = value, name = sv_cut(&file, '=');
	bool has_file = name.n < value.n;

	out->format = format_find(name);
	out->file = sv_is(file, "-") ? SV("") : file;
	if (has_file && !file.n)
		return err_set(err, ERR_USAGE, "-o %.*s: the file has no name", SV_ARG(value));
	if (out->format)
		return 0;
	if (!has_file &&
	    (sv_find_char(value, '.') != SIZE_MAX || sv_find_char(value, '/') != SIZE_MAX))
		return lacks_format(value, err);
	return unknown_format(name, err);
}

int outputs_parse(const struct sv_vec *values, const char *standard, struct outputs *out,
		  struct err *err)
{
	const struct output *first = NULL;

	for (size_t i = 0; i < values->n; i++) {
		struct output one;
		int rc = parse_one(values->p[i], &one, err);
		if (rc < 0)
			return rc;
		if (!one.file.n && first) {
			(void)err_set(err, ERR_USAGE, "two formats for standard output: %s and %s",
				      first->format->name, one.format->name);
			return err_hint(err, "write one of them to a file: -o %s=FILE",
					one.format->name);
		}
		*VEC_PUSH(out) = one;
		first = NULL;
		for (size_t k = 0; k < out->n; k++)
			if (!out->p[k].file.n)
				first = &out->p[k];
	}
	if (values->n == 0)
		*VEC_PUSH(out) = (struct output){.format = format_find(sv_of(standard))};
	return 0;
}

static int flush(FILE *to, const char *where, struct err *err)
{
	if (fflush(to) == 0 && !ferror(to))
		return 0;
	return err_sys(err, "cannot write %s", where);
}

static int write_file(const struct output *o, const struct report *r,
		      const struct report_style *style, struct err *err)
{
	/* no colours and no terminal's width in a file */
	struct report_style plain = {.color = false, .width = style->width};
	char *path = strndup(o->file.p, o->file.n);
	struct file_atomic file;
	int rc = path ? file_atomic_begin(path, 0644, &file, err)
		      : err_set(err, ERR_LIMIT, "no memory");

	if (rc == 0) {
		rc = o->format->write(r, file.to, &plain, err);
		if (rc == 0)
			rc = flush(file.to, path, err);
		if (rc == 0)
			rc = file_atomic_commit(&file, err);
		else
			file_atomic_abort(&file);
	}
	free(path);
	return rc;
}

/* A device or pipe (/dev/stdout, a fifo) is written in place: it cannot be renamed over. */
static int write_special(const struct output *o, const struct report *r,
			 const struct report_style *style, struct err *err)
{
	auto_free char *path = strndup(o->file.p, o->file.n);
	auto_fclose FILE *to = path ? fopen(path, "we") : NULL;

	if (!to)
		return err_sys(err, "cannot open %.*s", SV_ARG(o->file));
	int rc = o->format->write(r, to, style, err);
	return rc < 0 ? rc : flush(to, path, err);
}

static bool is_special(struct sv file)
{
	auto_free char *path = strndup(file.p, file.n);
	struct stat st;

	return path && stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_one(const struct output *o, const struct report *r,
		     const struct report_style *style, struct err *err)
{
	int rc;

	if (!o->file.n) {
		rc = o->format->write(r, stdout, style, err);
		if (rc == 0)
			rc = flush(stdout, "standard output", err);
	} else if (is_special(o->file)) {
		rc = write_special(o, r, style, err);
	} else {
		rc = write_file(o, r, style, err);
	}
	if (rc == 0)
		return 0;
	(void)err_where(err, "-o %s", o->format->name);
	return err_scope(err, SCOPE_OUTPUT);
}

int outputs_write(const struct outputs *o, const struct report *r, const struct report_style *style,
		  struct err *err)
{
	int first = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < o->n; i++) {
			struct err other;
			if ((o->p[i].file.n == 0) != (pass == 1))
				continue;
			int rc = write_one(&o->p[i], r, style, first ? &other : err);
			first = first ? first : rc;
		}
	}
	return first;
}

static bool is_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

struct report_style style_of(unsigned color_when)
{
	struct report_style s = {.width = 80};
	struct winsize size;
	bool terminal = isatty(STDOUT_FILENO) == 1;
	const char *columns = getenv("COLUMNS"), *term = getenv("TERM");
	uint64_t n;

	if (color_when == 0)
		s.color =
			!is_set("NO_COLOR") &&
			((terminal && term && strcmp(term, "dumb") != 0) ||
			 (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0));
	else
		s.color = color_when == 1;
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		s.width = size.ws_col;
	else if (columns && sv_u64(sv_of(columns), &n) && n > 0)
		s.width = (unsigned)(n > 1000 ? 1000 : n);
	if (s.width < 40)
		s.width = 40;
	return s;
}

void uuid_of(struct sv bytes, char out[37])
{
	/* a name space of our own, random once */
	static const unsigned char space[16] = {0x6d, 0x0b, 0x2f, 0x52, 0x9c, 0x1e, 0x4a, 0x77,
						0x8f, 0x3d, 0x5a, 0x60, 0xe2, 0xb4, 0x19, 0xc8};
	unsigned char d[EVP_MAX_MD_SIZE] = {0};
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (!c || EVP_DigestInit_ex(c, EVP_sha1(), NULL) != 1 ||
	    EVP_DigestUpdate(c, space, sizeof space) != 1 ||
	    EVP_DigestUpdate(c, bytes.p ? bytes.p : "", bytes.n) != 1 ||
	    EVP_DigestFinal_ex(c, d, NULL) != 1)
		abort();
	EVP_MD_CTX_free(c);
	d[6] = (unsigned char)((d[6] & 0x0F) | 0x50);
	d[8] = (unsigned char)((d[8] & 0x3F) | 0x80);
	(void)snprintf(out, 37,
		       "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0],
		       d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12],
		       d[13], d[14], d[15]);
}
