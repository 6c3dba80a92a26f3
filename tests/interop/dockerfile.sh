#!/bin/sh
# Dockerfiles read here and by BuildKit's own parser: instructions, words, flags, heredocs, faults.
# Usage: dockerfile.sh [DOCKERFILE-DUMP]; exit 77 without Go or without BuildKit among its modules.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
dump=$(realpath "${1:-$root/build/tests/dockerfile-dump}")
command -v go >/dev/null 2>&1 || { echo "skipped: no go here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cache=$(go env GOMODCACHE)/cache/download/github.com/moby/buildkit/@v
version=$(ls "$cache" 2>/dev/null | sed -n 's/\.zip$//p' | sort -V | tail -n 1)
[ -n "$version" ] || { echo "skipped: no module of BuildKit here"; exit 77; }
export GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0 GOSUMDB=off

cp "$root/tests/interop/dockerfile.go" "$work/main.go"
printf 'module dump\n\ngo 1.22\n' >"$work/go.mod"
(cd "$work" && go get "github.com/moby/buildkit@$version" && go build -o bk .) >"$work/log" 2>&1 ||
	{ echo "skipped: BuildKit's parser does not build: $(tail -n 1 "$work/log")"; exit 77; }

n=0
add() { # TEXT as printf has it
	n=$((n + 1))
	printf "$1" >"$work/case-$n"
}
while IFS= read -r text; do
	case $text in '' | '##'*) ;; *) add "$text" ;; esac
done <"$root/tests/interop/dockerfile-cases.txt"
set -- "$work"/case-* "$root"/fuzz/corpus/dockerfile/*
for file in $(find "$(go env GOMODCACHE)" -maxdepth 6 -type f -name 'Dockerfile*' ! -name '*.go' ! -name '*.md' 2>/dev/null |
	grep -v '[^A-Za-z0-9/@._+!-]' | head -n 300); do
	set -- "$@" "$file"
done
"$work/bk" "$@" >"$work/theirs" 2>"$work/errors"
"$dump" "$@" >"$work/ours"
# Of a file that is refused only that counts; empty words are not told apart from none.
tidy() {
	grep -av '^a $' "$1" | awk '/^file / { bad = 0 } !bad { print } /^fault$/ { bad = 1 }'
}
tidy "$work/theirs" >"$work/a"
tidy "$work/ours" >"$work/b"
if ! diff -a "$work/a" "$work/b"; then
	cat "$work/errors"
	exit 1
fi
echo "$# files, $(grep -ac '^fault$' "$work/a") of them refused, the same here and in BuildKit $version"
