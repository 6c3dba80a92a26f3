#!/usr/bin/env bash
# Pulls from a real docker-registry: clear text on loopback, basic and token authentication, TLS, a proxy,
# several platforms, a warm cache, a blob that was exchanged, a registry that dies.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo openssl python3 perl
archive=$shared/data/images/alpine-310.tar.gz
[ -f "$archive" ] || skip "no ../shared/data/images/alpine-310.tar.gz"
[ -d "$shared/data/osv/Alpine" ] || skip "no ../shared/data/osv/Alpine"
tools=$root/tests/e2e/tools
unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME HTTPS_PROXY https_proxy HTTP_PROXY http_proxy

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# serve NAME [YAML]: a registry on port $port with its own store; $pid
serve() {
	port=$(free_port)
	cat >"$work/$1.yml" <<YAML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/store-$1}}
http: {addr: "127.0.0.1:$port"${3:+, $3}}
${2:-}
YAML
	docker-registry serve "$work/$1.yml" >"$work/$1.log" 2>&1 &
	pid=$!
	pids+=("$pid")
	wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
}
push() {
	skopeo --insecure-policy copy -q --dest-tls-verify=false "$@"
}
scan() {
	timeout 120 "$GABION" scan "$@"
}
# packages WHAT TARGET [OPTION...]: exit 0 and exactly the packages of the image
packages() {
	local what=$1
	shift
	exits 0 "$what" scan -o "json=$work/report.json" "$@"
	python3 - "$work/report.json" >"$work/got.tsv" <<'PY'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["complete"]
print("\n".join(sorted("%s\t%s\t%s" % (p["name"], p["version"], p["arch"]) for p in r["packages"] if p["type"] == "apk")))
PY
	same "$what: packages" "$work/want.tsv" "$work/got.tsv"
}
# refused WHAT WORDS TARGET [OPTION...]
refused() {
	local what=$1 words=$2
	shift 2
	exits 2 "$what: exit 2" scan "$@"
	check "$what: says '$words'" grep -qi -- "$words" "$work/err"
	if grep -q 's3cret\|wr0ng\|identity+' "$work/out" "$work/err"; then fail "$what: shows a secret"; fi
}
auth_file() {
	printf '{"auths":{"%s":{"auth":"%s"}}}' "$2" "$(printf %s "$3" | base64)" >"$1"
}

tail -n +2 "$shared/data/images/alpine-310.packages.tsv" | cut -f1-3 | LC_ALL=C sort >"$work/want.tsv"
gunzip -c "$archive" >"$work/alpine.tar"
skopeo --insecure-policy copy -q "docker-archive:$work/alpine.tar" "oci:$work/layout:both"
python3 "$tools/two-platforms.py" "$work/layout"

# clear text on loopback
serve plain
plain=$port plain_pid=$pid
push "docker-archive:$work/alpine.tar" "docker://127.0.0.1:$plain/alpine:3.10"
push --all "oci:$work/layout:both" "docker://127.0.0.1:$plain/team/both:1"
mkdir "$work/tmp"
touch "$work/before"
TMPDIR=$work/tmp packages "with scheme" --cache none "registry://localhost:$plain/alpine:3.10"
check "nothing was written" test -z "$(find "$work/tmp" "$work/home" "$work/cache" -newer "$work/before" 2>/dev/null)"
packages "without scheme" --cache none "127.0.0.1:$plain/alpine:3.10"
digest=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["subjects"][0]["digest"])' "$work/report.json")
packages "by digest" --cache none "127.0.0.1:$plain/alpine@$digest"
packages "by tag and digest" --cache none "127.0.0.1:$plain/alpine:old@$digest"
packages "index: this platform" --cache none "127.0.0.1:$plain/team/both:1"
packages "index: another platform" --cache none --platform linux/arm64 "127.0.0.1:$plain/team/both:1"
check "index: it is that platform" grep -q '"platform": "linux/arm64' "$work/report.json"
refused "a platform that is not there" "linux/amd64, linux/arm64" --platform linux/s390x "127.0.0.1:$plain/team/both:1"
refused "no such tag" "no image of this name" "127.0.0.1:$plain/alpine:4"
refused "no such repository" "registry: the registry does not have it" "127.0.0.1:$plain/none"
refused "no such digest" "does not have it" "registry://127.0.0.1:$plain/alpine@sha256:$(printf '0%.0s' {1..64})"
refused "nobody listens" "connect" "registry://127.0.0.1:$(free_port)/alpine"
http_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 packages "loopback needs no proxy" --cache none "localhost:$plain/alpine:3.10"

