/*
 * A text with command lines in it: each docker, podman or nerdctl run or create is a container. The
 * shell's words are cut and nothing is expanded; other commands are passed over.
 */
#include "fact/command/command.h"

#include "base/limits.h"
#include "base/suggest.h"
#include "fact/command/command-int.h"

enum { SHOWN = 100 };

static const struct {
	const char *program;
	enum engine engine;
} programs[] = {
	{"docker", ENGINE_DOCKER},
	{"podman", ENGINE_PODMAN},
	{"nerdctl", ENGINE_NERDCTL},
	{"docker.exe", ENGINE_DOCKER},
};

/* The words of one simple command, without redirections. */
struct line {
	struct word *p;
	size_t n, cap;
	bool open; /* a quote has no end */
};

struct cursor {
	struct command *c;
	const struct line *line;
	size_t at;
};

/* 2>&1: the number in front is no word of the command. */
static void drop_number(struct line *line, size_t at)
{
	uint64_t n;

	if (line->n && line->p[line->n - 1].end == at && sv_u64(line->p[line->n - 1].text, &n))
		line->n--;
}

/* Behind <, >, >>, >&, &> the word that is a file. */
static bool skip_redirection(struct command *c, struct sv text, size_t *at, struct line *line)
{
	bool both = text.p[*at] == '&' && *at + 1 < text.n && text.p[*at + 1] == '>';
	struct word w;

	if (text.p[*at] != '<' && text.p[*at] != '>' && !both)
		return false;
	drop_number(line, *at);
	while (*at < text.n && (text.p[*at] == '<' || text.p[*at] == '>' || text.p[*at] == '&'))
		++*at;
	(void)word_next(c->a, text, at, &w);
	return true;
}

/* False: the text is at its end. */
static bool take_line(struct command *c, struct sv text, size_t *at, struct line *out)
{
	out->n = 0;
	out->open = false;
	for (;;) {
		struct word w;
		enum word_end end = word_next(c->a, text, at, &w);
		if (end == WORD_NONE)
			return out->n > 0;
		if (end == WORD_BREAK) {
			if (skip_redirection(c, text, at, out))
				continue;
			++*at;
			if (out->n)
				return true;
			continue;
		}
		*VEC_PUSH(out) = w;
		const struct node place = {
			.doc = c->doc, .start = (uint32_t)w.start, .end = (uint32_t)w.end};
		if (end == WORD_OPEN)
			tell_fault(&c->tell, &place, "a quote has no end");
		if (end == WORD_SUBST)
			tell_note(
				&c->tell, &place,
				"what the substitution gives is not known: it is judged as written");
	}
}

static const struct word *next(struct cursor *k)
{
	return k->at < k->line->n ? &k->line->p[k->at++] : NULL;
}

static struct sv peek(const struct cursor *k)
{
	return k->at < k->line->n ? k->line->p[k->at].text : (struct sv){0};
}

static bool is_assignment(struct sv v)
{
	size_t at = sv_find_char(v, '=');

	return at != SIZE_MAX && at > 0 && v.p[0] != '-' &&
	       sv_find_char(sv_head(v, at), '/') == SIZE_MAX;
}

/* sudo, env and the like with their own flags. */
static void skip_wrappers(struct cursor *k)
{
	static const char *const words[] = {"sudo",  "doas",    "env",  "exec", "time",
					    "nohup", "command", "then", "do",   "$"};
	static const char *const valued[] = {"-u", "-g", "-h",     "-p",
					     "-C", "-D", "--user", "--group"};

	for (bool more = true; more && k->at < k->line->n;) {
		more = is_assignment(peek(k));
		for (size_t i = 0; i < ARRAY_LEN(words) && !more; i++)
			more = sv_is(peek(k), words[i]);
		if (!more)
			return;
		k->at++;
		while (peek(k).n > 1 && peek(k).p[0] == '-') {
			bool value = false;
			for (size_t i = 0; i < ARRAY_LEN(valued); i++)
				value |= sv_is(peek(k), valued[i]);
			k->at += value ? 2 : 1;
		}
	}
}

static enum engine engine_of(struct sv program)
{
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (sv_is(sv_basename(program), programs[i].program))
			return programs[i].engine;
	return 0;
}

