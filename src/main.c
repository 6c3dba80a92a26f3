#include <stdio.h>

int main(void)
{
	puts("gabion " GABION_VERSION);
	return 0;
}
