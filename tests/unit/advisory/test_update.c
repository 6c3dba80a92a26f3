#include "unit/advisory/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "advisory/bundle.h"
#include "advisory/update.h"

/*
 * A web server of the kind that buckets are: ETag, If-None-Match, Range with If-Range; "/cut/..."
 * closes the connection after 100 bytes when it is asked for the whole. Without python3 these tests
 * are skipped.
 */
static const char server_text[] =
	"import http.server,os,hashlib,sys,urllib.parse\n"
	"root=sys.argv[1]\n"
	"class H(http.server.BaseHTTPRequestHandler):\n"
	"  protocol_version='HTTP/1.1'\n"
	"  def do_GET(self):\n"
	"    path=urllib.parse.unquote(self.path); cut=path.startswith('/cut/')\n"
	"    if cut: path=path[4:]\n"
	"    open(root+'/log','a').write(self.path+' '+self.headers.get('Range','-')+'\\n')\n"
	"    try: data=open(root+path,'rb').read()\n"
	"    except OSError:\n"
	"      self.send_response(404); self.send_header('Content-Length','0'); "
	"self.end_headers(); return\n"
	"    tag='\"'+hashlib.md5(data).hexdigest()+'\"'\n"
	"    if self.headers.get('If-None-Match')==tag:\n"
	"      self.send_response(304); self.end_headers(); return\n"
	"    r=self.headers.get('Range'); start=0\n"
	"    if r and self.headers.get('If-Range')==tag:\n"
	"      start=int(r.split('=')[1].split('-')[0])\n"
	"      self.send_response(206)\n"
	"    else: self.send_response(200)\n"
	"    self.send_header('ETag',tag); self.send_header('Last-Modified','Sat, 22 Aug 2026 "
	"00:00:00 GMT')\n"
	"    self.send_header('Content-Length',str(len(data)-start)); self.end_headers()\n"
	"    if cut and start==0:\n"
	"      self.wfile.write(data[:100]); self.wfile.flush(); self.close_connection=True; "
	"return\n"
	"    self.wfile.write(data[start:])\n"
	"  def log_message(self,*a): pass\n"
	"s=http.server.HTTPServer(('127.0.0.1',0),H)\n"
	"open(root+'/port.tmp','w').write(str(s.server_port)); "
	"os.rename(root+'/port.tmp',root+'/port')\n"
	"s.serve_forever()\n";

static pid_t server;
static char base_url[64];

static const char *const records[] = {
	"{\"id\":\"GHSA-aaaa-bbbb-cccc\",\"aliases\":[\"CVE-2024-7777\"],\"affected\":[{"
	"\"package\":{\"ecosystem\":\"npm\","
	"\"name\":\"a\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
	"{\"id\":\"GHSA-aaaa-bbbb-dddd\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\","
	"\"name\":\"b\"},\"ranges\":[{\"type\":"
	"\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]}]}",
};

static const char *const rocky[] = {
	"{\"id\":\"RLSA-2024:1\",\"affected\":[{\"package\":{\"ecosystem\":\"Rocky "
	"Linux:9\",\"name\":\"b\"},\"ranges\":[{\"type\":"
	"\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.2-3.el9\"}]}]}]}",
};

