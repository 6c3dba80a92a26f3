#include "rule/kubernetes.h"

enum { HIGHEST = 10000 };

int kubernetes_minor(struct sv version, unsigned *minor, struct err *err)
{
	struct sv rest = version, major = sv_cut(&rest, '.');
	uint64_t n = 0;

	if (!version.n || sv_ieq(version, SV("latest"))) {
		*minor = 0;
		return 0;
	}
	if (!(sv_is(major, "1") || sv_is(major, "v1")) || !sv_u64(rest, &n) || n > HIGHEST) {
		(void)err_set(err, ERR_USAGE, "'%.*s' is no version of Kubernetes like 1.29",
			      SV_ARG(version));
		return err_scope(err, SCOPE_USAGE);
	}
	*minor = n ? (unsigned)n : 1;
	return 0;
}
