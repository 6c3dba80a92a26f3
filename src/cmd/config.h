/*
 * gabion.yaml and GABION_<OPTION>. Keys are long option names; a key that is the name of a command
 * holds a mapping for that command alone, which wins over the top level of the same file.
 *
 * gabion.yaml of the working directory may come with the code that is judged. It is read only when
 * the caller owns it and nobody else can write it or swap it, and it cannot set guarded options.
 */
#pragma once

#include "cmd/command.h"
#include "fmt/node.h"

/* Files in order of rising rank; NULL = none. */
struct config_files {
	const char *system, *user, *dir;
};

/* Applies files (or only --config, when it was given), then the environment. Call after
 * parse_line(). */
int config_apply(struct invocation *in, const struct config_files *files,
		 struct err *err) must_check;
/* /etc, $XDG_CONFIG_HOME or ~/.config, working directory. user lives in the arena. */
struct config_files config_places(struct arena *a);
/* Applies one document. */
int config_document(struct invocation *in, enum option_source source, struct doc *d,
		    struct err *err) must_check;
