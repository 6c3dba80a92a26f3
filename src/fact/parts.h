/*
 * Several texts about one thing, as one item of work: a container's inspect document with what
 * /proc says of it; a compose file with the files it includes; a daemon's configuration, flags and
 * units. Readers of the outside make them (audit/read/), sources of facts take them.
 *
 * Each part that is parsed gets a document of its own; node->doc is the number of the part, so that
 * evidence names the right file.
 */
#pragma once

#include "fmt/node.h"

enum part_state {
	PART_HERE,
	PART_ABSENT,     /* there is none: that is known */
	PART_UNREADABLE, /* nobody knows: bytes say why */
};

struct part {
	struct sv role; /* what it is to the reader: "inspect", "info", "status"; "" = the thing
			   itself */
	struct sv name; /* where it comes from, as the report writes it: "/proc/12/status",
			   "GET /info", "compose.yaml" */
	enum part_state state;
	struct sv bytes;
	struct doc *doc; /* of parts_json() and its kin; NULL before */
};

struct parts {
	struct arena *arena; /* trees and documents */
	struct {
		struct part *p;
		size_t n, cap;
	} all; /* at most 65,000: node->doc */
};

void parts_done(struct parts *p);
/* Pointers to parts are good until the next parts_add(). */
struct part *parts_add(struct parts *p, struct sv role, struct sv name, struct sv bytes);
/* The first part of the role, whatever its state; NULL. */
struct part *parts_find(const struct parts *p, struct sv role);
/* By role and name. */
struct part *parts_named(const struct parts *p, struct sv role, struct sv name);
/* Its bytes, empty unless it is here. */
struct sv parts_bytes(const struct parts *p, struct sv role);
/* The text as a document without a tree: spans of nodes that the caller makes. */
struct doc *parts_text(struct parts *p, struct part *part);
/* The tree of a part, parsed once. Duplicate keys: the last counts (DUP_LAST). err->where has name,
 * line, column. */
int parts_json(struct parts *p, struct part *part, const struct node **out,
	       struct err *err) must_check;
int parts_yaml(struct parts *p, struct part *part, const struct node **out,
	       struct err *err) must_check; /* one document; compose's and containers' files */
int parts_toml(struct parts *p, struct part *part, const struct node **out,
	       struct err *err) must_check;
/* What nobody has as a file with lines: an engine's answer ("GET ..."), what stat said of a path.
 */
bool part_is_answer(const struct part *part);
/* Takes over a tree that was parsed already, of the text of the part: d->root is it. */
void parts_adopt(struct parts *p, struct part *part, struct doc *d);
/*
 * Files that the thing itself names (compose: include, extends, env_file): each is a part of the
 * role "file", called by its path as seen from where the first one's name is seen from. path: as
 * written in the part that `at` stands in, which it is relative to.
 */
struct sv parts_file_name(const struct parts *p, struct sv path, const struct node *at);
/* Whatever its state; NULL: nobody has given it yet, ask with sink->want(path, at). */
struct part *parts_file(const struct parts *p, struct sv path, const struct node *at);
/* The part that a node stands in. */
struct part *part_of_node(const struct parts *p, const struct node *n);

/* On its way between processes. parts_read() keeps views of the bytes. ERR_PROTO. */
void parts_write(struct buf *out, struct sv role, struct sv name, enum part_state state,
		 struct sv bytes);
int parts_read(struct parts *p, struct sv bytes, struct err *err) must_check;
