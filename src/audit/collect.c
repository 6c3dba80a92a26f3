#include "audit/collect.h"

#include <stdlib.h>

#include "base/limits.h"

enum { PLACES_MAX = 16 };

void collector_init(struct collector *c, struct report *r, const struct audit_plan *plan,
		    const struct audit_targets *t)
{
	*c = (struct collector){.r = r, .plan = plan, .targets = t};
	c->results = xcalloc(t->items.n + 1, sizeof *c->results);
	c->rule_told = xcalloc(plan->rules->all.n + 1, sizeof *c->rule_told);
	c->states = xcalloc(plan->rules->all.n + 1, sizeof *c->states);
	for (size_t i = 0; i < t->items.n; i++) {
		c->results[i].failed = t->items.p[i].live && !t->items.p[i].live->gather;
		map_put(&c->names, t->items.p[i].path, NULL)->num = i;
	}
}

void collector_done(struct collector *c)
{
	for (size_t i = 0; i < c->targets->items.n; i++)
		buf_done(&c->results[i].wanted);
	free(c->results);
	free(c->rule_told);
	free(c->states);
	map_done(&c->texts);
	map_done(&c->names);
	map_done(&c->exceptions);
	buf_done(&c->set);
	vec_done(&c->entries);
}

void speaker_done(struct speaker *s)
{
	buf_done(&s->bytes);
	buf_done(&s->text);
	vec_done(&s->parts);
	vec_done(&s->wants);
}

struct sv collect_text(struct collector *c, struct sv v)
{
	if (!v.n)
		return (struct sv){0};
	struct map_entry *e = map_find(&c->texts, v);
	if (!e) {
		struct sv own = arena_sv(c->r->arena, v);
		e = map_put(&c->texts, own, NULL);
	}
	return e->key;
}

static struct sv get_text(struct collector *c, struct sv *p, bool *ok)
{
	return collect_text(c, frame_get_sv(p, ok));
}

static bool get_file(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	uint64_t n = frame_get_u64(&p, &ok);

	if (!ok || p.n || n >= c->targets->items.n || c->results[n].done || c->results[n].failed)
		return false;
	s->file = (size_t)n;
	s->findings = s->parts.n = s->wants.n = 0;
	buf_clear(&s->text);
	return true;
}

static bool get_named(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct map_entry *e = map_find(&c->names, frame_get_sv(&p, &ok));

	s->file = ok && !p.n && e ? (size_t)e->num : INDEX_NONE;
	return s->file != INDEX_NONE;
}

static bool get_object(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;

	s->kind = get_text(c, &p, &ok);
	s->ns = get_text(c, &p, &ok);
	s->name = get_text(c, &p, &ok);
	struct sv isolation = get_text(c, &p, &ok);
	if (ok && isolation.n && s->file != INDEX_NONE)
		c->results[s->file].isolation = isolation;
	return ok && !p.n;
}

/* The text of a rule, with lists of its own: the report frees them. */
static void tell_rule(struct collector *c, size_t number)
{
	const struct rule_text *from = rule_text_of(c->plan->rules->all.p[number]);
	struct rule_text t = *from;

	if (c->rule_told[number])
		return;
	c->rule_told[number] = true;
	memset(&t.references, 0, sizeof t.references);
	memset(&t.aliases, 0, sizeof t.aliases);
	for (size_t i = 0; i < from->references.n; i++) {
		(void)VEC_PUSH(&t.references);
		t.references.p[i] = from->references.p[i];
	}
	for (size_t i = 0; i < from->aliases.n; i++)
		*VEC_PUSH(&t.aliases) = from->aliases.p[i];
	*VEC_PUSH(&c->r->rules) = t;
}

static bool get_places(struct collector *c, const struct speaker *s, struct sv *p,
		       struct finding *f)
{
	bool ok = true;
	uint64_t n = frame_get_u64(p, &ok);
	struct sv file = c->targets->items.p[s->file].path;

