/* The URL library of Kubernetes. */
#include "rule/cel/lib-url.h"

#include "rule/cel/lib.h"

static bool same(const void *a, const void *b)
{
	return sv_eq(((const struct uri *)a)->text, ((const struct uri *)b)->text);
}

static void show(const void *data, struct buf *out)
{
	buf_sv(out, ((const struct uri *)data)->text);
}

static const struct cel_opaque url_type = {"kubernetes.URL", same, show};

static const struct uri *uri_of(const struct cel_value *v)
{
	return v->opaque.data;
}

static int prepare(struct arena *a, const struct cel_value *args, size_t n, const void **out,
		   struct err *err)
{
	struct uri *u = ARENA_NEW(a, struct uri);
	const char *wrong = uri_parse(a, args[0].s, u);

	(void)n;
	if (wrong)
		return err_set(err, ERR_PARSE, "not a URL: %s: %.*s", wrong, SV_ARG(args[0].s));
	*out = u;
	return 0;
}

/* Copies of parts of the text are made on the way: three times its length and more. */
static bool spend_parse(struct cel_eval *e, struct sv text)
{
	return lib_scan(e, text.n) && cel_spend(e, text.n + 10);
}

static struct cel_value from_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	const char *wrong = NULL;
	struct uri *u = NULL;

	(void)n;
	if (e->prepared)
		return lib_opaque(&url_type, e->prepared);
	if (!spend_parse(e, args[0].s))
		return lib_over(e);
	u = ARENA_NEW(e->arena, struct uri);
	wrong = uri_parse(e->arena, args[0].s, u);
	return wrong ? cel_fault(e, "not a URL", sv_of(wrong)) : lib_opaque(&url_type, u);
}

static struct cel_value is_url(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct uri u = {0};

	(void)n;
	if (!spend_parse(e, args[0].s))
		return lib_over(e);
	return cel_bool(!uri_parse(e->arena, args[0].s, &u));
}

static struct cel_value get_scheme(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->scheme);
}

static struct cel_value get_host(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->host);
}

static struct cel_value get_hostname(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->hostname);
}

static struct cel_value get_port(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->port);
}

static struct cel_value get_path(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->path);
}

static struct cel_value to_string(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	(void)e;
	(void)n;
	return cel_string(uri_of(&args[0])->text);
}

/* One value of a key of the query; later ones of the key go to the list of the first. */
struct parameter {
	struct sv key, value;
	size_t next, last; /* in the same key: index + 1; last is of the first only */
	bool first;
};

/* The parameters of the query; those with a ';' or a malformed escape are left out, as Go does. */
static size_t take_parameters(struct arena *a, struct sv query, struct parameter *p)
{
	size_t n = 0;

	while (query.n) {
		struct sv value = sv_cut(&query, '&');
		bool bad = !value.n || sv_find_char(value, ';') != SIZE_MAX;
		struct sv key = sv_cut(&value, '=');

		if (bad || !uri_unescape(a, key, true, &p[n].key) ||
		    !uri_unescape(a, value, true, &p[n].value))
			continue;
		n++;
	}
	return n;
}

/* Chains equal keys; returns the number of different ones. */
static size_t chain(struct parameter *p, size_t n)
{
	struct map keys = {0};
	size_t different = 0;

	for (size_t i = 0; i < n; i++) {
		bool made = false;
		struct map_entry *at = map_put(&keys, p[i].key, &made);

		p[i].first = made;
		p[i].next = 0;
		different += made;
		if (made) {
			at->num = i;
			p[i].last = i;
		} else {
			p[p[at->num].last].next = i + 1;
			p[at->num].last = i;
		}
	}
	map_done(&keys);
	return different;
}

static struct cel_value get_query(struct cel_eval *e, const struct cel_value *args, size_t n)
{
	struct sv query = uri_of(&args[0])->query;
	size_t most = 1, count = 0, made = 0;
	struct parameter *p = NULL;
	struct cel_entry *entries = NULL;

	for (size_t i = 0; i < query.n; i++)
		most += query.p[i] == '&';
	if (!cel_spend(e, query.n + most * 16))
		return lib_over(e);
	p = ARENA_ARRAY(e->arena, most, struct parameter);
	count = take_parameters(e->arena, query, p);
	entries = ARENA_ARRAY(e->arena, chain(p, count), struct cel_entry);
	for (size_t i = 0; i < count; i++) {
		struct lib_list values = {.e = e};

		for (size_t k = i + 1; p[i].first && k; k = p[k - 1].next)
			lib_list_add(&values, cel_string(p[k - 1].value));
		if (values.over)
			return lib_over(e);
		if (p[i].first)
			entries[made++] =
				(struct cel_entry){cel_string(p[i].key), lib_list_value(&values)};
	}
	(void)n;
	return cel_make_map(e, entries, made);
}

static const struct cel_overload_row rows[] = {
	{"getEscapedPath", "kubernetes.URL.()->string", get_path, NULL, 0},
	{"getHost", "kubernetes.URL.()->string", get_host, NULL, 0},
	{"getHostname", "kubernetes.URL.()->string", get_hostname, NULL, 0},
	{"getPort", "kubernetes.URL.()->string", get_port, NULL, 0},
	{"getQuery", "kubernetes.URL.()->map(string,list(string))", get_query, NULL, 0},
	{"getScheme", "kubernetes.URL.()->string", get_scheme, NULL, 0},
	{"isURL", "(string)->bool", is_url, NULL, 0},
	{"string", "(kubernetes.URL)->string", to_string, NULL, 0},
	{"url", "(string)->kubernetes.URL", from_string, prepare, 1},
};

const struct cel_library cel_library_url = {"url", rows, ARRAY_LEN(rows)};