static bool start_server(void)
{
	const char *script = fixture_path("server.py"), *port_file = fixture_path("port");
	char port[16] = "";

	fixture_write(script, sv_of(server_text));
	server = fork();
	if (server == 0) {
		execlp("python3", "python3", script, fixture_dir, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && access(port_file, R_OK) != 0; i++) {
		if (waitpid(server, NULL, WNOHANG) == server) {
			server = 0;
			return false;
		}
		usleep(50000);
	}
	FILE *f = fopen(port_file, "r");
	if (!f || !fgets(port, sizeof port, f))
		return false;
	(void)fclose(f);
	(void)snprintf(base_url, sizeof base_url, "http://127.0.0.1:%s", port);
	return true;
}

static int setup(void **state)
{
	(void)state;
	fixture_begin();
	fixture_feed("npm", records, 1);
	fixture_feed("Rocky Linux", rocky, 1);
	return start_server() ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	if (server > 0) {
		(void)kill(server, SIGTERM);
		(void)waitpid(server, NULL, 0);
	}
	fixture_end();
	return 0;
}

static const char *url_of(const char *path)
{
	static char url[128];

	(void)snprintf(url, sizeof url, "%s%s", base_url, path);
	return url;
}

static int run(const struct db_update_options *o, struct db_updated *out, struct err *err)
{
	int rc = db_update(o, out, err);

	if (rc < 0 && getenv("VERBOSE"))
		err_print(stderr, err);
	return rc;
}

/* How many findings a package of this name has. */
static size_t findings(const char *dir, const char *name)
{
	struct arena a;
	struct report r;
	struct err err;
	struct db *db;
	bool uncovered;

	assert_int_equal(db_open(dir, &db, &err), 0);
	fixture_report(&r, &a, NULL, NULL);
	(void)fixture_package(&r, PKG_NPM, name, "1.0.0");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	size_t n = r.findings.n;
	report_done(&r);
	arena_done(&a);
	db_close(db);
	return n;
}

static void test_bucket(void **state)
{
	static const char *const both[] = {"npm", "Rocky Linux"};
	const char *dir = fixture_path("deep/er/db");
	struct db_update_options o = {.dir = dir, .url = url_of("/osv"), .only = both, .only_n = 2};
	struct db_updated done;
	struct err err;

	(void)state;
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 2);
	assert_int_equal(findings(dir, "a"), 1);
	/* the second time nothing comes */
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 0);
	assert_int_equal(done.unchanged, 2);
	assert_int_equal(done.bytes, 0);
	assert_int_equal(findings(dir, "a"), 1);
	/* without a list: what is there; only what changed comes */
	fixture_feed("npm", records, 2);
	o.only_n = 0;
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 1);
	assert_int_equal(done.unchanged, 1);
	assert_int_equal(findings(dir, "b"), 1);
	/* while another process updates, and after it */
	(void)mkdir(fixture_path("deep/er/db.download"), 0755);
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int lock = open(fixture_path("deep/er/db.download/lock"), O_RDWR | O_CREAT, 0644);
	assert_int_equal(fcntl(lock, F_OFD_SETLK, &whole), 0);
	assert_int_equal(run(&o, &done, &err), -ERR_CONFLICT);
	assert_int_equal(close(lock), 0);
	o.dir = fixture_path("deep/er/db/");
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 0);
	/* an ecosystem that is not there: an error, and what was there stays */
	static const char *const none[] = {"Nowhere"};
	o.only = none;
	o.only_n = 1;
	assert_int_equal(run(&o, &done, &err), -ERR_NOTFOUND);
	assert_int_equal(err_exit_code(&err), 4);
	assert_int_equal(findings(dir, "b"), 1);
	fixture_feed("npm", records, 1);
}

/* A new database without a list: of the usual ecosystems those that the mirror has. */
static void test_defaults(void **state)
{
	struct db_update_options o = {.dir = fixture_path("fresh"), .url = url_of("/osv")};
	struct db_updated done;
	struct err err;

	(void)state;
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 2);
	o.dir = fixture_path("empty");
	o.url = url_of("/nothing");
	assert_true(run(&o, &done, &err) < 0);
	assert_int_equal(err_exit_code(&err), 4);
	assert_int_not_equal(access(o.dir, F_OK), 0);
}

static void test_resume(void **state)
{
	static const char *const npm[] = {"npm"};
	const char *dir = fixture_path("resumed");
	struct db_update_options o = {
		.dir = dir, .url = url_of("/cut/osv"), .only = npm, .only_n = 1};
	struct db_updated done;
	struct err err;

	(void)state;
	assert_true(run(&o, &done, &err) < 0);
	assert_int_not_equal(access(dir, F_OK), 0);
	/* the part of the first try counts: only the rest comes */
	struct stat st;
	assert_int_equal(stat(fixture_path("osv/npm/all.zip"), &st), 0);
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.bytes, st.st_size - 100);
	assert_int_equal(findings(dir, "a"), 1);
}

static void test_refused(void **state)
{
	static const char *const npm[] = {"npm"};
	static const char *const urls[] = {"http://example.org/osv", "file:///etc",
					   "ftp://127.0.0.1/"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct db_update_options o = {
			.dir = fixture_path("no"), .url = urls[i], .only = npm, .only_n = 1};
		assert_int_equal(run(&o, NULL, &err), -ERR_DENIED);
	}
}

static void make_keys(void)
{
	char command[1024];

	(void)snprintf(command, sizeof command,
		       "cd '%s' && for k in one two; do openssl genpkey -algorithm ed25519 -out "
		       "$k.key 2>/dev/null && "
		       "openssl pkey -in $k.key -pubout -out $k.pub; done && openssl genpkey "
		       "-algorithm RSA -out rsa.key "
		       "2>/dev/null",
		       fixture_dir);
	assert_int_equal(system(command), 0);
}

static void corrupt(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	int c = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fputc(c ^ 1, f), c ^ 1);
	assert_int_equal(fclose(f), 0);
}

static void build_signed(const char *epoch)
{
	struct err err;

	assert_int_equal(setenv("SOURCE_DATE_EPOCH", epoch, 1), 0);
	const struct db_build_options o = {.out = fixture_path("bundle"),
					   .sign_key = fixture_path("one.key")};
	assert_int_equal(fixture_build(&o, &err), 0);
	assert_int_equal(unsetenv("SOURCE_DATE_EPOCH"), 0);
}

