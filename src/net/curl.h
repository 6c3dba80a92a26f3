/*
 * libcurl, loaded when first needed (it costs a process several milliseconds that most commands do
 * not need): only its headers are used at build time. The table has what gabion calls; the calls
 * mean what curl's manual says. Every handle must be restricted with curl_restrict() before its URL
 * is used.
 */
#pragma once

#include <curl/curl.h>

#include "base/base.h"

struct curl_api {
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_perform)(CURL *);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	CURLcode (*easy_pause)(CURL *, int);
	void (*easy_reset)(CURL *);
	void (*easy_cleanup)(CURL *);
	const char *(*easy_strerror)(CURLcode);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_add_handle)(CURLM *, CURL *);
	CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
	CURLMcode (*multi_perform)(CURLM *, int *running);
	CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned n, int ms, int *ready);
	CURLMsg *(*multi_info_read)(CURLM *, int *left);
	CURLMcode (*multi_cleanup)(CURLM *);
};

/* The table, loaded and initialised at the first call. ERR_UNSUPPORTED with a hint when there is no
 * libcurl on this machine. Thread-safe. */
int curl_load(const struct curl_api **out, struct err *err) must_check;

/* "http://" to localhost, 127.0.0.0/8 or [::1]. */
bool url_is_loopback(struct sv url);
/*
 * What every request has in common: https only, or http when the URL is on loopback; redirects (at
 * most 5) to https only; no signals; TLS 1.2 at least; connect time-out 20 s, a transfer that stays
 * below 1 kB/s for 60 s is given up. ca_file may be NULL: the system's. ERR_DENIED for other
 * schemes.
 */
int curl_restrict(const struct curl_api *api, CURL *easy, const char *url, const char *ca_file,
		  struct err *err) must_check;
/* An error from a transfer's result: ERR_TIMEOUT, ERR_CRYPTO (certificate), ERR_NOTFOUND (host),
 * ERR_PROTO ... */
int curl_fail(const struct curl_api *api, CURLcode code, const char *detail, struct err *err);
