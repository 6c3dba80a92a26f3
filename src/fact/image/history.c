/* The history: what each step says that it did. It is the builder's word, nothing proves it. */
#include "fact/image/image-int.h"

#include "base/limits.h"
#include "fact/dockerfile/shell.h"
#include "oci/manifest.h"

/* The instruction's name: the first word, if it is one. */
static struct sv name_of(struct sv instruction)
{
	struct sv first = sv_head(instruction, sv_find_char(instruction, ' '));

	for (size_t i = 0; i < first.n; i++)
		if (first.p[i] < 'A' || first.p[i] > 'Z')
			return (struct sv){0};
	return first.n >= 3 && first.n <= 11 ? first : (struct sv){0};
}

static void entry(struct image_reader *r, struct node *to, const struct node *from, size_t index)
{
	const struct node *text = image_get(from, "created_by");
	const struct node *empty = image_get(from, "empty_layer");

	fact_fill(r->a, to, &schema_history_entry, from);
	fact_say(to, HISTORY_INDEX, NODE_NUMBER, arena_fmt(r->a, "%zu", index), NULL);
	fact_default(to, HISTORY_EMPTY, NODE_BOOL, SV("false"));
	if (node_is(empty, NODE_BOOL))
		fact_set(to, HISTORY_EMPTY, empty);
	if (node_is(text, NODE_STRING)) {
		struct sv line = history_instruction(r->a, text->text), name = name_of(line);
		fact_set(to, HISTORY_TEXT, text);
		if (name.n)
			fact_say(to, HISTORY_INSTRUCTION, NODE_STRING, name, text);
		if (sv_is(name, "RUN"))
			shell_commands(r->a, sv_from(line, 4), to, HISTORY_COMMANDS, text);
	}
	fact_lists(to, &schema_history_entry);
}

void image_history(struct image_reader *r)
{
	const struct node *from = image_get(r->root, "history");
	size_t i = 0;

	if (!node_is(from, NODE_ARRAY) || from->n > 4 * limit_manifest_layers)
		return;
	struct node *out = fact_list(r->a, r->record, IMAGE_REPORT_HISTORY, from->n, from);
	out->n = 0;
	NODE_EACH (it, from)
		entry(r, &out->items[out->n++], it, i++);
}
