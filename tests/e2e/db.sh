#!/usr/bin/env bash
# The advisory database: built, asked, compared, signed, served and updated; and what happens when a shard, manifest or
# signature is not what was signed, when a bundle is old, and when the program is killed half-way.
. "$(dirname "$0")/lib.sh"
need python3 jq openssl
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
cd "$work"
osv() { python3 "$root/tests/e2e/tools/osv.py" "$1"; }
db() { "$GABION" db "$@"; }
bug() { "$GABION" scan -q --db "$1" -o json "pkg:deb/debian/libone@1.0-1?distro=debian-12" 2>/dev/null | jq -r '[.findings[].id] | sort | join(" ")'; }
# knows WHAT DB IDS: which flaws of libone this database knows
knows() { check "$1" test "$(bug "$2")" = "$3"; }

osv feed1 <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1
CVE-2024-0002 npm left 0 2.0.0
CVE-2024-0003 npm left 3.0.0 3.1.0
CVE-2024-0004 PyPI some-thing 0 1.5
END
osv feed2 <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1
CVE-2024-0009 Debian:12 libone 0 3.0-1
CVE-2024-0002 npm left 0 2.0.0
END

exits 0 "db build" db build --db one feed1
knows "it knows" one "CVE-2024-0001"
exits 0 "db status" db status --db one
check "names the feeds" grep -q "^ *Debian.* 1 " "$work/out"
exits 0 "db status -o json" db status --db one -o json
check "is JSON" jq -e . "$work/out"
exits 0 "db verify" db verify --db one
exits 0 "db search NAME" db search --db one libone
check "shows the range" grep -q "2.0-1" "$work/out"
exits 0 "db search ID" db search --db one CVE-2024-0003
check "shows the range" grep -q "3.0.0.*3.1.0" "$work/out"
exits 0 "db search PURL" db search --db one pkg:pypi/some-thing
check "shows the record" grep -q CVE-2024-0004 "$work/out"
exits 0 "db search, PyPI names are normalized" db search --db one pkg:pypi/Some_Thing
check "shows the record" grep -q CVE-2024-0004 "$work/out"
db search --db one nothing-like-it >out 2>err || true
check "db search of nothing says so" sh -c 'grep -qi "no feed.*nothing" out err'
exits 4 "db status without a database" db status --db none
exits 4 "db build of nothing" db build --db two no-such-folder
check "leaves nothing" test ! -e two

