/* What is gathered about one engine before it becomes a record. */
#pragma once

#include "fact/engine/schema.h"
#include "fact/engine/unit.h"
#include "fact/source.h"

struct engine_work {
	struct parts *b;
	struct arena *a;
	const struct fact_sink *sink;
	struct node *record; /* schema_engine */
	struct node_vec from, conflicts, unknown, listeners, registries, runtimes;
};

void work_begin(struct engine_work *w, struct parts *b, const struct fact_sink *sink,
		const char *name, const struct node *at);
/* The lists into the record, the record to the sink. at: the engine's main text, or NULL. */
void work_end(struct engine_work *w, const struct node *at);

/* A string node over the whole part: something to stand for it. */
struct node work_whole(struct parts *b, struct part *part);
/* "/etc/docker/daemon.json:3", "running (GET /info)" */
struct sv work_place(struct engine_work *w, const struct node *at);
/* A field and where it comes from. place empty: that of the node. */
void work_say(struct engine_work *w, unsigned field, const struct node *value, struct sv place);
void work_text(struct engine_work *w, unsigned field, struct sv text, const struct node *at);
void work_bool(struct engine_work *w, unsigned field, bool value, const struct node *at);
/* Built-in default, for what is not there yet. */
void work_default(struct engine_work *w, unsigned field, struct sv text);
/* Strings as a list. */
void work_strings(struct engine_work *w, unsigned field, const struct node_vec *v,
		  const struct node *at);
void work_from(struct engine_work *w, struct sv setting, struct sv place, const struct node *at);
void work_conflict(struct engine_work *w, struct sv setting, struct sv said, struct sv other,
		   const struct node *at);
void work_unknown(struct engine_work *w, struct sv key, const struct node *at);
struct node *work_listener(struct engine_work *w, struct sv address, const char *purpose,
			   const struct node *at);
/* The record of that name, made when it is not there yet. */
struct node *work_registry(struct engine_work *w, struct sv name, const struct node *at);
struct node *work_runtime(struct engine_work *w, struct sv name, const struct node *at);
/* A value as people read it: true, 5, text; lists as [a, b]. */
struct sv work_value(struct engine_work *w, const struct node *value);
/* A fact of its own. */
void engine_tell(struct parts *b, const struct fact_sink *sink, const struct node *at,
		 const char *kind, struct sv name, const char *type, const struct node *record);
/* An answer or file that cannot be read is told as a fault. */
const struct node *engine_json(struct parts *b, const struct fact_sink *sink, struct part *part);
const struct node *engine_toml(struct parts *b, const struct fact_sink *sink, struct part *part);
/* Its part is here. */
static inline bool part_here(const struct part *p)
{
	return p && p->state == PART_HERE;
}

/* Words of /proc/PID/cmdline. */
void engine_cmdline(struct parts *b, struct part *part, struct node_vec *words);
/* The first part of the role that is here. */
struct part *part_first(const struct parts *b, const char *role);

/* Paths that the configuration names, and what they are to rules (host_file.role). */
struct engine_roles {
	struct {
		const char *role;
		struct sv path;
	} p[64];
	size_t n;
};
void engine_role(struct engine_roles *r, const char *role, struct sv path);

/* The engines; each asks whether it is there at all. */
void engine_docker(struct parts *b, const struct fact_sink *sink, struct engine_roles *out);
void engine_containerd(struct parts *b, const struct fact_sink *sink);
void engine_podman(struct parts *b, const struct fact_sink *sink);
void engine_host(struct parts *b, const struct fact_sink *sink);
void engine_files(struct parts *b, const struct fact_sink *sink, const struct engine_roles *roles);
void engine_components(struct parts *b, const struct fact_sink *sink);
