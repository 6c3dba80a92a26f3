#include "base/base.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/suggest.h"
#include "cmd/config.h"
#include "fmt/yaml.h"
#include "sys/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int at_key(struct doc *d, const struct node *n, struct err *err)
{
	uint32_t line, column;

	doc_line_col(d, n->key_start, &line, &column);
	(void)err_scope(err, SCOPE_CONFIG);
	return err_where(err, "%.*s:%u:%u", SV_ARG(d->name), line, column);
}

static struct sv where_of(struct invocation *in, struct doc *d, const struct node *n)
{
	uint32_t line, column;

	doc_line_col(d, n->key_start, &line, &column);
	return arena_fmt(&in->arena, "%.*s:%u", SV_ARG(d->name), line);
}

static int unknown_key(struct doc *d, const struct node *key, const struct command *c,
		       struct err *err)
{
	struct suggest s = {.word = key->key};
	const struct option_group *g;

	for (size_t k = 0; k < commands_n; k++) {
		if (c && commands[k] != c)
			continue;
		if (!c && !(commands[k]->flags & COMMAND_HIDDEN))
			suggest_offer(&s, sv_of(commands[k]->name));
		for (size_t i = 0; (g = command_group(commands[k], i)); i++)
			for (size_t r = 0; r < g->n; r++)
				suggest_offer(&s, sv_of(g->rows[r].name));
	}
	struct sv best = suggest_best(&s);
	(void)err_set(err, ERR_USAGE, "'%.*s' is no option%s%s", SV_ARG(key->key), c ? " of " : "",
		      c ? c->name : "");
	if (best.n)
		(void)err_hint(err, "did you mean '%.*s'?", SV_ARG(best));
	else
		(void)err_hint(err, "keys are the long names of options, without '--'");
	return at_key(d, key, err);
}

static int check_option(struct doc *d, const struct node *key, enum option_source source,
			const struct option_row *row, struct err *err)
{
	if (row->flags & OPTION_LINE_ONLY) {
		(void)err_set(err, ERR_USAGE, "'%s' can only be given on the command line",
			      row->name);
		return at_key(d, key, err);
	}
	if (source == SOURCE_DIR_FILE && (row->flags & OPTION_GUARDED)) {
		(void)err_set(err, ERR_DENIED,
			      "gabion.yaml of the working directory cannot set '%s'", row->name);
		(void)err_hint(
			err, "set it in ~/.config/gabion/gabion.yaml or give --config gabion.yaml");
		return at_key(d, key, err);
	}
	return 0;
}

static const struct option_row *command_row(const struct command *c, struct sv name)
{
	const struct option_group *g;

	for (size_t i = 0; (g = command_group(c, i)); i++) {
		const struct option_row *row = option_group_find(g, name);
		if (row)
			return row;
	}
	return NULL;
}

