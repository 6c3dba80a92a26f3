/* The commands are rows of cmd/commands.def. */
#include "cmd/command.h"

int main(int argc, char **argv)
{
	return cli_run(argc, argv);
}
