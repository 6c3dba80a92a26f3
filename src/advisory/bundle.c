#include "advisory/bundle.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "advisory/feed.h"
#include "base/clock.h"
#include "base/limits.h"
#include "fmt/json-out.h"
#include "fmt/json.h"

#define DOMAIN "gabion.bundle/1\n"

static int crypto(struct err *err, const char *what)
{
	ERR_clear_error();
	err_set(err, ERR_CRYPTO, "%s", what);
	return err_scope(err, SCOPE_DATABASE);
}

static void key_free(EVP_PKEY **k)
{
	EVP_PKEY_free(*k);
}

static void md_free(EVP_MD_CTX **c)
{
	EVP_MD_CTX_free(*c);
}

/* Never asks for a passphrase on the terminal. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf, (void)size, (void)writing, (void)arg;
	return -1;
}

static int read_key(const char *path, bool private, EVP_PKEY **out, struct err *err)
{
	auto_fclose FILE *f = fopen(path, "re");

	if (!f) {
		err_sys(err, "cannot read the key %s", path);
		return err_scope(err, SCOPE_CONFIG);
	}
	EVP_PKEY *k = private ? PEM_read_PrivateKey(f, NULL, no_passphrase, NULL)
			      : PEM_read_PUBKEY(f, NULL, no_passphrase, NULL);
	if (!k || EVP_PKEY_get_id(k) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(k);
		ERR_clear_error();
		err_set(err, ERR_CRYPTO, "%s is no Ed25519 %s key in PEM", path,
			private ? "private" : "public");
		err_hint(err, "openssl genpkey -algorithm ed25519 makes a private key");
		return err_scope(err, SCOPE_CONFIG);
	}
	*out = k;
	return 0;
}

static void signed_bytes(struct buf *b, struct sv manifest)
{
	buf_str(b, DOMAIN);
	buf_sv(b, manifest);
}

static int sign(const char *key_pem, struct sv manifest, struct buf *out, struct err *err)
{
	auto_done(key_free) EVP_PKEY *key = NULL;
	auto_done(md_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	auto_done(buf_done) struct buf text = {0};
	unsigned char sig[64], base64[96];
	size_t n = sizeof sig;
	int rc = read_key(key_pem, true, &key, err);

	if (rc < 0)
		return rc;
	signed_bytes(&text, manifest);
	if (!ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, sig, &n, (const unsigned char *)text.p, text.n) != 1 ||
	    n != sizeof sig)
		return crypto(err, "cannot sign the manifest");
	(void)EVP_EncodeBlock(base64, sig, sizeof sig);
	buf_str(out, (const char *)base64);
	buf_char(out, '\n');
	return 0;
}

int bundle_check(struct sv manifest, struct sv signature, const char *public_pem, struct err *err)
{
	auto_done(key_free) EVP_PKEY *key = NULL;
	auto_done(md_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	auto_done(buf_done) struct buf text = {0};
	unsigned char sig[96];
	int rc = read_key(public_pem, false, &key, err);

	if (rc < 0)
		return rc;
	signature = sv_trim(signature);
	if (signature.n != 88 || EVP_DecodeBlock(sig, (const unsigned char *)signature.p, 88) < 64)
		return crypto(err, "the signature of the bundle is malformed");
	signed_bytes(&text, manifest);
	if (!ctx || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1 ||
	    EVP_DigestVerify(ctx, sig, 64, (const unsigned char *)text.p, text.n) != 1) {
		crypto(err, "the signature of the bundle does not hold");
		return err_hint(err,
				"it was changed, or signed with another key than the pinned one");
	}
	return 0;
}

static int write_file(const char *dir, const char *name, struct sv bytes, struct err *err)
{
	auto_done(buf_done) struct buf path = {0};

	buf_fmt(&path, "%s/%s", dir, name);
	FILE *f = fopen(buf_cstr(&path), "wxe");
	bool ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok) {
		err_sys(err, "cannot write %s", buf_cstr(&path));
		return err_scope(err, SCOPE_DATABASE);
	}
	return 0;
}

static int name_cmp(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shard(const struct dirent *e)
{
	return e->d_name[0] != '.' && sv_ends(sv_of(e->d_name), SV(".db"));
}

static int digest_at(const char *dir, struct sv name, struct arena *a, struct sv *sha256,
		     uint64_t *size, struct err *err)
{
	char *path = arena_str(a, arena_fmt(a, "%s/%.*s", dir, SV_ARG(name)));
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		err_sys(err, "cannot open %s", path);
		return err_scope(err, SCOPE_DATABASE);
	}
	*size = (uint64_t)st.st_size;
	int rc = feed_sha256(fd, a, sha256, err);
	return rc < 0 ? err_scope(err, SCOPE_DATABASE) : 0;
}

static int manifest_file(const char *dir, const char *name, struct json_out *w, struct arena *a,
			 struct err *err)
{
	struct sv sha256;
	uint64_t size;
	int rc = digest_at(dir, sv_of(name), a, &sha256, &size, err);

	if (rc < 0)
		return rc;
	json_out_object(w);
	json_out_kv(w, "name", sv_of(name));
	json_out_key(w, "size");
	json_out_u64(w, size);
	json_out_kv(w, "sha256", sha256);
	json_out_end(w);
	return 0;
}

static int write_manifest(const char *dir, struct buf *out, struct err *err)
{
	auto_done(arena_done) struct arena a;
	auto_done(buf_done) struct buf when = {0};
	struct dirent **list = NULL;
	struct json_out w;
	int rc = 0, n = scandir(dir, &list, is_shard, name_cmp);

	if (n < 0)
		return err_sys(err, "cannot read %s", dir);
	arena_init(&a, 0);
	clock_fmt(&when, clock_now());
	json_out_init(&w, NULL, out, 1);
	json_out_object(&w);
	json_out_kv(&w, "schema", SV("gabion.bundle/1"));
	json_out_kv(&w, "time", buf_view(&when));
	json_out_key(&w, "files");
	json_out_array(&w);
	for (int i = 0; i < n; i++) {
		if (rc >= 0)
			rc = manifest_file(dir, list[i]->d_name, &w, &a, err);
		free(list[i]);
	}
	free(list);
	json_out_end(&w);
	json_out_end(&w);
	buf_char(out, '\n');
	return rc;
}

int bundle_sign(const char *dir, const char *key_pem, struct err *err)
{
	auto_done(buf_done) struct buf manifest = {0}, signature = {0};
	int rc = write_manifest(dir, &manifest, err);

	if (rc >= 0)
		rc = sign(key_pem, buf_view(&manifest), &signature, err);
	if (rc >= 0)
		rc = write_file(dir, "manifest.json", buf_view(&manifest), err);
	return rc < 0 ? rc : write_file(dir, "manifest.json.sig", buf_view(&signature), err);
}

/* "Debian.db": a file in this directory, whatever the manifest's author wanted. */
static bool good_name(struct sv name)
{
	return name.n > 3 && name.n < 200 && name.p[0] != '.' && sv_ends(name, SV(".db")) &&
	       sv_find_char(name, '/') == SIZE_MAX && sv_find_char(name, '\0') == SIZE_MAX;
}