	if (!ok || n > PLACES_MAX)
		return false;
	f->evidence.p = ARENA_ARRAY(c->r->arena, n ? n : 1, struct evidence);
	f->evidence.n = n;
	for (uint64_t i = 0; ok && i < n; i++) {
		struct evidence *e = &f->evidence.p[i];
		uint32_t *numbers[] = {&e->line, &e->column, &e->end_line, &e->end_column};
		struct sv part = get_text(c, p, &ok);
		e->path = get_text(c, p, &ok);
		e->value = get_text(c, p, &ok);
		e->file = part.n ? part : file;
		e->layer = INDEX_NONE;
		for (size_t k = 0; k < ARRAY_LEN(numbers); k++) {
			uint64_t v = frame_get_u64(p, &ok);
			ok &= v <= UINT32_MAX;
			*numbers[k] = (uint32_t)v;
		}
	}
	return ok;
}

static void exception_key(struct buf *b, const struct speaker *s, uint64_t rule)
{
	buf_fmt(b, "%zu|%llu|%.*s|%.*s|%.*s", s->file, (unsigned long long)rule, SV_ARG(s->kind),
		SV_ARG(s->ns), SV_ARG(s->name));
}

static bool get_except(struct collector *c, struct speaker *s, struct sv p)
{
	auto_done(buf_done) struct buf key = {0};
	bool ok = true;
	uint64_t rule = frame_get_u64(&p, &ok);
	struct sv reason = get_text(c, &p, &ok);

	if (!ok || p.n || s->file == INDEX_NONE || rule >= c->plan->rules->all.n)
		return false;
	exception_key(&key, s, rule);
	struct sv own = arena_sv(c->r->arena, buf_view(&key));
	struct sv *kept = ARENA_NEW(c->r->arena, struct sv);
	*kept = reason;
	map_put(&c->exceptions, own, NULL)->ptr = kept;
	return true;
}

/* A finding about the set that its object excepted. */
static bool is_excepted(const struct collector *c, const struct speaker *s, uint64_t rule,
			struct sv *reason)
{
	auto_done(buf_done) struct buf key = {0};

	if (!c->set_stage || !c->exceptions.n)
		return false;
	exception_key(&key, s, rule);
	const struct map_entry *e = map_find(&c->exceptions, buf_view(&key));
	if (e)
		*reason = *(const struct sv *)e->ptr;
	return e != NULL;
}

static bool get_finding(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct finding f = {.kind = FINDING_MISCONFIGURATION, .layer = INDEX_NONE};
	uint64_t number = frame_get_u64(&p, &ok), state = frame_get_u64(&p, &ok),
		 silent = frame_get_u64(&p, &ok);

	if (!ok || s->file == INDEX_NONE || number >= c->plan->rules->all.n || state >= STATES)
		return false;
	const struct rule *rule = c->plan->rules->all.p[number];
	f.id = rule->text.id;
	f.kind = rule->kind;
	f.severity = rule->text.severity;
	f.severity_source = SV("gabion");
	f.state = (enum finding_state)state;
	f.subject = s->file;
	f.scope = get_text(c, &p, &ok);
	f.message = get_text(c, &p, &ok);
	struct sv print = frame_get_sv(&p, &ok), reason = frame_get_sv(&p, &ok),
		  patch = frame_get_sv(&p, &ok), snippet = frame_get_sv(&p, &ok);
	f.fingerprint = arena_sv(c->r->arena, print);
	f.patch = collect_text(c, patch);
	f.snippet = snippet.n ? arena_sv(c->r->arena, snippet) : snippet;
	f.has_fix = frame_get_u64(&p, &ok) && rule->fixes.n > 0;
	uint64_t remedy = frame_get_u64(&p, &ok);
	if (remedy > rule->remedies.n)
		return false;
	if (remedy)
		f.remedy = rule->remedies.p[remedy - 1].text;
	f.resource_kind = s->kind;
	f.resource_ns = s->ns;
	f.resource_name = s->name;
	if (!ok || !get_places(c, s, &p, &f) || p.n || !f.fingerprint.n)
		return false;
	if (f.state == STATE_FAIL && is_excepted(c, s, number, &reason))
		silent = 1;
	collect_parts(c, s, &f);
	s->findings++;
	tell_rule(c, (size_t)number);
	if (c->r->findings.n + c->r->waived.n >= limit_audit_findings) {
		c->over = true;
	} else if (silent) {
		f.waiver_reason = collect_text(c, reason.n ? reason : SV("excepted in the object"));
		f.in_source = true;
		*(c->plan->trace ? VEC_PUSH(&c->r->findings) : VEC_PUSH(&c->r->waived)) = f;
	} else {
		*VEC_PUSH(&c->r->findings) = f;
	}
	return true;
}