static int check_section(struct doc *d, const struct node *section, enum option_source source,
			 const struct command *c, struct err *err)
{
	NODE_EACH (key, section) {
		const struct option_row *row = command_row(c, key->key);
		if (!row)
			return unknown_key(d, key, c, err);
		int rc = check_option(d, key, source, row, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Every key must mean something in some command, also those that this command does not use. */
static int check_keys(struct doc *d, enum option_source source, struct err *err)
{
	NODE_EACH (key, d->root) {
		const struct command *c = command_find(key->key);
		const struct option_row *row = option_find_anywhere(key->key, 0);
		int rc;
		if (c && node_is(key, NODE_OBJECT))
			rc = check_section(d, key, source, c, err);
		else
			rc = row ? check_option(d, key, source, row, err)
				 : unknown_key(d, key, NULL, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int apply_scalar(struct invocation *in, struct doc *d, enum option_source source,
			struct setting *s, const struct node *key, const struct node *value,
			struct err *err)
{
	struct sv text = arena_sv(&in->arena, value->text);

	if (node_is(value, NODE_ARRAY) || node_is(value, NODE_OBJECT)) {
		(void)err_set(err, ERR_USAGE, "'%s' takes %s here", s->row->name,
			      s->row->type == OPTION_LIST || s->row->type == OPTION_VALUES
				      ? "a value or a list of values"
				      : "one value");
		return at_key(d, key, err);
	}
	if (source == SOURCE_DIR_FILE && (s->row->flags & OPTION_WRITES) &&
	    sv_find_char(text, '=') != SIZE_MAX) {
		(void)err_set(err, ERR_DENIED,
			      "gabion.yaml of the working directory cannot name files to write");
		return at_key(d, key, err);
	}
	if (setting_apply(s, source, where_of(in, d, key), text, err) < 0) {
		(void)err_ctx(err, "%s", s->row->name);
		return at_key(d, key, err);
	}
	return 0;
}

static int apply_value(struct invocation *in, struct doc *d, enum option_source source,
		       struct setting *s, const struct node *value, struct err *err)
{
	bool list = s->row->type == OPTION_LIST || s->row->type == OPTION_VALUES;

	if (!value || node_is(value, NODE_NULL))
		return 0;
	if (!list || !node_is(value, NODE_ARRAY))
		return apply_scalar(in, d, source, s, value, value, err);
	NODE_EACH (item, value) {
		int rc = apply_scalar(in, d, source, s, value, item, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The value for a setting: the command's section, then the top level; by its name or another one
 * for it. */
static const struct node *pick(const struct invocation *in, const struct doc *d,
			       const struct setting *s)
{
	const struct node *places[] = {node_get(d->root, in->command->name), d->root};
	const struct option_group *g;

	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		const struct node *n = node_get(places[p], s->row->name);
		for (size_t i = 0; !n && (g = command_group(in->command, i)); i++)
			for (size_t r = 0; !n && r < g->n; r++)
				if (g->rows[r].same_as &&
				    strcmp(g->rows[r].same_as, s->row->name) == 0)
					n = node_get(places[p], g->rows[r].name);
		/* a command's section may have the name of an option */
		if (n && !(p == 1 && node_is(n, NODE_OBJECT) && command_find(n->key)))
			return n;
	}
	return NULL;
}

int config_document(struct invocation *in, enum option_source source, struct doc *d,
		    struct err *err)
{
	if (!d->root || node_is(d->root, NODE_NULL))
		return 0;
	if (!node_is(d->root, NODE_OBJECT)) {
		(void)err_set(err, ERR_USAGE, "not a mapping of option names to values");
		(void)err_scope(err, SCOPE_CONFIG);
		return err_where(err, "%.*s", SV_ARG(d->name));
	}
	int rc = check_keys(d, source, err);
	for (size_t i = 0; rc == 0 && i < in->settings.n; i++)
		rc = apply_value(in, d, source, &in->settings.p[i], pick(in, d, &in->settings.p[i]),
				 err);
	return rc;
}

/* Whether only the caller (or root) could have written what this descriptor shows. NULL = yes, else
 * why not. */
static const char *distrust(int fd, bool folder)
{
	struct stat st;
	bool sticky_folder;

	if (fstat(fd, &st) != 0)
		return "it cannot be examined";
	if (!folder && !S_ISREG(st.st_mode))
		return "it is not a regular file";
	if (st.st_uid != geteuid() && !(folder && st.st_uid == 0))
		return folder ? "another user owns the folder" : "another user owns it";
	sticky_folder = folder && (st.st_mode & S_ISVTX);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !sticky_folder)
		return folder ? "others can write the folder" : "others can write it";
	return NULL;
}

/* The working directory's file, or -1: not there, or not to be trusted (which is said). */
static int open_dir_file(const char *path)
{
	auto_close int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_close int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	const char *why;

	if (fd < 0) {
		if (errno != ENOENT)
			log_warn("%s of the working directory is not read: %s", path,
				 strerror(errno));
		return -1;
	}
	why = distrust(fd, false);
	if (!why)
		why = dir < 0 ? "the folder cannot be examined" : distrust(dir, true);
	if (!why)
		return take_fd(&fd);
	log_warn("%s of the working directory is not read: %s", path, why);
	return -1;
}

static int read_file(struct invocation *in, enum option_source source, const char *path,
		     struct err *err)
{
	auto_close int fd =
		source == SOURCE_DIR_FILE ? open_dir_file(path) : open(path, O_RDONLY | O_CLOEXEC);
	auto_done(buf_done) struct buf text = {0};
	struct doc d = {
		.arena = &in->arena, .name = arena_sv(&in->arena, sv_of(path)), .dup = DUP_REFUSE};

	if (fd < 0) {
		if (source == SOURCE_DIR_FILE ||
		    (source != SOURCE_NAMED_FILE && (errno == ENOENT || errno == ENOTDIR)))
			return 0;
		(void)err_sys(err, "cannot open %s", path);
		return err_scope(err, SCOPE_CONFIG);
	}
	int rc = file_read_fd(fd, limit_config_bytes, &text, err);
	d.bytes = buf_view(&text);
	if (rc == 0)
		rc = yaml_parse(&d, YAML_12_CORE, err);
	if (rc < 0)
		return err_scope(err, SCOPE_CONFIG);
	rc = config_document(in, source, &d, err);
	if (rc == 0 && source == SOURCE_DIR_FILE) {
		in->config_used = true;
		in->config_path = d.name;
		log_info("options from gabion.yaml of the working directory are in force");
	}
	return rc;
}

struct config_files config_places(struct arena *a)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct config_files f = {.system = "/etc/gabion/gabion.yaml", .dir = "gabion.yaml"};

	/* relative paths are invalid there (XDG base directory specification) and would be the
	 * working directory's */
	if (xdg && xdg[0] == '/')
		f.user = arena_fmt(a, "%s/gabion/gabion.yaml", xdg).p;
	else if (home && home[0] == '/')
		f.user = arena_fmt(a, "%s/.config/gabion/gabion.yaml", home).p;
	return f;
}

int config_apply(struct invocation *in, const struct config_files *files, struct err *err)
{
	int rc = 0;

	if (in->options.config.n)
		rc = read_file(in, SOURCE_NAMED_FILE, arena_str(&in->arena, in->options.config),
			       err);
	if (rc == 0 && !in->options.config.n) {
		if (files->system)
			rc = read_file(in, SOURCE_SYSTEM_FILE, files->system, err);
		if (rc == 0 && files->user)
			rc = read_file(in, SOURCE_USER_FILE, files->user, err);
		if (rc == 0 && files->dir)
			rc = read_file(in, SOURCE_DIR_FILE, files->dir, err);
	}
	return rc < 0 ? rc : environment_apply(in, err);
}
