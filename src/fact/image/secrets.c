/* Secrets in what an image says of itself: variables, labels, history. */
#include "fact/image/image-int.h"

#include "base/limits.h"
#include "secret/secret.h"

struct search {
	struct image_reader *r;
	struct sv place, path;
	const struct node *at;
	bool pair; /* the line says nothing */
	struct {
		struct node *p;
		size_t n, cap;
	} found;
	struct sv_vec values; /* as they stand: the history repeats the environment */
};

static bool known(const struct search *s, struct sv value)
{
	for (size_t i = 0; i < s->values.n; i++)
		if (sv_eq(s->values.p[i], value))
			return true;
	return false;
}

static void on_hit(void *arg, const struct secret_hit *hit)
{
	struct search *s = arg;
	struct arena *a = s->r->a;
	auto_done(buf_done) struct buf shown = {0};

	if (s->found.n >= limit_secrets || known(s, hit->value))
		return;
	*VEC_PUSH(&s->values) = hit->value;
	struct node *to = VEC_PUSH(&s->found);
	fact_fill(a, to, &schema_secret, s->at);
	secret_redact(&shown, hit->value);
	fact_say(to, SECRET_TYPE, NODE_STRING, sv_of(hit->type), NULL);
	fact_say(to, SECRET_TITLE, NODE_STRING, sv_of(hit->title), NULL);
	fact_say(to, SECRET_PLACE, NODE_STRING, s->place, NULL);
	fact_say(to, SECRET_PATH, NODE_STRING, s->path, NULL);
	fact_say(to, SECRET_DELETED, NODE_BOOL, SV("false"), NULL);
	fact_say(to, SECRET_VALUE, NODE_STRING, arena_sv(a, buf_view(&shown)), NULL);
	fact_say(to, SECRET_CONFIDENCE, NODE_STRING,
		 hit->confidence == SECRET_HIGH ? SV("high") : SV("medium"), NULL);
}

static void environment(struct search *s)
{
	const struct node *env = image_get(s->r->config, "Env");

	s->place = SV("env");
	if (!node_is(env, NODE_ARRAY))
		return;
	NODE_EACH (it, env) {
		struct sv value = node_str(it);
		s->at = it;
		s->path = sv_cut(&value, '=');
		secret_pair(s->path, value, on_hit, s);
	}
}

static void labels(struct search *s)
{
	const struct node *all = image_get(s->r->config, "Labels");

	s->place = SV("label");
	if (!node_is(all, NODE_OBJECT))
		return;
	NODE_EACH (it, all) {
		s->at = it;
		s->path = it->key;
		secret_pair(it->key, node_str(it), on_hit, s);
	}
}

static void history(struct search *s)
{
	const struct node *all = &s->r->record->items[IMAGE_REPORT_HISTORY];

	s->place = SV("history");
	NODE_EACH (it, all) {
		s->at = &it->items[HISTORY_TEXT];
		s->path = it->items[HISTORY_INDEX].text;
		secret_scan(node_str(s->at), (struct sv){0}, on_hit, s);
	}
}

void image_secrets(struct image_reader *r)
{
	struct search s = {.r = r};
	struct node *have = &r->record->items[IMAGE_REPORT_SECRETS];
	size_t layers = node_is(have, NODE_ARRAY) ? have->n : 0;
	const struct node *first = layers ? have->items : NULL;
	const struct node at = *have;

	environment(&s);
	labels(&s);
	history(&s);
	if (s.found.n) {
		struct node *out = fact_list(r->a, r->record, IMAGE_REPORT_SECRETS,
					     layers + s.found.n, layers ? &at : r->root);
		if (layers)
			memcpy(out->items, first, layers * sizeof *first);
		memcpy(out->items + layers, s.found.p, s.found.n * sizeof *s.found.p);
	}
	vec_done(&s.found);
	vec_done(&s.values);
}