static bool get_error(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct err err;
	uint64_t weight = frame_get_u64(&p, &ok);

	frame_get_err(&p, &ok, &err);
	if (!ok || p.n || weight > WEIGHT_FATAL || s->file == INDEX_NONE)
		return false;
	/* what a file says is about content, never about our arguments */
	err.scope = SCOPE_CONTENT;
	report_error_add(c->r, (enum error_weight)weight, s->file, &err);
	return true;
}

static bool get_left(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	uint64_t line = frame_get_u64(&p, &ok);

	if (!ok || p.n || s->file == INDEX_NONE || line > UINT32_MAX)
		return false;
	struct file_result *f = &c->results[s->file];
	if (!f->left++)
		f->first_left = (uint32_t)line;
	return true;
}

static bool get_want(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct sv name = frame_get_sv(&p, &ok);

	if (!ok || p.n || s->file == INDEX_NONE || c->set_stage || s->wants.n >= limit_item_files ||
	    !name.n)
		return false;
	*VEC_PUSH(&s->wants) = arena_sv(c->r->arena, name);
	return true;
}

static bool get_set(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct sv entry = frame_get_sv(&p, &ok);

	if (!ok || p.n || s->file == INDEX_NONE)
		return false;
	if (c->set.n + entry.n > limit_set_bytes) {
		c->over = true;
		return true;
	}
	*VEC_PUSH(&c->entries) = (struct set_entry){s->file, c->set.n, entry.n};
	buf_sv(&c->set, entry);
	return true;
}

static bool get_fixed(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct sv piece = frame_get_sv(&p, &ok);

	if (!ok || p.n || s->file == INDEX_NONE || !c->fixed ||
	    s->text.n + piece.n > 2 * limit_yaml_bytes)
		return false;
	buf_sv(&s->text, piece);
	return true;
}

static void take_fixed(struct collector *c, struct speaker *s, uint64_t fixes)
{
	struct err err;

	if (!s->text.n || !c->fixed)
		return;
	if (c->fixed(c->fixed_arg, s->file, buf_view(&s->text), fixes, &err) < 0)
		report_error_add(c->r, WEIGHT_FATAL, s->file, &err);
	else
		c->r->summary.fixed += fixes;
	buf_clear(&s->text);
}

static bool get_states(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	uint64_t number = frame_get_u64(&p, &ok);

	(void)s;
	if (!ok || number >= c->plan->rules->all.n)
		return false;
	for (size_t i = 0; i < STATES; i++)
		c->states[number][i] += frame_get_u64(&p, &ok);
	return ok && !p.n;
}

static void tell_dropped(struct collector *c, size_t file, uint64_t n)
{
	struct err err;

	(void)err_set(&err, ERR_LIMIT,
		      "%llu more findings, objects or errors than one file may have",
		      (unsigned long long)n);
	if (file != INDEX_NONE)
		(void)err_where(&err, "%.*s", SV_ARG(sv_head(c->targets->items.p[file].path, 250)));
	report_error_add(c->r, WEIGHT_FATAL, file, &err);
}

