/* Few names are searched one by one, many by halves: no hashing for the usual pod, and no quadratic
 * time for a hostile one. */
#include "fact/kube/kube-int.h"

enum { FEW = 16 };

void kube_names_add(struct kube_names *names, struct sv name, const struct node *value)
{
	names->p[names->n] = (struct kube_name){name, value, (uint32_t)names->n};
	names->n++;
}

static int by_name(const void *pa, const void *pb)
{
	const struct kube_name *a = pa, *b = pb;
	int order = sv_cmp(a->name, b->name);

	return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

void kube_names_sort(struct kube_names *names)
{
	if (names->n > FEW)
		qsort(names->p, names->n, sizeof *names->p, by_name);
}

const struct node *kube_names_find(const struct kube_names *names, struct sv name)
{
	if (names->n <= FEW) {
		for (size_t i = names->n; i-- > 0;)
			if (sv_eq(names->p[i].name, name))
				return names->p[i].value;
		return NULL;
	}
	/* the first that sorts behind the name: the one in front of it is the last of the name */
	size_t lo = 0, hi = names->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (sv_cmp(names->p[mid].name, name) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 && sv_eq(names->p[lo - 1].name, name) ? names->p[lo - 1].value : NULL;
}
