/* Secrets: what is told and what is not. All are made up, and put together here so that no file
 * holds one whole. */
#include "unit/test.h"

#include "base/limits.h"
#include "net/base64.h"
#include "secret/secret.h"

struct seen {
	unsigned n;
	char type[64], value[256];
	uint32_t line;
	uint64_t offset;
	enum secret_confidence confidence;
};

static void see(void *arg, const struct secret_hit *hit)
{
	struct seen *s = arg;

	if (s->n++ == 0) {
		(void)snprintf(s->type, sizeof s->type, "%s", hit->type);
		(void)snprintf(s->value, sizeof s->value, "%.*s", SV_ARG(hit->value));
		s->line = hit->line;
		s->offset = hit->offset;
		s->confidence = hit->confidence;
	}
}

static struct seen scan(struct sv bytes, const char *path)
{
	struct seen s = {0};

	secret_scan(bytes, sv_of(path), see, &s);
	return s;
}

/* Letters and digits without an end, not like any word. */
static void fill(struct buf *b, const char *set, size_t n)
{
	uint32_t next = 12345;

	for (size_t i = 0; i < n; i++) {
		next = next * 1664525u + 1013904223u;
		buf_char(b, set[(next >> 16) % strlen(set)]);
	}
}

#define ALNUM "q8Zk3VbN7xTwJ2sRfYhD5mLcPg9KdGvB4nWzQrX6tHjMyCpF"
#define HEXA  "9c3f1b7ed05a8246fbc1e2d7"
#define UPPER "QKZ7VBN2XTWJ3RFYHD5MLCPG6"
#define MIME  "q8Zk3VbN7xTwJ2sRfY+hD5mLcPg9KdGvB4nW/zQrX6tHjMyCpF"

