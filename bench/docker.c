/*
 * An engine's socket that is replayed, and the floor of what asking it costs.
 *
 *     bench-docker serve SOCKET FOLDER N MICROSECONDS PIDS
 *
 * answers as dockerd does for N containers of 20 images: documents of FOLDER (bench/docker,
 * recorded from Docker 20.10) with numbers put in. PIDS is a file with the process of each, a line
 * each (as bench-containers prints them), or "-". It is busy for MICROSECONDS with every inspect: a
 * real daemon works while it answers.
 *
 *     bench-docker get SOCKET
 *
 * asks for all of it over one connection, reads it and does nothing else. Prints seconds and bytes.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/vec.h"
#include "sys/file.h"

enum { IMAGES = 20, CLIENTS = 16, STEP = 1 << 18 };

struct server {
	struct arena arena;
	struct sv answers_list, answer_info, answer_version, answer_ping;
	struct sv *containers, images[IMAGES]; /* answers */
	size_t n;
	int64_t busy; /* ns */
};

static int die(const char *what)
{
	perror(what);
	return 1;
}

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	return sv_u64(sv_of(text), &n) ? n : 0;
}

/* 64 hexadecimal digits, the first eight of them the number. */
static struct sv id_of(struct arena *a, size_t number, const char *rest)
{
	return arena_fmt(a, "%08zx%s", number, rest);
}

static struct sv container_id(struct arena *a, size_t i)
{
	return id_of(a, i, "ee7d425898d88b630f42ce0a42bd291b08495e37bf6b0957ed1c9ae2");
}

static struct sv image_id(struct arena *a, size_t i)
{
	return id_of(a, i, "2ac6f326f6d1112caf348e74309069c957ba6d3a393fafe4d8900bd5");
}

static void fill(struct server *s, struct buf *out, struct sv text, size_t i, uint64_t pid)
{
	const struct {
		struct sv mark, value;
	} marks[] = {
		{SV("@ID@"), container_id(&s->arena, i)},
		{SV("@PID@"), arena_fmt(&s->arena, "%llu", (unsigned long long)pid)},
		{SV("@N@"), arena_fmt(&s->arena, "%zu", i)},
		{SV("@IMAGE@"), image_id(&s->arena, i % IMAGES)},
		{SV("@IMAGEN@"), arena_fmt(&s->arena, "1.%zu", i % IMAGES)},
	};

	for (size_t at = 0; at < text.n; at++) {
		size_t m = 0;
		while (m < ARRAY_LEN(marks) && !sv_starts(sv_from(text, at), marks[m].mark))
			m++;
		if (m == ARRAY_LEN(marks)) {
			buf_char(out, text.p[at]);
			continue;
		}
		buf_sv(out, marks[m].value);
		at += marks[m].mark.n - 1;
	}
}

/* What is larger than its buffer Go sends in chunks. */
static struct sv answer(struct server *s, struct sv body)
{
	bool chunked = body.n > 2048;
	struct sv how = chunked ? SV("Transfer-Encoding: chunked")
				: arena_fmt(&s->arena, "Content-Length: %zu", body.n);
	auto_done(buf_done) struct buf out = {0};

	buf_fmt(&out,
		"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n"
		"Docker-Experimental: false\r\nOstype: linux\r\nServer: Docker/20.10.24 (linux)\r\n"
		"Date: Tue, 24 Nov 2026 15:58:11 GMT\r\n%.*s\r\n\r\n",
		SV_ARG(how));
	if (chunked)
		buf_fmt(&out, "%zx\r\n", body.n);
	buf_sv(&out, body);
	if (chunked)
		buf_str(&out, "\r\n0\r\n\r\n");
	return arena_sv(&s->arena, buf_view(&out));
}

static struct sv load(struct server *s, const char *folder, const char *name)
{
	auto_done(buf_done) struct buf bytes = {0};
	struct sv path = arena_fmt(&s->arena, "%s/%s", folder, name);
	struct err err;

	if (file_read(path.p, 1 << 26, &bytes, &err) < 0) {
		err_print(stderr, &err);
		exit(1);
	}
	return arena_sv(&s->arena, sv_trim(buf_view(&bytes)));
}

