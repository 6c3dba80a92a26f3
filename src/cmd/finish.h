/* The beginning and end that commands with a report share. */
#pragma once

#include "cmd/command.h"
#include "report/judge.h"
#include "report/output.h"

/* Reads -o and what decides which findings count; format: the standard one. */
int finish_prepare(struct invocation *in, const char *format, struct judge *j,
		   struct outputs *outputs, struct err *err) must_check;
/* A table is written to standard output, and that is a terminal. */
bool finish_on_terminal(const struct outputs *o);
/* Judges, tells errors, writes. The exit code, or -kind. */
int finish_report(struct invocation *in, struct judge *j, const struct outputs *outputs,
		  struct report *r, struct err *err) must_check;