static const struct {
	const char *name, *before, *prefix, *set;
	size_t n;
	const char *after, *path, *type;
	enum secret_confidence confidence;
} forms[] = {
	{"aws", "id = ",
	 "AK"
	 "IA",
	 UPPER, 16, "\n", "a.ini", "aws-access-key", SECRET_HIGH},
	{"aws temporary", "",
	 "AS"
	 "IA",
	 UPPER, 16, "\n", "a.ini", "aws-access-key", SECRET_HIGH},
	{"aws secret", "aws_secret_access_key = ", "", MIME, 40, "\n", "root/.aws/credentials",
	 "aws-secret-key", SECRET_HIGH},
	{"aws secret, JSON", "{\"SecretAccessKey\": \"", "", MIME, 40, "\"}", "a.json",
	 "aws-secret-key", SECRET_HIGH},
	{"github without its sum", "x",
	 " gh"
	 "p_",
	 ALNUM, 36, "\"", "a", "github-token", SECRET_MEDIUM},
	{"github fine-grained", "",
	 "github"
	 "_pat_",
	 ALNUM, 82, "\n", "a", "github-token", SECRET_HIGH},
	{"gitlab", "t: ",
	 "gl"
	 "pat-",
	 ALNUM, 20, "\n", "a.yml", "gitlab-token", SECRET_HIGH},
	{"slack", "",
	 "xo"
	 "xb-",
	 ALNUM, 50, "", "a", "slack-token", SECRET_HIGH},
	{"stripe", "'",
	 "sk"
	 "_live_",
	 ALNUM, 24, "'", "a", "stripe-key", SECRET_HIGH},
	{"google", "",
	 "AI"
	 "za",
	 ALNUM, 35, "\n", "a", "google-api-key", SECRET_HIGH},
	{"pypi", "",
	 "py"
	 "pi-AgE",
	 ALNUM, 80, "\n", "a", "pypi-token", SECRET_HIGH},
	{"docker hub", "",
	 "dckr"
	 "_pat_",
	 ALNUM, 27, "\n", "a", "docker-hub-token", SECRET_HIGH},
	{"azure", "x;Account", "Key=", MIME, 86, "==;y", "a", "azure-storage-key", SECRET_HIGH},
	{"digitalocean", "",
	 "dop"
	 "_v1_",
	 HEXA, 64, "\n", "a", "digitalocean-token", SECRET_HIGH},
	{"twilio", "twilio_sid = ", "SK", HEXA, 32, "\n", "a", "twilio-key", SECRET_MEDIUM},
	{"telegram",
	 "bot 123456"
	 "7892",
	 ":A"
	 "A",
	 ALNUM, 33, "\n", "a", "telegram-token", SECRET_HIGH},
	{"anthropic", "",
	 "sk"
	 "-ant-",
	 ALNUM, 95, "\n", "a", "anthropic-key", SECRET_HIGH},
	{"hugging face", "",
	 "h"
	 "f_",
	 ALNUM, 34, "\n", "a", "huggingface-token", SECRET_HIGH},
	{"vault", "",
	 "hv"
	 "s.",
	 ALNUM, 30, "\n", "a", "vault-token", SECRET_HIGH},
	{"at the end", "",
	 "hv"
	 "s.",
	 ALNUM, 30, "", "a", "vault-token", SECRET_HIGH},
	{"password", "db_password = ", "", ALNUM, 14, "\n", "etc/app.conf", "password",
	 SECRET_MEDIUM},
	{"password in YAML", "  dbPassword: \"", "", ALNUM, 14, "\"\n", "app/config.yml",
	 "password", SECRET_MEDIUM},
	{"password in XML", "<password>", "", ALNUM, 14, "</password>", "app/a.xml", "password",
	 SECRET_MEDIUM},
	{"password in code", "$config['password'] = '", "", ALNUM, 14, "';", "srv/a.php",
	 "password", SECRET_MEDIUM},
	{"token", "API_TOKEN=", "", ALNUM, 30, "\n", "app/.env", "token", SECRET_MEDIUM},
	{"netrc", "machine a.b login me password ", "", ALNUM, 9, "\n", "root/.netrc",
	 "netrc-password", SECRET_HIGH},
	{"npmrc", "//registry.corp/:_authToken=", "", ALNUM, 30, "\n", "root/.npmrc", "npm-token",
	 SECRET_HIGH},
	{"url", "postgres://app:", "", ALNUM, 12, "@db.corp:5432/x", "app/.env", "url-password",
	 SECRET_MEDIUM},
	/* not told */
	{"too short", "",
	 "hv"
	 "s.",
	 ALNUM, 20, "\n", "a", NULL, 0},
	{"a longer word", "",
	 "AK"
	 "IA",
	 UPPER, 17, "\n", "a", NULL, 0},
	{"within a word", "x",
	 "gl"
	 "pat-",
	 ALNUM, 20, "\n", "a", NULL, 0},
	{"one byte over and over", "",
	 "hv"
	 "s.",
	 "a", 30, "\n", "a", NULL, 0},
	{"a variable", "password=${", "", ALNUM, 14, "}\n", "a.conf", NULL, 0},
	{"a template", "password: {{ ", "", ALNUM, 14, "}}\n", "a.yml", NULL, 0},
	{"a comparison", "if password == \"", "", ALNUM, 14, "\"", "a.rb", NULL, 0},
	{"code without quotes", "password = get", "", ALNUM, 14, "\n", "a.py", NULL, 0},
	{"the name of a file", "password_file: ", "", ALNUM, 14, "\n", "a.yml", NULL, 0},
	{"of a library", "password = '", "", ALNUM, 14, "'", "usr/lib/python3/x.py", NULL, 0},
	{"documentation", "",
	 "hv"
	 "s.",
	 ALNUM, 30, "\n", "usr/share/doc/x/README", NULL, 0},
	{"test data of a library", "",
	 "hv"
	 "s.",
	 ALNUM, 30, "\n", "usr/lib/python3/dist-packages/x/tests/a.py", NULL, 0},
	{"url of documentation", "http://user:pass", "", "w", 0, "@host.corp/x", "a", NULL, 0},
	{"url with a variable", "http://user:$", "", ALNUM, 12, "@host.corp/x", "a", NULL, 0},
	{"a parameter of code", "  f(x, _auth=", "", ALNUM, 20, ")\n", "a.txt", NULL, 0},
	{"prose", "the password: ", "", ALNUM, 14, "\n", "README.md", NULL, 0},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct buf b = {0}, value = {0};
		buf_str(&b, "first line\n");
		buf_str(&b, forms[i].before);
		buf_str(&b, forms[i].prefix);
		fill(&value, forms[i].set, forms[i].n);
		buf_sv(&b, buf_view(&value));
		buf_str(&b, forms[i].after);
		struct seen s = scan(buf_view(&b), forms[i].path);
		if (s.n != (forms[i].type ? 1u : 0u) ||
		    (forms[i].type && (strcmp(s.type, forms[i].type) != 0 || s.line != 2 ||
				       s.confidence != forms[i].confidence)))
			fail_msg("%s: %u of type %s, line %u, %u: %s", forms[i].name, s.n, s.type,
				 s.line, s.confidence, buf_cstr(&b));
		buf_done(&b);
		buf_done(&value);
	}
}

static uint32_t crc(struct sv v)
{
	uint32_t table[256], c = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int k = 0; k < 8; k++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320u : table[i] >> 1;
	}
	for (size_t i = 0; i < v.n; i++)
		c = table[(c ^ (uint8_t)v.p[i]) & 255] ^ c >> 8;
	return ~c;
}

