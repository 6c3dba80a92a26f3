#!/usr/bin/env bash
# A Debian 12 root file system, made now by mmdebstrap from the mirror that this machine uses: the packages that dpkg
# itself names, out of a directory and out of every kind of image; and findings once its packages are older.
. "$(dirname "$0")/lib.sh"
need python3 jq mmdebstrap dpkg-query
[ "$(id -u)" = 0 ] || skip "mmdebstrap here needs root"
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
cd "$work"
timeout 240 mmdebstrap --variant=essential --include=libssl3,curl bookworm fs >mm.log 2>&1 || skip "no Debian mirror: $(tail -1 mm.log)"

scan() { "$GABION" scan -q --cache none --db db --allow-uncovered -o json=r.json "$@"; }
holds() { check "$1" jq -e "$2" r.json; }
full() { jq -r '.packages[] | select(.type == "deb") | [.name, .version, .arch, .source_package.name, .source_package.version] | @tsv' r.json | LC_ALL=C sort; }
dpkg-query --admindir=fs/var/lib/dpkg -W -f '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' |
	LC_ALL=C sort >want
version=$(dpkg-query --admindir=fs/var/lib/dpkg -W -f '${Version}' libssl3)
# One step above what is there, one step below, and a flaw of another release.
make_db "$work/db" <<END
DEBIAN-CVE-2026-0001 Debian:12 openssl 0 $version.1 upstream=CVE-2026-0001
DEBIAN-CVE-2026-0002 Debian:12 openssl 0 $version upstream=CVE-2026-0002
DEBIAN-CVE-2026-0003 Debian:12 openssl 0 $version~ upstream=CVE-2026-0003
DEBIAN-CVE-2026-0004 Debian:11 openssl 0 9:9 upstream=CVE-2026-0004
DEBIAN-CVE-2026-0005 Debian:12 openssl 0 - upstream=CVE-2026-0005
DEBIAN-CVE-2026-0006 Debian:12 libssl3 0 9:9 upstream=CVE-2026-0006
DSA-9999-1 Debian:12 openssl 0 $version.1 upstream=CVE-2026-0001,CVE-2026-0007
DEBIAN-CVE-2026-0008 Debian:12 openssl 0 9:9 upstream=CVE-2026-0008 withdrawn=2026-01-01T00:00:00Z
END
cat >expected <<END
CVE-2026-0001 libssl3 $version $version.1
CVE-2026-0005 libssl3 $version 
CVE-2026-0007 libssl3 $version $version.1
END

exits 0 "a directory" scan dir:fs
same "packages are dpkg-query's ($(wc -l <want))" want <(full)
holds "the system" '.subjects[0].os | .id == "debian" and (.version | startswith("12")) and (.eol | startswith("202"))'
same "findings" <(findings r.json | grep " libssl3 ") expected
exits 0 "a path" scan ./fs
same "is the same" want <(full)

tar --sort=name -C fs -cf fs.tar .
python3 - <<'END'
from images import *
data = open('fs.tar', 'rb').read()
for how in 'gzip', 'zstd', 'none':
    layout(how, Image([data], how=how, ref='debian', instructions=['ADD rootfs.tar /']))
layout_tar('oci.tar', 'gzip')
END
for how in gzip zstd none; do
	exits 0 "OCI layout, layer $how" scan "oci:$how:debian"
	same "packages" want <(full)
	same "findings" <(findings r.json | grep " libssl3 ") expected
done
exits 0 "OCI layout in a tar" scan oci-archive:oci.tar
same "packages" want <(full)
if command -v skopeo >/dev/null; then
	skopeo --insecure-policy copy -q oci:gzip:debian docker-archive:docker.tar:debian:12
	exits 0 "docker-archive by skopeo" scan docker-archive:docker.tar
	same "packages" want <(full)
	skopeo --insecure-policy copy -q oci:gzip:debian oci-archive:skopeo.tar:debian
	exits 0 "oci-archive by skopeo" scan skopeo.tar
	same "packages" want <(full)
fi
if command -v umoci >/dev/null; then
	umoci init --layout u && umoci new --image u:d && umoci unpack --image u:d bundle >/dev/null 2>&1
	cp -a fs/. bundle/rootfs/ && umoci repack --image u:d bundle >/dev/null 2>&1
	# Second layer: openssl's library is removed as a package manager would.
	python3 - <<'END'
s = open('bundle/rootfs/var/lib/dpkg/status').read().split('\n\n')
open('bundle/rootfs/var/lib/dpkg/status', 'w').write('\n\n'.join(r for r in s if not r.startswith('Package: libssl3\n')))
END
	umoci repack --image u:d2 bundle >/dev/null 2>&1 || umoci repack --refresh-bundle --image u:d2 bundle >/dev/null 2>&1 || true
	exits 0 "image by umoci" scan oci:u:d
	same "packages" want <(full)
	exits 0 "and its next tag" scan oci:u:d2
	same "packages without the removed one" <(grep -v "^libssl3	" want) <(full)
fi

