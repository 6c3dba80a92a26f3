#include "base/base.h"

#include <stdarg.h>

#include "base/text.h"
#include "report/table.h"

/* SGR parameters (ECMA-48, 8.3.117). */
static const char *const inks[] = {
	[INK_NONE] = NULL, [INK_CRITICAL] = "1;31", [INK_HIGH] = "31", [INK_MEDIUM] = "33",
	[INK_LOW] = "36",  [INK_FAINT] = "2",       [INK_BOLD] = "1",  [INK_GOOD] = "32",
};

void table_done(struct table *t)
{
	buf_done(&t->line);
}

enum ink ink_of(enum severity s)
{
	static const enum ink of[SEVERITIES] = {
		[SEV_CRITICAL] = INK_CRITICAL, [SEV_HIGH] = INK_HIGH,
		[SEV_MEDIUM] = INK_MEDIUM,     [SEV_LOW] = INK_LOW,
		[SEV_NEGLIGIBLE] = INK_FAINT,  [SEV_UNKNOWN] = INK_NONE,
	};

	return of[s];
}

/* Text that is safe already. */
static void put(struct table *t, enum ink ink, struct sv safe)
{
	if (t->color && inks[ink])
		buf_fmt(&t->line, "\x1b[%sm", inks[ink]);
	buf_sv(&t->line, safe);
	if (t->color && inks[ink])
		buf_str(&t->line, "\x1b[0m");
	t->column += text_width(safe);
	t->text |= safe.n > 0;
}

/* CI systems read commands from logs: "::" where a line's text begins, "##[" and "##vso[" anywhere.
 */
static void escape(struct table *t, struct buf *safe, struct sv text)
{
	auto_done(buf_done) struct buf plain = {0};

	if (sv_find_char(text, '#') == SIZE_MAX && !sv_starts(text, SV("::"))) {
		text_escape(safe, text);
		return;
	}
	text_escape(&plain, text);
	for (size_t i = 0; i < plain.n; i++) {
		struct sv rest = sv_make(plain.p + i, plain.n - i);
		if (i == 0 && !t->text && sv_starts(rest, SV("::")))
			buf_str(safe, "\\u{3a}");
		else if (sv_starts(rest, SV("##[")) || sv_starts(rest, SV("##vso[")))
			buf_str(safe, "\\u{23}");
		else
			buf_char(safe, plain.p[i]);
	}
}

void table_text(struct table *t, enum ink ink, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};
	size_t room = t->column < t->width ? t->width - t->column : 0;

	escape(t, &safe, text);
	if (text_width(buf_view(&safe)) > room && room > 0) {
		safe.n = text_fit(buf_view(&safe), room - 1).n;
		buf_str(&safe, "\u2026");
	}
	if (room > 0)
		put(t, ink, buf_view(&safe));
}

/* What is left of text without its first columns, at least so many of them. */
static struct sv text_behind(struct sv v, size_t columns)
{
	size_t gone = 0;

	while (v.n && gone < columns) {
		uint32_t cp;
		size_t n = utf8_decode(v, &cp);
		n = n ? n : 1;
		gone += text_width(sv_head(v, n));
		v = sv_from(v, n);
	}
	return v;
}

void table_path(struct table *t, enum ink ink, struct sv path, size_t behind)
{
	auto_done(buf_done) struct buf safe = {0}, cut = {0};
	size_t used = t->column + behind, room = used < t->width ? t->width - used : 0;

	escape(t, &safe, path);
	size_t width = text_width(buf_view(&safe));
	if (width <= room) {
		put(t, ink, buf_view(&safe));
		return;
	}
	if (room < 8) {
		table_text(t, ink, path);
		return;
	}
	struct sv head = text_fit(buf_view(&safe), (room - 1) / 3);
	buf_sv(&cut, head);
	buf_str(&cut, "\u2026");
	buf_sv(&cut, text_behind(buf_view(&safe), width - (room - 1 - text_width(head))));
	put(t, ink, buf_view(&cut));
}

void table_str(struct table *t, enum ink ink, const char *text)
{
	table_text(t, ink, sv_of(text));
}

void table_fmt(struct table *t, enum ink ink, const char *fmt, ...)
{
	auto_done(buf_done) struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	table_text(t, ink, buf_view(&b));
}

void table_to(struct table *t, size_t column)
{
	if (t->column >= column)
		return;
	buf_fill(&t->line, ' ', column - t->column);
	t->column = column;
}

void table_end_line(struct table *t)
{
	while (t->line.n && t->line.p[t->line.n - 1] == ' ')
		t->line.n--;
	buf_char(&t->line, '\n');
	(void)fwrite(t->line.p, 1, t->line.n, t->to);
	buf_clear(&t->line);
	t->column = 0;
	t->text = false;
}

static void put_word(struct table *t, enum ink ink, size_t indent, size_t gap, struct sv text)
{
	auto_done(buf_done) struct buf safe = {0};

	text_escape(&safe, text);
	size_t width = text_width(buf_view(&safe));
	if (t->column > indent && t->column + gap + width > t->width)
		table_end_line(t);
	if (t->column > indent)
		table_to(t, t->column + gap);
	table_to(t, indent);
	table_path(t, ink, text, 0);
}

void table_word(struct table *t, enum ink ink, size_t indent, struct sv text)
{
	put_word(t, ink, indent, 2, text);
}

void table_wrap(struct table *t, enum ink ink, size_t indent, struct sv text)
{
	bool first = true;

	while (text.n) {
		struct sv word = sv_cut(&text, ' ');
		if (!word.n)
			continue;
		put_word(t, ink, first && t->column ? t->column : indent, 1, word);
		first = false;
	}
}

void table_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
	buf_fmt(b, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

void table_levels(struct buf *b, const uint64_t *by_severity)
{
	const char *comma = "";

	for (size_t s = SEVERITIES; s-- > 0;) {
		if (!by_severity[s])
			continue;
		buf_fmt(b, "%s%llu %s", comma, (unsigned long long)by_severity[s],
			severity_name((enum severity)s));
		comma = ", ";
	}
}
