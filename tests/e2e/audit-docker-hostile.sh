#!/usr/bin/env bash
# gabion audit against engines that are up to no good, files made to exhaust it, a root full of links, workers that die:
# clear errors, bounded time and memory, nothing of it looks like a pass.
. "$(dirname "$0")/lib.sh"
need python3 jq
here=$root/tests/e2e
unset DOCKER_HOST CONTAINER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH XDG_RUNTIME_DIR
cd "$work"
sock=$work/f.sock
audit() { timeout 30 "$GABION" audit -q -o json=r.json -o table=t --fail-on none "$@"; }
docker() { audit --host "unix://$sock" "$@" docker; }
engine() { # PROGRAM HOW [ARGUMENT]
	rm -f "$sock" "$sock.asked"
	python3 "$here/$1" "$sock" "${@:2}" 2>/dev/null &
	engine_pid=$!
	wait_for 10 test -S "$sock"
}
end_engine() { kill "$engine_pid" 2>/dev/null; wait "$engine_pid" 2>/dev/null || true; }
no_escapes() { check "$1: no escape reaches a terminal" test "$(cat t r.json err out | LC_ALL=C tr -d -c '\033\233' | wc -c)" = 0; }

# --- engines: WHAT HOW ARGUMENT EXIT CODE-OF-AN-ERROR ---------------------------------------------------------------
while read -r how argument code error; do
	engine hostile-docker.py "$how" "$argument"
	exits "$code" "$how $argument" docker --timeout 3s
	[ "$error" = - ] || check "$how $argument: $error" jq -e --arg c "$error" '(.complete | not) and any(.errors[]; .code == $c and .weight == "fatal")' r.json
	[ "$code" != 0 ] || check "$how $argument: complete" jq -e .complete r.json
	[ "$how" != names ] || no_escapes "$how"
	case $how in
	twice) holds 'a container that is listed twice is one' '[.subjects[].id] | index("container:c0") and (unique | length) == length' ;;
	ids) check 'what is no id is never part of a question' test "$(grep -vcE '^GET /(version|info|containers/json\?all=1) ' "$sock.asked")" = 0 ;;
	names) holds 'names that are none are not taken' '[.subjects[] | select(.kind == "container") | .name] | all(test("^[0-9a-zA-Z_.-]+$"))' ;;
	pid) holds "State.Pid $argument: no other process is judged in its place" '[.findings[] | .evidence[]?.file // "" | select(startswith("/proc"))] == []' ;;
	redirect) check 'a redirection is not followed' bash -c '! grep -q root: r.json' ;;
	esac
	end_engine
done <<'END2'
names - 3 wrong-type
ids - 3 protocol
twice - 0 -
other - 3 protocol
pid 1 0 -
pid 0 0 -
pid -1 0 -
pid 4194303 0 -
pid 99999999999999999999 3 wrong-type
mounts 100000 3 limit
mounts 10000 3 limit
mounts 1000 0 -
chunk - 3 protocol
redirect - 3 protocol
gzip - 3 protocol
http2 - 3 truncated
length - 3 limit
heads - 3 limit
deep - 3 limit
bignum - 3 wrong-type
reset - 0 -
trickle - 3 timeout
many 100000 3 timeout
END2
engine hostile-docker.py pid $$
exits 0 'State.Pid of a process that is no container' docker
holds 'is not judged by it' '[.findings[] | .evidence[]?.file // "" | select(startswith("/proc"))] == []'
end_engine
for how in error truncated array types null; do
	engine fake-docker.py "$how:images" 2
	exits 3 "an image's answer: $how" docker
	check "image $how: an error, not a note" jq -e '(.complete | not) and any(.errors[]; .weight == "fatal")' r.json
	end_engine
done

# --- engines over TLS -----------------------------------------------------------------------------------------------
if command -v openssl >/dev/null; then
	mkdir pki
	openssl req -x509 -newkey rsa:2048 -nodes -keyout pki/ca.key -out pki/ca.pem -days 2 -subj /CN=ca 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout pki/key.pem -out pki/csr -subj /CN=e 2>/dev/null
	printf 'subjectAltName=DNS:elsewhere.example' >pki/ext
	openssl x509 -req -in pki/csr -CA pki/ca.pem -CAkey pki/ca.key -CAcreateserial -out pki/cert.pem -days 2 -extfile pki/ext 2>/dev/null
	mkfifo pki/port
	python3 - >pki/port 2>/dev/null <<'END2' &