# status.d, as images without dpkg have it, one file a package.
mkdir -p less/etc less/var/lib/dpkg/status.d
cp -L fs/etc/os-release less/etc/
dpkg-query --admindir=fs/var/lib/dpkg -s libssl3 >less/var/lib/dpkg/status.d/libssl3
dpkg-query --admindir=fs/var/lib/dpkg -s tzdata base-files 2>/dev/null | sed '/^$/,$d' >less/var/lib/dpkg/status.d/base || true
exits 0 "status.d" scan dir:less
same "packages" <(grep -E "^libssl3	|^$(sed -n 's/^Package: //p' less/var/lib/dpkg/status.d/base)	" want) <(full)
same "findings" <(findings r.json | grep " libssl3 ") expected

# Deinstalled, half-configured, held.
mkdir -p states/var/lib/dpkg states/etc && cp -L fs/etc/os-release states/etc/
printf 'Package: %s\nStatus: %s\nArchitecture: amd64\nVersion: 1-1\nSource: %s\n\n' \
	gone "deinstall ok config-files" a half "install ok half-configured" "b (2:3-4)" held "hold ok installed" c purge "purge ok not-installed" d \
	>states/var/lib/dpkg/status
exits 0 "states" scan dir:states
same "installed is what has files" <(full) <(printf 'half\t1-1\tamd64\tb\t2:3-4\nheld\t1-1\tamd64\tc\t1-1\n')

# explain
"$GABION" explain --db db CVE-2026-0001 dir:fs >out
check "explain: the record, the range, the file" grep -q "DEBIAN-CVE-2026-0001\|DSA-9999-1" out
check "the fix" grep -qF "$version.1" out
check "the file" grep -q "var/lib/dpkg/status" out
"$GABION" explain --db db CVE-2026-0002 dir:fs >out
check "explain why not: the fixed version is there" grep -qF "$version" out
exits 0 "purl of the same" scan --fail-on none "pkg:deb/debian/libssl3@$version?arch=amd64&distro=debian-12&upstream=openssl"
same "has the same findings" <(findings r.json) expected

# The real feeds: older versions of a few packages have the flaws that their records name.
if [ -r "$shared/data/osv/Debian/all.zip" ]; then
	"$GABION" db build --db real "$shared/data/osv" --ecosystem Debian >/dev/null 2>&1
	mkdir -p old/etc old/var/lib/dpkg && cp -L fs/etc/os-release old/etc/
	sed '/^Package: libssl3$/,/^$/{s/^Version: .*/Version: 3.0.9-1/;/^Source:/s/.*/Source: openssl/}' fs/var/lib/dpkg/status >old/var/lib/dpkg/status
	"$GABION" scan -q --cache none --db real --max-db-age 10000 -o json=r.json dir:old || true
	python3 - "$shared/data/osv/Debian/all.zip" >real.txt <<'END'
import json, subprocess, sys, zipfile
out = set()
z = zipfile.ZipFile(sys.argv[1])
for name in z.namelist():
    r = json.loads(z.read(name))
    for a in r.get('affected', []):
        if a['package']['ecosystem'] != 'Debian:12' or a['package']['name'] != 'openssl' or r.get('withdrawn'):
            continue
        for rng in a['ranges']:
            fixed = [e['fixed'] for e in rng['events'] if 'fixed' in e]
            if not fixed or subprocess.run(['dpkg', '--compare-versions', '3.0.9-1', 'lt', fixed[0]]).returncode == 0:
                cves = [x for x in r.get('upstream', []) + r.get('aliases', []) + [r['id']] if x.startswith('CVE-')] or [r['id']]
                for cve in cves:
                    out.add(f'{cve} libssl3 3.0.9-1 {fixed[0] if fixed else ""}')
print('\n'.join(sorted(out)))
END
	same "real feed, openssl 3.0.9-1: as its records and dpkg say ($(wc -l <real.txt))" real.txt <(findings r.json | grep " libssl3 ")
fi

# Facts from the changelogs of this very root, without any feed: the fixes of openssl, as its changelog names them.
if "$GABION" db build --help | grep -q -- --changelogs && [ -r fs/usr/share/doc/libssl3/changelog.Debian.gz ]; then
	exits 0 "db build --changelogs" "$GABION" db build --db own --changelogs fs
	zcat fs/usr/share/doc/libssl3/changelog.Debian.gz | sed '/^openssl (3.0.9-1)/,$d' | grep -o 'CVE-20[0-9]*-[0-9]*' | sort -u >cves
	mkdir -p old2/etc old2/var/lib/dpkg && cp -L fs/etc/os-release old2/etc/
	sed '/^Package: libssl3$/,/^$/{s/^Version: .*/Version: 3.0.9-1/;/^Source:/s/.*/Source: openssl/}' fs/var/lib/dpkg/status >old2/var/lib/dpkg/status
	"$GABION" scan -q --cache none --db own -o json=r.json dir:old2 || true
	same "openssl 3.0.9-1: every CVE that its later entries name ($(wc -l <cves))" cves <(jq -r '.findings[] | select(.name == "libssl3") | .id' r.json | LC_ALL=C sort -u)
	"$GABION" scan -q --cache none --db own -o json=r.json dir:fs || true
	holds "and nothing in the root itself" '[.findings[] | select(.name == "libssl3")] == []'
fi