static bool get_end(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;
	struct audit_counts n;
	struct summary *sum = &c->r->summary;

	frame_get_counts(&p, &ok, &n);
	/* the worker of the set ends with none */
	if (!ok || p.n || (s->file != INDEX_NONE && n.findings != s->findings && !c->set_stage))
		return false;
	sum->objects += n.objects;
	/* what is not listed is counted all the same; the list's are counted from the list */
	if (!c->plan->all && !c->plan->states)
		sum->by_state[STATE_NOT_OBSERVED] += n.not_observed;
	if (!c->plan->all) {
		sum->by_state[STATE_PASS] += n.passed;
		sum->by_state[STATE_NOT_APPLICABLE] += n.not_applicable;
	}
	if (s->wants.n && s->file != INDEX_NONE && c->want) {
		c->want(c->want_arg, s->file, &s->wants);
		s->wants.n = 0;
		s->file = INDEX_NONE;
		return n.findings == 0 && n.objects == 0;
	}
	c->hidden_only += n.hidden_only;
	c->hidden_skip += n.hidden_skip;
	if (n.dropped)
		tell_dropped(c, c->set_stage ? INDEX_NONE : s->file, n.dropped);
	if (!c->set_stage && s->file != INDEX_NONE) {
		c->results[s->file].objects = n.objects;
		c->judged += !c->results[s->file].done;
		c->results[s->file].done = true;
		buf_done(&c->results[s->file].wanted);
		take_fixed(c, s, n.fixed);
	}
	s->file = INDEX_NONE;
	return true;
}

static bool get_done(struct collector *c, struct speaker *s, struct sv p)
{
	(void)c;
	s->done++;
	return p.n == 0;
}

static bool get_fault(struct collector *c, struct speaker *s, struct sv p)
{
	bool ok = true;

	(void)c;
	frame_get_err(&p, &ok, &s->fault);
	return ok && !p.n;
}

static bool (*const getters[])(struct collector *c, struct speaker *s, struct sv payload) = {
	[AUDIT_FILE] = get_file,       [AUDIT_NAMED] = get_named,   [AUDIT_OBJECT] = get_object,
	[AUDIT_FINDING] = get_finding, [AUDIT_ERROR] = get_error,   [AUDIT_LEFT] = get_left,
	[AUDIT_SET] = get_set,         [AUDIT_FIXED] = get_fixed,   [AUDIT_FILE_END] = get_end,
	[AUDIT_PART] = collect_part,   [AUDIT_STATES] = get_states, [AUDIT_EXCEPT] = get_except,
	[AUDIT_DONE] = get_done,       [AUDIT_FAULT] = get_fault,   [AUDIT_WANT] = get_want,
};

int collect(struct collector *c, struct speaker *s, struct err *err)
{
	struct sv rest = buf_view(&s->bytes);
	struct frame f;
	int rc;

	while ((rc = frame_take(&rest, &f, err)) > 0)
		if (f.type >= ARRAY_LEN(getters) || !getters[f.type] ||
		    !getters[f.type](c, s, f.payload))
			return err_set(err, ERR_PROTO, "a worker sent a bad frame of type %u",
				       f.type);
	if (rc < 0)
		return rc;
	if (rest.n)
		memmove(s->bytes.p, rest.p, rest.n);
	s->bytes.n = rest.n;
	return 0;
}

void collect_failure(struct collector *c, size_t file, const struct err *why)
{
	struct err err = *why;

	if (file < c->targets->items.n) {
		if (c->results[file].failed)
			return;
		c->results[file].failed = true;
		(void)err_where(&err, "%.*s", SV_ARG(sv_head(c->targets->items.p[file].path, 250)));
	}
	report_error_add(c->r, WEIGHT_FATAL, file, &err);
}

void collect_vanished(struct collector *c, size_t item, const struct err *why)
{
	struct err err = *why;

	c->results[item].failed = true;
	(void)err_where(&err, "%.*s", SV_ARG(sv_head(c->targets->items.p[item].path, 250)));
	report_error_add(c->r, WEIGHT_NOTE, INDEX_NONE, &err);
}

static void tell_left(struct collector *c, size_t file)
{
	const struct file_result *f = &c->results[file];
	struct sv path = c->targets->items.p[file].path;

	if (f->left && f->objects)
		path = arena_fmt(c->r->arena, "%.*s:%u", SV_ARG(path), f->first_left);
	if (!f->left)
		return;
	targets_leave(c->r, path, LEFT_NO_OBJECT);
	c->r->summary.left_out[LEFT_NO_OBJECT] += f->left - 1;
}

