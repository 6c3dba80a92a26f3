#include "audit/judge.h"

#include <stdlib.h>

#include "base/limits.h"
#include "fmt/json.h"
#include "rule/suppress.h"

enum { FAULTS_TOLD = 100 };

void judge_work_init(struct judge_work *w, const struct audit_plan *plan, struct frame_writer *out)
{
	*w = (struct judge_work){.plan = plan, .out = out};
	arena_init(&w->arena, 0);
	engine_init(&w->engine, plan->rules);
	w->engine.selected = plan->selected;
	w->engine.all = plan->all || plan->states;
	w->engine.uncovered = plan->states;
	w->engine.trace = plan->trace;
	if (plan->states)
		w->states = xcalloc(plan->rules->all.n + 1, sizeof *w->states);
	w->excepted = xcalloc(plan->rules->all.n + 1, sizeof *w->excepted);
	w->engine.minor = plan->minor;
}

void judge_work_done(struct judge_work *w)
{
	engine_done(&w->engine);
	arena_done(&w->arena);
	map_done(&w->told);
	vec_done(&w->wants);
	free(w->states);
	free(w->excepted);
}

void judge_error(struct judge_work *w, enum error_weight weight, struct err *err, uint32_t at)
{
	uint32_t line, column;

	if (w->fixer) {
		fixer_error(w);
		return;
	}
	if (w->faults++ >= FAULTS_TOLD) {
		w->counts.dropped++;
		return;
	}
	if (!err->where[0] && w->name.n && !w->doc.bytes.n) {
		(void)err_where(err, "%.*s", SV_ARG(sv_head(w->name, 250)));
	} else if (!err->where[0]) {
		doc_line_col(&w->doc, at, &line, &column);
		(void)err_where(err, "%.*s:%u:%u", SV_ARG(sv_head(w->name, 200)), line, column);
	}
	frame_begin(w->out, AUDIT_ERROR);
	frame_u64(w->out, weight);
	frame_err(w->out, err);
	frame_end(w->out);
}

void judge_error_at(struct judge_work *w, enum error_weight weight, struct err *err,
		    const struct node *at)
{
	const struct part *part = w->parts && at ? part_of_node(w->parts, at) : NULL;
	uint32_t line, column;

	if (part && !err->where[0]) {
		if (part->doc)
			doc_line_col(part->doc, at->start, &line, &column);
		if (part->doc && !part_is_answer(part))
			(void)err_where(err, "%.*s:%u:%u", SV_ARG(sv_head(part->name, 200)), line,
					column);
		else
			(void)err_where(err, "%.*s", SV_ARG(sv_head(part->name, 250)));
	}
	judge_error(w, weight, err, at ? at->start : 0);
}

/* That the cluster made a role itself is the object's own word: --strict does not take it. */
static void believe_nothing(const struct fact_object *o)
{
	if (o->role)
		o->role->items[ROLE_BUILT_IN].text = SV("false");
	if (o->binding)
		o->binding->items[BINDING_BUILT_IN].text = SV("false");
}

static bool on_unknown(void *arg, struct sv id, uint32_t at)
{
	struct judge_work *w = arg;
	struct err err;

	(void)rules_unknown(w->plan->rules, "ignore", id, &err);
	err.where[0] = '\0';
	(void)err_code(&err, "unknown-ignore");
	judge_error(w, WEIGHT_NOTE, &err, at);
	return w->faults < FAULTS_TOLD;
}