static void test_checksum(void **state)
{
	(void)state;
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	struct buf b = {0};
	char sum[6];

	buf_str(&b, "gh"
		    "p_");
	fill(&b, ALNUM, 30);
	uint32_t c = crc(sv_from(buf_view(&b), 4));
	for (int i = 5; i >= 0; i--, c /= 62)
		sum[i] = digits[c % 62];
	buf_add(&b, sum, 6);
	struct seen s = scan(buf_view(&b), "a");
	assert_int_equal(s.n, 1);
	assert_int_equal(s.confidence, SECRET_HIGH);
	b.p[10] = b.p[10] == 'a' ? 'b' : 'a';
	assert_int_equal(scan(buf_view(&b), "a").confidence, SECRET_MEDIUM);
	buf_done(&b);
}

static void key(struct buf *b, const char *label, const char *inside, size_t n)
{
	buf_fmt(b, "%sBEGIN %s%s\n%s", "-----", label, "-----", inside);
	for (size_t i = 0; i < n; i++) {
		fill(b, MIME, 64);
		buf_char(b, '\n');
	}
	buf_fmt(b, "%sEND %s%s\n", "-----", label, "-----");
}

static void test_keys(void **state)
{
	(void)state;
	static const struct {
		const char *label, *inside;
		size_t lines;
		unsigned n;
		enum secret_confidence confidence;
	} cases[] = {
		{"PRIVATE "
		 "KEY",
		 "", 5, 1, SECRET_HIGH},
		{"RSA PRIVATE "
		 "KEY",
		 "", 5, 1, SECRET_HIGH},
		{"OPENSSH PRIVATE "
		 "KEY",
		 "", 3, 1, SECRET_HIGH},
		{"PGP PRIVATE KEY "
		 "BLOCK",
		 "Version: x\n\n", 9, 1, SECRET_HIGH},
		{"ENCRYPTED PRIVATE "
		 "KEY",
		 "", 5, 1, SECRET_MEDIUM},
		{"RSA PRIVATE "
		 "KEY",
		 "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 5, 1, SECRET_MEDIUM},
		{"PUBLIC "
		 "KEY",
		 "", 5, 0, 0},
		{"CERTIFICATE", "", 5, 0, 0},
		{"PRIVATE "
		 "KEY",
		 "", 0, 0, 0},
		{"PRIVATE "
		 "KEY",
		 "...\n", 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = {0};
		key(&b, cases[i].label, cases[i].inside, cases[i].lines);
		struct seen s = scan(buf_view(&b), "root/x");
		if (s.n != cases[i].n || (s.n && (strcmp(s.type, "private-key") != 0 ||
						  s.confidence != cases[i].confidence)))
			fail_msg("%s: %u, %s, %u", cases[i].label, s.n, s.type, s.confidence);
		assert_int_equal(scan(buf_view(&b), "usr/share/doc/x").n, 0);
		buf_done(&b);
	}
}

/* {"alg":"HS256"}.{"sub":"x", ...}.signature */
static void test_jwt(void **state)
{
	(void)state;
	struct buf b = {0}, part = {0};

	buf_str(&b, "Authorization: Bearer ");
	base64_encode(&part, SV("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
	buf_sv(&b, buf_view(&part));
	buf_char(&b, '.');
	buf_clear(&part);
	base64_encode(&part, SV("{\"sub\":\"robot\",\"n\":1}"));
	while (part.n && part.p[part.n - 1] == '=')
		part.n--;
	buf_sv(&b, buf_view(&part));
	buf_char(&b, '.');
	fill(&b, ALNUM, 43);
	struct seen s = scan(buf_view(&b), "a");
	assert_int_equal(s.n, 1);
	assert_string_equal(s.type, "jwt");
	b.p[26]++; /* no JSON any more */
	assert_int_equal(scan(buf_view(&b), "a").n, 0);
	buf_done(&b);
	buf_done(&part);
}

static void test_docker_auth(void **state)
{
	(void)state;
	struct buf b = {0}, user = {0};

	buf_str(&user, "robot:");
	fill(&user, ALNUM, 16);
	buf_str(&b, "{\"auths\": {\"r.corp\": {\"auth\": \"");
	base64_encode(&b, buf_view(&user));
	buf_str(&b, "\"}}}");
	struct seen s = scan(buf_view(&b), "root/.docker/config.json");
	assert_int_equal(s.n, 1);
	assert_string_equal(s.type, "docker-auth");
	assert_int_equal(scan(SV("{\"auth\": \"aGVsbG8gd29ybGQ=\"}"), "a.json").n, 0);
	buf_done(&b);
	buf_done(&user);
}

static void token(struct buf *b)
{
	buf_str(b, "hv"
		   "s.");
	fill(b, ALNUM, 30);
}

/* However a file is cut into pieces, the same is found; across windows, lines and offsets too. */
static void test_pieces(void **state)
{
	(void)state;
	struct secret_scanner *s = secret_scanner_new();
	struct buf b = {0};

	while (b.n < (1 << 20) - 17)
		buf_str(&b, "a line of text, nothing else\n");
	uint32_t line = (uint32_t)(b.n / 29 + 1);
	uint64_t at = b.n;
	token(&b);
	buf_char(&b, '\n');
	while (b.n < 3u << 20)
		buf_str(&b, "a line of text, nothing else\n");
	for (size_t step = 4093; step < 3u << 20; step = step * 5 + 1) {
		struct seen seen = {0};
		secret_begin(s, SV("a"), see, &seen);
		for (size_t i = 0; i < b.n; i += step)
			assert_true(secret_feed(s, sv_head(sv_from(buf_view(&b), i), step)));
		secret_end(s);
		assert_int_equal(seen.n, 1);
		assert_int_equal(seen.offset, at);
		assert_int_equal(seen.line, line);
	}
	struct seen whole = scan(buf_view(&b), "a");
	assert_int_equal(whole.n, 1);
	assert_int_equal(whole.line, line);
	secret_scanner_free(s);
	buf_done(&b);
}

static void test_binary(void **state)
{
	(void)state;
	struct secret_scanner *s = secret_scanner_new();
	struct seen seen = {0};
	struct buf b = {0};

	buf_add(&b, "\177ELF\0\0", 6);
	token(&b);
	assert_int_equal(scan(buf_view(&b), "a").n, 0);
	buf_fill(&b, 'x', 8192);
	secret_begin(s, SV("a"), see, &seen);
	assert_false(secret_feed(s, buf_view(&b)));
	secret_end(s);
	assert_int_equal(seen.n, 0);
	secret_scanner_free(s);
	buf_done(&b);
}

/* One finding for one thing: the form says more than the name of the variable. */
static void test_overlap(void **state)
{
	(void)state;
	struct buf b = {0};

	buf_str(&b, "VAULT_TOKEN=");
	token(&b);
	struct seen s = scan(buf_view(&b), "app/.env");
	assert_int_equal(s.n, 1);
	assert_string_equal(s.type, "vault-token");
	buf_done(&b);
}

static void test_bounded(void **state)
{
	(void)state;
	struct buf b = {0};

	for (size_t i = 0; i < 2 * limit_secrets; i++) {
		token(&b);
		buf_char(&b, '\n');
	}
	assert_int_equal(scan(buf_view(&b), "a").n, limit_secrets);
	buf_done(&b);
}

static void test_pair(void **state)
{
	(void)state;
	static const struct {
		const char *name, *value;
		unsigned n;
	} cases[] = {
		{"MYSQL_ROOT_PASSWORD",
		 "hunter"
		 "2",
		 1},
		{"DB_PASS",
		 "hunter"
		 "2",
		 1},
		{"PASSWORD", "", 0},
		{"PASSWORD", "${PW}", 0},
		{"PASSWORD", "changeme", 0},
		{"PASSWORD_FILE", "/run/x", 0},
		{"POSTGRES_PASSWORD_FILE", "abcd1", 0},
		{"PATH", "/usr/bin:/bin", 0},
		{"GPG_KEY", "7169605F62C751356D054A26A821E680E5FA6305", 0},
		{"SECRET_KEY_BASE",
		 "kd83"
		 "hfns83",
		 1},
		{"TOKEN_TTL", "3600", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen s = {0};
		secret_pair(sv_of(cases[i].name), sv_of(cases[i].value), see, &s);
		if (s.n != cases[i].n)
			fail_msg("%s=%s: %u (%s)", cases[i].name, cases[i].value, s.n, s.type);
	}
}

static void test_redact(void **state)
{
	(void)state;
	struct buf b = {0};

	secret_redact(&b, SV("abcdefghijklmnopqrst"));
	assert_string_equal(buf_cstr(&b), "abcd... (20 characters)");
	buf_clear(&b);
	secret_redact(&b, SV("hunter2"));
	assert_string_equal(buf_cstr(&b), "... (7 characters)");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),       cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_keys),        cmocka_unit_test(test_jwt),
		cmocka_unit_test(test_docker_auth), cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_binary),      cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_bounded),     cmocka_unit_test(test_pair),
		cmocka_unit_test(test_redact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
