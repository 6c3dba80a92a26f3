#include "fact/process/process-int.h"

bool proc_option(struct sv options, const char *word)
{
	while (options.n)
		if (sv_is(sv_cut(&options, ','), word))
			return true;
	return false;
}

/* 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue */
bool proc_mount_read(struct arena *a, struct sv line, struct proc_mount *out)
{
	struct sv rest = line, text;

	*out = (struct proc_mount){.line = line};
	if (!sv_u64(sv_cut(&rest, ' '), &out->id) || !sv_u64(sv_cut(&rest, ' '), &out->parent))
		return false;
	out->device = sv_cut(&rest, ' ');
	out->root = proc_unescape(a, sv_cut(&rest, ' '));
	out->target = proc_unescape(a, sv_cut(&rest, ' '));
	out->options = sv_cut(&rest, ' ');
	for (text = sv_cut(&rest, ' '); !sv_is(text, "-"); text = sv_cut(&rest, ' ')) {
		if (rest.n == 0)
			return false;
		if (sv_starts(text, SV("shared:")))
			out->shared = sv_from(text, 7);
		out->master |= sv_starts(text, SV("master:"));
	}
	out->type = sv_cut(&rest, ' ');
	out->source = proc_unescape(a, sv_cut(&rest, ' '));
	out->super = rest;
	return out->target.n > 0 && out->target.p[0] == '/' && out->type.n > 0;
}
