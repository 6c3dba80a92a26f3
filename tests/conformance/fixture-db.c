#include "fixture-db.h"

#include "fmt/yaml.h"

const char *const fixture_ecosystems[] = {
	"npm",       "Go",    "Maven", "PyPI", "crates.io", "RubyGems",
	"Packagist", "NuGet", "Hex",   "Pub",  "SwiftURL",  NULL,
};

/* The bucket's word for each of them. */
static const char *const bucket_words[] = {
	"npm",      "go",    "maven",  "pip", "cargo", "rubygems",
	"composer", "nuget", "erlang", "pub", "swift",
};

static bool concerns(struct sv bucket, struct sv ecosystem)
{
	size_t at = sv_find(bucket, SV("::"));

	for (size_t i = 0; i < ARRAY_LEN(bucket_words); i++)
		if (sv_is(ecosystem, fixture_ecosystems[i]))
			return at != SIZE_MAX && sv_is(sv_head(bucket, at), bucket_words[i]);
	return false;
}

/* One side of an interval; op '<', '>' or '='. */
struct bound {
	char op;
	bool equal;
	struct sv version;
};

/* ">= 1.0", "< 1.2", "[1.0" and "1.2)" of Maven's intervals, "1.2" alone. */
static struct bound bound_of(struct sv v)
{
	struct bound b = {.op = '='};

	v = sv_trim(v);
	if (v.n && (v.p[0] == '<' || v.p[0] == '>' || v.p[0] == '=')) {
		b.op = v.p[0];
		b.equal = v.n > 1 && v.p[1] == '=';
		v = sv_from(v, b.equal ? 2 : 1);
	} else if (v.n && (v.p[0] == '[' || v.p[0] == '(')) {
		b = (struct bound){.op = '>', .equal = v.p[0] == '['};
		v = sv_from(v, 1);
	} else if (sv_ends(v, SV("]")) || sv_ends(v, SV(")"))) {
		b = (struct bound){.op = '<', .equal = sv_ends(v, SV("]"))};
		v = sv_head(v, v.n - 1);
	}
	b.version = sv_trim(v);
	return b;
}

static void event(struct range *r, enum range_kind kind, struct sv version)
{
	*VEC_PUSH(r) = (struct range_event){kind, version};
}

/* ">= 1.0, <= 1.2" is affected; `patched` is the first version that is not, if the feed names one.
 */
static void affected_range(struct affected *a, struct sv text, struct sv patched)
{
	struct range *r = VEC_PUSH(&a->ranges);
	struct sv introduced = SV("0");
	struct bound upper = {0};

	while (text.n) {
		struct bound b = bound_of(sv_cut(&text, ','));
		if (b.op == '<')
			upper = b;
		else if (b.version.n)
			introduced = b.version;
	}
	event(r, RANGE_INTRODUCED, introduced);
	if (upper.equal && patched.n)
		event(r, RANGE_FIXED, patched);
	else if (upper.version.n)
		event(r, upper.equal ? RANGE_LAST_AFFECTED : RANGE_FIXED, upper.version);
}

/* Where only patched versions are told, all others are affected. */
static void patched_ranges(struct affected *a, const struct node *list)
{
	struct range *r = VEC_PUSH(&a->ranges);

	event(r, RANGE_INTRODUCED, SV("0"));
	NODE_EACH (it, list) {
		struct sv text = it->text;
		while (text.n) {
			struct bound b = bound_of(sv_cut(&text, ','));
			event(r, b.op == '<' ? RANGE_INTRODUCED : RANGE_FIXED, b.version);
		}
	}
}

static int one_record(struct sv id, struct sv package, const struct node *value,
		      struct record_sink *sink, struct err *err)
{
	struct record r = {0};
	const struct node *patched = node_get(value, "PatchedVersions");
	const struct node *vulnerable = node_get(value, "VulnerableVersions");
	uint32_t i = 0;

	record_reset(&r);
	r.id = id;
	struct affected *a = VEC_PUSH(&r.affected);
	a->name = package;
	NODE_EACH (it, vulnerable) {
		affected_range(a, it->text,
			       patched && i < patched->n ? patched->items[i].text : SV(""));
		i++;
	}
	if (!vulnerable)
		patched_ranges(a, patched);
	int rc = sink->record(sink, &r, err);
	record_done(&r);
	return rc;
}

int fixture_db_read(struct arena *a, struct sv name, struct sv yaml, struct sv ecosystem,
		    struct record_sink *sink, struct err *err)
{
	const struct node *root;
	int rc = yaml_read(a, name, yaml, YAML_12_CORE, DUP_REFUSE, &root, err);

	if (rc < 0)
		return rc;
	NODE_EACH (feed, root) {
		if (!concerns(node_get_str(feed, "bucket"), ecosystem))
			continue;
		NODE_EACH (package, node_get(feed, "pairs"))
			NODE_EACH (pair, node_get(package, "pairs")) {
				rc = one_record(node_get_str(pair, "key"),
						node_get_str(package, "bucket"),
						node_get(pair, "value"), sink, err);
				if (rc < 0)
					return rc;
			}
	}
	return 0;
}
