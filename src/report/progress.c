#include "base/base.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "report/progress.h"

#define SECOND      1000000000ll
#define QUIET_START (SECOND / 2)
#define REDRAW      (SECOND / 10)
#define LINE_EVERY  (5 * SECOND)

/* The line that a log message has to clear first. */
static struct progress *shown;

enum progress_mode progress_mode_of(unsigned when, bool quiet)
{
	const char *term = getenv("TERM");

	if (quiet || when == 2)
		return PROGRESS_OFF;
	if (when == 1)
		return PROGRESS_LINES;
	return isatty(STDERR_FILENO) == 1 && term && strcmp(term, "dumb") != 0 ? PROGRESS_LINE
									       : PROGRESS_OFF;
}

void bytes_text(struct buf *b, uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	double v = (double)bytes;
	size_t u = 0;

	for (; v >= 999.5 && u + 1 < ARRAY_LEN(units); u++)
		v /= 1000;
	buf_fmt(b, u > 0 && v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void time_text(struct buf *b, double seconds)
{
	uint64_t s = seconds < 1 ? 1 : seconds > 359999 ? 359999 : (uint64_t)(seconds + 0.5);

	if (s >= 3600)
		buf_fmt(b, "%llu h %llu min", (unsigned long long)(s / 3600),
			(unsigned long long)(s / 60 % 60));
	else if (s >= 60)
		buf_fmt(b, "%llu min %llu s", (unsigned long long)(s / 60),
			(unsigned long long)(s % 60));
	else
		buf_fmt(b, "%llu s", (unsigned long long)s);
}

void progress_text(struct buf *b, const struct progress *p, int64_t now)
{
	double seconds = (double)(now - p->start) / 1e9;
	double rate = seconds > 0 ? (double)p->done / seconds : 0;

	buf_str(b, p->what);
	if (p->items_total > 1)
		buf_fmt(b, "  %llu/%llu %s", (unsigned long long)p->items,
			(unsigned long long)p->items_total, p->unit);
	if (p->items_total > 1 && !p->done && !p->total)
		return;
	buf_str(b, "  ");
	bytes_text(b, p->done);
	if (p->total >= p->done && p->total) {
		buf_str(b, " of ");
		bytes_text(b, p->total);
	}
	if (rate < 1)
		return;
	buf_str(b, "  ");
	bytes_text(b, (uint64_t)rate);
	buf_str(b, "/s");
	if (p->total > p->done) {
		buf_str(b, "  ");
		time_text(b, (double)(p->total - p->done) / rate);
		buf_str(b, " left");
	}
}

static void clear(struct progress *p)
{
	if (!p->visible)
		return;
	/* back to the start of the line, erase it: ECMA-48 EL */
	(void)fputs("\r\x1b[K", p->to);
	(void)fflush(p->to);
	p->visible = false;
}

static void clear_shown(void)
{
	if (shown)
		clear(shown);
}

static unsigned terminal_width(FILE *to)
{
	struct winsize size;

	return ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

void progress_begin(struct progress *p, enum progress_mode mode, struct sv what, uint64_t total,
		    uint64_t items, const char *unit)
{
	auto_done(buf_done) struct buf safe = {0};

	*p = (struct progress){.to = stderr,
			       .mode = mode,
			       .width = 80,
			       .unit = unit,
			       .total = total,
			       .items_total = items};
	text_escape(&safe, what);
	struct sv head = text_fit(buf_view(&safe), 40);
	if (head.n >= sizeof p->what)
		head.n = utf8_valid(sv_head(head, sizeof p->what - 1));
	if (head.n)
		memcpy(p->what, head.p, head.n);
	p->start = clock_mono_ns();
	p->drawn = p->start + QUIET_START - (mode == PROGRESS_LINE ? REDRAW : LINE_EVERY);
	if (mode == PROGRESS_LINE) {
		p->width = terminal_width(p->to);
		shown = p;
		log_before_line = clear_shown;
	}
}

void progress_update(struct progress *p, uint64_t done, uint64_t items)
{
	auto_done(buf_done) struct buf b = {0};
	int64_t now;

	p->done = done;
	p->items = items;
	if (p->mode == PROGRESS_OFF)
		return;
	now = clock_mono_ns();
	if (now - p->drawn < (p->mode == PROGRESS_LINE ? REDRAW : LINE_EVERY))
		return;
	p->drawn = now;
	progress_text(&b, p, now);
	if (p->mode == PROGRESS_LINES) {
		(void)fprintf(p->to, "gabion: %s\n", buf_cstr(&b));
		return;
	}
	/* one column is left free: some terminals wrap when the last is written */
	b.n = text_fit(buf_view(&b), p->width - 1).n;
	(void)fprintf(p->to, "\r\x1b[K%.*s", SV_ARG(buf_view(&b)));
	(void)fflush(p->to);
	p->visible = true;
}

void progress_end(struct progress *p)
{
	clear(p);
	if (shown == p) {
		shown = NULL;
		log_before_line = NULL;
	}
	p->mode = PROGRESS_OFF;
}
