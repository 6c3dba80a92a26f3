#include "fact/engine/unit.h"

#include "base/vec.h"

/* Where systemd looks, what comes first hides the rest (systemd.unit(5), "Unit File Load Path"). */
static const char *const folders[] = {
	"/etc/systemd/system.control/",
	"/run/systemd/system.control/",
	"/run/systemd/transient/",
	"/etc/systemd/system/",
	"/etc/systemd/system.attached/",
	"/run/systemd/system/",
	"/run/systemd/system.attached/",
	"/run/systemd/generator/",
	"/usr/local/lib/systemd/system/",
	"/usr/lib/systemd/system/",
	"/lib/systemd/system/",
	"/.config/systemd/user/",
	"/etc/systemd/user/",
	"/run/systemd/user/",
	"/usr/lib/systemd/user/",
	"/lib/systemd/user/",
};

enum {
	NOT_A_UNIT = 255,
	WORDS_MAX = 10000,     /* of a command */
	COMMAND_MAX = 1 << 20, /* bytes of it: variables may be named many times */
};

/* rank of the folder; *rest gets what stands behind it: "docker.service.d/10.conf" */
static unsigned folder_of(struct sv path, struct sv *rest)
{
	for (unsigned i = 0; i < ARRAY_LEN(folders); i++) {
		struct sv folder = sv_of(folders[i]);
		size_t at = folder.p[1] == '.' ? sv_find(path, folder) : 0;
		if (at == SIZE_MAX || !sv_starts(sv_from(path, at), folder))
			continue;
		*rest = sv_from(path, at + folder.n);
		return i;
	}
	return NOT_A_UNIT;
}

struct drop_in {
	struct sv name;
	unsigned folder;
	bool general; /* of all services: service.d */
	size_t part;
};

static int by_name(const void *a, const void *b)
{
	const struct drop_in *x = a, *y = b;
	int order = sv_cmp(x->name, y->name);

	/* that of the unit itself hides that of all services, then the folder decides */
	if (order)
		return order;
	if (x->general != y->general)
		return x->general ? 1 : -1;
	return x->folder < y->folder ? -1 : x->folder > y->folder;
}

static bool is_drop_in(struct sv rest, struct sv unit, struct drop_in *out)
{
	struct sv file = rest, folder = sv_cut(&file, '/');
	struct sv head, type;

	if (!sv_ends(file, SV(".conf")) || sv_find_char(file, '/') != SIZE_MAX ||
	    !sv_ends(folder, SV(".d")))
		return false;
	folder.n -= 2;
	out->name = file;
	out->general = sv_rcut(unit, '.', &head, &type) && sv_eq(folder, type);
	return out->general || sv_eq(folder, unit);
}

static bool is_comment(struct sv line)
{
	line = sv_trim(line);
	return line.n && (line.p[0] == '#' || line.p[0] == ';');
}

/* The line with all that it goes on in; *rest behind it. */
static struct sv whole_line(struct sv *rest)
{
	const char *begin = rest->p;
	struct sv line;
	bool more = false;

	do {
		if (!sv_line(rest, &line))
			return (struct sv){begin, (size_t)(rest->p - begin)};
		/* comments between stand in nobody's way */
		if (more && is_comment(line))
			continue;
		more = line.n && line.p[line.n - 1] == '\\';
	} while (more);
	return (struct sv){begin, (size_t)(line.p + line.n - begin)};
}

static void read_lines(struct unit *u, struct part *part)
{
	struct sv rest = part->bytes, section = {0};
	uint16_t number = (uint16_t)(part - u->b->all.p);

	(void)parts_text(u->b, part);
	while (rest.n) {
		struct sv line = sv_trim(whole_line(&rest));
		if (!line.n || is_comment(line))
			continue;
		if (line.p[0] == '[' && line.p[line.n - 1] == ']') {
			section = sv_make(line.p + 1, line.n - 2);
			continue;
		}
		size_t equals = sv_find_char(line, '=');
		if (equals == SIZE_MAX)
			continue;
		struct sv value = sv_trim(sv_from(line, equals + 1));
		uint32_t start = (uint32_t)((value.n ? value.p : line.p) - part->bytes.p);
		struct unit_line *l = VEC_PUSH(&u->lines);
		l->section = section;
		l->key = sv_trim(sv_head(line, equals));
		l->value = (struct node){.kind = NODE_STRING,
					 .doc = number,
					 .text = value,
					 .start = start,
					 .end = start + (uint32_t)(value.n ? value.n : line.n)};
	}
}

/* \n and the like; *v behind it. Hexadecimal, octal and Unicode ones stay as written: paths and
 * flags have none. */
static char escaped(char c)
{
	static const char names[] = "abfnrtvs", values[] = "\a\b\f\n\r\t\v ";
	const char *at = c ? strchr(names, c) : NULL;

	return at ? values[at - names] : c;
}

