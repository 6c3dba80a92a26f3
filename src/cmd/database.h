/* Which advisory database a command uses. */
#pragma once

#include "base/base.h"

/* The folder: --db (or GABION_DB), else the first of these that is there: $XDG_DATA_HOME/gabion/db,
 * ~/.local/share/gabion/db, /var/lib/gabion/db, db/ beside the program (as make leaves it), the
 * installed one. When none is there: the one that `db update` writes. */
struct sv database_find(struct arena *a, struct sv option);
/* Where `db update` and `db build` write without --db: /var/lib for root, the user's folder otherwise. */
struct sv database_own(struct arena *a);
/* db/ beside the program or the installed one, whether or not it is there. */
struct sv database_bundled(struct arena *a);
