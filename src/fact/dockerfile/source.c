/* The source "dockerfile": one object, its facts and the workload of its last stage. */
#include "fact/dockerfile/source.h"

#include "base/limits.h"
#include "fact/dockerfile/facts.h"

static void tell(const struct df_facts *d, const struct fact_sink *sink, uint32_t start,
		 uint32_t end, const char *why, const char *who)
{
	const struct node at = df_node(d, NODE_STRING, start, end);

	if (sink->fault)
		sink->fault(sink->arg, &(struct fact_fault){.at = &at, .why = why, .who = who});
}

static void tell_faults(const struct df_facts *d, const struct fact_sink *sink)
{
	const struct df_file *f = d->f;

	for (size_t i = 0; i < f->faults.n; i++)
		tell(d, sink, f->faults.p[i].start, f->faults.p[i].end, f->faults.p[i].why,
		     "BuildKit");
	if (f->bytes.n > limit_dockerfile_bytes)
		tell(d, sink, 0, 0, "larger than limit dockerfile_bytes allows", "gabion");
	else if (f->cut)
		tell(d, sink, 0, 0,
		     "more stages or instructions than limits dockerfile_stages and "
		     "dockerfile_instructions allow",
		     "gabion");
	if (d->shell.cut)
		tell(d, sink, 0, 0,
		     "more commands than limits shell_commands, shell_words and shell_depth allow",
		     "gabion");
}

/* Names that .dockerignore leaves out, line by line. */
static void ignored(struct parts *p, struct df_facts *d)
{
	struct sv rest = parts_bytes(p, SV("ignore")), line;
	const struct part *part = parts_find(p, SV("ignore"));
	size_t n = 0;

	if (!part || part->state != PART_HERE)
		return;
	for (struct sv all = rest; sv_line(&all, &line);)
		n++;
	if (n > limit_dockerfile_instructions)
		return;
	struct node *list = fact_list(d->f->a, d->record, DOCKERFILE_IGNORED, n, NULL);
	list->n = 0;
	for (struct sv all = rest; sv_line(&all, &line);) {
		line = sv_trim(line);
		if (!line.n || *line.p == '#')
			continue;
		uint32_t start = (uint32_t)(line.p - rest.p);
		struct node *item = &list->items[list->n++];
		*item = df_string(d, line, start, start + (uint32_t)line.n);
		item->doc = (uint16_t)(part - p->all.p);
	}
}

static void objects(struct parts *p, const struct fact_sink *sink)
{
	struct part *part = parts_find(p, (struct sv){0});
	struct fact_object o = {.kind = SV("Dockerfile"), .more_n = 1};

	if (!part || part->state != PART_HERE)
		return;
	struct doc *doc = parts_text(p, part);
	struct df_file f = {.a = p->arena, .bytes = part->bytes};
	struct df_facts d = {.f = &f, .doc = doc, .number = (uint16_t)(part - p->all.p)};
	df_parse(&f);
	df_facts(&d);
	ignored(p, &d);
	doc->root = df_tree(&f, d.number);
	o.doc = doc;
	o.object = doc->root;
	o.name = part->name;
	o.workload = df_workload(&d, part->name);
	o.more[0].type = "dockerfile";
	o.more[0].record = d.record;
	tell_faults(&d, sink);
	sink->object(sink->arg, &o);
	df_facts_done(&d);
	df_done(&f);
}

const struct fact_source source_dockerfile = {
	.name = "dockerfile",
	.about = "a Dockerfile, as BuildKit reads it",
	.objects = objects,
};
