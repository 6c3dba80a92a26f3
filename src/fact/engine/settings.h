/*
 * Settings of dockerd: keys of daemon.json, flags, and what each is. The reference is Docker's
 * "dockerd" page with the versions 20.10 to 29.
 */
#pragma once

#include "fact/engine/work.h"

enum setting_kind {
	SETTING_BOOL,
	SETTING_TEXT,
	SETTING_INT,
	SETTING_LIST, /* a flag that can stand several times */
	SETTING_MAP,  /* the same, with name=value */
};

enum { NO_FIELD = -1 };

struct setting {
	const char *key;  /* of daemon.json; NULL: flag only */
	const char *flag; /* NULL: file only */
	char brief;       /* -H; 0 */
	uint8_t kind;     /* enum setting_kind */
	int16_t field;    /* ENGINE_..., or NO_FIELD */
	const char *preset;
};

extern const struct setting docker_settings[];
extern const size_t docker_settings_n;

/* What was said of a setting in one place. */
struct said {
	const struct setting *setting; /* NULL: no such flag */
	struct sv name;                /* as written */
	struct node value;             /* bools as NODE_BOOL; with the span of the word */
};

struct said_vec {
	struct said *p;
	size_t n, cap;
};

const struct setting *setting_of_key(struct sv key);
/* Words of a command line behind the program, as pflag reads them. */
void setting_flags(const struct node_vec *words, size_t from, struct said_vec *out);