/* Numbers of files become numbers of subjects: only files with objects or errors are one. */
static void renumber(struct collector *c, const size_t *subject)
{
	struct report *r = c->r;

	for (size_t i = 0; i < r->findings.n; i++)
		r->findings.p[i].subject = subject[r->findings.p[i].subject];
	for (size_t i = 0; i < r->waived.n; i++)
		r->waived.p[i].subject = subject[r->waived.p[i].subject];
	for (size_t i = 0; i < r->errors.n; i++)
		if (r->errors.p[i].subject != INDEX_NONE)
			r->errors.p[i].subject = subject[r->errors.p[i].subject];
}

/* Errors in the order of files; those of one file came in order. */
static void sort_errors(struct report *r, size_t files)
{
	size_t n = r->errors.n, *at = xcalloc(files + 2, sizeof *at);
	struct report_error *sorted = xcalloc(n + 1, sizeof *sorted);

	for (size_t i = 0; i < n; i++)
		at[(r->errors.p[i].subject < files ? r->errors.p[i].subject : files) + 1]++;
	for (size_t i = 0; i < files; i++)
		at[i + 1] += at[i];
	for (size_t i = 0; i < n; i++)
		sorted[at[r->errors.p[i].subject < files ? r->errors.p[i].subject : files]++] =
			r->errors.p[i];
	if (n)
		memcpy(r->errors.p, sorted, n * sizeof *sorted);
	free(sorted);
	free(at);
}

static void add_filter(struct report *r, const char *option, struct sv value, uint64_t hidden)
{
	if (!hidden)
		return;
	*VEC_PUSH(&r->filters) = (struct filter){sv_of(option), value, hidden};
	r->summary.hidden += hidden;
}

static void add_subject(struct collector *c, size_t item)
{
	const struct audit_item *from = &c->targets->items.p[item];
	const struct audit_live *live = from->live;
	struct subject *s = VEC_PUSH(&c->r->subjects);
	bool judged = c->results[item].objects > 0;

	/* what was found lives shorter than the report */
	*s = (struct subject){.kind = SV("manifest"),
			      .name = arena_sv(c->r->arena, from->path),
			      .judged = judged};
	if (live) {
		s->kind = live->kind;
		s->scheme = live->scheme;
		s->digest = arena_sv(c->r->arena, live->digest);
		s->isolation = c->results[item].isolation;
	} else {
		c->r->summary.files += judged;
	}
	s->id = arena_fmt(c->r->arena, "%.*s:%.*s", SV_ARG(s->kind), SV_ARG(s->name));
}

void collect_end(struct collector *c)
{
	struct report *r = c->r;
	size_t n = c->targets->items.n;
	size_t *subject = xcalloc(n + 1, sizeof *subject);
	bool *has_error = xcalloc(n + 1, sizeof *has_error);
	struct err err;

	for (size_t i = 0; i < r->errors.n; i++)
		if (r->errors.p[i].subject < n)
			has_error[r->errors.p[i].subject] = true;
	for (size_t i = 0; i < n; i++) {
		tell_left(c, i);
		subject[i] = INDEX_NONE;
		if (!c->results[i].objects && !has_error[i])
			continue;
		subject[i] = r->subjects.n;
		add_subject(c, i);
	}
	renumber(c, subject);
	sort_errors(r, r->subjects.n);
	if (c->over) {
		(void)err_set(&err, ERR_LIMIT, "more findings than one run may have");
		report_error_add(r, WEIGHT_FATAL, INDEX_NONE, &err);
	}
	add_filter(r, "only", c->only, c->hidden_only);
	add_filter(r, "skip", c->skip, c->hidden_skip);
	free(subject);
	free(has_error);
}

static int by_file(const void *pa, const void *pb)
{
	const struct set_entry *a = pa, *b = pb;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

void collect_set(struct collector *c, struct buf *out)
{
	if (c->entries.n)
		qsort(c->entries.p, c->entries.n, sizeof *c->entries.p, by_file);
	for (size_t i = 0; i < c->entries.n; i++) {
		uint32_t n = (uint32_t)c->entries.p[i].n;
		const char length[4] = {(char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
		buf_add(out, length, 4);
		buf_sv(out, sv_make(c->set.p + c->entries.p[i].at, n));
	}
}
