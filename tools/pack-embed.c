/*
 * Build step: the packs of rules/ as one JSON document in a C file (src/rule/pack-int.h has its
 * form), so that the program reads them without YAML. Samples stay out; the line of each rule goes
 * along.
 *
 *     pack-embed OUT.c SOURCE_ROOT FILE.yaml...
 */
#include "base/base.h"
#include "base/limits.h"
#include "fmt/json-out.h"
#include "fmt/yaml.h"

static int read_all(const char *path, struct buf *out)
{
	auto_fclose FILE *f = fopen(path, "rb");
	char piece[65536];
	size_t n;

	if (!f)
		return -1;
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(out, piece, n);
	return ferror(f) || out->n > limit_yaml_bytes ? -1 : 0;
}

static bool is_sample(struct sv key)
{
	return sv_is(key, "good") || sv_is(key, "bad");
}

static void put_rules(struct json_out *w, const struct node *list)
{
	json_out_array(w);
	NODE_EACH (rule, list) {
		if (!node_is(rule, NODE_OBJECT)) {
			json_out_node(w, rule);
			continue;
		}
		json_out_object(w);
		NODE_EACH (field, rule) {
			if (is_sample(field->key))
				continue;
			json_out_key_sv(w, field->key);
			json_out_node(w, field);
		}
		json_out_end(w);
	}
	json_out_end(w);
}

static void put_root(struct json_out *w, const struct node *root)
{
	json_out_object(w);
	NODE_EACH (field, root) {
		json_out_key_sv(w, field->key);
		if (sv_is(field->key, "rules") && node_is(field, NODE_ARRAY))
			put_rules(w, field);
		else
			json_out_node(w, field);
	}
	json_out_end(w);
}

static void put_pack(struct json_out *w, struct doc *d)
{
	const struct node *rules = node_get(d->root, "rules");
	uint32_t line, column;

	json_out_object(w);
	json_out_kv(w, "file", d->name);
	json_out_key(w, "lines");
	json_out_array(w);
	NODE_EACH (rule, rules) {
		doc_line_col(d, rule->start, &line, &column);
		json_out_u64(w, line);
	}
	json_out_end(w);
	json_out_key(w, "root");
	put_root(w, d->root);
	json_out_end(w);
}

static int embed(struct json_out *w, struct arena *a, const char *root, const char *path,
		 struct err *err)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct sv name = sv_of(path), prefix = sv_of(root);

	if (sv_starts(name, prefix))
		name = sv_from(name, prefix.n + 1);
	if (read_all(path, &bytes) < 0)
		return err_set(err, ERR_IO, "cannot read %s", path);
	struct doc d = {.arena = a,
			.name = name,
			.bytes = arena_sv(a, buf_view(&bytes)),
			.dup = DUP_REFUSE};
	int rc = yaml_parse(&d, YAML_12_CORE, err);
	if (rc == 0 && !node_is(d.root, NODE_OBJECT))
		rc = err_set(err, ERR_PARSE, "%s: a pack is a mapping", path);
	if (rc == 0)
		put_pack(w, &d);
	return rc;
}

static int write_c(const char *path, struct sv json)
{
	auto_fclose FILE *f = fopen(path, "wb");

	if (!f)
		return -1;
	(void)fputs("/* Made by tools/pack-embed.c. */\n#include \"rule/pack-int.h\"\n\n"
		    "const char pack_builtin[] =",
		    f);
	for (size_t i = 0; i < json.n; i++) {
		unsigned char c = (unsigned char)json.p[i];
		if (i % 80 == 0)
			(void)fputs(i ? "\"\n\t\"" : "\n\t\"", f);
		if (c == '"' || c == '\\')
			(void)fprintf(f, "\\%c", c);
		else if (c < ' ' || c >= 0x7f || c == '?')
			(void)fprintf(f, "\\%03o", c);
		else
			(void)fputc(c, f);
	}
	(void)fprintf(f, "\";\nconst size_t pack_builtin_n = %zu;\n", json.n);
	return ferror(f) ? -1 : 0;
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf json = {0};
	struct arena a;
	struct json_out w;
	struct err err = {0};
	int rc = 0;

	if (argc < 3)
		return 2;
	arena_init(&a, 0);
	json_out_init(&w, NULL, &json, 0);
	json_out_array(&w);
	for (int i = 3; rc == 0 && i < argc; i++)
		rc = embed(&w, &a, argv[2], argv[i], &err);
	json_out_end(&w);
	if (rc == 0)
		rc = json_out_done(&w, &err);
	if (rc < 0)
		err_print(stderr, &err);
	else if (write_c(argv[1], buf_view(&json)) < 0) {
		(void)fprintf(stderr, "pack-embed: cannot write %s\n", argv[1]);
		rc = -1;
	}
	arena_done(&a);
	return rc < 0;
}
