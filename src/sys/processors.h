/* How many workers can run at once. */
#pragma once

/* Processors that this process may use; 2 when the system does not say. */
unsigned sys_processors(void);