# Two builds of the same feed are the same bytes; a second build replaces the first.
exits 0 "again" db build --db again feed1
for f in one/*; do check "the same bytes: $(basename "$f")" cmp -s "$f" "again/$(basename "$f")"; done
exits 0 "another feed over it" db build --db again feed2
knows "it knows more" again "CVE-2024-0001 CVE-2024-0009"
exits 0 "--ecosystem" db build --db npm --ecosystem npm feed1
check "only that" sh -c '! [ -e npm/Debian.db ] && [ -e npm/npm.db ]'

# Broken feeds: an error with the place, and the old database stays.
cp -r feed1 broken && truncate -s 100 broken/Debian/all.zip
rc=0
db build --db again broken >out 2>err || rc=$?
check "a zip cut short is an error" test "$rc" != 0
check "with the file" grep -q "broken/Debian/all.zip" err
knows "and the old database stays" again "CVE-2024-0001 CVE-2024-0009"
python3 - <<'END'
import os, zipfile
os.makedirs('bad/Debian')
with zipfile.ZipFile('bad/Debian/all.zip', 'w') as z:
    z.writestr('A.json', '{"id": "CVE-1"')
    z.writestr('B.json', '{"id":"CVE-2024-0007","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"Debian:12","name":"libone"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}')
    z.writestr('C.json', '[' * 100000)
END
rc=0
db build --db bad.db bad >out 2>err || rc=$?
check "broken records are named (exit $rc)" grep -q "A.json" err

# Killed half-way: the old one or the new one, never a mix; no litter after the next build.
python3 - <<'END' | python3 "$root/tests/e2e/tools/osv.py" large
for i in range(20000):
    print(f'CVE-2025-{i:05d} Debian:12 p{i} 0 1')
print('CVE-2024-0009 Debian:12 libone 0 3.0-1')
END
cp -r one kill
for delay in 0.01 0.03 0.08 0.2; do
	db build --db kill large >/dev/null 2>&1 &
	pid=$!
	sleep $delay
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	got=$(bug kill)
	check "killed after $delay s: old or new ($got)" sh -c '[ "$1" = CVE-2024-0001 ] || [ "$1" = CVE-2024-0009 ]' - "$got"
	exits 0 "and it verifies" db verify --db kill
done
exits 0 "then it builds" db build --db kill large
knows "and is new" kill "CVE-2024-0009"
check "no litter" test "$(find . -maxdepth 1 -name 'kill?*' -o -maxdepth 1 -name '.kill*' | wc -l)" = 0

# Signed bundles.
openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
openssl pkey -in key.pem -pubout -out pub.pem
openssl genpkey -algorithm ed25519 -out other.pem 2>/dev/null
openssl pkey -in other.pem -pubout -out otherpub.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
exits 0 "db build --sign" db build --db bundle feed1 --sign key.pem
{ printf 'gabion.bundle/1\n'; cat bundle/manifest.json; } >signed
base64 -d bundle/manifest.json.sig >sig 2>/dev/null || true
check "openssl verifies the signature" openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in signed -sigfile sig
check "the manifest has the files' digests" sh -c 'cd bundle && jq -r ".files[] | .sha256 + \"  \" + .name" manifest.json | sha256sum -c --quiet'
exits 0 "db verify --key" db verify --db bundle --key pub.pem
exits 4 "with another key" db verify --db bundle --key otherpub.pem
rc=0
db build --db rsa feed1 --sign rsa.pem >out 2>err || rc=$?
check "a key of another kind is refused" test "$rc" = 2
for what in shard manifest signature missing; do
	rm -rf t && cp -r bundle t
	case $what in
	shard) printf 'x' | dd of=t/Debian.db bs=1 seek=200 conv=notrunc status=none ;;
	manifest) sed -i 's/"size": *[0-9]/&1/' t/manifest.json ;;
	signature) sed -i 's/^./Z/' t/manifest.json.sig ;;
	missing) rm t/npm.db ;;
	esac
	# A user has only the shards that are of use, so one that is not there is no fault.
	[ $what = missing ] || exits 4 "verify: $what is not what was signed" db verify --db t --key pub.pem
	rm -rf fresh
	rc=0
	db update --db fresh --url "$work/t" --key pub.pem >out 2>err || rc=$?
	check "update from it is refused ($rc)" test "$rc" != 0
	check "and leaves nothing that could be taken for it" test "$(bug fresh)" != "CVE-2024-0001"
	rm -rf kept && cp -r again kept
	db update --db kept --url "$work/t" --key pub.pem >out 2>err && fail "update over another: $what"
	knows "and the old database stays" kept "CVE-2024-0001 CVE-2024-0009"
done

# Served on loopback: update, nothing to do, newer, older, cut off.
cat >server.py <<'END'
import http.server, os, sys
class H(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        path = self.translate_path(self.path)
        if not os.path.isfile(path):
            return self.send_error(404)
        data = open(path, 'rb').read()
        total, start = len(data), 0
        rng = self.headers.get('Range')
        with open('requests.log', 'a') as log:
            log.write(f'{self.path} {rng}\n')
        if rng and rng.startswith('bytes='):
            start = int(rng[6:].split('-')[0])
        self.send_response(206 if start else 200)
        if start:
            self.send_header('Content-Range', f'bytes {start}-{total - 1}/{total}')
        self.send_header('ETag', '"%d"' % hash(data))
        self.send_header('Accept-Ranges', 'bytes')
        self.send_header('Content-Length', str(total - start))
        self.end_headers()
        data = data[start:]
        if os.path.exists('cut') and len(data) > 5000:
            self.wfile.write(data[:len(data) // 2])
            self.wfile.flush()
            self.connection.close()
            return
        self.wfile.write(data)
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
open('port.new', 'w').write(str(s.server_address[1]))
os.rename('port.new', 'port')
s.serve_forever()
END
PYTHONHASHSEED=0 background python3 server.py
wait_for 10 test -s port
url=http://127.0.0.1:$(cat port)
update() { db update --db net --url "$url/$1" --key pub.pem --kev-url "" --epss-url "" "${@:2}"; }
cp -r bundle b1
sleep 1
db build --db b2 feed2 --sign key.pem >/dev/null 2>&1
exits 0 "db update from a signed bundle" update b1
knows "it knows" net "CVE-2024-0001"
exits 0 "is verified" db verify --db net --key pub.pem
exits 0 "status" db status --db net
check "says signed" grep -qi "signed" "$work/out"
: >requests.log
exits 0 "again" update b1
check "fetches no shard again" sh -c '! grep -q "\.db " requests.log'
exits 0 "a newer one" update b2
knows "it knows more" net "CVE-2024-0001 CVE-2024-0009"
rc=0
update b1 >out 2>err || rc=$?
check "an older one is refused ($rc)" test "$rc" != 0
check "and says so" grep -qi "older" err
knows "and the newer one stays" net "CVE-2024-0001 CVE-2024-0009"
exits 0 "--allow-older" update b1 --allow-older
knows "takes it" net "CVE-2024-0001"
rc=0
db update --db net --url "$url/b2" --key otherpub.pem --kev-url "" --epss-url "" >out 2>err || rc=$?
check "another key refuses it ($rc)" test "$rc" != 0
knows "and the old one stays" net "CVE-2024-0001"
touch cut
rm -rf net
rc=0
timeout 60 "$GABION" db update --db net --url "$url/b2" --key pub.pem --kev-url "" --epss-url "" >out 2>err || rc=$?
check "connections that break are an error ($rc) or were resumed" sh -c '[ "$1" != 0 ] || grep -q "bytes=" requests.log' - "$rc"
rm cut
exits 0 "and later it goes on" update b2
knows "to the whole" net "CVE-2024-0001 CVE-2024-0009"
exits 0 "is verified" db verify --db net --key pub.pem

# The public bucket's layout over HTTP on loopback, not signed.
exits 0 "db update from a bucket" db update --db bucket --url "$url/feed1" --ecosystem Debian --ecosystem npm --kev-url "" --epss-url ""
knows "it knows" bucket "CVE-2024-0001"
db status --db bucket >out
check "status says that it is not signed" grep -q "not signed" out
exits 0 "a newer bucket" db update --db bucket --url "$url/feed2" --ecosystem Debian --kev-url "" --epss-url ""
knows "it knows more" bucket "CVE-2024-0001 CVE-2024-0009"
rc=0
db update --db bucket --url http://192.0.2.1/x --ecosystem Debian --kev-url "" --epss-url "" --timeout 5s >out 2>err || rc=$?
check "plain HTTP beyond loopback is refused ($rc)" test "$rc" != 0
knows "and the old one stays" bucket "CVE-2024-0001 CVE-2024-0009"

# compare
printf '1.0~rc1 < 1.0\n1:0 > 2\n1.0 = 1.0-0\n' >deb
exits 0 "db compare deb" db compare deb <deb
printf '1.0 < 1.0~rc1\n1 < 2\n' >wrong
exits 1 "a line that does not hold" db compare deb <wrong
check "is printed with the order found" grep -q "1.0 < 1.0~rc1" "$work/out"
check "and the one that holds is not" sh -c '! grep -q "1 < 2" "$1"' - "$work/out"
exits 2 "a scheme that is not there" db compare debb <deb
for s in "rpm 1.0~rc1<1.0" "rpm 1.0^a>1.0" "apk 1.0_rc1<1.0" "semver 1.0.0-a<1.0.0" "npm 1.0.0-1<1.0.0-a" "pypi 1.0.dev1<1.0a1" "golang v1.0.0-rc1<v1.0.0" \
	"maven 1.0-SNAPSHOT<1.0" "rubygems 1.0.a<1.0" "packagist 1.0-beta<1.0" "nuget 1.0.0-b<1.0.0"; do
	# shellcheck disable=SC2001
	sed 's/.* //; s/[<>]/ & /' <<<"$s" >line
	exits 0 "db compare $s" db compare "${s%% *}" <line
done

# Other sources of severity and of exploitation.
cat >kev.json <<'END'
{"title":"t","catalogVersion":"2026.01.01","dateReleased":"2026-01-01T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2024-0001","vendorProject":"v","product":"p","vulnerabilityName":"n","dateAdded":"2025-01-02","shortDescription":"s","requiredAction":"a","dueDate":"2025-02-03","knownRansomwareCampaignUse":"Known","notes":"","cwes":[]}]}
END
printf '#model_version:v2025,score_date:2026-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-0001,0.5,0.99\n' >epss.csv
gzip -kf epss.csv
exits 0 "--kev, --epss" db build --db more feed1 --kev kev.json --epss epss.csv.gz
exits 1 "--fail-on kev" "$GABION" scan -q --db more --fail-on kev -o json=r.json "pkg:deb/debian/libone@1.0-1?distro=debian-12"
check "in the report" jq -e '.findings[0] | .kev.due == "2025-02-03" and .kev.ransomware == true and .epss.score == 0.5' r.json