static void make_answers(struct server *s, const char *folder, struct sv pids)
{
	struct sv inspect = load(s, folder, "inspect.json"), image = load(s, folder, "image.json"),
		  list = load(s, folder, "list.json"), line = {0};
	auto_done(buf_done) struct buf body = {0}, all = {0};

	s->containers = ARENA_ARRAY(&s->arena, s->n, struct sv);
	for (size_t i = 0; i < s->n; i++) {
		uint64_t pid = 0;
		(void)(sv_line(&pids, &line) && sv_u64(line, &pid));
		buf_clear(&body);
		fill(s, &body, inspect, i, pid);
		s->containers[i] = answer(s, buf_view(&body));
		buf_char(&all, i ? ',' : '[');
		fill(s, &all, list, i, pid);
	}
	buf_str(&all, s->n ? "]" : "[]");
	for (size_t i = 0; i < IMAGES; i++) {
		buf_clear(&body);
		fill(s, &body, image, i, 0);
		s->images[i] = answer(s, buf_view(&body));
	}
	s->answers_list = answer(s, buf_view(&all));
	s->answer_info = answer(s, load(s, folder, "info.json"));
	s->answer_version = answer(s, load(s, folder, "version.json"));
	s->answer_ping = answer(s, SV("OK"));
}

static void work(int64_t ns)
{
	int64_t until = clock_mono_ns() + ns;

	while (ns && clock_mono_ns() < until)
		continue;
}

