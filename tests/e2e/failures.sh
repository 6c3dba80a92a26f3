#!/usr/bin/env bash
# When the machine does not play along, and what the exit code says: workers killed, disks full, folders read-only,
# files unreadable, pipes closed; nothing to judge, systems without feed, no database; thresholds and precedence.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
export GABION_DB=$work/db
make_db "$work/db" <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1 cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
CVE-2024-0002 npm left 0 2.0.0 cvss=CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N
CVE-2024-0003 npm left 0 -
END
cd "$work"
plain() { "$GABION" scan "$@"; }

python3 - <<'END'
from images import *
base = [('etc/os-release', OS_RELEASE), ('var/lib/dpkg/status', dpkg(('libone', '1.0-1')))]
left = ('app/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}')
layout('vuln', Image([base, [left]], instructions=['FROM', 'RUN npm']))
layout('fine', Image([[base[0], ('var/lib/dpkg/status', dpkg(('libone', '3.0-1')))]]))
layout('nothing', Image([[('hello', 'x')]]))
layout('no-layers', Image([]))
layout('os-only', Image([[base[0]]]))
layout('unknown', Image([[('etc/os-release', 'ID=debian\nVERSION_ID=99\n'), base[1]]]))
layout('strange', Image([[('etc/os-release', 'ID=weird\nVERSION_ID=1\n'), base[1]]]))
layout('rocky', Image([[('etc/os-release', 'ID=rocky\nVERSION_ID=9.3\n'), base[1]]]))
layout('no-release', Image([[base[1]]]))
layout('broken-npm', Image([base[:1] + [('var/lib/dpkg/status', dpkg(('libone', '3.0-1')))],
                            [('app/node_modules/left/package.json', '{"name":')]]))
layout('esc', Image([base + [('app/node_modules/e/package.json', '{"name":"left\\u001b[31m\\u0007","version":"1.0.0\\n2"}'),
                             ('app/\x1b[2J/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}')]],
                    instructions=['RUN \x1b]0;title\x07 echo']))
layout('cut', Image([base]))
im = Image([base, [left]])
layout('cut', im)
d = im.layers[1]['digest'][7:]
put('cut', 'blobs/sha256/' + d, im.blobs[d][:-9] + b'x' * 9)
layout('slow', Image([base, [left, ('pad', bytes(3 << 30 >> 4))] + [('p%d' % i, os.urandom(1 << 20)) for i in range(60)]]))
for path, data in base + [left]:
    put('root', path, data.encode())
put('root', 'opt/node_modules/x/package.json', b'{"name":"x","version":"1"}')
END

# Exit codes.
exits 0 "findings without a threshold" scan oci:vuln
exits 1 "--fail-on high" scan --fail-on high oci:vuln
exits 1 "--fail-on HIGH" scan --fail-on HIGH oci:vuln
exits 1 "--fail-on important" scan --fail-on important oci:vuln
exits 1 "--fail-on=critical (9.8)" scan --fail-on=critical oci:vuln
exits 0 "--fail-on kev" scan --fail-on kev oci:vuln
exits 1 "--fail-on kev,low" scan --fail-on kev,low oci:vuln
exits 1 "--fail-on critical+fixable" scan --fail-on critical+fixable oci:vuln
exits 0 "--fail-on none" scan --fail-on none oci:vuln
exits 0 "findings without severity do not count" scan --skip CVE-2024-0001,CVE-2024-0002 --fail-on low oci:vuln
holds "and the summary says how many" '.summary.without_severity == 1'
holds "and how many were hidden" '[.filters[].hidden] | add == 2'
exits 1 "unless --unknown-as" scan --only CVE-2024-0003 --unknown-as high --fail-on high oci:vuln
exits 1 "GABION_FAIL_ON" env GABION_FAIL_ON=high "$GABION" scan -q oci:vuln
exits 0 "the command line beats it" env GABION_FAIL_ON=high "$GABION" scan -q --fail-on none oci:vuln
exits 2 "--fail-on nonsense" scan --fail-on nonsense oci:vuln
exits 2 "an option that is not there" scan --fial-on high oci:vuln
check "with a suggestion" grep -q -- --fail-on "$work/err"
exits 2 "no target" scan
exits 2 "a command that is not there" "$GABION" scna
check "suggests scan" grep -q scan "$work/err"
exits 2 "a file that is not there" scan ./none.tar
exits 2 "a name that looks like a file" scan none.tar
exits 2 "an unknown scheme" scan foo:bar
exits 2 "-o report.sarif" scan -o report.sarif oci:vuln
check "names sarif=report.sarif" grep -q -- "sarif=report.sarif" "$work/err"
exits 2 "an unknown rule id" scan --only vulnerabilty oci:vuln
exits 2 "an unknown severity" scan --severity hgih oci:vuln
exits 2 "a folder that is no image and no root" scan oci:root
exits 5 "an image with nothing in it" plain --cache none oci:nothing
check "does not say that there is nothing" sh -c '! grep -qi "no vulnerab\|^ *No findings in [0-9]" out'
check "but says why" grep -q "nothing: nothing to judge: no packages" err
exits 5 "an image without layers" scan oci:no-layers
exits 5 "a system without packages" scan oci:os-only
exits 4 "a release that no feed covers" scan oci:unknown
check "is said, with what to do" grep -q "no feed covers.*--allow-uncovered" err
holds "is in the summary" '.summary.uncovered == {"deb": 1}'
exits 0 "--allow-uncovered" scan --allow-uncovered oci:unknown
exits 4 "a distribution that no feed covers" scan oci:rocky
exits 5 "a distribution that nobody knows" scan oci:strange
exits 5 "packages of no known system" scan oci:no-release
exits 4 "no database" scan --db "$work/no-db" oci:vuln
exits 0 "a broken package.json is a note" scan oci:broken-npm
holds "and is listed" '[.errors[].weight] == ["note"]'
exits 3 "--strict" scan --strict oci:broken-npm
exits 3 "a broken layer" scan --cache none oci:cut
holds "and the findings of the other layer are there" '[.findings[].id] == ["CVE-2024-0001"] and [.packages[].name] == ["libone"]'
exits 1 "findings at the threshold come before a broken layer" scan --cache none --fail-on high oci:cut
exits 2 "a target that is not there comes before findings" scan --fail-on high oci:vuln oci:none
exits 3 "a broken layer before nothing to judge" scan --cache none oci:nothing oci:cut
exits 5 "nothing to judge before an uncovered release" scan oci:nothing oci:unknown
exits 0 "a purl that is fine" scan "pkg:deb/debian/libone@3.0-1?distro=debian-12"
exits 1 "a purl that is not" scan --fail-on high "pkg:deb/debian/libone@1.0-1?distro=debian-12"
exits 2 "a purl that is none" scan "pkg:deb"

