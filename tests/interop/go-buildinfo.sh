#!/bin/sh
# Go programs made here, whole and as a stream: what gabion's readers see against `go version -m`.
# Usage: go-buildinfo.sh [LANG-DUMP]; exit 77 when there is no Go. GABION_INTEROP_ALL=1: other machines too.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
dump=$(realpath "${1:-$root/build/tests/lang-dump}")
command -v go >/dev/null 2>&1 || { echo "skipped: no go here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0

mkdir -p "$work/app" "$work/dep"
cat >"$work/dep/go.mod" <<'EOF'
module example.org/dep

go 1.18
EOF
cat >"$work/dep/dep.go" <<'EOF'
package dep

const Word = "dep"
EOF
cat >"$work/app/go.mod" <<'EOF'
module example.org/app

go 1.18

require example.org/dep v1.2.3

replace example.org/dep v1.2.3 => ../dep
EOF
cat >"$work/app/main.go" <<'EOF'
package main

import "example.org/dep"

func main() { println(dep.Word) }
EOF

# name version, a line each, as go says it
expected() {
	go version -m "$1" | awk -F'\t' -v file="$1" '
		NR == 1 { sub(/^.*: go/, ""); sub(/[ -].*/, ""); print "stdlib", $0; next }
		$2 == "mod" || $2 == "dep" { if (name) print name, version; name = $3; version = $4 }
		$2 == "=>" { if ($4 != "(devel)" && $4 != "") name = $3; version = $4 }
		{ if (version == "(devel)") version = "" }
		END { if (name) print name, version }'
}

failed=0
compare() {
	expected "$1" >"$work/want"
	for mode in whole stream; do
		"$dump" "$mode" "$1" >"$work/have"
		if ! diff -u "$work/want" "$work/have" >"$work/diff"; then
			echo "FAIL $2, $mode:"
			cat "$work/diff"
			failed=1
		fi
	done
}

cd "$work/app"
go build -o "$work/plain" . && compare "$work/plain" "plain"
go build -ldflags '-s -w' -o "$work/stripped" . && compare "$work/stripped" "stripped"
if [ -n "${GABION_INTEROP_ALL:-}" ]; then # minutes: each compiles the standard library once more
	go build -buildmode=pie -o "$work/pie" . && compare "$work/pie" "position-independent"
	for arch in arm64 386 s390x; do
		GOARCH=$arch go build -o "$work/$arch" . 2>/dev/null && compare "$work/$arch" "$arch"
	done
fi
if command -v strip >/dev/null 2>&1; then
	cp "$work/plain" "$work/nosections"
	strip "$work/nosections" && compare "$work/nosections" "after strip"
fi
compare "$(command -v go)" "go itself"
[ $failed = 0 ] && echo "go-buildinfo: all as go version -m"
exit $failed