/* The flags in front of the command: those that are switches; the others take a value. */
static void skip_globals(struct cursor *k)
{
	static const char *const switches[] = {
		"-D",
		"--debug",
		"--tls",
		"--tlsverify",
		"-v",
		"--version",
		"-r",
		"--remote",
		"--noout",
		"--syslog",
		"--trace",
		"--transient-store",
		"--help",
		"--debug-full",
		"--insecure-registry",
		"--experimental",
	};

	while (peek(k).n > 1 && peek(k).p[0] == '-') {
		struct sv flag = peek(k);
		bool alone =
			sv_find_char(flag, '=') != SIZE_MAX || (flag.n > 2 && flag.p[1] != '-');
		for (size_t i = 0; i < ARRAY_LEN(switches); i++)
			alone |= sv_is(flag, switches[i]);
		k->at += alone ? 1 : 2;
	}
}

/* True: the cursor stands behind run or create. */
static bool finds_run(struct cursor *k)
{
	skip_wrappers(k);
	const struct word *program = next(k);
	k->c->engine = program ? engine_of(program->text) : 0;
	if (!k->c->engine)
		return false;
	skip_globals(k);
	if (sv_is(peek(k), "container"))
		k->at++;
	const struct word *verb = next(k);
	return verb && (sv_is(verb->text, "run") || sv_is(verb->text, "create"));
}

static const struct flag *find_flag(const struct command *c, struct sv name, char letter)
{
	for (size_t i = 0; i < command_flags_n; i++) {
		const struct flag *f = &command_flags[i];
		if (f->engines & c->engine && (letter ? f->letter == letter : sv_is(name, f->name)))
			return f;
	}
	return NULL;
}

static void unknown_flag(struct cursor *k, const struct word *w, struct sv name, bool has_value)
{
	struct suggest near = {.word = name};
	const struct node at = {
		.doc = k->c->doc, .start = (uint32_t)w->start, .end = (uint32_t)w->end};

	for (size_t i = 0; i < command_flags_n; i++)
		if (command_flags[i].engines & k->c->engine)
			suggest_offer(&near, sv_of(command_flags[i].name));
	struct sv best = suggest_best(&near);
	tell_fault(&k->c->tell, &at, "unknown flag '%.*s'%s%.*s%s", SV_ARG(sv_head(w->text, SHOWN)),
		   best.n ? "; did you mean --" : "", SV_ARG(best), best.n ? "?" : "");
	/* what follows is its value, most likely, if flags or an image come after it */
	struct sv follows = peek(k);
	if (!has_value && follows.n && follows.p[0] != '-' && k->at + 1 < k->line->n)
		k->at++;
}

/* The value of a flag that takes one: what is joined to it, or the next word. */
static void with_value(struct cursor *k, const struct flag *f, const struct word *w, bool joined,
		       struct sv value)
{
	size_t end = w->end;

	if (!joined) {
		const struct word *v = next(k);
		if (!v) {
			const struct node at = {.doc = k->c->doc,
						.start = (uint32_t)w->start,
						.end = (uint32_t)w->end};
			tell_fault(&k->c->tell, &at, "--%s needs a value", f->name);
			return;
		}
		value = v->text;
		end = v->end;
	}
	command_apply(k->c, f, value, w->start, end);
}

static void switched(struct cursor *k, const struct flag *f, const struct word *w, struct sv value)
{
	command_apply(k->c, f, value.n ? value : SV("true"), w->start, w->end);
}

static void long_flag(struct cursor *k, const struct word *w)
{
	struct sv value = sv_from(w->text, 2), name = sv_cut(&value, '=');
	bool joined = name.n + 2 < w->text.n;
	const struct flag *f = find_flag(k->c, name, 0);

	if (!f)
		unknown_flag(k, w, name, joined);
	else if (f->takes)
		with_value(k, f, w, joined, value);
	else
		switched(k, f, w, value);
}

/* -itd, -p80:80, -p=80:80, -e A=1 */
static void short_flags(struct cursor *k, const struct word *w)
{
	for (size_t i = 1; i < w->text.n; i++) {
		const struct flag *f = find_flag(k->c, (struct sv){0}, w->text.p[i]);
		struct sv rest = sv_from(w->text, i + 1);
		bool equals = rest.n && rest.p[0] == '=';
		if (!f) {
			unknown_flag(k, w, sv_head(sv_from(w->text, i), 1), rest.n > 0);
			return;
		}
		if (f->takes) {
			with_value(k, f, w, rest.n > 0, sv_from(rest, equals));
			return;
		}
		switched(k, f, w, equals ? sv_from(rest, 1) : (struct sv){0});
		if (equals)
			return;
	}
}

