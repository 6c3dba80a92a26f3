/*
 * What a Dockerfile costs: read, facts, and judged with the built-in packs. Prints the best of many
 * runs.
 *
 *     bench-dockerfile [DOCKERFILE | --print]
 */
#include <stdio.h>
#include <time.h>

#include "fact/source.h"
#include "rule/engine.h"
#include "sys/file.h"

/* 60 lines as people write them. */
static const char usual[] =
	"# syntax=docker/dockerfile:1\nARG GO=1.22\nARG VERSION\n\n"
	"FROM --platform=$BUILDPLATFORM golang:${GO}-bookworm AS build\nARG VERSION\nWORKDIR /src\n"
	"RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
	"    ca-certificates=20230311 \\\n    git \\\n    make \\\n && rm -rf /var/lib/apt/lists/*\n"
	"COPY go.mod go.sum ./\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\n"
	"COPY . .\nRUN --mount=type=cache,target=/root/.cache/go-build \\\n"
	"    CGO_ENABLED=0 go build -ldflags \"-s -w -X main.version=$VERSION\" -o /out/app ./cmd/app\n"
	"RUN <<EOF\nset -eux\nif [ -d test ]; then go test ./...; fi\nfor f in a b c; do\n"
	"  sha256sum \"/out/$f\" || true\ndone\nEOF\n\n"
	"FROM node:20-alpine AS web\nWORKDIR /web\nENV NODE_ENV=production CI=1\n"
	"COPY web/package.json web/package-lock.json ./\nRUN npm ci --omit=dev && npm cache clean "
	"--force\n"
	"COPY web .\nRUN npm run build \\\n  && find dist -name '*.map' -print0 | xargs -0 rm -f\n\n"
	"FROM python:3.12-slim AS tools\nRUN pip install --no-cache-dir -r requirements.txt "
	"requests==2.31.0\n"
	"RUN curl -fsSL https://example.com/tool.tar.gz | tar -xz -C /usr/local/bin\n\n"
	"FROM debian:12-slim\nLABEL org.opencontainers.image.title=app \\\n"
	"      org.opencontainers.image.source=\"https://example.com/app\"\n"
	"RUN groupadd -g 1000 app && useradd -l -u 1000 -g app app\n"
	"COPY --from=build --chown=app:app /out/app /usr/local/bin/app\n"
	"COPY --from=web /web/dist /srv/www\nCOPY --from=tools /usr/local/bin/tool /usr/local/bin/\n"
	"ENV PORT=8080 \\\n    LOG_LEVEL=info\nEXPOSE 8080/tcp\nVOLUME [\"/data\"]\nWORKDIR /data\n"
	"USER 1000:1000\nHEALTHCHECK --interval=30s --timeout=3s CMD [\"/usr/local/bin/app\", "
	"\"health\"]\n"
	"STOPSIGNAL SIGTERM\nENTRYPOINT [\"/usr/local/bin/app\"]\nCMD [\"serve\"]\n";

struct bench {
	struct engine *engine;
	size_t fails, unseen, faults;
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void on_verdict(void *arg, const struct verdict *v)
{
	struct bench *b = arg;

	b->fails += v->state == STATE_FAIL;
	b->unseen += v->state == STATE_NOT_OBSERVED;
}

static void on_object(void *arg, const struct fact_object *o)
{
	struct bench *b = arg;

	if (b->engine)
		engine_object(b->engine, o, on_verdict, b);
}

static void on_fault(void *arg, const struct fact_fault *f)
{
	struct bench *b = arg;

	(void)f;
	b->faults++;
}

static void run(const char *what, struct sv text, struct engine *engine)
{
	const struct fact_source *source = fact_source_find(SV("dockerfile"));
	double best = 1e9, total = 0;
	struct bench b = {0};
	struct arena a;
	enum { ROUNDS = 3000 };

	arena_init(&a, 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct parts p = {.arena = &a};
		const struct fact_sink sink = {.arg = &b, .object = on_object, .fault = on_fault};
		b = (struct bench){.engine = engine};
		double start = now();
		parts_add(&p, (struct sv){0}, SV("Dockerfile"), text);
		source->objects(&p, &sink);
		double took = now() - start;
		total += took;
		best = took < best ? took : best;
		parts_done(&p);
		arena_clear(&a);
	}
	(void)printf("%s: best %.0f us, mean %.0f us; %zu fail, %zu not observed, %zu faults\n",
		     what, best, total / ROUNDS, b.fails, b.unseen, b.faults);
	arena_done(&a);
}

int main(int argc, char **argv)
{
	auto_done(buf_done) struct buf file = {0};
	struct sv text = sv_of(usual);
	struct rules r;
	struct engine e;
	struct err err;

	if (argc > 1 && strcmp(argv[1], "--print") == 0)
		return fputs(usual, stdout) < 0;
	if (argc > 1 && file_read(argv[1], 1u << 20, &file, &err) < 0) {
		err_print(stderr, &err);
		return 1;
	}
	if (argc > 1)
		text = buf_view(&file);
	rules_init(&r);
	if (rules_load_builtin(&r, &err) < 0) {
		err_print(stderr, &err);
		return 1;
	}
	engine_init(&e, &r);
	run("facts", text, NULL);
	run("facts and rules", text, &e);
	engine_done(&e);
	rules_done(&r);
	return 0;
}
