/* docker-dump: what a source of facts makes of each line of standard input, a line of JSON each:
 * {"faults": [...], "objects": [WORKLOAD, ...]}. Usage: docker-dump SOURCE [ROLE=FILE]... */
#include <stdio.h>

#include "fact/source.h"
#include "fmt/json-out.h"

struct dump {
	struct json_out *w;
	struct buf faults, objects;
};

static void value(struct buf *b, const struct node *n)
{
	struct json_out w;
	struct err err;

	json_out_init(&w, NULL, b, 0);
	json_out_node(&w, n);
	if (json_out_done(&w, &err) < 0)
		err_print(stderr, &err);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct dump *d = arg;

	buf_str(&d->objects, d->objects.n ? "," : "");
	o->workload->items[WORKLOAD_OBJECT].kind = NODE_NULL;
	o->workload->items[WORKLOAD_CONTAINERS].items[0].items[CONTAINER_SOURCE].kind = NODE_NULL;
	value(&d->objects, o->workload);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct dump *d = arg;
	struct buf text = {0};
	struct node n = {.kind = NODE_STRING};

	buf_fmt(&text, "%.*s: %s%s", SV_ARG(f->path), f->note ? "note: " : "",
		f->why ? f->why : f->expected);
	n.text = buf_view(&text);
	buf_str(&d->faults, d->faults.n ? "," : "");
	value(&d->faults, &n);
	buf_done(&text);
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	(void)arg;
	(void)at;
	fprintf(stderr, "other: %s\n", why);
}

static void line(const struct fact_source *source, struct sv text, const struct parts *more)
{
	struct arena a = {0};
	struct parts p = {.arena = &a};
	struct dump d = {0};
	const struct fact_sink sink = {&d, on_object, on_fault, on_other, NULL};

	(void)parts_add(&p, SV(""), SV("line"), text);
	for (size_t i = 0; i < more->all.n; i++)
		(void)parts_add(&p, more->all.p[i].role, more->all.p[i].name, more->all.p[i].bytes);
	source->objects(&p, &sink);
	printf("{\"faults\":[%s],\"objects\":[%s]}\n", buf_cstr(&d.faults), buf_cstr(&d.objects));
	buf_done(&d.faults);
	buf_done(&d.objects);
	parts_done(&p);
	arena_done(&a);
}

static void slurp(FILE *f, struct buf *b)
{
	size_t n;

	do {
		n = fread(buf_reserve(b, 65536), 1, 65536, f);
		b->n += n;
	} while (n > 0);
	(void)buf_cstr(b);
}

int main(int argc, char **argv)
{
	const struct fact_source *source = argc > 1 ? fact_source_find(sv_of(argv[1])) : NULL;
	struct buf files[8] = {{0}}, input = {0};
	struct arena a = {0};
	struct parts more = {.arena = &a};
	struct sv rest, text;

	if (!source)
		return 2;
	for (int i = 2; i < argc && i < 8; i++) {
		struct sv path = sv_of(argv[i]), role = sv_cut(&path, '=');
		FILE *f = fopen(path.p, "r");
		if (!f)
			return 2;
		slurp(f, &files[i]);
		(void)fclose(f);
		(void)parts_add(&more, role, path, buf_view(&files[i]));
	}
	slurp(stdin, &input);
	rest = buf_view(&input);
	while (sv_line(&rest, &text))
		if (text.n)
			line(source, text, &more);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		buf_done(&files[i]);
	buf_done(&input);
	parts_done(&more);
	arena_done(&a);
	return 0;
}
