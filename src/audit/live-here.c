/* What runs here, without asking an engine: the kernel's view alone, and what runtimes have
 * written. */
#include "audit/live-int.h"

static int gather(void *arg, size_t which, struct buf *parts, struct err *err)
{
	struct live *l = arg;

	if (read_container(&l->host, &l->found.p[which], parts))
		return 0;
	(void)err_set(err, ERR_NOTFOUND, "its first process is gone");
	return err_code(err, "vanished");
}

static struct sv name_of(struct live *l, const struct read_container *c)
{
	if (c->name.n)
		return c->name;
	if (c->id.n)
		return sv_head(c->id, 12);
	return arena_fmt(&l->arena, "pid-%lld", (long long)c->pid);
}

int live_find_here(struct audit_targets *t, struct live *l, struct sv engine, struct report *r)
{
	struct err err;

	l->found = read_containers(&l->host, &l->arena);
	if (l->found.state == PART_UNREADABLE) {
		(void)err_set(&err, ERR_DENIED, "processes cannot be seen");
		(void)err_where(&err, "/proc");
		(void)err_hint(&err, "run as root; in a container with the host's processes "
				     "(--pid host) and --root");
		report_error_add(r, WEIGHT_FATAL, INDEX_NONE, &err);
	}
	free(l->items);
	l->items = xcalloc(l->found.n + 1, sizeof *l->items);
	for (size_t i = 0; i < l->found.n; i++) {
		const struct read_container *c = &l->found.p[i];
		if (engine.n && !sv_eq(c->engine, engine))
			continue;
		l->items[i] = (struct audit_live){.kind = SV("container"),
						  .scheme = c->engine,
						  .digest = c->id,
						  .gather = gather,
						  .arg = l,
						  .which = i};
		*VEC_PUSH(&t->items) =
			(struct audit_item){.path = name_of(l, c),
					    .source = fact_source_find(SV("process")),
					    .live = &l->items[i]};
	}
	return 0;
}