static void check_annotations(struct judge_work *w, const struct node *record, unsigned field)
{
	if (record && fact_has(record, field) && !w->again && !w->plan->strict)
		suppress_check_annotations(w->plan->rules, &record->items[field], on_unknown, w);
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct judge_work *w = arg;
	uint32_t line, column;

	if (w->plan->strict)
		believe_nothing(o);

	if (w->counts.objects >= limit_file_objects) {
		w->counts.dropped++;
		return;
	}
	w->object = o;
	w->object_told = false;
	memset(w->excepted, 0, w->plan->rules->all.n * sizeof *w->excepted);
	engine_object(&w->engine, o, judge_verdict, w);
	check_annotations(w, o->workload, WORKLOAD_POD_ANNOTATIONS);
	if (!o->again) {
		if (!o->workload || !sv_is(o->kind, "Pod"))
			check_annotations(w, o->meta, META_ANNOTATIONS);
		w->counts.objects += !w->again;
	}
	/* what it could do to the host is said also where nothing is wrong */
	if (o->isolation.n && !w->object_told && !w->fixer)
		judge_tell_object(w, o->kind, o->ns, o->name);
	if (w->set && o->meta && !w->again) {
		doc_line_col(&w->doc, o->object->start, &line, &column);
		set_add(w->set, o, w->name, line);
		judge_tell_exceptions(w, o);
	}
	w->object = NULL;
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct judge_work *w = arg;
	struct err err;

	if (w->again)
		return;
	const char *who = f->who ? f->who : w->parts ? NULL : "the API server";
	bool refused = who && !f->note;
	(void)err_set(&err, ERR_PARSE, "%.*s%s%s%s%s%s", SV_ARG(sv_head(f->path, 200)),
		      f->why ? f->path.n ? ": " : "" : " must be of the type ",
		      f->why ? f->why : f->expected, refused ? ": " : "", refused ? who : "",
		      !refused   ? ""
		      : w->parts ? " refuses this"
				 : " refuses this object");
	(void)err_code(&err, f->note ? "note" : f->why ? "refused" : "wrong-type");
	if (refused)
		(void)err_hint(&err, "it was judged as the more dangerous reading");
	judge_error_at(w, f->note ? WEIGHT_NOTE : WEIGHT_FATAL, &err, f->at);
}

static void on_other(void *arg, const struct node *at, const char *why)
{
	struct judge_work *w = arg;
	uint32_t line, column;
	struct err err;

	if (w->again || w->fixer)
		return;
	/* half of an object is no other kind of file: somebody should know */
	if (node_get(at, "kind") || node_get(at, "apiVersion")) {
		(void)err_set(&err, ERR_PARSE, "not judged: %s", why);
		(void)err_code(&err, "no-object");
		judge_error_at(w, WEIGHT_NOTE, &err, at);
	}
	struct doc *d = place_doc(w, at);
	line = 0;
	if (d)
		doc_line_col(d, at->start, &line, &column);
	frame_begin(w->out, AUDIT_LEFT);
	frame_u64(w->out, line);
	frame_end(w->out);
}

/* The second keys of an object are an error each; true when there are some. Both readers bound the
 * depth of their trees. */
static bool find_duplicates(struct judge_work *w, const struct node *n)
{
	bool any = false;
	struct err err;

	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY)
		return false;
	for (uint32_t i = 0; i < n->n; i++) {
		const struct node *c = &n->items[i];
		any |= find_duplicates(w, c);
		if (n->kind != NODE_OBJECT || !(c->flags & NODE_DUPLICATE))
			continue;
		any = true;
		(void)err_set(&err, ERR_PARSE, "the key '%.*s' stands twice in one object",
			      SV_ARG(sv_head(c->key, 100)));
		(void)err_code(&err, "duplicate-key");
		(void)err_hint(&err, "both readings were judged; remove one");
		judge_error(w, WEIGHT_FATAL, &err, c->key_start);
	}
	return any;
}

/* From "the last counts" to "the first counts". */
static void take_first(struct node *n)
{
	if (n->kind != NODE_OBJECT && n->kind != NODE_ARRAY)
		return;
	n->flags = (uint8_t)(n->flags & ~NODE_DUP_LAST);
	for (uint32_t i = 0; i < n->n; i++)
		take_first(&n->items[i]);
}

static void on_want(void *arg, struct sv path, const struct node *at)
{
	struct judge_work *w = arg;

	if (!w->parts || w->wants.n >= limit_item_files)
		return;
	struct sv name = parts_file_name(w->parts, path, at);
	if (!parts_named(w->parts, SV("file"), name))
		*VEC_PUSH(&w->wants) = name;
}

/* alone: the file has no other document. */
static void judge_document(struct judge_work *w, const struct node *root, bool alone)
{
	const struct fact_sink sink = {.arg = w,
				       .object = on_object,
				       .fault = on_fault,
				       .other = on_other,
				       .want = w->holds ? on_want : NULL};
	const struct fact_source *source = judge_source_of(w, root);

	if (root->kind == NODE_NULL)
		return;
	w->root = root;
	w->near.in = NULL;
	if (source) {
		struct doc *d = ARENA_NEW(&w->arena, struct doc);
		*d = w->doc;
		d->root = (struct node *)(uintptr_t)root;
		judge_source(w, source, alone ? NULL : d, &sink);
		return;
	}
	w->twice = find_duplicates(w, root);
	w->again = false;
	kube_objects(&w->arena, &w->doc, root, &sink);
	if (!w->twice)
		return;
	take_first((struct node *)(uintptr_t)root);
	w->again = true;
	kube_objects(&w->arena, &w->doc, root, &sink);
	w->again = w->twice = false;
	map_done(&w->told);
	w->told = (struct map){0};
}