# warm: manifest and configuration are enough
packages "into the cache" "127.0.0.1:$plain/alpine:3.10"
layer=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["subjects"][0]["layers"][0]["digest"][7:])' "$work/report.json")
data=$work/store-plain/docker/registry/v2/blobs/sha256/${layer:0:2}/$layer/data
mv "$data" "$work/layer"
packages "out of the cache" "127.0.0.1:$plain/alpine:3.10"
exits 3 "the layer is gone: exit 3" scan --cache none "127.0.0.1:$plain/alpine:3.10"
check "the layer is gone: says so" grep -q "does not have it" "$work/err"

# a blob that was exchanged for another valid one of the same size
python3 - "$work/layer" "$data" <<'PY'
import gzip, sys
tar = bytearray(gzip.decompress(open(sys.argv[1], "rb").read()))
at = tar.index(b"P:busybox\n")
tar[at:at + 10] = b"P:nothing\n"
whole = open(sys.argv[1], "rb").read()
new = gzip.compress(bytes(tar), 9)
for level in range(9, 0, -1):
    new = gzip.compress(bytes(tar), level)
    if len(new) <= len(whole):
        break
pad = len(whole) - len(new)
# a gzip header field of the right length makes up for the rest (RFC 1952, FEXTRA)
if 2 <= pad < 65536:
    new = new[:3] + bytes([new[3] | 4]) + new[4:10] + (pad - 2).to_bytes(2, "little") + bytes(pad - 2) + new[10:]
open(sys.argv[2], "wb").write(new)
PY
exits 3 "an exchanged layer: exit 3" scan --cache none -o "json=$work/report.json" "127.0.0.1:$plain/alpine:3.10"
check "an exchanged layer: says so" grep -q "not those of the digest\|descriptor says" "$work/err"
check "an exchanged layer: nothing of it is reported" python3 -c 'import json, sys; sys.exit(len(json.load(open(sys.argv[1]))["packages"]))' "$work/report.json"
cp "$work/layer" "$data"
packages "the true layer after it" --cache none "127.0.0.1:$plain/alpine:3.10"

# a registry that dies while it sends
mkdir "$work/big"
head -c 60000000 /dev/urandom >"$work/big/file"
tar -C "$work/big" -cf "$work/big.tar" file
python3 - "$work" <<'PY'
import hashlib, json, os, sys
os.chdir(sys.argv[1])
os.makedirs("bigdir/blobs/sha256")
def put(data):
    h = hashlib.sha256(data).hexdigest()
    open("bigdir/blobs/sha256/" + h, "wb").write(data)
    return {"digest": "sha256:" + h, "size": len(data)}
layer = put(open("big.tar", "rb").read())
config = put(json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode())
m = put(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {**config, "mediaType": "application/vnd.oci.image.config.v1+json"},
    "layers": [{**layer, "mediaType": "application/vnd.oci.image.layer.v1.tar"}]}).encode())
json.dump({"schemaVersion": 2, "manifests": [{**m, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "annotations": {"org.opencontainers.image.ref.name": "big"}}]}, open("bigdir/index.json", "w"))
open("bigdir/oci-layout", "w").write('{"imageLayoutVersion": "1.0.0"}')
PY
push "oci:$work/bigdir:big" "docker://127.0.0.1:$plain/big:1"
background python3 "$tools/tcp-proxy.py" "$work/slow.port" "$plain" 20000000
wait_for 10 test -f "$work/slow.port"
slow=$(cat "$work/slow.port")
( sleep 1; kill -9 "$plain_pid" ) &
exits 3 "a registry that dies: exit 3" scan --cache none "127.0.0.1:$slow/big:1"
check "a registry that dies: says so" grep -qi "closed\|connection\|connect\|empty reply\|transfer" "$work/err"