int bundle_parse(struct arena *a, struct sv manifest, struct bundle *out, struct err *err)
{
	const struct node *root;
	struct bundle b = {0};
	int rc = json_read(a, SV("manifest.json"), arena_sv(a, manifest), DUP_REFUSE, &root, err);

	if (rc < 0)
		return err_scope(err, SCOPE_DATABASE);
	bool ok = sv_is(node_get_str(root, "schema"), "gabion.bundle/1") &&
		  clock_parse(node_get_str(root, "time"), &b.time);
	NODE_EACH (it, node_get(root, "files")) {
		struct bundle_file f = {.name = node_get_str(it, "name"),
					.sha256 = node_get_str(it, "sha256")};
		ok = ok && node_u64(node_get(it, "size"), &f.size) && good_name(f.name) &&
		     f.sha256.n == 64 && f.size <= limit_database_bytes && !bundle_find(&b, f.name);
		if (ok)
			*VEC_PUSH(&b.files) = f;
	}
	if (!ok || b.files.n == 0) {
		bundle_done(&b);
		err_set(err, ERR_PARSE, "manifest.json is no manifest of a bundle");
		return err_scope(err, SCOPE_DATABASE);
	}
	*out = b;
	return 0;
}

const struct bundle_file *bundle_find(const struct bundle *b, struct sv name)
{
	for (size_t i = 0; i < b->files.n; i++)
		if (sv_eq(b->files.p[i].name, name))
			return &b->files.p[i];
	return NULL;
}

void bundle_done(struct bundle *b)
{
	vec_done(&b->files);
}

static int read_text(const char *dir, const char *name, struct buf *out, struct err *err)
{
	auto_done(buf_done) struct buf path = {0};

	buf_fmt(&path, "%s/%s", dir, name);
	auto_close int fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_sys(err, "the database is not signed: cannot open %s", buf_cstr(&path));
		return err_scope(err, SCOPE_DATABASE);
	}
	struct stream *s = stream_fd(fd, 0, UINT64_MAX);
	int rc = stream_all(s, limit_manifest_bytes, out, err);
	stream_free(s);
	return rc < 0 ? err_scope(err, SCOPE_DATABASE) : 0;
}

/* Every file that is there is named, and is what the manifest says. */
static int verify_files(const char *dir, const struct bundle *b, struct arena *a, struct err *err)
{
	struct dirent **list = NULL;
	int rc = 0, n = scandir(dir, &list, is_shard, name_cmp);

	if (n < 0) {
		err_sys(err, "cannot list the database");
		return err_scope(err, SCOPE_DATABASE);
	}
	for (int i = 0; i < n; i++) {
		const struct bundle_file *f = bundle_find(b, sv_of(list[i]->d_name));
		struct sv sha256 = {0};
		uint64_t size = 0;
		if (rc >= 0 && !f)
			rc = crypto(err, "a file is not in the signed manifest");
		else if (rc >= 0)
			rc = digest_at(dir, f->name, a, &sha256, &size, err);
		if (rc >= 0 && f && (size != f->size || !sv_eq(sha256, f->sha256)))
			rc = crypto(err, "a file differs from the signed manifest");
		if (rc < 0)
			err_where(err, "%s/%s", dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return rc;
}

int bundle_verify(const char *dir, const char *public_pem, struct err *err)
{
	auto_done(arena_done) struct arena a;
	auto_done(buf_done) struct buf manifest = {0}, signature = {0};
	auto_done(bundle_done) struct bundle b = {0};
	int rc;

	arena_init(&a, 0);
	rc = read_text(dir, "manifest.json", &manifest, err);
	if (rc >= 0)
		rc = read_text(dir, "manifest.json.sig", &signature, err);
	if (rc >= 0)
		rc = bundle_check(buf_view(&manifest), buf_view(&signature), public_pem, err);
	if (rc >= 0)
		rc = bundle_parse(&a, buf_view(&manifest), &b, err);
	return rc < 0 ? rc : verify_files(dir, &b, &a, err);
}
