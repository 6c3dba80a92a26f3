#include "fmt/expand.h"

#include "base/limits.h"

int expand_add(struct expand *e, size_t n, struct err *err)
{
	static const uint64_t free_bytes = 64u << 20;

	e->out += n;
	if (e->out > limit_layer_bytes)
		return err_set(err, ERR_LIMIT, "unpacks to more than %llu bytes (layer_bytes)",
			       (unsigned long long)limit_layer_bytes);
	if (e->out > free_bytes && (e->out - free_bytes) / limit_layer_ratio > e->in)
		return err_set(err, ERR_LIMIT,
			       "unpacks to more than %llu times its size (layer_ratio)",
			       (unsigned long long)limit_layer_ratio);
	return 0;
}