struct splitter {
	struct arena *a;
	struct sv text;
	size_t at;
	char *room; /* as much as the text has */
	char *word; /* the one that is made, in there */
	size_t n;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A backslash at the end of a line is white space, and comments behind it are nothing. */
static bool skip_continuation(struct splitter *s)
{
	struct sv rest = sv_from(s->text, s->at), line;
	size_t skip = rest.n > 1 && rest.p[0] == '\\' && rest.p[1] == '\n' ? 2 : 0;

	if (!skip && rest.n > 2 && rest.p[0] == '\\' && rest.p[1] == '\r' && rest.p[2] == '\n')
		skip = 3;
	if (!skip)
		return false;
	s->at += skip;
	for (rest = sv_from(s->text, s->at); sv_line(&rest, &line) && is_comment(line);)
		s->at = s->text.n - rest.n;
	return true;
}

static bool next_word(struct splitter *s, size_t *start)
{
	char quote = 0;

	while (s->at < s->text.n && (is_space(s->text.p[s->at]) || skip_continuation(s)))
		if (s->at < s->text.n && is_space(s->text.p[s->at]))
			s->at++;
	if (s->at >= s->text.n)
		return false;
	*start = s->at;
	if (!s->room)
		s->room = arena_alloc(s->a, s->text.n + 1);
	s->word = s->room;
	s->n = 0;
	while (s->at < s->text.n) {
		char c = s->text.p[s->at];
		if (!quote && is_space(c))
			break;
		if (!quote && skip_continuation(s))
			break;
		s->at++;
		if (c == quote) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
		} else if (c == '\\' && s->at < s->text.n) {
			s->word[s->n++] = escaped(s->text.p[s->at++]);
		} else {
			s->word[s->n++] = c;
		}
	}
	s->room += s->n;
	return true;
}

void unit_words(struct arena *a, const struct node *value, struct node_vec *words)
{
	struct splitter s = {.a = a, .text = value->text};
	size_t start;

	while (words->n < WORDS_MAX && next_word(&s, &start)) {
		struct node *n = VEC_PUSH(words);
		*n = *value;
		n->text = sv_make(s.word, s.n);
		/* a text that was decoded has no places in it */
		if (value->end - value->start == value->text.n) {
			n->start = value->start + (uint32_t)start;
			n->end = value->start + (uint32_t)s.at;
		}
	}
}