import socket, ssl
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.load_cert_chain('pki/cert.pem', 'pki/key.pem')
l = socket.create_server(('127.0.0.1', 0))
print(l.getsockname()[1], flush=True)
while True:
    try:
        c.wrap_socket(l.accept()[0], server_side=True).recv(1)
    except OSError:
        pass
END2
	pids+=($!)
	read -r port <pki/port
	tls() { DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$work/pki audit --timeout 10s --host "tcp://localhost:$port" docker; }
	exits 3 'a certificate of another host' tls
	check 'the hint is about engines' bash -c 'grep -q DOCKER_CERT_PATH err && ! grep -q -- --insecure err'
fi

# --- files ----------------------------------------------------------------------------------------------------------
mkdir f
echo 'TOKEN=hunter2hunter2' >secret.env
python3 - <<'END2'
import os
def w(name, text):
    os.makedirs('f/' + name, exist_ok=True)
    kind = 'Dockerfile' if name.startswith('d') else 'compose.yaml'
    open('f/%s/%s' % (name, kind), 'wb').write(text if isinstance(text, bytes) else text.encode())
F = b'FROM alpine:3.19\n'
w('d-stages', ''.join('FROM alpine:3 AS s%d\nRUN x\n' % i for i in range(100000)))
w('d-chain', 'FROM alpine:3 AS s0\n' + ''.join('FROM s%d AS s%d\nENV A%d=$A%d$A%d\n' % (i, i + 1, i + 1, i, i) for i in range(3000)))
w('d-expand', 'FROM alpine:3\nENV A0=aaaaaaaa\n' + ''.join('ENV A%d=${A%d}${A%d}\n' % (i + 1, i, i) for i in range(60)) + 'USER $A60\n')
w('d-run', F + b'RUN ' + b'a' * 1000000 + b'\n')
w('d-commands', F + b'RUN ' + b'a && ' * 200000 + b'b\n')
w('d-nested', F + b'RUN ' + b'$(' * 50000 + b'\n')
w('d-heredocs', F + b'RUN <<EOF\n' * 20000)
w('d-bytes', F + b'RUN a\0b\nUSER \xff\nLABEL \x1b[31m=\x9b\nBOGUS\x1b[31m x\n')
w('d-large', F + b'#' * 40000000)
C = 'services:\n  a:\n    image: x:1\n'
w('c-ring', 'include: [b.yaml]\n' + C)
open('f/c-ring/b.yaml', 'w').write('include: [compose.yaml]\n' + C)
w('c-extends', 'services:\n  a: {extends: {service: b}}\n  b: {extends: {service: a}}\n')
w('c-env', C + '    env_file: [/dev/zero, fifo, ring, out, ../../secret.env, dir, "a\\0b"]\n')
os.mkfifo('f/c-env/fifo')
os.mkdir('f/c-env/dir')
os.symlink('ring', 'f/c-env/ring')
os.symlink('/etc/passwd', 'f/c-env/out')
w('c-bomb', 'x-0: &a0 {a: 1}\n' + ''.join('x-%d: &a%d [%s]\n' % (i, i, ', '.join(['*a%d' % (i - 1)] * 10)) for i in range(1, 12)) + C + '    labels: *a11\n')
w('c-many', 'services:\n' + ''.join('  s%d: {image: x, privileged: true}\n' % i for i in range(20000)))
w('c-names', 'services:\n  "\\e[31mred\\n::error::\\u202e": {image: "a\\e[31m", privileged: true}\n')
w('c-ok', C)
END2
for f in f/*; do
	want=3
	case $f in */d-expand | */c-names | */c-ok) want=0 ;; esac
	exits "$want" "$f" audit --max-memory 300M "$f"
	no_escapes "$f"
	[ "$want" = 0 ] || holds "$f: an error says why" '(.complete | not) and (.errors | length) > 0'
done
check 'nothing outside of the folder is read' bash -c '! grep -q -e hunter2 -e root:x r.json t'
audit f/c-env || true
check 'nothing behind a link is read' bash -c '! grep -q -e hunter2 -e root:x r.json t'
audit f/c-names || true
holds 'what hides behind a name is found' 'any(.findings[]; .id == "privileged-container")'

