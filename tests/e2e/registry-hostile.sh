#!/usr/bin/env bash
# Registries that are broken or hostile: bounded time and memory, a clear error, the right exit code, never a
# clean result of something that was not read whole.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need skopeo python3
archive=$shared/data/images/alpine-310.tar.gz
[ -f "$archive" ] || skip "no ../shared/data/images/alpine-310.tar.gz"

gunzip -c "$archive" >"$work/alpine.tar"
skopeo --insecure-policy copy -q "docker-archive:$work/alpine.tar" "oci:$work/layout:3.10"
background python3 "$root/tests/e2e/tools/hostile-registry.py" "$work/layout" "$work/ports"
wait_for 10 test -f "$work/ports"
read -r port other <"$work/ports"
scan() {
	timeout 60 "$GABION" scan --cache none "$@"
}
# row EXIT REPOSITORY WORDS [OPTION...]: the exit code and what is said
row() {
	local code=$1 repo=$2 words=$3
	shift 3
	exits "$code" "$repo: exit $code" scan "registry://127.0.0.1:$port/$repo:x" "$@"
	[ -z "$words" ] || check "$repo: says '$words'" grep -qi -- "$words" "$work/err"
	if grep -q 'very-secret\|s3cret\|Bearer good' "$work/out" "$work/err"; then fail "$repo: shows a secret"; fi
}

row 0 good ""
# the answer as such
row 2 huge-header "header of the answer is larger"
row 2 many-headers "header of the answer is larger"
row 2 endless-headers "header of the answer is larger"
row 2 endless-manifest "larger than 4194304 bytes"
row 2 long-manifest "" --timeout 5s
row 2 slow-manifest "within --timeout" --timeout 3s
row 2 garbage-chunks "127.0.0.1"
row 2 no-http "127.0.0.1"
# what it says about itself
row 3 wrong-digest "the registry says sha256:0000"
row 3 wrong-type "the registry calls it"
row 3 wrong-config "descriptor says\|has the digest"
# where it sends us
row 2 redirect-loop "again and again"
row 2 redirect-clear "clear text"
row 2 redirect-userinfo "an address that is none"
row 2 redirect-file "an address that is none"
# what passes, and what does not
row 0 busy-once ""
row 2 busy-long "again in 7200 seconds"
row 0 down-twice ""
row 2 down "the registry answered 500"
row 0 lost-once ""
# layers
row 0 cut-once ""
check "cut-once: went on where it was cut" grep -q "/v2/cut-once/blobs.* bytes=[1-9][0-9]*-$" "$work/layout.log"
row 0 cut-once-no-range ""
row 0 cut-drip ""
row 3 cut-once-wrong-range "continues at another place"
row 3 cut-always ""
row 3 long-layer "more bytes than"
row 3 short-layer "fewer bytes than"
row 3 endless-layer "more bytes than"
row 3 swapped-layer ""
row 3 no-layer "does not have it"
row 3 denied-layer "not allowed"
row 0 layer-down-twice ""
row 3 slow-layer "within --timeout" --timeout 3s
row 0 two-layers "" --jobs 2

# the process that downloads: no descriptors of others, no way to write or to run anything
"$GABION" scan --cache none --timeout 20s "registry://127.0.0.1:$port/slow-layer:x" >"$work/out" 2>"$work/err" &
scanning=$!
pids+=("$scanning")
# the parse worker reads its jobs from standard input, the downloader nothing
downloader() {
	local p
	for p in $(pgrep -P "$scanning"); do
		grep -q 'NoNewPrivs:.1' "/proc/$p/status" && [ "$(readlink "/proc/$p/fd/0")" = /dev/null ] && echo "$p" && return
	done
	return 1
}
wait_for 10 downloader
p=$(downloader)
check "the downloader has a filter" grep -q 'Seccomp:.2' "/proc/$p/status"
check "the downloader holds the two pipes to its parent" test "$(find "/proc/$p/fd" -lname 'pipe:*' | wc -l)" = 2
check "the downloader holds no files" test -z "$(find "/proc/$p/fd" -lname '/*' ! -lname /dev/null ! -lname "$work/err")"
check "the downloader can write no file" grep -q 'Max file size  *0 ' "/proc/$p/limits"
kill "$scanning"
wait_for 5 bash -c "! kill -0 $p 2>/dev/null"
ok "the downloader ends with its parent"

# tokens
mkdir "$work/docker"
export DOCKER_CONFIG=$work/docker
printf '{"auths":{"127.0.0.1:%s":{"auth":"%s"}}}' "$port" "$(printf user:s3cret | base64)" >"$work/docker/config.json"
row 0 auth-good ""
row 2 auth-realm "not https://"
row 2 auth-garbage "malformed"
row 2 auth-endless "larger than 1048576 bytes"
row 2 auth-crlf "no token"
row 2 auth-none "no token"
row 2 auth-never "not allowed"
# a layer that lies with another host: it gets no credentials
row 0 auth-redirect ""
check "auth-redirect: the other host was asked" grep -q "^$other /v2/auth-redirect/blobs" "$work/layout.log"
if grep "^$other " "$work/layout.log" | grep -qv ' - -$'; then fail "credentials went to another host"; fi
ok "the other host saw no credentials"
check "the password went to the token server alone" \
	test "$(grep -c "Basic" "$work/layout.log")" = "$(grep -c "/token/.*Basic" "$work/layout.log")"