# basic authentication
# shellcheck disable=SC2016 # perl's string
printf 'alice:%s\n' "$(perl -e 'print crypt("s3cret", q($2y$05$abcdefghijklmnopqrstuu))')" >"$work/htpasswd"
serve basic "auth: {htpasswd: {realm: basic, path: $work/htpasswd}}"
host=127.0.0.1:$port
push --dest-creds alice:s3cret "docker-archive:$work/alpine.tar" "docker://$host/alpine:3.10"
refused "without credentials" "docker login $host" "registry://$host/alpine:3.10"
mkdir -p "$HOME/.docker" "$work/run/containers" "$work/docker" "$work/bin"
auth_file "$HOME/.docker/config.json" "$host" alice:wr0ng
refused "a wrong password" "not allowed" "registry://$host/alpine:3.10"
auth_file "$work/docker/config.json" "$host" alice:s3cret
DOCKER_CONFIG=$work/docker packages "DOCKER_CONFIG" --cache none "$host/alpine:3.10"
REGISTRY_AUTH_FILE=$work/docker/config.json packages "REGISTRY_AUTH_FILE" --cache none "$host/alpine:3.10"
cp "$work/docker/config.json" "$work/run/containers/auth.json"
XDG_RUNTIME_DIR=$work/run packages "XDG_RUNTIME_DIR" --cache none "$host/alpine:3.10"
cp "$work/docker/config.json" "$HOME/.docker/config.json"
# shellcheck disable=SC2088  # the words of the message
packages "~/.docker/config.json" --cache none "$host/alpine:3.10"
printf '{"credHelpers":{"%s":"e2e"}}' "$host" >"$HOME/.docker/config.json"
refused "a helper that is not there" "docker-credential-e2e" "registry://$host/alpine:3.10"
cat >"$work/bin/docker-credential-e2e" <<'SH'
#!/bin/sh
[ "$1" = get ] && cat >/dev/null && echo '{"Username":"alice","Secret":"s3cret"}'
SH
chmod +x "$work/bin/docker-credential-e2e"
PATH=$work/bin:$PATH packages "a credential helper" --cache none "$host/alpine:3.10"
rm "$HOME/.docker/config.json"

# tokens
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/token.key" -out "$work/token.crt" -days 2 -subj /CN=issuer 2>/dev/null
background python3 "$tools/token-server.py" "$work/token.key" "$work/token.crt" "$work/token.port" "$work/token.log"
wait_for 10 test -f "$work/token.port"
serve token "auth: {token: {realm: 'http://127.0.0.1:$(cat "$work/token.port")/token', service: e2e, issuer: issuer, rootcertbundle: $work/token.crt}}"
host=127.0.0.1:$port
push --dest-creds alice:s3cret "docker-archive:$work/alpine.tar" "docker://$host/alpine:3.10"
refused "no token without credentials" "docker login" "registry://$host/alpine:3.10"
DOCKER_CONFIG=$work/docker
export DOCKER_CONFIG
auth_file "$DOCKER_CONFIG/config.json" "$host" alice:wr0ng
refused "no token with a wrong password" "refuses these credentials" "registry://$host/alpine:3.10"
auth_file "$DOCKER_CONFIG/config.json" "$host" alice:s3cret
: >"$work/token.log"
packages "a token" --cache none "$host/alpine:3.10"
check "one token for all requests" test "$(wc -l <"$work/token.log")" = 1
printf '{"auths":{"%s":{"identitytoken":"identity+/="}}}' "$host" >"$DOCKER_CONFIG/config.json"
packages "a token for an identity token" --cache none "$host/alpine:3.10"
check "asked for by POST" grep -q "POST 200" "$work/token.log"
unset DOCKER_CONFIG

# TLS
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.crt" -days 2 \
	-subj "/CN=e2e authority" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/tls.key" -out "$work/tls.csr" -subj /CN=x 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:registry.example.org\n' >"$work/san"
openssl x509 -req -in "$work/tls.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 -extfile "$work/san" \
	-out "$work/tls.crt" 2>/dev/null
serve tls "" "tls: {certificate: $work/tls.crt, key: $work/tls.key}"
push "docker-archive:$work/alpine.tar" "docker://localhost:$port/alpine:3.10"
refused "an unknown authority" "--ca FILE" "registry://localhost:$port/alpine:3.10"
packages "--ca" --cache none --ca "$work/ca.crt" "localhost:$port/alpine:3.10"
packages "--insecure HOST" --cache none --insecure localhost "localhost:$port/alpine:3.10"
packages "--insecure HOST:PORT" --cache none --insecure "localhost:$port" "localhost:$port/alpine:3.10"
refused "--insecure of another host" "certificate" --insecure 127.0.0.1 "registry://localhost:$port/alpine:3.10"
refused "--insecure of another port" "certificate" --insecure localhost:1 "registry://localhost:$port/alpine:3.10"
refused "another authority" "certificate" --ca "$work/token.crt" "registry://localhost:$port/alpine:3.10"

# a proxy
background python3 "$tools/tcp-proxy.py" "$work/proxy.port" "$port" 0 "$work/proxy.log"
wait_for 10 test -f "$work/proxy.port"
HTTPS_PROXY=http://127.0.0.1:$(cat "$work/proxy.port")
export HTTPS_PROXY
packages "through a proxy" --cache none --ca "$work/ca.crt" "registry.example.org/alpine:3.10"
check "the proxy was asked" grep -q "^CONNECT registry.example.org:443 " "$work/proxy.log"
NO_PROXY=example.org refused "NO_PROXY" "resolve\|connect" --ca "$work/ca.crt" "registry://registry.example.org/alpine:3.10"
refused "clear text elsewhere" "" "registry://127.0.0.1.example.org:$plain/alpine"