# --- exceptions are told when they name no rule ----------------------------------------------------------------------
mkdir e
printf '# gabion:ignore no-such-rule\nFROM alpine\n# gabion:ignore run-as-root -- asked for\nUSER root\n' >e/Dockerfile
printf 'services:\n  a:\n    image: x:1\n    privileged: true # gabion:ignore privilegd-container\n  b:\n    image: x:1\n    privileged: true # gabion:ignore privileged-container\n' >e/compose.yaml
before=$(cat e/* | sha256sum)
exits 0 'exceptions in Dockerfiles and compose files' audit e
check 'a word that is no rule is told, in both' jq -e '[.errors[] | select(.code == "unknown-ignore") | .where] | any(startswith("e/Dockerfile")) and any(startswith("e/compose.yaml"))' r.json
holds 'an exception counts where it stands' '[.findings[] | select(.id == "privileged-container") | .resource.name] == ["a"]'
holds 'in a Dockerfile too' '[.findings[] | select(.id == "run-as-root" and .state == "fail")] == []'
timeout 30 "$GABION" audit -q --fix e >/dev/null 2>&1 || true
check '--fix leaves Dockerfiles and compose files alone' test "$before" = "$(cat e/* | sha256sum)"

# --- a root full of traps ---------------------------------------------------------------------------------------------
mkdir -p root/etc/docker root/etc/containerd root/etc/systemd/system/docker.service.d root/run/runc/x root/etc/containers
ln -s "$work/secret.env" root/etc/docker/daemon.json
ln -s ../../../../../../../../../../etc/passwd root/etc/group
mkfifo root/etc/passwd
ln -s ring root/etc/systemd/system/docker.service
ln -s docker.service root/etc/systemd/system/ring
printf '[Service]\nExecStart=/usr/bin/dockerd --config-file=%s\nEnvironmentFile=-%s\n' "$work/secret.env" "$work/secret.env" \
	>root/etc/systemd/system/docker.service.d/$'\e[31m'.conf
printf '"init_process_pid":1,"bundle=/../../etc/x"' >root/run/runc/x/state.json
truncate -s 8G root/etc/containers/policy.json
engine fake-docker.py whole 2
exits 0 'a root full of links, FIFOs, sparse files' docker --root root --all
check 'nothing outside of it is read' bash -c '! grep -q hunter2 r.json t'
no_escapes 'root'
end_engine
exits 3 'no processes below it' audit --root root containers

# --- rights, workers, disks -------------------------------------------------------------------------------------------
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	mkdir -m 777 nobody
	chmod 755 "$work"
	cp "$GABION" nobody/gabion
	nobody() { (cd nobody && timeout 30 setpriv --reuid 65534 --regid 65534 --clear-groups ./gabion audit -q -o json=../nobody/r.json --fail-on none "$@"); }
	engine fake-docker.py whole 1
	chmod 700 "$sock"
	exits 2 'an engine that is closed to us' nobody --host "unix://$sock" docker
	check 'and what helps' grep -q 'run as root' err
	end_engine
	exits 3 'a folder that is closed to us' bash -c "mkdir -m 700 closed && cp e/compose.yaml closed && cd nobody && \
		exec setpriv --reuid 65534 --regid 65534 --clear-groups ./gabion audit -q --fail-on none ../closed"
	mkdir tiny
	if mount -t tmpfs -o size=16k tmpfs tiny 2>/dev/null; then
		exits 3 'a full disk' timeout 30 "$GABION" audit -q -o json=tiny/r.json --fail-on none --all f/c-many
		check 'leaves no half of a report' test ! -e tiny/r.json
		umount tiny
	fi
fi
engine hostile-docker.py many 3000
python3 - "$GABION" "$sock" <<'END2' && ok 'workers that are killed are told' || fail 'workers that are killed are told'
import json, os, subprocess, sys, time
hit = 0
for t in range(4):
    p = subprocess.Popen([sys.argv[1], 'audit', '-q', '--jobs', '2', '-o', 'json=k.json', '--fail-on', 'none', '--host', 'unix://' + sys.argv[2],
                          'docker'], stderr=subprocess.DEVNULL)
    children = []
    while p.poll() is None and not children:
        children = open('/proc/%d/task/%d/children' % (p.pid, p.pid)).read().split()
    time.sleep(0.05 * (t + 1))
    try:
        os.kill(int(children[0]), 9)
    except (IndexError, ProcessLookupError):
        pass
    p.wait()
    r = json.load(open('k.json'))
    if r['complete'] and r['summary']['objects'] >= 3000:
        continue
    hit += 1
    assert p.returncode == 3 and not r['complete'] and any(e['code'] == 'worker' for e in r['errors']), (p.returncode, r['errors'][:3])
assert hit, 'no worker was hit'
END2
(audit -o json=one.json --host "unix://$sock" docker && : >one) &
one=$!
audit -o json=two.json --host "unix://$sock" docker
wait "$one"
check 'two runs at once' test "$(jq '.findings | length' one.json)" = "$(jq '.findings | length' two.json)"
end_engine
