#include "net/curl.h"

#include <dlfcn.h>
#include <pthread.h>

#include "net/url.h"

static const char *const library_names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

/* One row per member of struct curl_api. */
static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define ROW(member)                                                \
	{                                                          \
		"curl_" #member, offsetof(struct curl_api, member) \
	}
	ROW(easy_init),           ROW(easy_setopt),    ROW(easy_perform), ROW(easy_getinfo),
	ROW(easy_pause),          ROW(easy_reset),     ROW(easy_cleanup), ROW(easy_strerror),
	ROW(slist_append),        ROW(slist_free_all), ROW(multi_init),   ROW(multi_add_handle),
	ROW(multi_remove_handle), ROW(multi_perform),  ROW(multi_poll),   ROW(multi_info_read),
	ROW(multi_cleanup),
#undef ROW
};

/* Loaded once per process and never unloaded; written only under the once. */
static struct {
	pthread_once_t once;
	struct curl_api api;
	bool ok;
	char why[256];
} loaded = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
	void *lib = NULL;
	CURLcode (*init)(long) = NULL;

	for (size_t i = 0; !lib && i < ARRAY_LEN(library_names); i++)
		lib = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		(void)snprintf(loaded.why, sizeof loaded.why, "%s is not installed",
			       library_names[0]);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *p = dlsym(lib, symbols[i].name);
		if (!p) {
			(void)snprintf(loaded.why, sizeof loaded.why, "libcurl has no %s",
				       symbols[i].name);
			return;
		}
		memcpy((char *)&loaded.api + symbols[i].offset, &p, sizeof p);
	}
	void *p = dlsym(lib, "curl_global_init");
	memcpy(&init, &p, sizeof p);
	loaded.ok = init && init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	if (!loaded.ok)
		(void)snprintf(loaded.why, sizeof loaded.why, "libcurl cannot be initialised");
}

int curl_load(const struct curl_api **out, struct err *err)
{
	(void)pthread_once(&loaded.once, load);
	if (!loaded.ok) {
		err_set(err, ERR_UNSUPPORTED, "cannot use the network: %s", loaded.why);
		return err_hint(err, "install the package libcurl4");
	}
	*out = &loaded.api;
	return 0;
}

bool url_is_loopback(struct sv url)
{
	struct url u;

	return url_parse(url, &u) && !u.tls && url_host_is_loopback(u.host);
}

int curl_restrict(const struct curl_api *api, CURL *easy, const char *url, const char *ca_file,
		  struct err *err)
{
	struct sv u = sv_of(url);
	bool http = url_is_loopback(u);

	if (!http && !(u.n > 8 && sv_ieq(sv_head(u, 8), SV("https://")))) {
		err_set(err, ERR_DENIED, "only https:// is allowed (http:// on loopback)");
		return err_where(err, "%s", url);
	}
	const char *protocols = http ? "http,https" : "https";
	CURLcode c = api->easy_setopt(easy, CURLOPT_URL, url);
	c = c ? c : api->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
	/* a redirect from loopback must not lead to clear text elsewhere */
	c = c ? c : api->easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	c = c ? c : api->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_MAXREDIRS, 5L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	c = c ? c : api->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 20L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1000L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 60L);
	c = c ? c : api->easy_setopt(easy, CURLOPT_USERAGENT, "gabion/" GABION_VERSION);
	if (!c && ca_file)
		c = api->easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	return c ? curl_fail(api, c, NULL, err) : 0;
}

int curl_fail(const struct curl_api *api, CURLcode code, const char *detail, struct err *err)
{
	static const struct {
		CURLcode code;
		enum err_kind kind;
	} kinds[] = {
		{CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT},
		{CURLE_COULDNT_RESOLVE_HOST, ERR_NOTFOUND},
		{CURLE_COULDNT_CONNECT, ERR_NOTFOUND},
		{CURLE_PEER_FAILED_VERIFICATION, ERR_CRYPTO},
		{CURLE_SSL_CACERT_BADFILE, ERR_NOTFOUND},
		{CURLE_SSL_CONNECT_ERROR, ERR_CRYPTO},
		{CURLE_UNSUPPORTED_PROTOCOL, ERR_DENIED},
		{CURLE_TOO_MANY_REDIRECTS, ERR_PROTO},
		{CURLE_COULDNT_RESOLVE_PROXY, ERR_NOTFOUND},
		{CURLE_SSL_CERTPROBLEM, ERR_CRYPTO},
	};
	enum err_kind kind = ERR_PROTO;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].code == code)
			kind = kinds[i].kind;
	return err_set(err, kind, "%s", detail && *detail ? detail : api->easy_strerror(code));
}