static size_t place(struct sv target, size_t prefix)
{
	size_t n = 0;

	for (size_t i = prefix; i < target.n && i < prefix + 8; i++) {
		char c = target.p[i];
		n = n * 16 + (size_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return n;
}

/* Versions in front ("/v1.41") do not matter. */
static struct sv find(const struct server *s, struct sv target)
{
	const struct sv container = SV("/containers/"), image = SV("/images/sha256:");

	if (sv_starts(target, SV("/v1.")))
		target = sv_from(target, sv_find(sv_from(target, 1), SV("/")) + 1);
	if (sv_starts(target, SV("/containers/json")))
		return s->answers_list;
	if (sv_starts(target, SV("/info")))
		return s->answer_info;
	if (sv_starts(target, SV("/version")))
		return s->answer_version;
	if (sv_starts(target, container) && place(target, container.n) < s->n) {
		work(s->busy);
		return s->containers[place(target, container.n)];
	}
	if (sv_starts(target, image) && place(target, image.n) < IMAGES) {
		work(s->busy);
		return s->images[place(target, image.n)];
	}
	return s->answer_ping;
}

static bool say(int fd, struct sv bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes = sv_from(bytes, (size_t)n);
	}
	return true;
}

/* Requests come whole: they are short. */
static bool serve_one(const struct server *s, int fd)
{
	char text[65536];
	ssize_t n = recv(fd, text, sizeof text, 0);
	struct sv rest = sv_make(text, n > 0 ? (size_t)n : 0);

	while (rest.n) {
		size_t end = sv_find(rest, SV("\r\n\r\n"));
		struct sv request = sv_head(rest, end == SIZE_MAX ? rest.n : end);
		rest = sv_from(rest, end == SIZE_MAX ? rest.n : end + 4);
		(void)sv_cut(&request, ' ');
		if (!say(fd, find(s, sv_cut(&request, ' '))))
			return false;
	}
	return n > 0;
}

static int name_socket(struct sockaddr_un *at, const char *path)
{
	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(at->sun_path, sizeof at->sun_path, "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int serve(const char *path, struct server *s)
{
	struct pollfd fds[CLIENTS + 1];
	struct sockaddr_un at;
	nfds_t n = 1;
	int listener = name_socket(&at, path);

	(void)unlink(path);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(listener, CLIENTS) != 0)
		return die(path);
	fds[0] = (struct pollfd){listener, POLLIN, 0};
	for (;;) {
		if (poll(fds, n, -1) < 0)
			return die("poll");
		for (nfds_t i = n; i-- > 1;) {
			if (!fds[i].revents || serve_one(s, fds[i].fd))
				continue;
			(void)close(fds[i].fd);
			fds[i] = fds[--n];
		}
		if (fds[0].revents && n <= CLIENTS)
			fds[n++] = (struct pollfd){accept(listener, NULL, NULL), POLLIN, 0};
	}
}

/* Reads to the end of the answer; the body stays in *b. */
static bool get(int fd, struct buf *b, struct sv target)
{
	auto_done(buf_done) struct buf request = {0};
	size_t head = SIZE_MAX, at;
	uint64_t length = 0;
	bool chunked = false;

	buf_fmt(&request, "GET %.*s HTTP/1.1\r\nHost: docker\r\n\r\n", SV_ARG(target));
	buf_clear(b);
	if (!say(fd, buf_view(&request)))
		return false;
	for (;;) {
		ssize_t n = recv(fd, buf_reserve(b, STEP), STEP, 0);
		if (n <= 0)
			return false;
		b->n += (size_t)n;
		struct sv all = buf_view(b);
		if (head == SIZE_MAX && (head = sv_find(all, SV("\r\n\r\n"))) != SIZE_MAX) {
			struct sv text = sv_head(all, head);
			at = sv_find(text, SV("Content-Length: "));
			chunked = at == SIZE_MAX;
			text = sv_from(text, chunked ? text.n : at + 16);
			(void)sv_u64(sv_trim(sv_cut(&text, '\r')), &length);
		}
		if (head != SIZE_MAX &&
		    (chunked ? sv_ends(all, SV("\r\n0\r\n\r\n")) : all.n == head + 4 + length))
			return true;
	}
}

static void take(struct arena *a, struct sv list, struct sv key, struct sv_vec *ids)
{
	for (size_t at; (at = sv_find(list, key)) != SIZE_MAX;) {
		list = sv_from(list, at + key.n);
		struct sv rest = list, id = sv_cut(&rest, '"');
		bool new = true;
		for (size_t i = 0; i < ids->n && new &&key.n > 6; i++)
			new = !sv_eq(ids->p[i], id);
		if (new)
			*VEC_PUSH(ids) = arena_sv(a, id);
	}
}

static int ask_all(const char *path)
{
	static const char *const first[] = {"/_ping", "/version", "/info"};
	struct sv_vec containers = {0}, images = {0};
	struct arena a = {0};
	struct buf b = {0};
	struct sockaddr_un at;
	int64_t start = clock_mono_ns();
	size_t bytes = 0;
	int fd = name_socket(&at, path);
	bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;

	for (size_t i = 0; ok && i < ARRAY_LEN(first); i++)
		ok = get(fd, &b, sv_of(first[i]));
	ok = ok && get(fd, &b, SV("/containers/json?all=1"));
	bytes += b.n;
	take(&a, buf_view(&b), SV("{\"Id\":\""), &containers);
	take(&a, buf_view(&b), SV("\"ImageID\":\""), &images);
	for (size_t i = 0; ok && i < containers.n; i++, bytes += b.n)
		ok = get(fd, &b, arena_fmt(&a, "/containers/%.*s/json", SV_ARG(containers.p[i])));
	for (size_t i = 0; ok && i < images.n; i++, bytes += b.n)
		ok = get(fd, &b, arena_fmt(&a, "/images/%.*s/json", SV_ARG(images.p[i])));
	if (!ok)
		return die(path);
	(void)printf("%.6f %zu %zu %zu\n", (double)(clock_mono_ns() - start) / 1e9, bytes,
		     containers.n, images.n);
	vec_done(&containers);
	vec_done(&images);
	arena_done(&a);
	buf_done(&b);
	return 0;
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf pids = {0};
	struct server s = {0};
	struct err err;

	if (argc == 3 && strcmp(argv[1], "get") == 0)
		return ask_all(argv[2]);
	if (argc != 7 || strcmp(argv[1], "serve") != 0) {
		(void)fputs("bench-docker serve SOCKET FOLDER N MICROSECONDS PIDS | get SOCKET\n",
			    stderr);
		return 2;
	}
	if (strcmp(argv[6], "-") != 0 && file_read(argv[6], 1 << 20, &pids, &err) < 0) {
		err_print(stderr, &err);
		return 1;
	}
	arena_init(&s.arena, 0);
	s.n = (size_t)number(argv[4]);
	s.busy = (int64_t)number(argv[5]) * 1000;
	make_answers(&s, argv[3], buf_view(&pids));
	return serve(argv[2], &s);
}