static void take_flags(struct cursor *k)
{
	while (peek(k).n > 1 && peek(k).p[0] == '-') {
		const struct word *w = next(k);
		if (sv_is(w->text, "--"))
			return;
		if (w->text.p[1] == '-')
			long_flag(k, w);
		else
			short_flags(k, w);
	}
}

/* Unquoted, or "$@": any number of words, options of any kind among them. */
static void check_expansion(struct cursor *k, const struct word *image)
{
	static const char *const all[] = {"$@", "$*", "${@}", "${*}"};
	struct sv written = sv_from(k->c->parts->all.p[k->c->doc].bytes, image->start);
	const struct node at = {
		.doc = k->c->doc, .start = (uint32_t)image->start, .end = (uint32_t)image->end};
	bool many = written.n && (written.p[0] == '$' || written.p[0] == '`');

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		many |= sv_is(image->text, all[i]) && written.n && written.p[0] == '"';
	if (sv_ends(image->text, SV("[@]}")) && written.n && written.p[0] == '"')
		many = true;
	if (many)
		command_unknown(k->c, &at, sv_head(image->text, SHOWN));
}

static void take_image(struct cursor *k)
{
	const struct word *image = next(k), *w;
	struct node *service = k->c->service, *list = NULL;

	if (!image || image->text.n == 0) {
		tell_fault(&k->c->tell, service, "no image is named");
		return;
	}
	check_expansion(k, image);
	command_text(command_child(k->c, service, SV("image"), image->start, image->end),
		     image->text);
	while ((w = next(k)) != NULL) {
		if (!list)
			list = command_open(k->c, service, "command", NODE_ARRAY, w->start, w->end);
		list->end = (uint32_t)w->end;
		command_text(command_push(k->c, list, w->start, w->end), w->text);
	}
}

static void tell_container(struct command *c, const struct fact_sink *sink)
{
	static const enum platform_id platforms[] = {[ENGINE_DOCKER] = PLATFORM_DOCKER,
						     [ENGINE_PODMAN] = PLATFORM_PODMAN,
						     [ENGINE_NERDCTL] = PLATFORM_DOCKER};
	auto_done(arena_done) struct arena facts = {0};
	const struct node *name = node_get(c->service, "container_name");
	struct sv image = node_get_str(c->service, "image");

	arena_init(&facts, 0);
	struct service s = {.a = &facts,
			    .tell = &c->tell,
			    .platform = platforms[c->engine],
			    .name = name      ? name->text
				    : image.n ? image
					      : SV("container"),
			    .kind = "container",
			    .left = &c->left};
	const struct fact_object o = {
		.doc = c->parts->all.p[c->doc].doc,
		.object = c->service,
		.kind = SV("container"),
		.name = s.name,
		.workload = service_workload(&s, c->service),
	};
	sink->object(sink->arg, &o);
}

/* True: it was one of those that make a container. */
static bool one_line(struct command *c, const struct line *line, const struct fact_sink *sink)
{
	struct cursor k = {c, line, 0};

	if (!finds_run(&k))
		return false;
	struct node *service = ARENA_NEW(c->a, struct node);
	*service = (struct node){.kind = NODE_OBJECT, .doc = c->doc};
	service->start = (uint32_t)line->p[0].start;
	service->end = (uint32_t)line->p[line->n - 1].end;
	c->service = service;
	c->tell.who = c->engine == ENGINE_PODMAN ? "podman" : "docker";
	take_flags(&k);
	take_image(&k);
	tell_container(c, sink);
	return true;
}

static void command_objects(struct parts *parts, const struct fact_sink *sink)
{
	struct part *part = parts_find(parts, (struct sv){0});
	struct command c = {
		.parts = parts,
		.a = parts->arena,
		.tell = {.parts = parts, .sink = sink, .who = "docker"},
		.left = limit_yaml_nodes,
	};
	struct line line = {0};
	size_t at = 0, found = 0;

	if (!part || part->state != PART_HERE)
		return;
	(void)parts_text(parts, part);
	c.doc = (uint16_t)(part - parts->all.p);
	const struct node whole = {.doc = c.doc};
	if (part->bytes.n > limit_config_bytes) {
		tell_fault(&c.tell, &whole, "longer than limit config_bytes");
		return;
	}
	while (take_line(&c, part->bytes, &at, &line))
		found += one_line(&c, &line, sink);
	if (!found)
		tell_fault(&c.tell, &whole, "no command that runs or creates a container");
	vec_done(&line);
}

const struct fact_source source_command = {"command", "command lines of docker, podman and nerdctl",
					   NULL, command_objects};
