/* Messages to people on standard error. Libraries return errors; commands log. */
#pragma once

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* -q: only errors; default: warnings; -v: info; -vv: debug. */
extern enum log_level log_level;

/* One line "gabion: ..."; hostile bytes are escaped. A progress line is cleared first. */
void log_at(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_err(const struct err *err);
/* Set by progress: called before a line is written. */
extern void (*log_before_line)(void);

#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
