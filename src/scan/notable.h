/* Files of an image that a rule may want to know of, by their paths. */
#pragma once

#include "base/base.h"

enum notable_kind {
	NOTABLE_NONE,
	NOTABLE_MANAGER,    /* a program that installs packages */
	NOTABLE_CREDENTIAL, /* holds keys or passwords */
	NOTABLE_CACHE,      /* left behind by a package manager */
};

struct notable {
	enum notable_kind kind;
	const char *what; /* "apt"; "SSH private key"; "lists of apt" */
	struct sv folder; /* of a cache: the whole of it */
};

/* path without / in front. NOTABLE_NONE: nothing about it. */
struct notable notable_path(struct sv path);
/* VFS capabilities: the value of security.capability, linux/capability.h. False when it is none;
 * *set: the permitted ones. */
bool notable_capabilities(struct sv value, uint64_t *set);
