#!/usr/bin/env bash
# Flaws of the engine's programs: what the distribution's advisories say of their package decides; without, upstream's versions.
. "$(dirname "$0")/lib.sh"
need python3 jq
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG XDG_RUNTIME_DIR
cd "$work"
# the package has the fix of the first, lacks that of the second, and nobody says anything of the third
make_db "$work/db" <<'EOF'
DEBIAN-CVE-2024-21626 Debian:12 runc 0 1.1.5+ds1-1+deb12u1 upstream=CVE-2024-21626
DEBIAN-CVE-2024-45310 Debian:12 runc 0 - upstream=CVE-2024-45310
DEBIAN-CVE-2022-29162 Debian:12 runc 0 1.1.2+ds1-1 upstream=CVE-2022-29162
EOF
mkdir -p root/etc root/var/lib/dpkg/info root/usr/sbin
printf 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n' >root/etc/os-release
printf 'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n\nPackage: runc\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.1.5+ds1-1+deb12u1\n\n' >root/var/lib/dpkg/status
printf '/.\n/usr\n/usr/sbin\n/usr/sbin/runc\n' >root/var/lib/dpkg/info/runc.list

# judged OPTION...: "id state" of what is known of runc, and how
judged() {
	timeout 60 "$GABION" audit -q --all --only 'runc-*' --fail-on none -o json=r.json --host "unix://$work/f.sock" --root "$work/root" \
		"$@" docker
	jq -r '[.findings[] | select((.id | test("2024|2022")) and .state != "not-applicable") | "\(.id[5:]):\(.state):\(if .message | test("distribution") then "advisory" elif .message | test("upstream") then "upstream" else "" end)"] |
		sort | join(" ")' r.json
}
# is WHAT WANT HAVE
is() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1: '$3', not '$2'"; fi; }
fake() { # VERSION
	rm -f "$work/f.sock"
	FAKE_RUNC=$1 python3 "$root/tests/e2e/fake-docker.py" "$work/f.sock" whole 0 2>/dev/null &
	fake_pid=$!
	pids+=("$fake_pid")
	wait_for 10 test -S "$work/f.sock"
}
end_fake() { kill "$fake_pid" 2>/dev/null; wait "$fake_pid" 2>/dev/null || true; }

fake 1.1.5+ds1
is 'advisories decide' 'cve-2022-29162:pass: cve-2024-21626:pass: cve-2024-45310:fail:advisory' "$(judged --db "$work/db" | sed 's/pass:[a-z]*/pass:/g')"
is 'what no advisory names is judged by its version' 'fail' "$(jq -r '.findings[] | select(.id == "runc-cve-2025-31133" and .state != "not-applicable") | .state' r.json)"
make_db "$work/other" <<'EOF'
DEBIAN-CVE-2024-21626 Debian:11 runc 0 1.0.0-1 upstream=CVE-2024-21626
EOF
is 'of another release they say nothing' 'cve-2022-29162:pass: cve-2024-21626:fail:upstream cve-2024-45310:fail:upstream' \
	"$(judged --db "$work/other" | sed 's/pass:[a-z]*/pass:/g')"
mkdir -p root/usr/local/sbin
touch root/usr/local/sbin/runc
is 'a program before the package' 'cve-2024-21626:fail:upstream' "$(judged --db "$work/db" | tr ' ' '\n' | grep 21626)"
rm root/usr/local/sbin/runc
printf 'broken\n' >root/var/lib/dpkg/status
is 'a status file that is none' 'cve-2024-21626:fail:upstream' "$(judged --db "$work/db" | tr ' ' '\n' | grep 21626)"
end_fake

printf 'Package: runc\nStatus: install ok installed\nVersion: 1.1.5+ds1-1+deb12u1\n\n' >root/var/lib/dpkg/status
fake 1.1.11
is 'a program of another version is not the package' 'cve-2024-21626:fail:upstream' "$(judged --db "$work/db" | tr ' ' '\n' | grep 21626)"
end_fake
