/* Every fact of one object. */
#include "base/base.h"

#include "rule/engine.h"

void engine_object(struct engine *e, const struct fact_object *o, verdict_fn *tell, void *arg)
{
	e->foreign = !o->meta;
	if (o->workload)
		engine_judge(e, "workload", o->workload, tell, arg);
	for (unsigned i = 0; i < o->more_n; i++)
		engine_judge(e, o->more[i].type, o->more[i].record, tell, arg);
	if (!o->again && o->meta)
		engine_judge(e, "object", o->meta, tell, arg);
	if (!o->again && o->role)
		engine_judge(e, "role", o->role, tell, arg);
	if (!o->again && o->binding)
		engine_judge(e, "binding", o->binding, tell, arg);
	e->foreign = false;
}
