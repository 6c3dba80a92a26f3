#!/bin/sh
# Images that skopeo, umoci and docker write, read back here: digests against those tools' own.
# Usage: sources.sh PROGRAM [IMAGE.tar.gz]; exit 77 = something needed is not there.
set -eu

show=$1
image=${2:-${GABION_SHARED:-$(dirname "$0")/../../../shared}/data/images/alpine-310.tar.gz}
skip() { echo "skipped: $*"; exit 77; }
[ -r "$image" ] || skip "no $image"
command -v skopeo >/dev/null || skip "no skopeo"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fails=0

# check TITLE EXPECTED-IMAGES TARGET [PLATFORM]: opens, all digests hold, so many images
check() {
	if ! "$show" "$3" ${4:+"$4"} >"$dir/out" 2>"$dir/err"; then
		echo "FAIL $1: $(cat "$dir/err")"; fails=$((fails + 1)); return
	fi
	if grep -q BAD "$dir/out" || [ "$(grep -c '^image' "$dir/out")" != "$2" ] || ! grep -q '^layer' "$dir/out"; then
		echo "FAIL $1:"; cat "$dir/out"; fails=$((fails + 1)); return
	fi
	echo "ok   $1"
}
# same TITLE TEXT: the last output has it
same() { grep -q -- "$2" "$dir/out" || { echo "FAIL $1: no $2 in"; cat "$dir/out"; fails=$((fails + 1)); }; }

zcat "$image" >"$dir/a.tar"
check "docker save, gzip" 1 "$image"
check "docker save" 1 "$dir/a.tar"
config=$(sed -n 's/.* config=\([^ ]*\).*/\1/p' "$dir/out")

copy() { skopeo copy -q --insecure-policy "$@" >/dev/null; }
copy "docker-archive:$dir/a.tar" "oci:$dir/l:3.10"
copy "docker-archive:$dir/a.tar" "oci-archive:$dir/o.tar:3.10"
copy "docker-archive:$dir/a.tar" "docker-archive:$dir/d.tar:alpine:3.10"
copy --dest-compress-format zstd --dest-compress "docker-archive:$dir/a.tar" "oci:$dir/z:3.10"
manifest=sha256:$(skopeo inspect --raw "oci:$dir/l:3.10" | sha256sum | cut -d' ' -f1)
check "skopeo oci" 1 "$dir/l"
same "manifest digest" "manifest=$manifest"
for l in $(skopeo inspect "oci:$dir/l:3.10" | sed -n 's/^ *"\(sha256:[0-9a-f]*\)",*$/\1/p'); do same layer "layer $l"; done
check "skopeo oci, tag" 1 "oci:$dir/l:3.10"
check "skopeo oci, digest" 1 "oci:$dir/l@$manifest"
check "skopeo oci, zstd" 1 "$dir/z"
check "skopeo oci-archive" 1 "$dir/o.tar"
same "manifest digest" "manifest=$manifest"
check "skopeo docker-archive (links)" 1 "$dir/d.tar"
same "configuration" "config=$config"
gzip -k "$dir/o.tar"
check "oci-archive, gzip" 1 "$dir/o.tar.gz"
if command -v umoci >/dev/null; then
	umoci tag --image "$dir/l:3.10" second
	umoci config --image "$dir/l:second" --tag third --config.user nobody --history.created_by 'USER nobody'
	check "umoci layout" 3 "$dir/l"
	check "umoci layout, tag" 1 "oci:$dir/l:third"
fi
if docker version >/dev/null 2>&1; then
	docker load -qi "$dir/a.tar" >/dev/null
	docker save alpine:3.10 >"$dir/s.tar"
	check "docker save of this docker" 1 "$dir/s.tar"
	same "configuration" "config=$config"
	check "docker save of this docker, as docker-archive" 1 "docker-archive:$dir/s.tar:alpine:3.10"
	same "configuration" "config=$config"
	docker save alpine:3.10 | check "docker save through a pipe" 1 -
else
	echo "skipped: docker save (no daemon)"
fi
exit $((fails > 0))
