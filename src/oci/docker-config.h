/*
 * Who we are for a registry: ~/.docker/config.json and its kin, and the credential helpers that
 * they name.
 */
#pragma once

#include "base/base.h"

struct credentials {
	struct sv user, secret;
	struct sv identity_token; /* to be exchanged for a token (OAuth 2 refresh token) */
	struct sv registry_token; /* a bearer token as it is */
};

/* What a configuration says of one repository. */
struct config_match {
	bool found; /* in auths, with something in it */
	struct credentials inline_;
	struct sv helper; /* docker-credential-NAME; empty: none */
	struct sv server; /* what the helper is asked for */
};

/* domain and path as of a reference. Texts are in the arena. ERR_PARSE; ERR_DENIED for a helper
 * whose name is no name. */
int docker_config_match(struct arena *a, struct sv name, struct sv bytes, struct sv domain,
			struct sv path, struct config_match *out, struct err *err) must_check;
/* What a helper answered to "get". ERR_NOTFOUND: it knows nothing of the server. */
int helper_answer(struct arena *a, struct sv bytes, int status, struct credentials *out,
		  struct err *err) must_check;
/* The first file that knows the registry: 1 found, 0 none. A file or helper that cannot be used is
 * an error: the caller goes on without credentials and says so if they were needed. */
int credentials_find(struct arena *a, struct sv domain, struct sv path, struct credentials *out,
		     struct err *err) must_check;
