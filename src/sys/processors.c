#include "sys/processors.h"

#include <sched.h>

unsigned sys_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 2;
	int n = CPU_COUNT(&set);
	return n < 1 ? 1 : (unsigned)n;
}
