#include "audit/read/engine.h"

void read_engine_remote(struct sv where, struct buf *out)
{
	parts_write(out, SV("remote"), where, PART_HERE, (struct sv){0});
}
