/* The facts of a manifest as JSON, for whoever writes rules: `gabion debug workload FILE...`. */
#include "cmd/command.h"

#include <stddef.h>

#include "base/limits.h"
#include "fact/set/set.h"
#include "fact/source.h"
#include "fmt/json-out.h"
#include "fmt/yaml.h"
#include "sys/file.h"

struct own {
	struct sv source;
};

static const struct option_row rows[] = {
	{"source", 0, "NAME", OPTION_TEXT, offsetof(struct own, source), NULL, NULL, NULL, 0,
	 "What the file is: compose, command, docker-create, docker-inspect ...; without it Kubernetes objects"},
};

static const struct option_group group = {
	.title = "Debug", .rows = rows, .n = ARRAY_LEN(rows), .own = true};

struct print {
	struct json_out w;
	struct sv source;
	struct set *set;
	struct sv file;
	struct arena facts;
};

static void record(struct json_out *w, const char *name, const struct node *n)
{
	if (!n)
		return;
	json_out_key(w, name);
	json_out_node(w, n);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct print *p = arg;
	uint32_t line = 0, column;

	if (o->meta) {
		doc_line_col(o->doc, o->object->start, &line, &column);
		set_add(p->set, o, p->file, line);
	}
	json_out_object(&p->w);
	json_out_kv(&p->w, "file", p->file);
	json_out_kv(&p->w, "kind", o->kind);
	json_out_kv(&p->w, "name", o->name);
	json_out_key(&p->w, "line");
	json_out_u64(&p->w, line);
	record(&p->w, "meta", o->meta);
	record(&p->w, "workload", o->workload);
	record(&p->w, "role", o->role);
	record(&p->w, "binding", o->binding);
	for (unsigned i = 0; i < o->more_n; i++)
		record(&p->w, o->more[i].type, o->more[i].record);
	if (o->isolation.n)
		json_out_kv(&p->w, "isolation", o->isolation);
	json_out_end(&p->w);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct print *p = arg;

	json_out_object(&p->w);
	json_out_kv(&p->w, "file", p->file);
	json_out_kv(&p->w, "fault", f->path);
	json_out_kv(&p->w, "expected", sv_of(f->expected ? f->expected : f->why));
	json_out_end(&p->w);
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	struct print *p = arg;

	(void)at;
	json_out_object(&p->w);
	json_out_kv(&p->w, "file", p->file);
	json_out_kv(&p->w, "other", sv_of(why));
	json_out_end(&p->w);
}

static void on_fact(void *arg, const struct set_fact *f)
{
	struct print *p = arg;

	json_out_object(&p->w);
	json_out_kv(&p->w, "file", f->file);
	json_out_key(&p->w, "line");
	json_out_u64(&p->w, f->line);
	record(&p->w, f->schema->name, f->record);
	json_out_end(&p->w);
	arena_clear(&p->facts);
}

static int print_source(struct print *p, struct arena *a, struct sv bytes, struct err *err)
{
	const struct fact_sink sink = {p, on_object, on_fault, on_other};
	const struct fact_source *source = fact_source_find(p->source);
	auto_done(parts_done) struct parts parts = {.arena = a};

	if (!source)
		return err_set(err, ERR_USAGE, "'%.*s' is no source of facts", SV_ARG(p->source));
	(void)parts_add(&parts, (struct sv){0}, p->file, bytes);
	source->objects(&parts, &sink);
	return 0;
}

static int print_file(struct print *p, const char *path, struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	auto_done(arena_done) struct arena a;
	const struct fact_sink sink = {p, on_object, on_fault, on_other};
	struct yaml_docs docs = {0};

	arena_init(&a, 0);
	int rc = file_read(path, limit_yaml_bytes, &bytes, err);
	if (rc < 0)
		return rc;
	p->file = sv_of(path);
	if (p->source.n)
		return print_source(p, &a, buf_view(&bytes), err);
	struct doc d = {.arena = &a, .name = p->file, .bytes = buf_view(&bytes), .dup = DUP_LAST};
	rc = yaml_parse_all(&d, YAML_KUBERNETES, &docs, err);
	for (size_t i = 0; rc == 0 && i < docs.n; i++) {
		if (docs.p[i].root)
			kube_objects(&a, &d, docs.p[i].root, &sink);
		else
			on_other(p, NULL, docs.p[i].err->msg);
	}
	return rc;
}

static int run(struct invocation *in, struct err *err)
{
	const struct own *own = in->own;
	struct print p = {.set = set_new(), .source = own->source};
	int rc = 0;

	json_out_init(&p.w, stdout, NULL, 2);
	json_out_array(&p.w);
	for (size_t i = 0; i < in->args.n && rc >= 0; i++)
		rc = print_file(&p, arena_str(&in->arena, in->args.p[i]), err);
	if (rc >= 0)
		set_facts(p.set, &p.facts, on_fact, &p);
	json_out_end(&p.w);
	arena_done(&p.facts);
	set_free(p.set);
	return rc < 0 ? rc : json_out_done(&p.w, err);
}

static const struct option_group *const groups[] = {&group, NULL};

const struct command cmd_debug_workload = {
	.name = "debug workload",
	.group = "Debug",
	.summary = "print what rules see of a manifest",
	.usage = "FILE...",
	.groups = groups,
	.own_size = sizeof(struct own),
	.args_min = 1,
	.args_max = SIZE_MAX,
	.flags = COMMAND_HIDDEN | COMMAND_NO_CONFIG,
	.run = run,
};
