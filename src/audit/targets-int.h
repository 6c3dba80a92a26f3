/* What a file or folder is by its name. */
#pragma once

#include "audit/targets.h"

enum guess {
	GUESS_READ,
	GUESS_LEAVE, /* for the reason */
};

/* By name, inside a walk; chart: a Chart.yaml stands beside it. *source: what reads a file of this
 * name; NULL: its content says. */
enum guess guess_file(struct sv name, bool chart, enum left_reason *why,
		      const struct fact_source **source);
/* Folders that are never entered: nothing in them is deployed from there. */
bool guess_skips_folder(struct sv name);
