/* Where dockerd can be reached. */
#include "fact/engine/docker.h"

#include "base/vec.h"
#include "fact/engine-strings.h"

static bool truth(const struct node *n)
{
	bool value = false;

	return n && (node_true(n) || (engine_bool(n->text, &value) && value));
}

struct secured {
	bool tls, verify;
};

/* tlsverify turns TLS on, whatever its value; only as true it asks for certificates of clients. */
static struct secured secured(struct docker *d)
{
	const struct node *verify = docker_value(d, "tlsverify");

	return (struct secured){.tls = verify || truth(docker_value(d, "tls")),
				.verify = truth(verify)};
}

static void secure(struct node *listener, struct secured s, const struct node *at)
{
	fact_say(listener, LISTENER_TLS, NODE_BOOL, s.tls ? SV("true") : SV("false"), at);
	fact_say(listener, LISTENER_VERIFY, NODE_BOOL, s.verify ? SV("true") : SV("false"), at);
	if (!fact_has(listener, LISTENER_PORT))
		fact_say(listener, LISTENER_PORT, NODE_NUMBER, s.tls ? SV("2376") : SV("2375"), at);
}

static void add(struct docker *d, const struct node *host, struct secured s)
{
	struct sv address = host->text;
	size_t colon = sv_find(address, SV("://"));

	/* "-H :2375", "-H 0.0.0.0" are TCP; "-H unix://" is the usual path, "-H tcp://" all
	 * addresses */
	if (colon == SIZE_MAX && !sv_starts(address, SV("/")))
		address = arena_fmt(d->w.a, "tcp://%.*s", SV_ARG(address));
	if (sv_is(address, "unix://"))
		address = SV("unix:///var/run/docker.sock");
	struct node *n = work_listener(&d->w, address, "api", host);
	fact_say(n, LISTENER_FROM, NODE_STRING, docker_place(d, setting_of_key(SV("hosts")), host),
		 host);
	if (sv_is(n->items[LISTENER_PROTOCOL].text, "tcp"))
		secure(n, s, host);
}

/* systemd hands over what the socket unit listens on. */
static void add_handed(struct docker *d, const struct node *host, struct secured s)
{
	static const char *const keys[] = {"ListenStream", "ListenSequentialPacket"};
	struct node_vec streams = {0};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		unit_all(&d->socket, "Socket", keys[i], &streams);
	for (size_t i = 0; i < streams.n; i++) {
		const struct node *at = &streams.p[i];
		bool path = at->text.n &&
			    (at->text.p[0] == '/' || at->text.p[0] == '@' || at->text.p[0] == '%');
		uint64_t port;
		struct sv address = arena_fmt(d->w.a,
					      path                      ? "unix://%.*s"
					      : sv_u64(at->text, &port) ? "tcp://:%.*s"
									: "tcp://%.*s",
					      SV_ARG(at->text));
		struct node *n = work_listener(&d->w, address, "api", at);
		if (!path)
			secure(n, s, at);
	}
	if (!streams.n)
		(void)work_listener(&d->w, host->text, "api", host);
	vec_done(&streams);
}

void docker_listeners(struct docker *d)
{
	struct node_vec hosts = {0};
	struct secured s = secured(d);
	const struct node *metrics = docker_value(d, "metrics-addr");

	docker_values(d, "hosts", &hosts);
	for (size_t i = 0; i < hosts.n; i++) {
		if (hosts.p[i].kind != NODE_STRING)
			continue;
		if (sv_starts(hosts.p[i].text, SV("fd:")))
			add_handed(d, &hosts.p[i], s);
		else
			add(d, &hosts.p[i], s);
	}
	if (!hosts.n && d->certain) {
		struct node *n =
			work_listener(&d->w, SV("unix:///var/run/docker.sock"), "api", d->config);
		fact_say(n, LISTENER_FROM, NODE_STRING, SV("default"), d->config);
	}
	if (metrics && metrics->kind == NODE_STRING && metrics->text.n) {
		struct node *n =
			work_listener(&d->w, arena_fmt(d->w.a, "tcp://%.*s", SV_ARG(metrics->text)),
				      "metrics", metrics);
		secure(n, (struct secured){0}, metrics);
	}
	vec_done(&hosts);
}