static const struct node *variable(const struct unit *u, struct sv name)
{
	for (size_t i = u->env.n; i-- > 0;)
		if (sv_eq(u->env.p[i].key, name))
			return &u->env.p[i];
	return NULL;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static struct sv name_in(struct sv v)
{
	size_t n = 0;

	while (n < v.n && name_char(v.p[n]))
		n++;
	return sv_head(v, n);
}

/* ${NAME} within a word; $$ is $. */
static struct sv put_in(const struct unit *u, struct sv word)
{
	auto_done(buf_done) struct buf b = {0};

	while (word.n && b.n < COMMAND_MAX) {
		size_t at = sv_find_char(word, '$');
		buf_sv(&b, sv_head(word, at));
		word = sv_from(word, at == SIZE_MAX ? word.n : at);
		if (word.n < 2) {
			buf_sv(&b, word);
			break;
		}
		struct sv name = name_in(sv_from(word, 2));
		const struct node *v = NULL;
		size_t used = 1;
		if (word.p[1] == '$') {
			used = 2;
		} else if (word.p[1] == '{' && name.n + 2 < word.n && word.p[name.n + 2] == '}') {
			v = variable(u, name);
			used = name.n + 3;
		}
		if (used < 3)
			buf_char(&b, '$');
		else if (v)
			buf_sv(&b, v->text);
		word = sv_from(word, used);
	}
	return arena_sv(u->b->arena, buf_view(&b));
}

void unit_command(const struct unit *u, const struct node *value, struct node_vec *words)
{
	struct node_vec written = {0};
	bool first = true, plain = false;
	size_t size = 0;

	unit_words(u->b->arena, value, &written);
	for (size_t i = 0; i < written.n && words->n < WORDS_MAX && size < COMMAND_MAX; i++) {
		struct node n = written.p[i];
		/* what stands in front of the program: @ - : + ! */
		while (first && n.text.n && strchr("@-:+!|", n.text.p[0])) {
			plain |= n.text.p[0] == ':';
			n.text = sv_from(n.text, 1);
		}
		first = false;
		struct sv name = sv_from(n.text, 1);
		if (plain || sv_find_char(n.text, '$') == SIZE_MAX) {
			*VEC_PUSH(words) = n;
		} else if (n.text.p[0] == '$' && name.n && name_in(name).n == name.n) {
			/* a word of its own: as many words as the value has */
			const struct node *v = variable(u, name);
			size += v ? v->text.n : 0;
			if (v)
				unit_words(u->b->arena, v, words);
		} else {
			n.text = put_in(u, n.text);
			size += n.text.n;
			*VEC_PUSH(words) = n;
		}
	}
	vec_done(&written);
}

static void add_variable(struct node_vec *out, struct sv name, struct node value)
{
	struct node *n = VEC_PUSH(out);

	*n = value;
	n->key = name;
}

void unit_environment(struct parts *b, struct part *file, struct node_vec *out)
{
	struct sv rest = file->bytes;

	(void)parts_text(b, file);
	while (rest.n) {
		struct sv line = sv_trim(whole_line(&rest));
		size_t equals = sv_find_char(line, '=');
		if (is_comment(line) || equals == SIZE_MAX)
			continue;
		struct sv value = sv_trim(sv_from(line, equals + 1));
		uint32_t start = (uint32_t)(line.p - file->bytes.p);
		struct node n = {.kind = NODE_STRING,
				 .doc = (uint16_t)(file - b->all.p),
				 .text = value,
				 .start = start + (uint32_t)(line.n - value.n),
				 .end = start + (uint32_t)line.n};
		if (value.n && (value.p[0] == '"' || value.p[0] == '\'')) {
			/* one word, whatever is in it */
			struct splitter s = {.a = b->arena, .text = value};
			size_t from;
			if (next_word(&s, &from))
				n.text = sv_make(s.word, s.n);
		}
		add_variable(out, sv_trim(sv_head(line, equals)), n);
	}
}

static void read_environment(struct unit *u)
{
	struct node_vec lines = {0}, words = {0};

	unit_all(u, "Service", "Environment", &lines);
	for (size_t i = 0; i < lines.n; i++)
		unit_words(u->b->arena, &lines.p[i], &words);
	for (size_t i = 0; i < words.n; i++) {
		struct sv value = words.p[i].text, name = sv_cut(&value, '=');
		struct node n = words.p[i];
		n.text = value;
		add_variable(&u->env, name, n);
	}
	lines.n = 0;
	unit_all(u, "Service", "EnvironmentFile", &lines);
	/* these win over Environment= */
	for (size_t i = 0; i < lines.n; i++) {
		struct sv path = lines.p[i].text;
		if (path.n && path.p[0] == '-')
			path = sv_from(path, 1);
		struct part *file = parts_named(u->b, SV("env"), path);
		if (file && file->state == PART_HERE)
			unit_environment(u->b, file, &u->env);
	}
	vec_done(&lines);
	vec_done(&words);
}

void unit_read(struct parts *b, struct sv name, struct unit *out)
{
	struct {
		struct drop_in *p;
		size_t n, cap;
	} drops = {0};
	size_t best = SIZE_MAX;
	unsigned rank = NOT_A_UNIT;

	*out = (struct unit){.b = b};
	for (size_t i = 0; i < b->all.n; i++) {
		struct drop_in drop = {.part = i};
		struct sv rest = {0};
		if (!sv_is(b->all.p[i].role, "unit") || b->all.p[i].state != PART_HERE)
			continue;
		drop.folder = folder_of(b->all.p[i].name, &rest);
		if (drop.folder == NOT_A_UNIT)
			continue;
		if (sv_eq(rest, name) && drop.folder < rank) {
			rank = drop.folder;
			best = i;
		} else if (is_drop_in(rest, name, &drop)) {
			*VEC_PUSH(&drops) = drop;
		}
	}
	out->found = best != SIZE_MAX;
	out->masked = out->found && b->all.p[best].bytes.n == 0;
	if (out->found && !out->masked)
		read_lines(out, &b->all.p[best]);
	if (drops.n)
		qsort(drops.p, drops.n, sizeof *drops.p, by_name);
	for (size_t i = 0; i < drops.n && out->found && !out->masked; i++)
		if (i == 0 || !sv_eq(drops.p[i].name, drops.p[i - 1].name))
			read_lines(out, &b->all.p[drops.p[i].part]);
	vec_done(&drops);
	read_environment(out);
}

void unit_done(struct unit *u)
{
	vec_done(&u->lines);
	vec_done(&u->env);
}

const struct node *unit_last(const struct unit *u, const char *section, const char *key)
{
	for (size_t i = u->lines.n; i-- > 0;) {
		const struct unit_line *l = &u->lines.p[i];
		if (sv_is(l->section, section) && sv_is(l->key, key))
			return l->value.text.n ? &l->value : NULL;
	}
	return NULL;
}

void unit_all(const struct unit *u, const char *section, const char *key, struct node_vec *out)
{
	size_t from = out->n;

	for (size_t i = 0; i < u->lines.n; i++) {
		const struct unit_line *l = &u->lines.p[i];
		if (!sv_is(l->section, section) || !sv_is(l->key, key))
			continue;
		if (l->value.text.n)
			*VEC_PUSH(out) = l->value;
		else
			out->n = from;
	}
}
