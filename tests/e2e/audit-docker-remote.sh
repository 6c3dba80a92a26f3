#!/usr/bin/env bash
# gabion audit docker over the network: plain, TLS with client certificates, contexts, the variables of docker's client;
# the kernel's view is not applicable there. And through a socket that is a proxy.
. "$(dirname "$0")/lib.sh"
need dockerd docker python3 jq openssl
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
unset DOCKER_HOST CONTAINER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_TLS DOCKER_CERT_PATH XDG_RUNTIME_DIR
cd "$work"
alpine=$shared/data/images/alpine-310.tar.gz
[ -f "$alpine" ] || skip "there is no $alpine"
unmount() {
	awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
}
trap 'docker -H "unix://$work/d.sock" rm -f box >/dev/null 2>&1 || true; unmount; cleanup' EXIT

# an authority, the server's certificate and the client's
certificates() { # FOLDER
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -days 2 -keyout "$1/ca-key.pem" \
		-out "$1/ca.pem" 2>/dev/null
	local who use
	for who in server client; do
		use=clientAuth
		[ $who = client ] || use='serverAuth
subjectAltName = IP:127.0.0.1,DNS:localhost'
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$who" -keyout "$1/$who-key.pem" \
			-out "$1/$who.csr" 2>/dev/null
		openssl x509 -req -in "$1/$who.csr" -CA "$1/ca.pem" -CAkey "$1/ca-key.pem" -CAcreateserial -days 2 \
			-extfile <(echo "extendedKeyUsage = $use") -out "$1/$who.pem" 2>/dev/null
	done
	cp "$1/client.pem" "$1/cert.pem"
	cp "$1/client-key.pem" "$1/key.pem"
}
certificates pki
certificates other
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
dockerd --data-root "$work/data" --exec-root "$work/exec" -p "$work/pid" -H "unix://$work/d.sock" -H "tcp://127.0.0.1:$port" \
	--tlsverify --tlscacert pki/ca.pem --tlscert pki/server.pem --tlskey pki/server-key.pem --bridge=none --iptables=false \
	--storage-driver vfs >"$work/dockerd.log" 2>&1 &
pids+=($!)
wait_for 60 docker -H "unix://$work/d.sock" version || skip 'dockerd does not start here'
docker -H "unix://$work/d.sock" load -qi "$alpine" >/dev/null
docker -H "unix://$work/d.sock" create --name box --privileged -v /var/run/docker.sock:/s alpine:3.10 sleep 600 >/dev/null
docker -H "unix://$work/d.sock" run -d --name runs --network none alpine:3.10 sleep 600 >out 2>err || echo '  containers do not start here'

# bytes between a listener and the engine's socket: what a proxy or a tunnel is
cat >proxy.py <<'P'
import socket, sys, threading
def copy(a, b):
    try:
        while True:
            d = a.recv(65536)
            if not d: break
            b.sendall(d)
        b.shutdown(socket.SHUT_WR)
    except OSError: pass
def serve(s):
    while True:
        a, _ = s.accept()
        b = socket.socket(socket.AF_UNIX); b.connect("d.sock")
        for x, y in ((a, b), (b, a)): threading.Thread(target=copy, args=(x, y), daemon=True).start()
u = socket.socket(socket.AF_UNIX); u.bind("proxy.sock"); u.listen(16)
t = socket.socket(); t.bind(("127.0.0.1", 0)); t.listen(16)
threading.Thread(target=serve, args=(u,), daemon=True).start()
print(t.getsockname()[1], flush=True)
serve(t)
P
python3 proxy.py >plain.port 2>/dev/null &
pids+=($!)
wait_for 10 test -s plain.port
plain=$(cat plain.port)

audit() { timeout 60 "$GABION" audit -q --fail-on high -o json=r.json "$@" docker; }
far() { # WHAT: of the last report
	check "$1: the containers are judged" jq -e '.complete and ([.findings[] | select(.id == "privileged-container" and .state == "fail") | .subject] == ["container:box"])' r.json
	check "$1: nothing of this host is told of that one" jq -e '[.findings[] | select(.evidence[]?.file | strings | startswith("/proc/"))] == []' r.json
	check "$1: the kernel's view is not applicable" jq -e '[.findings[] | select(.id == "leaked-host-files" and .subject == "container:box" and (.state == "pass" or .state == "fail"))] == []' r.json
}
exits 1 'plain' audit --host "tcp://127.0.0.1:$plain"
far plain
DOCKER_HOST=tcp://127.0.0.1:$plain exits 1 'DOCKER_HOST' audit
far DOCKER_HOST
exits 1 'a socket that is a proxy' audit --host "unix://$work/proxy.sock"
check 'a proxy: judged' jq -e '.complete' r.json
exits 3 'plain to a port with TLS' audit --host "tcp://127.0.0.1:$port"
check 'says so' test -s err

export DOCKER_HOST=tcp://127.0.0.1:$port DOCKER_TLS_VERIFY=1
DOCKER_CERT_PATH=$work/pki exits 1 'TLS with a client certificate' audit
far TLS
DOCKER_CERT_PATH=$work/other exits 3 'an authority that is not the server'\''s' audit
check 'the message says certificate' grep -qi certificate err
mkdir -p none strange
DOCKER_CERT_PATH=$work/none exits 3 'no certificates there' audit
cp pki/ca.pem strange/ && cp other/cert.pem other/key.pem strange/
DOCKER_CERT_PATH=$work/strange exits 3 'a client that the server does not know' audit
mkdir -p "$HOME/.docker" && cp pki/{ca,cert,key}.pem "$HOME/.docker/"
exits 1 'certificates of the home folder' audit
unset DOCKER_HOST DOCKER_TLS_VERIFY
DOCKER_HOST=tcp://localhost:$port DOCKER_TLS_VERIFY=1 exits 1 'by name' audit

export DOCKER_CONFIG=$work/config
docker context create far --docker "host=tcp://127.0.0.1:$port,ca=$work/pki/ca.pem,cert=$work/pki/cert.pem,key=$work/pki/key.pem" >out 2>&1
docker context create wrong --docker "host=tcp://127.0.0.1:$port,ca=$work/other/ca.pem,cert=$work/pki/cert.pem,key=$work/pki/key.pem" >out 2>&1
docker context create near --docker "host=unix://$work/d.sock" >out 2>&1
exits 1 'a context with TLS' audit --context far
far context
DOCKER_CONTEXT=far exits 1 'DOCKER_CONTEXT' audit
exits 3 'a context with another authority' audit --context wrong
docker context use near >out 2>&1
exits 1 'the current context' audit
check 'a socket of this host: the kernel was asked' jq -e '[.findings[] | select(.subject == "container:runs" and .id == "leaked-host-files")] | length <= 1' r.json
DOCKER_HOST=tcp://127.0.0.1:$plain exits 1 'DOCKER_HOST before the current context' audit
docker -H "unix://$work/d.sock" rm -f runs >/dev/null 2>&1 || true