static void test_bundle(void **state)
{
	const char *dir = fixture_path("taken"), *pub = fixture_path("one.pub");
	const char *urls[] = {url_of("/bundle"), fixture_path("bundle")};
	struct db_updated done;
	struct err err;

	(void)state;
	make_keys();
	build_signed("1790000000");
	assert_int_equal(bundle_verify(urls[1], pub, &err), 0);
	assert_int_equal(bundle_verify(urls[1], fixture_path("two.pub"), &err), -ERR_CRYPTO);
	assert_int_equal(bundle_verify(urls[1], fixture_path("rsa.key"), &err), -ERR_CRYPTO);
	assert_true(bundle_verify(urls[1], fixture_path("none.pub"), &err) < 0);
	assert_int_equal(err_exit_code(&err), 2);
	/* over HTTP, then from the directory: nothing differs any more */
	struct db_update_options o = {.dir = dir, .url = urls[0], .key = pub};
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 3);
	assert_int_equal(bundle_verify(dir, pub, &err), 0);
	assert_int_equal(findings(dir, "a"), 1);
	o.url = urls[1];
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(done.changed, 0);
	assert_int_equal(done.unchanged, 3);
	/* another key than the pinned one */
	o.key = fixture_path("two.pub");
	assert_int_equal(run(&o, &done, &err), -ERR_CRYPTO);
	assert_int_equal(err_exit_code(&err), 4);
	o.key = pub;
	/* an older bundle, rightly signed */
	build_signed("1780000000");
	assert_int_equal(run(&o, &done, &err), -ERR_DENIED);
	o.allow_older = true;
	assert_int_equal(run(&o, &done, &err), 0);
	/* a changed file, a changed manifest; what is installed stays */
	fixture_feed("npm", records, 2);
	build_signed("1790000001");
	corrupt(fixture_path("bundle/npm.db"), 5000);
	assert_int_equal(run(&o, &done, &err), -ERR_CRYPTO);
	assert_int_equal(bundle_verify(urls[1], pub, &err), -ERR_CRYPTO);
	corrupt(fixture_path("bundle/npm.db"), 5000);
	corrupt(fixture_path("bundle/manifest.json"), 60);
	assert_int_equal(run(&o, &done, &err), -ERR_CRYPTO);
	assert_int_equal(findings(dir, "b"), 0);
	corrupt(fixture_path("bundle/manifest.json"), 60);
	assert_int_equal(run(&o, &done, &err), 0);
	assert_int_equal(findings(dir, "b"), 1);
}

static void test_facts(void **state)
{
	static const char text[] =
		"# collected from changelogs\n# on 2026-11-24.\nsource\tversion\tdate\tcve\n"
		"openssl\t3.0.11-1~deb12u2\t2023-10-25\tCVE-2023-5363 CVE-2023-9999\n"
		"curl\t7.88.1-10+deb12u4\t2023-10-04\tCVE-2023-38545\n";
	const char *facts[] = {fixture_path("debian-12.tsv")};
	struct arena a;
	struct report r;
	struct err err;
	struct db *db;
	bool uncovered;

	(void)state;
	fixture_write(facts[0], sv_of(text));
	assert_int_equal(db_build(&(struct db_build_options){.out = fixture_path("facts"),
							     .facts = facts,
							     .facts_n = 1,
							     .bundled = true},
				  NULL, &err),
			 0);
	assert_int_equal(db_open(fixture_path("facts"), &db, &err), 0);
	fixture_report(&r, &a, "debian", "12");
	(void)fixture_package(&r, PKG_DEB, "openssl", "3.0.9-1");
	assert_int_equal(match_subject(db, &r, 0, &uncovered, &err), 0);
	assert_int_equal(r.findings.n, 2);
	assert_sv(r.findings.p[0].id, "CVE-2023-5363");
	assert_sv(r.findings.p[0].vuln->record_feed, "facts");
	assert_int_equal(db_describe(db, &r, &err), 0);
	assert_true(r.feeds.p[0].bundled);
	assert_sv(r.feeds.p[0].date, "2026-11-24T00:00:00Z");
	assert_int_equal(r.feeds.p[0].records, 3);
	report_done(&r);
	arena_done(&a);
	db_close(db);
	/* without a head; and rows that lack something */
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"openssl\t3.0.11-1\t2023-10-25\tCVE-2023-5363\n", true},
		{"# only a comment\n", true},
		{"openssl\t3.0.11-1\t2023-10-25\n", false},
		{"openssl\t\t2023-10-25\tCVE-2023-5363\n", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fixture_write(facts[0], sv_of(rows[i].text));
		int rc = db_build(&(struct db_build_options){.out = fixture_path("facts"),
							     .facts = facts,
							     .facts_n = 1},
				  NULL, &err);
		assert_int_equal(rc >= 0, rows[i].good);
		assert_true(rows[i].good || err_exit_code(&err) == 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket), cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_resume), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bundle), cmocka_unit_test(test_facts),
	};

	if (system("command -v python3 >/dev/null && command -v openssl >/dev/null") != 0) {
		printf("skipped: python3 or openssl is not here\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
