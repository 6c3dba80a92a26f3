/* GABION_<OPTION>: the long name in capitals, '_' for '-'. Empty counts as not set. */
#include "cmd/command.h"

#include <stdlib.h>

int environment_apply(struct invocation *in, struct err *err)
{
	for (size_t i = 0; i < in->settings.n; i++) {
		struct setting *s = &in->settings.p[i];
		auto_done(buf_done) struct buf name = {0};
		option_env_name(&name, s->row);
		const char *value = getenv(buf_cstr(&name));
		if (!value || !*value || (s->row->flags & OPTION_LINE_ONLY))
			continue;
		int rc = setting_apply(s, SOURCE_ENVIRONMENT, arena_sv(&in->arena, buf_view(&name)),
				       sv_of(value), err);
		if (rc < 0) {
			(void)err_ctx(err, "%s", buf_cstr(&name));
			return err_scope(err, SCOPE_CONFIG);
		}
	}
	return 0;
}
