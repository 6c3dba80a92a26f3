/* The command line (words divided by NUL or newline), --fail-on and -o. */
#include "base/base.h"

#include "cmd/command.h"
#include "report/fail-on.h"
#include "base/glob.h"
#include "report/output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORDS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *words[WORDS];
	struct fail_on on;
	struct outputs outputs = {0};
	struct err err;
	int n = 0;

	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0, start = 0; i <= size && n < WORDS; i++) {
		if (text[i] != '\n' && text[i] != '\0')
			continue;
		text[i] = '\0';
		words[n++] = text + start;
		start = i + 1;
	}
	const struct command *c = NULL;
	(void)!parse_command(n, words, &c, &err);
	struct invocation in;
	invocation_init(&in, command_find(SV("config")));
	if (parse_line(&in, n, words, &err) == 0) {
		(void)!fail_on_parse(&in.options.judge.fail_on, in.options.judge.unknown_as, &on,
				     &err);
		(void)!outputs_parse(&in.options.output, "table", &outputs, &err);
	}
	for (int i = 0; i + 1 < n; i++)
		(void)glob_match_path(sv_of(words[i]), sv_of(words[i + 1]));
	outputs_done(&outputs);
	invocation_done(&in);
	free(text);
	return 0;
}
