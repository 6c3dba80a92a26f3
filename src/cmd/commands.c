#include "cmd/command.h"

#define COMMAND(name) extern const struct command cmd_##name;
#include "cmd/commands.def"
#undef COMMAND

#define COMMAND(name) &cmd_##name,
const struct command *const commands[] = {
#include "cmd/commands.def"
};
#undef COMMAND

const size_t commands_n = ARRAY_LEN(commands);

const struct command *command_find(struct sv name)
{
	for (size_t i = 0; i < commands_n; i++)
		if (sv_is(name, commands[i]->name))
			return commands[i];
	return NULL;
}

const struct option_group *command_group(const struct command *c, size_t i)
{
	size_t n = 0;

	while (c->groups && c->groups[n])
		n++;
	if (i < n)
		return c->groups[i];
	return i == n ? &global_options : NULL;
}
