/* Until their readers stand: nothing is there to read. */
#include "audit/read/engine.h"
#include "audit/read/process.h"

__attribute__((weak)) bool read_process(const struct read_host *h, pid_t pid, uint64_t start,
					struct buf *out)
{
	(void)h;
	(void)pid;
	(void)start;
	(void)out;
	return false;
}

__attribute__((weak)) void read_engines(const struct read_host *h,
					const struct read_engine_options *o, struct buf *out)
{
	(void)h;
	(void)o;
	(void)out;
}

__attribute__((weak)) void read_engine_remote(struct sv where, struct buf *out)
{
	parts_write(out, SV("remote"), where, PART_HERE, where);
}
