#include "base/log.h"

#include <stdarg.h>

#include "base/base.h"
#include "base/text.h"

enum log_level log_level = LOG_WARN;
void (*log_before_line)(void);

void log_at(enum log_level level, const char *fmt, ...)
{
	if (level > log_level)
		return;
	auto_done(buf_done) struct buf raw = {0}, line = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(&raw, fmt, ap);
	va_end(ap);
	buf_str(&line, level == LOG_WARN ? "gabion: warning: " : "gabion: ");
	text_escape(&line, buf_view(&raw));
	buf_char(&line, '\n');
	if (log_before_line)
		log_before_line();
	(void)fwrite(line.p, 1, line.n, stderr);
}

void log_err(const struct err *err)
{
	if (log_before_line)
		log_before_line();
	err_print(stderr, err);
}