# Outputs that cannot be written.
exits 3 "standard output is full" sh -c '"$0" scan -q -o json oci:vuln >/dev/full' "$GABION"
check "says so" grep -qi "space" "$work/err"
exits 3 "a file on a full disk" "$GABION" scan -q -o json=/dev/full oci:vuln
exits 3 "a folder that is not there" "$GABION" scan -q -o json=no/such/folder/r.json oci:vuln
rc=0
"$GABION" scan -q -o json oci:vuln 2>"$work/err" | head -c 1 >/dev/null || rc=${PIPESTATUS[0]}
check "a closed pipe does not hang, crash or shout ($rc)" test "$(wc -l <"$work/err")" -le 1 -a "$rc" != 139 -a "$rc" != 134
if mkdir tiny && mount -t tmpfs -o size=16k tmpfs tiny 2>/dev/null; then
	exits 3 "a file that becomes full" "$GABION" scan -q -o json=tiny/r.json -o cyclonedx=tiny/c.json -o sarif=tiny/s.json oci:vuln
	check "leaves no half file" sh -c 'for f in tiny/*; do [ ! -e "$f" ] || jq -e . "$f" >/dev/null || exit 1; done'
	exits 0 "a cache that is full is no error" scan --cache tiny oci:vuln
	holds "and the result is right" '.findings | length == 3'
	umount tiny
fi
mkdir ro
if mount -t tmpfs -o size=16k,ro tmpfs ro 2>/dev/null; then
	exits 0 "a cache that cannot be written is no error" scan --cache ro oci:vuln
	holds "and the result is right" '.findings | length == 3'
	umount ro
fi
echo x >file
exits 0 "a cache that is a file is no error" scan --cache file oci:vuln

# Terminals are not to be written to by images.
exits 0 "names with control characters" plain --cache none --color never oci:esc
check "do not reach the terminal" sh -c '! grep -q "$(printf "\033\|\007")" out err'
for f in sarif cyclonedx spdx junit github json; do
	"$GABION" scan -q --cache none -o $f oci:esc >out.$f
	check "nor the $f output" sh -c '! grep -q "$(printf "\033\|\007")" '"out.$f"
done
exits 0 "--color always" plain --color always oci:vuln
check "has colours" grep -q "$(printf '\033')" out
exits 0 "NO_COLOR" env NO_COLOR=1 "$GABION" scan --color auto oci:vuln
check "has none" sh -c '! grep -q "$(printf "\033")" out'

# Workers and neighbours.
"$GABION" scan -q --cache none -o json=killed.json oci:slow 2>"$work/err" &
pid=$!
child=
for _ in $(seq 200); do
	child=$(cat /proc/$pid/task/$pid/children 2>/dev/null || true)
	child=${child%% *}
	[ -z "$child" ] || break
	sleep 0.01
done
sleep 0.05
kill -9 "$child"
rc=0
wait $pid || rc=$?
check "a worker that is killed: exit $rc" test $rc = 3
check "is in the report" jq -e '.complete == false and (.errors | length > 0)' killed.json
check "and on standard error" grep -qi "worker" "$work/err"
exits 0 "the same image afterwards" scan --cache none oci:slow
for i in 1 2 3 4; do "$GABION" scan -q --cache shared -o json=s$i.json oci:vuln & pids+=($!); done
for p in "${pids[@]}"; do wait "$p" || fail "four scans at once with one cache"; done
pids=()
for i in 2 3 4; do same "four scans with one cache: 1 = $i" <(jq -S 'del(.time)' s1.json) <(jq -S 'del(.time)' s$i.json); done

# Files that the user may not read.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$work"
	nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/nonexistent XDG_CACHE_HOME=/nonexistent "$@"; }
	if nobody test -x "$GABION"; then
		chmod 0 root/app/node_modules
		exits 3 "a folder that may not be read" nobody "$GABION" scan -q -o json dir:root
		cp out r.json
		holds "and the rest is there" '[.packages[].name] | sort == ["libone", "x"]'
		check "the message names the folder" grep -q "root/app/node_modules\|app/node_modules" err
		chmod 755 root/app/node_modules
		chmod 0 root/var/lib/dpkg/status
		exits 3 "a package database that may not be read" nobody "$GABION" scan -q dir:root
		chmod 644 root/var/lib/dpkg/status
		exits 0 "all may be read" nobody "$GABION" scan -q dir:root
		chmod 0 vuln/index.json
		exits 3 "an image that may not be read" nobody "$GABION" scan -q oci:vuln
		chmod 644 vuln/index.json
	fi
fi
