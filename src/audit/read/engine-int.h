/* What the readers of engines share: files into parts, and the paths that stand in them. */
#pragma once

#include "audit/read/engine.h"
#include "audit/read/host-int.h"
#include "base/map.h"

enum { ENGINE_FILE_MAX = 4 << 20 };

struct engine_reader {
	const struct read_host *h;
	const struct read_engine_options *o;
	struct buf *out;
	struct arena *a;
	struct map seen;     /* parts that were read: role and name */
	struct sv_vec stats; /* paths to be looked at in the end */
};

/* One part; its bytes, empty unless it is here. Good until the next read. Once for each name. */
struct sv engine_read(struct engine_reader *r, const char *role, struct sv path);
/* The files of a folder whose names end so. */
void engine_read_folder(struct engine_reader *r, const char *role, const char *folder,
			const char *ending);
/* Will be looked at; a pattern stands for all that it matches in its last name. */
void engine_stat(struct engine_reader *r, struct sv path);
/* Every absolute path that stands in the text. */
void engine_stat_all(struct engine_reader *r, struct sv text);
/* What stands behind the word in the text, up to white space, quotes or NUL: "--config-file" gives
 * the path behind it. Empty: nowhere. *rest behind it. */
struct sv engine_word_after(struct sv *rest, struct sv word);

/* Units, command lines, configuration files. */
void engine_read_daemons(struct engine_reader *r);
