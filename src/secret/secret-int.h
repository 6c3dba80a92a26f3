/* Shared by the files of the secret scanner only. */
#pragma once

#include "secret/secret.h"

/* What is searched: a window of a file. */
struct secret_text {
	struct sv bytes, path;
	bool software; /* the file belongs to a program: only forms that leave no doubt */
	bool code;     /* a program's source: values are quoted */
};

/* Classes of characters, as bits. */
enum secret_class {
	CLASS_UPPER = 1,
	CLASS_LOWER = 2,
	CLASS_DIGIT = 4,
	CLASS_HEX = 8, /* 0-9 a-f */
	CLASS_UNDERSCORE = 16,
	CLASS_DASH = 32,
	CLASS_BASE64 = 64, /* + / */
	CLASS_DOT = 128,
	CLASS_ALNUM = CLASS_UPPER | CLASS_LOWER | CLASS_DIGIT,
	CLASS_WORD = CLASS_ALNUM | CLASS_UNDERSCORE,
	CLASS_URL = CLASS_WORD | CLASS_DASH,
	CLASS_MIME = CLASS_ALNUM | CLASS_BASE64,
};

struct secret_rule;

struct secret_found {
	const char *type, *title;
	struct sv value;
	size_t start, end; /* of all that belongs to it: no other secret is told of in there */
	enum secret_confidence confidence;
};

/* at: where the keyword begins. out has the rule's type, title and confidence already. */
typedef bool secret_find_fn(const struct secret_text *t, const struct secret_rule *r, size_t at,
			    struct secret_found *out);

struct secret_rule {
	const char *type, *title;
	const char *keyword;
	uint8_t piece; /* offset of the three bytes of the keyword that are rare in texts */
	bool fold;     /* letters without regard to case */
	enum secret_confidence confidence;
	secret_find_fn *find;
	/* of secret_token(): what follows the keyword */
	uint8_t set; /* enum secret_class */
	uint16_t min, max;
	/* Lowers the confidence or refuses; NULL: none. */
	bool (*check)(struct sv token, enum secret_confidence *confidence);
};

extern const struct secret_rule secret_rules[];
extern const size_t secret_rules_n;

/* value.c */
unsigned secret_class(char c);
/* Bytes from `at` on that are of these classes, at most max. */
size_t secret_run(struct sv v, size_t at, unsigned classes, size_t max);
/* The same to the left: how many stand in front of `at`. */
size_t secret_run_left(struct sv v, size_t at, unsigned classes, size_t max);
/* Bits for each byte, after Shannon. */
double secret_entropy(struct sv v);
/* "changeme", "${VAR}", "xxxx", "AKIAIOSFODNN7EXAMPLE" ... */
bool secret_placeholder(struct sv v);
/* Is the text in there, without regard to the case of ASCII letters? SIZE_MAX: no. */
size_t secret_find_fold(struct sv v, const char *lower);

/* token.c */
secret_find_fn secret_token, secret_slack_hook, secret_sendgrid, secret_telegram, secret_openai,
	secret_terraform, secret_twilio;
bool secret_check_github(struct sv token, enum secret_confidence *confidence);
bool secret_check_hex(struct sv token, enum secret_confidence *confidence);
bool secret_check_aws(struct sv token, enum secret_confidence *confidence);

/* key.c */
secret_find_fn secret_pem, secret_putty, secret_jwt, secret_kube_key;

/* assign.c */
secret_find_fn secret_assign, secret_npmrc, secret_docker_auth, secret_url;
/* Does a variable of that name hold a secret? */
bool secret_name(struct sv name);
bool secret_is_aws(struct sv name, struct sv value);

/* path.c */
bool secret_path_software(struct sv path);
bool secret_path_code(struct sv path);
/* Texts about programs, not their settings. */
bool secret_path_prose(struct sv path);
