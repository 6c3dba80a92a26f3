# shellcheck shell=bash
# What every e2e test starts with: . "$(dirname "$0")/../e2e/lib.sh"
# A private work folder, a cache and a home of its own, clean-up of what was started, and checks that count.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
GABION=${GABION:-$root/build/gabion}
shared=${GABION_SHARED:-$root/../shared}
work=$(mktemp -d)
export HOME=$work/home XDG_CACHE_HOME=$work/cache NO_COLOR=1
mkdir -p "$HOME"
pids=()
failures=0
cleanup() {
	local status=$?
	[ "$failures" = 0 ] || status=1
	for p in "${pids[@]:-}"; do [ -z "$p" ] || kill "$p" 2>/dev/null || true; done
	for p in "${pids[@]:-}"; do [ -z "$p" ] || wait "$p" 2>/dev/null || true; done
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT

skip() {
	echo "$*"
	exit 77
}
need() {
	for t in "$@"; do command -v "$t" >/dev/null || skip "$t is not installed"; done
}
# background COMMAND...: started now, ended with the test
background() {
	"$@" >"$work/$(basename "$1").log" 2>&1 &
	pids+=($!)
}
# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local n=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		n=$((n - 1))
		[ "$n" -gt 0 ] || { echo "not within time: $*"; return 1; }
		sleep 0.1
	done
}
ok() {
	echo "  ok $*"
}
# A check that fails does not end the test: one run shows all that is wrong.
fail() {
	echo "  NOT OK $*"
	failures=$((failures + 1))
}
die() {
	echo "  NOT OK $*"
	exit 1
}
# check WHAT COMMAND...: the command succeeds
check() {
	local what=$1
	shift
	if "$@" >/dev/null; then ok "$what"; else fail "$what: $*"; fi
}
# exits CODE WHAT COMMAND...: output in $work/out and $work/err
exits() {
	local want=$1 what=$2 rc=0
	shift 2
	"$@" >"$work/out" 2>"$work/err" || rc=$?
	[ "$rc" = "$want" ] && { ok "$what"; return; }
	head -c 2000 "$work/out" "$work/err"
	fail "$what: exit $rc, not $want: $*"
}
# same WHAT FILE1 FILE2
same() {
	if diff -u "$2" "$3" >"$work/diff"; then ok "$1"; else
		head -40 "$work/diff"
		fail "$1"
	fi
}
# make_db FOLDER: an advisory database there from the lines on standard input (tests/e2e/tools/osv.py)
make_db() {
	python3 "$root/tests/e2e/tools/osv.py" "$1.osv"
	"$GABION" db build --db "$1" "$1.osv" >"$work/db.log" 2>&1 || die "db build: $(cat "$work/db.log")"
}
# packages REPORT [TYPE]: the packages of a JSON report as "name version arch", sorted
packages() {
	jq -r --arg t "${2:-}" '.packages[] | select($t == "" or .type == $t) | "\(.name) \(.version) \(.arch)"' "$1" | LC_ALL=C sort
}
# findings REPORT: "id name installed fix", sorted
findings() {
	jq -r '.findings[] | select(.kind == "vulnerability") | "\(.id) \(.name) \(.installed) \(.fix.versions // [] | join(","))"' "$1" |
		LC_ALL=C sort
}

# scan OPTION|TARGET...: quietly, the report in r.json of the current folder
scan() { "$GABION" scan -q -o json=r.json "$@"; }
# holds WHAT FILTER: a jq expression over that report
holds() { check "$1" jq -e "$2" r.json; }
# fatal WHAT CODE TARGET...: exit 3 and an error of that code; nothing in the report looks whole
fatal() {
	local what=$1 code=$2
	shift 2
	exits 3 "$what: incomplete" scan "$@"
	check "$what: $code" jq -e --arg c "$code" '.complete == false and ([.errors[] | select(.weight == "fatal") | .code] | index([$c]) != null)' r.json ||
		jq -c .errors r.json
}
