#include "fact/seccomp.h"

#include "fmt/json.h"

static bool lets_through(const struct node *action)
{
	return sv_is(node_str(action), "SCMP_ACT_ALLOW") || sv_is(node_str(action), "SCMP_ACT_LOG");
}

bool seccomp_is_open(const struct node *filter)
{
	if (!filter)
		return true;
	if (!lets_through(node_get(filter, "defaultAction")))
		return false;
	NODE_EACH (it, node_get(filter, "syscalls"))
		if (!lets_through(node_get(it, "action")))
			return false;
	return true;
}

bool seccomp_text_is_open(struct arena *a, struct sv json)
{
	const struct node *root = NULL;
	struct err err;

	return json_read(a, SV("seccomp"), json, DUP_LAST, &root, &err) == 0 &&
	       node_is(root, NODE_OBJECT) && seccomp_is_open(root);
}
