/* Registries, runtimes and limits of dockerd's configuration. */
#include "fact/engine/docker.h"

#include "base/vec.h"

void docker_registries(struct docker *d)
{
	struct node_vec insecure = {0}, mirrors = {0};

	docker_values(d, "insecure-registries", &insecure);
	docker_values(d, "registry-mirrors", &mirrors);
	for (size_t i = 0; i < insecure.n; i++) {
		const struct node *at = &insecure.p[i];
		struct node *n = work_registry(&d->w, at->text, at);
		fact_say(n, REGISTRY_INSECURE, NODE_BOOL, SV("true"), at);
		fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), at);
	}
	if (mirrors.n) {
		/* they stand for docker.io only */
		struct node *n = work_registry(&d->w, SV("docker.io"), &mirrors.p[0]);
		struct node *list =
			fact_list(d->w.a, n, REGISTRY_MIRRORS, mirrors.n, &mirrors.p[0]);
		memcpy(list->items, mirrors.p, mirrors.n * sizeof *mirrors.p);
		for (size_t i = 0; i < mirrors.n; i++)
			if (sv_starts(mirrors.p[i].text, SV("http://")))
				fact_say(n, REGISTRY_PLAIN, NODE_BOOL, SV("true"), &mirrors.p[i]);
	}
	vec_done(&insecure);
	vec_done(&mirrors);
}

static void runtime(struct docker *d, const struct node *said)
{
	const struct node *path = said->kind == NODE_OBJECT ? node_get(said, "path") : said;
	struct node *n = work_runtime(&d->w, said->key, said);

	if (said->kind == NODE_OBJECT && !node_str(path).n)
		path = node_get(said, "runtimeType");
	if (path && path->kind == NODE_STRING)
		fact_set(n, OCI_RUNTIME_PATH, path);
	fact_lists(n, &schema_oci_runtime);
}

void docker_runtimes(struct docker *d)
{
	struct node_vec v = {0};

	docker_values(d, "runtimes", &v);
	for (size_t i = 0; i < v.n; i++)
		runtime(d, &v.p[i]);
	NODE_EACH (it, node_get(d->info, "Runtimes"))
		runtime(d, it);
	vec_done(&v);
}

static void number(struct node *n, unsigned field, const struct node *said)
{
	int64_t value;

	if (said && node_i64(said, &value))
		fact_set(n, field, said);
}

static void ulimit(struct docker *d, struct node *n, const struct node *said)
{
	struct sv hard = said->text, soft = sv_cut(&hard, ':');

	fact_fill(d->w.a, n, &schema_ulimit, said);
	fact_say(n, ULIMIT_NAME, NODE_STRING, said->key, said);
	if (said->kind == NODE_OBJECT) {
		number(n, ULIMIT_SOFT, node_get(said, "Soft"));
		number(n, ULIMIT_HARD, node_get(said, "Hard"));
		return;
	}
	/* nofile=1024:2048, or one number for both */
	struct node from = *said;
	from.kind = NODE_NUMBER;
	from.text = soft;
	number(n, ULIMIT_SOFT, &from);
	from.text = hard.n ? hard : soft;
	number(n, ULIMIT_HARD, &from);
}

void docker_ulimits(struct docker *d)
{
	struct node_vec v = {0};

	docker_values(d, "default-ulimits", &v);
	if (v.n) {
		struct node *list =
			fact_list(d->w.a, d->w.record, ENGINE_DEFAULT_ULIMITS, v.n, &v.p[0]);
		for (size_t i = 0; i < v.n; i++)
			ulimit(d, &list->items[i], &v.p[i]);
		work_from(&d->w, SV("default_ulimits"), work_place(&d->w, &v.p[0]), &v.p[0]);
	} else if (d->certain) {
		work_default(&d->w, ENGINE_DEFAULT_ULIMITS, (struct sv){0});
	}
	vec_done(&v);
}