static bool looks_like_json(struct sv bytes)
{
	struct sv v = sv_trim(bytes);

	return v.n && (v.p[0] == '{' || v.p[0] == '[');
}

/* Templates are the usual reason for a document that is none. */
static void broken(struct judge_work *w, const struct err *why, struct sv text)
{
	struct err err = *why;

	if (sv_find(text, SV("{{")) != SIZE_MAX && sv_find(text, SV("}}")) != SIZE_MAX) {
		err.hint[0] = '\0';
		(void)err_hint(&err,
			       "a template? render it first: helm template . | gabion audit -");
	}
	judge_error(w, WEIGHT_FATAL, &err, 0);
}

static void judge_yaml(struct judge_work *w)
{
	struct yaml_docs docs = {0};
	struct err err;

	if (yaml_parse_all(&w->doc, YAML_KUBERNETES, &docs, &err) < 0) {
		broken(w, &err, w->doc.bytes);
		return;
	}
	for (size_t i = 0; i < docs.n; i++)
		if (docs.p[i].root && judge_source_of(w, docs.p[i].root))
			judge_hold(w);
	for (size_t i = 0; i < docs.n; i++) {
		const struct yaml_doc *d = &docs.p[i];
		if (d->root) {
			judge_document(w, d->root, docs.n == 1);
			if (!w->plan->strict)
				suppress_check_comments(w->plan->rules, w->doc.bytes, d->root,
							(uint32_t)d->start, (uint32_t)d->end,
							on_unknown, w);
		} else {
			broken(w, d->err,
			       sv_make(w->doc.bytes.p + d->start, (size_t)(d->end - d->start)));
		}
	}
}

/* JSON by its own reader, which is stricter and faster; what only looks like it is YAML. */
static void judge_text(struct judge_work *w)
{
	bool named = sv_ends(w->name, SV(".json"));
	struct err err;

	if (w->source && !w->source->is) {
		const struct fact_sink sink = {
			.arg = w, .object = on_object, .fault = on_fault, .other = on_other};
		judge_source(w, w->source, NULL, &sink);
		if (!w->plan->strict && !w->fixer)
			suppress_check_comments(w->plan->rules, w->doc.bytes, NULL, 0,
						(uint32_t)w->doc.bytes.n, on_unknown, w);
		return;
	}
	if (!named && !looks_like_json(w->doc.bytes)) {
		judge_yaml(w);
		return;
	}
	if (json_parse(&w->doc, &err) == 0) {
		if (judge_source_of(w, w->doc.root))
			judge_hold(w);
		judge_document(w, w->doc.root, true);
	} else if (named) {
		broken(w, &err, w->doc.bytes);
	} else {
		judge_yaml(w);
	}
}

static void tell_set(struct judge_work *w)
{
	auto_done(buf_done) struct buf entry = {0};

	for (size_t i = 0; i < set_size(w->set); i++) {
		buf_clear(&entry);
		set_write(w->set, i, &entry);
		frame_begin(w->out, AUDIT_SET);
		frame_bytes(w->out, buf_view(&entry));
		frame_end(w->out);
	}
}

static void begin(struct judge_work *w, struct sv name, struct sv bytes)
{
	arena_clear(&w->arena);
	w->counts = (struct audit_counts){0};
	w->faults = 0;
	w->name = name;
	w->object = NULL;
	w->near.in = NULL;
	w->doc = (struct doc){.arena = &w->arena, .name = name, .bytes = bytes, .dup = DUP_LAST};
}

static void tell_states(struct judge_work *w)
{
	for (size_t i = 0; i < w->plan->rules->all.n; i++) {
		bool any = false;
		for (size_t s = 0; s < STATES; s++)
			any |= w->states[i][s] > 0;
		if (!any)
			continue;
		frame_begin(w->out, AUDIT_STATES);
		frame_u64(w->out, i);
		for (size_t s = 0; s < STATES; s++)
			frame_u64(w->out, w->states[i][s]);
		frame_end(w->out);
	}
	memset(w->states, 0, w->plan->rules->all.n * sizeof *w->states);
}

