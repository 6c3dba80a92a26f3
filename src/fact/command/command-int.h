/* Shared by the files of the source "command": a command line becomes a service
 * (fact/service/service.h).
 */
#pragma once

#include "fact/service/service.h"
#include "fact/service/words.h"

enum engine { ENGINE_DOCKER = 1, ENGINE_PODMAN = 2, ENGINE_NERDCTL = 4, ENGINES_ALL = 7 };

enum flag_does {
	DOES_NOTHING,
	DOES_SET,     /* key: the value */
	DOES_TRUE,    /* a switch */
	DOES_ADD,     /* key: a list, one more */
	DOES_SUB,     /* key "a.b": the value */
	DOES_SUB_ADD, /* key "a.b": a list, one more */
	DOES_MOUNT,
	DOES_NETWORK,
	DOES_SECRET,
	DOES_USERS,
	DOES_OWN_USERS, /* a user namespace by its maps */
	DOES_NOTE,      /* not judged, which is told */
};

struct flag {
	const char *name;
	char letter;
	bool takes; /* a value */
	bool split; /* at commas, by Podman */
	uint8_t engines;
	uint8_t does; /* enum flag_does */
	const char *key;
};

extern const struct flag command_flags[];
extern const size_t command_flags_n;

struct command {
	struct parts *parts;
	struct arena *a;
	struct teller tell;
	enum engine engine;
	struct node *service;
	uint16_t doc;
	uint64_t left;
};

/* command/tree.c: nodes of the service. */
struct node *command_child(struct command *c, struct node *object, struct sv key, size_t start,
			   size_t end);
struct node *command_push(struct command *c, struct node *list, size_t start, size_t end);
void command_text(struct node *n, struct sv text);
/* The child of the name, an object or list made when there is none. */
struct node *command_open(struct command *c, struct node *object, const char *key,
			  enum node_kind kind, size_t start, size_t end);

/* command/apply.c: a flag with its value, which stands from start to end. */
void command_apply(struct command *c, const struct flag *f, struct sv value, size_t start,
		   size_t end);
/* A fault: the value of a variable decides what the container may do. */
void command_unknown(struct command *c, const struct node *at, struct sv text);
