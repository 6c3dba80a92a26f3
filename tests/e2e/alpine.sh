#!/usr/bin/env bash
# A real Alpine image: its packages as its own database lists them, no findings where the feed knows of none, and
# findings once an old package stands in the database. Plus the same with a feed made here.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
image=$shared/data/images/alpine-310.tar.gz
[ -r "$image" ] || skip "no $image"
make_db "$work/db" <<'END'
CVE-2024-1001 Alpine:v3.10 busybox 0 1.30.1-r9
CVE-2024-1002 Alpine:v3.10 busybox 0 1.30.1-r3
CVE-2024-1003 Alpine:v3.11 busybox 0 1.99-r0
CVE-2024-1004 Alpine:v3.10 ssl_client 0 1.99-r0
ALPINE-CVE-2019-1551 Alpine:v3.10 openssl 0 1.1.1d-r3 upstream=CVE-2019-1551
ALPINE-CVE-2019-1549 Alpine:v3.10 openssl 0 1.1.1d-r0 upstream=CVE-2019-1549
END
cd "$work"
scan() { "$GABION" scan -q --cache none -o json=r.json "$@"; }

exits 0 "the image" scan --db db "$image"
same "name, version, arch, origin, licence of all 14 packages" \
	<(tail -n +2 "$shared/data/images/alpine-310.packages.tsv" | cut -f1-4 | LC_ALL=C sort) \
	<(jq -r '.packages[] | [.name, .version, .arch, .source_package.name] | @tsv' r.json | LC_ALL=C sort)
holds "the system" '.subjects[0].os | .id == "alpine" and .version == "3.10.4" and .eol == "2021-05-01"'
holds "the image id of a docker archive is there or null, the diff_id is there" '.subjects[0].layers[0].diff_id | startswith("sha256:")'
# busybox and its subpackage ssl_client, whose origin is busybox; records name the origin only.
same "findings follow the origin and the branch" <(findings r.json) <(printf '%s\n' \
	"CVE-2024-1001 busybox 1.30.1-r3 1.30.1-r9" "CVE-2024-1001 ssl_client 1.30.1-r3 1.30.1-r9" "CVE-2019-1551 libcrypto1.1 1.1.1d-r2 1.1.1d-r3" "CVE-2019-1551 libssl1.1 1.1.1d-r2 1.1.1d-r3" | LC_ALL=C sort)

# The same image with an older openssl in its database, as an upper layer.
mkdir image && tar -xzf "$image" -C image
layer=$(jq -r '.[0].Layers[0]' image/manifest.json)
tar -xf "image/$layer" -C "$work" lib/apk/db/installed etc/os-release
LAYER=image/$layer python3 - <<'END'
import os
from images import *
old = open('lib/apk/db/installed').read()
records = [r for r in old.split('\n\n') if r.strip()]
for i, r in enumerate(records):
    if '\no:openssl\n' in r:
        records[i] = '\n'.join('V:1.1.1c-r0' if l.startswith('V:') else l for l in r.split('\n'))
new = '\n\n'.join(records) + '\n\n'
layout('old', Image([open(os.environ['LAYER'], 'rb').read(), [('lib/apk/db/installed', new)]], instructions=['ADD', 'RUN apk add openssl=1.1.1c-r0']))
END
exits 0 "with openssl 1.1.1c-r0" scan --db db --only CVE-2019-1549,CVE-2019-1551 oci:old
golden() {
	for cve in 1549:1.1.1d-r0 1551:1.1.1d-r3; do
		for p in libcrypto1.1 libssl1.1; do echo "CVE-2019-${cve%%:*} $p 1.1.1c-r0 ${cve##*:}"; done
	done
}
same "CVE-2019-1549 and -1551 with their fixes" <(findings r.json) <(golden)
holds "come from the upper layer" '[.findings[].layer] | unique == [1]'
"$GABION" explain --db db CVE-2019-1549 oci:old >out
check "explain names record, versions and file" grep -q "1.1.1d-r0" out
check "and the file" grep -q "lib/apk/db/installed" out
"$GABION" explain --db db CVE-2019-1549 "$image" >out
check "and why the true image is not affected" grep -qi "not affected\|does not match\|no match\|fixed" out

if [ -r "$shared/data/osv/Alpine/all.zip" ]; then
	"$GABION" db build --db real "$shared/data/osv" --ecosystem Alpine >/dev/null 2>&1
	scan --db real --max-db-age 10000 "$image" || true
	holds "with the real feed" '.findings | length == 0'
	scan --db real --max-db-age 10000 oci:old || true
	# Its records of this branch stop before CVE-2019-1551.
	same "with the real feed: what its openssl records say" <(findings r.json | grep 'CVE-2019-15\(49\|51\)') <(golden | grep 1549)
fi