static void end(struct judge_work *w)
{
	if (w->states)
		tell_states(w);
	frame_begin(w->out, AUDIT_FILE_END);
	frame_counts(w->out, &w->counts);
	frame_end(w->out);
}

void judge_bytes(struct judge_work *w, struct sv name, struct sv bytes)
{
	struct err err;

	begin(w, name, bytes);
	if (bytes.n <= limit_yaml_bytes) {
		judge_text(w);
		return;
	}
	(void)err_set(&err, ERR_LIMIT, "larger than %llu bytes",
		      (unsigned long long)limit_yaml_bytes);
	(void)err_where(&err, "%.*s", SV_ARG(sv_head(name, 250)));
	judge_error(w, WEIGHT_FATAL, &err, 0);
}

/* Parts that are no file with others: their source is known. */
static void judge_parts_of(struct judge_work *w, struct sv name)
{
	const struct fact_sink sink = {
		.arg = w, .object = on_object, .fault = on_fault, .other = on_other};

	begin(w, name, (struct sv){0});
	w->given.arena = &w->arena;
	w->parts = &w->given;
	if (w->source)
		w->source->objects(&w->given, &sink);
	w->parts = NULL;
	/* silence is no pass */
	if (!w->counts.objects && !w->faults) {
		struct err err;
		(void)err_set(&err, ERR_PROTO, "what was answered is not what was asked for");
		judge_error(w, WEIGHT_FATAL, &err, 0);
	}
}

static void judge_form(struct judge_work *w, uint32_t form, struct sv name, struct sv bytes)
{
	const struct part *first;
	struct err err;

	if (form == AUDIT_BYTES) {
		judge_bytes(w, name, bytes);
		return;
	}
	if (parts_read(&w->given, bytes, &err) < 0) {
		judge_error(w, WEIGHT_FATAL, &err, 0);
		return;
	}
	first = w->given.all.n ? w->given.all.p : NULL;
	if (first && !first->role.n)
		judge_bytes(w, name, first->bytes);
	else
		judge_parts_of(w, name);
}

static size_t sources(void)
{
	size_t n = 0;

	while (fact_sources[n])
		n++;
	return n;
}

void judge_item(struct judge_work *w, const struct audit_job_item *job, struct sv name,
		struct sv bytes)
{
	frame_begin(w->out, AUDIT_FILE);
	frame_u64(w->out, job->index);
	frame_end(w->out);
	w->set = w->plan->set ? set_new() : NULL;
	w->source = job->source && job->source <= sources() ? fact_sources[job->source - 1] : NULL;
	judge_form(w, job->form, name, bytes);
	if (w->set) {
		tell_set(w);
		set_free(w->set);
		w->set = NULL;
	}
	judge_release(w);
	end(w);
	parts_done(&w->given);
	w->given = (struct parts){0};
	w->source = NULL;
}

static void on_set_fact(void *arg, const struct set_fact *f)
{
	struct judge_work *w = arg;
	struct fact_object o = {
		.api_version = f->api_version, .kind = f->kind, .name = f->name, .ns = f->ns};

	frame_begin(w->out, AUDIT_NAMED);
	frame_sv(w->out, f->file);
	frame_end(w->out);
	judge_tell_object(w, o.kind, o.ns, o.name);
	w->object_told = true;
	w->set_fact = f;
	engine_judge(&w->engine, f->schema->name, f->record, judge_verdict, w);
	w->set_fact = NULL;
	/* the record is judged and told: with it goes what a set of thousands would gather */
	arena_clear(&w->arena);
}

void judge_set(struct judge_work *w, struct sv entries)
{
	struct err err;

	begin(w, (struct sv){0}, (struct sv){0});
	w->set = set_new();
	while (entries.n >= 4) {
		size_t n = le32(entries.p);
		entries = sv_from(entries, 4);
		if (n > entries.n || set_read(w->set, sv_head(entries, n), &err) < 0) {
			w->counts.dropped++;
			break;
		}
		entries = sv_from(entries, n);
	}
	w->engine.whole_set = w->plan->whole;
	set_facts(w->set, &w->arena, on_set_fact, w);
	set_free(w->set);
	w->set = NULL;
	end(w);
}
